"""Whose turn it is to pull: one process at a time, while there is something to pull.

Two that pulled beside each other would read everything twice.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from planhat_tui.store.lease import PULL_LEASE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from planhat_tui.store.outbox import Outbox

SECONDS: Final = 60.0
"""How long a turn lasts that isn't renewed: its process hangs, or was stopped."""
_RENEW_EVERY: Final = SECONDS / 3


class Turn:
    """The turn of one process, by a lease that all processes of a tenant see."""

    def __init__(
        self,
        outbox: Outbox,
        owner: str,
        wall: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._outbox = outbox
        self._owner = owner
        self._wall = wall
        self._sleep = sleep
        self._until = 0.0

    def take(self) -> bool:
        """Take the turn, or go on with it; ``False`` while it's another process's."""
        if not _RENEW_EVERY <= self._until - self._wall() <= SECONDS:
            self._claim()
        return bool(self._until)

    def give_back(self) -> None:
        """Give the turn back at once: there's nothing to pull, or it failed here."""
        if self._until:
            self._until = 0.0
            self._outbox.release(PULL_LEASE, self._owner)

    @contextlib.asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Renew the turn meanwhile, if it's had: a step may wait long for the rate limit.

        It's given back when the step fails.
        """
        renewing = asyncio.create_task(self._renew())
        try:
            yield
        except BaseException:
            self.give_back()
            raise
        finally:
            renewing.cancel()
            # a turn that couldn't be renewed runs out, and the next step says why it can't be had
            await asyncio.gather(renewing, return_exceptions=True)

    async def _renew(self) -> None:
        while self._until:
            await self._sleep(_RENEW_EVERY)
            self._claim()

    def _claim(self) -> None:
        until = self._wall() + SECONDS
        self._until = until if self._outbox.claim(PULL_LEASE, self._owner, SECONDS) else 0.0
