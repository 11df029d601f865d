"""Filling the mirror's tables anew from the records as they came, after their layout has changed.

The mirror is disposable, but reading a tenant anew costs calls: the old rows are kept aside by the
migration, and moved over here in small transactions. A process that is killed goes on where it was.
The empty table stays: another process that makes its first search while a table goes is told that
the text index can't be opened.

Likewise when texts are folded in another way: what may fold differently is worked out anew.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Final

from planhat_tui.model.records import Kind
from planhat_tui.model.text import FOLD_VERSION
from planhat_tui.store import filling, tidying
from planhat_tui.store.disk import FullError
from planhat_tui.store.ready import Incoming, ready, unknown

if TYPE_CHECKING:
    import sqlite3

    from planhat_tui.store.connection import Database
    from planhat_tui.store.overlay import Pending

_BATCH: Final = 1_000
_LEFT: Final = {
    "before": "SELECT row, id, json, complete, seen_at FROM {kind}_before",
    "former": "SELECT row, id, json, complete, seen_at FROM {kind}_former"
    " LEFT JOIN {kind}_body USING (id)",
}
"""What migrations have left of rows, in the order of its age, and how a row of it is read."""
_FOLDED: Final = str(FOLD_VERSION)
_SELECT_NOTE: Final = "SELECT value FROM fact WHERE key = 'folded'"
"""The version by which all is folded; or, while it's made anew, that, a kind and how far it is."""


def rebuild(database: Database, pending: Pending) -> None:
    """Move over all that an older version has left; nothing to do if it's done.

    What finds no room to be folded anew is found as before, until the next open.
    """
    _move(database, pending)
    with contextlib.suppress(FullError):
        while _folded(database) != _FOLDED:
            with database.writing() as connection:
                _fold_some(connection, pending)


def _move(database: Database, pending: Pending) -> None:
    for kind in filling.SHOWN_KINDS:
        for left, rows in _LEFT.items():
            while _is_left(database, f"{kind}_{left}"):
                with database.writing() as connection:
                    if _has_rows(connection, f"{kind}_{left}"):  # another process may be faster
                        _move_some(connection, kind, left, rows.format(kind=kind), pending)


def _is_left(database: Database, table: str) -> bool:
    with database.reading() as connection:
        return _has_rows(connection, table)


def _has_rows(connection: sqlite3.Connection, table: str) -> bool:
    named = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    if connection.execute(named, (table,)).fetchone() is None:
        return False
    return connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None  # noqa: S608 -- our names


def _move_some(
    connection: sqlite3.Connection, kind: Kind, left: str, these: str, pending: Pending
) -> None:
    rows = connection.execute(f"{these} ORDER BY row LIMIT ?", (_BATCH,)).fetchall()
    batch = [
        Incoming(one, text, json.loads(text), bool(complete), seen_at) if text else unknown(one)
        for _, one, text, complete, seen_at in rows
    ]
    filling.write(connection, kind, [ready(kind, item) for item in batch], pending)
    connection.execute(f"DELETE FROM {kind}_{left} WHERE row <= ?", (rows[-1][0],))  # noqa: S608 -- our names
    if not _has_rows(connection, f"{kind}_{left}"):
        tidying.forget(connection)


def _folded(database: Database) -> str:
    with database.reading() as connection:
        return _noted(connection)


def _noted(connection: sqlite3.Connection) -> str:
    row = connection.execute(_SELECT_NOTE).fetchone()
    return str(row[0]) if row else ""


def _fold_some(connection: sqlite3.Connection, pending: Pending) -> None:
    """Go through some more records; another process may have been faster."""
    version, *place = _noted(connection).split(" ")
    if version == _FOLDED and not place:
        return
    kinds = [str(kind) for kind in filling.SHOWN_KINDS]
    kind, at = (place[0], int(place[1])) if version == _FOLDED else (kinds[0], 0)
    rows = connection.execute(
        f"SELECT n, id, json, complete, seen_at, laid FROM {kind}_body JOIN {kind} USING (id)"  # noqa: S608 -- our names
        " WHERE n > ? ORDER BY n LIMIT ?",
        (at, _BATCH),
    ).fetchall()
    batch = [
        Incoming(one, text, json.loads(text), bool(complete), seen_at) if text else unknown(one)
        for _, one, text, complete, seen_at, laid in rows
        if laid or not text or _folds_anew(text)
    ]
    which = Kind(kind)
    filling.write(connection, which, [ready(which, item) for item in batch], pending)
    later = kinds[kinds.index(kind) + 1 :]
    if rows:
        note = f"{_FOLDED} {kind} {rows[-1][0]}"
    else:
        note = f"{_FOLDED} {later[0]} 0" if later else _FOLDED
    connection.execute("INSERT OR REPLACE INTO fact VALUES ('folded', ?)", (note,))


def _folds_anew(text: str) -> bool:
    """Tell whether there is anything in a JSON text that folding could have changed."""
    return not text.isascii() or "\\u" in text
