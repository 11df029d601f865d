"""Records that can't be read just now, and when each is tried again: the others go on meanwhile.

One record that Planhat fails on, or tells so that it can't be read, is set aside. Where several
fail in a row, it isn't the records: then nothing more is tried for a while.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from planhat_tui.errors import PlanhatTuiError

Record: TypeAlias = tuple[Kind, str]

FIRST: Final = 5.0
LONGEST: Final = 600.0
"""Seconds for which a record is set aside: at first, and when it failed again and again."""
UNPROVEN: Final = 60.0
"""Seconds at most while nothing else goes well: then it may be Planhat, and be over soon."""
MANY: Final = 3
"""Records in a row that fail when Planhat is down, rather than they."""


class _Pause(NamedTuple):
    """Until when a record is set aside, for how long, and what had gone well by then."""

    until: float
    seconds: float
    successes: int


class Aside:
    """What is set aside, in this process alone. ``wall`` gives seconds since the epoch.

    ``successes`` counts what went well. ``error`` is what failed since the last of these, if
    something did.
    """

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._pauses: dict[Record, _Pause] = {}
        self._in_a_row: set[Record] = set()
        self.successes = 0
        self.error: PlanhatTuiError | None = None

    def failed(self, record: Record, error: PlanhatTuiError) -> bool:
        """Set a record aside; tell whether so many failed in a row that Planhat must be down.

        It's set aside for twice as long as the time before.
        """
        before, seconds = self._pauses.get(record), FIRST
        if before is not None:
            proven = before.successes != self.successes
            most = LONGEST if proven else max(before.seconds, UNPROVEN)
            seconds = min(2 * before.seconds, most)
        pause = _Pause(self._wall() + seconds, seconds, self.successes)
        self._pauses = {**self._pauses, record: pause}
        self._in_a_row.add(record)
        self.error = error
        return len(self._in_a_row) >= MANY

    def went_well(self, *records: Record) -> None:
        """Note that Planhat answers, as for these records."""
        self.forget(records)
        self._in_a_row.clear()
        self.successes += 1
        self.error = None

    def forget(self, records: Iterable[Record]) -> None:
        """Let these be tried now."""
        gone = {*records}
        if not gone.isdisjoint(self._pauses):
            self._pauses = {one: p for one, p in self._pauses.items() if one not in gone}

    @property
    def until(self) -> Mapping[Record, float]:
        """Until when each record is set aside, in seconds since the epoch. Safe from any thread."""
        return {record: pause.until for record, pause in self._pauses.items()}

    def left(self, record: Record) -> float:
        """Return for how many seconds a record is still set aside, else 0.

        A clock that was set back tells nothing: then it is tried.
        """
        pause = self._pauses.get(record)
        left = 0.0 if pause is None else pause.until - self._wall()
        return left if pause is not None and 0.0 < left <= pause.seconds else 0.0
