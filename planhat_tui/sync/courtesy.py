"""Who computes behind the screen stands back while a key is at work.

An interpreter runs one thread at a time: a page that is decoded while a letter is looked up and
drawn makes the letter late. So the pull goes on between two keys, and now and then also under keys
that don't end.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

HOLD: Final = 0.15
"""Seconds from a key to the next one of who types; its list is on the screen by then."""
MOST: Final = 0.25
"""Seconds after which the next piece of work is done whatever is typed."""


AWAY: Final = 5.0
"""Seconds without a key after which nobody waits for anything here."""
PARTS: Final = 5
"""Into how many parts what is written at once is parted until then."""


class Courtesy:
    """Known to the screen, which tells of each key, and to all that compute beside it.

    ``clock`` gives monotonic seconds that nobody stops.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._pressed = -AWAY

    def pressed(self) -> None:
        """Tell that a key was pressed. Safe from any thread."""
        self._pressed = self._clock()

    def at_once(self, most: int) -> int:
        """Return how many records are to be written at once, of ``most``.

        They are fewer while somebody works here: an edit, and what is read behind it, waits for
        the file until they are written.
        """
        return most if self._clock() - self._pressed >= AWAY else max(1, most // PARTS)

    async def stand_back(self) -> None:
        """Let others in the loop go on, and wait while a key is at work."""
        await self._sleep(0)
        end = self._clock() + MOST
        while (left := min(self._pressed + HOLD, end) - self._clock()) > 0:
            await self._sleep(left)
