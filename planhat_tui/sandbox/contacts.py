"""Contacts: reference 2016, "Contacts" (``endusers``)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse

from planhat_tui.sandbox import bodies, bulk, rules
from planhat_tui.sandbox.fields import CONTACT, STRING, RefusalError, Schema, gives, takes
from planhat_tui.sandbox.lists import ALL, Listing, page_of
from planhat_tui.sandbox.operations import DELETED_SCHEMA, PAGING, Operation, array

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from planhat_tui.sandbox.database import Record
    from planhat_tui.sandbox.service import Service
    from planhat_tui.sandbox.tenants import Tenant

_KIND: Final = "contact"
_MISSING: Final = "Enduser not found"
_MOST: Final = 2000
_FILTERS: Final = ("c", "companyId", "email", "archived")
_GIVES: Final[Schema] = gives(
    CONTACT,
    _id=STRING,
    **dict.fromkeys(("createDate", "updatedAt", "lastUpdated"), STRING),
)


class Contacts:
    """What the endpoints of contacts do."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._database = service.database

    def operations(self) -> list[Operation]:
        """Return its part of the table. The list of contacts is another one in each edition."""
        one, all_of_them, known = "/endusers/{id}", "/endusers", takes(CONTACT)
        put = Operation(
            "PUT", one, self.update, "Change a contact", _GIVES, known, says=(404,), modern=False
        )
        modern = self._service.modern
        return [
            Operation("GET", one, self.get, "Read a contact", _GIVES, says=(404,), modern=False),
            put,
            replace(put, method="PATCH", modern=True),
            Operation(
                "DELETE",
                one,
                self.delete,
                "Delete a contact",
                DELETED_SCHEMA,
                says=(404,),
                modern=False,
            ),
            Operation(
                "POST", all_of_them, self.create, "Make a contact", _GIVES, known, modern=False
            ),
            Operation(
                "GET",
                all_of_them,
                self.list_page if modern else self.list_all,
                "List contacts",
                array(_GIVES),
                query=(*PAGING, *_FILTERS) if modern else _FILTERS[:1],
                modern=False,
            ),
            Operation(
                "PUT",
                all_of_them,
                self.upsert,
                "Make or change up to 5,000 contacts",
                bulk.SCHEMA,
                array(known),
                says=(206,),
            ),
            Operation(
                "GET",
                "/companies/{id}/endusers",
                self.list_of_company,
                "List the contacts of a company",
                array(_GIVES),
                query=PAGING,
            ),
        ]

    async def get(self, request: Request, tenant: Tenant) -> Response:
        """``GET /endusers/:id``."""
        record_id = request.path_params["id"]
        return bodies.record(self._service.text(tenant, _KIND, record_id, _MISSING))

    async def create(self, request: Request, tenant: Tenant) -> Response:
        """``POST /endusers``."""
        fields = await bodies.read_object(request)
        with self._database.writing():
            return bodies.record(self._save(tenant, self._made(tenant, fields)))

    async def update(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /endusers/:id``: partial."""
        fields = await bodies.read_object(request)
        with self._database.writing():
            contact = self._service.find(tenant, _KIND, request.path_params["id"], _MISSING)
            return bodies.record(self._save(tenant, self._changed(tenant, contact, fields)))

    async def delete(self, request: Request, tenant: Tenant) -> Response:
        """``DELETE /endusers/:id``."""
        return self._service.delete(tenant, _KIND, request.path_params["id"], _MISSING)

    async def list_all(self, request: Request, tenant: Tenant) -> Response:
        """``GET /endusers?c=``: those of a company, or all of them (seed)."""
        companies = self._service.company_ids(tenant, request.query_params.get("c", ""))
        return bodies.pieces(self._listing(tenant).whole(company_id=companies))

    async def list_page(self, request: Request, tenant: Tenant) -> Response:
        """``GET /endusers``: whole ones, a page at a time (modern)."""
        query = request.query_params
        return self._page(request, tenant, query.get("c") or query.get("companyId", ""))

    async def list_of_company(self, request: Request, tenant: Tenant) -> Response:
        """``GET /companies/:id/endusers``: as ``/endusers?c=`` (modern)."""
        return self._page(request, tenant, request.path_params["id"])

    async def upsert(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /endusers`` with a list (modern)."""
        rows = await bodies.read_json(request)
        with self._database.writing():
            status, answer = bulk.upsert(
                rows,
                lambda row: self._match(tenant, row),
                lambda row: self._made(tenant, row),
                lambda contact, row: self._changed(tenant, contact, row),
                lambda contact: self._save(tenant, contact),
                failing=request.scope["failing"],
            )
        return JSONResponse(answer, status)

    def _page(self, request: Request, tenant: Tenant, of: str) -> Response:
        """Answer a page; the contacts of companies are all there unless a limit is sent."""
        query = request.query_params
        companies = self._service.company_ids(tenant, of)
        page = page_of(query, _MOST, ALL) if companies else page_of(query, _MOST)
        wanted = {name: [query[name]] for name in ("email", "archived") if query.get(name)}
        return bodies.page(self._listing(tenant).page(page, company_id=companies, **wanted))

    def _match(self, tenant: Tenant, row: Record) -> Record | None:
        """Return the contact that a row means; an external id is looked for in its company."""
        given = row.get("companyId")
        company = self._service.company(tenant, given) if isinstance(given, str) else None
        return self._service.match(tenant, _KIND, row, company["_id"] if company else None)

    def _made(self, tenant: Tenant, fields: Record) -> Record:
        contact = rules.new_contact(fields, self._service.new_id(), self._service.clock())
        company = self._company_of(tenant, contact)
        contact["companyId"] = company["_id"]
        contact.setdefault("companyName", company["name"])
        self._service.see_that_unique(tenant, _KIND, contact)
        return contact

    def _changed(self, tenant: Tenant, contact: Record, fields: Record) -> Record:
        changed = rules.changed_contact(contact, fields, self._service.clock())
        if changed.get("companyId") != contact.get("companyId"):
            changed["companyId"] = self._company_of(tenant, changed)["_id"]
        self._service.see_that_unique(tenant, _KIND, changed)
        return changed

    def _save(self, tenant: Tenant, contact: Record) -> bytes:
        return self._database.put_one(tenant.id, _KIND, contact)

    def _company_of(self, tenant: Tenant, contact: Record) -> Record:
        company = self._service.company(tenant, contact.get("companyId") or "")
        if company is None and self._service.modern:
            company = self._company_with_domain(tenant, contact.get("email") or "")
        if company is None:
            raise RefusalError(400, "Failed to save enduser: companyId must be a known company")
        return company

    def _company_with_domain(self, tenant: Tenant, email: str) -> Record | None:
        domain = email.rpartition("@")[2].casefold()
        row = domain and self._database.one(
            "SELECT r.json FROM record AS r, json_each(r.json, '$.domains') AS d"
            " WHERE r.tenant = ? AND r.kind = 'company' AND d.value = ? LIMIT 1",
            (tenant.id, domain),
        )
        return json.loads(row[0]) if row else None

    def _listing(self, tenant: Tenant) -> Listing:
        return Listing(self._database, tenant.id, _KIND)
