"""The program as a process of its own in a terminal of its own, and what it draws there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

SECONDS = 30.0
"""How long a test waits for what must come; nothing is measured by it."""

SIZED = frozenset({"COLUMNS", "LINES"})
"""What in the environment tells how large a terminal is."""

_LOOK = 0.05


@dataclass
class Terminal:
    """A program in a terminal. ``drawn`` is all that it has written, with its escapes."""

    process: subprocess.Popen[bytes]
    master: int
    slave: int
    before: list[Any]
    drawn: bytes = field(default=b"", repr=False)

    def wait_for(self, so: Callable[[], bool]) -> None:
        """Read what is drawn until something is so."""
        end = time.monotonic() + SECONDS
        while not so():
            assert time.monotonic() < end, self.drawn[-4000:].decode(errors="replace")
            self._read(_LOOK)

    def see(self, text: str) -> None:
        """Wait until a text is drawn that wasn't drawn before."""
        self.wait_for(lambda: text.encode() in self.drawn)

    def press(self, keys: str) -> None:
        """Press keys; what was drawn before counts no more."""
        self.forget()
        os.write(self.master, keys.encode())

    def end(self, sig: signal.Signals | None = None) -> int:
        """Wait for the end, after a signal if one is given; the exit status."""
        if sig is not None:
            self.process.send_signal(sig)
        self.wait_for(lambda: self.process.poll() is not None)
        while self._read(0):
            pass
        return self.process.returncode

    def hang_up(self) -> int:
        """Close the window; wait for the end, and return the exit status."""
        nowhere = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nowhere, self.master)
        os.close(nowhere)
        return self.process.wait(SECONDS)

    def forget(self) -> None:
        """Let what was drawn so far count no more."""
        self.drawn = b""

    def is_as_before(self) -> bool:
        """Whether the terminal's own settings are those from before the program."""
        return termios.tcgetattr(self.slave) == self.before

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.master], [], [], seconds)
        if ready:
            self.drawn += os.read(self.master, 65536)
        return bool(ready)


@contextlib.contextmanager
def running(home: Path, *words: str, size: tuple[int, int] = (80, 24)) -> Iterator[Terminal]:
    """Start the program on these words; whatever happens, it is gone afterwards."""
    command = (sys.executable, "-m", "planhat_tui", *words)
    with started(command, {"PLANHAT_TUI_HOME": str(home)}, size=size) as terminal:
        yield terminal


@contextlib.contextmanager
def started(
    command: Sequence[str], env: Mapping[str, str], *, size: tuple[int, int] = (80, 24)
) -> Iterator[Terminal]:
    """Start a command with these variables besides its own; it is gone afterwards."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    before = termios.tcgetattr(slave)
    # pytest's workers have a width of their own, which would go before that of the terminal
    inherited = {name: text for name, text in os.environ.items() if name not in SIZED}
    with subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**inherited, "TERM": "xterm-256color", **env},
        start_new_session=True,
    ) as process:
        try:
            yield Terminal(process, master, slave, before)
        finally:
            process.kill()
            process.wait()
            os.close(slave)
            os.close(master)
