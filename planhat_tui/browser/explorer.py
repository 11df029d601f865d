"""One explorer, as a process whose terminal is a page in a browser."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Final, cast

from planhat_tui.browser.packets import READY, told

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Mapping, Sequence

    from planhat_tui.browser.packets import Size

LEAVES: Final = 5.0
"""Seconds in which an explorer that is told to end does so by itself."""
YIELDS: Final = 2.0
"""Seconds that it has after SIGTERM; then it's killed. What is edited is on disk by then."""
_PRELUDE: Final = 10
"""So many lines before its first packet may be something else."""
_LAST_WORDS: Final = 4096
"""Bytes of what it said on stderr that are kept."""


class Explorer:
    """Made by :meth:`start`; end it with :meth:`end`, whatever happens."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._said = b""
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, command: Sequence[str], env: Mapping[str, str], size: Size) -> Explorer:
        """Start one in a terminal of that size; ctrl+c in ours isn't meant for it."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**env, "COLUMNS": str(size.width), "ROWS": str(size.height)},
            start_new_session=True,
        )
        return cls(process)

    async def packets(self) -> AsyncIterator[tuple[bytes, bytes]]:
        """Give what it draws and tells, letter and payload, until it ends."""
        out = cast("StreamReader", self._process.stdout)
        try:
            for _ in range(_PRELUDE):
                if await out.readline() == READY:
                    break
            while True:
                kind, length = await out.readexactly(1), await out.readexactly(4)
                yield kind, await out.readexactly(int.from_bytes(length, "big"))
        except asyncio.IncompleteReadError:
            return

    async def hear(self, packet: bytes) -> None:
        """Hand it a packet; one that has ended hears nothing."""
        into = cast("StreamWriter", self._process.stdin)
        with contextlib.suppress(ConnectionError):
            into.write(packet)
            await into.drain()

    async def end(self) -> str:
        """End it and all that it has started; return the last that it said, empty if nothing."""
        await self.hear(told(type="quit"))
        if not await self._ends_in(LEAVES):
            self._signal(signal.SIGTERM)
            if not await self._ends_in(YIELDS):
                self._signal(signal.SIGKILL)
        await self._process.wait()
        self._signal(signal.SIGKILL)  # what it has started and left behind
        await self._listening
        return self._said.decode("utf-8", "replace").strip()

    async def _ends_in(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _signal(self, number: signal.Signals) -> None:
        """Signal to all of its session: its number is that of the process that was started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    async def _listen(self) -> None:
        """Pass on what it says on stderr, and keep the last of it."""
        said = cast("StreamReader", self._process.stderr)
        while part := await said.read(_LAST_WORDS):
            sys.stderr.write(part.decode("utf-8", "replace"))
            sys.stderr.flush()
            self._said = (self._said + part)[-_LAST_WORDS:]
