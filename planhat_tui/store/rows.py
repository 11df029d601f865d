"""What reads give back: rows for lists, and records as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from planhat_tui.model.outbox import State
    from planhat_tui.model.records import Call, Kind
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
    """A company in a list. Texts are fit for a screen."""

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


class CompanyRows(NamedTuple):
    """Some of what a search found. ``total`` counts all; ``capped``: there are more than that.

    ``meant``: nothing has the words that were typed, so these have been looked for instead.
    """

    rows: tuple[CompanyRow, ...]
    total: int
    capped: bool = False
    meant: str = ""


class ContactRows(NamedTuple):
    """Some of what a search found, as in :class:`CompanyRows`."""

    rows: tuple[ContactRow, ...]
    total: int
    capped: bool = False
    meant: str = ""


class Progress(NamedTuple):
    """How much of the tenant is here.

    ``contacts_done`` counts contacts that are here, ``contacts_complete`` says whether that is all.
    ``seen_at`` is when the list of companies was last read whole.
    """

    companies_known: int
    companies_complete: int
    contacts_done: int
    contacts_complete: bool
    seen_at: float | None


class LoggedCall(NamedTuple):
    """A call that was logged from here, or fetched by its id.

    ``note`` is kept on this machine. ``contact_id`` and ``company_id`` say whom the person meant.
    """

    call: Call
    note: str
    contact_id: str
    company_id: str
    state: State | None
    logged_at: float
