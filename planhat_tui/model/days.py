"""Days as people type them: ``tomorrow``, ``next friday``, ``in 3 weeks``, ``3 Feb``. Pure.

A value of the API is a text: a day, or a moment in UTC. :func:`typed` writes either as a person
types it, and :func:`read` reads it back.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import InputError

if TYPE_CHECKING:
    from datetime import tzinfo

MIDNIGHT: Final = frozenset({"00:00:00.000Z", "00:00:00Z", "00:00Z"})
"""What stands behind the T of a moment that means a whole day."""

_WAYS: Final = "Type one like 2026-03-01, 3 Feb, tomorrow, next friday, in 3 weeks or +90d."
_LONGEST: Final = 40
_WORDS: Final = {"today": 0, "tomorrow": 1, "yesterday": -1}
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december",
)  # fmt: skip
_LEAST: Final = 3
"""Letters that tell a weekday or a month from the others."""

# Patterns are compiled when they are first used: most values are no dates.
_DAY: Final = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_CLOCK: Final = r"(.+?)\s+(\d{1,2}):(\d{2})(?::(\d{2}))?"
_SPAN: Final = r"(\d{1,4}|an?)\s*(d|w|m|y|days?|weeks?|months?|years?)"
_OF_MONTH: Final = (
    r"(?:(\d{1,2})(?:st|nd|rd|th|\.)?\s*([a-z]+)|([a-z]+)\s*(\d{1,2}))\.?(?:,?\s+(\d{4}))?"
)


def read(text: str, now: datetime) -> str:
    """Read a day, or a day and a time, as Planhat takes it; a time is in the zone of ``now``.

    Raises :class:`InputError` that says what works.
    """
    words = " ".join(text.casefold().split())
    clock = re.fullmatch(_CLOCK, words, re.ASCII)
    if clock is None:
        return read_day(text, now.date()).isoformat()
    day = read_day(clock[1], now.date())
    hour, minute, second = (int(part or 0) for part in clock.groups()[1:])
    try:
        moment = placed(datetime.combine(day, time(hour, minute, second)), now.tzinfo)
    except (ValueError, OverflowError):
        raise InputError(f"{clock[0]} is no time.", "Type one like 2026-03-01 14:05.") from None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def placed(wall: datetime, zone: tzinfo | None) -> datetime:
    """Return the moment, in UTC, at which a clock on the wall of that zone showed a time.

    What it showed twice, when clocks went back, is the first of the two. Raises
    :class:`InputError` for what it never showed, ``OverflowError`` at the calendar's ends.
    """
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None, fold=0) != wall.replace(fold=0):
        raise InputError(
            f"{wall:%Y-%m-%d %H:%M} never was: the clocks went forward over it.",
            "Type what the clock showed.",
        )
    return moment


def read_day(text: str, today: date) -> date:
    """Read a day. Raises :class:`InputError` that says what works.

    A month's day without a year is in this year, as lists show it; a weekday is the next one after
    today.
    """
    words = " ".join(text.casefold().split())
    if len(words) <= _LONGEST:
        for way in (_iso, _named, _distance, _of_month):
            day = way(words, today)
            if day is not None:
                return day
    shown = text.strip()[:_LONGEST]
    raise InputError(f"{shown or 'Nothing'} is no date.", _WAYS)


def typed(value: str, zone: tzinfo | None) -> str:
    """Write a date of the API as a person types it: the time only if it isn't midnight.

    What isn't a date stays as it is; a moment is shown in the zone.
    """
    day, _, clock = value.partition("T")
    try:
        if not clock:
            return value
        if clock in MIDNIGHT:
            return date.fromisoformat(day).isoformat()
        moment = datetime.fromisoformat(value)
        local = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone)
    except (ValueError, OverflowError):
        return value
    return local.replace(tzinfo=None, microsecond=0).isoformat(" ")


def spoken(moment: datetime, now: datetime) -> str:
    """Return a moment in the zone of ``now``, with its day only where that isn't today's.

    ``14:05``, ``yesterday 14:05``, ``2026-02-27 14:05``.
    """
    local = moment.astimezone(now.tzinfo)
    clock = f"{local.hour:02}:{local.minute:02}"
    if local.date() == now.date():
        return clock
    is_yesterday = local.date() == now.date() - timedelta(days=1)
    return f"{'yesterday' if is_yesterday else local.date().isoformat()} {clock}"


def shifted(day: date, count: int, unit: str) -> date:
    """Return the day that many units later: d, w, m or y. The calendar's ends hold it."""
    try:
        if unit in "dw":
            return day + timedelta(days=count * (7 if unit == "w" else 1))
        months = day.year * 12 + day.month - 1 + count * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, length(year, month + 1)))
    except (OverflowError, ValueError):
        return date.max if count > 0 else date.min


def length(year: int, month: int) -> int:
    """Return the days of a month."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


def _iso(words: str, _: date) -> date | None:
    found = re.fullmatch(_DAY, words, re.ASCII)
    return _date(*map(int, found.groups())) if found else None


def _named(words: str, today: date) -> date | None:
    """Read ``tomorrow``, ``friday``, ``next friday``, ``last fri``, ``next month``."""
    if words in _WORDS:
        return today + timedelta(days=_WORDS[words])
    lead, _, name = words.rpartition(" ")
    if lead not in {"", "next", "this", "last"}:
        return None
    if lead in {"next", "last"} and name in {"week", "month", "year"}:
        return shifted(today, 1 if lead == "next" else -1, name[0])
    weekday = _place(name, _WEEKDAYS)
    if weekday is None:
        return None
    ahead = (weekday - today.weekday() - 1) % 7 + 1
    behind = (today.weekday() - weekday - 1) % 7 + 1
    return today + timedelta(days=-behind if lead == "last" else ahead)


def _distance(words: str, today: date) -> date | None:
    """Read ``+90d``, ``-2w``, ``in 3 weeks``, ``3 weeks ago``."""
    found = re.fullmatch(rf"([+-]|in )?\s*{_SPAN}( ago)?", words, re.ASCII)
    if found is None or bool(found[1]) == bool(found[4]):
        return None
    count = int(found[2]) if found[2].isdecimal() else 1
    day = shifted(today, -count if found[4] or found[1] == "-" else count, found[3][0])
    return day if date.min < day < date.max else None


def _of_month(words: str, today: date) -> date | None:
    """Read ``3 Feb``, ``Feb 3``, ``3 February 2027``."""
    found = re.fullmatch(_OF_MONTH, words, re.ASCII)
    month = _place(found[2] or found[3], _MONTHS) if found else None
    if found is None or month is None:
        return None
    return _date(int(found[5] or today.year), month + 1, int(found[1] or found[4]))


def _place(word: str, names: tuple[str, ...]) -> int | None:
    """Return where a name stands that starts with this word; ``None`` if none does."""
    if len(word) < _LEAST:
        return None
    return next((place for place, name in enumerate(names) if name.startswith(word)), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
