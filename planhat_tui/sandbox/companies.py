"""Companies and their lean list: reference 2016, "Companies" and "Company lookup"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse

from planhat_tui.sandbox import bodies, bulk, rules
from planhat_tui.sandbox.fields import (
    COMPANY,
    INTEGER,
    REAL,
    STRING,
    RefusalError,
    Schema,
    gives,
    takes,
)
from planhat_tui.sandbox.lists import Listing, page_of
from planhat_tui.sandbox.operations import (
    DELETED_SCHEMA,
    PAGING,
    Operation,
    array,
)
from planhat_tui.sandbox.stored import KINDS as STORED_KINDS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from planhat_tui.sandbox.database import Record
    from planhat_tui.sandbox.service import Service
    from planhat_tui.sandbox.tenants import Tenant

_KIND: Final = "company"
_MISSING: Final = "Company not found"
_MOST: Final = 5000
_BELONGINGS: Final = ("contact", *STORED_KINDS)
_GIVES: Final[Schema] = gives(
    COMPANY,
    _id=STRING,
    **dict.fromkeys(("h", "csmScore"), INTEGER),
    **dict.fromkeys(("arr", "mrr", "mr", "nrr30"), REAL),
    **dict.fromkeys(("createDate", "updatedAt", "lastUpdated"), STRING),
)
_LEAN: Final[Schema] = {
    "type": "object",
    "properties": dict.fromkeys(("_id", "externalId", "sourceId", "name", "slug"), STRING),
    "required": ["_id", "externalId", "sourceId", "name", "slug"],
    "additionalProperties": False,
}


class Companies:
    """What the endpoints of companies do."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._database = service.database

    def operations(self) -> list[Operation]:
        """Return its part of the table."""
        one, all_of_them, known = "/companies/{id}", "/companies", takes(COMPANY)
        put = Operation(
            "PUT", one, self.update, "Change a company", _GIVES, known, says=(404,), modern=False
        )
        return [
            Operation("GET", one, self.get, "Read a company", _GIVES, says=(404,), modern=False),
            put,
            replace(put, method="PATCH", modern=True),
            Operation(
                "DELETE",
                one,
                self.delete,
                "Delete a company and what hangs on it",
                DELETED_SCHEMA,
                says=(404,),
                modern=False,
            ),
            Operation(
                "POST",
                all_of_them,
                self.create,
                "Make a company",
                _GIVES,
                takes(COMPANY, "name"),
                modern=False,
            ),
            Operation(
                "GET",
                all_of_them,
                self.list_page,
                "List companies",
                array(_GIVES),
                query=(*PAGING, "companyId"),
            ),
            Operation(
                "PUT",
                all_of_them,
                self.upsert,
                "Make or change up to 5,000 companies",
                bulk.SCHEMA,
                array(known),
                says=(206,),
            ),
            Operation(
                "GET",
                "/leancompanies",
                self.lean,
                "List companies by their ids and names",
                array(_LEAN),
                query=("externalId", "sourceId", "status", "limit", "offset"),
                modern=False,
            ),
        ]

    async def get(self, request: Request, tenant: Tenant) -> Response:
        """``GET /companies/:id``."""
        record_id = request.path_params["id"]
        return bodies.record(self._service.text(tenant, _KIND, record_id, _MISSING))

    async def create(self, request: Request, tenant: Tenant) -> Response:
        """``POST /companies``."""
        fields = await bodies.read_object(request)
        with self._database.writing():
            return bodies.record(self._save(tenant, self._made(tenant, fields)))

    async def update(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /companies/:id``: partial."""
        fields = await bodies.read_object(request)
        with self._database.writing():
            company = self._service.find(tenant, _KIND, request.path_params["id"], _MISSING)
            return bodies.record(self._save(tenant, self._changed(tenant, company, fields)))

    async def delete(self, request: Request, tenant: Tenant) -> Response:
        """``DELETE /companies/:id``; what hangs on it goes with it, but its calls happened."""
        record_id = request.path_params["id"]
        with self._database.writing():
            deleted = self._service.delete(tenant, _KIND, record_id, _MISSING)
            self._database.delete_of_company(tenant.id, record_id, _BELONGINGS)
        return deleted

    async def list_page(self, request: Request, tenant: Tenant) -> Response:
        """``GET /companies``: whole ones, a page at a time (modern)."""
        query = request.query_params
        ids = self._service.company_ids(tenant, query.get("companyId", ""))
        listing = Listing(self._database, tenant.id, _KIND)
        return bodies.page(listing.page(page_of(query, _MOST), id=ids))

    async def lean(self, request: Request, tenant: Tenant) -> Response:
        """``GET /leancompanies``: all of them, or those with an external id."""
        listing = Listing(self._database, tenant.id, _KIND)
        return bodies.pieces(listing.lean(request.query_params))

    async def upsert(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /companies`` with a list (modern)."""
        rows = await bodies.read_json(request)
        with self._database.writing():
            status, answer = bulk.upsert(
                rows,
                lambda row: self._service.match(tenant, _KIND, row),
                lambda row: self._made(tenant, row),
                lambda company, row: self._changed(tenant, company, row),
                lambda company: self._save(tenant, company),
                failing=request.scope["failing"],
            )
        return JSONResponse(answer, status)

    def _made(self, tenant: Tenant, fields: Record) -> Record:
        company = rules.new_company(fields, self._service.new_id(), self._service.clock())
        self._see_to_slug(tenant, company)
        self._service.see_that_unique(tenant, _KIND, company)
        return company

    def _changed(self, tenant: Tenant, company: Record, fields: Record) -> Record:
        changed = rules.changed_company(company, fields, self._service.clock())
        if changed.get("slug") != company.get("slug"):
            self._see_to_slug(tenant, changed)
        if changed.get("externalId") != company.get("externalId"):
            self._service.see_that_unique(tenant, _KIND, changed)
        return changed

    def _save(self, tenant: Tenant, company: Record) -> bytes:
        return self._database.put_one(tenant.id, _KIND, company)

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
