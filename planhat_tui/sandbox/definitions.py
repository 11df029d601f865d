"""Definitions of custom fields, as observed since 2016."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from planhat_tui.sandbox import bodies, rules
from planhat_tui.sandbox.fields import DEFINITION, RefusalError, Schema, gives, takes
from planhat_tui.sandbox.lists import Listing, page_of
from planhat_tui.sandbox.operations import DELETED_SCHEMA, PAGING, Operation, array

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from planhat_tui.sandbox.database import Record
    from planhat_tui.sandbox.service import Service
    from planhat_tui.sandbox.tenants import Tenant

_KIND: Final = "customfield"
_MISSING: Final = "Custom field not found"
_MOST: Final = 2000
_GIVES: Final[Schema] = gives(DEFINITION, _id={"type": "string"})


class Definitions:
    """What the endpoints of custom-field definitions do."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._database = service.database

    def operations(self) -> list[Operation]:
        """Return its part of the table."""
        one, all_of_them, known = "/customfields/{id}", "/customfields", takes(DEFINITION)
        needed = takes(DEFINITION, "name", "parent", "type")
        put = Operation("PUT", one, self.update, "Change a definition", _GIVES, known, (), (404,))
        return [
            Operation("GET", one, self.get, "Read a definition", _GIVES, says=(404,)),
            put,
            replace(put, method="PATCH"),
            Operation(
                "DELETE", one, self.delete, "Delete a definition", DELETED_SCHEMA, says=(404,)
            ),
            Operation("POST", all_of_them, self.create, "Define a custom field", _GIVES, needed),
            Operation(
                "GET",
                all_of_them,
                self.list_page,
                "List definitions of custom fields",
                array(_GIVES),
                query=(*PAGING, "parent"),
            ),
        ]

    async def get(self, request: Request, tenant: Tenant) -> Response:
        """``GET /customfields/:id``."""
        record_id = request.path_params["id"]
        return bodies.record(self._service.text(tenant, _KIND, record_id, _MISSING))

    async def create(self, request: Request, tenant: Tenant) -> Response:
        """``POST /customfields``."""
        fields = await bodies.read_object(request)
        with self._database.writing():
            return self._saved(tenant, rules.new_definition(fields, self._service.new_id()))

    async def update(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /customfields/:id``: partial."""
        fields = await bodies.read_object(request)
        with self._database.writing():
            before = self._service.find(tenant, _KIND, request.path_params["id"], _MISSING)
            return self._saved(tenant, rules.changed_definition(before, fields))

    async def delete(self, request: Request, tenant: Tenant) -> Response:
        """``DELETE /customfields/:id``; the values under its name stay."""
        return self._service.delete(tenant, _KIND, request.path_params["id"], _MISSING)

    async def list_page(self, request: Request, tenant: Tenant) -> Response:
        """``GET /customfields``; ``parent`` is compared without case."""
        query = request.query_params
        parent = query.get("parent", "").casefold()
        listing = Listing(self._database, tenant.id, _KIND)
        wanted = {"parent": [parent]} if parent else {}
        return bodies.page(listing.page(page_of(query, _MOST), **wanted))

    def _saved(self, tenant: Tenant, definition: Record) -> Response:
        row = self._database.one(
            "SELECT 1 FROM record WHERE tenant = ? AND kind = ? AND id <> ?"
            " AND json_extract(json, '$.name') = ? AND json_extract(json, '$.parent') = ?",
            (tenant.id, _KIND, definition["_id"], definition["name"], definition["parent"]),
        )
        if row:
            name = definition["name"]
            raise RefusalError(400, f"Failed to save custom field: {name} is there already")
        return bodies.record(self._database.put_one(tenant.id, _KIND, definition))
