"""One method for each endpoint: those of the 2016 reference, and what was observed since.

A new endpoint is a new method here, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.api.address import checked_id, listing, path_to_delete, sendable
from planhat_tui.api.requests import Requests
from planhat_tui.api.wire import WholeList
from planhat_tui.errors import InputError, ServerError
from planhat_tui.model.pages import is_last
from planhat_tui.model.records import text_of
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Unpack

    from planhat_tui.api.address import Query
    from planhat_tui.api.exchange import Exchange
    from planhat_tui.api.governor import Governor
    from planhat_tui.api.wire import RecordPage
    from planhat_tui.model.bulk import BulkAnswer
    from planhat_tui.model.limits import Lane, Limits
    from planhat_tui.model.ports import Before, ContactsAsk, ListAsk, Take
    from planhat_tui.model.raw import RawAnswer
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json, Raw

MAX_USERS: Final = 10_000
"""Users that a list holds at most (observed); without ``limit`` any list would hold 100."""

MAX_CONTACTS: Final = 2_000
"""Contacts that a list holds at most (observed)."""

MAX_CUSTOM_FIELDS: Final = 2_000
"""Definitions that a list holds at most (observed)."""

FEW: Final = 50
"""Records of which so many at least are no page of a server that gives fewer than are asked for."""

_MOST_BACK: Final = 20
"""Pages that are stepped back before the order of a list is thought to be none."""

RESOURCES: Final = (
    "conversations", "tasks", "tickets", "nps", "licenses", "assets", "projects",
    "opportunities", "issues", "invoices", "churn", "objectives",
)  # fmt: skip
"""Lists that Planhat has beside companies and contacts (observed); they are only read here."""


class PlanhatClient:
    """One tenant at Planhat. Implements :class:`planhat_tui.model.ports.Planhat`.

    Made by :func:`planhat_tui.api.connection.connect`. Every method raises the errors of
    :mod:`planhat_tui.errors` only, and what ``before`` raises: then nothing was sent.
    """

    def __init__(self, exchange: Exchange, governor: Governor) -> None:
        self._exchange = exchange
        self._requests = Requests(exchange)
        self._governor = governor

    async def my_profile(
        self, *, lane: Lane, once: bool = False, before: Before | None = None
    ) -> Received:
        """``GET /myprofile``: the user whom the token stands for."""
        return await self._requests.one("/myprofile", "profile", lane, once=once, before=before)

    async def users(self, *, email: str = "", lane: Lane) -> RecordPage:
        """``GET /users``: the whole team, or the one with that e-mail."""
        if email:
            named: Query = {"email": sendable(email, "email")}
            return await self._requests.page("/users", "user", lane, named)
        query: Query = {"limit": MAX_USERS, "sort": "_id"}
        return await self._whole("/users", "user", lane, query, MAX_USERS, lambda _: True)

    async def lean_companies(
        self,
        *,
        external_id: str = "",
        lane: Lane,
        once: bool = False,
        before: Before | None = None,
        take: Take | None = None,
    ) -> RecordPage:
        """``GET /leancompanies``: id, external id, name and slug of every company."""
        query: Query = {"externalId": sendable(external_id, "external_id")} if external_id else {}
        return await self._requests.page(
            "/leancompanies", "company", lane, query, once=once, before=before, take=take
        )

    async def companies(self, *, lane: Lane, **ask: Unpack[ListAsk]) -> RecordPage:
        """``GET /companies``: whole companies (modern edition only; else 404 or 405)."""
        return await self._requests.page("/companies", "list of companies", lane, listing(**ask))

    async def company(
        self, company_id: str, *, lane: Lane, before: Before | None = None
    ) -> Received:
        """``GET /companies/:id``."""
        return await self._requests.the("companies", company_id, "company", lane, before)

    async def create_company(
        self, body: Mapping[str, Json], *, lane: Lane, before: Before | None = None
    ) -> Received:
        """``POST /companies``."""
        return await self._requests.create("/companies", "company", body, lane, before)

    async def update_company(
        self,
        company_id: str,
        body: Mapping[str, Json],
        *,
        lane: Lane,
        before: Before | None = None,
    ) -> Received:
        """``PUT /companies/:id``: the fields that are sent change."""
        return await self._requests.update("companies", company_id, "company", body, lane, before)

    async def delete_company(
        self, company_id: str, *, lane: Lane, before: Before | None = None
    ) -> None:
        """``DELETE /companies/:id``."""
        await self._requests.delete(
            path_to_delete("companies", company_id), "company", lane, before
        )

    async def contacts_of(
        self, company_id: str, *, known: int = 0, lane: Lane, before: Before | None = None
    ) -> RecordPage:
        """``GET /endusers?c=``: all contacts of a company, in as many requests as that takes.

        Are they fewer than are ``known``, and a round number, it's looked behind them.
        The filter goes under its later name as well (observed: ``companyId``). An edition that
        knows no paging answers all of them at once, or the same page again; one that heeds neither
        name lists everybody's, of which only the first page is read.
        """
        wanted = checked_id(company_id)
        query: Query = {"c": wanted, "companyId": wanted, "limit": MAX_CONTACTS, "sort": "_id"}
        return await self._whole(
            "/endusers",
            "company",
            lane,
            query,
            MAX_CONTACTS,
            lambda page: _all_of(wanted, page),
            known,
            before,
        )

    async def contacts(
        self, *, lane: Lane, take: Take | None = None, **ask: Unpack[ContactsAsk]
    ) -> RecordPage:
        """``GET /endusers``: a page of all contacts, or of those that fit.

        The 2016 edition knows no pages: all of them come.
        """
        return await self._requests.page(
            "/endusers", "list of contacts", lane, listing(**ask), take=take
        )

    async def contact(self, contact_id: str, *, lane: Lane) -> Received:
        """``GET /endusers/:id``."""
        return await self._requests.the("endusers", contact_id, "contact", lane)

    async def create_contact(
        self, body: Mapping[str, Json], *, lane: Lane, before: Before | None = None
    ) -> Received:
        """``POST /endusers``."""
        return await self._requests.create("/endusers", "contact", body, lane, before)

    async def update_contact(
        self,
        contact_id: str,
        body: Mapping[str, Json],
        *,
        lane: Lane,
        before: Before | None = None,
    ) -> Received:
        """``PUT /endusers/:id``."""
        return await self._requests.update("endusers", contact_id, "contact", body, lane, before)

    async def delete_contact(
        self, contact_id: str, *, lane: Lane, before: Before | None = None
    ) -> None:
        """``DELETE /endusers/:id``."""
        await self._requests.delete(path_to_delete("endusers", contact_id), "contact", lane, before)

    async def call(self, call_id: str, *, lane: Lane) -> Received:
        """``GET /calls/:id``."""
        return await self._requests.the("calls", call_id, "call", lane)

    async def create_call(
        self, body: Mapping[str, Json], *, lane: Lane, before: Before | None = None
    ) -> Received:
        """``POST /calls``."""
        return await self._requests.create("/calls", "call", body, lane, before)

    async def create_open_call(
        self,
        tenant: str,
        body: Mapping[str, Json],
        *,
        lane: Lane,
        before: Before | None = None,
    ) -> Received:
        """``POST /<tenant>/calls``: the open endpoint; sent without the token.

        What comes back may be empty: strangers are told nothing of the tenant's data.
        """
        return await self._requests.open_write(tenant, "calls", "call", body, lane, before)

    async def update_call(
        self,
        call_id: str,
        body: Mapping[str, Json],
        *,
        lane: Lane,
        before: Before | None = None,
    ) -> Received:
        """``PUT /calls/:id``."""
        return await self._requests.update("calls", call_id, "call", body, lane, before)

    async def delete_call(self, call_id: str, *, lane: Lane, before: Before | None = None) -> None:
        """``DELETE /calls/:id``."""
        await self._requests.delete(path_to_delete("calls", call_id), "call", lane, before)

    async def upsert_companies(
        self, rows: Sequence[Raw], *, lane: Lane, before: Before | None = None
    ) -> BulkAnswer:
        """``PUT /companies`` with a list: make or change up to 5,000, each by a key that it has.

        Tells what became of each row, those that were refused included. Raises
        :class:`InputError` before anything is sent if a row has no key of its own.
        """
        return await self._requests.upsert("/companies", "list of companies", rows, lane, before)

    async def upsert_contacts(
        self, rows: Sequence[Raw], *, lane: Lane, before: Before | None = None
    ) -> BulkAnswer:
        """``PUT /endusers`` with a list, likewise."""
        return await self._requests.upsert("/endusers", "list of contacts", rows, lane, before)

    async def custom_fields(
        self, *, parent: str = "", limit: int = MAX_CUSTOM_FIELDS, offset: int = 0, lane: Lane
    ) -> RecordPage:
        """``GET /customfields``: definitions, those of ``company`` or ``enduser`` if it's named."""
        query = listing(limit=limit, offset=offset)
        if parent:
            query["parent"] = sendable(parent, "parent")
        return await self._requests.page("/customfields", "list of custom fields", lane, query)

    async def custom_field(self, field_id: str, *, lane: Lane) -> Received:
        """``GET /customfields/:id``: one definition."""
        return await self._requests.the("customfields", field_id, "custom field", lane)

    async def create_custom_field(self, body: Mapping[str, Json], *, lane: Lane) -> Received:
        """``POST /customfields``: define one; it needs ``name``, ``type`` and ``parent``."""
        return await self._requests.create("/customfields", "custom field", body, lane)

    async def update_custom_field(
        self, field_id: str, body: Mapping[str, Json], *, lane: Lane
    ) -> Received:
        """``PUT /customfields/:id``: what is sent of a definition changes."""
        return await self._requests.update("customfields", field_id, "custom field", body, lane)

    async def delete_custom_field(self, field_id: str, *, lane: Lane) -> None:
        """``DELETE /customfields/:id``: the definition; what records hold under it may stay."""
        path = path_to_delete("customfields", field_id)
        await self._requests.delete(path, "custom field", lane)

    async def resources(self, name: str, *, lane: Lane, **ask: Unpack[ListAsk]) -> RecordPage:
        """``GET /<name>``: a page of one of :data:`RESOURCES`, which are only read."""
        path = f"/{_resource(name)}"
        return await self._requests.page(path, f"list of {name}", lane, listing(**ask))

    async def resource(self, name: str, record_id: str, *, lane: Lane) -> Received:
        """``GET /<name>/:id``: one record of :data:`RESOURCES`."""
        return await self._requests.the(_resource(name), record_id, f"record of {name}", lane)

    async def request(self, method: str, path: str, body: Json = None, *, lane: Lane) -> RawAnswer:
        """Send what a person typed: a path with its query, and a body if it isn't ``None``.

        Raises :class:`InputError` for what is no method or no path of Planhat's host, and the
        errors of every other request.
        """
        return await self._requests.raw(method, path, body, lane)

    def limits(self) -> Limits:
        """Return the rate limit as it is known now. Safe from any thread."""
        return self._governor.limits

    async def shared_limits(self) -> Limits:
        """Return the rate limit as any process on this machine knows it now; costs no call."""
        return self._governor.look()

    def skew(self) -> float | None:
        """Return by how many seconds Planhat's clock is ahead; ``None`` if it never told."""
        return self._exchange.skew

    async def close(self) -> None:
        """Give the connections back."""
        await self._exchange.close()

    async def _whole(  # noqa: PLR0917 -- as those of the requests
        self,
        path: str,
        noun: str,
        lane: Lane,
        query: Query,
        most: int,
        heeds: Callable[[RecordPage], bool],
        known: int = 0,
        before: Before | None = None,
    ) -> RecordPage:
        """Read a list to its end: it goes on while a page is full and ``heeds`` what was asked.

        A round number may be a full page, too, where it's no small one, or less than is ``known``.
        Each page begins with the last record of the one before: where that isn't first, others in
        front of it were deleted meanwhile, and the list is read anew from a page further back. A
        page with nothing new isn't gone behind: from a server that ignores how many are wanted all
        had come; else it is a :class:`ServerError`.
        """

        async def ask(**part: int) -> RecordPage:
            return await self._requests.page(path, noun, lane, {**query, **part}, before=before)

        last = await ask()
        whole, size, end = WholeList(last), last.count, last.count
        more, back, again = not is_last(size, most) and not known <= size < FEW, 0, 0
        while more and heeds(last):
            last = await ask(offset=end - 1)
            if end > 1 and back < _MOST_BACK and not whole.goes_on_with(last):
                end, back, again = max(1, end - size), back + 1, again + 1
                continue
            end, more = end - 1 + last.count, last.count >= size
            if whole.add(last) or not more:
                continue
            if not again:
                if size == most and (await ask(offset=end, limit=1)).count == 1:
                    raise _repeated(size)
                break
            again -= 1
        return whole.page


def _repeated(count: int) -> ServerError:
    return ServerError(
        f"Planhat gives the same {count:,} records of a list wherever it is to begin: the others"
        " can't be read.",
        "Look at them in Planhat itself.",
    )


def _all_of(company_id: str, page: RecordPage) -> bool:
    """Tell by its first records whether a page has contacts of one company alone."""
    first = next(page.slices(), None)
    return first is None or all(
        text_of(record.data, "companyId") == company_id for record in first.records
    )


def _resource(name: str) -> str:
    if name in RESOURCES:
        return name
    near = nearest(name, RESOURCES)
    raise InputError(
        f"Planhat has no list {name}.",
        f"Did you mean {near}?" if near else f"There are: {', '.join(RESOURCES)}.",
    )
