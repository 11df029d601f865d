"""Contacts: reference 2016, "Contacts" (``endusers``)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from planhat_tui.sandbox import bodies, rules
from planhat_tui.sandbox.fields import (
    CONTACT,
    FIRST_CONTACT,
    STRING,
    RefusalError,
    Schema,
    gives,
    takes,
)
from planhat_tui.sandbox.lists import page_of
from planhat_tui.sandbox.operations import PAGING, Operation, array
from planhat_tui.sandbox.resource import Kind, Resource

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from planhat_tui.sandbox.database import Record
    from planhat_tui.sandbox.service import Service
    from planhat_tui.sandbox.tenants import Tenant

_KIND: Final = "contact"
_MOST: Final = 2000
_FILTERS: Final = ("c", "companyId", "email", "archived")
_GIVES: Final[Schema] = gives(
    CONTACT,
    _id=STRING,
    **dict.fromkeys(("createDate", "updatedAt", "lastUpdated"), STRING),
)
_CONTACT: Final = Kind(
    *("endusers", _KIND, "a contact", "Enduser not found"),
    _GIVES,
    takes(CONTACT),
    takes(CONTACT),
    FIRST_CONTACT,
)


class Contacts(Resource):
    """What the endpoints of contacts do."""

    def __init__(self, service: Service) -> None:
        super().__init__(service, _CONTACT)

    def operations(self) -> list[Operation]:
        """Return its part of the table. The list of contacts is another one in each edition."""
        modern = self._service.modern
        return [
            *super().operations(),
            Operation(
                *("GET", "/endusers", self.list_page if modern else self.list_all),
                "List contacts",
                array(self._kind.gives),
                query=(*PAGING, *_FILTERS) if modern else _FILTERS[:1],
                modern=False,
            ),
            self.bulk_operation(),
            Operation(
                *("GET", "/companies/{id}/endusers", self.list_of_company),
                "List the contacts of a company",
                array(_GIVES),
                query=PAGING,
            ),
        ]

    async def list_all(self, request: Request, tenant: Tenant) -> Response:
        """``GET /endusers?c=``: those of a company, or all of them (seed)."""
        companies = self._service.company_ids(tenant, request.query_params.get("c", ""))
        listed = self.listing(tenant).whole(self._kind.first, company_id=companies)
        return bodies.pieces(listed)

    async def list_page(self, request: Request, tenant: Tenant) -> Response:
        """``GET /endusers``: whole ones, a page at a time (modern)."""
        query = request.query_params
        of = query.get("c") or query.get("companyId", "")
        return self._page(request, tenant, self._service.company_ids(tenant, of))

    async def list_of_company(self, request: Request, tenant: Tenant) -> Response:
        """``GET /companies/:id/endusers``: as ``/endusers?c=``, but never everybody's (modern)."""
        of = request.path_params["id"]
        return self._page(request, tenant, self._service.company_ids(tenant, of) or [of])

    def _page(self, request: Request, tenant: Tenant, companies: list[str]) -> Response:
        """Answer a page of all contacts, or of those of companies."""
        query = request.query_params
        wanted = {name: [query[name]] for name in ("email", "archived") if query.get(name)}
        page = self.listing(tenant).page(page_of(query, _MOST), company_id=companies, **wanted)
        return bodies.array(page)

    def matched(self, tenant: Tenant, row: Record) -> Record | None:
        """Return the contact that a row means; an external id is looked for in its company."""
        given = row.get("companyId")
        company = self._service.company(tenant, given) if isinstance(given, str) else None
        return self._service.match(tenant, _KIND, row, company["_id"] if company else None)

    def made(self, tenant: Tenant, fields: Record) -> Record:
        """Make a contact of a company that is known."""
        contact = rules.new_contact(fields, self._service.new_id(), self._service.clock())
        company = self._company_of(tenant, contact, by_domain=True)
        contact["companyId"] = company["_id"]
        contact.setdefault("companyName", company["name"])
        self._service.see_that_unique(tenant, _KIND, contact)
        return contact

    def changed(self, tenant: Tenant, record: Record, fields: Record) -> Record:
        """Change a contact; the company that it moves to must be known."""
        changed = rules.changed_contact(record, fields, self._service.clock())
        if changed.get("companyId") != record.get("companyId"):
            changed["companyId"] = self._company_of(tenant, changed, by_domain=False)["_id"]
        self._service.see_that_unique(tenant, _KIND, changed)
        return changed

    def _company_of(self, tenant: Tenant, contact: Record, *, by_domain: bool) -> Record:
        """Return the company that a contact names; one may be found by the e-mail's domain."""
        company = self._service.company(tenant, contact.get("companyId") or "")
        if company is None and by_domain and self._service.modern:
            company = self._company_with_domain(tenant, contact.get("email") or "")
        if company is None:
            raise RefusalError(400, "Failed to save enduser: companyId must be a known company")
        return company

    def _company_with_domain(self, tenant: Tenant, email: str) -> Record | None:
        domain = email.rpartition("@")[2]
        row = domain and self._database.one(
            "SELECT r.json FROM record AS r, json_each(r.json, '$.domains') AS d"
            " WHERE r.tenant = ? AND r.kind = 'company' AND d.value = ? COLLATE NOCASE LIMIT 1",
            (tenant.id, domain),
        )
        return json.loads(row[0]) if row else None
