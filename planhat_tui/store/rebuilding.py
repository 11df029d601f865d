"""Filling the mirror's tables anew from the records as they came, after their layout has changed.

The mirror is disposable, but reading a tenant anew costs calls: the old rows are kept aside by the
migration, and moved over here in small transactions. A process that is killed goes on where it was.
Likewise when texts are folded in another way: what may fold differently is worked out anew.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from planhat_tui.model.records import Kind
from planhat_tui.model.text import FOLD_VERSION
from planhat_tui.store import filling, tidying
from planhat_tui.store.ready import Incoming, ready, unknown

if TYPE_CHECKING:
    import sqlite3

    from planhat_tui.store.connection import Database
    from planhat_tui.store.overlay import Pending

_BATCH: Final = 1_000
_FOLDED: Final = str(FOLD_VERSION)
_SELECT_NOTE: Final = "SELECT value FROM fact WHERE key = 'folded'"
"""The version by which all is folded; or, while it's made anew, that, a kind and how far it is."""


def rebuild(database: Database, pending: Pending) -> None:
    """Move over all that an older version has left; nothing to do if it's done."""
    _move(database, pending)
    while _folded(database) != _FOLDED:
        with database.writing() as connection:
            _fold_some(connection, pending)


def _move(database: Database, pending: Pending) -> None:
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
