"""Who may send a request now: a window and a lane in, a decision out; no clock, no waiting.

What the user waits for goes first, and the lanes after it leave some calls for those before them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.api.window import DOCUMENTED_LIMIT, LONGEST, NEVER, PROBE_EVERY, SHORTEST
from planhat_tui.model.limits import Lane

if TYPE_CHECKING:
    from planhat_tui.api.window import Window

PER_SECOND: Final = 75
"""Half of what Planhat bears (observed: 150), since two of our seconds can overlap one of its."""

SLOTS: Final = {Lane.USER: 50, Lane.OUTBOX: 40, Lane.SCREEN: 40, Lane.BACKGROUND: 20}
"""Requests in flight below which a lane may add one. Planhat bears 50 (observed)."""

_RESERVE: Final = {Lane.USER: 0, Lane.OUTBOX: 40, Lane.SCREEN: 40, Lane.BACKGROUND: 10}
"""What a lane leaves to those before it: the limit divided by this; 0 leaves nothing."""


def wait_for(window: Window, lane: Lane, now: float, in_flight: int) -> float:
    """Return the seconds that a request of ``lane`` has to wait: 0 it may go, ``NEVER`` an answer.

    ``NEVER`` means that only an answer to a request in flight can let it go.
    """
    if in_flight >= SLOTS[lane]:
        return NEVER
    ready = _ready_at(window, lane)
    if lane is not Lane.USER:  # nobody types that fast, and nobody should wait for the others
        ready = max(ready, _second_ends(window, now))
    return max(0.0, ready - now)


def reserve(window: Window, lane: Lane) -> int:
    """Return how many calls a lane leaves to the lanes before it."""
    divisor = _RESERVE[lane]
    return (window.limit or DOCUMENTED_LIMIT) // divisor if divisor else 0


def _ready_at(window: Window, lane: Lane) -> float:
    """Return the moment from which the limit lets a request of ``lane`` go."""
    if window.probing:
        if window.probe is not None:
            return NEVER
        answered = window.stopped_until > window.sent_at  # else the last probe was lost
        return window.stopped_until if answered else window.sent_at + PROBE_EVERY
    if window.spare > reserve(window, lane):
        return window.stopped_until
    if window.unanswered:
        return NEVER
    return max(_worth_a_probe(window, lane), window.sent_at + PROBE_EVERY)


def _worth_a_probe(window: Window, lane: Lane) -> float:
    """Return when one request should find out whether the window has turned.

    A probe costs one call of the reserve, so it goes as soon as a reset can have been, but only the
    upper half of the reserve is spent on it. Later on it waits until the longest window has passed:
    it would cost others their calls, or earn a 429.
    """
    if window.since is None:
        return -NEVER
    if window.spare > reserve(window, lane) // 2:
        return -NEVER if window.reset_from is None else window.reset_from + SHORTEST
    return window.since + LONGEST


def _second_ends(window: Window, now: float) -> float:
    began, count = window.second
    return began + 1.0 if count >= PER_SECOND and now - began < 1.0 else now
