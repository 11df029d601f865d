"""When a read that failed is tried again, and when no more. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.errors import (
    OfflineError,
    RateLimitedError,
    StrangerError,
    TooMuchError,
    UnknownOutcomeError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.errors import PlanhatTuiError

FIRST_PAUSE: Final = 2.0
"""Seconds before the second try; each pause is twice as long as the one before."""

MOST_IN_A_ROW: Final = 5
"""Tries in a row that bring nothing, before somebody who waits for them is told."""


def spread(pause: float, chance: float) -> float:
    """Return a pause up to half shorter or longer, so that not all come at once."""
    return pause * (0.5 + chance)


class Tries:
    """The tries of one wish to read: ``most`` in a row may bring nothing, then it's given up.

    ``brought`` counts what has come since some beginning. Where it has risen the row begins anew: a
    long list that breaks off now and then is read to its end.
    """

    def __init__(self, brought: Callable[[], int], chance: Callable[[], float], most: int) -> None:
        self._brought = brought
        self._chance = chance
        self._most = most
        self._first = self._last = brought()
        self._in_a_row = 0

    def pause(self, error: PlanhatTuiError | None = None) -> float | None:
        """Return after how many seconds it's tried again; ``None``: no more.

        ``error`` is what a try failed with, ``None`` where the server failed at some records only.
        """
        if (now := self._brought()) != self._last:
            self._last, self._in_a_row = now, 0
        self._in_a_row += 1
        if self._in_a_row == self._most or not self._passes(error):
            return None
        return spread(FIRST_PAUSE * 2 ** (self._in_a_row - 1), self._chance())

    def _passes(self, error: PlanhatTuiError | None) -> bool:
        """Tell whether another try may do better: who was never reached is told of at once."""
        match error:
            case OfflineError() | StrangerError():
                return self._last != self._first
            case TooMuchError():
                return False
            case _:
                return error is None or isinstance(error, UnknownOutcomeError | RateLimitedError)
