"""Putting the text indexes together once a copy is filled.

FTS5 keeps what was written together in a part of its own, and a search asks each part: in one part
it takes half the time. While a copy is filled, parts are put together seldom, and at the end once,
in small transactions; what that leaves free is given back to the disk. How far that came is noted
with each of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

_TABLES: Final = ("company_text", "contact_text", "company_facts")
_NOTE: Final = "tidied"
_ROOM: Final = "room"
_DONE: Final = "done"
_STAGES: Final = (*_TABLES, _ROOM, _DONE)
_INCREMENTAL: Final = 2
"""What SQLite calls files that can give back what is free; older ones can't."""
_PAGES: Final = 200
"""Pages that are put together in a transaction: some tens of milliseconds."""
_PARTS: Final = 4
"""Parts of a size that are put together by themselves; SQLite's own number."""
_PARTS_MEANWHILE: Final = 16
"""Likewise while a copy is filled: putting the same together again and again takes long."""


def expect_many(connection: sqlite3.Connection) -> None:
    """Prepare for a copy that is filled from the beginning."""
    for table in _TABLES:
        _tell(connection, table, "automerge", _PARTS_MEANWHILE)
    forget(connection)


def forget(connection: sqlite3.Connection) -> None:
    """Note that there is much to put together."""
    connection.execute("DELETE FROM fact WHERE key = ?", (_NOTE,))


def is_tidy(connection: sqlite3.Connection) -> bool:
    """Tell whether all has been put together."""
    return _noted(connection) == _DONE


def tidy(connection: sqlite3.Connection) -> None:
    """Do some of it: what is noted says what is to be done, and of which table."""
    stage = _noted(connection)
    if stage == _DONE:
        return
    if stage in _TABLES and _merge(connection, stage, _PAGES):
        return
    if stage == _ROOM and _give_back(connection, _PAGES):
        return
    following = _STAGES[_STAGES.index(stage) + 1] if stage else _STAGES[0]
    if following in _TABLES:
        _tell(connection, following, "automerge", _PARTS)
        _merge(connection, following, -_PAGES)  # negative: all parts, of whatever size
    connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (_NOTE, following))


def _give_back(connection: sqlite3.Connection, pages: int) -> bool:
    """Give free pages back to the disk; whether there are more of them that can be."""
    (way,) = connection.execute("PRAGMA auto_vacuum").fetchone()
    if way != _INCREMENTAL:
        return False
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    for _ in range(min(pages, free)):  # Python takes one step of it, and each gives back one
        connection.execute("PRAGMA incremental_vacuum(1)")
    return bool(free > pages)


def _merge(connection: sqlite3.Connection, table: str, pages: int) -> bool:
    """Put parts together; whether there was something left to do."""
    before = connection.total_changes
    _tell(connection, table, "merge", pages)
    return connection.total_changes - before > 1  # the insertion itself counts


def _tell(connection: sqlite3.Connection, table: str, what: str, number: int) -> None:
    connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES (?, ?)", (what, number))  # noqa: S608 -- our names


def _noted(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT value FROM fact WHERE key = ?", (_NOTE,)).fetchone()
    return str(row[0]) if row else ""
