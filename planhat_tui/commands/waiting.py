"""Waiting for Planhat: a verb that stands still says why, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.course import Course
    from planhat_tui.model.limits import Limits

T = TypeVar("T")

LOOK: Final = 1.0
"""Seconds between two looks at the rate limit."""

AGAIN: Final = 15.0
"""Seconds after which the same is told once more."""


STILL: Final = 60.0
"""Seconds between two sentences about a server that goes on refusing."""

LEAVE: Final = "  ctrl+c leaves; what is queued is kept"


def answer(
    ctx: Context,
    future: Future[T],
    patience: float = float("inf"),
    why: Callable[[float], str] = lambda _now: "",
    course: Callable[[], Course | None] = lambda: None,
) -> T:
    """Return what the engine answers, or raise its error; :class:`TimeoutError` past ``patience``.

    While the rate limit is used up, tell once when it goes on; else now and then what ``why`` says
    at that moment, in monotonic seconds. ``patience`` is in seconds. ``course`` tells how far it
    is, for a terminal; ``None`` where that says nothing.
    """
    net, stops, told_at = ctx.workspace().net, Stops(), -AGAIN
    while True:
        try:
            return future.result(min(LOOK, patience))
        except TimeoutError:
            patience -= LOOK
            if patience <= 0 or future.done():
                raise
        if ctx.draw and (far := course()):
            ctx.draw(far)
        now, limits = ctx.monotonic(), net.status.limits
        if sentence := stops.sentence(limits, now):
            ctx.tell(f"{sentence}{LEAVE}")
        elif now - told_at >= AGAIN and not used_up(limits, now) and (sentence := why(now)):
            ctx.tell(f"{sentence}{LEAVE}")
            told_at = now


class InterruptedWait(KeyboardInterrupt):
    """Somebody waits no longer: for the edits with the numbers ``ns``, or for what it says."""

    def __init__(self, told: str = "", ns: Iterable[int] = ()) -> None:
        super().__init__(told)
        self.ns = tuple(ns)


def sent(ctx: Context, future: Future[T], deed: str) -> T:
    """Return the answer to what stands in no queue, as :func:`answer` does.

    Who interrupts it hears that ``deed`` may have been done.
    """
    try:
        return answer(ctx, future)
    except KeyboardInterrupt:
        told = f"Interrupted. {deed} may have been carried out: look before you send it again."
        raise InterruptedWait(told) from None


class Stops:
    """What a person is told of a limit that is used up: once until when, and not each time anew.

    A server that goes on refusing names a moment some seconds away again and again. That is told
    once a minute, a long wait at once.
    """

    def __init__(self) -> None:
        self._until: float | None = None
        self._told_at = 0.0

    def sentence(self, limits: Limits, now: float) -> str:
        """Return what is to be told at this moment, in monotonic seconds; empty for nothing."""
        until, known = limits.stopped_until, self._until
        if until is None or until - now < LOOK:
            return ""
        if known is None:
            told = used_up(limits, now)
        elif now < known or (until - now < AGAIN and now - self._told_at < STILL):
            return ""
        else:
            told = f"Planhat still refuses (429): the next try is in {until - now:.0f} s."
        self._until, self._told_at = until, now
        return told


def kept(limits: Limits, now: float) -> str:
    """Return why reading waits though calls are left; empty if it doesn't.

    ``now`` is monotonic seconds, as the limits count them.
    """
    if not limits.keeps_calls:
        return ""
    left = "call is" if limits.remaining == 1 else f"{limits.remaining} calls are"
    told = f"The last {left} kept for what people ask for: reading goes on after the reset"
    if limits.reset_in is None or limits.as_of is None:
        return f"{told}."
    gone = now - limits.as_of
    return f"{told}, in {max(1.0, limits.reset_in[1] - gone):.0f} s at the latest."


def used_up(limits: Limits, now: float) -> str:
    """Return the sentence that says why nothing goes; empty while something can.

    ``now`` is monotonic seconds, as the limits count them.
    """
    until = limits.stopped_until
    if until is None or until - now < LOOK:
        return ""
    return f"The rate limit is used up: it goes on in {until - now:.0f} s."
