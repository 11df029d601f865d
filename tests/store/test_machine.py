from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from planhat_tui.store.machine import MachineState
from planhat_tui.store.schema import MACHINE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def noted(seen: list[str]) -> Callable[[str], str]:
    def step(kept: str) -> str:
        seen.append(kept)
        return kept

    return step


EU = "https://api-eu.planhat.com"


def test_a_budget_is_kept_for_each_key(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    state.change("a", lambda kept: kept + "one")
    state.change("a", lambda kept: kept + " two")
    state.change("b", lambda kept: kept)
    state.close()
    state = MachineState.open(tmp_path)
    seen: list[str] = []
    for key in ("a", "b"):
        state.change(key, noted(seen))
    assert seen == ["one two", ""]
    state.close()


def test_two_who_change_a_budget_take_turns(tmp_path: Path) -> None:
    one, two = MachineState.open(tmp_path), MachineState.open(tmp_path)
    for _ in range(20):
        one.change("a", lambda kept: kept + "1")
        two.change("a", lambda kept: kept + "2")
    with pytest.raises(ZeroDivisionError):
        one.change("a", lambda kept: kept * (1 // 0))
    two.change("a", lambda kept: kept[:4])
    kept: list[str] = []
    one.change("a", noted(kept))
    assert kept == ["1212"]
    one.close()
    two.close()


def test_a_file_of_the_first_version_is_brought_on(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    old = sqlite3.connect(path)
    for statement in MACHINE[0].split(";\n"):
        old.execute(statement)
    old.execute("INSERT INTO budget VALUES ('a', 200, 17, 5.5, 1.25, 9.0)")
    old.execute("INSERT INTO line (text) VALUES ('find acme')")
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    state = MachineState.open(tmp_path)
    state.change("a", lambda kept: f"{kept}new")
    assert state.history() == ("find acme",)
    state.close()


def test_lines_are_remembered_once_each_in_the_order_of_use(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    for line in ("tag gold", "find acme", "tag gold"):
        state.remember_line(line)
    assert state.history() == ("find acme", "tag gold")
    assert state.history(1) == ("tag gold",)
    state.close()


def test_a_credential_finds_its_folder_again_and_tells_nothing_of_itself(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    folder = state.folder_for(EU, "secret-token")
    assert state.folder_for(EU, "secret-token") == folder
    assert state.folder_for("https://api.planhat.com", "secret-token") != folder
    assert state.folder_for(EU, "other-token") != folder
    assert state.tenant_of(EU, "secret-token") == ""
    state.close()
    assert "secret-token" not in folder
    for path in tmp_path.iterdir():
        assert b"secret-token" not in path.read_bytes()


def test_a_rotated_token_finds_the_tenants_files(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    folder = state.folder_for(EU, "old-token")
    state.remember_tenant(EU, "old-token", "tenant-1", folder)
    assert state.folder_of_tenant(EU, "tenant-1") == folder
    assert state.folder_of_tenant(EU, "tenant-2") == ""
    state.remember_tenant(EU, "new-token", "tenant-1", folder)
    assert state.folder_for(EU, "new-token") == folder
    assert state.tenant_of(EU, "new-token") == "tenant-1"
    state.close()
