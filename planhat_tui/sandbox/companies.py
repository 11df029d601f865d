"""Companies and their lean list: reference 2016, "Companies" and "Company lookup"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.sandbox import bodies, rules
from planhat_tui.sandbox.fields import (
    COMPANY,
    FIRST_COMPANY,
    INTEGER,
    REAL,
    STRING,
    RefusalError,
    Schema,
    gives,
    takes,
)
from planhat_tui.sandbox.lists import LEAN_FILTERS, lean_fields, page_of
from planhat_tui.sandbox.operations import PAGING, Operation, array
from planhat_tui.sandbox.resource import Kind, Resource
from planhat_tui.sandbox.stored import KINDS as STORED_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from planhat_tui.sandbox.database import Record
    from planhat_tui.sandbox.service import Service
    from planhat_tui.sandbox.tenants import Tenant

_KIND: Final = "company"
_MOST: Final = 5000
_BELONGINGS: Final = ("contact", *STORED_KINDS)
_GIVES: Final[Schema] = gives(
    COMPANY,
    _id=STRING,
    **dict.fromkeys(("h", "csmScore"), INTEGER),
    **dict.fromkeys(("arr", "mrr", "mr", "nrr30"), REAL),
    **dict.fromkeys(("createDate", "updatedAt", "lastUpdated"), STRING),
)
_COMPANY: Final = Kind(
    *("companies", _KIND, "a company", "Company not found"),
    _GIVES,
    takes(COMPANY),
    takes(COMPANY, "name"),
    FIRST_COMPANY,
)


def _lean(names: Sequence[str]) -> Schema:
    """Describe an item of the lean list."""
    return {
        "type": "object",
        "properties": dict.fromkeys(names, STRING),
        "required": [*names],
        "additionalProperties": False,
    }


class Companies(Resource):
    """What the endpoints of companies do."""

    def __init__(self, service: Service) -> None:
        super().__init__(service, _COMPANY)

    def operations(self) -> list[Operation]:
        """Return its part of the table."""
        modern = self._service.modern
        filters = LEAN_FILTERS if modern else LEAN_FILTERS[:1]
        return [
            *super().operations(),
            Operation(
                *("GET", "/companies", self.list_page, "List companies", array(_GIVES)),
                query=(*PAGING, "companyId"),
            ),
            self.bulk_operation(),
            Operation(
                "GET",
                "/leancompanies",
                self.lean,
                "List companies by their ids and names",
                array(_lean(lean_fields(modern=modern))),
                query=(*filters, "limit", "offset"),
                modern=False,
            ),
        ]

    async def delete(self, request: Request, tenant: Tenant) -> Response:
        """``DELETE /companies/:id``; what hangs on it goes with it, but its calls happened."""
        with self._database.writing():
            deleted = await super().delete(request, tenant)
            company_id = request.path_params["id"]
            self._database.delete_of_company(tenant.id, company_id, _BELONGINGS)
        return deleted

    async def list_page(self, request: Request, tenant: Tenant) -> Response:
        """``GET /companies``: whole ones, a page at a time (modern)."""
        query = request.query_params
        ids = self._service.company_ids(tenant, query.get("companyId", ""))
        return bodies.array(self.listing(tenant).page(page_of(query, _MOST), id=ids))

    async def lean(self, request: Request, tenant: Tenant) -> Response:
        """``GET /leancompanies``: all of them, or those with an external id."""
        listing, modern = self.listing(tenant), self._service.modern
        return bodies.pieces(listing.lean(request.query_params, modern=modern))

    def made(self, tenant: Tenant, fields: Record) -> Record:
        """Make a company with a slug of its own."""
        company = rules.new_company(fields, self._service.new_id(), self._service.clock())
        self._see_to_slug(tenant, company)
        self._service.see_that_unique(tenant, _KIND, company)
        return company

    def changed(self, tenant: Tenant, record: Record, fields: Record) -> Record:
        """Change a company; its slug stays unique."""
        changed = rules.changed_company(record, fields, self._service.clock())
        if changed.get("slug") != record.get("slug"):
            self._see_to_slug(tenant, changed)
        if changed.get("externalId") != record.get("externalId"):
            self._service.see_that_unique(tenant, _KIND, changed)
        return changed

    def _see_to_slug(self, tenant: Tenant, company: Record) -> None:
        def taken(slug: str) -> bool:
            return self._database.one(
                "SELECT 1 FROM record WHERE tenant = ? AND kind = ? AND slug = ? AND id <> ?",
                (tenant.id, _KIND, slug, company["_id"]),
            ) is not None  # fmt: skip

        given = (company.get("slug") or "").strip()
        if given and taken(given):
            raise RefusalError(400, f"Failed to save company: slug {given} is taken")
        company["slug"] = given or rules.free_slug(rules.slug_of(company["name"]), taken)
