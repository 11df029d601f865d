"""A bulk upsert: many records in one request, and what became of each of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.records import text_of

if TYPE_CHECKING:
    from planhat_tui.model.values import Raw

MAX_ROWS: Final = 5_000
"""Records of one request (observed)."""

KEYS: Final = ("_id", "sourceId", "externalId")
"""By which Planhat finds the record that a row is about, in this order."""


class RowOutcome(StrEnum):
    """What became of one row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Key(NamedTuple):
    """By which a row is known: one of :data:`KEYS`, and its value."""

    field: str
    value: str


class BulkRow(NamedTuple):
    """One row's outcome. ``id`` is Planhat's, empty if it didn't tell; ``reason`` of a refusal."""

    key: Key
    outcome: RowOutcome
    id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """What became of each row, in the order in which they were sent."""

    rows: tuple[BulkRow, ...]

    def count(self, outcome: RowOutcome) -> int:
        """Count the rows that ended so."""
        return sum(row.outcome is outcome for row in self.rows)


def keys_of(row: Raw) -> tuple[Key, ...]:
    """Return all keys that a row has, the one by which it's known first."""
    found = (Key(field, text_of(row, field).strip()) for field in KEYS)
    return tuple(key for key in found if key.value)
