"""Records that Planhat has and that can't be kept here: which they are, and why.

One leaves when it comes as it should, when Planhat no longer has it, and when its list is read anew
from the beginning. Those whose id couldn't be told are numbered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from planhat_tui.model.ports import SetAside

_NAMELESS: Final = "#"
"""What stands before the number of one without an id; no id of Planhat's begins so."""


class Unreadable(NamedTuple):
    """A record that isn't here. ``id`` is empty if it couldn't be told."""

    kind: Kind
    id: str
    reason: str


def note(
    connection: sqlite3.Connection, kind: Kind, found: Iterable[SetAside], seen_at: float
) -> None:
    """Note records that can't be kept, ``seen_at`` seconds since the epoch."""
    connection.executemany(
        "INSERT OR REPLACE INTO unreadable VALUES (?, ?, ?, ?)",
        [(kind, one.id or f"{_NAMELESS}{one.place}", one.reason, seen_at) for one in found],
    )


def forget(connection: sqlite3.Connection, kind: Kind, ids: Iterable[str]) -> None:
    """Forget those with these ids: they are here, or gone."""
    if connection.execute("SELECT 1 FROM unreadable LIMIT 1").fetchone() is None:
        return
    connection.executemany(
        "DELETE FROM unreadable WHERE kind = ? AND id = ?", [(kind, one) for one in ids]
    )


def forget_all(connection: sqlite3.Connection, kind: Kind, *, nameless: bool) -> None:
    """Forget all of a kind, or those that nobody can tell from others."""
    connection.execute(
        "DELETE FROM unreadable WHERE kind = ? AND id GLOB ?",
        (kind, f"{_NAMELESS}*" if nameless else "*"),
    )


def listed(connection: sqlite3.Connection) -> tuple[Unreadable, ...]:
    """Return all, by kind and id."""
    rows = connection.execute("SELECT kind, id, reason FROM unreadable ORDER BY kind, id")
    return tuple(
        Unreadable(Kind(kind), "" if record.startswith(_NAMELESS) else record, reason)
        for kind, record, reason in rows
    )


def fault(connection: sqlite3.Connection, kind: Kind, record_id: str) -> str:
    """Return why a record can't be kept; empty if nothing is known against it."""
    row = connection.execute(
        "SELECT reason FROM unreadable WHERE kind = ? AND id = ?", (kind, record_id)
    ).fetchone()
    return str(row[0]) if row else ""


def counted(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return how many there are, and how many companies among them are here by name only."""
    (every,) = connection.execute("SELECT count(*) FROM unreadable").fetchone()
    if not every:
        return 0, 0
    (lean,) = connection.execute(
        "SELECT count(*) FROM unreadable JOIN company USING (id)"
        " WHERE kind = 'company' AND complete = 0"
    ).fetchone()
    return int(every), int(lean)
