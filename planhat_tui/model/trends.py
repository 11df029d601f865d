"""How numbers went, by what was seen to change in a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planhat_tui.model.edits import Change
    from planhat_tui.model.values import Json

MOST: Final = 6
"""Values of one field that are told, the latest."""
_LARGEST: Final = 1e300
"""Beyond it a difference can't be told any more."""


def trends(changes: Iterable[Change]) -> Mapping[str, tuple[float, ...]]:
    """Return the values that each number had, by the field's path, the oldest first.

    ``changes`` are a record's, the latest first. What has only one value has no history.
    """
    seen: dict[str, list[float]] = {}
    for change in changes:
        told = seen.setdefault(change.field, [])
        values = (change.after, change.before) if not told else (change.before,)
        told += [number for one in values if (number := _number(one)) is not None]
    return {field: tuple(reversed(told[:MOST])) for field, told in seen.items() if len(told) > 1}


def _number(value: Json) -> float | None:
    """Return a value that can be drawn; a yes or no is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -_LARGEST < value < _LARGEST else None
