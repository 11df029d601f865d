"""The tables, and how each version becomes the next. A released step is never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.errors import StorageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

MIRROR_BEGINS: Final = ("auto_vacuum = INCREMENTAL",)
"""What gets free can be given back. Pages of 8 KB would take a twentieth less of the disk, and a
search that reads rows from all over the file a fifth more time."""

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
    # What there is of records is read in again, into the new tables: see rebuilding.py. Of two
    # indexes on a column, each gives equal ones by row, one in each direction.
    """
DROP TABLE company_text;
DROP TABLE contact_text;
DROP INDEX company_name;
DROP INDEX company_external;
DROP INDEX company_phase;
DROP INDEX company_status;
DROP INDEX company_owner;
DROP INDEX company_co_owner;
DROP INDEX company_lean;
DROP INDEX company_age;
DROP INDEX company_laid;
DROP INDEX contact_company;
DROP INDEX contact_name;
DROP INDEX contact_external;
DROP INDEX contact_email;
DROP INDEX contact_laid;
ALTER TABLE company RENAME TO company_before;
ALTER TABLE contact RENAME TO contact_before;
DROP TABLE tag;
DROP TABLE custom_key;
CREATE TABLE company (              -- moments are seconds since the epoch, keys are folded
    row INTEGER PRIMARY KEY,        -- its place among others: see places.py
    id TEXT NOT NULL UNIQUE,
    state TEXT,                     -- the most urgent one of its open edits
    known INTEGER NOT NULL,         -- 0: made here, not delivered yet
    laid INTEGER NOT NULL,          -- 1: it is shown with edits in it
    complete INTEGER NOT NULL,      -- 0: lean
    seen_at REAL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    phase TEXT NOT NULL,
    phase_key TEXT NOT NULL,
    status TEXT NOT NULL,
    status_key TEXT NOT NULL,
    owner TEXT NOT NULL,
    co_owner TEXT NOT NULL,
    health REAL,
    arr REAL,
    mrr REAL,
    mr REAL,
    nrr30 REAL,
    csm_score REAL,
    renewal_date TEXT NOT NULL,
    renewal REAL,
    last_renewal REAL,
    customer_from REAL,
    customer_to REAL,
    last_active REAL,
    created REAL,
    updated REAL,
    external_id TEXT NOT NULL,
    external_key TEXT NOT NULL,
    slug_key TEXT NOT NULL,
    domain TEXT NOT NULL,
    domains_key TEXT NOT NULL,
    web_key TEXT NOT NULL,
    digits TEXT NOT NULL,
    city_key TEXT NOT NULL,
    country_key TEXT NOT NULL,
    tags TEXT NOT NULL,
    search TEXT NOT NULL
);
CREATE TABLE company_body (         -- the large part of a company: lists and searches skip it
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    json TEXT,                      -- as it was received; NULL: made here, not delivered yet
    shown TEXT,                     -- with pending edits; NULL: the same as json
    facts BLOB NOT NULL             -- what is indexed of it: see facts.py
);
CREATE INDEX company_name ON company (name_key, row);
CREATE INDEX company_external ON company (external_key) WHERE external_key <> '';
CREATE INDEX company_phase ON company (phase_key);
CREATE INDEX company_status ON company (status_key);
CREATE INDEX company_owner ON company (owner);
CREATE INDEX company_co_owner ON company (co_owner) WHERE co_owner <> '';
CREATE INDEX company_city ON company (city_key);
CREATE INDEX company_country ON company (country_key);
CREATE INDEX company_arr ON company (arr DESC);
CREATE INDEX company_arr_up ON company (arr);
CREATE INDEX company_health ON company (health DESC);
CREATE INDEX company_health_up ON company (health);
CREATE INDEX company_renewal ON company (renewal);
CREATE INDEX company_last_active ON company (last_active);
CREATE INDEX company_created ON company (created);
CREATE INDEX company_updated ON company (updated);
CREATE INDEX company_lean ON company (seen_at, row) WHERE complete = 0;
CREATE INDEX company_age ON company (seen_at, row) WHERE complete = 1;
CREATE INDEX company_laid ON company (id) WHERE laid = 1;
CREATE INDEX company_pending ON company (state) WHERE state IS NOT NULL;
CREATE VIRTUAL TABLE company_text USING fts5 (
    search, content = 'company', content_rowid = 'row', tokenize = 'trigram', detail = none
);
CREATE INDEX company_new ON company (id) WHERE known = 0;
CREATE VIRTUAL TABLE company_facts USING fts5 (
    facts, content = '', tokenize = 'ascii', detail = none
);
CREATE TABLE contact (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    company_id TEXT NOT NULL,
    state TEXT,
    known INTEGER NOT NULL,
    laid INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    seen_at REAL,
    company_name TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    phone TEXT NOT NULL,
    digits TEXT NOT NULL,
    position TEXT NOT NULL,
    title_key TEXT NOT NULL,
    featured INTEGER NOT NULL,
    external_id TEXT NOT NULL,
    external_key TEXT NOT NULL,
    last_active REAL,
    created REAL,
    updated REAL,
    tags TEXT NOT NULL,
    search TEXT NOT NULL
);
CREATE TABLE contact_body (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    json TEXT,
    shown TEXT,
    facts BLOB NOT NULL
);
CREATE INDEX contact_company ON contact (company_id, name_key);
CREATE INDEX contact_name ON contact (name_key, row);
CREATE INDEX contact_external ON contact (external_key) WHERE external_key <> '';
CREATE INDEX contact_email ON contact (email_key) WHERE email_key <> '';
CREATE INDEX contact_laid ON contact (id) WHERE laid = 1;
CREATE INDEX contact_new ON contact (id) WHERE known = 0;
CREATE INDEX contact_pending ON contact (state) WHERE state IS NOT NULL;
CREATE VIRTUAL TABLE contact_text USING fts5 (
    search, content = 'contact', content_rowid = 'row', tokenize = 'trigram', detail = none
);
CREATE TABLE tag (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,              -- folded
    tag TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (kind, key, tag, record)
) WITHOUT ROWID;
CREATE INDEX tag_record ON tag (kind, record, key);
CREATE TABLE custom_value (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,             -- folded
    text TEXT NOT NULL,             -- folded; empty: there's no value
    record TEXT NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    number REAL,                    -- a number, or a moment
    PRIMARY KEY (kind, name, text, record, key)
) WITHOUT ROWID;
CREATE INDEX custom_value_record ON custom_value (kind, record, name);
CREATE INDEX custom_value_number ON custom_value (kind, name, type, number)
 WHERE number IS NOT NULL
""",
    """
CREATE TABLE absent (               -- records that a list no longer had: see absences.py
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    listed_at REAL NOT NULL,        -- when the list was asked for
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
INSERT OR REPLACE INTO fact SELECT 'count_company', count(*) FROM company;
INSERT OR REPLACE INTO fact SELECT 'count_contact', count(*) FROM contact
""",
    """
CREATE TABLE definition (           -- of a custom field, in Planhat's order
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    json TEXT NOT NULL
)
""",
    """
CREATE TABLE unreadable (           -- what Planhat has and can't be kept: see unreadable.py
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    reason TEXT NOT NULL,
    seen_at REAL NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID
""",
    # Shorter row numbers, which are the key of the side tables too; facts aren't kept beside their
    # index. Rows are put in anew, see rebuilding.py; the large parts stay where they are. What
    # companies are asked of their contacts is told by the index of these.
    """
DROP TABLE company_text;
DROP TABLE contact_text;
DROP TABLE company_facts;
DROP TABLE tag;
DROP TABLE custom_value;
DROP INDEX company_name;
DROP INDEX company_external;
DROP INDEX company_phase;
DROP INDEX company_status;
DROP INDEX company_owner;
DROP INDEX company_co_owner;
DROP INDEX company_city;
DROP INDEX company_country;
DROP INDEX company_arr;
DROP INDEX company_arr_up;
DROP INDEX company_health;
DROP INDEX company_health_up;
DROP INDEX company_renewal;
DROP INDEX company_last_active;
DROP INDEX company_created;
DROP INDEX company_updated;
DROP INDEX company_lean;
DROP INDEX company_age;
DROP INDEX company_laid;
DROP INDEX company_pending;
DROP INDEX company_new;
DROP INDEX contact_company;
DROP INDEX contact_name;
DROP INDEX contact_external;
DROP INDEX contact_email;
DROP INDEX contact_laid;
DROP INDEX contact_new;
DROP INDEX contact_pending;
ALTER TABLE company_body DROP COLUMN facts;
ALTER TABLE contact_body DROP COLUMN facts;
ALTER TABLE company RENAME TO company_former;
ALTER TABLE contact RENAME TO contact_former;
UPDATE fact SET value = 0 WHERE key IN ('count_company', 'count_contact');
CREATE TABLE company (              -- moments are seconds since the epoch, keys are folded
    row INTEGER PRIMARY KEY,        -- its place among others: see places.py
    id TEXT NOT NULL UNIQUE,
    state TEXT,                     -- the most urgent one of its open edits
    known INTEGER NOT NULL,         -- 0: made here, not delivered yet
    laid INTEGER NOT NULL,          -- 1: it is shown with edits in it
    complete INTEGER NOT NULL,      -- 0: lean
    seen_at REAL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    phase TEXT NOT NULL,
    phase_key TEXT NOT NULL,
    status TEXT NOT NULL,
    status_key TEXT NOT NULL,
    owner TEXT NOT NULL,
    co_owner TEXT NOT NULL,
    health REAL,
    arr REAL,
    mrr REAL,
    mr REAL,
    nrr30 REAL,
    csm_score REAL,
    renewal_date TEXT NOT NULL,
    renewal REAL,
    last_renewal REAL,
    customer_from REAL,
    customer_to REAL,
    last_active REAL,
    created REAL,
    updated REAL,
    external_id TEXT NOT NULL,
    external_key TEXT NOT NULL,
    slug_key TEXT NOT NULL,
    domain TEXT NOT NULL,
    domains_key TEXT NOT NULL,
    web_key TEXT NOT NULL,
    digits TEXT NOT NULL,
    city_key TEXT NOT NULL,
    country_key TEXT NOT NULL,
    tags TEXT NOT NULL,
    search TEXT NOT NULL
);
CREATE INDEX company_name ON company (name_key, row);
CREATE INDEX company_external ON company (external_key) WHERE external_key <> '';
CREATE INDEX company_phase ON company (phase_key);
CREATE INDEX company_status ON company (status_key);
CREATE INDEX company_owner ON company (owner);
CREATE INDEX company_co_owner ON company (co_owner) WHERE co_owner <> '';
CREATE INDEX company_city ON company (city_key);
CREATE INDEX company_country ON company (country_key);
CREATE INDEX company_arr ON company (arr DESC);
CREATE INDEX company_arr_up ON company (arr);
CREATE INDEX company_health ON company (health DESC);
CREATE INDEX company_health_up ON company (health);
CREATE INDEX company_renewal ON company (renewal);
CREATE INDEX company_last_active ON company (last_active);
CREATE INDEX company_created ON company (created);
CREATE INDEX company_updated ON company (updated);
CREATE INDEX company_lean ON company (seen_at, row) WHERE complete = 0;
CREATE INDEX company_age ON company (seen_at, row) WHERE complete = 1;
CREATE INDEX company_laid ON company (id) WHERE laid = 1;
CREATE INDEX company_pending ON company (state) WHERE state IS NOT NULL;
CREATE INDEX company_new ON company (id) WHERE known = 0;
CREATE VIRTUAL TABLE company_text USING fts5 (
    search, content = 'company', content_rowid = 'row', tokenize = 'trigram', detail = none,
    columnsize = 0
);
CREATE VIRTUAL TABLE company_facts USING fts5 (
    facts, content = '', tokenize = 'ascii', detail = none, columnsize = 0
);
CREATE TABLE company_tag (
    key TEXT NOT NULL,               -- folded
    tag TEXT NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (key, tag, row)
) WITHOUT ROWID;
CREATE INDEX company_tag_row ON company_tag (row, key);
CREATE TABLE company_custom (
    name TEXT NOT NULL,               -- folded
    text TEXT NOT NULL,               -- folded; empty: there's no value
    row INTEGER NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    number REAL,                    -- a number, or a moment
    PRIMARY KEY (name, text, row, key)
) WITHOUT ROWID;
CREATE INDEX company_custom_row ON company_custom (row, name);
CREATE INDEX company_custom_number ON company_custom (name, type, number) WHERE number IS NOT NULL;
CREATE TABLE contact (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    company_id TEXT NOT NULL,
    state TEXT,
    known INTEGER NOT NULL,
    laid INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    seen_at REAL,
    company_name TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    phone TEXT NOT NULL,
    digits TEXT NOT NULL,
    position TEXT NOT NULL,
    title_key TEXT NOT NULL,
    featured INTEGER NOT NULL,
    external_id TEXT NOT NULL,
    external_key TEXT NOT NULL,
    last_active REAL,
    created REAL,
    updated REAL,
    tags TEXT NOT NULL,
    search TEXT NOT NULL
);
CREATE INDEX contact_company ON contact (company_id, name_key, title_key, digits);
CREATE INDEX contact_name ON contact (name_key, row);
CREATE INDEX contact_external ON contact (external_key) WHERE external_key <> '';
CREATE INDEX contact_title ON contact (title_key, company_id) WHERE title_key <> '';
CREATE INDEX contact_email ON contact (email_key) WHERE email_key <> '';
CREATE INDEX contact_laid ON contact (id) WHERE laid = 1;
CREATE INDEX contact_new ON contact (id) WHERE known = 0;
CREATE INDEX contact_pending ON contact (state) WHERE state IS NOT NULL;
CREATE VIRTUAL TABLE contact_text USING fts5 (
    search, content = 'contact', content_rowid = 'row', tokenize = 'trigram', detail = none,
    columnsize = 0
);
CREATE TABLE contact_tag (
    key TEXT NOT NULL,
    tag TEXT NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (key, tag, row)
) WITHOUT ROWID;
CREATE INDEX contact_tag_row ON contact_tag (row, key);
CREATE TABLE contact_custom (
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    row INTEGER NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    number REAL,
    PRIMARY KEY (name, text, row, key)
) WITHOUT ROWID;
CREATE INDEX contact_custom_row ON contact_custom (row, name);
CREATE INDEX contact_custom_number ON contact_custom (name, type, number) WHERE number IS NOT NULL
""",
    # So that the first of a list in their order are found without a look at all.
    """
CREATE INDEX company_mrr ON company (mrr);
CREATE INDEX company_csm_score ON company (csm_score);
CREATE INDEX company_domains ON company (domains_key) WHERE domains_key <> ''
""",
    """
CREATE TABLE gone (                 -- what was taken out just now: see removed.py
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    company TEXT NOT NULL,          -- which one a contact has left; empty: it's gone
    at REAL NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX gone_at ON gone (at)
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
    """
ALTER TABLE entry ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN who TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN takes_back INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN sent_at REAL NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN looked INTEGER NOT NULL DEFAULT 0;
UPDATE entry SET place = n, undone = -undone;
CREATE INDEX entry_record ON entry (kind, record_id);
CREATE TABLE undoing (
    k INTEGER PRIMARY KEY AUTOINCREMENT,
    newest INTEGER NOT NULL,                    -- the newest entry when it was done
    redone INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE conflict (
    kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field TEXT NOT NULL,
    theirs TEXT NOT NULL,
    seen_at REAL NOT NULL,
    PRIMARY KEY (kind, record_id, field)
) WITHOUT ROWID;
CREATE TABLE owner (
    key TEXT PRIMARY KEY,                       -- tenant: whose edits these are
    value TEXT NOT NULL
) WITHOUT ROWID
""",
    "ALTER TABLE call_log ADD COLUMN seen_at REAL NOT NULL DEFAULT 0",  # when Planhat told of it
    """
CREATE TABLE alias (                -- by which id a record goes now that had another one here
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    now TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID
""",
    # a person has dropped it while it could still land: it's watched until that is over
    "ALTER TABLE entry ADD COLUMN let_go INTEGER NOT NULL DEFAULT 0",
    # its step was stopped while it was on its way: the state that it gets if it comes back
    "ALTER TABLE entry ADD COLUMN stopped TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX entry_made ON entry (kind, result_id) WHERE result_id <> ''",
    # by which credential an edit was made: whose that is may be told later; owner has who:<author>
    """
ALTER TABLE entry ADD COLUMN author TEXT NOT NULL DEFAULT '';
DELETE FROM owner WHERE key = 'who'
""",
    """
CREATE TABLE call_kept (            -- of a call that was taken out, what Planhat never had
    id TEXT PRIMARY KEY,
    note TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    company_id TEXT NOT NULL
) WITHOUT ROWID
""",
)

HISTORY: Final = (
    """
CREATE TABLE change (               -- one field of one record, as it was seen to change
    n INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    field TEXT NOT NULL,            -- its path, as model/edits writes it
    before TEXT NOT NULL,           -- JSON
    after TEXT NOT NULL,
    seen_at REAL NOT NULL,
    ours INTEGER NOT NULL           -- 1: it was sent from here
);
CREATE INDEX change_record ON change (kind, record, n);
CREATE INDEX change_seen ON change (seen_at);
CREATE TABLE looked (
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    looked_at REAL NOT NULL,
    PRIMARY KEY (kind, record)
) WITHOUT ROWID
""",
    # Asked for by many records at once: else all changes of a year would be gone through for it.
    # A trigger keeps it, so that it's right also where a program writes that doesn't know of it.
    """
CREATE TABLE latest (               -- when a record was last seen to change
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    seen_at REAL NOT NULL,
    PRIMARY KEY (kind, record)
) WITHOUT ROWID;
CREATE INDEX latest_seen ON latest (kind, seen_at);
INSERT INTO latest SELECT kind, record, max(seen_at) FROM change GROUP BY kind, record;
CREATE TRIGGER change_latest AFTER INSERT ON change BEGIN INSERT INTO latest
    VALUES (new.kind, new.record, new.seen_at)
    ON CONFLICT DO UPDATE SET seen_at = max(seen_at, excluded.seen_at); END
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
    "ALTER TABLE line ADD COLUMN tenant TEXT NOT NULL DEFAULT ''",  # the folder of its files
    "CREATE TABLE seen (name TEXT PRIMARY KEY) WITHOUT ROWID",
    """
CREATE TABLE met (                  -- whose files a profile had last, by its name
    base_url TEXT NOT NULL,
    profile TEXT NOT NULL,
    folder TEXT NOT NULL,
    PRIMARY KEY (base_url, profile)
) WITHOUT ROWID
""",
    "ALTER TABLE identity ADD COLUMN said_at REAL NOT NULL DEFAULT 0",  # when Planhat said whose
    "CREATE TABLE draft (key TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID",  # of no tenant
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
