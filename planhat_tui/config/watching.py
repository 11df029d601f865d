"""The config file of a run: read at its start, after an edit from inside, and when it has changed.

A file that somebody is writing is left alone until it rests from one look to the next. One with a
mistake changes nothing: what was read before stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planhat_tui.config.cached import Stamp, stamp
from planhat_tui.config.keeping import load_kept
from planhat_tui.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.config.profiles import Config


class Reread(NamedTuple):
    """What came of a file that has changed: the config before and now, the same with problems.

    ``mended``: at the look before it couldn't be used.
    """

    before: Config
    now: Config
    problems: tuple[ConfigError, ...] = ()
    mended: bool = False


class ConfigFile:
    """The config as it was last read. Not locked: one thread looks, the others read ``config``."""

    def __init__(self, path: Path, cache: Path, wall: Callable[[], float]) -> None:
        self._path = path
        self._cache = cache
        self._wall = wall
        self.reload()

    def reload(self) -> None:
        """Read it now, with whatever mistakes: at the start, or after it was edited from inside."""
        self._stamp: Stamp | None = stamp(self._path)
        self._seen = self._stamp
        self._unusable = False
        self.config = load_kept(self._path, self._cache, self._wall)

    @property
    def rests(self) -> bool:
        """Whether nobody was writing it at the last look."""
        return self._seen == self._stamp

    def look(self) -> Reread | None:
        """Read it if it has changed since it was read and rests; ``None`` if it hasn't.

        Call it once a second. What can't be used is told once for each change; that it can be used
        again is told also where it says the same as before.
        """
        found = stamp(self._path)
        rests, self._seen = found == self._seen, found
        if found == self._stamp or not rests:
            return None
        self._stamp = found
        before, mended, self._unusable = self.config, self._unusable, True
        if found is None:
            lasts = "What was read of it holds until the end."
            gone = ConfigError("The config is gone.", lasts, path=self._path)
            return Reread(before, before, (gone,))
        read = load_kept(self._path, self._cache, self._wall)
        if read.problems:
            return Reread(before, before, read.problems)
        self.config, self._unusable = read, False
        return Reread(before, read, mended=mended) if mended or read != before else None
