"""One method for each endpoint of the 2016 reference, and the two lists of later editions.

A new endpoint is a new method here, and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from planhat_tui.api import wire
from planhat_tui.api.auth import Auth, Credentials, clean_base_url, clean_proxy, clean_token
from planhat_tui.api.exchange import DEADLINE, Ask, Exchange
from planhat_tui.api.governor import Governor
from planhat_tui.api.transport import open_transport
from planhat_tui.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from planhat_tui.api.log import RequestLogLine
    from planhat_tui.api.transport import Asgi
    from planhat_tui.model.limits import Lane, Limits
    from planhat_tui.model.ports import BudgetStore
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json

MAX_USERS: Final = 10_000
"""Users that a list holds at most (observed); without ``limit`` it would hold 100."""

MAX_CONTACTS: Final = 2_000
"""Contacts that a list holds at most (observed)."""

MAX_TEXT: Final = 500
"""Letters of an id or an e-mail in an address. Planhat's ids have 24."""


def connect(
    base_url: str,
    token: str,
    *,
    auth: Auth = "bearer",
    budget: BudgetStore,
    budget_key: str = "",
    app: Asgi | None = None,
    proxy: str = "",
    clock: Callable[[], float] = time.monotonic,
    wall: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    log: Callable[[RequestLogLine], None] | None = None,
    on_limits: Callable[[Limits], None] | None = None,
    deadline: float = DEADLINE,
) -> PlanhatClient:
    """Return a client for one tenant; nothing is sent yet. Use it inside one event loop.

    ``app`` is a server inside this process, reached without a network. ``proxy`` is used if given;
    the environment's never is. ``budget_key`` names the rate limit's budget in ``budget``; without
    one it's a hash of the base URL and the token. ``on_limits`` is called in the loop after each
    answer. ``deadline`` is seconds for a whole exchange. Raises :class:`TokenError` or
    :class:`InputError`, neither of which quotes the token.
    """
    address = clean_base_url(base_url, in_process=app is not None)
    credentials = Credentials(clean_token(token), auth)
    transport = open_transport(app, clean_proxy(proxy) if proxy else "")
    key = budget_key or credentials.key(address)

    def governor(key: str, on_limits: Callable[[Limits], None] | None) -> Governor:
        return Governor(
            store=budget, key=key, clock=clock, wall=wall, sleep=sleep, on_limits=on_limits
        )

    main = governor(key, on_limits)
    exchange = Exchange(
        base_url=address,
        credentials=credentials,
        transport=transport,
        governor=main,
        open_governor=governor(f"{key}/open", None),
        clock=clock,
        wall=wall,
        log=log,
        deadline=deadline,
    )
    return PlanhatClient(exchange, main)


class PlanhatClient:
    """One tenant at Planhat. Implements :class:`planhat_tui.model.ports.Planhat`.

    Made by :func:`connect`. Every method raises the errors of :mod:`planhat_tui.errors` only.
    """

    def __init__(self, exchange: Exchange, governor: Governor) -> None:
        self._exchange = exchange
        self._governor = governor

    async def my_profile(self, *, lane: Lane) -> Received:
        """``GET /myprofile``: the user whom the token stands for."""
        return await self._one("/myprofile", "profile", lane)

    async def users(self, *, email: str = "", lane: Lane) -> wire.RecordPage:
        """``GET /users``: the team, or the one with that e-mail."""
        query: dict[str, str | int] = (
            {"email": _sendable(email, "email")} if email else {"limit": MAX_USERS}
        )
        return await self._page("/users", "user", lane, query)

    async def lean_companies(self, *, external_id: str = "", lane: Lane) -> wire.RecordPage:
        """``GET /leancompanies``: id, external id, name and slug of every company."""
        query = {"externalId": _sendable(external_id, "external_id")} if external_id else {}
        return await self._page("/leancompanies", "company", lane, query)

    async def companies(
        self, *, limit: int, offset: int, sort: str = "", lane: Lane
    ) -> wire.RecordPage:
        """``GET /companies``: whole companies (modern edition only; else 404 or 405)."""
        query = _paging(limit, offset, sort)
        return await self._page("/companies", "list of companies", lane, query)

    async def company(self, company_id: str, *, lane: Lane) -> Received:
        """``GET /companies/:id``."""
        return await self._one(_path("companies", company_id), "company", lane)

    async def create_company(self, body: Mapping[str, Json], *, lane: Lane) -> Received:
        """``POST /companies``."""
        return await self._write("POST", "/companies", "company", body, lane)

    async def update_company(
        self, company_id: str, body: Mapping[str, Json], *, lane: Lane
    ) -> Received:
        """``PUT /companies/:id``: the fields that are sent change."""
        return await self._write("PUT", _path("companies", company_id), "company", body, lane)

    async def delete_company(self, company_id: str, *, lane: Lane) -> None:
        """``DELETE /companies/:id``."""
        await self._delete(_path("companies", company_id), "company", lane)

    async def contacts_of(self, company_id: str, *, lane: Lane) -> wire.RecordPage:
        """``GET /endusers?c=``: all contacts of a company, in as many requests as that takes.

        An edition that knows no paging answers all of them at once, or the same page again.
        """
        query: dict[str, str | int] = {"c": _checked(company_id), "limit": MAX_CONTACTS}
        page = last = await self._page("/endusers", "company", lane, query)
        while last.count == MAX_CONTACTS:
            query["offset"] = page.count
            last = await self._page("/endusers", "company", lane, query)
            if last.count == 0 or last.starts_like(page):
                break
            page = page.joined(last)
        return page

    async def contacts(
        self, *, limit: int, offset: int, sort: str = "", lane: Lane
    ) -> wire.RecordPage:
        """``GET /endusers``: a page of all contacts (modern edition only)."""
        query = _paging(limit, offset, sort)
        return await self._page("/endusers", "list of contacts", lane, query)

    async def contact(self, contact_id: str, *, lane: Lane) -> Received:
        """``GET /endusers/:id``."""
        return await self._one(_path("endusers", contact_id), "contact", lane)

    async def create_contact(self, body: Mapping[str, Json], *, lane: Lane) -> Received:
        """``POST /endusers``."""
        return await self._write("POST", "/endusers", "contact", body, lane)

    async def update_contact(
        self, contact_id: str, body: Mapping[str, Json], *, lane: Lane
    ) -> Received:
        """``PUT /endusers/:id``."""
        return await self._write("PUT", _path("endusers", contact_id), "contact", body, lane)

    async def delete_contact(self, contact_id: str, *, lane: Lane) -> None:
        """``DELETE /endusers/:id``."""
        await self._delete(_path("endusers", contact_id), "contact", lane)

    async def call(self, call_id: str, *, lane: Lane) -> Received:
        """``GET /calls/:id``."""
        return await self._one(_path("calls", call_id), "call", lane)

    async def create_call(self, body: Mapping[str, Json], *, lane: Lane) -> Received:
        """``POST /calls``."""
        return await self._write("POST", "/calls", "call", body, lane)

    async def create_open_call(
        self, tenant: str, body: Mapping[str, Json], *, lane: Lane
    ) -> Received:
        """``POST /<tenant>/calls``: the open endpoint; sent without the token.

        What comes back may be empty: strangers are told nothing of the tenant's data.
        """
        path = f"/{quote(_checked(tenant), safe='')}/calls"
        ask = Ask("POST", path, "call", body=_encoded(body), open=True)
        return await self._exchange.send(ask, lane, wire.read_receipt)

    async def update_call(self, call_id: str, body: Mapping[str, Json], *, lane: Lane) -> Received:
        """``PUT /calls/:id``."""
        return await self._write("PUT", _path("calls", call_id), "call", body, lane)

    async def delete_call(self, call_id: str, *, lane: Lane) -> None:
        """``DELETE /calls/:id``."""
        await self._delete(_path("calls", call_id), "call", lane)

    def limits(self) -> Limits:
        """Return the rate limit as it is known now. Safe from any thread."""
        return self._governor.limits

    async def close(self) -> None:
        """Give the connections back."""
        await self._exchange.close()

    async def _one(self, path: str, noun: str, lane: Lane) -> Received:
        return await self._exchange.send(Ask("GET", path, noun), lane, wire.read_one)

    async def _page(
        self, path: str, noun: str, lane: Lane, query: Mapping[str, str | int]
    ) -> wire.RecordPage:
        return await self._exchange.send(Ask("GET", path, noun, query), lane, wire.read_page)

    async def _write(
        self, method: str, path: str, noun: str, body: Mapping[str, Json], lane: Lane
    ) -> Received:
        ask = Ask(method, path, noun, body=_encoded(body))
        return await self._exchange.send(ask, lane, wire.read_one)

    async def _delete(self, path: str, noun: str, lane: Lane) -> None:
        await self._exchange.send(Ask("DELETE", path, noun), lane, wire.check_done)


def _path(collection: str, record_id: str) -> str:
    return f"/{collection}/{quote(_checked(record_id), safe='')}"


def _checked(record_id: str) -> str:
    """Return an id that stays one segment of a path, or raise :class:`InputError`."""
    text = record_id.strip()
    if text in {"", ".", ".."}:
        raise InputError("That isn't the id of a record.", field="id")
    return _sendable(text, "id")


def _sendable(text: str, field: str) -> str:
    """Return a text that an address can hold, or raise :class:`InputError`."""
    if len(text) > MAX_TEXT:
        raise InputError(f"That is too long: {MAX_TEXT} letters at most.", field=field)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("That holds half a letter, which can't be sent.", field=field) from None
    return text


def _paging(limit: int, offset: int, sort: str) -> dict[str, str | int]:
    query: dict[str, str | int] = {"limit": limit, "offset": offset}
    return {**query, "sort": sort} if sort else query


def _encoded(body: Mapping[str, Json]) -> bytes:
    try:
        text = json.dumps(dict(body), allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8")
    except (ValueError, RecursionError):  # UnicodeEncodeError is a ValueError
        raise InputError(
            "The values hold something that JSON can't say: an endless number or half a letter.",
            "Type them again.",
        ) from None
