"""Long answers in the person's own pager: where a terminal shows them, and ``PAGER`` names one."""

from __future__ import annotations

import contextlib
import shlex
import shutil
import signal
import subprocess
from typing import IO, TYPE_CHECKING

from planhat_tui.errors import InputError
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Pager:
    """Takes an answer line by line; one that is longer than ``rows`` goes through a pager.

    ``command`` are the pager's words, empty for none; ``write`` takes the lines that need none.
    """

    def __init__(self, command: list[str], rows: int, write: Callable[[str], None]) -> None:
        self._command = command
        self._rows = rows
        self._write = write
        self._held: list[str] = []
        self._shown: subprocess.Popen[str] | None = None

    def __call__(self, line: str) -> None:
        """Take a line, or a text of several. Raises ``BrokenPipeError`` once nobody reads on."""
        if self._shown is not None:
            _input(self._shown).write(f"{line}\n")
            return
        self._held += line.split("\n") if self._command else [line]
        if not self._command:
            self.end()
        elif len(self._held) >= self._rows:
            self._begin()

    def end(self) -> None:
        """Show what is held, and wait until a pager is left."""
        held, self._held = self._held, []
        for line in held:
            self._write(line)
        shown, self._shown = self._shown, None
        if shown is None:
            return
        with contextlib.suppress(BrokenPipeError):  # it was left before all was read
            _input(shown).close()
        shown.wait()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def _begin(self) -> None:
        name = visible(self._command[0])
        try:
            self._shown = subprocess.Popen(  # noqa: S603 -- the person's own
                self._command, stdin=subprocess.PIPE, encoding="utf-8", errors="replace"
            )
        except OSError as error:
            why = f"The pager {name} can't be started: {error.strerror}."
            raise InputError(why, "Set PAGER to another one, or to nothing.") from None
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl+c is the pager's now
        held, self._held = self._held, []
        _input(self._shown).writelines(f"{line}\n" for line in held)


@contextlib.contextmanager
def paged(env: Mapping[str, str], write: Callable[[str], None]) -> Iterator[Pager]:
    """Give what takes the lines of an answer, ``write`` those that fit on the terminal.

    Raises :class:`InputError` where the pager can't be started.
    """
    try:
        command = shlex.split(env.get("PAGER", ""))
    except ValueError:
        raise InputError("PAGER is no command.", "Set it to one, such as PAGER=less.") from None
    pager = Pager(command, shutil.get_terminal_size().lines, write)
    try:
        yield pager
    except BrokenPipeError:
        if not command:
            raise
    finally:
        pager.end()


def _input(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdin is not None  # noqa: S101 -- it was asked for
    return process.stdin
