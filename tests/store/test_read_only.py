"""A disk that can't be written: what is there is read, and what would change it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import StorageError
from planhat_tui.model import query
from planhat_tui.model.edits import Change
from planhat_tui.model.records import Kind
from planhat_tui.store.connection import Database
from planhat_tui.store.disk import DamagedError, UnwritableError
from planhat_tui.store.machine import MachineState
from planhat_tui.store.schema import MACHINE, OUTBOX
from planhat_tui.store.tenant import TenantStore
from tests.disk import read_only
from tests.store.conftest import received, tick, update

if TYPE_CHECKING:
    from pathlib import Path

PHASE = Change("phase", None, "renewal")
EU = "https://api-eu.planhat.com"


def _filled(folder: Path) -> None:
    store = TenantStore.open(folder, wall=tick)
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme", phase="won")], 1.0)
    (entry,) = store.outbox.add(update("c1", PHASE))
    store.refresh_overlay(entry.kind, entry.record_id)
    store.drafts.save("call", {"note": "half"})
    store.close()


def test_what_is_there_is_read_with_its_edits_and_drafts(folder: Path) -> None:
    _filled(folder)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with read_only(folder):
        store = TenantStore.open(folder, wall=tick)
        assert store.read_only
        assert [row.name for row in store.mirror.search_companies(query.parse("acm")).rows] == [
            "Acme"
        ]
        shown = store.mirror.company("c1")
        assert shown is not None
        assert shown.raw["phase"] == "renewal"
        assert len(store.outbox.open_entries()) == 1
        assert store.drafts.load("call") == {"note": "half"}
        assert not store.changed_elsewhere()
        store.close()
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_what_would_change_it_is_refused_and_says_what_to_do(folder: Path) -> None:
    _filled(folder)
    with read_only(folder):
        store = TenantStore.open(folder, wall=tick)
        with pytest.raises(UnwritableError, match=r"outbox\.db can't be written\.") as refused:
            store.outbox.add(update("c1", PHASE))
        assert "PLANHAT_TUI_HOME" in refused.value.advice
        with pytest.raises(UnwritableError, match=r"mirror\.db can't be written"):
            store.mirror.note("identity", "x")
        store.close()
    store = TenantStore.open(folder, wall=tick)
    assert not store.read_only
    assert len(store.outbox.open_entries()) == 1
    store.close()


def test_what_another_process_has_written_but_not_yet_tidied_is_read(folder: Path) -> None:
    _filled(folder)
    writing = TenantStore.open(folder, wall=tick)
    writing.mirror.put(Kind.COMPANY, [received("c2", name="Globex")], 2.0)
    assert (folder / "mirror.db-wal").stat().st_size
    with read_only(folder):
        store = TenantStore.open(folder, wall=tick)
        assert store.mirror.company("c2") is not None
        store.close()
    writing.close()


def test_a_log_that_cant_be_read_is_not_passed_over(folder: Path) -> None:
    _filled(folder)
    writing = TenantStore.open(folder, wall=tick)
    writing.outbox.add(update("c1", PHASE))
    copy = folder.with_name("copy")
    copy.mkdir()
    for name in ("outbox.db", "outbox.db-wal"):
        (copy / name).write_bytes((folder / name).read_bytes())
    writing.close()
    with read_only(copy), pytest.raises(UnwritableError, match=r"outbox\.db can't be written"):
        Database(copy / "outbox.db", OUTBOX, durable=True)


def test_a_damaged_copy_that_cant_be_set_aside_is_told_until_it_can(folder: Path) -> None:
    _filled(folder)
    path = folder / "mirror.db"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    with read_only(folder):
        with pytest.raises(DamagedError, match=r"mirror\.db is damaged") as damaged:
            TenantStore.open(folder, wall=tick)
        assert "It can't be set aside here (Permission denied)" in damaged.value.advice
    assert not any(".damaged-" in one.name for one in folder.iterdir())
    store = TenantStore.open(folder, wall=tick)
    assert any(one.name.startswith("mirror.db.damaged-") for one in folder.iterdir())
    assert len(store.outbox.open_entries()) == 1
    store.close()


def test_where_there_is_nothing_to_read_it_says_so(folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    with read_only(folder), pytest.raises(StorageError, match=r"outbox\.db can't be used"):
        TenantStore.open(folder, wall=tick)


def test_a_file_of_an_older_program_cant_be_brought_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    Database(folder / "state.db", MACHINE, durable=False).close()
    newer = (*MACHINE, "CREATE TABLE more (n INTEGER)")
    with read_only(folder), pytest.raises(UnwritableError, match="can't be written"):
        Database(folder / "state.db", newer, durable=False)


def test_the_machines_state_is_read_and_only_its_budgets_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    state = MachineState.open(folder)
    state.change("a", lambda _: "17 left")
    state.remember_line("find acme", "acme")
    state.remember_tenant(EU, "token", "tenant-1", "own-folder")
    state.close()
    with read_only(folder):
        state = MachineState.open(folder)
        assert state.read_only
        seen: list[str] = []

        def step(kept: str) -> str:
            seen.append(kept)
            return "16 left"

        state.change("a", step)
        state.change("a", step)
        state.remember_line("tag gold", "acme")
        state.remember_tenant(EU, "other", "tenant-2", "another")
        assert seen == ["17 left", "16 left"]
        assert state.budget("a") == "16 left"
        another = MachineState.open(folder)
        assert another.budget("a") == "17 left"
        another.close()
        assert state.history("acme") == ("find acme",)
        assert state.folder_for(EU, "token") == "own-folder"
        assert state.folder_for(EU, "other") not in {"another", "own-folder"}
        state.close()
