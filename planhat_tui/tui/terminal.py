"""The terminal, which may go away while it's drawn on: a window is closed, a connection breaks."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Protocol

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from textual.app import App


class Terminal(LinuxDriver):
    """Draws as Textual does, and ends the program when there is nothing left to draw on.

    Textual's thread that writes would die of the error. What is drawn next would then fill its
    queue, and wait there for ever, deaf to every signal.
    """

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        if self._file is not None:
            self._file = Lasting(self._file)  # type: ignore[assignment] # what is used of a file


class Writes(Protocol):
    """What is used of a terminal's file."""

    def write(self, text: str, /) -> int:
        """Write a text."""
        ...

    def flush(self) -> None:
        """Write out what was kept back."""
        ...

    def fileno(self) -> int:
        """Return its number."""
        ...


class Lasting:
    """A file that outlasts its terminal: what is written then goes nowhere."""

    def __init__(self, file: Writes) -> None:
        self._file = file
        self._gone = False

    def write(self, text: str) -> None:
        """Write, as long as anybody is there."""
        if not self._gone:
            try:
                self._file.write(text)
            except OSError:
                self._end()

    def flush(self) -> None:
        """Write out what was kept back."""
        if not self._gone:
            try:
                self._file.flush()
            except OSError:
                self._end()

    def isatty(self) -> bool:
        """Tell that it's a terminal."""
        return True

    def fileno(self) -> int:
        """Return the terminal's number."""
        return self._file.fileno()

    def _end(self) -> None:
        """End the program as a hangup does, which may be ignored or late."""
        self._gone = True
        os.kill(os.getpid(), signal.SIGHUP)
