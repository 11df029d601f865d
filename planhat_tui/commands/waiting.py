"""Waiting for Planhat: a verb that stands still says why, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

    from planhat_tui.commands.context import Context
    from planhat_tui.model.limits import Limits

T = TypeVar("T")

LOOK: Final = 1.0
"""Seconds between two looks at the rate limit."""

AGAIN: Final = 15.0
"""Seconds after which the same is told once more."""


def answer(ctx: Context, future: Future[T], patience: float = float("inf")) -> T:
    """Return what the engine answers, or raise its error; :class:`TimeoutError` past ``patience``.

    While the rate limit is used up, tell when it goes on. ``patience`` is in seconds.
    """
    net, told_at = ctx.workspace().net, -AGAIN
    while True:
        try:
            return future.result(min(LOOK, patience))
        except TimeoutError:
            patience -= LOOK
            if patience <= 0 or future.done():
                raise
        now = ctx.monotonic()
        sentence = used_up(net.status.limits, now)
        if sentence and now - told_at >= AGAIN:
            ctx.tell(sentence)
            told_at = now


def used_up(limits: Limits, now: float) -> str:
    """Return the sentence that says why nothing goes; empty while something can.

    ``now`` is monotonic seconds, as the limits count them.
    """
    until = limits.stopped_until
    if until is None or until - now < LOOK:
        return ""
    return (
        f"The rate limit is used up: it goes on in {until - now:.0f} s."
        "  ctrl+c leaves; what is queued is kept"
    )
