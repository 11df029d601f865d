"""The header and the line of state, as pieces of text with styles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.config.guardrails import marks
from planhat_tui.model.outbox import State
from planhat_tui.model.text import visible
from planhat_tui.tui.widgets import gauge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.config.profiles import Profile
    from planhat_tui.model.records import User
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
    "refused": ("token refused", "bold $error"),
    "mismatch": ("another tenant", "bold $error"),
}
"""How the network is, in words."""


def header(
    profile: Profile, host: str, me: User | None, others: Mapping[str, int], glyphs: Glyphs
) -> tuple[list[Piece], list[Piece]]:
    """Return who and where at the left, and what other tenants have queued at the right."""
    left: list[Piece] = [(f" {profile.name.upper()} ", "bold reverse $accent")]
    if profile.label:
        left.append((f" {visible(profile.label)}", "bold $warning"))
    left.append((f"  {visible(me.name)}" if me is not None else "", "$foreground"))
    left += [(f"  {glyphs.read_only} {mark}", "$warning") for mark in marks(profile)]
    right: list[Piece] = []
    if not profile.demo:
        right.append((visible(host), "$muted"))
    if others:
        queued = sum(others.values())
        right.append((f"  other tenants: {queued} queued", "$pending"))
    return left, right


def state(
    status: Status, now: float, glyphs: Glyphs, *, wide: bool
) -> tuple[list[Piece], list[Piece]]:
    """Return the rate limit at the left; reading, queue and network at the right.

    At the right the more urgent stands further right, where it stays on a narrow screen.
    """
    left = gauge.pieces(status.limits, now, glyphs, wide=wide)
    waiting = sum(status.limits.waiting.values())
    if waiting:
        left.append((f" {glyphs.dot} {waiting} waiting", "$muted"))
    right: list[Piece] = [(_reading(status), "$muted")] if status.sync.pulling else []
    right += [
        (f"{glyphs.state(one)} {count} {one.value}", COLOURS[one])
        for one in URGENT
        if (count := status.counts.get(one, 0))
    ]
    word, style = NETWORK[status.sync.network]
    right.append((word, style))
    if status.sync.set_aside:
        right.append((f"{status.sync.set_aside} unreadable", "$warning"))
    return left, _dotted(right, glyphs)


def _reading(status: Status) -> str:
    progress = status.sync.progress
    if progress is None or not progress.companies_known:
        return "reading"
    if progress.companies_complete < progress.companies_known:
        return f"reading companies {100 * progress.companies_complete // progress.companies_known}%"
    return "reading contacts" if not progress.contacts_complete else "reading changes"


def _dotted(pieces: list[Piece], glyphs: Glyphs) -> list[Piece]:
    """Return the pieces with a dot after each but the last: what goes first takes its own away."""
    last = len(pieces) - 1
    return [
        (f"{text} {glyphs.dot} " if place < last else text, style)
        for place, (text, style) in enumerate(pieces)
    ]
