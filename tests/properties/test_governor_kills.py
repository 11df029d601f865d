"""Four processes on one credential, killed at random, over the real file: what they overspend."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.conftest import EFFORT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.crash

PROCESSES = 4
LIMIT = 600
KILLS = int(8 * EFFORT)
LATENCY = 0.03

WORKER = """
import asyncio, sys, time
from pathlib import Path
from planhat_tui.api import governor, ledger
from planhat_tui.api.governor import Governor
from planhat_tui.api.window import Told
from planhat_tui.model.limits import Lane
from planhat_tui.store.machine import MachineState

ledger.HOLD, governor.HEARTBEAT = 1.5, 0.5  # so that what the dead held is free while one looks on
name, port = sys.argv[2], int(sys.argv[3])

async def work(limit):
    while True:
        async with limit.turn(Lane.USER) as turn:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(name.encode() + b"\\n")
            status, seen, remaining = map(int, (await reader.readline()).split())
            turn.answered(Told(status, seen, remaining))
            writer.close()

async def main():
    limit = Governor(
        store=MachineState.open(Path(sys.argv[1])), key="k",
        clock=time.monotonic, wall=time.time, sleep=asyncio.sleep,
    )
    await asyncio.gather(*(work(limit) for _ in range(5)))

asyncio.run(main())
"""


class Server:
    """Counts calls in one window without end, and who has how many on their way."""

    def __init__(self) -> None:
        self.count = self.refused = 0
        self.on_their_way: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name = (await reader.readline()).decode().strip()
        if name:
            self.on_their_way[name] += 1
            await asyncio.sleep(LATENCY / 2)
            status = 200 if self.count < LIMIT else 429
            self.count += status == 200
            self.refused += status == 429
            remaining = LIMIT - self.count
            await asyncio.sleep(LATENCY / 2)
            self.on_their_way[name] -= 1
            writer.write(f"{status} {LIMIT} {remaining}\n".encode())
        writer.close()


def start(folder: Path, name: str, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WORKER, str(folder), name, str(port)])


async def test_killed_processes_overspend_no_more_than_was_on_its_way(tmp_path: Path) -> None:
    draw = random.Random(4)  # noqa: S311 -- a game, no secret
    server = Server()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    names = [f"{number}" for number in range(PROCESSES)]
    running = {name: start(tmp_path, name, port) for name in names}
    on_their_way = 0
    try:
        for kill in range(KILLS):
            seen = server.count
            while server.count < min(LIMIT, seen + LIMIT // (KILLS + 2)):  # noqa: ASYNC110 -- other processes do it
                await asyncio.sleep(0.01)
            name = draw.choice(list(running))
            running[name].send_signal(signal.SIGKILL)
            running.pop(name).wait(30)
            on_their_way = max(on_their_way, server.on_their_way[name])
            running[f"next {kill}"] = start(tmp_path, f"next {kill}", port)
        while server.count < LIMIT:  # noqa: ASYNC110 -- other processes do it
            await asyncio.sleep(0.05)
        await asyncio.sleep(1.0)  # and nobody goes on beyond it
    finally:
        for process in running.values():
            process.kill()
            process.wait(30)
        listener.close()
        await listener.wait_closed()
    assert server.count == LIMIT
    assert server.refused <= on_their_way
