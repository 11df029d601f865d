"""First useful screen of the explorer against the settled screen of a bare Textual app.

Both run on a real pseudo-terminal of 120x40, in turn. The bare app has settled at the last byte
that it writes before half a second of silence. The explorer is useful when the filled list and its
count stand on the screen. Asked for: at most 1.4 with 12,000 companies in the mirror.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import termios
import time
from pathlib import Path

from benchmarks.tenant import PROGRAM, filled_home

RUNS = 11
QUIET = 0.5
LONGEST = 20.0
BARE = [sys.executable, str(Path(__file__).with_name("bare_app.py"))]


def on_terminal(command: list[str], environment: dict[str, str], marker: bytes | None) -> float:
    """Run it until ``marker`` is on the screen, or until it is quiet; seconds from its start."""
    began = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(command[0], command, environment)  # noqa: S606 -- no shell is what we want
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    try:
        return _watch(terminal, began, marker)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def _watch(terminal: int, began: float, marker: bytes | None) -> float:
    seen = b""
    last = 0.0
    while time.perf_counter() - began < LONGEST:
        ready, _, _ = select.select([terminal], [], [], QUIET)
        if not ready:
            if marker is None and seen:
                return last
            continue
        seen += os.read(terminal, 65536)
        last = time.perf_counter() - began
        if marker is not None and marker in seen:
            return last
    raise SystemExit(f"nothing useful within {LONGEST:.0f} s")


def main() -> None:
    """Print both medians and the median ratio of the pairs."""
    marker = sys.argv[1].encode() if len(sys.argv) > 1 else b"of 12,000"
    with filled_home(12_000) as environment:
        pairs = []
        for turn in range(RUNS + 1):
            pair = (
                on_terminal(PROGRAM, environment, marker),
                on_terminal(BARE, environment, None),
            )
            if turn:  # the first warms the caches
                pairs.append(pair)
    ours, bare = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    times = statistics.median(a / b for a, b in pairs)
    print(
        f"first useful screen {ours:.0f} ms, bare app {bare:.0f} ms, ratio {times:.2f}"
        " (asked for: 1.4)"
    )


if __name__ == "__main__":
    main()
