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

from planhat_tui.api.window import LONGEST, NEVER, SHORTEST, longest, shortest
from planhat_tui.model.limits import Lane

if TYPE_CHECKING:
    from planhat_tui.api.window import Span, Window

CHANCE: Final = 0.001
"""How likely it may be that the last windows' lengths agree by chance, if they're relied on."""

WORTH: Final = {Lane.OUTBOX: 3.0, Lane.SCREEN: 3.0, Lane.BACKGROUND: 30.0}
"""How many calls of a lane it is worth that one of those before it needn't wait for the reset."""

_PRESUMED: Final = (1.5, 30.0)
"""Three requests a minute are presumed of the user before anything is seen."""

_UNSEEN: Final = (4.0, 8.0)
"""Others are presumed to be busy until they were watched for a while: the first window would be
spent before they show, and the user would wait for the second one."""


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


def others_rate(window: Window) -> float:
    """Return the calls a second that others use of the same limit."""
    return window.foreign.rate(*_UNSEEN)


def urgent_rate(window: Window, lane: Lane, now: float) -> float:
    """Return the calls a second that are needed by lanes before ``lane``."""
    pace = window.urgent if lane is Lane.BACKGROUND else window.user
    unwatched = now - window.paced_at if window.paced_at > -NEVER else 0.0
    return pace.after(unwatched, 0.0).rate(*_PRESUMED)


def expected_left(window: Window, now: float) -> float:
    """Return the calls that are probably left, others' use since the last answer taken off."""
    unheard = max(0.0, now - window.heard_at) if window.low is not None else 0.0
    return window.left - others_rate(window) * unheard


def reserve(window: Window, lane: Lane, now: float) -> int:
    """Return how many calls a lane leaves to the lanes before it."""
    between = reset_between(window)
    if lane is Lane.USER or between is None or between[1] <= now:
        return 0
    urgent, others = urgent_rate(window, lane, now), others_rate(window)
    drain = urgent + others
    bearable = 1 - 1 / (1 + WORTH[lane] * urgent / drain)
    turned = max(0.0, now - between[0]) / (between[1] - between[0])
    if turned >= bearable:
        return 0
    near = drain * max(0.0, between[0] - now)
    far = drain * (between[1] - now)
    return _worth_keeping(
        round(near, 1), round(far, 1), round((bearable - turned) / (1 - turned), 2)
    )


@lru_cache(maxsize=4096)
def _worth_keeping(near: float, far: float, bearable: float) -> int:
    """Return how many calls are no more likely to be lost than is ``bearable``.

    Before the reset, a Poisson number of calls is used whose mean is anything from ``near`` to
    ``far``, all equally likely. The k-th one is lost if fewer than k are used.
    """
    far = max(far, near + 0.05)
    kept, lost = 0, 0.0
    term_near, term_far = math.exp(-near), math.exp(-far)
    sum_near, sum_far = term_near, term_far
    while True:
        lost += (sum_near - sum_far) / (far - near)
        if lost > bearable or kept > far + 100:
            return kept
        kept += 1
        term_near, term_far = term_near * near / kept, term_far * far / kept
        sum_near, sum_far = sum_near + term_near, sum_far + term_far
