"""The header and the line of state, as pieces of text with styles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.config.guardrails import lesser_marks, marks
from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import State
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation import moments
from planhat_tui.tui.widgets import gauge

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    status: Status, now: float, glyphs: Glyphs, *, wide: bool
) -> tuple[list[Piece], list[Piece]]:
    """Return the rate limit at the left; reading, queue and network at the right.

    At the right the more urgent stands further right, where it stays on a narrow screen: ``kept``
    tells how many of them do.
    """
    left = gauge.pieces(status.limits, now, glyphs, wide=wide)
    if waiting := _waiting(status.limits, wide=wide):
        left.append((f" {glyphs.dot} {waiting}", "$muted"))
    right: list[Piece] = []
    if status.sync.pulling:
        right += [(told, "$muted") for told in _reading(status, wide=wide)]
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
    return left, _dotted(right, glyphs)


def kept(status: Status) -> int:
    """Return how many pieces at the right outrank how old the rate limit is and who else uses it.

    What isn't delivered, what can't be read, and the network; where that is all, what is read too.
    """
    progress = status.sync.progress
    unreadable = progress is not None and progress.unreadable > 0
    return max(2, sum(1 for one in URGENT if status.counts.get(one)) + unreadable + 1)


def _waiting(limits: Limits, *, wide: bool) -> str:
    """Return how many requests wait; that calls are left and kept, where that is what for.

    Where several are who waits, and there is room, each is counted.
    """
    waiting = {lane: count for lane, count in limits.waiting.items() if count}
    if not waiting:
        return ""
    told = f"{sum(waiting.values())}"
    if wide and len(waiting) > 1:
        told = ", ".join(f"{waiting[lane]} {WAITS[lane]}" for lane in sorted(waiting))
    return f"{told} waiting{': calls kept for you' if limits.keeps_calls else ''}"


def _to_go(limits: Limits, now: float) -> str:
    """Return when what is queued goes at the latest; nothing where it's only a moment.

    What waits though calls are left, leaves these to what a person asks for next.
    """
    seconds = (limits.stopped_until or now) - now
    if seconds >= 1:
        return f" ~{seconds:.0f} s"
    return " until the reset" if limits.waiting.get(Lane.OUTBOX) else ""


def _reading(status: Status, *, wide: bool) -> list[str]:
    """Return what is read, and before it, where there is room, how far that is in numbers.

    As in ``4,000 of 12,000, 9+ calls left``, ``reading companies 33% ~40 s+``: a plus says that it
    may be more.
    """
    progress, ahead = status.sync.progress, status.sync.outlook
    if progress is None or not progress.companies_known:
        return ["reading"]
    if not progress.lacking:
        return ["reading changes"]
    more = "+" if ahead.at_least else ""
    lasting = ahead.seconds is not None and ahead.seconds >= _SOON
    left = f" ~{moments.age(ahead.seconds or 0)}{more}" if lasting else ""
    told = f"reading {progress.lacking}{left}"
    if not wide:
        return [told]
    if not ahead.calls:
        return [_done_of(progress), told]
    word = "call" if ahead.calls == 1 and not more else "calls"
    return [f"{_done_of(progress)}, {ahead.calls:,}{more} {word} left", told]


def _done_of(progress: Progress) -> str:
    """Return ``4,000 of 12,000``; as wide when it's done as at its beginning."""
    if progress.companies_left:
        done, known = progress.companies_complete, f"{progress.companies_known:,}"
    elif progress.contacts_known is None:
        return f"{progress.contacts_done:,} here"
    else:
        done, known = progress.contacts_done, f"{progress.contacts_known:,}"
    about = "" if progress.companies_left else "about "
    return f"{f'{done:,}':>{len(known)}} of {about}{known}"


def _dotted(pieces: list[Piece], glyphs: Glyphs) -> list[Piece]:
    """Return the pieces with a dot after each but the last: what goes first takes its own away."""
    last = len(pieces) - 1
    return [
        (f"{text} {glyphs.dot} " if place < last else text, style)
        for place, (text, style) in enumerate(pieces)
    ]
