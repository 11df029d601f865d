"""A clock that can be driven: set, moved on, stopped. Windows, stamps and ids follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class DrivenClock:
    """Seconds since the epoch: those of ``clock``, until it is driven."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ahead = 0.0
        self._stopped_at: float | None = None

    def __call__(self) -> float:
        """Tell the time."""
        if self._stopped_at is not None:
            return self._stopped_at
        return self._clock() + self._ahead

    @property
    def stands(self) -> bool:
        """Whether it stands still."""
        return self._stopped_at is not None

    def drive(self, *, at: float | None = None, advance: float = 0.0, stands: bool | None) -> None:
        """Set it to a moment, move it on, stop it or let it run; ``None`` leaves as it is."""
        now = (self() if at is None else at) + advance
        if stands if stands is not None else self.stands:
            self._stopped_at = now
        else:
            self._stopped_at, self._ahead = None, now - self._clock()
