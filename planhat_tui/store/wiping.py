"""Deleting what is here of a tenant, as long as nobody uses it."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import StorageError
from planhat_tui.store.disk import alone, translated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FILES: Final = ("outbox.db", "mirror.db", "history.db")


def wipe(folder: Path) -> None:
    """Delete a tenant's folder with all that is in it; one that isn't there is wiped already.

    Raises :class:`StorageError`, and deletes nothing, while its files are open anywhere.
    """
    if not folder.exists():
        return
    with contextlib.ExitStack() as held, translated(folder):
        held.enter_context(alone(folder / _FILES[0]))
        for name in _FILES:
            if (folder / name).exists():
                held.enter_context(_unused(folder / name))
        shutil.rmtree(folder)


@contextlib.contextmanager
def _unused(path: Path) -> Iterator[None]:
    """Hold a file for oneself: in WAL mode that fails as long as anybody has it open."""
    connection = sqlite3.connect(path, timeout=0.0, isolation_level=None)
    try:
        _lock(connection)
        yield
    finally:
        connection.close()


def _lock(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return  # nobody can have it open for long
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise
        raise StorageError(
            "Another planhat-tui has this tenant open; nothing was deleted.", "Quit it first."
        ) from None
