"""A bulk upsert: many records in one request, and what became of each of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.outbox import Action
from planhat_tui.model.records import Kind, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.values import Json, Raw

MAX_ROWS: Final = 5_000
"""Records of one request (observed)."""

AT_LEAST: Final = {Action.UPDATE: 5, Action.CREATE: 2}
"""Records from which on they go together.

With fewer edits a call each costs about the same. What is made is looked for before and read after,
be it one record or many.
"""

EXTERNAL: Final = "extid-"
"""How an id begins that is an external one."""

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


def can_be_repeated(kind: Kind, body: Mapping[str, Json]) -> bool:
    """Tell whether what makes a record can go as an upsert: sent twice, it makes one.

    It needs an external id, by which Planhat finds what was made; a contact's holds in its company.
    It may have no other key: that could be another record's.
    """
    if kind is Kind.CALL or [key.field for key in keys_of(body)] != ["externalId"]:
        return False
    company = text_of(body, "companyId")
    return kind is Kind.COMPANY or (bool(company) and not company.startswith(EXTERNAL))
