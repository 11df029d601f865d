"""What reads give back: rows for lists, and records as they are shown."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.model.records import Call
    from planhat_tui.model.values import Json


class Shown(NamedTuple):
    """A record as it is shown.

    ``raw`` has the pending edits in it, ``server`` is what Planhat has (``None``: it hasn't got it
    yet). ``state`` is the most urgent one of its open edits. ``complete`` is false while only id,
    name, slug and external id are known. ``seen_at`` is seconds since the epoch.
    """

    kind: Kind
    raw: dict[str, Json]
    server: dict[str, Json] | None
    state: State | None
    complete: bool
    seen_at: float | None

    @property
    def id(self) -> str:
        """The record's id."""
        return str(self.raw.get("_id", ""))


class CompanyRow(NamedTuple):
    """A company in a list. Texts are fit for a screen; moments are seconds since the epoch."""

    id: str
    name: str
    phase: str
    status: str
    health: float | None
    arr: float | None
    renewal_date: str
    owner: str
    external_id: str
    domain: str
    tags: tuple[str, ...]
    state: State | None
    complete: bool
    mrr: float | None = None
    last_active: float | None = None
    updated: float | None = None


class ContactRow(NamedTuple):
    """A contact in a list. Texts are fit for a screen."""

    id: str
    company_id: str
    company_name: str
    name: str
    email: str
    phone: str
    position: str
    featured: bool
    tags: tuple[str, ...]
    state: State | None

    @property
    def title(self) -> str:
        """The name, or what else tells who it is."""
        return self.name or self.email or self.phone or self.id


class CompanyRows(NamedTuple):
    """Some of what a search found. ``total`` counts all; ``capped``: there are more than that.

    ``meant``: nothing has the words that were typed, so these have been looked for instead.
    ``hint`` is a sentence about what may be mistyped in the query. ``through``: no company has the
    words itself, these have contacts who do.
    """

    rows: tuple[CompanyRow, ...]
    total: int
    capped: bool = False
    meant: str = ""
    hint: str = ""
    through: bool = False


class ContactRows(NamedTuple):
    """Some of what a search found, as in :class:`CompanyRows`."""

    rows: tuple[ContactRow, ...]
    total: int
    capped: bool = False
    meant: str = ""


COLUMNS: Final = {
    Kind.COMPANY: "id, name, phase, status, health, arr, renewal_date, owner, external_id, domain,"
    " tags, state, complete, mrr, last_active, updated",
    Kind.CONTACT: "id, company_id, company_name, name, email, phone, position, featured, tags,"
    " state",
}
"""What is read of a record for a list."""


def company_row(row: Sequence[Any]) -> CompanyRow:
    """Map a company as it was read for a list."""
    *plain, tags, state, complete, mrr, last_active, updated = row
    listed = (_tags(tags), _state(state), bool(complete))
    return CompanyRow(*[*plain, *listed, mrr, last_active, updated])


def contact_row(row: Sequence[Any]) -> ContactRow:
    """Map a contact as it was read for a list."""
    *plain, featured, tags, state = row
    return ContactRow(*[*plain, bool(featured), _tags(tags), _state(state)])


@lru_cache(maxsize=1024)
def _tags(text: str) -> tuple[str, ...]:
    """Return the tags of a record; many have the same ones, or none."""
    return tuple(json.loads(text))


def _state(value: str | None) -> State | None:
    return State(value) if value else None


class Totals(NamedTuple):
    """What a list adds up to: ``arr``, marked ones in it, ``companies``.

    ``lean`` companies have no share in ``arr``: only their names are here yet.
    """

    arr: float
    marked: int
    lean: int
    companies: int


class Progress(NamedTuple):
    """How much of the tenant is here.

    ``contacts_done`` counts contacts that are here, while they are read anew those that have come
    so far; ``contacts_known`` is about how many there are, ``None`` while nobody knows: the API
    doesn't tell. ``contacts_complete`` says whether that is all. ``seen_at`` is when the list of
    companies was last read whole. ``unreadable`` counts records that can't be kept,
    ``companies_unreadable`` companies that are here by name only for that reason. ``team`` and
    ``definitions`` (of custom fields) say whether these lists were read.
    """

    companies_known: int
    companies_complete: int
    contacts_done: int
    contacts_complete: bool
    seen_at: float | None
    contacts_known: int | None = None
    companies_unreadable: int = 0
    unreadable: int = 0
    team: bool = False
    definitions: bool = False

    def has_all(self, kind: Kind) -> bool:
        """Tell whether what isn't here isn't at Planhat either, as far as it was read."""
        return self.contacts_complete if kind is Kind.CONTACT else self.seen_at is not None

    @property
    def companies_left(self) -> int:
        """How many companies are still to be read whole."""
        return max(0, self.companies_known - self.companies_complete - self.companies_unreadable)

    @property
    def companies_percent(self) -> int:
        """How much of the companies is here whole."""
        return _percent(self.companies_complete, self.companies_known)

    @property
    def contacts_percent(self) -> int | None:
        """How much of the contacts is here; ``None`` while nobody knows."""
        if self.contacts_complete:
            return 100
        known = self.contacts_known
        return None if known is None else min(99, _percent(self.contacts_done, known))

    @property
    def lacking(self) -> str:
        """What isn't here yet, as in ``contacts 62%``; empty if all is."""
        if self.companies_left:
            return f"companies {self.companies_percent}%"
        if self.contacts_complete:
            return ""
        percent = self.contacts_percent
        return "contacts" if percent is None else f"contacts {percent}%"


def _percent(done: int, known: int) -> int:
    return 100 * min(done, known) // known if known else 0


class LoggedCall(NamedTuple):
    """A call that was logged from here, or fetched by its id.

    ``note`` is kept on this machine. ``contact_id`` and ``company_id`` say whom the person meant.
    ``seen_at`` is when Planhat told of it, in seconds since the epoch; ``None`` if it never did.
    """

    call: Call
    note: str
    contact_id: str
    company_id: str
    state: State | None
    logged_at: float
    seen_at: float | None = None
