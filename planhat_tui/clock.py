"""The time as it is, here: the machine's clock in the machine's zone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from planhat_tui.model.clock import Clock


class Here(tzinfo):
    """The machine's zone, with its rules: a time of July is summer time in November too.

    ``datetime.now().astimezone()`` has today's distance from UTC, which is wrong for half of the
    year's times. Two moments in one zone differ by what the wall shows, so reckon in UTC.
    """

    def utcoffset(self, moment: datetime | None, /) -> timedelta | None:
        """Return the distance from UTC that the zone has then."""
        return None if moment is None else moment.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, _: datetime | None, /) -> timedelta | None:
        """Return ``None``: what the distance is made of isn't told by the machine."""
        return None

    def tzname(self, moment: datetime | None, /) -> str | None:
        """Return the zone's short name then: ``CET``, ``CEST``."""
        return None if moment is None else moment.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, moment: datetime, /) -> datetime:
        """Return a moment in UTC as the wall shows it, for the first time or for the second."""
        there = moment.replace(tzinfo=UTC).astimezone()
        here = there.replace(tzinfo=self)
        return here if here.utcoffset() == there.utcoffset() else here.replace(fold=1)


HERE: Final = Here()


def now() -> datetime:
    """Return this moment, in the machine's zone."""
    return datetime.now(HERE)


REAL: Final = Clock(time.time, time.monotonic, now)
"""The time as it is."""
