"""The header and the line of state, as pieces of text with styles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from planhat_tui.config.guardrails import lesser_marks, marks
from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import State
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation import limit_words, moments
from planhat_tui.tui.widgets import gauge
from planhat_tui.tui.widgets.bars import BETWEEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planhat_tui.config.profiles import Profile
    from planhat_tui.model.limits import Limits
    from planhat_tui.model.records import User
    from planhat_tui.store.rows import Progress
    from planhat_tui.tui.presentation.glyphs import Glyphs
    from planhat_tui.workspace.workspace import Status

Piece = tuple[str, str]

URGENT: Final = (
    State.HELD, State.QUEUED, State.SENDING, State.NOT_SURE, State.REFUSED, State.CONFLICT,
)  # fmt: skip
"""The states that are counted, the most urgent last."""

COLOURS = {
    State.CONFLICT: "bold $conflict",
    State.REFUSED: "bold $error",
    State.NOT_SURE: "bold $error",
    State.SENDING: "$pending",
    State.QUEUED: "$pending",
    State.HELD: "$muted",
}
NETWORK = {
    "starting": ("starting", "$muted"),
    "online": ("online", "$foreground"),
    "offline": ("offline", "bold $warning"),
    "stranger": ("not Planhat", "bold $warning"),
    "refused": ("token refused", "bold $error"),
    "mismatch": ("another tenant", "bold $error"),
}
"""How the network is, in words."""


WIDE: Final = 99
"""Cells from which on the limit has a bar, and who waits is told apart."""

_SOON: Final = 5.0
"""Seconds below which nobody needs to know how long something takes."""

WAITS: Final[Mapping[Lane, str]] = {
    Lane.USER: "yours",
    Lane.OUTBOX: "of the queue",
    Lane.SCREEN: "on screen",
    Lane.BACKGROUND: "background",
}
"""Whose requests wait, in the order in which they go."""


DROPS: Final = (6, 5)
"""Places in the header's left that go whole, these first, where there's no room: lesser marks."""
GIVES: Final = (4, 1)
"""Places in the header's left: the person's name gives way first, since that one knows it, then
the profile's. The label that says PRODUCTION never does, nor do the marks."""


def header(  # noqa: PLR0917 -- one for each thing that stands in it
    profile: Profile,
    host: str,
    me: User | None,
    others: Mapping[State, int],
    glyphs: Glyphs,
    calling: str = "",
) -> tuple[list[Piece], list[Piece]]:
    """Return who and where at the left; at the right the address, and what waits in other tenants.

    ``calling`` tells of a call that runs in one of them. :data:`GIVES` are the pieces at the left
    that give way.
    """
    name = "bold reverse $accent"
    label = f" {visible(profile.label)}" if profile.label else ""
    person = f"  {visible(me.name)}" if me is not None else ""
    left: list[Piece] = [(" ", name), (profile.name.upper(), name), (" ", name)]
    left += [(label, "bold $warning"), (person, "$foreground")]
    left += [(f"  {mark}" if mark else "", "$warning") for mark in lesser_marks(profile)]
    left += [(f"  {glyphs.read_only} {mark}", "$warning") for mark in marks(profile)]
    right: list[Piece] = [("in this program" if profile.demo else visible(host), "$muted")]
    waiting = [state for state in reversed(URGENT) if others.get(state)]
    if waiting:
        told = f" {glyphs.dot} ".join(f"{others[state]} {state.value}" for state in waiting)
        right.append((f"  other tenants: {told}", COLOURS[waiting[0]]))
    if calling:
        right.append((f"  {calling}", "bold $accent"))
    return left, right


def state(
    status: Status, now: float, glyphs: Glyphs, *, room: int
) -> tuple[list[Piece], list[Piece]]:
    """Return the rate limit at the left; reading, queue and network at the right.

    At the right the more urgent stands further right, where it stays on a narrow screen: ``kept``
    tells how many of them do. What is read takes the longest form that fits into ``room`` cells
    beside the rest, and the limit the longest that fits then: no word is cut.
    """
    right: list[Piece] = []
    if (progress := status.sync.progress) and progress.unreadable:
        right.append((f"{progress.unreadable} unreadable", "$warning"))
    to_go = {State.QUEUED: _to_go(status.limits, now)}
    right += [
        (f"{glyphs.state(one)} {count} {one.value}{to_go.get(one, '')}", COLOURS[one])
        for one in URGENT
        if (count := status.counts.get(one, 0))
    ]
    paused = status.sync.paused and status.sync.network == "online"
    right.append(("queue paused", "bold $error") if paused else NETWORK[status.sync.network])
    limits = _limit(status.limits, now, glyphs, wide=room >= WIDE)
    rich, plain = _reading(status, glyphs) if status.sync.pulling else ((), ("",))
    beside_whole = room - BETWEEN - _size(limits[0])
    beside_short = room - BETWEEN - _size(limits[-2])  # the last is for want of room
    forms = [
        (_dotted([(told, "$muted"), *right] if told else right, glyphs), cells)
        for several, cells in ((rich, beside_whole), (plain, beside_short))
        for told in several
    ]
    shown = next((form for form, cells in forms if _size(form) <= cells), forms[-1][0])
    return _longest(limits, room - BETWEEN - _size(shown)), shown


def _longest(forms: Sequence[list[Piece]], room: int) -> list[Piece]:
    """Return the first of these, from long to short, that fits; the shortest where none does."""
    return next((form for form in forms if _size(form) <= room), forms[-1])


def _size(pieces: Iterable[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def _limit(limits: Limits, now: float, glyphs: Glyphs, *, wide: bool) -> list[list[Piece]]:
    """Return the rate limit and what waits for it, from its longest form to its shortest."""
    told = limit_words.forms(limits, now, dot=glyphs.dot)
    whole = gauge.pieces(limits, now, glyphs, wide=wide)
    waits = [(f" {glyphs.dot} {one}", "$muted") for one in _waiting(limits, wide=wide)]
    forms = [[*whole, one] for one in waits] or [whole]
    for one in told[:-1]:
        shorter = gauge.pieces(limits, now, glyphs, wide=False, said=one)
        forms += [[*shorter, *waits[-1:]], shorter]
    return [*forms, gauge.pieces(limits, now, glyphs, wide=False, said=told[-1])]


def kept(status: Status) -> int:
    """Return how many pieces at the right outrank how old the rate limit is and who else uses it.

    What isn't delivered, what can't be read, and the network; where that is all, what is read too.
    """
    progress = status.sync.progress
    unreadable = progress is not None and progress.unreadable > 0
    return max(2, sum(1 for one in URGENT if status.counts.get(one)) + unreadable + 1)


def _waiting(limits: Limits, *, wide: bool) -> list[str]:
    """Return how many requests wait; that calls are left and kept, where that is what for.

    Where several are who waits, and there is room, each is counted. The last form is the shortest.
    """
    waiting = {lane: count for lane, count in limits.waiting.items() if count}
    if not waiting:
        return []
    told = short = f"{sum(waiting.values())} waiting"
    if wide and len(waiting) > 1:
        told = ", ".join(f"{waiting[lane]} {WAITS[lane]}" for lane in sorted(waiting)) + " waiting"
    kept = ": calls kept for you" if limits.keeps_calls else ""
    return [*dict.fromkeys((f"{told}{kept}", told, short))]


def _to_go(limits: Limits, now: float) -> str:
    """Return when what is queued goes at the latest; nothing where it's only a moment.

    What waits though calls are left, leaves these to what a person asks for next.
    """
    seconds = (limits.stopped_until or now) - now
    if seconds >= 1:
        return f" ~{seconds:.0f} s"
    return " until the reset" if limits.waiting.get(Lane.OUTBOX) else ""


def _reading(status: Status, glyphs: Glyphs) -> tuple[Sequence[str], Sequence[str]]:
    """Return how far what is read is, by collection, from the longest form to the shortest.

    The first ones are for where all is told of the limit as well, the others come before that.
    As in ``companies 39/300 · contacts 0 · 12+ calls ~42 s+``: a plus says that it may be more, as
    ``/~`` says that it's about so many.
    """
    progress, ahead = status.sync.progress, status.sync.outlook
    if progress is None or not progress.companies_known:
        return (), ("reading",)
    if not progress.lacking:
        return ("reading changes",), ("reading",)
    dot, more = f" {glyphs.dot} ", "+" if ahead.at_least else ""
    lasting = ahead.seconds is not None and ahead.seconds >= _SOON
    left = f" ~{moments.age(ahead.seconds or 0)}{more}" if lasting else ""
    companies = _counted("companies", progress.companies_complete, progress.companies_known)
    contacts = _contacts(progress)
    now = companies if progress.companies_left else contacts
    percent = f"{progress.lacking}{left}"
    both = f"{companies}{dot}{contacts}"
    if not ahead.calls:
        return (f"reading {both}{left}",), (f"{both}{left}", f"{now}{left}", percent, "reading")
    calls = _calls(ahead.calls, more)
    each = f"{companies}, {_calls(ahead.companies)}" if ahead.companies else companies
    each += f"{dot}{contacts}"
    each += f", {_calls(ahead.contacts, more)}" if ahead.contacts else ""
    rich = (f"reading {each}{dot}{calls} left{left}", f"reading {both}{dot}{calls} left{left}")
    counted = (f"{both}{dot}{calls}{left}", f"{now}{dot}{calls}{left}", f"{now}{left}")
    return rich, (*counted, percent, "reading")


def _calls(count: int, more: str = "") -> str:
    return f"{count:,}{more} {'call' if count == 1 and not more else 'calls'}"


def _counted(what: str, done: int, known: int) -> str:
    """Return ``companies 39/300``, or ``companies 300`` where all are here."""
    return f"{what} {done:,}/{known:,}" if done < known else f"{what} {known:,}"


def _contacts(progress: Progress) -> str:
    """Return ``contacts 62/~99``; nobody may know of how many, and a guess may be too low."""
    known, done = progress.contacts_known, progress.contacts_done
    if progress.contacts_complete or known is None or known < done:
        return f"contacts {done:,}"
    return f"contacts {done:,}/~{known:,}"


def _dotted(pieces: list[Piece], glyphs: Glyphs) -> list[Piece]:
    """Return the pieces with a dot after each but the last: what goes first takes its own away."""
    last = len(pieces) - 1
    return [
        (f"{text} {glyphs.dot} " if place < last else text, style)
        for place, (text, style) in enumerate(pieces)
    ]
