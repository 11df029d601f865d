"""A server on loopback that answers byte for byte what a test says, and a clock that is set."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from planhat_tui.api import connect
from tests.budgets import MemoryBudgets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from planhat_tui.api import PlanhatClient, RequestLogLine

CANARY = "canary-7f3d5c1e9b"


class FakeTime:
    """Monotonic clock, wall clock and sleep that move when a test says so."""

    def __init__(self, now: float = 1000.0, ahead: float = 1_700_000_000.0) -> None:
        self.now = now
        self.ahead = ahead
        self._alarms: list[tuple[float, asyncio.Future[None]]] = []

    def clock(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now + self.ahead

    async def sleep(self, seconds: float) -> None:
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._alarms.append((self.now + seconds, alarm))
        await alarm

    async def pass_on(self, seconds: float = 0.0) -> None:
        """Let everything run that can, then move the clock and let it run again."""
        await settle()
        self.now += seconds
        for due, alarm in self._alarms:
            if due <= self.now and not alarm.done():
                alarm.set_result(None)
        await settle()


async def settle() -> None:
    """Let every task go as far as it can without I/O."""
    for _ in range(20):
        await asyncio.sleep(0)


class Server:
    """A server on loopback. ``say`` writes the answer; what was asked is in ``heads``."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.answer: bytes = b""
        self.say: Callable[[asyncio.StreamWriter], Awaitable[None]] | None = None
        self.url = ""
        self.running: set[asyncio.Task[None]] = set()

    def answers(self, status: int, body: bytes = b"", headers: str = "") -> None:
        """Answer every request with this status and body; ``headers`` are whole lines."""
        self.answer = (
            f"HTTP/1.1 {status} Words\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode()
            + body
        )

    @property
    def fields(self) -> dict[str, str]:
        """The headers of the last request, names in lower case."""
        lines = self.heads[-1].split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    @property
    def target(self) -> str:
        """The method and path of the last request."""
        return self.heads[-1].split("\r\n")[0].removesuffix(" HTTP/1.1")

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection, and remember it until it ends."""
        self.running.add(asyncio.create_task(self._serve(reader, writer)))

    async def close(self) -> None:
        """End every connection, answered or not."""
        await asyncio.sleep(0)  # a task that never began would leave its connection open
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        finally:
            writer.transport.abort()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip()
                self.heads.append(head)
                length = int(self.fields.get("content-length", "0"))
                self.bodies.append(await reader.readexactly(length))
                if self.say is not None:
                    await self.say(writer)
                    writer.close()
                    await writer.wait_closed()
                    break
                writer.write(self.answer)
                await writer.drain()


@pytest.fixture
def token() -> str:
    return CANARY


@pytest.fixture
def budgets() -> MemoryBudgets:
    return MemoryBudgets()


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    scripted = Server()
    open_server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    port = open_server.sockets[0].getsockname()[1]
    scripted.url = f"http://127.0.0.1:{port}"
    yield scripted
    open_server.close()
    await scripted.close()
    await open_server.wait_closed()


@pytest.fixture
def lines() -> list[RequestLogLine]:
    return []


@pytest.fixture
async def client(
    server: Server, budgets: MemoryBudgets, lines: list[RequestLogLine]
) -> AsyncIterator[PlanhatClient]:
    planhat = connect(
        server.url, CANARY, budget=budgets, log=lines.append, deadline=10.0, patience=0.0
    )
    yield planhat
    await planhat.close()
