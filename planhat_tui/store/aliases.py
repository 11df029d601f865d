"""By which id a record goes now that went by another one here: it was made, or made again.

What was typed for it before may still name it by that one: a call, a draft.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from planhat_tui.model.records import Kind


def note(connection: sqlite3.Connection, kind: Kind, names: Mapping[str, str]) -> None:
    """Note that records go by other ids from now on, by those they had."""
    connection.executemany(
        "DELETE FROM alias WHERE kind = ? AND id = ?", [(kind, now) for now in names.values()]
    )  # one that goes by its old id again leads nowhere else, so no way leads in a circle
    connection.executemany(
        "INSERT OR REPLACE INTO alias VALUES (?, ?, ?)",
        [(kind, before, now) for before, now in names.items()],
    )


def now_of(connection: sqlite3.Connection, kind: Kind, record_id: str) -> str:
    """Return the id by which a record goes now: the one that is given, if it never had another."""
    while True:
        row = connection.execute(
            "SELECT now FROM alias WHERE kind = ? AND id = ?", (kind, record_id)
        ).fetchone()
        if row is None:
            return record_id
        record_id = str(row[0])
