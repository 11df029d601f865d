"""Rows of the lists, made of what the store answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from planhat_tui.model import calls, custom
from planhat_tui.model.fields import label_of
from planhat_tui.model.outbox import State
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation import amounts, matched, moments
from planhat_tui.tui.presentation.sentences import entry_words
from planhat_tui.tui.presentation.values import person_text, value_text
from planhat_tui.workspace.matching import not_meant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from rich.text import Text

    from planhat_tui.api.log import RequestLogLine
    from planhat_tui.config.profiles import Profile
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from planhat_tui.store.history import Seen
    from planhat_tui.store.rows import CompanyRow, ContactRow, LoggedCall
    from planhat_tui.tui.presentation.glyphs import Glyphs
    from planhat_tui.tui.presentation.matched import Sought
    from planhat_tui.workspace.matching import Match


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``state`` and ``flag`` are glyphs of one cell; ``mood`` names the state's colour.

    ``cells`` hold text by the column's key, safe to show; a :class:`~rich.text.Text` brings its own
    colours. ``dim`` rows are read-only or not loaded. ``lit`` has, by the column's key, where in
    its text a search has matched: from and to, in characters.
    """

    id: str
    cells: Mapping[str, str | Text]
    state: str = " "
    mood: str = ""
    flag: str = " "
    dim: bool = False
    lit: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)


def mood_of(state: State | None) -> str:
    """Return the colour's name of a state: ``queued``, ``refused``, ``conflict``."""
    if state in {State.REFUSED, State.NOT_SURE}:
        return "refused"
    return "conflict" if state is State.CONFLICT else "queued"


def company_row(
    row: CompanyRow,
    glyphs: Glyphs,
    today: date,
    users: Mapping[str, str],
    sought: Sought | None = None,
    *,
    own: Mapping[str, Json] | None = None,
    changed: bool = False,
) -> Row:
    """Return a company's row; what isn't loaded yet is shown as that, never as empty.

    ``own`` has the values of the custom fields that are shown, by their paths; ``changed``: others
    have changed it since the person last looked.
    """
    unknown = None if row.complete else glyphs.not_loaded
    cells = {
        "name": visible(row.name or row.id),
        "phase": unknown or visible(row.phase) or "-",
        "health": unknown or amounts.short(row.health),
        "arr": unknown or amounts.short(row.arr),
        "renews": unknown or moments.day(row.renewal_date, today),
        "owner": unknown or person_text(row.owner, users, glyphs.not_loaded),
        "domain": unknown or visible(row.domain) or "-",
        "tags": unknown or f" {glyphs.dot} ".join(visible(tag) for tag in row.tags) or "-",
        "status": unknown or visible(row.status) or "-",
        "mrr": unknown or amounts.short(row.mrr),
        "active": unknown or moments.moment_day(row.last_active, today),
        "updated": unknown or moments.moment_day(row.updated, today),
        "external": visible(row.external_id) or "-",
        **{path: unknown or value_text(value) for path, value in (own or {}).items()},
    }
    return Row(
        id=row.id,
        cells=cells,
        state=glyphs.state(row.state),
        mood=mood_of(row.state),
        flag=glyphs.changed if changed else " ",
        lit=matched.lit(cells, sought) if sought else {},
    )


def contact_row(row: ContactRow, glyphs: Glyphs, own: Mapping[str, Json] | None = None) -> Row:
    """Return a contact's row; a star for who is featured. ``own`` as for :func:`company_row`."""
    return Row(
        id=row.id,
        cells={
            "name": visible(row.name or row.email or row.phone or row.id),
            "position": visible(row.position) or "-",
            "phone": visible(row.phone) or "-",
            "email": visible(row.email) or "-",
            "tags": f" {glyphs.dot} ".join(visible(tag) for tag in row.tags) or "-",
            **{path: value_text(value) for path, value in (own or {}).items()},
        },
        state=glyphs.state(row.state),
        mood=mood_of(row.state),
        flag=glyphs.featured if row.featured else " ",
    )


def call_row(
    logged: LoggedCall, glyphs: Glyphs, now: datetime, who: str, other: Match | None = None
) -> Row:
    """Return the row of a call that was logged from here; ``who`` is the contact's name.

    ``other`` is whom Planhat matched, where that isn't who was meant.
    """
    call = logged.call
    start, end = calls.parse_iso(call.start), calls.parse_iso(call.end)
    moment = start or end
    talk = calls.talk_time(start, end, call.waiting)
    return Row(
        id=call.id,
        cells={
            "when": moments.clock(moment, now) if moment is not None else "-",
            "talk": moments.lasting(talk) if talk is not None else "-",
            "who": _with(visible(who or call.nr) or "-", glyphs, other),
            "agent": visible(call.external_user_id) or "-",
            "note": visible(logged.note) or "-",
        },
        state=glyphs.state(logged.state),
        mood=mood_of(logged.state),
    )


def _with(who: str, glyphs: Glyphs, other: Match | None) -> str:
    return who if other is None else f"{glyphs.state(State.CONFLICT)} {not_meant(other)}"


def entry_row(
    entry: Entry, glyphs: Glyphs, now: float, users: Mapping[str, str], waits: str = ""
) -> Row:
    """Return the row of an edit that isn't delivered; ``now`` is seconds since the epoch.

    ``waits`` says what it waits for, where it has no reason of its own.
    """
    return Row(
        id=str(entry.n),
        cells={
            "state": entry.state.value,
            "title": visible(entry.title),
            "what": entry_words(entry, users, arrow=glyphs.arrow),
            "age": moments.age(now - entry.created_at),
            "reason": visible(entry.reason) or waits or "-",
        },
        state=glyphs.state(entry.state),
        mood=mood_of(entry.state),
    )


def seen_row(seen: Seen, number: int, now: datetime, users: Mapping[str, str]) -> Row:
    """Return the row of a change that was seen; ``users`` are names of the team by id."""
    at = datetime.fromtimestamp(seen.seen_at).astimezone()
    return Row(
        id=str(number),
        cells={
            "at": moments.clock(at, now),
            "field": visible(label_of(seen.kind, seen.change.field)),
            "before": _value(seen.change.before, users),
            "after": _value(seen.change.after, users),
            "by": "you" if seen.ours else "others",
        },
    )


def _value(value: Json, users: Mapping[str, str]) -> str:
    text = custom.format(value)
    return visible(users.get(text, text)) or "-"


def request_row(line: RequestLogLine, number: int) -> Row:
    """Return the row of a request that was made in this run."""
    return Row(
        id=str(number),
        cells={
            "at": datetime.fromtimestamp(line.at).astimezone().strftime("%H:%M:%S"),
            "method": line.method,
            "path": visible(line.path),
            "status": str(line.status or "no answer"),
            "ms": f"{line.ms:,.0f}",
            "bytes": f"{line.bytes:,}",
            "left": "-" if line.remaining is None else str(line.remaining),
        },
        state="!" if line.error else " ",
        mood="refused" if line.error else "",
    )


def profile_row(profile: Profile, note: str) -> Row:
    """Return the row of a tenant; ``note`` says how it stands."""
    host = "in this program" if profile.demo else urlsplit(profile.base_url).netloc
    return Row(
        id=profile.name,
        cells={
            "name": profile.name,
            "label": visible(profile.label),
            "host": visible(host or profile.base_url),
            "note": note,
        },
    )
