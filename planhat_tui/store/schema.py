"""The tables, and how each version becomes the next. A released step is never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.errors import StorageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

MIRROR: Final = (
    """
CREATE TABLE company (
    row INTEGER PRIMARY KEY,        -- its place among others: see places.py
    id TEXT NOT NULL UNIQUE,
    json TEXT,                      -- as it was received; NULL: made here, not delivered yet
    shown TEXT,                     -- with pending edits; NULL: the same as json
    state TEXT,                     -- the most urgent one of its open edits
    complete INTEGER NOT NULL,      -- 0: lean
    seen_at REAL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    slug TEXT NOT NULL,
    external_id TEXT NOT NULL,
    phase TEXT NOT NULL,
    status TEXT NOT NULL,
    owner TEXT NOT NULL,
    co_owner TEXT NOT NULL,
    health REAL,
    arr REAL,
    renewal_date TEXT NOT NULL,
    domain TEXT NOT NULL,
    tags TEXT NOT NULL,
    search TEXT NOT NULL
);
CREATE INDEX company_name ON company (name_key, row);
CREATE INDEX company_external ON company (external_id COLLATE NOCASE) WHERE external_id <> '';
CREATE INDEX company_phase ON company (phase);
CREATE INDEX company_status ON company (status);
CREATE INDEX company_owner ON company (owner);
CREATE INDEX company_co_owner ON company (co_owner) WHERE co_owner <> '';
CREATE INDEX company_lean ON company (seen_at, row) WHERE complete = 0;
CREATE INDEX company_age ON company (seen_at, row) WHERE complete = 1;
CREATE INDEX company_laid ON company (id) WHERE shown IS NOT NULL;
CREATE VIRTUAL TABLE company_text USING fts5 (
    search, content = 'company', content_rowid = 'row', tokenize = 'trigram', detail = none
);
CREATE TABLE contact (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    json TEXT,
    shown TEXT,
    state TEXT,
    complete INTEGER NOT NULL,
    seen_at REAL,
    company_id TEXT NOT NULL,
    company_name TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    position TEXT NOT NULL,
    featured INTEGER NOT NULL,
    external_id TEXT NOT NULL,
    tags TEXT NOT NULL,
    search TEXT NOT NULL
);
CREATE INDEX contact_company ON contact (company_id, name_key);
CREATE INDEX contact_name ON contact (name_key, row);
CREATE INDEX contact_external ON contact (external_id COLLATE NOCASE) WHERE external_id <> '';
CREATE INDEX contact_email ON contact (email COLLATE NOCASE) WHERE email <> '';
CREATE INDEX contact_laid ON contact (id) WHERE shown IS NOT NULL;
CREATE VIRTUAL TABLE contact_text USING fts5 (
    search, content = 'contact', content_rowid = 'row', tokenize = 'trigram', detail = none
);
CREATE TABLE user (
    id TEXT PRIMARY KEY,
    json TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE tag (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,              -- folded
    tag TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (kind, key, tag, record)
) WITHOUT ROWID;
CREATE INDEX tag_record ON tag (kind, record, key);
CREATE TABLE custom_key (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (kind, key, type, record)
) WITHOUT ROWID;
CREATE INDEX custom_key_record ON custom_key (kind, record);
CREATE TABLE contacts_seen (
    company_id TEXT PRIMARY KEY,
    seen_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE fact (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID
""",
)

OUTBOX: Final = (
    """
CREATE TABLE entry (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    record_id TEXT NOT NULL,
    title TEXT NOT NULL,
    changes TEXT NOT NULL,
    body TEXT,
    checksum TEXT NOT NULL,
    step TEXT NOT NULL,
    open_tenant TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    created_at REAL NOT NULL,
    state_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    result_id TEXT NOT NULL DEFAULT '',
    undone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX entry_open ON entry (kind, record_id) WHERE state NOT IN ('delivered', 'dropped');
CREATE INDEX entry_step ON entry (step);
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    expires_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE call_log (
    id TEXT PRIMARY KEY,
    json TEXT NOT NULL,
    note TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    company_id TEXT NOT NULL,
    logged_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE draft (
    key TEXT PRIMARY KEY,
    json TEXT NOT NULL
) WITHOUT ROWID
""",
)

MACHINE: Final = (
    """
CREATE TABLE budget (
    key TEXT PRIMARY KEY,
    seen_limit INTEGER,
    remaining INTEGER,
    seen_at REAL NOT NULL,
    window_from REAL,
    stopped_until REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE line (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL
);
CREATE TABLE identity (
    base_url TEXT NOT NULL,
    credential TEXT NOT NULL,
    folder TEXT NOT NULL,
    tenant TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (base_url, credential)
) WITHOUT ROWID
""",
    """
DROP TABLE budget;
CREATE TABLE budget (
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL             -- as api/budget writes it; all processes change it in turn
) WITHOUT ROWID
""",
)


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    """Bring a file to the newest version, all of it or nothing.

    Raises :class:`StorageError` if a newer program wrote it. What sqlite3 raises is the caller's.
    """
    version = _version_of(connection)
    if version > len(migrations):
        raise StorageError(
            f"{path} was written by a newer planhat-tui.", "Install the newer version again."
        )
    if version == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    for number in range(_version_of(connection), len(migrations)):  # another may have been faster
        for statement in migrations[number].split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number + 1}")
    connection.commit()


def _version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
