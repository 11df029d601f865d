"""A key that is pressed twice for what nothing brings back, and a held one, which isn't meant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import InputError
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

LEAST: Final = 1.0
"""Seconds between the two at least: until a terminal begins to repeat a key that is held."""
MOST: Final = 10.0
"""Seconds between the two at most: who comes later has forgotten what was asked."""


REPEATS: Final = 0.7
"""Seconds between two of one key in which the second may come from a key that is held."""
HELD: Final = "That key was pressed just now: it takes one at a time.  Press it again in a moment"
"""What is said of a key that may be held."""


class Held:
    """Tells what a held key sends from what a person presses. ``key`` was pressed ``now``, if any.

    ``now`` is when it was pressed, in monotonic seconds: it may have waited for its turn.
    """

    def __init__(self, key: str = "", now: float = 0.0) -> None:
        self._last = (key, now)

    def repeats(self, key: str, now: float) -> bool:
        """Tell whether a key that arrives may be held since the time before."""
        (before, then), self._last = self._last, (key, now)
        return key == before and now - then < REPEATS


class Sure:
    """Remembers what was asked last, and when."""

    def __init__(self) -> None:
        self._asked: tuple[Hashable, float] | None = None
        self._too_soon = False

    def about(self, what: Hashable, now: float) -> bool:
        """Tell whether the same was asked before, neither just now nor long ago; else it's asked.

        ``now`` is when the key was pressed, in monotonic seconds.
        """
        asked, self._asked = self._asked, (what, now)
        again = asked is not None and asked[0] == what
        since = now - asked[1] if asked is not None else MOST
        self._too_soon = again and since < LEAST
        return again and LEAST <= since <= MOST

    def question(self, key: str, does: str) -> str:
        """Say that a key ``does`` what was asked about if it's pressed again, and when."""
        if self._too_soon:
            return f"That key was pressed just now.  {key} in a moment {does}"
        return f"{key} again {does}"

    def replaces(self, path: Path, now: float) -> bool:
        """Tell whether something is there that is replaced; :class:`InputError` asks first."""
        there = os.path.lexists(path)
        if there and not self.about(path, now):
            asked = self.question("Enter", "replaces it.")
            raise InputError(f"{visible(str(path))} is there: {asked}")
        return there
