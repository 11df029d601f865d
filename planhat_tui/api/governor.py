"""Lets requests go, one lane after the other, as fast as the rate limit bears.

What is known and who may go is decided by :mod:`planhat_tui.api.window` and
:mod:`planhat_tui.api.lanes`, and :mod:`planhat_tui.api.ledger` shares it among processes; here they
meet a queue and an alarm clock. It lives in one event loop; only :attr:`Governor.limits` may be
read from other threads.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from planhat_tui.api.forecast import reset_between, seen_others
from planhat_tui.api.lanes import BATCH, SLOTS
from planhat_tui.api.ledger import Ledger
from planhat_tui.api.window import LONGEST, NEVER
from planhat_tui.errors import NotFoundError, OfflineError, PlanhatTuiError, RejectedError
from planhat_tui.model.limits import Lane, Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from planhat_tui.api.window import Span, Ticket, Told, Window
    from planhat_tui.model.ports import Before, BudgetStore

LOOK: Final = 1.0
"""Seconds after which who waits looks again at what other processes have learnt."""

USER_LOOK: Final = 0.25
"""The same, while the user waits."""

HEARTBEAT: Final = 5.0
"""Seconds after which calls on their way are held anew: a third of what they are held for."""

WATCHED: Final = 20.0
"""Seconds of watching after which it's said what others use."""

_FINE: Final = (NotFoundError, RejectedError)
"""Errors that say nothing about the connection: Planhat answered, and its answer was no."""


class Turn:
    """A request that may go now. Tell it what the response's head said."""

    def __init__(self, governor: Governor, ticket: Ticket) -> None:
        self._governor = governor
        self.ticket = ticket
        self.told: Told | None = None

    def answered(self, told: Told) -> None:
        """Note the status and the limit's headers; they count before the body is read."""
        self.told = told
        self._governor.note_answer(self.ticket, told)


class Governor:
    """One rate limit's gate: a queue for each lane, the most urgent lane first.

    ``key`` names the budget in ``store``, ``owner`` this process among those that share it.
    ``clock`` is monotonic seconds, ``wall`` seconds since 1970, ``sleep`` waits. ``on_limits`` is
    called in the loop after each answer.
    """

    def __init__(
        self,
        *,
        store: BudgetStore,
        key: str,
        clock: Callable[[], float],
        wall: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        on_limits: Callable[[Limits], None] | None = None,
        owner: str = "",
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._ledger = Ledger(store, key, owner or uuid4().hex, clock, wall)
        self._on_limits = on_limits
        self._queues: dict[Lane, deque[asyncio.Future[Ticket]]] = {lane: deque() for lane in Lane}
        self._timer: asyncio.Task[None] | None = None
        self._in_flight = 0
        self._latency: float | None = None
        self._last_error = ""

    @asynccontextmanager
    async def turn(
        self, lane: Lane, *, again: bool = False, before: Before | None = None
    ) -> AsyncIterator[Turn]:
        """Wait until a request may go, and count it while the block runs.

        ``again`` says that it went before and got a 429, or goes but once: then it tells nothing of
        what is needed.
        ``before`` is called once it may go; if that raises, the block doesn't run, at no cost.
        Cancelling the waiting task takes the request out of the queue. The block ends with an
        :class:`OfflineError` if nothing was sent: then the request costs nothing.
        """
        turn = Turn(self, await self._queued(lane, again=again))
        if before is not None:
            try:
                before()
            except BaseException:
                self._give_back(turn.ticket)
                raise
        try:
            yield turn
        except PlanhatTuiError as error:
            self._last_error = "" if isinstance(error, _FINE) else error.message
            self._settle(turn, sent=not isinstance(error, OfflineError))
            raise
        except BaseException:
            self._settle(turn, sent=True)
            raise
        else:
            self._last_error = ""
            self._settle(turn, sent=True)

    def note_answer(self, ticket: Ticket, told: Told) -> None:
        """Learn from a response, and say so."""
        self._latency = self._clock() - ticket.sent_at
        self._ledger.answered(ticket, told)
        self._dispatch()
        if self._on_limits is not None:
            self._on_limits(self.limits)

    def look(self) -> Limits:
        """Hear what other processes on this machine know now; this costs no call."""
        self._ledger.share()
        self._dispatch()
        return self.limits

    def close(self) -> None:
        """Let nobody go any more; who waits is cancelled, and what isn't used is given back."""
        self._stop_timer()
        for queue in self._queues.values():
            for waiter in queue:
                waiter.cancel()
            queue.clear()
        if self._ledger.unshared:
            self._ledger.share()

    async def _queued(self, lane: Lane, *, again: bool) -> Ticket:
        waiter: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()
        first = self._first_lane()
        self._queues[lane].append(waiter)
        if not again:
            self._ledger.asked(lane)
        if first is None or lane < first:
            self._dispatch()
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.cancelled():
                self._forget(lane, waiter)
            else:  # it was let go in the very moment in which nobody wanted it any more
                self._give_back(waiter.result())
            raise

    def _give_back(self, ticket: Ticket) -> None:
        self._in_flight -= 1
        self._ledger.unsent(ticket)
        self._dispatch()

    def _forget(self, lane: Lane, waiter: asyncio.Future[Ticket]) -> None:
        if waiter in self._queues[lane]:
            self._queues[lane].remove(waiter)
        self._dispatch()

    def _settle(self, turn: Turn, *, sent: bool) -> None:
        self._in_flight -= 1
        if turn.told is None and sent:
            self._ledger.lost(turn.ticket)
        elif turn.told is None:
            self._ledger.unsent(turn.ticket)
        self._dispatch()

    def _dispatch(self) -> None:
        """Let go whoever may go, most urgent lane first; set the alarm for the next look.

        The lanes leave more the later they come, so whoever stands first decides for all.
        """
        self._stop_timer()
        while (lane := self._first_lane()) is not None:
            seconds = self._let_go(lane)
            if seconds > 0:
                self._alarm(min(seconds, USER_LOOK if lane is Lane.USER else LOOK))
                break
        else:
            self._rest()

    def _first_lane(self) -> Lane | None:
        return next((lane for lane in Lane if self._queues[lane]), None)

    def _let_go(self, lane: Lane) -> float:
        """Let the first of a lane go; return the seconds that it has to wait, if it has."""
        queue = self._queues[lane]
        if queue[0].done():
            queue.popleft()
            return 0.0
        if self._in_flight >= SLOTS[lane]:
            return NEVER
        streaming = 0 if lane is Lane.USER else min(BATCH, self._in_flight)
        ticket = self._ledger.take(lane, max(len(queue), streaming))
        if isinstance(ticket, float):
            return ticket
        self._in_flight += 1
        queue.popleft().set_result(ticket)
        return 0.0

    def _rest(self) -> None:
        """Keep hold of what is on its way; with nothing on its way, tell what was learnt."""
        if self._in_flight:
            self._alarm(HEARTBEAT)
        elif self._ledger.unshared:
            self._ledger.share()

    def _alarm(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().create_task(self._ring(seconds))

    async def _ring(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._timer = None
        if self._first_lane() is None:
            self._ledger.share()
        self._dispatch()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def limits(self) -> Limits:
        """What is known now. Safe from any thread."""
        return replace(
            limits_of(self._ledger.window, self._clock()),
            in_flight=self._in_flight,
            waiting={lane: len(queue) for lane, queue in self._queues.items() if queue},
            latency=self._latency,
            last_error=self._last_error or self._ledger.trouble,
        )


def limits_of(window: Window, now: float) -> Limits:
    """Return what a window tells of the limit at ``now``, monotonic seconds."""
    seen_at = window.heard_at if window.low is not None else None
    between = reset_between(window)
    reset_in = None
    if between is not None and seen_at is not None:
        reset_in = max(0.0, between[0] - seen_at), max(0.0, between[1] - seen_at)
        if reset_in[1] >= LONGEST:  # no more than is documented of any moment
            reset_in = None
    sure = window.trust.believed and window.doubted_until <= now
    return Limits(
        limit=window.limit,
        remaining=window.left if window.low is not None and sure else None,
        reset_in=reset_in if sure else None,
        as_of=seen_at,
        stopped_until=_stopped_until(window, between, now),
        others=seen_others(window) * 60 if window.foreign.seconds >= WATCHED else None,
        used={lane: calls for lane, calls in zip(Lane, window.used, strict=True) if calls},
    )


def _stopped_until(window: Window, between: Span | None, now: float) -> float | None:
    """Return until when nothing may go, at the latest; ``None`` while something can."""
    if window.stopped_until > now:
        return window.stopped_until
    return between[1] if window.left <= 0 and between is not None else None
