"""Bulk upsert: a list of rows, each made or changed by itself, and the answer that tells which.

200 where all rows were taken, 206 where some failed, 400 where all did. A row that changes nothing
is counted under ``nonupdates`` alone. A row that fails says why and by which keys it was sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planhat_tui.sandbox import rules
from planhat_tui.sandbox.fields import INTEGER, LIST, RefusalError, Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from planhat_tui.sandbox.database import Record

MOST_ROWS: Final = 5000
KEYS: Final = ("_id", "sourceId", "externalId")
"""What a row is matched by, in this order."""

_COUNTS: Final = ("created", "updated", "nonupdates")
_LISTS: Final = (
    *("createdErrors", "insertsKeys", "updatedErrors", "updatesKeys"),
    *("modified", "upsertedIds", "permissionErrors"),
)
SCHEMA: Final[Schema] = {
    "type": "object",
    "properties": {
        **dict.fromkeys(_COUNTS, INTEGER),
        **dict.fromkeys(_LISTS, LIST),
    },
    "required": [*_COUNTS, *_LISTS],
}


def upsert(
    rows: object,
    find: Callable[[Record], Record | None],
    make: Callable[[Record], Record],
    change: Callable[[Record, Record], Record],
    save: Callable[[Record], object],
    *,
    failing: Container[int] = (),
) -> tuple[int, dict[str, Any]]:
    """Make or change each row; return the status and the answer.

    ``find`` returns the record that a row means; ``make`` and ``change`` return the one to be
    saved, or raise :class:`RefusalError`. Rows at the places ``failing`` fail as if the service had
    lost them. Raises :class:`RefusalError` for what isn't a list of at most :data:`MOST_ROWS`.
    """
    if not isinstance(rows, list):
        raise RefusalError(400, "The body must be a JSON array")
    if len(rows) > MOST_ROWS:
        raise RefusalError(400, f"More than {MOST_ROWS} rows: {len(rows)}")
    answer: dict[str, Any] = dict.fromkeys(_COUNTS, 0) | {name: [] for name in _LISTS}
    failed = 0
    for place, row in enumerate(rows):
        found = None
        try:
            found = find(_checked(row))
            _survives(place, failing)
            record = change(found, row) if found else make(row)
            same = found is not None and rules.same(found, record)
            if not same:
                save(record)
            _note(answer, found, None if same else record)
        except RefusalError as refusal:
            failed += 1
            errors = answer["updatedErrors" if found else "createdErrors"]
            errors.append({"index": place, "message": refusal.text, **_keys(row)})
    return 206 if 0 < failed < len(rows) else 400 if failed else 200, answer


def _checked(row: object) -> Record:
    if not isinstance(row, dict):
        raise RefusalError(400, "The row must be a JSON object")
    return row


def _survives(place: int, failing: Container[int]) -> None:
    if place in failing:
        raise RefusalError(500, "Failed to save: try again")


def _note(answer: dict[str, Any], found: Record | None, saved: Record | None) -> None:
    if saved is None:
        answer["nonupdates"] += 1
    elif found is None:
        answer["created"] += 1
        answer["insertsKeys"].append(_keys(saved))
        answer["upsertedIds"].append(saved["_id"])
    else:
        answer["updated"] += 1
        answer["updatesKeys"].append(_keys(saved))
        answer["modified"].append(saved["_id"])


def _keys(row: object) -> dict[str, Any]:
    return {key: row[key] for key in KEYS if row.get(key)} if isinstance(row, dict) else {}
