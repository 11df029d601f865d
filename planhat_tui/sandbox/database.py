"""The sandbox's data: records as JSON text, with the columns that look-ups need.

One connection, one lock: statements are short. Several processes may share a file (WAL); a write
takes the file's lock first, so a read inside it is never stale.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.sandbox.matching import digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Record = dict[str, Any]

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS record (
    tenant TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    json TEXT NOT NULL,
    external_id TEXT,
    source_id TEXT,
    slug TEXT,
    company_id TEXT,
    email TEXT,
    phone_tail TEXT,
    updated_at TEXT,
    PRIMARY KEY (tenant, kind, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_external ON record (tenant, kind, external_id);
CREATE INDEX IF NOT EXISTS by_slug ON record (tenant, kind, slug) WHERE slug IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_company ON record (tenant, kind, company_id)
    WHERE company_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_email ON record (tenant, kind, email) WHERE email IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_phone ON record (tenant, phone_tail) WHERE phone_tail IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_update ON record (tenant, kind, updated_at);
CREATE TABLE IF NOT EXISTS tenant (
    id TEXT PRIMARY KEY, token TEXT NOT NULL, name TEXT NOT NULL, user_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS window (
    budget TEXT PRIMARY KEY, number INTEGER NOT NULL, started REAL NOT NULL, length REAL NOT NULL,
    used INTEGER NOT NULL
) WITHOUT ROWID;
"""
_PHONE_TAIL: Final = 7


class Database:
    """Records of all tenants, by kind (``company``, ``contact``, ``call``, ``user``, ...)."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._connection = sqlite3.connect(
            path or ":memory:", timeout=30, isolation_level=None, check_same_thread=False
        )
        self._lock = threading.RLock()
        try:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            with self.writing() as connection:
                for statement in _SCHEMA.split(";\n"):
                    connection.execute(statement)
        except BaseException:
            self._connection.close()
            raise

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the file's lock for a transaction, committed at the end."""
        with self._lock:
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.rollback()
                raise
            self._connection.commit()

    def all(self, query: str, values: Iterable[object] = ()) -> list[tuple[Any, ...]]:
        """Run a reading query."""
        with self._lock:
            return self._connection.execute(query, tuple(values)).fetchall()

    def get(self, tenant: str, kind: str, record_id: str) -> Record | None:
        """Return a record by its ``_id``."""
        return self._one("id", tenant, kind, record_id)

    def by_external_id(self, tenant: str, kind: str, value: str) -> Record | None:
        """Return a record by its ``externalId``."""
        return self._one("external_id", tenant, kind, value)

    def by_source_id(self, tenant: str, kind: str, value: str) -> Record | None:
        """Return a record by its ``sourceId``."""
        return self._one("source_id", tenant, kind, value)

    def by_slug(self, tenant: str, kind: str, value: str) -> Record | None:
        """Return a record by its slug."""
        return self._one("slug", tenant, kind, value)

    def put(self, tenant: str, kind: str, records: Iterable[Record]) -> None:
        """Insert or replace records."""
        with self.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (_row(tenant, kind, record) for record in records),
            )

    def delete(self, tenant: str, kind: str, record_id: str) -> bool:
        """Delete a record; ``False`` if there is none."""
        with self.writing() as connection:
            gone = connection.execute(
                "DELETE FROM record WHERE tenant = ? AND kind = ? AND id = ?",
                (tenant, kind, record_id),
            )
            return gone.rowcount > 0

    def delete_contacts_of(self, tenant: str, company_id: str) -> None:
        """Delete the contacts of a company."""
        with self.writing() as connection:
            connection.execute(
                "DELETE FROM record WHERE tenant = ? AND kind = 'contact' AND company_id = ?",
                (tenant, company_id),
            )

    def with_phone(self, tenant: str, number: str) -> list[Record]:
        """Return companies and contacts whose number ends with the same seven digits."""
        tail = _tail(number)
        if tail is None:
            return []
        rows = self.all(
            "SELECT json FROM record WHERE tenant = ? AND phone_tail = ? ORDER BY kind DESC, id",
            (tenant, tail),
        )
        return [json.loads(text) for (text,) in rows]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _one(self, column: str, tenant: str, kind: str, value: str) -> Record | None:
        rows = self.all(
            f"SELECT json FROM record WHERE tenant = ? AND kind = ? AND {column} = ? LIMIT 1",  # noqa: S608 -- our names
            (tenant, kind, value),
        )
        return json.loads(rows[0][0]) if rows else None


def dump(record: Record) -> str:
    """Write a record as it is stored and answered; ``ValueError`` if JSON can't say it."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _row(tenant: str, kind: str, record: Record) -> tuple[str | None, ...]:
    return (
        tenant,
        kind,
        record["_id"],
        dump(record),
        record.get("externalId") or None,
        record.get("sourceId") or None,
        record.get("slug"),
        record.get("companyId"),
        record.get("email") or None,
        _tail(record.get("phone") or "") if kind in {"company", "contact"} else None,
        record.get("updatedAt"),
    )


def _tail(number: str) -> str | None:
    found = digits(number)
    return found[-_PHONE_TAIL:] if len(found) >= _PHONE_TAIL else None
