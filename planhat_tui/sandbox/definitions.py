"""Definitions of custom fields, as observed since 2016."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.sandbox import bodies, rules
from planhat_tui.sandbox.fields import DEFINITION, RefusalError, Schema, gives, takes
from planhat_tui.sandbox.lists import page_of
from planhat_tui.sandbox.operations import PAGING, Operation, array
from planhat_tui.sandbox.resource import Kind, Resource

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from planhat_tui.sandbox.database import Record
    from planhat_tui.sandbox.service import Service
    from planhat_tui.sandbox.tenants import Tenant

_KIND: Final = "customfield"
_MOST: Final = 2000
_GIVES: Final[Schema] = gives(DEFINITION, _id={"type": "string"})
_DEFINITION: Final = Kind(
    *("customfields", _KIND, "the definition of a custom field", "Custom field not found"),
    _GIVES,
    takes(DEFINITION),
    takes(DEFINITION, "name", "parent", "type"),
)


class Definitions(Resource):
    """What the endpoints of custom-field definitions do. The values of a deleted one stay."""

    def __init__(self, service: Service) -> None:
        super().__init__(service, _DEFINITION)

    def operations(self) -> list[Operation]:
        """Return its part of the table."""
        return [
            *super().operations(),
            Operation(
                *("GET", "/customfields", self.list_page, "List definitions of custom fields"),
                array(_GIVES),
                query=(*PAGING, "parent"),
            ),
        ]

    async def list_page(self, request: Request, tenant: Tenant) -> Response:
        """``GET /customfields``; ``parent`` is compared without case."""
        query = request.query_params
        parent = query.get("parent", "").casefold()
        wanted = {"parent": [parent]} if parent else {}
        return bodies.array(self.listing(tenant).page(page_of(query, _MOST), **wanted))

    def made(self, _tenant: Tenant, fields: Record) -> Record:
        """Make a definition."""
        return rules.new_definition(fields, self._service.new_id())

    def changed(self, _tenant: Tenant, record: Record, fields: Record) -> Record:
        """Change a definition."""
        return rules.changed_definition(record, fields)

    def save(self, tenant: Tenant, record: Record) -> bytes:
        """Save a definition, if its parent has no other one of that name."""
        row = self._database.one(
            "SELECT 1 FROM record WHERE tenant = ? AND kind = ? AND id <> ?"
            " AND json_extract(json, '$.name') = ? AND json_extract(json, '$.parent') = ?",
            (tenant.id, _KIND, record["_id"], record["name"], record["parent"]),
        )
        if row:
            name = record["name"]
            raise RefusalError(400, f"Failed to save custom field: {name} is there already")
        return super().save(tenant, record)
