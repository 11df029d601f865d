"""A site with explorers behind it, and a browser's part of the talk: requests, cookie, socket."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    import signal
    from collections.abc import AsyncIterator, Iterator

    from aiohttp import ClientWebSocketResponse

aiohttp = pytest.importorskip("aiohttp", reason="needs the extra web")
pytest.importorskip("textual_serve", reason="needs the extra web")

from planhat_tui.browser.gate import Gate  # noqa: E402 -- after what it needs is known to be there
from planhat_tui.browser.server import Site, listen  # noqa: E402 -- likewise

PRETENDING = [sys.executable, str(Path(__file__).with_name("pretending.py"))]
SECONDS = 60.0
"""How long a test waits for what must come; nothing is measured by it."""


class Visitor:
    """A browser as far as HTTP goes. ``address`` has the token."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.origin = address.partition("/?")[0]
        self.client = httpx.AsyncClient(base_url=self.origin, trust_env=False, timeout=SECONDS)
        self.place = ""
        self.cookie = ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for something, with the cookie where there is one."""
        cookie = {"Cookie": self.cookie} if self.cookie else {}
        return await self.client.get(path, headers={**cookie, **headers})

    async def enter(self) -> httpx.Response:
        """Open the address and keep the cookie; return the page."""
        answer = await self.get(self.address)
        assert answer.status_code == 303, answer.text
        self.place = answer.headers["Location"]
        self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return await self.get(self.place)

    @contextlib.asynccontextmanager
    async def socket(self, query: str = "", **headers: str) -> AsyncIterator[Talk]:
        """Open the socket of the page, as the page does."""
        given = {"Origin": self.origin, "Cookie": self.cookie, **headers}
        url = f"{self.origin}{self.place}socket{query}"
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.ws_connect(url, headers=given) as socket,
        ):
            yield Talk(socket)


class Talk:
    """What is said over a socket. ``said`` are the messages in words so far."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.drawn = b""
        self.said: list[Any] = []

    async def say(self, *what: object) -> None:
        """Say something as the page does; what was drawn before counts no more."""
        self.drawn = b""
        await self.socket.send_str(json.dumps(what))

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.say("stdin", text)

    async def sees(self, text: str) -> str:
        """Wait until a text is drawn; all that was."""
        while text.encode() not in self.drawn:
            assert await self._take(), (self.drawn, self.said)
        return self.drawn.decode()

    async def told(self) -> Any:  # noqa: ANN401 -- JSON
        """Wait until something is said in words; return it."""
        before = len(self.said)
        while len(self.said) == before:
            assert await self._take(), self.drawn
        return self.said[-1]

    async def ends(self) -> int | None:
        """Wait until it's closed; the code."""
        while await self._take():
            pass
        return self.socket.close_code

    async def _take(self) -> bool:
        message = await self.socket.receive(timeout=SECONDS)
        if message.type == aiohttp.WSMsgType.BINARY:
            self.drawn += message.data
        elif message.type == aiohttp.WSMsgType.TEXT:
            self.said.append(json.loads(message.data))
        else:
            return False
        return True


@contextlib.asynccontextmanager
async def visited(
    command: list[str] = PRETENDING, *, sessions: int = 1, env: dict[str, str] | None = None
) -> AsyncIterator[Visitor]:
    """Yield a visitor at the gate of a site whose explorers only pretend."""
    words = (f"word{number}" for number in itertools.count())
    with listen(0) as listener:
        gate = Gate(listener.getsockname()[1], lambda: next(words))
        site = Site(gate, command, {**os.environ, **(env or {})}, sessions)
        visitor = Visitor(gate.address)
        async with site.open(listener), visitor.client:
            yield visitor


class Serving:
    """``planhat-tui serve`` as a process."""

    def __init__(self, process: subprocess.Popen[str], line: str) -> None:
        self.process = process
        self.line = line
        self.address = line.split()[1]

    def end(self, sig: signal.Signals) -> tuple[int, str, str]:
        """End it; return its status, and what else it said on both ways."""
        self.process.send_signal(sig)
        out, err = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, out, err


@contextlib.contextmanager
def serving(home: Path, *words: str) -> Iterator[Serving]:
    """Yield a process that serves; whatever happens, it is gone afterwards."""
    env = {**os.environ, "PLANHAT_TUI_HOME": str(home)}
    with subprocess.Popen(
        [sys.executable, "-m", "planhat_tui", *words, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert re.match(r"ready http://127\.0\.0\.1:\d+/\?token=", line), process.communicate()
            yield Serving(process, line)
        finally:
            process.kill()


def is_gone(pid: int) -> bool:
    """Whether a process has ended, be it that nobody has asked for its status yet."""
    found = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return found.stdout.strip()[:1] in {"", "Z"}


def children_of(pid: int) -> list[int]:
    """Return the numbers of the processes that a process has started."""
    found = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    pairs = [line.split() for line in found.stdout.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]
