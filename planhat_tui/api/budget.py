"""What is kept of a rate limit between two runs, and how much of it still holds.

A budget is written in wall-clock seconds, since monotonic ones end with a process. A clock that
was set back, or a budget that is older than the longest window, loses all but the limit itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from planhat_tui.api.window import LONGEST, Window
from planhat_tui.model.ports import Budget

MAX_STOP: Final = 600.0
"""Seconds. A stop that is written further into the future was written by a wrong clock."""


def to_budget(window: Window, seen_at: float, ahead: float) -> Budget:
    """Write down a window whose last answer came at ``seen_at``.

    ``ahead`` is wall clock minus monotonic clock, now.
    """
    since = window.since if window.reset_from is not None else None
    return Budget(
        limit=window.limit,
        remaining=window.left if window.told else None,
        seen_at=seen_at + ahead,
        window_from=None if since is None else since + ahead,
        stopped_until=window.stopped_until + ahead if window.probing else 0.0,
    )


def from_budget(budget: Budget, now: float, ahead: float) -> Window:
    """Return the window that a budget still proves at ``now``, monotonic seconds."""
    limit = budget.limit if budget.limit and budget.limit > 0 else None
    fresh = Window(limit=limit) if limit is None else Window(limit=limit, left=limit)
    age = now + ahead - budget.seen_at
    if not 0 <= age <= LONGEST:
        return _stopped(fresh, budget, now, ahead)
    seen_at = budget.seen_at - ahead
    window_from = None if budget.window_from is None else budget.window_from - ahead
    if window_from is not None and not seen_at - LONGEST <= window_from <= now:
        window_from = None
    window = Window(
        limit=limit,
        left=fresh.left if budget.remaining is None else max(0, budget.remaining),
        told=budget.remaining is not None,
        since=seen_at if window_from is None else window_from,
        reset_from=window_from,
        old_at=seen_at,
        sent_at=seen_at,
    )
    return _stopped(window, budget, now, ahead)


def _stopped(window: Window, budget: Budget, now: float, ahead: float) -> Window:
    until = budget.stopped_until - ahead
    if not now < until <= now + MAX_STOP:
        return window
    return replace(window, left=0, told=True, stopped_until=until, probing=True)
