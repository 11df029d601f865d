"""What ``sync`` and ``workspace`` need from the network and from this disk.

``api`` and ``store`` implement these without knowing each other. Every method of :class:`Planhat`
raises the errors of :mod:`planhat_tui.errors` only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, TypedDict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
    from typing import Required, Unpack

    from planhat_tui.model.bulk import BulkAnswer
    from planhat_tui.model.limits import Lane, Limits
    from planhat_tui.model.raw import RawAnswer
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json, Raw

Before: TypeAlias = "Callable[[], None]"
"""Called in a request's turn, before its first byte leaves; it may raise to stop it."""


class SetAside(NamedTuple):
    """A record that can't be kept, and why.

    ``place`` counts from 1 in its page of ``of`` records, as far as these have come; ``id`` is
    empty if it can't be told.
    """

    place: int
    of: int
    id: str
    reason: str

    @property
    def told(self) -> str:
        """Which one it is, and why: ``record 2 of 3: it has the same key twice``."""
        return f"record {self.place} of {self.of}: {self.reason}"


class Slice(NamedTuple):
    """A piece of a page: at most 200 records, and others that can't be kept."""

    records: Sequence[Received]
    set_aside: Sequence[SetAside]


Take: TypeAlias = "Callable[[Slice], Awaitable[None]]"
"""Takes the records of a list as they come. However many these are, none is held for longer."""


class Page(Protocol):
    """One answer that lists records. It is decoded slice by slice, so that nothing stalls.

    One whose records were taken as they came counts them, and has none.
    """

    @property
    def count(self) -> int:
        """How many records the answer holds, bad ones included."""
        ...

    def slices(self, size: int = 200) -> Iterator[Slice]:
        """Decode the records, ``size`` at a time, or fewer that would take much memory."""
        ...


class ListAsk(TypedDict, total=False):
    """Which part of a list is wanted, in which order, with which fields, of which companies.

    ``sort`` is a field, or ``-field`` for descending. A server may ignore ``sort``, ``select`` and
    ``company_ids`` without a word: see that they were honoured.
    """

    limit: Required[int]
    offset: Required[int]
    sort: str
    select: Sequence[str]
    company_ids: Sequence[str]


class ContactsAsk(ListAsk, total=False):
    """The same of contacts, and only those with an e-mail, or archived ones, or none of these."""

    email: str
    archived: bool | None


class Planhat(Protocol):
    """One tenant at Planhat, one method for each endpoint.

    A request calls ``before`` in its turn, when the limit lets it go and no byte has left yet. What
    that raises is raised here, and nothing is sent. A read that comes ``once``, at the beginning,
    tells nothing of how much its lane will need.
    """

    async def my_profile(
        self, *, lane: Lane, once: bool = False, before: Before | None = None
    ) -> Received:
        """``GET /myprofile``: the user whom the token stands for."""
        ...

    async def users(self, *, email: str = "", lane: Lane) -> Page:
        """``GET /users``: the team, or the one with that e-mail."""
        ...

    async def lean_companies(
        self,
        *,
        external_id: str = "",
        lane: Lane,
        once: bool = False,
        before: Before | None = None,
        take: Take | None = None,
    ) -> Page:
        """``GET /leancompanies``: id, external id, name and slug of every company."""
        ...

    async def companies(self, *, lane: Lane, **ask: Unpack[ListAsk]) -> Page:
        """``GET /companies``: whole companies (modern edition only)."""
        ...

    async def company(
        self, company_id: str, *, lane: Lane, before: Before | None = None
    ) -> Received:
        """``GET /companies/:id``."""
        ...

    async def create_company(
        self, body: Mapping[str, Json], *, lane: Lane, before: Before | None = None
    ) -> Received:
        """``POST /companies``."""
        ...

    async def update_company(
        self,
        company_id: str,
        body: Mapping[str, Json],
        *,
        lane: Lane,
        before: Before | None = None,
    ) -> Received:
        """``PUT /companies/:id``: the fields that are sent change."""
        ...

    async def delete_company(
        self, company_id: str, *, lane: Lane, before: Before | None = None
    ) -> None:
        """``DELETE /companies/:id``."""
        ...

    async def contacts_of(
        self, company_id: str, *, known: int = 0, lane: Lane, before: Before | None = None
    ) -> Page:
        """``GET /endusers?c=``: the contacts of a company, of which so many are ``known``."""
        ...

    async def contacts(
        self, *, lane: Lane, take: Take | None = None, **ask: Unpack[ContactsAsk]
    ) -> Page:
        """``GET /endusers``: a page of all contacts, or of those that fit; in seed all of them."""
        ...

    async def contact(self, contact_id: str, *, lane: Lane) -> Received:
        """``GET /endusers/:id``."""
        ...

    async def create_contact(
        self, body: Mapping[str, Json], *, lane: Lane, before: Before | None = None
    ) -> Received:
        """``POST /endusers``."""
        ...

    async def update_contact(
        self,
        contact_id: str,
        body: Mapping[str, Json],
        *,
        lane: Lane,
        before: Before | None = None,
    ) -> Received:
        """``PUT /endusers/:id``."""
        ...

    async def delete_contact(
        self, contact_id: str, *, lane: Lane, before: Before | None = None
    ) -> None:
        """``DELETE /endusers/:id``."""
        ...

    async def call(self, call_id: str, *, lane: Lane) -> Received:
        """``GET /calls/:id``."""
        ...

    async def create_call(
        self, body: Mapping[str, Json], *, lane: Lane, before: Before | None = None
    ) -> Received:
        """``POST /calls``."""
        ...

    async def create_open_call(
        self,
        tenant: str,
        body: Mapping[str, Json],
        *,
        lane: Lane,
        before: Before | None = None,
    ) -> Received:
        """``POST /<tenant>/calls``: the open endpoint; sent without the token."""
        ...

    async def update_call(
        self,
        call_id: str,
        body: Mapping[str, Json],
        *,
        lane: Lane,
        before: Before | None = None,
    ) -> Received:
        """``PUT /calls/:id``."""
        ...

    async def delete_call(self, call_id: str, *, lane: Lane, before: Before | None = None) -> None:
        """``DELETE /calls/:id``."""
        ...

    async def upsert_companies(
        self, rows: Sequence[Raw], *, lane: Lane, before: Before | None = None
    ) -> BulkAnswer:
        """``PUT /companies`` with a list: what became of each row (modern edition only)."""
        ...

    async def upsert_contacts(
        self, rows: Sequence[Raw], *, lane: Lane, before: Before | None = None
    ) -> BulkAnswer:
        """``PUT /endusers`` with a list: what became of each row (modern edition only)."""
        ...

    async def custom_fields(
        self, *, parent: str = "", limit: int = ..., offset: int = 0, lane: Lane
    ) -> Page:
        """``GET /customfields``: definitions (modern edition only)."""
        ...

    async def custom_field(self, field_id: str, *, lane: Lane) -> Received:
        """``GET /customfields/:id`` (modern edition only)."""
        ...

    async def create_custom_field(self, body: Mapping[str, Json], *, lane: Lane) -> Received:
        """``POST /customfields`` (modern edition only)."""
        ...

    async def update_custom_field(
        self, field_id: str, body: Mapping[str, Json], *, lane: Lane
    ) -> Received:
        """``PUT /customfields/:id`` (modern edition only)."""
        ...

    async def delete_custom_field(self, field_id: str, *, lane: Lane) -> None:
        """``DELETE /customfields/:id`` (modern edition only)."""
        ...

    async def resources(self, name: str, *, lane: Lane, **ask: Unpack[ListAsk]) -> Page:
        """``GET /<name>``: conversations, tasks and the like, read-only (modern edition only)."""
        ...

    async def resource(self, name: str, record_id: str, *, lane: Lane) -> Received:
        """``GET /<name>/:id`` (modern edition only)."""
        ...

    async def request(self, method: str, path: str, body: Json = None, *, lane: Lane) -> RawAnswer:
        """Send what a person typed; ``None`` sends no body."""
        ...

    def limits(self) -> Limits:
        """Return the rate limit as it is known now. Safe from any thread."""
        ...

    async def shared_limits(self) -> Limits:
        """Return the rate limit as any process on this machine knows it now; costs no call."""
        ...

    def skew(self) -> float | None:
        """Return by how many seconds Planhat's clock is ahead of this one, if it told that."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


class BudgetStore(Protocol):
    """Where all processes of this machine keep what they know of a rate limit.

    ``key`` is a credential's hash, or a tenant's identity. What is kept is text that the governor
    alone understands.
    """

    def change(self, key: str, step: Callable[[str], str]) -> None:
        """Keep what ``step`` makes of what is kept, with no other process in between.

        ``step`` gets empty text if nothing is kept. Raises :class:`StorageError`; ``step`` may have
        been called then, but what it returned isn't kept.
        """
        ...
