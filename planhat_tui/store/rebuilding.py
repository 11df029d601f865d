"""Filling the mirror's tables anew from the records as they came, after their layout has changed.

The mirror is disposable, but reading a tenant anew costs calls: the old rows are kept aside by the
migration, and moved over here in small transactions. A process that is killed goes on where it was.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from planhat_tui.store import filling, tidying
from planhat_tui.store.ready import Incoming, ready, unknown

if TYPE_CHECKING:
    import sqlite3

    from planhat_tui.model.records import Kind
    from planhat_tui.store.connection import Database
    from planhat_tui.store.overlay import Pending

_BATCH: Final = 1_000


def rebuild(database: Database, pending: Pending) -> None:
    """Move over all that an older version has left; nothing to do if it's done."""
    for kind in filling.SHOWN_KINDS:
        while _is_left(database, kind):
            with database.writing() as connection:
                if _exists(connection, kind):  # another process may have been faster
                    _move_some(connection, kind, pending)


def _is_left(database: Database, kind: Kind) -> bool:
    with database.reading() as connection:
        return _exists(connection, kind)


def _exists(connection: sqlite3.Connection, kind: Kind) -> bool:
    named = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    return connection.execute(named, (f"{kind}_before",)).fetchone() is not None


def _move_some(connection: sqlite3.Connection, kind: Kind, pending: Pending) -> None:
    rows = connection.execute(
        f"SELECT row, id, json, complete, seen_at FROM {kind}_before ORDER BY row LIMIT ?",  # noqa: S608 -- our names
        (_BATCH,),
    ).fetchall()
    if not rows:
        connection.execute(f"DROP TABLE {kind}_before")
        tidying.forget(connection)
        return
    batch = [
        Incoming(one, text, json.loads(text), bool(complete), seen_at) if text else unknown(one)
        for _, one, text, complete, seen_at in rows
    ]
    filling.write(connection, kind, [ready(kind, item) for item in batch], pending)
    connection.execute(f"DELETE FROM {kind}_before WHERE row <= ?", (rows[-1][0],))  # noqa: S608 -- our names
