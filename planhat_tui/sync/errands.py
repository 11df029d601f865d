"""A call that one makes for all who need what it brings."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import RateLimitedError
from planhat_tui.model.limits import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from planhat_tui.model.ports import Before

MOST_TRIES: Final = 5
"""Times that a read goes which waits for its turn each time, if it's answered with 429."""


@dataclass(slots=True)
class _Call:
    """A call under way: of which lane, and whether it has left, or waits for its turn still."""

    lane: Lane
    task: asyncio.Task[None]
    left: bool = False


class Departure:
    """Whether and when a request has left, or the first of several; to be called ``before``."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self.at = wall()
        self.left = False

    def __call__(self) -> None:
        """Note that it leaves now."""
        if not self.left:
            self.at, self.left = self._wall(), True


class Errand:
    """Lets one make a call, and the others wait for it.

    Nobody waits for the turn of a lane behind theirs: a call that hasn't left yet is taken back, at
    no cost, by whoever is more urgent, and made in their lane.
    """

    def __init__(self) -> None:
        self._call: _Call | None = None

    async def run(
        self,
        lane: Lane,
        make: Callable[[Before], Coroutine[object, object, None]],
        needed: Callable[[], bool],
    ) -> None:
        """Make the call, or wait for another's; return once it's made, or not ``needed`` any more.

        ``make`` gets what its request is to call ``before`` it leaves. Raises what it raises; where
        another's fails, one's own is made. After a 429 it's made again, in its turn: the user's own
        goes again by itself.
        """
        tries = 0
        while needed():
            call = self._call
            if call is not None and not call.task.done():
                if call.left or lane >= call.lane:
                    await asyncio.wait({call.task})
                    continue
                call.task.cancel()
            try:
                if await self._made(lane, make):
                    return
            except RateLimitedError:
                tries += 1
                if lane is Lane.USER or tries == MOST_TRIES:
                    raise

    async def _made(
        self, lane: Lane, make: Callable[[Before], Coroutine[object, object, None]]
    ) -> bool:
        """Make the call; ``False`` if somebody more urgent took it back."""

        def leaves() -> None:
            call.left = True

        call = self._call = _Call(lane, asyncio.ensure_future(make(leaves)))
        try:
            await asyncio.wait({call.task})
        finally:
            call.task.cancel()
            await asyncio.gather(call.task, return_exceptions=True)
        if call.task.cancelled():
            return False
        call.task.result()
        return True
