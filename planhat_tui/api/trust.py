"""Whether what a server tells of its rate limit can be true: answers in, a verdict out; no clock.

Within a window ``Remaining`` only falls: a request that was sent after a figure was heard is told
less than that, or comes after a reset; and resets are as far apart as a window is long. So a count
that stands still, rises, or jumps about betrays itself within some calls. A server that was started
anew does so once, and is forgiven as soon as it counts down again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

if TYPE_CHECKING:
    from planhat_tui.api.window import Ticket, Told

_NEVER: Final = float("inf")

_TOO_MUCH: Final = 3.0
"""Doubt from which on nothing is believed."""
_MOST: Final = 5.0
_BELIEVED_AGAIN: Final = 1.0
_ABSURD: Final = 1.0
"""For a figure that can't be: more is left than there is, or a reset right after another."""
_STRANGE: Final = 1.5
"""For a reset that left nothing, though the call was served: others may have used all of it."""
_ORDERLY: Final = 0.1
"""What a figure takes off that is less than the one before."""


class Trust(msgspec.Struct, frozen=True):
    """How much a server's figures are doubted, and what that is told by.

    ``last`` is the last ``Remaining``, of a request that was sent at ``last_at``. The last reset
    that it spoke of lies between ``jumped_from`` and ``jumped_at``. Monotonic seconds.
    """

    doubt: float = 0.0
    believed: bool = True
    last: int | None = None
    last_at: float = -_NEVER
    jumped_from: float = -_NEVER
    jumped_at: float = -_NEVER


def contradicts(told: Told) -> bool:
    """Tell whether more is left than there is."""
    return told.limit is not None and told.remaining is not None and told.remaining > told.limit


def judged(trust: Trust, ticket: Ticket, told: Told, now: float, shortest: float) -> Trust:
    """Judge an answer's figures; ``shortest`` is the least that is known to lie between resets."""
    if told.remaining is None or told.status == 429:
        return trust
    doubt = trust.doubt + (_ABSURD if contradicts(told) else 0.0)
    if ticket.sent_at < trust.jumped_at:  # it may speak of the window before
        return _settled(trust, doubt)
    if ticket.last is not None and told.remaining < ticket.last:
        doubt -= _ORDERLY
    elif ticket.last is not None:
        if now - trust.jumped_from < shortest:
            doubt += _ABSURD
        elif told.remaining == 0 and told.limit != 1:
            doubt += _STRANGE
        trust = replace(trust, jumped_from=ticket.last_at, jumped_at=now)
    return _settled(replace(trust, last=told.remaining, last_at=ticket.sent_at), doubt)


def _settled(trust: Trust, doubt: float) -> Trust:
    doubt = min(max(doubt, 0.0), _MOST)
    believed = doubt < _TOO_MUCH if trust.believed else doubt < _BELIEVED_AGAIN
    return replace(trust, doubt=doubt, believed=believed)
