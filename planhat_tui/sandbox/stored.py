"""Plain stored records under the rules of lists: conversations, tasks, licenses and their like.

Nothing is known of their fields but what all records share: ids are text, ``custom`` is a map of
one level, a company that is named must exist. The rest is stored as it comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.sandbox import bodies, rules
from planhat_tui.sandbox.fields import STORED, STRING, RefusalError, Schema, gives, takes
from planhat_tui.sandbox.lists import page_of
from planhat_tui.sandbox.operations import PAGING, Operation, array
from planhat_tui.sandbox.resource import Kind, Resource

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


class Stored(Resource):
    """What the endpoints of one plain kind do."""

    def __init__(self, service: Service, kind: str) -> None:
        known = takes(STORED)
        named = (kind, kind, f"one of {kind}", f"Not found in {kind}")
        super().__init__(service, Kind(*named, _GIVES, known, known))

    def operations(self) -> list[Operation]:
        """Return its part of the table."""
        path = self._kind.path
        return [
            *super().operations(),
            Operation(
                *("GET", f"/{path}", self.list_page, f"List {path}", array(_GIVES)),
                query=(*PAGING, "companyId"),
            ),
        ]

    async def list_page(self, request: Request, tenant: Tenant) -> Response:
        """``GET /KIND``: whole ones, a page at a time."""
        query = request.query_params
        companies = self._service.company_ids(tenant, query.get("companyId", ""))
        page = page_of(query, _MOST)
        return bodies.array(self.listing(tenant).page(page, company_id=companies))

    def made(self, _tenant: Tenant, fields: Record) -> Record:
        """Make a record of what was sent."""
        return rules.new_stored(fields, self._service.new_id(), self._service.clock())

    def changed(self, _tenant: Tenant, record: Record, fields: Record) -> Record:
        """Change the fields that were sent."""
        return rules.changed_stored(record, fields, self._service.clock())

    def save(self, tenant: Tenant, record: Record) -> bytes:
        """Save a record; the company that it names must be known."""
        if record.get("companyId"):
            company = self._service.company(tenant, record["companyId"])
            if company is None:
                text = f"Failed to save one of {self._kind.path}: companyId must be a known company"
                raise RefusalError(400, text)
            record["companyId"] = company["_id"]
        return super().save(tenant, record)
