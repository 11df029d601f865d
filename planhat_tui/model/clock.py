"""What a clock is. Who tells the time is told which: the machine's, or a test's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Clock(NamedTuple):
    """The time: the wall's in seconds since the epoch, monotonic seconds, and here and now."""

    wall: Callable[[], float]
    monotonic: Callable[[], float]
    now: Callable[[], datetime]
