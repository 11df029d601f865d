"""The sandbox against a bare Starlette app that answers the same bytes from memory.

Both are processes on loopback under uvicorn; blocks of requests, a connection each, take turns,
and the middle of their times counts; so does the CPU that each took. Then memory: a file of
100,000 companies against one of 1,000.

    python -m benchmarks.sandbox [--companies N] [--skip-memory]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.tenant import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "sandbox-token"  # noqa: S105 -- the sandbox's own
BLOCKS = 15


class Connection:
    """One connection that is kept alive, and as little of HTTP as will do."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Send a request, return the body of its answer."""
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
        self._socket.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._received()
        head_got, _, rest = got.partition(b"\r\n\r\n")
        lines = head_got.decode("latin-1").lower().split("\r\n")
        assert " 200 " in f"{lines[0]} ", lines[0]  # noqa: S101 -- figures of errors are none
        if "transfer-encoding: chunked" in lines:
            return self._chunked(rest)
        length = int(next(line for line in lines if line.startswith("content-length:"))[15:])
        pieces, have = [rest], len(rest)
        while have < length:
            pieces.append(self._received())
            have += len(pieces[-1])
        return b"".join(pieces)

    def _chunked(self, tail: bytes) -> bytes:
        """Read to the end and keep none of it."""
        while not tail.endswith(b"0\r\n\r\n"):
            tail = (tail + self._received())[-10:]
        return b""

    def _received(self) -> bytes:
        got = self._socket.recv(1 << 18)
        if not got:
            raise ConnectionError("the server closed the connection")
        return got


@dataclass(frozen=True)
class Case:
    """A kind of request, and how many of them make a block. ``{n}`` in the path counts to 500."""

    name: str
    method: str
    path: str
    count: int
    body: bytes = b""


class Side:
    """One of the two servers: its connection, and the time that its requests took.

    ``waited`` is the middle of the blocks, in seconds a request; ``worked`` the server's CPU.
    """

    def __init__(self, pid: int, port: int) -> None:
        self.connection = Connection(port)
        self._pid = pid
        self._blocks: list[float] = []
        self._worked = 0.0
        self._asked = 0

    def block(self, case: Case) -> None:
        """Ask as often as a block has requests."""
        cpu, start = _cpu(self._pid), time.perf_counter()
        for number in range(self._asked, self._asked + case.count):
            path = case.path.replace("{n}", str(number % 500))
            self.connection.ask(case.method, path, case.body)
        self._blocks.append((time.perf_counter() - start) / case.count)
        self._worked += _cpu(self._pid) - cpu
        self._asked += case.count

    def times(self) -> tuple[float, float]:
        """Return seconds waited and CPU seconds for a request, and forget them."""
        told = median(self._blocks), self._worked / self._asked
        self._blocks, self._worked, self._asked = [], 0.0, 0
        return told


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def _sandbox(db: Path, companies: int) -> Iterator[tuple[int, int]]:
    """Run a sandbox over a file; give its process id and its port."""
    words = ["sandbox", "--port", "0", "--db", str(db), "--companies", str(companies)]
    words += ["--per-second", "0", "--parallel", "0"]
    command = [*PROGRAM, *words, "--limit", "10000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline().split() if process.stdout else []
            yield process.pid, int(line[1].rpartition(":")[2])
        finally:
            process.terminate()


@contextlib.contextmanager
def _bare(folder: Path) -> Iterator[tuple[int, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "benchmarks.bare_server", str(folder), str(port)]
    with subprocess.Popen(command) as process:
        try:
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
            yield process.pid, port
        finally:
            process.terminate()


def speed(folder: Path, companies: int) -> None:
    """Print the ratios of requests a second."""
    with _sandbox(folder / "speed.db", companies) as (pid, port):
        mine = Side(pid, port)
        ours = mine.connection
        first = json.loads(ours.ask("GET", "/companies?limit=1"))[0]["_id"]
        one, many = f"/companies/{first}", "/companies?limit=2000"
        (folder / "one.json").write_bytes(ours.ask("GET", one))
        (folder / "list.json").write_bytes(ours.ask("GET", many))
        change = json.dumps({"phase": "won", "tags": ["vip"], "custom": {"Seats": 12}}).encode()
        cases = (
            Case("GET /companies/:id", "GET", one, 200),
            Case("PUT /companies/:id", "PUT", one, 200, change),
            Case("list of 2,000", "GET", many, 40),
            Case("another each time", "GET", f"{many}&offset={{n}}", 30),
        )
        with _bare(folder) as (bare_pid, bare_port):
            bare = Side(bare_pid, bare_port)
            for case in cases:
                for _ in range(BLOCKS):
                    mine.block(case)
                    bare.block(case)
                (waited, worked), (bare_waited, bare_worked) = mine.times(), bare.times()
                print(
                    f"{case.name:<20}"
                    f" {waited * 1e6:6.0f} us to {bare_waited * 1e6:5.0f}:"
                    f" {bare_waited / waited:.0%}"
                    f"   CPU {worked * 1e6:6.0f} us to {bare_worked * 1e6:5.0f}:"
                    f" {bare_worked / worked:.0%}"
                )


def memory(folder: Path, companies: int) -> None:
    """Print the most memory that a process took that serves a file, for two sizes."""
    for count in (1000, companies):
        db = folder / f"{count}.db"
        start = time.perf_counter()
        with _sandbox(db, count) as (pid, _):
            made = _peak(pid)
        seconds = time.perf_counter() - start
        with _sandbox(db, count) as (pid, port):
            asking = Connection(port)
            for path in ("leancompanies", "companies?limit=5000&sort=-arr", "endusers?limit=2000"):
                asking.ask("GET", f"/{path}")
            print(
                f"{count:>7} companies: made in {seconds:.0f} s at {made} MB,"
                f" served at {_peak(pid)} MB"
            )


def _peak(pid: int) -> int:
    """Return the most memory that a process had at once, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser()
    words.add_argument("--companies", type=int, default=100_000)
    words.add_argument("--skip-memory", action="store_true")
    wanted = words.parse_args()
    with TemporaryDirectory() as folder:
        speed(Path(folder), 2500)
        if not wanted.skip_memory:
            memory(Path(folder), wanted.companies)


if __name__ == "__main__":
    main()
