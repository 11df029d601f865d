"""Rights, damage, newer versions, full disks: what is on the disk, and what is said about it."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import StorageError
from planhat_tui.model import query
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.store.connection import Database
from planhat_tui.store.disk import DamagedError, FaultError, translated
from planhat_tui.store.machine import MachineState
from planhat_tui.store.schema import OUTBOX
from planhat_tui.store.tenant import TenantStore
from tests.disk import read_only
from tests.store.conftest import received, tick, update

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.model.records import Received

PHASE = Change("phase", None, "renewal")


def rights(path: Path) -> str:
    return f"{path.stat().st_mode & 0o777:o}"


def sqlite_error(code: int, message: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(message)
    error.sqlite_errorcode = code
    return error


def test_customer_data_is_the_owners_alone(folder: Path, store: TenantStore) -> None:
    old = os.umask(0)
    try:
        store.outbox.add(update("c1", PHASE))
        store.mirror.put(Kind.COMPANY, [received("c1", name="Acme")], 1.0)
    finally:
        os.umask(old)
    assert rights(folder) == rights(folder.parent) == "700"
    files = {path.name: rights(path) for path in folder.iterdir()}
    assert {"mirror.db", "mirror.db-wal", "mirror.db-shm", "outbox.db-wal"} <= files.keys()
    assert set(files.values()) == {"600"}


def test_rights_that_became_too_wide_are_narrowed(folder: Path) -> None:
    TenantStore.open(folder, wall=tick).close()
    folder.chmod(0o755)
    (folder / "outbox.db").chmod(0o644)
    TenantStore.open(folder, wall=tick).close()
    assert (rights(folder), rights(folder / "outbox.db")) == ("700", "600")


@pytest.mark.parametrize("name", ["mirror.db", "outbox.db"])
def test_a_file_of_a_newer_program_is_refused_in_words(folder: Path, name: str) -> None:
    TenantStore.open(folder, wall=tick).close()
    connection = sqlite3.connect(folder / name)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (folder / name).read_bytes()
    with pytest.raises(StorageError, match="newer planhat-tui"):
        TenantStore.open(folder, wall=tick)
    assert (folder / name).read_bytes() == before


def spoil(path: Path, *, keep_header: bool) -> None:
    for companion in ("-wal", "-shm"):
        path.with_name(path.name + companion).unlink(missing_ok=True)
    content = path.read_bytes()
    start = 100 if keep_header else 0
    path.write_bytes(content[:start] + b"\xa5" * (len(content) - start))


@pytest.mark.parametrize("keep_header", [True, False])
def test_a_damaged_mirror_is_set_aside_and_the_outbox_stays(
    folder: Path,
    keep_header: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    store = TenantStore.open(folder, wall=tick)
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme")], 1.0)
    store.outbox.add(update("c1", PHASE))
    store.close()
    spoil(folder / "mirror.db", keep_header=keep_header)
    store = TenantStore.open(folder, wall=tick)
    assert [entry.record_id for entry in store.outbox.open_entries()] == ["c1"]
    shown = store.mirror.company("c1")
    assert shown is not None
    assert shown.raw["phase"] == "renewal"  # the pending edit is there before the record is
    assert any(".damaged-" in path.name for path in folder.iterdir())
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme")], 2.0)
    store.close()


def test_damage_that_shows_later_is_remembered_for_the_next_start(folder: Path) -> None:
    store = TenantStore.open(folder, wall=tick)
    records = [received(f"c{n}", name=f"Acme {n}", note="x" * 900) for n in range(300)]
    store.mirror.put(Kind.COMPANY, records, 1.0)
    with store.mirror._database.reading() as connection:
        (first,) = connection.execute("SELECT json FROM company_body ORDER BY n").fetchone()
    store.close()
    spoil_one_page(folder / "mirror.db", first.encode())
    store = TenantStore.open(folder, wall=tick)
    with pytest.raises(DamagedError, match=r"mirror\.db is damaged"):
        read_all(store, records)
    store.close()
    store = TenantStore.open(folder, wall=tick)
    assert any(path.name.startswith("mirror.db.damaged-") for path in folder.iterdir())
    store.mirror.put(Kind.COMPANY, records, 2.0)
    read_all(store, records)
    store.close()
    TenantStore.open(folder, wall=tick).close()
    assert sum(".damaged-" in path.name for path in folder.iterdir()) == 1


def test_of_damaged_copies_the_last_one_is_kept_and_the_damage_is_told_once(folder: Path) -> None:
    for now in (1.0, 2.0):
        TenantStore.open(folder, wall=lambda now=now: now).close()  # type: ignore[misc]
        spoil(folder / "mirror.db", keep_header=True)
        (folder / "mirror.db-wal").write_bytes(b"its log")
        store = TenantStore.open(folder, wall=lambda now=now: now)  # type: ignore[misc]
        named = [path.name for path in store.damaged_copies()]
        assert named[-1] == f"mirror.db.damaged-{now:.0f}"
        assert all(name.endswith(f".damaged-{now:.0f}") for name in named)
        store.close()
    again = TenantStore.open(folder, wall=tick)
    assert again.begun_anew
    again.told_of_damage()
    again.close()
    told = TenantStore.open(folder, wall=tick)
    assert not told.begun_anew
    assert told.damaged_copies()
    told.close()


def spoil_one_page(path: Path, holding: bytes, size: int = 4096) -> None:
    content = path.read_bytes()
    pages = [content[at : at + size] for at in range(0, len(content), size)]
    pages[next(n for n, page in enumerate(pages) if holding in page)] = b"\xa5" * size
    path.write_bytes(b"".join(pages))


def read_all(store: TenantStore, records: list[Received]) -> None:
    for record in records:
        assert store.mirror.company(record.id) is not None


def test_a_damaged_outbox_is_named_and_kept(folder: Path) -> None:
    TenantStore.open(folder, wall=tick).close()
    spoil(folder / "outbox.db", keep_header=False)
    before = (folder / "outbox.db").read_bytes()
    with pytest.raises(StorageError, match=r"outbox\.db is damaged") as caught:
        TenantStore.open(folder, wall=tick)
    assert "kept" in caught.value.advice
    assert (folder / "outbox.db").read_bytes() == before


def test_a_full_disk_says_so_and_the_store_goes_on(tmp_path: Path) -> None:
    database = Database(tmp_path / "d" / "x.db", OUTBOX, durable=True)
    with database.writing() as connection:
        connection.execute("PRAGMA max_page_count = 20")
    with pytest.raises(StorageError, match="disk is full"), database.writing() as connection:
        connection.execute("INSERT INTO draft VALUES ('k', ?)", ("x" * 500_000,))
    with database.writing() as connection:
        connection.execute("INSERT INTO draft VALUES ('k', 'small')")
    with database.reading() as connection:
        assert connection.execute("SELECT json FROM draft").fetchall() == [("small",)]
    database.close()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SELECT lost FROM draft", "no such column: lost"),
        ("INSERT INTO draft VALUES ('k', NULL)", "NOT NULL constraint failed"),
    ],
)
def test_a_mistake_of_the_programs_own_blames_neither_file_nor_disk(
    tmp_path: Path, statement: str, said: str
) -> None:
    database = Database(tmp_path / "d" / "x.db", OUTBOX, durable=True)
    with pytest.raises(FaultError, match=said) as told, database.writing() as connection:
        connection.execute(statement)
    assert "report" in told.value.advice
    database.close()


@pytest.mark.parametrize(
    ("raised", "message", "advice"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full", "Make room"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk is full", "Make room"),
        (OSError(errno.EROFS, "Read-only file system"), "can't be used", "rights"),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE, "disk I/O error"), "disk failed", "system's log"),
        (sqlite_error(sqlite3.SQLITE_NOMEM, "out of memory"), "enough memory", "another program"),
        (sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED, "readonly"), "can't be written", "rights"),
        (sqlite_error(sqlite3.SQLITE_CORRUPT_INDEX, "malformed"), "is damaged", "Keep a copy"),
        (sqlite_error(sqlite3.SQLITE_INTERRUPT, "interrupted"), "was closed", "Open the profile"),
        (sqlite3.ProgrammingError("Cannot operate on a closed database."), "was closed", "Open"),
        (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT, "locked"), "been writing", "in a moment"),
    ],
)
def test_each_trouble_with_a_file_says_what_to_do(
    tmp_path: Path, raised: Exception, message: str, advice: str
) -> None:
    with pytest.raises(StorageError, match=message) as told, translated(tmp_path / "mirror.db"):
        raise raised
    assert advice in told.value.advice
    assert not isinstance(told.value, FaultError)


def test_a_folder_that_cant_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir()
    with read_only(tmp_path / "locked"), pytest.raises(StorageError, match="locked"):
        TenantStore.open(tmp_path / "locked" / "one", wall=tick)


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StorageError, match="taken"):
        TenantStore.open(tmp_path / "taken" / "one", wall=tick)


def test_what_fails_halfway_leaves_nothing(store: TenantStore) -> None:
    def fail_halfway() -> None:
        with store.outbox._database.writing():
            store.drafts.save("k", {"a": 1})
            assert store.drafts.load("k") == {"a": 1}  # a transaction sees itself
            raise KeyError

    with pytest.raises(KeyError):
        fail_halfway()
    assert store.drafts.load("k") is None
    store.drafts.save("k", {"a": 2})
    assert store.drafts.load("k") == {"a": 2}


def test_what_is_told_once_it_is_written_comes_after_the_whole_step(store: TenantStore) -> None:
    seen: list[int] = []

    def look() -> None:
        with ThreadPoolExecutor(1) as another:
            seen.append(len(another.submit(store.outbox.open_entries).result()))

    store.once_written(look)
    with store.at_once():
        store.outbox.add(update("a" * 24, PHASE))
        store.once_written(look)
        store.outbox.add(update("b" * 24, PHASE))
        assert seen == [0]
    assert seen == [0, 2]


def test_of_a_step_that_fails_nothing_is_told(store: TenantStore) -> None:
    told: list[str] = []

    def fail() -> None:
        with store.at_once():
            store.once_written(lambda: told.append("half a step"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with store.at_once():
        store.once_written(lambda: told.append("a whole one"))
    assert told == ["a whole one"]


def test_another_process_is_noticed_and_we_ourselves_are_not(
    open_store: Callable[[], TenantStore],
) -> None:
    mine, other = open_store(), open_store()
    assert not mine.changed_elsewhere() or not mine.changed_elsewhere()
    mine.outbox.add(update("c1", PHASE))
    mine.mirror.put(Kind.COMPANY, [received("c1", name="Acme")], 1.0)
    assert not mine.changed_elsewhere()
    other.drafts.save("k", {})
    assert mine.changed_elsewhere()
    assert not mine.changed_elsewhere()
    other.mirror.note("a", "b")
    assert mine.changed_elsewhere()


def test_readers_never_wait_for_a_writer(store: TenantStore) -> None:
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme")], 1.0)
    seen: list[object] = []
    with store.mirror._database.writing():
        store.mirror.put(Kind.COMPANY, [received("c1", name="Zenith")], 2.0)

        def read() -> None:
            shown = store.mirror.company("c1")
            seen.append(shown and shown.raw["name"])
            seen.append(store.changed_elsewhere())

        reader = threading.Thread(target=read)
        reader.start()
        reader.join(10)
        assert not reader.is_alive()
    assert seen == ["Acme", False]


def test_a_closed_store_says_so(store: TenantStore) -> None:
    store.close()
    with pytest.raises(StorageError, match="closed"):
        store.mirror.company("c1")
    with pytest.raises(StorageError, match="closed"):
        store.outbox.add(update("c1", PHASE))


def test_a_store_whose_files_were_wiped_can_be_closed(folder: Path) -> None:
    store = TenantStore.open(folder, wall=tick)
    shutil.rmtree(folder)
    store.close()
    assert not folder.exists()


def test_an_edit_is_synced_to_the_disk_before_it_is_shown(store: TenantStore) -> None:
    full, normal = 2, 1
    with store.outbox._database.writing() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (full,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with store.mirror._database.writing() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (normal,)


def test_many_threads_write_and_read_at_once(store: TenantStore) -> None:
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for n in range(5):
                store.outbox.add(update(f"c{number}", Change("phase", None, str(n))))
                store.mirror.put(Kind.COMPANY, [received(f"c{number}", name=f"N{n}")], 1.0)
                store.mirror.search_companies(query.parse("n"))
        except BaseException as error:  # noqa: BLE001 -- told to the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert store.outbox.counts() == {State.QUEUED: 20}
    assert store.mirror.progress().companies_known == 4


def test_the_machines_file_is_private_too(tmp_path: Path) -> None:
    MachineState.open(tmp_path / "state").close()
    assert rights(tmp_path / "state") == "700"
    assert rights(tmp_path / "state" / "state.db") == "600"
