"""A tenant at a glance: its companies counted in a few ways, each count with its query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from datetime import date

MONTHS_AHEAD: Final = 12
"""Months whose renewals are counted each by itself, from this one on."""

SMALL_SCALE: Final = 10
"""Up to this, health is told point by point; above it, by tens."""

_POINTS: Final = (1, 11)
_TENS: Final = (10, 10)


class Bar(NamedTuple):
    """How many companies a query finds; ``label`` is short, and empty for those without."""

    label: str
    query: str
    companies: int = 0


class Group(NamedTuple):
    """Bars of one field, which is named as queries name it; ``more`` values have none."""

    field: str
    bars: tuple[Bar, ...]
    more: int = 0


class Overview(NamedTuple):
    """All groups, over ``companies``: as many as the local copy has."""

    companies: int
    groups: tuple[Group, ...]


def renewals(today: date) -> tuple[Bar, ...]:
    """Return what was before this month, twelve months one by one, and what is later."""
    first = today.year * 12 + today.month - 1
    months = [divmod(month, 12) for month in range(first - 1, first + MONTHS_AHEAD + 1)]
    named = [f"{year:04}-{month + 1:02}" for year, month in months]
    before, *ahead, later = named
    return (
        Bar("before", f"renewal:..{before}"),
        *(Bar(month, f"renewal:{month}") for month in ahead),
        Bar("later", f"renewal:{later}.."),
    )


def scores(lowest: float | None, highest: float | None) -> tuple[Bar, ...]:
    """Return the steps of a scale that holds both, without a gap between two of them."""
    if lowest is None or highest is None:
        return ()
    step, many = _POINTS if highest <= SMALL_SCALE else _TENS
    edges = [step * n for n in range(many)]
    below = (Bar("below 0", "health:<0"),) if lowest < 0 else ()
    bars = [Bar(_named(low, step), f"health:{low}.. health:<{low + step}") for low in edges[:-1]]
    last = edges[-1]
    return (*below, *bars, Bar(str(last) if step == 1 else f"{last} on", f"health:{last}.."))


def _named(low: int, step: int) -> str:
    return str(low) if step == 1 else f"{low}-{low + step - 1}"
