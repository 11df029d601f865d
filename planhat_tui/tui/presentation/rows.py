"""Rows of the lists, made of what the store answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from planhat_tui.model import calls
from planhat_tui.model.outbox import State
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation import amounts, moments
from planhat_tui.tui.presentation.sentences import entry_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from rich.text import Text

    from planhat_tui.config.profiles import Profile
    from planhat_tui.model.outbox import Entry
    from planhat_tui.store.rows import CompanyRow, ContactRow, LoggedCall
    from planhat_tui.tui.presentation.glyphs import Glyphs


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``state`` and ``flag`` are glyphs of one cell; ``mood`` names the state's colour.

    ``cells`` hold text by the column's key, safe to show; a :class:`~rich.text.Text` brings its own
    colours. ``dim`` rows are read-only or not loaded.
    """

    id: str
    cells: Mapping[str, str | Text]
    state: str = " "
    mood: str = ""
    flag: str = " "
    dim: bool = False


def mood_of(state: State | None) -> str:
    """Return the colour's name of a state: ``queued``, ``refused``, ``conflict``."""
    if state in {State.REFUSED, State.NOT_SURE}:
        return "refused"
    return "conflict" if state is State.CONFLICT else "queued"


def company_row(row: CompanyRow, glyphs: Glyphs, today: date, users: Mapping[str, str]) -> Row:
    """Return a company's row; what isn't loaded yet is shown as that, never as empty."""
    unknown = None if row.complete else glyphs.not_loaded
    return Row(
        id=row.id,
        cells={
            "name": visible(row.name or row.id),
            "phase": unknown or visible(row.phase) or "-",
            "health": unknown or amounts.short(row.health),
            "arr": unknown or amounts.short(row.arr),
            "renews": unknown or moments.day(row.renewal_date, today),
            "owner": unknown or visible(users.get(row.owner, row.owner)) or "-",
            "domain": unknown or visible(row.domain) or "-",
            "tags": unknown or f" {glyphs.dot} ".join(visible(tag) for tag in row.tags) or "-",
        },
        state=glyphs.state(row.state),
        mood=mood_of(row.state),
    )


def contact_row(row: ContactRow, glyphs: Glyphs) -> Row:
    """Return a contact's row; a star for who is featured."""
    return Row(
        id=row.id,
        cells={
            "name": visible(row.name or row.email or row.phone or row.id),
            "position": visible(row.position) or "-",
            "phone": visible(row.phone) or "-",
            "email": visible(row.email) or "-",
            "tags": f" {glyphs.dot} ".join(visible(tag) for tag in row.tags) or "-",
        },
        state=glyphs.state(row.state),
        mood=mood_of(row.state),
        flag=glyphs.featured if row.featured else " ",
    )


def call_row(logged: LoggedCall, glyphs: Glyphs, now: datetime, who: str) -> Row:
    """Return the row of a call that was logged from here; ``who`` is the contact's name."""
    call = logged.call
    start, end = calls.parse_iso(call.start), calls.parse_iso(call.end)
    moment = start or end
    talk = calls.talk_time(start, end, call.waiting)
    return Row(
        id=call.id,
        cells={
            "when": moments.clock(moment, now) if moment is not None else "-",
            "talk": moments.lasting(talk) if talk is not None else "-",
            "who": visible(who or call.nr) or "-",
            "agent": visible(call.external_user_id) or "-",
            "note": visible(logged.note) or "-",
        },
        state=glyphs.state(logged.state),
        mood=mood_of(logged.state),
    )


def entry_row(entry: Entry, glyphs: Glyphs, now: float, users: Mapping[str, str]) -> Row:
    """Return the row of an edit that isn't delivered; ``now`` is seconds since the epoch."""
    return Row(
        id=str(entry.n),
        cells={
            "state": entry.state.value,
            "title": visible(entry.title),
            "what": entry_words(entry, users, arrow=glyphs.arrow),
            "age": moments.age(now - entry.created_at),
            "reason": visible(entry.reason) or "-",
        },
        state=glyphs.state(entry.state),
        mood=mood_of(entry.state),
    )


def profile_row(profile: Profile, note: str) -> Row:
    """Return the row of a tenant; ``note`` says how it stands."""
    host = "in this program" if profile.demo else urlsplit(profile.base_url).hostname
    return Row(
        id=profile.name,
        cells={
            "name": profile.name,
            "label": visible(profile.label),
            "host": visible(host or profile.base_url),
            "note": note,
        },
    )
