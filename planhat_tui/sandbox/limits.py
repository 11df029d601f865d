"""The rate limit: so many calls in a window whose length nobody is told.

Reference 2016, "Introduction": about 200 calls, reset every 60-120 seconds; each response carries
``X-Rate-Limit-Limit`` and ``X-Rate-Limit-Remaining``. Each window's length is drawn by a seeded
generator. The state stands in the database, so that all processes that share it share the limit.
A request that got 429 isn't counted.

Observed: beside it 150 calls a second and 50 in parallel, hard. They are counted in one process.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planhat_tui.sandbox.database import Database

_COUNT = """
UPDATE window SET used = used + 1
WHERE budget = ? AND used < ? AND ? >= started AND ? < started + length RETURNING used"""
"""The usual case in one statement: within the window, and some are left."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Whether a call fits into the window, and how many are left after it."""

    allowed: bool
    limit: int
    remaining: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers that stand on every response."""
        return {
            "X-Rate-Limit-Limit": str(self.limit),
            "X-Rate-Limit-Remaining": str(self.remaining),
        }


class Crowd:
    """Who is inside: so many calls within a second, so many at once; 0 is any number."""

    def __init__(self, per_second: int, parallel: int) -> None:
        self._per_second, self._parallel = per_second, parallel
        self._came: defaultdict[str, deque[float]] = defaultdict(deque)
        self._inside: Counter[str] = Counter()

    def enter(self, budget: str, now: float) -> bool:
        """Let a call in at ``now`` (seconds), or don't. Who was let in has to leave."""
        came = self._came[budget]
        while came and not now - 1 < came[0] <= now:  # older, or of a clock that was put back
            came.popleft()
        if self._per_second and len(came) >= self._per_second:
            return False
        if self._parallel and self._inside[budget] >= self._parallel:
            return False
        came.append(now)
        self._inside[budget] += 1
        return True

    def leave(self, budget: str) -> None:
        """Let a call out that was let in."""
        self._inside[budget] -= 1


class Limits:
    """Budgets by name: a tenant's, that of its open endpoint, and the strangers'."""

    def __init__(
        self, database: Database, limit: int, window: tuple[float, float], seed: int
    ) -> None:
        self._database = database
        self._limit = limit
        self._window = window
        self._seed = seed

    def take(self, budget: str, now: float) -> Taken:
        """Count one call at ``now`` (seconds since the epoch)."""
        counted = self._database.one(_COUNT, (budget, self._limit, now, now))
        if counted:
            return Taken(allowed=True, limit=self._limit, remaining=self._limit - counted[0])
        return self._take_slowly(budget, now)

    def _take_slowly(self, budget: str, now: float) -> Taken:
        """Count a call that begins a window, or that doesn't fit."""
        with self._database.writing() as connection:
            row = connection.execute(
                "SELECT number, started, length, used FROM window WHERE budget = ?", (budget,)
            ).fetchone()
            number, started, length, used = self._current(budget, row, now)
            allowed = used < self._limit
            used += allowed
            connection.execute(
                "INSERT OR REPLACE INTO window VALUES (?, ?, ?, ?, ?)",
                (budget, number, started, length, used),
            )
        return Taken(allowed, self._limit, max(0, self._limit - used))

    def peek(self, budget: str, now: float) -> Taken:
        """Tell what is left without counting a call."""
        rows = self._database.all(
            "SELECT number, started, length, used FROM window WHERE budget = ?", (budget,)
        )
        used = self._current(budget, rows[0] if rows else None, now)[3]
        return Taken(used < self._limit, self._limit, max(0, self._limit - used))

    def _current(
        self, budget: str, row: tuple[Any, ...] | None, now: float
    ) -> tuple[int, float, float, int]:
        if row is None or now < row[1]:  # the first call, or a clock that was set back
            number, started, used = 0, now, 0
            return number, started, self._length(budget, number), used
        number, started, length, used = row
        while now >= started + length:
            if now - started > 1000 * self._window[1]:  # long unused: no need to draw them all
                started = now - length
            number, started, used = number + 1, started + length, 0
            length = self._length(budget, number)
        return number, started, length, used

    def _length(self, budget: str, number: int) -> float:
        drawn = random.Random(f"{self._seed}:{budget}:{number}")  # noqa: S311 -- a game, no secret
        return drawn.uniform(*self._window)
