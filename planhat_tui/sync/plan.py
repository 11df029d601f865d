"""What to pull next. Pure: what is known in, one step out.

Lean first, so that every company can be found by name at once; then what is on screen; then the
team; then whole companies and contacts, in pages where the server lists them and one by one where
it doesn't; then what has changed since. Every step can be the last before a crash: the position is
part of what is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

COMPANY_PAGE: Final = 5000
CONTACT_PAGE: Final = 2000
TEAM_EVERY: Final = 3600.0
UNSORTED_EVERY: Final = 3600.0
"""Seconds between looks for changes where the server ignores the order: it costs all pages."""
OVERLAP: Final = 300.0
"""Seconds by which a look for changes reaches behind the last one: clocks differ."""
LARGEST_SHRINK: Final = 0.2
"""The part of a collection that a pull may remove without asking."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far the paged read of a collection has come. ``done`` holds from then on."""

    offset: int = 0
    done: bool = False


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a plan is made of. Times are seconds since the epoch, ``None``: never.

    ``looked_at`` is the company on screen, empty if none; ``looked_whole`` and ``looked_contacts``
    tell whether it is here. ``edition`` is empty until it is known; ``probe_is_due`` says that the
    server is to be asked what it can do, ``sorts`` that it heeds an order. ``lean_left`` is the
    next company that is here only by name, ``oldest`` the one whose copy is the oldest and due.
    """

    now: float
    refresh: float
    edition: str = ""
    probe_is_due: bool = False
    sorts: bool = True
    lean_at: float | None = None
    team_at: float | None = None
    changes_at: float | None = None
    looked_at: str = ""
    looked_whole: bool = True
    looked_contacts: bool = True
    companies: Position = Position()
    contacts: Position = Position()
    lean_left: str = ""
    oldest: str = ""


@dataclass(frozen=True, slots=True)
class Lean:
    """Read the lean list."""


@dataclass(frozen=True, slots=True)
class Team:
    """Read the team."""


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

    offset: int


@dataclass(frozen=True, slots=True)
class Contacts:
    """Read a page of contacts."""

    offset: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Read what has changed since then."""

    since: float


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do for so many seconds."""

    seconds: float


Step: TypeAlias = (
    "Lean | Team | Probe | OneCompany | ContactsOf | Companies | Contacts | Changes | Rest"
)


def next_step(known: Knowledge) -> Step:
    """Return the next thing to pull."""
    if known.lean_at is None:
        return Lean()
    if step := step_on_screen(known):
        return step
    if _due(known.team_at, TEAM_EVERY, known.now):
        return Team()
    if known.probe_is_due:
        return Probe()
    return _fill(known) or _freshen(known)


def step_on_screen(known: Knowledge) -> OneCompany | ContactsOf | None:
    """Return what the company on screen lacks first; ``None`` if nothing."""
    if known.looked_at and not known.looked_whole:
        return OneCompany(known.looked_at, on_screen=True)
    if known.looked_at and not known.looked_contacts:
        return ContactsOf(known.looked_at, on_screen=True)
    return None


def is_background(step: Step) -> bool:
    """Tell whether a step has to leave calls to those before it, and may wait for long."""
    return not isinstance(step, Lean | Rest) and not getattr(step, "on_screen", False)


def _fill(known: Knowledge) -> Step | None:
    """Return what a copy still lacks."""
    if known.edition != "seed" and not known.companies.done:
        return Companies(known.companies.offset)
    if known.lean_left:
        return OneCompany(known.lean_left)
    if not known.contacts.done:
        return Contacts(known.contacts.offset)
    return None


def _freshen(known: Knowledge) -> Step:
    """Return what a whole copy needs to stay fresh."""
    if _due(known.lean_at, known.refresh, known.now):
        return Lean()
    every = known.refresh if known.sorts else max(known.refresh, UNSORTED_EVERY)
    if known.edition != "seed" and _due(known.changes_at, every, known.now):
        return Changes((known.changes_at or 0) - OVERLAP)
    if known.oldest:
        return OneCompany(known.oldest)
    dues = [(known.lean_at, known.refresh)]
    dues += [(known.changes_at, every)] if known.edition != "seed" else []
    waits = [wait - (known.now - moment) for moment, wait in dues if moment is not None]
    return Rest(max(1.0, min([known.refresh, *waits])))


def too_many_gone(known: int, gone: int) -> bool:
    """Tell whether a list lost so much that its answer is doubted rather than followed."""
    return gone > 0 and gone > known * LARGEST_SHRINK


def _due(moment: float | None, every: float, now: float) -> bool:
    return moment is None or now - moment >= every
