"""First useful screen of the explorer against the settled screen of a bare Textual app.

Both run on a real pseudo-terminal of 120x40, in turn. The bare app has settled at the last byte
that it writes before half a second of silence. The explorer is useful when the filled list and its
count stand on the screen. Asked for: at most 1.4 with 12,000 companies in the mirror, 1.25 with
100,000, and with 1,000,000 at most 1.2 times what it takes with 1,000.

    ./dev run python -m benchmarks.start [--companies N [N ...]] [--folder DIR] [--peers [DIR]]

Other numbers than 12,000 are written straight into a mirror (kept with ``--folder``), and nobody is
at the address. ``--peers``: harlequin and posting beside it, from environments that are made first
(``benchmarks/peers.py``), in ``DIR``, where they are found again, or in a temporary folder.
``--peer COMMAND``: another program, as it is; it has settled as the bare app has.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers import PEERS, make
from benchmarks.tenant import PROGRAM, filled_home, written_home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

RUNS = 11
QUIET = 0.5
LONGEST = 20.0
HEADING = b"PHASE"
"""A title of the list's: it's drawn where the columns have their widths, and the rows theirs."""
BARE = [sys.executable, str(Path(__file__).with_name("bare_app.py"))]


def on_terminal(
    command: list[str],
    environment: Mapping[str, str] = os.environ,
    markers: Sequence[bytes] = (),
) -> float:
    """Run it until all ``markers`` are on the screen, or it is quiet; seconds from its start."""
    began = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(command[0], command, environment)  # noqa: S606 -- no shell is what we want
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    try:
        return _watch(terminal, began, markers)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def _watch(terminal: int, began: float, markers: Sequence[bytes]) -> float:
    seen = b""
    last = 0.0
    while time.perf_counter() - began < LONGEST:
        ready, _, _ = select.select([terminal], [], [], QUIET)
        if not ready:
            if seen and not markers:
                return last
            continue
        seen += os.read(terminal, 65536)
        last = time.perf_counter() - began
        if markers and all(marker in seen for marker in markers):
            return last
    raise SystemExit(f"nothing useful within {LONGEST:.0f} s")


def main() -> None:
    """Print the medians, and the median ratios of what was started side by side."""
    parser = argparse.ArgumentParser(description="Time to the first useful screen.")
    parser.add_argument("--companies", type=int, nargs="+", default=[12_000])
    parser.add_argument(
        "--folder", default="", help="keep written mirrors here, and use them again"
    )
    parser.add_argument("--peer", action="append", default=[], help="another program, to compare")
    parser.add_argument("--peers", nargs="?", const="", metavar="DIR", help="harlequin and posting")
    parser.add_argument("--runs", type=int, default=RUNS)
    asked = parser.parse_args()
    with contextlib.ExitStack() as homes:
        started: dict[str, Callable[[], float]] = {"bare app": partial(on_terminal, BARE)}
        for companies in asked.companies:
            environment = homes.enter_context(_home(companies, asked.folder))
            markers = (HEADING, f"of {companies:,}".encode())
            started[f"{companies:,} companies"] = partial(
                on_terminal, PROGRAM, environment, markers
            )
        for command in asked.peer:
            started[Path(command.split()[0]).name] = partial(on_terminal, command.split())
        if asked.peers is not None:
            started |= homes.enter_context(_peers(asked.peers))
        rounds = [
            {name: start() for name, start in started.items()} for _ in range(asked.runs + 1)
        ][1:]  # the first warms the caches
    for name in started:
        times = [one[name] for one in rounds]
        shares = (
            f"{statistics.median(one[name] / one[other] for one in rounds):.2f} times {other}"
            for other in [*started][: 1 + len(asked.companies)]
            if other != name
        )
        print(f"{name}: {statistics.median(times) * 1000:.0f} ms; {', '.join(shares)}")
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"load of the last 1, 5 and 15 minutes: {load}, on {os.cpu_count()} processors")


@contextlib.contextmanager
def _peers(folder: str) -> Iterator[dict[str, Callable[[], float]]]:
    """Give what starts each of the peers, in a home of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(folder or temporary).absolute()
        for peer in PEERS:
            make(peer, place)
        environment = {name: text for name, text in os.environ.items() if "XDG_" not in name}
        environment |= {"HOME": temporary, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        yield {
            peer.name: partial(on_terminal, peer.command(place), environment, peer.markers)
            for peer in PEERS
        }


def _home(companies: int, folder: str) -> contextlib.AbstractContextManager[dict[str, str]]:
    if companies == 12_000:
        return filled_home(companies)
    return written_home(companies, f"{folder}/{companies}" if folder else "")


if __name__ == "__main__":
    main()
