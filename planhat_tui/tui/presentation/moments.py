"""Dates and durations as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from planhat_tui.model.text import age, ago

__all__ = [
    "age", "ago", "clock", "date_of", "dated", "day", "lasting", "moment_day", "running",
    "steady_age",
]  # fmt: skip

MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
"""English in every locale, as the rest of the words."""

STEADY: Final = 5
"""Seconds in which what counts on the screen moves once."""

NEAR: Final = 99
"""Days up to which a date is told as a distance."""


def date_of(text: str) -> date | None:
    """Return the day that an ISO 8601 text names, as it is written; ``None`` if it isn't one."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def day(text: str, today: date) -> str:
    """Return a date for a list: ``in 12 d``, ``9 d ago``, ``3 Feb``, ``3 Feb 2031``."""
    if not text:
        return "-"
    moment = date_of(text)
    if moment is None:
        return "?"
    days = (moment - today).days
    if days == 0:
        return "today"
    if 0 < days <= NEAR:
        return f"in {days} d"
    if -NEAR <= days < 0:
        return f"{-days} d ago"
    return dated(moment, today)


def moment_day(seconds: float | None, today: date, zone: tzinfo | None = UTC) -> str:
    """Return the day in a zone of a moment, in seconds since the epoch, for a list."""
    if seconds is None:
        return "-"
    try:
        return day(datetime.fromtimestamp(seconds, zone).date().isoformat(), today)
    except (OverflowError, OSError, ValueError):
        return "?"


def dated(moment: date, today: date) -> str:
    """Return ``3 Feb``, with the year where it's another one."""
    text = f"{moment.day} {MONTHS[moment.month - 1]}"
    return text if moment.year == today.year else f"{text} {moment.year}"


def clock(moment: datetime, now: datetime) -> str:
    """Return a time near ``now`` in its zone: ``14:05``, ``23 Nov 14:05``."""
    local = moment.astimezone(now.tzinfo)
    time = f"{local.hour:02}:{local.minute:02}"
    return time if local.date() == now.date() else f"{dated(local.date(), now.date())} {time}"


def steady_age(seconds: float) -> str:
    """Return an age for what stands on the screen: its seconds go in steps, so that it rests."""
    return age(seconds // STEADY * STEADY if seconds < 100 else seconds)


def lasting(span: timedelta) -> str:
    """Return a duration: ``45 s``, ``5 min``, ``5 min 20 s``, ``1 h 5 min``."""
    seconds = round(span.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def running(span: timedelta) -> str:
    """Return a running timer: ``0:07``, ``12:40``, ``1:02:03``."""
    seconds = max(0, int(span.total_seconds()))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
