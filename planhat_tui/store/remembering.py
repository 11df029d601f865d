"""What takes long to find out, as long as the file that tells it stays the same."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from planhat_tui.model.records import Kind
    from planhat_tui.store.connection import Database

Moments: TypeAlias = "Mapping[str, float]"
"""Seconds since the epoch, by the record's id."""


_MOST_COUNTS: Final = 16
"""So many counts are kept: those of the lists that one goes to and fro between."""


class Counts:
    """How many rows statements have counted, until somebody writes to the file.

    Each thread has its own, as with :class:`Remembered`.
    """

    def __init__(self) -> None:
        self._local = threading.local()

    def count(
        self,
        connection: sqlite3.Connection,
        version: int | None,
        sql: str,
        values: tuple[Any, ...],
    ) -> int:
        """Return the one number that a statement gives; ``version`` is the file's, if it has one.

        What sqlite3 raises is the caller's.
        """
        if version is None:
            return int(connection.execute(sql, values).fetchone()[0])
        if getattr(self._local, "version", None) != version:
            self._local.version, self._local.found = version, {}
        found: dict[tuple[str, tuple[Any, ...]], int] = self._local.found
        if (sql, values) not in found:
            if len(found) >= _MOST_COUNTS:
                del found[next(iter(found))]  # the oldest
            found[sql, values] = int(connection.execute(sql, values).fetchone()[0])
        return found[sql, values]


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
