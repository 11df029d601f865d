"""The rate limit in words: known, stale, unknown, used up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from planhat_tui.tui.presentation.moments import age

if TYPE_CHECKING:
    from planhat_tui.model.limits import Limits

Mood = Literal["known", "stale", "unknown", "low", "stopped"]

STALE_AFTER = 120.0
"""Seconds after which every window has ended (API reference 2016: reset every 60 to 120 s)."""


def mood(limits: Limits, now: float) -> Mood:
    """Return how far the figures can be trusted at ``now``, monotonic seconds."""
    if limits.stopped_until is not None and limits.stopped_until > now:
        return "stopped"
    if limits.as_of is None or limits.remaining is None:
        return "unknown"
    ends = limits.reset_in[1] if limits.reset_in is not None else STALE_AFTER
    if now - limits.as_of > ends:
        return "stale"
    if limits.limit and limits.remaining * 10 < limits.limit:
        return "low"
    return "known"


def words(limits: Limits, now: float, *, dot: str = "·") -> str:
    """Return ``143 of 200 left · reset in 12-71 s``, or why that can't be said."""
    state = mood(limits, now)
    if state == "stopped":
        left = max(1.0, (limits.stopped_until or now) - now)
        return f"rate limit used up {dot} goes on in {left:.0f} s"
    if limits.as_of is None:
        return "rate limit unknown until the first answer"
    if limits.remaining is None:
        return "rate limit unknown: the answers don't tell it"
    left_of = f"{limits.remaining} of {limits.limit}" if limits.limit else f"{limits.remaining}"
    if state == "stale":
        gone = max(5.0, now - limits.as_of)  # "now ago" isn't said
        return f"{left_of} left {age(gone)} ago {dot} stale, reset since"
    return f"{left_of} left {dot} {_reset(limits, now)}"


def _reset(limits: Limits, now: float) -> str:
    """Return when the window is expected to end, as exactly as it's known."""
    if limits.reset_in is None or limits.as_of is None:
        return "reset unknown"
    gone = now - limits.as_of
    least, most = (max(0.0, bound - gone) for bound in limits.reset_in)
    if round(least) == round(most):
        return f"reset in {most:.0f} s"
    return f"reset in {least:.0f}-{most:.0f} s"


def share(limits: Limits) -> float | None:
    """Return the part that is left, 0 to 1; ``None`` while unknown."""
    if not limits.limit or limits.remaining is None:
        return None
    return min(1.0, max(0.0, limits.remaining / limits.limit))
