"""Migrations that are killed, disks that fill up: nothing typed is lost, and reading goes on."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import StorageError
from planhat_tui.model import query
from planhat_tui.model.edits import Change
from planhat_tui.model.records import Kind
from planhat_tui.store.connection import Database
from planhat_tui.store.disk import FullError
from planhat_tui.store.machine import MachineState
from planhat_tui.store.mirror import Mirror
from planhat_tui.store.schema import HISTORY, MACHINE, MIRROR, OUTBOX
from planhat_tui.store.tenant import TenantStore
from tests.conftest import EFFORT, made_once
from tests.disk import full
from tests.shell import copy_home
from tests.store.conftest import received, tick, update

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

COUNT = 2_300
COUNTS = 3
"""The version from which on the file keeps how many there are."""
FILES = {"mirror.db": MIRROR, "outbox.db": OUTBOX, "history.db": HISTORY, "state.db": MACHINE}
OPEN = """
import os, sqlite3, sys
from pathlib import Path
from planhat_tui.store import connection, schema

left = int(sys.argv[2])

def traced(statement):
    global left
    changing = ("CREATE", "ALTER", "DROP", "INSERT", "DELETE", "COMMIT", "BEGIN")
    if statement.lstrip().startswith(changing):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)

connect = sqlite3.connect

def watched(*args, **options):
    made = connect(*args, **options)
    made.set_trace_callback(traced)
    return made

sqlite3.connect = watched
path = Path(sys.argv[1])
if path.is_dir():
    from planhat_tui.store.tenant import TenantStore

    TenantStore.open(path).close()
else:
    migrations = getattr(schema, sys.argv[3])
    connection.Database(path, migrations, durable=False).close()
print(left)
"""
"""Opens a tenant's files, or one, and kills itself at the n-th statement that changes something."""
QUEUE = """
INSERT INTO entry (kind, action, record_id, title, changes, checksum, step, open_tenant, state,
    created_at, state_at)
VALUES ('company', 'update', 'c7', 'Acme', '[]', '', '', '', 'queued', 1.0, 1.0)
"""
CHANGED = """
INSERT INTO change (kind, record, field, before, after, seen_at, ours)
VALUES ('company', 'c7', 'phase', '""', '"won"', 7.0, 0)
"""
KEPT = {
    "OUTBOX": (
        QUEUE,
        "SELECT record_id, state, n FROM entry",
        ("c7", "queued", 1),
    ),
    "MACHINE": (
        "INSERT INTO line (text) VALUES ('tags')",
        "SELECT text, tenant FROM line",
        ("tags", ""),
    ),
    "HISTORY": (CHANGED, "SELECT record, after, seen_at FROM change", ("c7", '"won"', 7.0)),
}
"""What each version of a file can keep, how it's read now, and as what."""
EARLIER = [
    (name, version, at_its_end)
    for name, migrations in (("OUTBOX", OUTBOX), ("MACHINE", MACHINE), ("HISTORY", HISTORY))
    for version in range(len(migrations))
    for at_its_end in ((False, True) if version == 1 else (True,))
]
"""Every version before the last, and the file that isn't made yet; when it dies."""


def made(path: Path, migrations: Sequence[str], version: int) -> sqlite3.Connection:
    """Make a file as the program of that version did."""
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    for migration in migrations[:version]:
        for statement in migration.split(";\n"):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {version}")
    path.chmod(0o600)
    return connection


def filled(folder: Path, version: int) -> None:
    """Make a tenant's files of an earlier version, with companies and an edit that waits."""
    store = TenantStore.open(folder, wall=tick)
    store.outbox.add(update("c7", Change("phase", None, "renewal")))
    store.close()
    for name in ("mirror.db", "mirror.db-wal", "mirror.db-shm"):
        (folder / name).unlink(missing_ok=True)
    connection = made(folder / "mirror.db", MIRROR, version)
    connection.execute("BEGIN")
    for n in range(COUNT):
        insert_company(connection, n)
    if version >= COUNTS:
        counted = ("count_company", COUNT)
        connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", counted)
    connection.execute("INSERT OR REPLACE INTO fact VALUES ('lean_at', '5.0')")
    connection.commit()
    connection.close()


def insert_company(connection: sqlite3.Connection, n: int) -> None:
    """Insert a company, whatever columns that version has."""
    raw = json.dumps({"_id": f"c{n}", "name": f"Acme {n}", "arr": n})
    body = [row[1] for row in connection.execute("PRAGMA table_info(company_body)")]
    given = {"row": n + 1, "id": f"c{n}", "complete": 1, "seen_at": 5.0, "tags": "[]", "known": 1}
    given |= {} if body else {"json": raw}
    columns = connection.execute("PRAGMA table_info(company)").fetchall()
    needed = {name: given.get(name, "") for _, name, _, not_null, *_ in columns if not_null}
    row = needed | {name: value for name, value in given.items() if name in {c[1] for c in columns}}
    row |= {"laid": 0} if "laid" in row else {}
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"INSERT INTO company ({', '.join(row)}) VALUES ({marks})",  # noqa: S608 -- our names
        tuple(row.values()),
    )
    if body:
        connection.execute("INSERT INTO company_text (rowid, search) VALUES (?, '')", (n + 1,))
        connection.execute("INSERT INTO company_facts (rowid, facts) VALUES (?, '')", (n + 1,))
        kept = {"id": f"c{n}", "json": raw} | ({"facts": b""} if "facts" in body else {})
        connection.execute(
            f"INSERT INTO company_body ({', '.join(kept)}) VALUES ({', '.join('?' * len(kept))})",  # noqa: S608 -- our names
            tuple(kept.values()),
        )


def killed_at(path: Path, statement: int, migrations: str = "") -> bool:
    """Open the files, or one, in a process that dies there; whether it came so far."""
    process = subprocess.run(
        [sys.executable, "-c", OPEN, str(path), str(statement), migrations], check=False, timeout=60
    )
    assert process.returncode in {0, -signal.SIGKILL}
    return process.returncode != 0


@pytest.fixture
def earlier(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], None]:
    """Return what puts a tenant's files of an earlier version into the folder."""

    def put(version: int) -> None:
        make = partial(filled, version=version)
        copy_home(made_once(tmp_path_factory, f"version-{version}", make), folder)

    return put


STEPS = [1, 2, 7, 45, 84, 90, 100]


@pytest.mark.crash
@pytest.mark.parametrize("version", range(1, len(MIRROR)))
@pytest.mark.parametrize("statement", STEPS if EFFORT >= 1 else STEPS[::3])
def test_a_migration_that_is_killed_is_done_at_the_next_start(
    folder: Path, earlier: Callable[[int], None], version: int, statement: int
) -> None:
    earlier(version)
    killed_at(folder, statement)
    store = TenantStore.open(folder, wall=tick)
    assert store.mirror.progress().companies_known == COUNT
    shown = store.mirror.company("c7")
    assert shown is not None
    assert shown.raw["phase"] == "renewal"
    assert (shown.seen_at, store.mirror.noted("lean_at")) == (5.0, "5.0")
    assert len(store.outbox.open_entries()) == 1
    store.close()
    assert not any(".damaged" in path.name for path in folder.iterdir())


@pytest.mark.crash
def test_a_kill_in_the_middle_is_a_kill_in_the_middle(folder: Path) -> None:
    filled(folder, 1)
    assert killed_at(folder, 20)
    connection = sqlite3.connect(folder / "mirror.db")
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    connection.close()


def statements(migrations: Sequence[str]) -> int:
    """Return how many statements of a migration are counted, with its BEGIN and COMMIT."""
    counted = ("CREATE", "ALTER", "DROP", "INSERT", "DELETE")
    single = [part.strip() for one in migrations for part in one.split(";\n")]
    return 2 + sum(part.startswith(counted) for part in single)


@pytest.mark.crash
@pytest.mark.parametrize(("name", "version", "at_its_end"), EARLIER)
def test_what_cannot_be_read_anew_outlives_a_migration_that_is_killed(
    tmp_path: Path,
    name: str,
    version: int,
    at_its_end: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    """It dies at its first statement, or when all are done and none is on the disk."""
    migrations = {"OUTBOX": OUTBOX, "MACHINE": MACHINE, "HISTORY": HISTORY}[name]
    insert, read, kept = KEPT[name]
    path = tmp_path / "d" / "one.db"
    connection = made(path, migrations, version)
    if version:
        connection.execute(insert)
    connection.close()
    assert killed_at(path, statements(migrations[version:]) if at_its_end else 2, name)
    before = sqlite3.connect(path)
    assert before.execute("PRAGMA user_version").fetchone() == (version,)
    before.close()
    database = Database(path, migrations, durable=False)
    with database.reading() as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(migrations),)
        assert connection.execute(read).fetchall() == ([kept] if version else [])
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


@pytest.mark.parametrize("name", FILES)
def test_every_earlier_version_of_every_file_is_brought_up_to_date(
    tmp_path: Path, name: str
) -> None:
    migrations = FILES[name]
    newest = {}
    for version in range(1, len(migrations) + 1):
        path = tmp_path / str(version) / name
        made(path, migrations, version).close()
        database = Database(path, migrations, durable=False)
        with database.reading() as connection:
            newest[version] = sorted(
                connection.execute(
                    "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE '%_before'"
                )
            )
        database.close()
    assert len({str(schema) for schema in newest.values()}) == 1


@pytest.mark.parametrize("name", FILES)
def test_a_newer_version_of_any_file_is_refused_in_words(tmp_path: Path, name: str) -> None:
    made(tmp_path / "d" / name, FILES[name], len(FILES[name])).close()
    connection = sqlite3.connect(tmp_path / "d" / name)
    connection.execute(f"PRAGMA user_version = {len(FILES[name]) + 1}")
    connection.close()
    with pytest.raises(StorageError, match="newer planhat-tui") as refused:
        Database(tmp_path / "d" / name, FILES[name], durable=False)
    assert refused.value.advice == "Install the newer version again."


def test_on_a_full_disk_what_is_there_is_opened_and_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = TenantStore.open(folder, wall=tick)
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme", phase="won")], 1.0)
    store.close()
    state = MachineState.open(folder.parent)
    known = state.folder_for("https://api", "token")
    state.close()
    with full(monkeypatch):
        store, state = TenantStore.open(folder, wall=tick), MachineState.open(folder.parent)
        assert (store.read_only, state.read_only) == (True, True)
        assert store.mirror.search_companies(query.parse("acm")).total == 1
        assert state.folder_for("https://api", "token") == known
        with pytest.raises(StorageError, match="disk is full") as refused:
            store.outbox.add(update("c1", Change("phase", "won", "renewal")))
        assert refused.value.advice == f"Make room where {folder} is, and try again."
        store.close()
        state.close()
        with pytest.raises(StorageError, match="disk is full"):
            TenantStore.open(folder.with_name("new"), wall=tick)


def test_what_was_opened_on_a_full_disk_is_written_once_there_is_room(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, state = TenantStore.open(folder, wall=tick), MachineState.open(folder.parent)
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme", phase="won")], 1.0)
    state.change("a", lambda _: "17 left")
    store.close()
    state.close()

    def found(text: str) -> int:
        return store.mirror.search_companies(query.parse(text)).total

    with full(monkeypatch):
        store, state = TenantStore.open(folder, wall=tick), MachineState.open(folder.parent)
        state.change("a", lambda _: "16 left")
        assert (store.read_only, state.read_only, found("acm phase:won")) == (True, True, 1)
    with ThreadPoolExecutor(1) as another, store.mirror._database.reading():
        assert another.submit(lambda: store.read_only).result()  # nobody's reading is cut off
    store.outbox.add(update("c1", Change("phase", "won", "renewal")))
    assert (store.read_only, state.read_only) == (False, False)
    assert store.changed_elsewhere()
    store.refresh_overlay(Kind.COMPANY, "c1")
    store.mirror.put(Kind.COMPANY, [received("c2", name="Acme Two")], 2.0)
    assert (found("acm"), found("phase:renewal"), found("phase:won")) == (2, 1, 0)
    state.change("a", lambda kept: f"15 left after {kept}")
    assert state.budget("a") == "15 left after 16 left"
    store.close()
    state.close()
    store, state = TenantStore.open(folder, wall=tick), MachineState.open(folder.parent)
    assert (found("acm"), len(store.outbox.open_entries())) == (2, 1)
    assert state.budget("a") == "15 left after 16 left"
    store.close()
    state.close()


def test_room_that_is_gone_again_leaves_what_is_there_to_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = TenantStore.open(folder, wall=tick)
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme", phase="won")], 1.0)
    store.close()
    with full(monkeypatch), monkeypatch.context() as patch:
        store = TenantStore.open(folder, wall=tick)
        patch.setattr("planhat_tui.store.connection.has_room", lambda _: True)
        for _ in range(2):
            assert store.read_only
            assert store.mirror.search_companies(query.parse("acm")).total == 1
            with pytest.raises(StorageError, match="disk is full"):
                store.outbox.add(update("c1", Change("phase", "won", "renewal")))
    assert not store.read_only
    store.close()


def test_edits_that_find_no_room_to_be_laid_leave_what_is_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = TenantStore.open(folder, wall=tick)
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme", phase="won")], 1.0)
    store.outbox.add(update("c1", Change("phase", "won", "renewal")))
    store.close()

    def no_room(*_: object) -> None:
        raise FullError("The disk is full: nothing was saved.", "Make room.")

    with monkeypatch.context() as patch:
        patch.setattr(Mirror, "lay_again", no_room)
        store = TenantStore.open(folder, wall=tick)
        assert store.mirror.search_companies(query.parse("phase:won")).total == 1
        store.close()
    store = TenantStore.open(folder, wall=tick)
    assert store.mirror.search_companies(query.parse("phase:renewal")).total == 1
    store.close()


def test_on_a_full_disk_reading_goes_on_and_what_was_typed_stays(folder: Path) -> None:
    store = TenantStore.open(folder, wall=tick)
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme", phase="won")], 1.0)
    (entry,) = store.outbox.add(update("c1", Change("phase", "won", "renewal")))
    store.refresh_overlay(entry.kind, entry.record_id)
    with store.mirror._database.writing() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    many = [received(f"c{n}", name=f"More {n}", note="x" * 3_000) for n in range(2, 300)]
    with pytest.raises(StorageError, match="disk is full") as refused:
        store.mirror.put(Kind.COMPANY, many, 2.0)
    assert refused.value.advice == f"Make room where {folder} is, and try again."
    found = store.mirror.search_companies(query.parse("acm")).rows
    assert [(row.name, row.phase) for row in found] == [("Acme", "renewal")]
    assert store.mirror.progress().companies_known == 1
    with store.mirror._database.writing() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    store.mirror.put(Kind.COMPANY, many, 3.0)  # room was made
    assert store.mirror.progress().companies_known == 299
    assert len(store.outbox.open_entries()) == 1
    store.close()
