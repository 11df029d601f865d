"""Plain stored records under the rules of lists: conversations, tasks, licenses and their like.

Nothing is known of their fields but what all records share: ids are text, ``custom`` is a map of
one level, a company that is named must exist. The rest is stored as it comes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from planhat_tui.sandbox import bodies, rules
from planhat_tui.sandbox.fields import STORED, STRING, RefusalError, Schema, gives, takes
from planhat_tui.sandbox.lists import Listing, page_of
from planhat_tui.sandbox.operations import DELETED_SCHEMA, PAGING, Operation, array

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from planhat_tui.sandbox.database import Record
    from planhat_tui.sandbox.service import Service
    from planhat_tui.sandbox.tenants import Tenant

KINDS: Final = (
    *("conversations", "tasks", "tickets", "nps", "licenses", "assets", "projects"),
    *("opportunities", "issues", "invoices", "churn", "objectives"),
)
"""Each is the name of its path and of its kind."""

_MOST: Final = 2000
_GIVES: Final[Schema] = gives(
    STORED,
    _id=STRING,
    **dict.fromkeys(("createDate", "updatedAt"), STRING),
)


class Stored:
    """What the endpoints of one plain kind do."""

    def __init__(self, service: Service, kind: str) -> None:
        self._service = service
        self._database = service.database
        self._kind = kind
        self._missing = f"Not found in {kind}"

    def operations(self) -> list[Operation]:
        """Return its part of the table."""
        kind, one, known = self._kind, f"/{self._kind}/{{id}}", takes(STORED)
        put = Operation("PUT", one, self.update, f"Change one of {kind}", _GIVES, known, (), (404,))
        return [
            Operation("GET", one, self.get, f"Read one of {kind}", _GIVES, says=(404,)),
            put,
            replace(put, method="PATCH"),
            Operation(
                "DELETE", one, self.delete, f"Delete one of {kind}", DELETED_SCHEMA, says=(404,)
            ),
            Operation("POST", f"/{kind}", self.create, f"Make one of {kind}", _GIVES, known),
            Operation(
                "GET",
                f"/{kind}",
                self.list_page,
                f"List {kind}",
                array(_GIVES),
                query=(*PAGING, "companyId"),
            ),
        ]

    async def get(self, request: Request, tenant: Tenant) -> Response:
        """``GET /KIND/:id``."""
        record_id = request.path_params["id"]
        return bodies.record(self._service.text(tenant, self._kind, record_id, self._missing))

    async def create(self, request: Request, tenant: Tenant) -> Response:
        """``POST /KIND``."""
        fields = await bodies.read_object(request)
        with self._database.writing():
            record = rules.new_stored(fields, self._service.new_id(), self._service.clock())
            return self._saved(tenant, record)

    async def update(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /KIND/:id``: partial."""
        fields = await bodies.read_object(request)
        record_id = request.path_params["id"]
        with self._database.writing():
            record = self._service.find(tenant, self._kind, record_id, self._missing)
            changed = rules.changed_stored(record, fields, self._service.clock())
            return self._saved(tenant, changed)

    async def delete(self, request: Request, tenant: Tenant) -> Response:
        """``DELETE /KIND/:id``."""
        record_id = request.path_params["id"]
        return self._service.delete(tenant, self._kind, record_id, self._missing)

    async def list_page(self, request: Request, tenant: Tenant) -> Response:
        """``GET /KIND``: whole ones, a page at a time."""
        query = request.query_params
        companies = self._service.company_ids(tenant, query.get("companyId", ""))
        listing = Listing(self._database, tenant.id, self._kind)
        return bodies.page(listing.page(page_of(query, _MOST), company_id=companies))

    def _saved(self, tenant: Tenant, record: Record) -> Response:
        if record.get("companyId"):
            company = self._service.company(tenant, record["companyId"])
            if company is None:
                text = f"Failed to save one of {self._kind}: companyId must be a known company"
                raise RefusalError(400, text)
            record["companyId"] = company["_id"]
        return bodies.record(self._database.put_one(tenant.id, self._kind, record))
