"""What was asked and what was answered: so that a test, or a trainer, can look from outside."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

NO_ANSWER: Final = 0
"""Counted as the status where the connection broke instead of an answer."""


class Stats:
    """Counts by method, path pattern and status, for as long as the process runs."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, int]] = Counter()

    def count(self, method: str, pattern: str, status: int) -> None:
        """Count one answer."""
        self._counts[method, pattern, status] += 1

    def report(self) -> dict[str, Any]:
        """Return the counts as ``GET /_sandbox/stats`` answers them."""
        requests = [
            {"method": method, "path": pattern, "status": status, "count": count}
            for (method, pattern, status), count in sorted(self._counts.items())
        ]
        limited = sum(n for (_, _, status), n in self._counts.items() if status == 429)
        return {"requests": requests, "total": self._counts.total(), "429": limited}
