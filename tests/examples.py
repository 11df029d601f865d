"""The examples in the pages: read from their blocks, run as a person types them, compared.

A block of ``sh`` holds lines that are run one after the other; ``# exit 3`` behind one is the
status that it ends with, else 0. A block of ``console`` is a transcript: after ``$`` a line that is
run, and below it what is seen then, on stdout and stderr together. A line of ``...`` stands for
any number of lines, and `` ... `` in a line for any text. A line that ends with ``&`` goes on until
the page is done, and what is shown below it is its beginning. The explorer alone (``planhat-tui``)
is opened in a terminal and quit with its key.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from planhat_tui.sandbox import SandboxOptions
from tests.journeys import terminal
from tests.sandbox.process import running
from tests.shell import SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROGRAMS = Path(sys.executable).parent
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_EXIT = re.compile(r"\s+# exit (\d+)$")
_EXPLORER = "planhat-tui"
_PORTS = ("8787", "8788")
"""Ports that the pages name: a test takes free ones in their place."""
_PLANHAT = "https://api.planhat.com"


class Example(NamedTuple):
    """A line that is run, the status that it ends with, and what is seen then (or anything)."""

    text: str
    status: int = 0
    shown: tuple[str, ...] | None = None


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return the fenced blocks of a page: the word behind the fence, and what stands in them."""
    return [(info, body) for info, body in _BLOCK.findall(page.read_text())]


def lines(page: Path, kind: str) -> list[str]:
    """Return the lines of all blocks of one kind."""
    found = [body.splitlines() for info, body in blocks(page) if info == kind]
    return [text for body in found for text in body if text.strip()]


def examples(page: Path) -> list[Example]:
    """Return what a page lets its reader type, in order."""
    found: list[Example] = []
    for info, body in blocks(page):
        if info == "sh":
            found += [_read(text) for text in body.splitlines() if text.strip()]
        elif info == "console":
            found += _transcript(body)
    return found


def _read(text: str) -> Example:
    told = _EXIT.search(text)
    return Example(_EXIT.sub("", text), int(told[1]) if told else 0)


def _transcript(body: str) -> Iterator[Example]:
    """Read a transcript; in front of the first ``$`` nothing may stand."""
    before, *parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
    assert not before.strip(), f"no $ in front: {before}"
    for part in parts:
        typed, *shown = part.rstrip("\n").split("\n")
        yield _read(typed)._replace(shown=tuple(shown))


def fits(shown: tuple[str, ...], seen: str) -> bool:
    """Whether what is seen is what the page shows."""
    pieces = [
        r"(?:[^\n]*\n)*" if line.strip() == "..." else f"{_line(line)}[ ]*\n" for line in shown
    ]
    return re.fullmatch("".join(pieces), seen) is not None


def _line(line: str) -> str:
    return "[^\n]*".join(re.escape(part) for part in line.rstrip().split("..."))


class Reader:
    """Somebody who types what a page shows, in one folder and one home."""

    def __init__(self, home: Path, folder: Path, told: contextlib.ExitStack) -> None:
        """Have a home, a folder to be in, and a stack that ends what goes on."""
        folder.mkdir()
        self._folder, self._told = folder, told
        kept = {name: value for name, value in os.environ.items() if name[:7] != "PLANHAT"}
        path = f"{_PROGRAMS}:{kept['PATH']}"
        self._env = {**kept, "PATH": path, "PLANHAT_TUI_HOME": str(home), "TERM": "dumb"}
        self._instead = {port: str(_free_port()) for port in _PORTS}

    def have_planhat(self) -> None:
        """Have a sandbox in Planhat's place, and its token in the environment."""
        server = self._told.enter_context(running(SandboxOptions(companies=6, limit=1_000_000)))
        self._instead[_PLANHAT] = server.url
        self._env["PLANHAT_TOKEN"] = server.token

    def type(self, example: Example) -> None:
        """Type a line, and hold what is seen against what the page shows."""
        text = self._mine(example.text)
        if text == _EXPLORER:
            self._explore()
        elif text.endswith("&"):
            self._start(text.removesuffix("&"), example)
        else:
            with self._bash(text) as done, _killed_late(done):
                seen = done.communicate()[0]
            assert done.returncode == example.status, (example.text, seen)
            self._compare(example, seen)

    def _mine(self, text: str) -> str:
        for theirs, mine in self._instead.items():
            text = text.replace(theirs, mine)
        return text

    def _bash(self, text: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(shutil.which("bash")), "-o", "pipefail", "-c", text],
            env=self._env,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _compare(self, example: Example, seen: str) -> None:
        if example.shown is not None:
            shown = tuple(self._mine(line) for line in example.shown)
            assert fits(shown, seen), f"$ {example.text}\n{seen}"

    def _start(self, text: str, example: Example) -> None:
        """Let it go on in the background, once it has said what is shown below it."""
        process = self._told.enter_context(self._bash(f"exec {text}"))
        self._told.enter_context(_killed_late(process))
        self._told.callback(process.terminate)
        assert process.stdout is not None
        self._compare(example, "".join(process.stdout.readline() for _ in example.shown or ()))

    def _explore(self) -> None:
        """Open the explorer in a terminal, and quit it once it has drawn the keys."""
        command = [sys.executable, "-m", "planhat_tui"]
        env = {**self._env, "TERM": "xterm-256color"}
        with terminal.started(command, env, size=(100, 30)) as screen:
            screen.see("find")
            screen.press("\x11")
            assert screen.end() == 0


@contextlib.contextmanager
def _killed_late(process: subprocess.Popen[str]) -> Iterator[None]:
    """Let a process end in time; what was seen of it until then tells why it didn't."""
    late = threading.Timer(SECONDS, process.kill)
    late.start()
    try:
        yield
    finally:
        late.cancel()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
