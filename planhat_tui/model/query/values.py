"""Values of fields: numbers, days, and spans of them that need no character of the shell's."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from planhat_tui.errors import QueryError
from planhat_tui.model.days import length, shifted

if TYPE_CHECKING:
    from collections.abc import Callable

Value: TypeAlias = "str | Numbers | Days | Relative"

# Patterns are compiled when they are first used: most queries are words.
_NUMBER: Final = r"([+-]?(?:\d{1,15}(?:\.\d{1,9})?|\.\d{1,9}))([kKmM]?)"
_DAY: Final = r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?"
_RELATIVE: Final = r"(next|last|over)(\d{1,4})([dwmy])"
_DISTANCE: Final = r"[+-]?(\d{1,4})([dwmy])"
_BACKWARDS: Final = r"(\d{1,2})[./](\d{1,2})[./](\d{4})"
_BARE: Final = r"\d{1,4}[dwmy]"
_COMPARED: Final = r"(>=|<=|>|<)(.*)"
_POWERS: Final = {"": "", "k": "e3", "m": "e6"}


class Numbers(NamedTuple):
    """From ``low`` to ``high``; ``None`` has no end. ``strict`` leaves out the bounds."""

    low: float | None
    high: float | None
    strict: bool = False


class Days(NamedTuple):
    """From one day to another, both included; ``None`` has no end."""

    low: date | None
    high: date | None


class Relative(NamedTuple):
    """Days that depend on today.

    ``next`` from today on, ``last`` up to today, ``over``: longer ago than ``last`` reaches.
    ``unit`` is d, w, m or y. Today is the day of the place; but moments have their day in UTC, so
    ``last`` takes in what is today there.
    """

    way: str
    many: int
    unit: str

    def days(self, today: date, utc: date) -> Days:
        """Return the days that are meant while it is that day in the place, and this in UTC."""
        if self.way == "next":
            return Days(today, shifted(today, self.many, self.unit))
        first = shifted(min(today, utc), -self.many, self.unit)
        if self.way == "last":
            return Days(first, max(today, utc))
        return Days(None, shifted(first, -1, "d"))


def looks_like_a_span(text: str) -> bool:
    """Tell whether an unquoted value means a span, whatever is at its ends."""
    return (
        ".." in text
        or text[:1] in {"<", ">"}
        or re.fullmatch(_RELATIVE, text.lower(), re.ASCII) is not None
    )


def read_numbers(text: str, column: int) -> Numbers:
    """Read ``1000``, ``1k..5k``, ``..5000``, ``>1000``. Raises :class:`QueryError`."""
    if compared := re.fullmatch(_COMPARED, text, re.DOTALL):
        sign, bound = compared[1], _number(compared[2], column + len(compared[1]))
        low, high = (bound, None) if sign[0] == ">" else (None, bound)
        return Numbers(low, high, strict=len(sign) == 1)
    low, high = _span(text, column, _number)
    if low is not None and high is not None and low > high:
        raise _backwards(text, column)
    return Numbers(low, high)


def read_days(text: str, column: int, bare: str = "") -> Days | Relative:
    """Read ``2026``, ``2026-01..2026-03``, ``>2026-01-15``, ``last30d``.

    ``bare`` is what ``30d`` alone means: ``next`` or ``last``; empty: nothing.
    Raises :class:`QueryError`.
    """
    if bare and re.fullmatch(_BARE, text.lower(), re.ASCII):
        text = bare + text
    if relative := re.fullmatch(_RELATIVE, text.lower(), re.ASCII):
        return Relative(relative[1], int(relative[2]), relative[3])
    if compared := re.fullmatch(_COMPARED, text, re.DOTALL):
        return _compared_days(compared[1], _period(compared[2], column + len(compared[1])))
    low, high = _span(text, column, _period)
    days = Days(low and low.low, high and high.high)
    if days.low is not None and days.high is not None and days.low > days.high:
        raise _backwards(text, column)
    return days


def read_span(text: str, column: int) -> Numbers | Days | Relative:
    """Read a span of what isn't known to be numbers or days. Raises :class:`QueryError`."""
    try:
        return read_numbers(text, column)
    except QueryError:
        return read_days(text, column)


def _span(
    text: str, column: int, read: Callable[[str, int], _Bound]
) -> tuple[_Bound | None, _Bound | None]:
    low, dots, high = text.partition("..")
    if not dots:
        return (one := read(text, column)), one
    if not low and not high:
        raise QueryError(f"{text} has neither end.", "Type one like 1000..5000.", column=column)
    return (
        read(low, column) if low else None,
        read(high, column + len(low) + 2) if high else None,
    )


if TYPE_CHECKING:
    from typing import TypeVar

    _Bound = TypeVar("_Bound")


def _number(text: str, column: int) -> float:
    found = re.fullmatch(_NUMBER, text, re.ASCII)
    if found is None:
        raise QueryError(
            f"{text or 'Nothing'} is no number.", "Type one like 1000, 10k or 1000..5000.",
            column=column,
        )  # fmt: skip
    return float(found[1] + _POWERS[found[2].lower()])


def _period(text: str, column: int) -> Days:
    """Read a year, a month or a day as the days in it."""
    found = re.fullmatch(_DAY, text, re.ASCII)
    parts = [int(part) if part else 0 for part in found.groups()] if found else []
    try:
        year, month, day = parts
        first = date(year, month or 1, day or 1)
    except ValueError:
        raise QueryError(f"{text or 'Nothing'} is no date.", _advice(text), column=column) from None
    if day:
        return Days(first, first)
    last_month = month or 12
    return Days(first, date(year, last_month, length(year, last_month)))


def _advice(text: str) -> str:
    """Return how a day is typed: as much as can be told of what was meant."""
    if distance := re.fullmatch(_DISTANCE, text.lower(), re.ASCII):
        many, unit = distance[1], distance[2]
        return (
            f"From today on: next{many}{unit}; up to today: last{many}{unit} or over{many}{unit}."
        )
    if backwards := re.fullmatch(_BACKWARDS, text, re.ASCII):
        day, month, year = backwards.groups()
        return f"Type it as {year}-{month:>02}-{day:>02}, if that is the day."
    return "Type one like 2026-03-01, 2026-03, next30d or last30d."


def _compared_days(sign: str, period: Days) -> Days:
    first, last = period
    assert first is not None  # noqa: S101 -- a period has both ends
    assert last is not None  # noqa: S101 -- likewise
    match sign:
        case ">=":
            return Days(first, None)
        case ">":
            return Days(shifted(last, 1, "d"), None)
        case "<=":
            return Days(None, last)
        case _:
            return Days(None, shifted(first, -1, "d"))


def _backwards(text: str, column: int) -> QueryError:
    return QueryError(f"{text} ends before it starts.", "Turn it round.", column=column)
