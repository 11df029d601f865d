"""Who may send a request now, and how many: a window and a lane in, a decision out; no clock.

What the user waits for goes first, and the lanes after it leave some calls for those before them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from planhat_tui.api.forecast import expected_left, hearing, others_rate, reserve, reset_between
from planhat_tui.api.window import LONGEST, NEVER
from planhat_tui.model.limits import Lane

if TYPE_CHECKING:
    from planhat_tui.api.window import Window

PER_SECOND: Final = 75
"""Half of what Planhat bears (observed: 150), since two of our seconds can overlap one of its."""

SLOTS: Final = {Lane.USER: 50, Lane.OUTBOX: 40, Lane.SCREEN: 40, Lane.BACKGROUND: 20}
"""Requests in flight below which a lane may add one. Planhat bears 50 (observed)."""

BATCH: Final = 8
"""Calls beyond its slots that a lane which sends one after the other may take in advance."""

PROBE_LOST: Final = 10.0
"""Seconds after which a request that only finds out is given up, and the next one may."""

_ASKS: Final = {True: (0.1, 1.0), False: (0.3, 1.0)}
"""When the user's request asks whether a used up window has turned: as soon as that is so likely,
but not within so many seconds of the last answer. Earlier where others keep using it up."""

_BACKGROUND_ASKS: Final = (0.2, 3.0)
"""The same for the other lanes, where others use it; else they wait until it's certain."""

_BLIND: Final = 7.0
"""Calls that others may use unseen before the background asks what is left."""


def asked(window: Window, lane: Lane, now: float) -> Window:
    """Note that a request of a lane came up, sent or not: so is learnt what will be needed."""
    passed = now - window.paced_at if window.paced_at > -NEVER else 0.0
    user = window.user.after(passed, lane is Lane.USER)
    urgent = window.urgent.after(passed, lane is not Lane.BACKGROUND)
    return replace(window, user=user, urgent=urgent, paced_at=now)


def must_probe(window: Window) -> bool:
    """Tell whether a request would be the one that finds out whether there are calls."""
    return window.probing or window.left <= 0


def wait_for(window: Window, lane: Lane, now: float) -> float:
    """Return the seconds that a request of ``lane`` has to wait: 0 it may go, ``NEVER`` an answer.

    ``NEVER`` means that only an answer to a request in flight can let it go.
    """
    if window.unanswered >= SLOTS[lane]:
        return NEVER
    ready = max(window.stopped_until, _ready_at(window, lane, now))
    if lane is not Lane.USER:  # nobody types that fast, and nobody should wait for the others
        ready = max(ready, _second_ends(window, now))
    return max(0.0, ready - now)


def grant(window: Window, lane: Lane, now: float, wanted: int) -> int:
    """Return how many of the ``wanted`` calls a lane that needn't wait may take at once.

    Near the reserve calls are taken one by one, so that no process sits on what another needs.
    """
    if must_probe(window) or (lane is not Lane.USER and window.low is None):
        return 1
    slots = SLOTS[lane] - window.unanswered
    if lane is Lane.USER:
        return max(1, min(wanted, slots, window.spare))
    slots += BATCH
    above = above_reserve(window, lane, now)
    began, count = window.second
    rate = PER_SECOND - count if now - began < 1.0 else PER_SECOND
    return max(1, min(wanted, slots, int(above / 4), rate))


def taken(window: Window, now: float, calls: int, *, probe: bool) -> Window:
    """Note that calls were granted, to whoever holds them."""
    began, count = window.second
    return replace(
        window,
        began=window.began or (now - LONGEST, now),
        second=(began, count + calls) if now - began < 1.0 else (now, calls),
        probe_until=now + PROBE_LOST if probe else window.probe_until,
    )


def _ready_at(window: Window, lane: Lane, now: float) -> float:
    """Return the moment from which the limit lets a request of ``lane`` go."""
    if must_probe(window):
        return _probe_ready(window, lane, now)
    if lane is Lane.USER:
        return -NEVER if window.spare > 0 else NEVER
    if window.low is not None and above_reserve(window, lane, now) > 0:
        return -NEVER
    if window.unanswered:
        return NEVER
    if window.low is None:  # one request finds out what is left before others follow
        return -NEVER
    return _worth_asking(window, lane, now)


def _probe_ready(window: Window, lane: Lane, now: float) -> float:
    """Return when one request may find out whether there are calls again."""
    if window.probe_until > now:
        return window.probe_until
    if window.stopped_until > window.stopped_at:  # it was said when
        return window.stopped_until
    if window.left > 0:  # the window has turned since the 429
        return window.stopped_at + 1.0
    if not window.probing and window.unanswered:
        return NEVER
    return probe_at(window, lane)


def above_reserve(window: Window, lane: Lane, now: float) -> float:
    """Return how many calls a lane may probably use and leave its reserve to those before it.

    It leaves some to itself as well, to hear of the reset with.
    """
    needed = expected_left(window, lane, now) - reserve(window, lane, now)
    return min(needed, window.left - hearing(window, now)) - window.unanswered


def others_matter(window: Window, lane: Lane) -> bool:
    """Tell whether others use so much that what they leave must be asked for."""
    return others_rate(window, lane) * LONGEST >= _BLIND


def _worth_asking(window: Window, lane: Lane, now: float) -> float:
    """Return when one call of the reserve is well spent on hearing what others have left of it."""
    if not others_matter(window, lane):
        return NEVER
    between = reset_between(window)
    if between is not None and now < between[0]:
        return between[0]  # until then nothing can be lost
    rate = others_rate(window, lane)
    gone_at = window.heard_at + window.left / rate
    if now >= gone_at:
        return probe_at(window, lane)
    return min(gone_at, window.heard_at + _BLIND / rate)


def probe_at(window: Window, lane: Lane) -> float:
    """Return when a request of a lane should find out whether a used up window has turned."""
    between = reset_between(window)
    if between is None:
        return -NEVER
    earliest, latest = between
    crowded = others_matter(window, lane)
    if window.low is None or not (crowded or lane is Lane.USER):
        return latest  # without a word an answer proves nothing, and alone there is no hurry
    part, pause = _ASKS[crowded] if lane is Lane.USER else _BACKGROUND_ASKS
    return max(earliest + part * (latest - earliest), window.ran_at + pause)


def _second_ends(window: Window, now: float) -> float:
    began, count = window.second
    return began + 1.0 if count >= PER_SECOND and now - began < 1.0 else now
