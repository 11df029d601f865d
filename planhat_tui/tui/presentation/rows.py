"""Rows of the lists, made of what the store answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from rich.cells import cell_len

from planhat_tui.model import calls, custom
from planhat_tui.model.fields import label_of
from planhat_tui.model.outbox import State
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation import amounts, matched, moments
from planhat_tui.tui.presentation.sentences import entry_words
from planhat_tui.tui.presentation.values import person_text, value_text
from planhat_tui.workspace.matching import not_meant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, tzinfo

    from rich.text import Text

    from planhat_tui.api.log import RequestLogLine
    from planhat_tui.config.profiles import Profile
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from planhat_tui.store.history import Seen
    from planhat_tui.store.rows import CompanyRow, ContactRow, LoggedCall
    from planhat_tui.tui.presentation.columns import Column
    from planhat_tui.tui.presentation.glyphs import Glyphs
    from planhat_tui.tui.presentation.matched import Sought
    from planhat_tui.workspace.matching import Match
    from planhat_tui.workspace.switch import Standing


class Row(NamedTuple):
    """One row. ``state`` and ``flag`` are glyphs of one cell; ``mood`` names the state's colour.

    ``cells`` hold text by the column's key, safe to show; a :class:`~rich.text.Text` brings its own
    colours. ``dim`` rows are read-only or not loaded; a ``heading`` stands over others. ``sought``
    is what a search looks for in them: its letters are set apart. ``tails`` stand behind the text
    of a cell, and are no part of it.
    """

    id: str
    cells: Mapping[str, str | Text]
    state: str = " "
    mood: str = ""
    flag: str = " "
    dim: bool = False
    sought: Sought = {}  # noqa: RUF012 -- a mapping, which nobody changes
    tails: Mapping[str, str] = {}
    heading: bool = False


def in_full(row: Row, told: Sequence[Column], shown: Sequence[Column]) -> str:
    """Return cells of a row as lines, each behind its title; empty where all are seen whole.

    ``told`` are the columns, ``shown`` all that there is room for, as wide as they are. Nothing is
    told of an empty cell.
    """
    widths = {column.key: column.width for column in shown}
    texts = {column.key: str(row.cells.get(column.key, "")) for column in told}
    cells = {key: text for key, text in texts.items() if text}
    if all(cell_len(text) <= widths.get(key, 0) for key, text in cells.items()):
        return ""
    room = max(len(column.title) for column in told)
    lines = (f"{one.title:<{room}}  {cells[one.key]}" for one in told if one.key in cells)
    return "\n".join(lines)


class Around(NamedTuple):
    """What a company is told with: the signs, the day, names of the team by their ids.

    ``called`` tells when each was called last, in seconds since the epoch; ``None``: not read yet.
    ``zone`` is the place's, in which moments have their day.
    """

    glyphs: Glyphs
    today: date
    users: Mapping[str, str]
    called: Mapping[str, float] | None = None
    zone: tzinfo | None = UTC


class CompanyCells(Mapping[str, str]):
    """A company's cells, each made when it is drawn: a list has more rows and columns than that.

    What isn't loaded yet is shown as that, never as empty. ``own`` has the values of the custom
    fields that are shown, by their paths.
    """

    __slots__ = ("_around", "_own", "_row")

    def __init__(self, row: CompanyRow, around: Around, own: Mapping[str, Json]) -> None:
        self._row, self._around, self._own = row, around, own

    def __getitem__(self, key: str) -> str:
        """Return a cell's text; ``KeyError`` if companies have no such column."""
        row, around = self._row, self._around
        make = _CELLS.get(key)
        if make is None and key not in self._own:
            raise KeyError(key)
        if (not row.complete and key not in _OWN) or (key == "called" and around.called is None):
            return around.glyphs.not_loaded
        return make(row, around) if make is not None else value_text(self._own[key])

    def __iter__(self) -> Iterator[str]:
        """Go through the columns."""
        yield from _CELLS
        yield from self._own

    def __len__(self) -> int:
        """Return how many columns there are."""
        return len(_CELLS) + len(self._own)

    def __eq__(self, other: object) -> bool:
        """Whether the other one shows the same; of two companies without making the cells."""
        if not isinstance(other, CompanyCells):
            return dict(self) == other
        mine = self._row, self._around, self._own
        return mine == (other._row, other._around, other._own)

    __hash__ = None  # type: ignore[assignment] # as of a mapping


_OWN: Final = frozenset({"name", "external", "called"})
"""What is known also of a company of which only the name is here."""

_CELLS: Final[Mapping[str, Callable[[CompanyRow, Around], str]]] = {
    "name": lambda row, _: visible(row.name or row.id),
    "phase": lambda row, _: visible(row.phase) or "-",
    "health": lambda row, _: amounts.short(row.health),
    "arr": lambda row, _: amounts.short(row.arr),
    "renews": lambda row, around: moments.day(row.renewal_date, around.today),
    "owner": lambda row, around: person_text(row.owner, around.users, around.glyphs.not_loaded),
    "domain": lambda row, _: visible(row.domain) or "-",
    "tags": lambda row, around: (
        f" {around.glyphs.dot} ".join(visible(tag) for tag in row.tags) or "-"
    ),
    "status": lambda row, _: visible(row.status) or "-",
    "mrr": lambda row, _: amounts.short(row.mrr),
    "active": lambda row, around: moments.moment_day(row.last_active, around.today, around.zone),
    "updated": lambda row, around: moments.moment_day(row.updated, around.today, around.zone),
    "called": lambda row, around: moments.moment_day(
        (around.called or {}).get(row.id), around.today, around.zone
    ),
    "external": lambda row, _: visible(row.external_id) or "-",
}


def mood_of(state: State | None) -> str:
    """Return the colour's name of a state: ``queued``, ``refused``, ``conflict``."""
    if state in {State.REFUSED, State.NOT_SURE}:
        return "refused"
    return "conflict" if state is State.CONFLICT else "queued"


def company_row(
    row: CompanyRow,
    around: Around,
    sought: Sought | None = None,
    *,
    own: Mapping[str, Json] | None = None,
    changed: bool = False,
) -> Row:
    """Return a company's row.

    ``own`` has the values of the custom fields that are shown, by their paths; ``changed``: others
    have changed it since the person last looked.
    """
    glyphs = around.glyphs
    return Row(
        id=row.id,
        cells=CompanyCells(row, around, own or {}),
        state=glyphs.state(row.state),
        mood=mood_of(row.state),
        flag=glyphs.changed if changed else " ",
        sought=sought or {},
    )


def contact_row(
    row: ContactRow,
    glyphs: Glyphs,
    own: Mapping[str, Json] | None = None,
    sought: Sought | None = None,
    *,
    changed: bool = False,
) -> Row:
    """Return a contact's row; a star for who is featured. The others as for :func:`company_row`.

    That it has ``changed`` is told beside the star, unless an edit of it isn't delivered.
    """
    told = changed and row.state is None
    return Row(
        id=row.id,
        cells={
            "name": visible(row.title),
            "position": visible(row.position) or "-",
            "phone": visible(row.phone) or "-",
            "email": visible(row.email) or "-",
            "tags": f" {glyphs.dot} ".join(visible(tag) for tag in row.tags) or "-",
            **{path: value_text(value) for path, value in (own or {}).items()},
        },
        state=glyphs.changed if told else glyphs.state(row.state),
        mood="changed" if told else mood_of(row.state),
        flag=glyphs.featured if row.featured else " ",
        sought=matched.by_digits(sought, row.phone) if sought else {},
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


def profile_row(
    profile: Profile, note: str, stands: Standing | None = None, *, now: float = 0.0
) -> Row:
    """Return the row of a tenant; ``note`` says whether it's on screen.

    ``stands`` is how it stands at ``now``, seconds since the epoch; ``None`` if that isn't known.
    """
    host = "in this program" if profile.demo else urlsplit(profile.base_url).netloc
    return Row(
        id=profile.name,
        cells={
            "name": profile.name,
            "label": visible(profile.label),
            "host": visible(host or profile.base_url),
            "note": note,
            **_standing(stands, now),
        },
    )


def _standing(stands: Standing | None, now: float) -> dict[str, str]:
    if stands is None:
        return dict.fromkeys(("synced", "waiting", "limit"), "")
    limits = stands.limits
    left = f"{limits.remaining} of {limits.limit}" if limits.limit else "-"
    return {
        "synced": "never" if stands.synced_at is None else moments.ago(now - stands.synced_at),
        "waiting": ", ".join(f"{count:,} {state}" for state, count in stands.waiting.items())
        or "nothing",
        "limit": left if limits.remaining is not None else "-",
    }
