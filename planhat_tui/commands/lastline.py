"""The last line of a terminal, drawn over and taken away: how far a long work has come."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from planhat_tui.commands.course import drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planhat_tui.commands.course import Course

_OVER: Final = "\r\x1b[K"
"""Back to the line's first cell, and nothing is left of it."""
_UNKNOWN: Final = 80


class LastLine:
    """Draws on a terminal through ``write``; ``columns`` tells its width at that moment."""

    def __init__(self, write: Callable[[str], None], columns: Callable[[], int]) -> None:
        self._write = write
        self._columns = columns
        self._shown = ""

    def draw(self, course: Course) -> None:
        """Show this instead of what stands there."""
        text = drawn(course, self._columns() - 1)  # in the last cell, some terminals go on below
        if text != self._shown:
            self._write(f"{_OVER}{text}")
            self._shown = text

    def clear(self) -> None:
        """Take away what stands there."""
        if self._shown:
            self._write(_OVER)
            self._shown = ""


def on_stderr(env: Mapping[str, str]) -> LastLine | None:
    """Return the last line of the terminal at stderr; ``None`` where it can't be drawn over."""
    if env.get("TERM", "dumb") == "dumb":
        return None

    def write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()

    return LastLine(write, _columns)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _UNKNOWN
    except OSError:
        return _UNKNOWN
