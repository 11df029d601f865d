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
from planhat_tui.sandbox.pages import Pages
from planhat_tui.sandbox.shelves import Shelves

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
CREATE INDEX IF NOT EXISTS by_source ON record (tenant, kind, source_id)
    WHERE source_id IS NOT NULL;
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
_SIZES: Final = {
    "record": "1000000 500000 200000 1",
    "by_external": "1000000 500000 200000 2",
    "by_source": "1000000 500000 200000 2",
    "by_slug": "1000000 500000 200000 1",
    "by_company": "1000000 500000 200000 10",
    "by_email": "1000000 500000 200000 2",
    "by_phone": "1000000 500000 2",
    "by_update": "1000000 500000 200000 2",
}
"""How many records share the columns of each index, for SQLite to choose by: unasked it takes a
tenant for a few records, and goes through all of them rather than use an index."""
_PUT: Final = """
INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET json = excluded.json, external_id = excluded.external_id,
    source_id = excluded.source_id, slug = excluded.slug, company_id = excluded.company_id,
    email = excluded.email, phone_tail = excluded.phone_tail, updated_at = excluded.updated_at
"""
_PUT_TEXT: Final = """
UPDATE record SET json = ?, updated_at = ? WHERE tenant = ? AND kind = ? AND id = ?
    AND external_id IS ? AND source_id IS ? AND slug IS ? AND company_id IS ? AND email IS ?
    AND phone_tail IS ?
"""
"""The usual change touches none of the columns: their indexes stay as they are."""
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
        self._written = 0
        self.pages = Pages(self._mark)
        self.shelves = Shelves(self._others)
        self._connection.create_function("casefold", 1, _casefold, deterministic=True)
        try:
            self._connection.execute("PRAGMA page_size = 8192")  # of a new file
            self._connection.execute("PRAGMA cache_size = -8192")  # a page of a list fits
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            with self.writing() as connection:
                for statement in _SCHEMA.split(";\n"):
                    connection.execute(statement)
                _tell_sizes(connection)
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
            self._written += 1
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.rollback()
                self.shelves.forget()
                raise
            self._connection.commit()

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Let all that is read inside be of one moment."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.commit()

    def all(self, query: str, values: Iterable[object] = ()) -> list[tuple[Any, ...]]:
        """Run a reading query."""
        with self._lock:
            return self._connection.execute(query, tuple(values)).fetchall()

    def one(self, query: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        """Run a query that finds one row at most, as one transaction."""
        with self._lock:
            found = self._connection.execute(query, values).fetchall()
        return found[0] if found else None

    def text(self, tenant: str, kind: str, record_id: str, column: str = "id") -> bytes | None:
        """Return a record as it is stored: by its ``_id``, or by another of the columns."""
        row = self.one(
            "SELECT CAST(json AS BLOB) FROM record"  # noqa: S608 -- our names
            f" WHERE tenant = ? AND kind = ? AND {column} = ? ORDER BY id LIMIT 1",
            (tenant, kind, record_id),
        )
        return row[0] if row else None

    def get(self, tenant: str, kind: str, record_id: str, column: str = "id") -> Record | None:
        """Return a record by its ``_id``, or by another of the columns."""
        found = self.text(tenant, kind, record_id, column)
        return json.loads(found) if found else None

    def put(self, tenant: str, kind: str, records: Iterable[Record]) -> None:
        """Insert or replace records."""
        with self.writing() as connection:
            self.shelves.forget()
            connection.executemany(
                _PUT, (_row(tenant, kind, record, dump(record)) for record in records)
            )

    def put_each(self, tenant: str, kind: str, records: Iterable[Record]) -> None:
        """Insert records one by one, so that making the next one may look at the others."""
        with self.writing() as connection:
            self.shelves.forget()
            for record in records:
                connection.execute(_PUT, _row(tenant, kind, record, dump(record)))

    def put_one(self, tenant: str, kind: str, record: Record) -> bytes:
        """Insert or replace a record; return it as it is stored."""
        text = dump(record)
        row = _row(tenant, kind, record, text)
        with self.writing() as connection:
            self.shelves.changed((tenant, kind), record["_id"])
            if not connection.execute(_PUT_TEXT, (text, row[-1], *row[:3], *row[4:-1])).rowcount:
                connection.execute(_PUT, row)
                self.shelves.moved((tenant, kind), record["_id"])
        return text.encode()

    def delete(self, tenant: str, kind: str, record_id: str) -> bool:
        """Delete a record; ``False`` if there is none."""
        with self.writing() as connection:
            gone = connection.execute(
                "DELETE FROM record WHERE tenant = ? AND kind = ? AND id = ?",
                (tenant, kind, record_id),
            )
            self.shelves.moved((tenant, kind), record_id)
            return gone.rowcount > 0

    def delete_of_company(self, tenant: str, company_id: str, kinds: Iterable[str]) -> None:
        """Delete the records of some kinds that hang on a company."""
        with self.writing() as connection:
            self.shelves.forget()
            connection.executemany(
                "DELETE FROM record WHERE tenant = ? AND kind = ? AND company_id = ?",
                ((tenant, kind, company_id) for kind in kinds),
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

    def _mark(self) -> tuple[int, int]:
        """Tell how much was written here, and whether others have written."""
        return self._written, self._others()

    def _others(self) -> int:
        """Tell another number once other processes have written."""
        with self._lock:
            ((others,),) = self._connection.execute("PRAGMA data_version").fetchall()
            return int(others)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def _tell_sizes(connection: sqlite3.Connection) -> None:
    """Tell SQLite the sizes, unless a file has them: it reads them when it opens the file."""
    connection.execute("ANALYZE sqlite_schema")  # it makes the table, and looks at no record
    known = connection.execute("SELECT idx, stat FROM sqlite_stat1").fetchall()
    if dict(known) != _SIZES:
        connection.execute("DELETE FROM sqlite_stat1")
        connection.executemany("INSERT INTO sqlite_stat1 VALUES ('record', ?, ?)", _SIZES.items())
        connection.execute("ANALYZE sqlite_schema")  # it reads them


def dump(record: object) -> str:
    """Write a record as it is stored and answered; ``ValueError`` if JSON can't say it."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _casefold(text: str | None) -> str | None:
    return text.casefold() if isinstance(text, str) else None


def _row(tenant: str, kind: str, record: Record, text: str) -> tuple[str | None, ...]:
    return (
        tenant,
        kind,
        record["_id"],
        text,
        *(_column(record, name) for name in ("externalId", "sourceId", "slug", "companyId")),
        _column(record, "email"),
        _tail(record.get("phone") or "") if kind in {"company", "contact"} else None,
        record.get("updatedAt"),
    )


def _column(record: Record, name: str) -> str | None:
    """Return what a record is looked up by: a text, which plain records needn't have there."""
    value = record.get(name)
    return value if value and isinstance(value, str) else None


def _tail(number: str) -> str | None:
    found = digits(number)
    return found[-_PHONE_TAIL:] if len(found) >= _PHONE_TAIL else None
