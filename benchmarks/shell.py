"""Whole commands against ``python -c pass``, in turn, so that a drifting machine hits both.

Asked for: ``--version`` at most 3 times, ``company find`` from a mirror of 12,000 at most 10 times.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks.tenant import PROGRAM, filled_home

RUNS = 21
BARE = [sys.executable, "-c", "pass"]


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Run the command once; its wall time."""
    began = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - began


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
    """Print both ratios."""
    with filled_home(12_000) as environment:
        for bound, words in ((3, ["--version"]), (10, ["company", "find", "acme"])):
            ours, bare, times = ratio([*PROGRAM, *words], environment)
            print(
                f"planhat-tui {' '.join(words)}: {ours:.0f} ms, python -c pass {bare:.0f} ms,"
                f" ratio {times:.2f} (asked for: {bound})"
            )


if __name__ == "__main__":
    main()
