"""What to pull next. Pure: what is known in, one step out.

Lean first, so that every company can be found by name at once; then what is on screen; then the
team and the definitions of custom fields; then whole companies and contacts, in pages where the
server lists them and one by one where it doesn't; then the copy's indexes are put together; then
what has changed since. Every step can be the last before a crash: the position is part of what is
known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE: Final = "done"
COMPANY_PAGE: Final = 5000
CONTACT_PAGE: Final = 2000
LEAN_RESTS: Final = 30.0
"""How many times as long as it took the list of names rests: a million are 160 MB."""
TEAM_EVERY: Final = 3600.0
DEFINITIONS_PAGE: Final = 2000
DEFINITIONS_EVERY: Final = 3600.0
UNSORTED_EVERY: Final = 3600.0
"""Seconds between looks for changes where the server ignores the order: it costs all pages."""
OVERLAP: Final = 300.0
"""Seconds by which a look for changes reaches behind the last one: clocks differ."""
LARGEST_SHRINK: Final = 0.2
"""The part of a collection that a pull may remove without asking."""
FEW_LEAN: Final = 2
"""New companies that are read by their ids: a look for changes costs as many calls."""
SIZE_FROM: Final = 20
"""Pages of contacts after which it's worth some calls to know how many there are.

To find out takes some five looks, a call each: of fewer pages that is more than a twentieth, and
half a minute of them is over by the time one would know. Until then it's said that it may be more.
"""
CHECK_EVERY: Final = 86_400.0
"""Seconds between looks for contacts that are gone: it costs a call for each page of them."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far the paged read of a collection has come. ``done`` holds from then on.

    ``offset`` counts the records behind it, ``last`` is the id of the last one, ``began`` the
    moment of the first page. ``gap``: the record before was passed over.
    """

    offset: int = 0
    done: bool = False
    last: str = ""
    began: float = 0.0
    gap: bool = False

    @classmethod
    def from_text(cls, noted: str) -> Position:
        """Read what :meth:`to_text` has written; nothing noted is the beginning."""
        if noted == DONE:
            return cls(done=True)
        offset, began, last, gap, *_ = [*noted.split(" "), "", "", "", ""]
        return cls(int(offset or 0), last=last, began=float(began or 0), gap=bool(gap))

    def to_text(self) -> str:
        """Return it as text to be noted."""
        return DONE if self.done else f"{self.offset} {self.began!r} {self.last}{' gap' * self.gap}"

    @property
    def asked(self) -> int:
        """The offset to ask for: the last record again, so that a gap is seen."""
        return max(0, self.offset - 1) if self.last and not self.gap else self.offset

    def follows(self, ids: Sequence[str]) -> bool:
        """Tell whether a page in order of ids leaves none out.

        When records behind it are deleted, those in front move up, and some may slip through.
        """
        return not self.asked or not self.last or self.gap or (bool(ids) and ids[0] <= self.last)

    def back(self, page: int) -> Position:
        """Return the position a page further back, with the same last record."""
        return replace(self, offset=max(0, self.asked - page))

    def after(self, ids: Sequence[str], count: int) -> Position:
        """Return the position behind a page of ``count`` records with these ids."""
        return replace(self, offset=self.asked + count, last=max([self.last, *ids]), gap=False)

    def past_one(self) -> Position:
        """Return the position behind the next record, which can't be read."""
        return replace(self, offset=self.offset + 1, gap=True)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a plan is made of. Times are seconds since the epoch, ``None``: never.

    ``empty`` says that no company is here, ``lean_took`` how many seconds the list of names took.
    ``looked_at`` is the company on screen, empty if none;
    ``looked_whole`` and ``looked_contacts`` tell whether it is here. ``edition`` is empty until it
    is known; ``probe_is_due`` says that the server is to be asked what it can do, ``sorts`` that it
    heeds an order. ``checks`` says that a list can tell which contacts are gone, ``checked_at``
    when one did, ``check`` how far it came. ``size_look`` is where to look next for how many
    contacts there are, ``None``: it's known. ``tidy`` says that the copy's indexes are put
    together. ``lean_left`` is the next company that is here only by
    name, ``lean_many`` that reading them one by one takes more calls than a look for changes;
    ``oldest`` is the company whose copy is the oldest and due, ``contacts_of`` the one whose
    contacts are, where no list has those of all.
    """

    now: float
    refresh: float
    edition: str = ""
    probe_is_due: bool = False
    sorts: bool = True
    lean_at: float | None = None
    lean_took: float = 0.0
    empty: bool = False
    team_at: float | None = None
    definitions_at: float | None = None
    changes_at: float | None = None
    looked_at: str = ""
    looked_whole: bool = True
    looked_contacts: bool = True
    companies: Position = Position()
    contacts: Position = Position()
    checks: bool = False
    checked_at: float | None = None
    check: Position = Position()
    size_look: int | None = None
    tidy: bool = True
    lean_left: str = ""
    lean_many: bool = False
    oldest: str = ""
    contacts_of: str = ""


@dataclass(frozen=True, slots=True)
class Lean:
    """Read the lean list. ``awaited``: no company is here yet, and the user waits for them."""

    awaited: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """Read the team."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """Read the definitions of custom fields."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Find out what the server can do."""


@dataclass(frozen=True, slots=True)
class OneCompany:
    """Read a company whole."""

    company_id: str
    on_screen: bool = False


@dataclass(frozen=True, slots=True)
class ContactsOf:
    """Read the contacts of a company."""

    company_id: str
    on_screen: bool = False


@dataclass(frozen=True, slots=True)
class Companies:
    """Read a page of whole companies."""

    at: Position = Position()


@dataclass(frozen=True, slots=True)
class Contacts:
    """Read a page of contacts."""

    at: Position = Position()


@dataclass(frozen=True, slots=True)
class Size:
    """Look whether there is a contact at an offset, to know how many there are."""

    offset: int


@dataclass(frozen=True, slots=True)
class ContactIds:
    """Read a page of the contacts' ids: those that are here and not there are gone."""

    at: Position = Position()


@dataclass(frozen=True, slots=True)
class Tidy:
    """Put the indexes of a copy that is filled together, a little; it costs no call."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Read what has changed since then."""

    since: float


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do for so many seconds."""

    seconds: float


Step: TypeAlias = (
    "Lean | Team | Definitions | Probe | OneCompany | ContactsOf | Companies | Contacts | Size"
    "| ContactIds | Tidy | Changes | Rest"
)


def next_step(known: Knowledge) -> Step:
    """Return the next thing to pull."""
    if known.lean_at is None:
        return Lean(awaited=known.empty)
    if step := step_on_screen(known):
        return step
    if _due(known.team_at, TEAM_EVERY, known.now):
        return Team()
    if known.probe_is_due:
        return Probe()
    listed = known.edition == "modern"  # the other edition has none
    if listed and _due(known.definitions_at, DEFINITIONS_EVERY, known.now):
        return Definitions()
    return _fill(known) or (_freshen(known) if known.tidy else Tidy())


def step_on_screen(known: Knowledge) -> OneCompany | ContactsOf | None:
    """Return what the company on screen lacks first; ``None`` if nothing."""
    if known.looked_at and not known.looked_whole:
        return OneCompany(known.looked_at, on_screen=True)
    if known.looked_at and not known.looked_contacts:
        return ContactsOf(known.looked_at, on_screen=True)
    return None


def is_background(step: Step) -> bool:
    """Tell whether a step may take long, so that what the screen waits for is read beside it."""
    return not isinstance(step, Rest) and not getattr(step, "on_screen", False)


def _fill(known: Knowledge) -> Step | None:
    """Return what a copy still lacks."""
    if known.edition != "seed" and not known.companies.done:
        return Companies(known.companies)
    if known.lean_left:
        return _changes(known) if _are_among_changes(known) else OneCompany(known.lean_left)
    if known.contacts.done:
        return None
    many = known.contacts.offset >= SIZE_FROM * CONTACT_PAGE
    if many and known.size_look is not None:
        return Size(known.size_look)
    return Contacts(known.contacts)


def _are_among_changes(known: Knowledge) -> bool:
    """Tell whether new companies come by fewer calls with what has changed since the last look."""
    listed = known.edition == "modern" and known.sorts and known.lean_many
    return listed and (known.changes_at or 0) < (known.lean_at or 0)


def _changes(known: Knowledge) -> Changes:
    """Return the look for what has changed; for all, if it isn't known when that was last done."""
    looked_at = known.changes_at or 0
    return Changes(looked_at - OVERLAP if looked_at <= known.now else 0.0)


def _freshen(known: Knowledge) -> Step:
    """Return what a whole copy needs to stay fresh."""
    names_every = max(known.refresh, LEAN_RESTS * known.lean_took)
    if _due(known.lean_at, names_every, known.now):
        return Lean()
    every = known.refresh if known.sorts else max(known.refresh, UNSORTED_EVERY)
    if known.edition != "seed" and _due(known.changes_at, every, known.now):
        return _changes(known)
    if known.checks and _due(known.checked_at, CHECK_EVERY, known.now):
        return Contacts() if known.edition == "seed" else ContactIds(known.check)
    if known.contacts_of:
        return ContactsOf(known.contacts_of)
    if known.oldest:
        return OneCompany(known.oldest)
    dues = [(known.lean_at, names_every)]
    dues += [(known.checked_at, CHECK_EVERY)] if known.checks else []
    dues += [(known.changes_at, every)] if known.edition != "seed" else []
    waits = [wait - (known.now - moment) for moment, wait in dues if moment is not None]
    return Rest(max(1.0, min([known.refresh, *waits])))


def too_many_gone(known: int, gone: int) -> bool:
    """Tell whether a list lost so much that its answer is doubted rather than followed."""
    return gone > 0 and gone > known * LARGEST_SHRINK


def _due(moment: float | None, every: float, now: float) -> bool:
    """Tell whether it's time; a moment that is still to come was noted by a wrong clock."""
    return moment is None or not 0 <= now - moment < every
