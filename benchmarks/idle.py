"""The explorer that nobody touches: its share of a core over a minute, and its memory.

It runs on the demo in a terminal of its own, from a home that is filled first; the minute begins
when it has settled. Asked for: under 0.5% of a core. Linux alone: ``/proc`` is read.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from planhat_tui.runtime import Runtime, Start
from tests.journeys.terminal import Terminal, running

_SETTLE = 10.0
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="CPU and memory of the idle explorer.")
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        runtime = Runtime({"PLANHAT_TUI_HOME": str(home)}, Start(demo=True))
        runtime.workspace().net.fill().result(120)
        runtime.close()
        with running(home, "--demo", size=(120, 40)) as terminal:
            terminal.see("online")
            _read(terminal, _SETTLE)
            before, began = _spent(terminal), time.monotonic()
            drawn = len(_read(terminal, seconds))
            spent, lasted = _spent(terminal) - before, time.monotonic() - began
            print(f"{100 * spent / lasted:.2f}% of a core over {lasted:.0f} s (asked for: 0.5%)")
            print(f"{drawn:,} bytes drawn, {_memory(terminal):.0f} MB resident (asked for: 120)")


def _read(terminal: Terminal, seconds: float) -> bytes:
    """Let time go by, and return what is drawn meanwhile."""
    terminal.forget()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        terminal._read(1.0)  # noqa: SLF001 -- a terminal that isn't read fills up
    return terminal.drawn


def _spent(terminal: Terminal) -> float:
    """Return the seconds of processor time that the program has taken."""
    told = Path(f"/proc/{terminal.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / _TICKS


def _memory(terminal: Terminal) -> float:
    told = Path(f"/proc/{terminal.process.pid}/status").read_text("utf-8")
    (line,) = (line for line in told.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
