"""Whole commands against ``python -c pass``, in turn, by the processor time of their processes.

Asked for: ``--version`` at most 3 times, ``company find`` from a mirror of 12,000 at most 10 times,
and ``company find X --json`` from one of 100,000 at most 8 times; Tab behind ``company show``
within 150 ms at either size, bare Python's start and all. ``--large`` measures 100,000 alone.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

from benchmarks.tenant import PROGRAM, filled_home, written_home

RUNS = 15
TAB = ["_complete", "bash", "planhat-tui company show ", ""]
"""What bash asks for at ``planhat-tui company show`` and Tab."""
TAB_MS = 150
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


def main() -> None:
    """Print the ratios."""
    with written_home(100_000) as environment:
        _report(environment, 8, ["company", "find", "acme inc", "--json"])
        _report_tab(environment, 100_000)
    if "--large" in sys.argv:
        return
    with filled_home(12_000) as environment:
        for bound, words in ((3, ["--version"]), (10, ["company", "find", "acme"])):
            _report(environment, bound, words)
        _report_tab(environment, 12_000)


def _report(environment: dict[str, str], bound: int, words: list[str]) -> None:
    ours, bare, times = ratio([*PROGRAM, *words], environment)
    print(
        f"planhat-tui {' '.join(words)}: {ours:.0f} ms, python -c pass {bare:.0f} ms,"
        f" ratio {times:.2f} (asked for: {bound})"
    )


def _report_tab(environment: dict[str, str], companies: int) -> None:
    asked = [*PROGRAM, *TAB]
    offered = subprocess.run(asked, env=environment, capture_output=True, text=True, check=True)
    names = len(offered.stdout.splitlines())
    ours, bare, _ = ratio(asked, environment)
    print(
        f"Tab behind planhat-tui company show, {companies:,} companies, {names} names:"
        f" {ours:.0f} ms, python -c pass {bare:.0f} ms (asked for: {TAB_MS} ms)"
    )


if __name__ == "__main__":
    main()
