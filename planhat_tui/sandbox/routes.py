"""The endpoints of both editions.

``seed`` has what the 2016 reference has; ``modern`` adds what was observed since: whole lists with
paging, ``extid-`` and ``srcid-`` ids, PATCH, the contacts of a company by its path, definitions of
custom fields.
"""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from planhat_tui.sandbox import rules
from planhat_tui.sandbox.database import Database, Record, dump
from planhat_tui.sandbox.lists import Listing, page_of
from planhat_tui.sandbox.matching import same_number
from planhat_tui.sandbox.rules import RefusalError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

    from planhat_tui.sandbox.tenants import Tenant

    Handler = Callable[[Request, Tenant], Awaitable[Response]]

_ID: Final = re.compile(r"[0-9a-f]{24}")
_MOST_BYTES: Final = 32 * 1024 * 1024
_MOST_OPEN_BYTES: Final = 16 * 1024
_DELETED: Final = {"n": 1, "ok": 1, "deletedCount": 1}


def routes(service: Service, dialect: str) -> list[Route]:
    """Return the routes of an edition."""
    table: dict[str, dict[str, Handler]] = {
        "/companies": {"POST": service.create_company},
        "/companies/{id}": {
            "GET": service.get_company,
            "PUT": service.update_company,
            "DELETE": service.delete_company,
        },
        "/leancompanies": {"GET": service.lean_companies},
        "/users": {"GET": service.users},
        "/myprofile": {"GET": service.my_profile},
        "/endusers": {"GET": service.all_contacts, "POST": service.create_contact},
        "/endusers/{id}": {
            "GET": service.get_contact,
            "PUT": service.update_contact,
            "DELETE": service.delete_contact,
        },
        "/calls": {"POST": service.create_call},
        "/calls/{id}": {
            "GET": service.get_call,
            "PUT": service.update_call,
            "DELETE": service.delete_call,
        },
        "/{tenant}/calls": {"POST": service.create_call},
    }
    if dialect != "seed":
        service.modern = True
        table["/companies"]["GET"] = service.list_companies
        table["/companies/{id}"]["PATCH"] = service.update_company
        table["/companies/{id}/endusers"] = {"GET": service.contacts_of}
        table["/endusers"]["GET"] = service.list_contacts
        table["/endusers/{id}"]["PATCH"] = service.update_contact
        table["/calls/{id}"]["PATCH"] = service.update_call
        table["/customfields"] = {"GET": service.custom_fields}
    return [_route(path, handlers) for path, handlers in table.items()]


class Service:
    """What the endpoints do. ``clock`` gives seconds since the epoch."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self.modern = False

    # -- companies

    async def create_company(self, request: Request, tenant: Tenant) -> Response:
        """``POST /companies``."""
        fields = await _body(request)
        with self._database.writing():
            company = rules.new_company(fields, self._new_id(), self._clock())
            self._see_to_slug(tenant, company)
            self._unique(tenant, "company", company, "externalId")
            self._database.put(tenant.id, "company", [company])
        return _record(company)

    async def get_company(self, request: Request, tenant: Tenant) -> Response:
        """``GET /companies/:id``."""
        return _record(self._find(tenant, "company", request.path_params["id"]))

    async def update_company(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /companies/:id``: partial."""
        fields = await _body(request)
        with self._database.writing():
            company = self._find(tenant, "company", request.path_params["id"])
            changed = rules.changed_company(company, fields, self._clock())
            if changed.get("slug") != company.get("slug"):
                self._see_to_slug(tenant, changed)
            self._unique(tenant, "company", changed, "externalId")
            self._database.put(tenant.id, "company", [changed])
        return _record(changed)

    async def delete_company(self, request: Request, tenant: Tenant) -> Response:
        """``DELETE /companies/:id``; its contacts go with it."""
        with self._database.writing():
            company_id = _plain_id(request.path_params["id"])
            if not self._database.delete(tenant.id, "company", company_id):
                raise RefusalError(404, "Company not found")
            self._database.delete_contacts_of(tenant.id, company_id)
        return JSONResponse(_DELETED)

    async def lean_companies(self, request: Request, tenant: Tenant) -> Response:
        """``GET /leancompanies``: all of them, or those with an external id."""
        listing = Listing(self._database, tenant.id, "company")
        return _list(listing.lean(request.query_params))

    async def list_companies(self, request: Request, tenant: Tenant) -> Response:
        """``GET /companies``: whole ones, a page at a time (modern)."""
        page = page_of(request.query_params, most=5000)
        ids = _split(request.query_params.get("companyId", ""))
        listing = Listing(self._database, tenant.id, "company")
        return _list(listing.page(page, id=ids))

    # -- contacts

    async def create_contact(self, request: Request, tenant: Tenant) -> Response:
        """``POST /endusers``."""
        fields = await _body(request)
        with self._database.writing():
            contact = rules.new_contact(fields, self._new_id(), self._clock())
            company = self._company_of(tenant, contact)
            contact["companyId"] = company["_id"]
            contact.setdefault("companyName", company["name"])
            self._unique(tenant, "contact", contact, "externalId")
            self._database.put(tenant.id, "contact", [contact])
        return _record(contact)

    async def get_contact(self, request: Request, tenant: Tenant) -> Response:
        """``GET /endusers/:id``."""
        return _record(self._find(tenant, "contact", request.path_params["id"]))

    async def update_contact(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /endusers/:id``: partial."""
        fields = await _body(request)
        with self._database.writing():
            contact = self._find(tenant, "contact", request.path_params["id"])
            changed = rules.changed_contact(contact, fields, self._clock())
            if changed.get("companyId") != contact.get("companyId"):
                changed["companyId"] = self._company_of(tenant, changed)["_id"]
            self._unique(tenant, "contact", changed, "externalId")
            self._database.put(tenant.id, "contact", [changed])
        return _record(changed)

    async def delete_contact(self, request: Request, tenant: Tenant) -> Response:
        """``DELETE /endusers/:id``."""
        return self._delete(tenant, "contact", request, "Enduser not found")

    async def all_contacts(self, request: Request, tenant: Tenant) -> Response:
        """``GET /endusers?c=``: those of a company, or all of them."""
        companies = _company_filter(request)
        listing = Listing(self._database, tenant.id, "contact")
        return _list(listing.page(None, company_id=companies))

    async def list_contacts(self, request: Request, tenant: Tenant) -> Response:
        """``GET /endusers``: whole ones, a page at a time (modern).

        ``?c=`` without a limit answers all contacts of the company, as the 2016 edition does.
        """
        companies = _company_filter(request)
        query = request.query_params
        whole = companies and "limit" not in query
        page = None if whole else page_of(query, most=2000)
        listing = Listing(self._database, tenant.id, "contact")
        wanted = {name: [query[name]] for name in ("email", "archived") if query.get(name)}
        return _list(listing.page(page, company_id=companies, **wanted))

    async def contacts_of(self, request: Request, tenant: Tenant) -> Response:
        """``GET /companies/:id/endusers`` (modern)."""
        listing = Listing(self._database, tenant.id, "contact")
        return _list(listing.page(None, company_id=[request.path_params["id"]]))

    # -- calls

    async def create_call(self, request: Request, tenant: Tenant) -> Response:
        """``POST /calls``, and the open ``POST /<tenant>/calls``, which tells nothing."""
        is_open: bool = request.scope["open"]
        if "tenant" in request.path_params and not is_open:
            raise RefusalError(404, "Not Found")
        fields = await _body(request, _MOST_OPEN_BYTES if is_open else _MOST_BYTES)
        with self._database.writing():
            call = rules.new_call(fields, self._new_id(), self._clock())
            self._database.put(tenant.id, "call", [self._matched(tenant, call)])
        return _record(call if is_open else self._matched(tenant, call))

    async def get_call(self, request: Request, tenant: Tenant) -> Response:
        """``GET /calls/:id``."""
        return _record(self._find(tenant, "call", request.path_params["id"]))

    async def update_call(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /calls/:id``: partial; number and agent are matched again."""
        fields = await _body(request)
        with self._database.writing():
            call = self._find(tenant, "call", request.path_params["id"])
            changed = self._matched(tenant, rules.changed_call(call, fields, self._clock()))
            self._database.put(tenant.id, "call", [changed])
        return _record(changed)

    async def delete_call(self, request: Request, tenant: Tenant) -> Response:
        """``DELETE /calls/:id``."""
        return self._delete(tenant, "call", request, "Call not found")

    # -- team

    async def users(self, request: Request, tenant: Tenant) -> Response:
        """``GET /users``: the team, or the one with an e-mail."""
        email = request.query_params.get("email", "")
        team = Listing(self._database, tenant.id, "user").page(None)
        if email:
            wanted = email.casefold()
            team = [text for text in team if json.loads(text)["email"].casefold() == wanted]
        return _list(team)

    async def my_profile(self, _request: Request, tenant: Tenant) -> Response:
        """``GET /myprofile``: the user whom the token stands for, and the tenant."""
        user = self._database.get(tenant.id, "user", tenant.user_id) or {}
        return _record(user | {"tenantId": tenant.id, "tenantName": tenant.name})

    async def custom_fields(self, request: Request, tenant: Tenant) -> Response:
        """``GET /customfields``: definitions; ``parent`` is compared without case (modern)."""
        parent = request.query_params.get("parent", "").casefold()
        definitions = Listing(self._database, tenant.id, "customfield").page(None)
        return _list([d for d in definitions if parent in {"", json.loads(d)["parent"].casefold()}])

    # -- what they share

    def _new_id(self) -> str:
        return f"{int(self._clock()):08x}{secrets.token_hex(8)}"

    def _find(self, tenant: Tenant, kind: str, record_id: str) -> Record:
        database, found = self._database, None
        if self.modern and record_id.startswith("extid-"):
            found = database.by_external_id(tenant.id, kind, record_id.removeprefix("extid-"))
        elif self.modern and record_id.startswith("srcid-"):
            found = database.by_source_id(tenant.id, kind, record_id.removeprefix("srcid-"))
        elif _ID.fullmatch(record_id):
            found = database.get(tenant.id, kind, record_id)
        if found is None:
            raise RefusalError(404, f"{_NAMES[kind]} not found")
        return found

    def _delete(self, tenant: Tenant, kind: str, request: Request, missing: str) -> Response:
        if not self._database.delete(tenant.id, kind, _plain_id(request.path_params["id"])):
            raise RefusalError(404, missing)
        return JSONResponse(_DELETED)

    def _see_to_slug(self, tenant: Tenant, company: Record) -> None:
        def taken(slug: str) -> bool:
            other = self._database.by_slug(tenant.id, "company", slug)
            return other is not None and other["_id"] != company["_id"]

        given = (company.get("slug") or "").strip()
        if given and taken(given):
            raise RefusalError(400, f"Failed to save company: slug {given} is taken")
        company["slug"] = given or rules.free_slug(rules.slug_of(company["name"]), taken)

    def _unique(self, tenant: Tenant, kind: str, record: Record, name: str) -> None:
        value = record.get(name)
        if not value:
            return
        rows = self._database.all(
            "SELECT id, company_id FROM record WHERE tenant = ? AND kind = ? AND external_id = ?",
            (tenant.id, kind, value),
        )
        others = [company for other, company in rows if other != record["_id"]]
        if kind == "contact":  # unique within its company
            others = [company for company in others if company == record.get("companyId")]
        if others:
            raise RefusalError(400, f"Failed to save {kind}: {name} {value} is taken")

    def _company_of(self, tenant: Tenant, contact: Record) -> Record:
        wanted = contact.get("companyId") or ""
        if self.modern and wanted.startswith("extid-"):
            company = self._database.by_external_id(tenant.id, "company", wanted[6:])
        else:
            company = self._database.get(tenant.id, "company", wanted)
        if company is None and self.modern:
            company = self._company_with_domain(tenant, contact.get("email") or "")
        if company is None:
            raise RefusalError(400, "Failed to save enduser: companyId must be a known company")
        return company

    def _company_with_domain(self, tenant: Tenant, email: str) -> Record | None:
        domain = email.rpartition("@")[2].casefold()
        if not domain:
            return None
        rows = self._database.all(
            "SELECT r.json FROM record AS r, json_each(r.json, '$.domains') AS d"
            " WHERE r.tenant = ? AND r.kind = 'company' AND d.value = ? LIMIT 1",
            (tenant.id, domain),
        )
        return json.loads(rows[0][0]) if rows else None

    def _matched(self, tenant: Tenant, call: Record) -> Record:
        """Match the number to a contact and company, and the agent to a user."""
        matched = {k: v for k, v in call.items() if k not in _MATCHES}
        owners = self._database.with_phone(tenant.id, call["nr"])
        owner = next((o for o in owners if same_number(o["phone"], call["nr"])), None)
        if owner is not None:
            is_contact = "companyId" in owner
            matched["companyId"] = owner["companyId"] if is_contact else owner["_id"]
            matched["enduserId"] = owner["_id"] if is_contact else None
        agent = self._database.by_external_id(tenant.id, "user", call["externalUserId"])
        if agent is not None:
            matched["agentId"] = agent["_id"]
            matched["agentName"] = f"{agent['firstName']} {agent['lastName']}"
        return matched


_NAMES: Final = {"company": "Company", "contact": "Enduser", "call": "Call"}
_MATCHES: Final = frozenset({"companyId", "enduserId", "agentId", "agentName"})


def _route(path: str, handlers: Mapping[str, Handler]) -> Route:
    """Bind handlers by method to a path, and remember the pattern for the counts."""

    async def endpoint(request: Request) -> Response:
        request.scope["pattern"] = re.sub(r"\{(\w+)\}", r":\1", path)
        method = "GET" if request.method == "HEAD" else request.method
        try:
            return await handlers[method](request, request.scope["tenant"])
        except RefusalError as refusal:
            return PlainTextResponse(refusal.text, refusal.status)

    return Route(path, endpoint, methods=list(handlers))


async def _body(request: Request, most: int = _MOST_BYTES) -> dict[str, Any]:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise RefusalError(413, "Request body is too large")
    try:
        fields = json.loads(body)
        dump(
            fields if isinstance(fields, dict) else {}
        ).encode()  # lone surrogates and NaN fail here
    except (ValueError, RecursionError):
        raise RefusalError(400, "Malformed JSON") from None
    if not isinstance(fields, dict):
        raise RefusalError(400, "The body must be a JSON object")
    return fields


def _plain_id(record_id: str) -> str:
    return record_id if _ID.fullmatch(record_id) else ""


def _company_filter(request: Request) -> list[str]:
    query = request.query_params
    return _split(query.get("c") or query.get("companyId") or "")


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _record(record: Record) -> Response:
    return Response(dump(record), media_type="application/json")


def _list(texts: list[str]) -> Response:
    return Response(f"[{','.join(texts)}]", media_type="application/json")
