"""Memory of the explorer after a whole pull and a hundred searches, at 120x40 in a terminal.

    ./dev run python -m benchmarks.memory [--companies N] [--folder DIR]

The sandbox is a process of its own. With a folder nothing is pulled: the searches are made in the
copy that is there, or that is written there now without a server. Asked for: at most 120 MB
resident, whatever the copy holds. Linux alone: ``/proc`` is read.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import sqlite3
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.tenant import CONFIG, sandbox, written_home
from tests.journeys.terminal import Terminal, started

SEARCHES: Final = 100
_PAUSE: Final = 0.15
_QUIET: Final = 5.0


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="Memory of the explorer after a pull.")
    parser.add_argument("--companies", type=int, default=6_000)
    parser.add_argument("--folder", default="", help="a copy that is written without a server")
    asked = parser.parse_args()
    if asked.folder:
        _measure_written(asked.companies, asked.folder)
    else:
        _measure_pulled(asked.companies)


def _measure_written(companies: int, folder: str) -> None:
    command = (sys.executable, "-m", "planhat_tui")
    with (
        written_home(companies, folder) as env,
        started(command, env, size=(120, 40)) as terminal,
    ):
        terminal.see(f"of {companies:,}")
        _read(terminal, _QUIET)
        print(f"opened: {_memory(terminal)}", flush=True)
        _search(terminal, Path(folder))


def _measure_pulled(companies: int) -> None:
    with TemporaryDirectory() as folder, sandbox(companies) as url:
        config = Path(folder) / "config.yaml"
        config.write_text(CONFIG.format(url=url))
        config.chmod(0o600)
        env = {"PLANHAT_TUI_HOME": folder, "PLANHAT_TUI_CONFIG": str(config)}
        env["BENCH_TOKEN"] = "sandbox-token"  # noqa: S105 -- the sandbox's own
        command = (sys.executable, "-m", "planhat_tui")
        with started(command, env, size=(120, 40)) as terminal:
            terminal.see("online")
            print(f"empty: {_memory(terminal)}", flush=True)
            while not _is_filled(Path(folder)):
                _read(terminal, 1.0)
            _read(terminal, _QUIET)
            print(f"filled: {_memory(terminal)}", flush=True)
            _search(terminal, Path(folder))


def _search(terminal: Terminal, folder: Path) -> None:
    for word in _words(folder):
        terminal.press("/")
        for letter in word:
            _read(terminal, _PAUSE)
            terminal.press(letter)
        _read(terminal, _PAUSE)
        terminal.press("\x1b")
        _read(terminal, _PAUSE)
    _read(terminal, _QUIET)
    print(f"{SEARCHES} searches: {_memory(terminal)} (asked for: 120 MB)")


def _mirror(folder: Path) -> Path | None:
    return next(folder.rglob("mirror.db"), None)


def _is_filled(folder: Path) -> bool:
    path = _mirror(folder)
    if path is None:
        return False
    with contextlib.closing(sqlite3.connect(path)) as connection:
        facts = dict(connection.execute("SELECT key, value FROM fact"))
    return bool(facts.get("contacts_complete")) and facts.get("tidied") == "done"


def _words(folder: Path) -> list[str]:
    """Return what is typed: pieces of the names that are there, of one to six letters."""
    path = _mirror(folder)
    if path is None:
        raise SystemExit("there is no copy")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name_key FROM company ORDER BY id LIMIT ?", (SEARCHES,))
        names = [re.sub("[^a-z ]", "", name) or "acme" for (name,) in rows]
    return [name[: 1 + n % 6].strip() or "a" for n, name in enumerate(names)]


def _read(terminal: Terminal, seconds: float) -> None:
    """Let time go by; a terminal that isn't read fills up."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        terminal._read(left)  # noqa: SLF001 -- as above
        terminal.forget()


def _memory(terminal: Terminal) -> str:
    told = Path(f"/proc/{terminal.process.pid}/status").read_text("utf-8")
    parts = {
        name: int(kib) / 1024 for name, kib in re.findall(r"(Rss\w+|VmRSS|VmHWM):\s+(\d+)", told)
    }
    return (
        f"{parts['VmRSS']:.0f} MB resident ({parts['RssAnon']:.0f} its own,"
        f" {parts['RssFile']:.0f} of files), at most {parts['VmHWM']:.0f}"
    )


if __name__ == "__main__":
    main()
