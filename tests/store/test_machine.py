from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.ports import Budget
from planhat_tui.store.machine import MachineState

if TYPE_CHECKING:
    from pathlib import Path

EU = "https://api-eu.planhat.com"


def test_a_budget_is_kept_for_each_key(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    assert state.load("a") == Budget()
    state.save("a", Budget(200, 17, 5.5, 1.25, 9.0))
    state.save("a", Budget(200, 16, 6.5, None, 0.0))
    state.close()
    state = MachineState.open(tmp_path)
    assert state.load("a") == Budget(200, 16, 6.5, None, 0.0)
    assert state.load("b") == Budget()
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
