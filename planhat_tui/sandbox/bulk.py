"""Bulk upsert: a list of rows, each made or changed by itself, and the answer that tells which.

200 where all rows were taken, 206 where some failed, 400 where all did. A row that changes nothing
is counted under ``nonupdates`` alone. A row that fails says why and by which keys it was sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from planhat_tui.sandbox import rules
from planhat_tui.sandbox.fields import INTEGER, LIST, RefusalError, Schema

if TYPE_CHECKING:
    from collections.abc import Container

    from planhat_tui.sandbox.database import Record
    from planhat_tui.sandbox.tenants import Tenant

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


class Rows(Protocol):
    """What knows the kind that is upserted. ``made`` and ``changed`` raise for what is refused."""

    def matched(self, tenant: Tenant, row: Record) -> Record | None:
        """Return the record that a row means."""
        ...

    def made(self, tenant: Tenant, fields: Record) -> Record:
        """Return the record that a row makes."""
        ...

    def changed(self, tenant: Tenant, record: Record, fields: Record) -> Record:
        """Return what a row makes of a record."""
        ...

    def save(self, tenant: Tenant, record: Record) -> bytes:
        """Save a record."""
        ...


def checked(rows: object) -> list[object]:
    """Return the rows; refuse what isn't a list of at most :data:`MOST_ROWS`."""
    if not isinstance(rows, list):
        raise RefusalError(400, "The body must be a JSON array")
    if len(rows) > MOST_ROWS:
        raise RefusalError(400, f"More than {MOST_ROWS} rows: {len(rows)}")
    return rows


class Told:
    """What became of the rows so far. Rows at the places ``failing`` fail as if they were lost."""

    def __init__(self, failing: Container[int]) -> None:
        self._failing = failing
        self._answer: dict[str, Any] = dict.fromkeys(_COUNTS, 0) | {name: [] for name in _LISTS}
        self._rows = self._failed = 0

    def take(self, place: int, row: object, kind: Rows, tenant: Tenant) -> None:
        """Make or change the record that a row means, and note what became of it."""
        self._rows += 1
        found = None
        try:
            fields = _object(row)
            found = kind.matched(tenant, fields)
            _survives(place, self._failing)
            made = kind.changed(tenant, found, fields) if found else kind.made(tenant, fields)
            same = found is not None and rules.same(found, made)
            if not same:
                kind.save(tenant, made)
            _note(self._answer, found, None if same else made)
        except RefusalError as refusal:
            self._failed += 1
            errors = self._answer["updatedErrors" if found else "createdErrors"]
            errors.append({"index": place, "message": refusal.text, **_keys(row)})

    def answer(self) -> tuple[int, dict[str, Any]]:
        """Return the status and the answer."""
        some = 0 < self._failed < self._rows
        return 206 if some else 400 if self._failed else 200, self._answer


def _object(row: object) -> Record:
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
