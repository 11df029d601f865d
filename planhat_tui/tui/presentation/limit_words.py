"""The rate limit in words: known, stale, unknown, little left, used up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from planhat_tui.tui.presentation.moments import age

if TYPE_CHECKING:
    from planhat_tui.model.limits import Limits

Mood = Literal["known", "stale", "unknown", "low", "scarce", "stopped"]

STALE_AFTER = 120.0
"""Seconds after which every window has ended (API reference 2016: reset every 60 to 120 s)."""

LOW, SCARCE = 0.2, 0.05
"""Parts of the limit: who has less left than that should know, and should know at once."""

TOLD_FROM = 10.0
"""Seconds from which on it's said how old the figures are."""


def mood(limits: Limits, now: float) -> Mood:
    """Return how far the figures can be trusted at ``now``, monotonic seconds."""
    if limits.stopped_until is not None and limits.stopped_until > now:
        return "stopped"
    if limits.as_of is None or limits.remaining is None:
        return "unknown"
    ends = limits.reset_in[1] if limits.reset_in is not None else STALE_AFTER
    if now - limits.as_of > ends:
        return "stale"
    part = share(limits)
    if part is None or part >= LOW:
        return "known"
    return "low" if part >= SCARCE else "scarce"


def words(limits: Limits, now: float, *, dot: str = "·") -> str:
    """Return ``143 of 200 left · reset in 12-71 s · 8 s old``, or why that can't be said.

    What the colour says of little, the words say too: ``only 7 of 200 left``.
    """
    return forms(limits, now, dot=dot)[0]


def forms(limits: Limits, now: float, *, dot: str = "·") -> tuple[str, ...]:
    """Return :func:`words`, and what says less of it in less room, down to ``143 left``."""
    state = mood(limits, now)
    if state == "stopped":
        told = "rate limit used up"
        return f"{told} {dot} goes on in {goes_on(limits, now)}", told, "limit used up"
    if limits.as_of is None and limits.latency is None:
        return "rate limit unknown until the first answer", "rate limit unknown", "limit unknown"
    if state == "unknown" or limits.remaining is None or limits.as_of is None:
        why = "rate limit unknown: the answers don't tell it"
        return why, "rate limit unknown", "limit unknown"
    left_of = f"{limits.remaining} of {limits.limit}" if limits.limit else f"{limits.remaining}"
    if state == "stale":
        gone = max(5.0, now - limits.as_of)  # "now ago" isn't said
        told = f"{left_of} left {age(gone)} ago"
        return f"{told} {dot} stale, reset since", told, f"{limits.remaining} stale"
    only = "only " if state == "scarce" else ""
    said = [f"{only}{left_of} left", _reset(limits, now)]
    if now - limits.as_of >= TOLD_FROM:
        said.append(f"{age(now - limits.as_of)} old")
    if limits.others is not None and limits.others >= 1:
        said.append(f"others use {limits.others:.0f}/min")
    shorter = (f" {dot} ".join(said[:count]) for count in range(len(said), 0, -1))
    return *shorter, f"{limits.remaining} left"


def goes_on(limits: Limits, now: float) -> str:
    """Return in how many seconds something may go: from when it's possible to when it's certain."""
    latest = max(1.0, (limits.stopped_until or now) - now)
    if limits.reset_in is None or limits.as_of is None or limits.remaining != 0:
        return f"{latest:.0f} s"
    earliest = max(0.0, limits.as_of + limits.reset_in[0] - now)
    certain = limits.as_of + limits.reset_in[1] - now
    if round(certain) != round(latest) or round(earliest) == round(latest):
        return f"{latest:.0f} s"  # Planhat said when
    return f"{earliest:.0f}-{latest:.0f} s"


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
