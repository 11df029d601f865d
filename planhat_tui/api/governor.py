"""Lets requests go, one lane after the other, as fast as the rate limit bears.

What is known and who may go is decided by :mod:`planhat_tui.api.window` and
:mod:`planhat_tui.api.lanes`; here they meet a clock, a queue and the disk. It lives in one event
loop; only :attr:`Governor.limits` may be read from other threads.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from planhat_tui.api import window as rules
from planhat_tui.api.budget import from_budget, to_budget
from planhat_tui.api.lanes import wait_for
from planhat_tui.errors import (
    NotFoundError,
    OfflineError,
    PlanhatTuiError,
    RejectedError,
    StorageError,
)
from planhat_tui.model.limits import Lane, Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from planhat_tui.api.window import Ticket, Told, Window
    from planhat_tui.model.ports import BudgetStore

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

    ``key`` names the budget in ``store``. ``clock`` is monotonic seconds, ``wall`` seconds since
    1970, ``sleep`` waits. ``on_limits`` is called in the loop after each answer.
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
    ) -> None:
        self._store, self._key = store, key
        self._clock, self._wall, self._sleep = clock, wall, sleep
        self._on_limits = on_limits
        self._queues: dict[Lane, deque[asyncio.Future[Ticket]]] = {lane: deque() for lane in Lane}
        self._timer: asyncio.Task[None] | None = None
        self._in_flight = 0
        self._seen_at: float | None = None
        self._latency: float | None = None
        self._last_error = self._disk_error = ""
        self._goes_on_at: float | None = None
        self._window = self._load()
        self.limits = self._published()

    @asynccontextmanager
    async def turn(self, lane: Lane) -> AsyncIterator[Turn]:
        """Wait until a request may go, and count it while the block runs.

        Cancelling the waiting task takes the request out of the queue. The block ends with an
        :class:`OfflineError` if nothing was sent: then the request costs nothing.
        """
        turn = Turn(self, await self._queued(lane))
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
        """Learn from a response, keep what was learnt, and say so."""
        now = self._clock()
        self._window = rules.answered(self._window, ticket, told, now)
        self._seen_at = now
        self._latency = now - ticket.sent_at
        self._keep(now)
        self._dispatch()
        if self._on_limits is not None:
            self._on_limits(self.limits)

    def close(self) -> None:
        """Let nobody go any more; who waits is cancelled."""
        self._stop_timer()
        for queue in self._queues.values():
            for waiter in queue:
                waiter.cancel()
            queue.clear()
        self.limits = self._published()

    async def _queued(self, lane: Lane) -> Ticket:
        waiter: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()
        self._queues[lane].append(waiter)
        self._dispatch()
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.cancelled():
                self._forget(lane, waiter)
            else:  # it was let go in the very moment in which nobody wanted it any more
                self._in_flight -= 1
                self._window = rules.unsent(self._window, waiter.result())
                self._dispatch()
            raise

    def _forget(self, lane: Lane, waiter: asyncio.Future[Ticket]) -> None:
        if waiter in self._queues[lane]:
            self._queues[lane].remove(waiter)
        self._dispatch()

    def _settle(self, turn: Turn, *, sent: bool) -> None:
        self._in_flight -= 1
        if turn.told is None:
            settle = rules.lost if sent else rules.unsent
            self._window = settle(self._window, turn.ticket)
        self._dispatch()

    def _dispatch(self) -> None:
        """Let go whoever may go, most urgent lane first; set the alarm for the next one.

        The lanes leave more the later they come, so whoever stands first decides for all.
        """
        self._stop_timer()
        self._goes_on_at = None
        now = self._clock()
        while (lane := self._first_lane()) is not None:
            seconds = wait_for(self._window, lane, now, self._in_flight)
            if seconds > 0:
                self._alarm(now, seconds)
                break
            waiter = self._queues[lane].popleft()
            if waiter.done():
                continue
            self._window, ticket = rules.sent(self._window, now)
            self._in_flight += 1
            waiter.set_result(ticket)
        self.limits = self._published()

    def _first_lane(self) -> Lane | None:
        return next((lane for lane in sorted(Lane) if self._queues[lane]), None)

    def _alarm(self, now: float, seconds: float) -> None:
        if seconds == rules.NEVER:
            return
        self._timer = asyncio.get_running_loop().create_task(self._ring(seconds))
        if self._window.spare <= 0:
            self._goes_on_at = now + seconds

    async def _ring(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._timer = None
        self._dispatch()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _published(self) -> Limits:
        window, between = self._window, self._window.reset_between
        reset_in = None
        if between is not None and self._seen_at is not None and between[1] >= self._seen_at:
            reset_in = max(0.0, between[0] - self._seen_at), between[1] - self._seen_at
        return Limits(
            limit=window.limit,
            remaining=window.left if window.told else None,
            reset_in=reset_in,
            as_of=self._seen_at,
            stopped_until=self._stopped_until(),
            in_flight=self._in_flight,
            waiting={lane: len(queue) for lane, queue in self._queues.items() if queue},
            latency=self._latency,
            last_error=self._last_error or self._disk_error,
        )

    def _stopped_until(self) -> float | None:
        """Return when a request can go again: after a 429, or once the calls are used up."""
        if self._goes_on_at is not None:
            return self._goes_on_at
        until = self._window.stopped_until
        return until if self._window.probing and until > -rules.NEVER else None

    def _load(self) -> Window:
        now, ahead = self._clock(), self._wall() - self._clock()
        try:
            budget = self._store.load(self._key)
        except StorageError as error:
            self._disk_error = error.message
            return rules.Window()
        window = from_budget(budget, now, ahead)
        if window.told and window.since is not None:
            self._seen_at = budget.seen_at - ahead
        return window

    def _keep(self, now: float) -> None:
        """Write the budget down; an answer isn't lost because a disk is full."""
        try:
            self._store.save(self._key, to_budget(self._window, now, self._wall() - now))
            self._disk_error = ""
        except StorageError as error:
            self._disk_error = error.message
