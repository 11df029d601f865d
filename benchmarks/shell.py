"""Whole commands against ``python -c pass``, in turn, by the processor time of their processes.

Asked for: ``--version`` at most 3 times, ``company find`` from a mirror of 12,000 at most 10 times,
and ``company find X --json`` from one of 100,000 at most 8 times. ``--large`` measures that alone.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.crowd import filled
from benchmarks.tenant import CONFIG, PROGRAM, filled_home
from planhat_tui.runtime import Runtime, Start

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS = 15
NOWHERE = "http://127.0.0.1:9"
"""An address at which nobody is: what asks it fails."""
BARE = [sys.executable, "-c", "pass"]


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Run the command once; its processor time, which a busy machine leaves alone."""
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def ratio(command: list[str], environment: dict[str, str]) -> tuple[float, float, float]:
    """Return both medians in milliseconds, ours and bare Python's, and the pairs' median ratio."""
    pairs = []
    for turn in range(RUNS + 1):
        pair = seconds(command, environment), seconds(BARE, environment)
        if turn:  # the first warms the caches
            pairs.append(pair)
    ours, bare = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    return ours, bare, statistics.median(a / b for a, b in pairs)


@contextlib.contextmanager
def large_home(companies: int) -> Iterator[dict[str, str]]:
    """Give the environment of a home whose mirror was filled without a server; none is asked."""
    with TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text(CONFIG.format(url=NOWHERE))
        config.chmod(0o600)
        environment = {**os.environ, "PLANHAT_TUI_HOME": folder, "BENCH_TOKEN": "sandbox-token"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as on a user's machine: compiled once
        with contextlib.closing(Runtime(environment, Start(), pull=False)) as runtime:
            name = runtime.machine.folder_for(NOWHERE, "sandbox-token")
        store = filled(Path(folder) / "data" / "tenants" / name, companies)
        store.mirror.note("lean_at", str(time.time()))
        store.close()
        yield environment


def main() -> None:
    """Print the ratios."""
    with large_home(100_000) as environment:
        _report(environment, 8, ["company", "find", "acme inc", "--json"])
    if "--large" in sys.argv:
        return
    with filled_home(12_000) as environment:
        tab = ["_complete", "bash", "planhat-tui --demo company show Acm", "Acm"]
        for bound, words in ((3, ["--version"]), (10, ["company", "find", "acme"]), (10, tab)):
            _report(environment, bound, words)


def _report(environment: dict[str, str], bound: int, words: list[str]) -> None:
    ours, bare, times = ratio([*PROGRAM, *words], environment)
    print(
        f"planhat-tui {' '.join(words)}: {ours:.0f} ms, python -c pass {bare:.0f} ms,"
        f" ratio {times:.2f} (asked for: {bound})"
    )


if __name__ == "__main__":
    main()
