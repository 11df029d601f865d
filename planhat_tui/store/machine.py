"""What this machine remembers beside tenants: rate budgets, the `:` line, which files are whose."""

from __future__ import annotations

import contextlib
import hashlib
import time
from typing import TYPE_CHECKING, Final

from planhat_tui.store.connection import Database
from planhat_tui.store.disk import DamagedError, set_aside
from planhat_tui.store.schema import MACHINE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

_LINES: Final = 1000


class MachineState:
    """``state.db``. It implements :class:`planhat_tui.model.ports.BudgetStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, folder: Path) -> MachineState:
        """Open or make it in a folder; a damaged one is set aside, since nothing in it is precious.

        Raises :class:`StorageError`.
        """
        path, mark = folder / "state.db", folder / "state.db.is-damaged"
        if not mark.exists():
            with contextlib.suppress(DamagedError):  # it leaves its mark
                return cls(Database(path, MACHINE, durable=False, damage_mark=mark))
        set_aside(path, mark, f"{time.time():.0f}")
        return cls(Database(path, MACHINE, durable=False, damage_mark=mark))

    @property
    def read_only(self) -> bool:
        """Whether the disk can't be written: then nothing is kept, and what was kept is read."""
        return self._database.read_only

    def change(self, key: str, step: Callable[[str], str]) -> None:
        """Keep what ``step`` makes of what is kept of a rate limit, in one transaction.

        Where the disk can't be written, the step is shown what was kept, and nothing is kept of it.
        """
        if self.read_only:
            with self._database.reading() as connection:
                step(_budget(connection, key))
            return
        with self._database.writing() as connection:
            before = _budget(connection, key)
            after = step(before)
            if after != before:
                connection.execute("INSERT OR REPLACE INTO budget VALUES (?, ?)", (key, after))

    def history(self, limit: int = _LINES) -> tuple[str, ...]:
        """Return lines that were typed after the colon, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT text FROM line ORDER BY n DESC LIMIT ?", (limit,)
            ).fetchall()
        return tuple(text for (text,) in reversed(rows))

    def remember_line(self, text: str) -> None:
        """Keep a line; the same one again only moves to the end."""
        if self.read_only:
            return
        with self._database.writing() as connection:
            connection.execute("DELETE FROM line WHERE text = ?", (text,))
            connection.execute("INSERT INTO line (text) VALUES (?)", (text,))
            connection.execute(
                "DELETE FROM line WHERE n <= (SELECT max(n) FROM line) - ?", (_LINES,)
            )

    def folder_for(self, base_url: str, token: str) -> str:
        """Return the name of the folder that this credential's tenant has, made up at first.

        The token itself isn't kept, only a digest that can't be turned back.
        """
        credential = _digest(base_url, token)
        with self._database.reading() if self.read_only else self._database.writing() as connection:
            if not self.read_only:
                connection.execute(
                    "INSERT OR IGNORE INTO identity VALUES (?, ?, ?, '')",
                    (base_url, credential, credential[:24]),
                )
            row = connection.execute(
                "SELECT folder FROM identity WHERE base_url = ? AND credential = ?",
                (base_url, credential),
            ).fetchone()
        return str(row[0]) if row else credential[:24]

    def tenant_of(self, base_url: str, token: str) -> str:
        """Return the tenant that this credential was seen to belong to; empty before that."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT tenant FROM identity WHERE base_url = ? AND credential = ?",
                (base_url, _digest(base_url, token)),
            ).fetchone()
        return str(row[0]) if row else ""

    def folder_of_tenant(self, base_url: str, tenant: str) -> str:
        """Return the folder that a tenant's files already have; empty if none."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT folder FROM identity WHERE base_url = ? AND tenant = ?", (base_url, tenant)
            ).fetchone()
        return str(row[0]) if row else ""

    def remember_tenant(self, base_url: str, token: str, tenant: str, folder: str) -> None:
        """Write down whose files these are, so that a rotated token finds them again."""
        if self.read_only:
            return
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO identity VALUES (?, ?, ?, ?)",
                (base_url, _digest(base_url, token), folder, tenant),
            )

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _budget(connection: sqlite3.Connection, key: str) -> str:
    row = connection.execute("SELECT state FROM budget WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def _digest(base_url: str, token: str) -> str:
    salted = f"planhat-tui\0{base_url}\0{token}".encode()
    return hashlib.sha256(salted).hexdigest()
