"""What is to be expected of a window: when it is reset, what will be needed, what would be lost.

Nothing tells when the reset comes, so calls that are kept for the user may be lost to it, and calls
that were spent may be missed. A call is kept as long as one that the user misses costs more than
one that is lost; since the k-th call in reserve is the less likely to be needed the larger k is and
the nearer the reset, the reserve melts by itself.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from planhat_tui.api.window import DOCUMENTED_LIMIT, LONGEST, NEVER, SHORTEST, longest, shortest
from planhat_tui.model.limits import Lane

if TYPE_CHECKING:
    from planhat_tui.api.window import Span, Window

CHANCE: Final = 0.001
"""How likely it may be that the last windows' lengths agree by chance, if they're relied on."""

WORTH: Final = 19.0
"""How many calls of a lane it is worth that one of those before it needn't wait for the reset."""

_AT_FIRST: Final = 3.0
"""How many times as much that is worth before the first reset: nothing is known of when it comes,
and somebody has just begun to work."""

_MARGIN: Final = 2.2
"""Standard deviations of what will be used until the reset can come that are kept beside it: what
turns out not to be needed is spent then, and only then could it be lost."""

_PRESUMED: Final = (1.5, 30.0)
"""Three requests a minute are presumed of the user before anything is seen."""

_UNSEEN: Final = {Lane.USER: 4.0, Lane.OUTBOX: 4.0, Lane.SCREEN: 4.0, Lane.BACKGROUND: 16.0}
"""Calls that others are presumed to have used in :data:`_UNWATCHED` seconds until they were watched
for a while: the first window would be spent before they show, and the user would wait for the
second one. An edit shouldn't wait for long because of others whom nobody has seen. Where the limit
is less than documented, they are presumed to use as much less."""

_UNWATCHED: Final = 16.0

HEARING: Final = 15.0
"""Seconds of those in which the reset can come for each of which a call is kept: it hears of it.

Who sends one call after the other needs the whole of a short window, and would lose what it's late.
"""

_OF_THE_LIMIT: Final = 50
"""One call in so many is kept for that at most."""


def reset_between(window: Window) -> Span | None:
    """Return when the next reset comes, monotonic seconds; ``None`` before the first request.

    No request was answered by a new window yet at the first of these moments.
    """
    if window.began is None:
        return None
    least, most = _lengths(window)
    if window.began[1] + most < window.ran_at:  # it outlived what the last windows had in common
        least, most = shortest(window), longest(window)
    earliest = max(window.began[0] + least, window.ran_at)
    return earliest, max(window.began[1] + most, earliest)


def _lengths(window: Window) -> Span:
    """Return the bounds of a window's length: as documented, or as the last windows agree.

    Lengths that are drawn anew each time agree by chance now and then, the more easily the less
    exactly they are known; so their bounds must have a part in common that chance can't explain.
    """
    bounds = shortest(window), longest(window)
    if len(window.lengths) < 3:
        return bounds
    least = max(least for least, _ in window.lengths)
    most = min(most for _, most in window.lengths)
    if most < least:
        return bounds
    chance = 1.0
    for earliest, latest in window.lengths[1:]:
        chance *= min(1.0, (latest - earliest + most - least + 1.0) / (LONGEST - SHORTEST))
    return (least - 0.5, most + 0.5) if chance < CHANCE else bounds


def others_rate(window: Window, lane: Lane) -> float:
    """Return the calls a second that a lane expects others to use of the same limit."""
    part = min(1.0, (window.limit or DOCUMENTED_LIMIT) / DOCUMENTED_LIMIT)
    return window.foreign.rate(_UNSEEN[lane] * part, _UNWATCHED)


def seen_others(window: Window) -> float:
    """Return the calls a second that others were seen to use, at the least; nothing presumed."""
    return window.foreign.rate(0.0, 1e-9)


def urgent_rate(window: Window, lane: Lane, now: float) -> float:
    """Return the calls a second that are needed by lanes before ``lane``."""
    pace = window.urgent if lane is Lane.BACKGROUND else window.user
    unwatched = now - window.paced_at if window.paced_at > -NEVER else 0.0
    return pace.after(unwatched, 0.0).rate(*_PRESUMED)


def expected_left(window: Window, lane: Lane, now: float) -> float:
    """Return the calls that are probably left, others' use since the last answer taken off."""
    unheard = max(0.0, now - window.heard_at) if window.low is not None else 0.0
    return window.left - others_rate(window, lane) * unheard


def reserve(window: Window, lane: Lane, now: float) -> int:
    """Return how many calls a lane leaves to the lanes before it, and to others, seen or not."""
    between = reset_between(window)
    if lane is Lane.USER or window.began is None or between is None or between[1] <= now:
        return 0
    urgent = urgent_rate(window, lane, now)
    drain = urgent + others_rate(window, lane)
    at_first = window.began[1] - window.began[0] >= LONGEST
    worth = WORTH * (_AT_FIRST if at_first else 1.0)
    bearable = 1 - 1 / (1 + worth * urgent / drain)
    before = drain * max(0.0, between[0] - now)
    after = drain * (between[1] - max(between[0], now))
    margin = before + _MARGIN * math.sqrt(before)
    return math.ceil(margin) + _worth_keeping(round(after, 1), round(bearable, 2))


def hearing(window: Window, now: float) -> int:
    """Return how many calls are kept to hear of the reset with, one after the other."""
    between = reset_between(window)
    if between is None or between[1] <= now:
        return 0
    asks = math.ceil((between[1] - max(between[0], now)) / HEARING)
    return min(asks, (window.limit or DOCUMENTED_LIMIT) // _OF_THE_LIMIT)


@lru_cache(maxsize=4096)
def _worth_keeping(most: float, bearable: float) -> int:
    """Return how many calls are no more likely to be lost than is ``bearable``.

    Until the reset a Poisson number of calls is used, whose mean is anything up to ``most``, all
    equally likely. The k-th one is lost if fewer than k are used.
    """
    most = max(most, 0.05)
    kept, lost = 0, 0.0
    term = sum_of_terms = math.exp(-most)
    while True:
        lost += (1.0 - sum_of_terms) / most
        if lost > bearable or kept > most + 100:
            return kept
        kept += 1
        term *= most / kept
        sum_of_terms += term
