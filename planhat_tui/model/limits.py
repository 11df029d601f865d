"""The rate limit, as it is published to whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Lane(IntEnum):
    """Who waits for a request; a lower number goes first."""

    USER = 0
    OUTBOX = 1
    SCREEN = 2
    BACKGROUND = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """What is known of the rate limit.

    ``limit`` and ``remaining`` are calls, ``None`` while unknown. ``reset_in`` is the interval of
    seconds, counted from ``as_of``, in which the next reset is expected, ``None`` while unknown.
    ``as_of`` is monotonic seconds of the last answer, ``None`` before the first. ``stopped_until``
    is monotonic seconds until which, at the latest, nothing may go: after a 429, or once all calls
    are used. ``others`` is how many calls a minute others on the tenant use, ``None`` before that
    was watched. ``waiting`` counts the queue by lane, ``used`` the calls of this
    window that went from this machine, by lane. ``latency`` is the last answer's seconds.
    ``last_error`` is a sentence, empty if none.
    """

    limit: int | None = None
    remaining: int | None = None
    reset_in: tuple[float, float] | None = None
    as_of: float | None = None
    stopped_until: float | None = None
    others: float | None = None
    in_flight: int = 0
    waiting: Mapping[Lane, int] = field(default_factory=dict)
    used: Mapping[Lane, int] = field(default_factory=dict)
    latency: float | None = None
    last_error: str = ""

    @property
    def keeps_calls(self) -> bool:
        """Whether requests wait though calls are left: these are kept for what a person asks."""
        free = self.remaining and self.stopped_until is None and not self.in_flight
        return bool(free and any(self.waiting.values()) and not self.waiting.get(Lane.USER))
