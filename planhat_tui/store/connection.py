"""One SQLite file: its folder, its rights, its schema, its connections, its errors.

WAL: each thread reads on a connection of its own and never waits; writes go one after the other,
through one connection here and ``BEGIN IMMEDIATE`` among processes.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from typing import TYPE_CHECKING

from planhat_tui.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_BUSY_MS = 10_000


class DamagedError(StorageError):
    """The file isn't a database any more, or its pages contradict each other."""


class Database:
    """A file with a schema. ``migrations[n]`` brings version n to n + 1.

    ``durable`` makes a commit return only when it has reached the disk (``synchronous=FULL``).
    Raises :class:`StorageError`, and :class:`DamagedError` for a damaged file.
    """

    def __init__(self, path: Path, migrations: Sequence[str], *, durable: bool) -> None:
        self.path = path
        self._durable = durable
        self._readers = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._all_lock = threading.Lock()
        self._write_lock = threading.RLock()
        with translated(path):
            _make_private(path)
            self._writer = self._connect()
            _migrate(self._writer, path, migrations)
            self._version = self._data_version()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give this thread's reading connection."""
        with translated(self.path):
            connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
            if connection is None:
                connection = self._connect()
                connection.execute("PRAGMA query_only = ON")
                self._readers.connection = connection
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the writing connection inside a transaction, committed at the end."""
        with self._write_lock, translated(self.path):
            if self._writer.in_transaction:  # a part of a larger transaction of this thread
                yield self._writer
                return
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.rollback()
                raise
            self._writer.commit()

    def changed_elsewhere(self) -> bool:
        """Tell whether another process has written since the last time that this was asked."""
        with self._write_lock, translated(self.path):
            before, self._version = self._version, self._data_version()
            return before != self._version

    def close(self) -> None:
        """Close all connections, those of other threads too."""
        with self._write_lock, self._all_lock:
            for connection in self._all:
                connection.close()
            self._all.clear()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False
        )
        with self._all_lock:
            self._all.append(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'NORMAL'}")
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection

    def _data_version(self) -> int:
        return int(self._writer.execute("PRAGMA data_version").fetchone()[0])


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what sqlite3 and the system raise into :class:`StorageError`, once, here."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _translate(error, path) from error
    except OSError as error:
        raise StorageError(
            f"{path.parent} can't be used: {error.strerror}.",
            "Check its rights, or set PLANHAT_TUI_HOME to another folder.",
        ) from error


def _translate(error: sqlite3.DatabaseError, path: Path) -> StorageError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return DamagedError(f"{path} is damaged.", "It is kept; move it away to start anew.")
    if code == sqlite3.SQLITE_FULL:
        return StorageError("The disk is full: nothing was saved.", "Make room and try again.")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return StorageError(
            f"{path} can't be written.", "Check its rights, or set PLANHAT_TUI_HOME elsewhere."
        )
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StorageError(
            "Another planhat-tui has been writing for too long.", "Try again in a moment."
        )
    return StorageError(f"{path} failed: {error}.", "Try again; if it stays, see the log.")


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # -wal and -shm take its rights


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    version = _version_of(connection)
    if version > len(migrations):
        raise StorageError(
            f"{path} was written by a newer planhat-tui.", "Install the newer version again."
        )
    if version == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    for number in range(_version_of(connection), len(migrations)):
        for statement in migrations[number].split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number + 1}")
    connection.commit()


def _version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
