"""What takes long to find out, as long as the file that tells it stays the same."""

from __future__ import annotations

import threading
from array import array
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from planhat_tui.model.records import Kind
    from planhat_tui.store.connection import Database

Moments: TypeAlias = "Mapping[str, float]"
"""Seconds since the epoch, by the record's id."""


Answer = TypeVar("Answer")


class Answers(Generic[Answer]):
    """What statements have answered last, until somebody writes to the file.

    Each thread has its own, as with :class:`Remembered`.
    """

    def __init__(self, read: Callable[[sqlite3.Cursor], Answer], most: int) -> None:
        """Keep so many answers, as they are read of what a statement gives."""
        self._read = read
        self._most = most
        self._local = threading.local()

    def of(
        self,
        connection: sqlite3.Connection,
        version: int | None,
        sql: str,
        values: tuple[Any, ...],
    ) -> Answer:
        """Return what a statement answers; ``version`` is the file's, if it has one.

        What sqlite3 raises is the caller's.
        """
        if version is None:
            return self._read(connection.execute(sql, values))
        if getattr(self._local, "version", None) != version:
            self._local.version, self._local.found = version, {}
        found: dict[tuple[str, tuple[Any, ...]], Answer] = self._local.found
        if (sql, values) not in found:
            if len(found) >= self._most:
                del found[next(iter(found))]  # the oldest
            found[sql, values] = self._read(connection.execute(sql, values))
        return found[sql, values]


def counts() -> Answers[int]:
    """Remember numbers: of the lists that one goes to and fro between."""
    return Answers(lambda cursor: int(cursor.fetchone()[0]), most=16)


def orders() -> Answers[array[int]]:
    """Remember the row numbers of a list in its order: eight bytes for each, so of one list."""
    return Answers(lambda cursor: array("q", (number for (number,) in cursor)), most=1)


class Remembered:
    """Moments by kind, read anew once somebody has written to the file.

    Each thread has its own: what a connection knows of a file's version, it knows for itself.
    """

    def __init__(self, read: Callable[[Kind], Moments]) -> None:
        self._read = read
        self._local = threading.local()

    def of(self, kind: Kind, database: Database) -> Moments:
        """Return the moments of a kind; they aren't to be changed. Raises :class:`StorageError`."""
        version = database.version()
        if version is None:
            return self._read(kind)
        if getattr(self._local, "version", None) != version:
            self._local.version, self._local.found = version, {}
        found: dict[Kind, Moments] = self._local.found
        if kind not in found:
            found[kind] = self._read(kind)
        return found[kind]
