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


def test_the_tokens_of_a_tenant_share_its_limit_as_soon_as_it_is_known(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    mine, yours = (state.budget_key(EU, token) for token in ("mine", "yours"))
    state.change(mine, lambda kept: kept + "learnt")
    state.change(yours, lambda kept: kept + "alone")
    state.remember_tenant(EU, "mine", "t-1", "folder")
    state.change(mine, lambda kept: kept + " more")
    state.change(f"{mine}/open", lambda kept: kept + "open")
    state.remember_tenant(EU, "yours", "t-1", "folder")
    seen: list[str] = []
    for key in (yours, mine, f"{yours}/open"):
        state.change(key, noted(seen))
    assert seen == ["learnt more", "learnt more", "open"]
    state.remember_tenant("https://api.planhat.com", "mine", "t-1", "other")
    state.change(state.budget_key("https://api.planhat.com", "mine"), noted(seen))
    assert seen[-1] == ""
    state.close()


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
    assert state.history("acme") == ("find acme",)
    state.close()


def test_lines_are_remembered_once_each_in_the_order_of_use(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    for line in ("tag gold", "find acme", "tag gold"):
        state.remember_line(line, "acme")
    assert state.history("acme") == ("find acme", "tag gold")
    assert state.history("acme", 1) == ("tag gold",)
    state.close()


def test_a_line_with_the_name_of_a_file_that_is_no_text_isnt_kept(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    state.remember_line("whoami", "acme")
    state.remember_line("import caf\udce9.csv", "acme")
    assert state.history("acme") == ("whoami",)
    state.close()


def test_each_tenant_has_lines_of_its_own_and_those_of_none_are_everyones(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    for line, tenant in (("tag gold", "acme"), ("doctor", ""), ("tag gold", "globex")):
        state.remember_line(line, tenant)
    state.close()
    state = MachineState.open(tmp_path)
    assert state.history("acme") == ("tag gold", "doctor")
    assert state.history("globex") == ("doctor", "tag gold")
    assert state.history("initech") == ("doctor",)
    state.close()


def test_a_tenant_that_types_much_pushes_out_only_its_own_lines(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    state.remember_line("first", "acme")
    for number in range(1001):
        state.remember_line(f"line {number}", "globex")
    assert state.history("acme") == ("first",)
    assert state.history("globex")[0] == "line 1"
    state.close()


def test_a_folder_is_known_by_credential_and_none_is_made_up(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    assert state.known_folder(EU, "acme") == state.known_folder(EU, "acme", "one") == ""
    one, two = state.folder_for(EU, "one"), state.folder_for(EU, "two")
    assert state.known_folder(EU, "acme", "one") == one
    assert state.known_folder(EU, "globex", "two") == two
    assert state.known_folder(EU, "acme", "three") == ""
    state.close()


def test_without_its_token_a_profile_has_what_it_had_and_never_anothers(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    folder = state.folder_for(EU, "one")
    assert state.has_nobodys(EU)
    assert state.known_folder(EU, "acme") == ""
    state.remember_tenant(EU, "one", "tenant-1", folder)
    state.meet(EU, "acme", folder)
    assert not state.has_nobodys(EU)
    assert state.known_folder(EU, "acme") == folder
    assert state.known_folder(EU, "acme", tenant="tenant-1") == folder
    assert state.known_folder(EU, "acme", tenant="tenant-2") == ""
    assert state.known_folder(EU, "globex") == ""
    assert state.known_folder(EU, "globex", tenant="tenant-2") == ""
    assert state.known_folder(EU, "globex", tenant="tenant-1") == folder
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


def test_whose_a_new_token_is_said_to_be_is_believed_and_not_written_down(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    folder = state.folder_for(EU, "old-token")
    state.remember_tenant(EU, "old-token", "tenant-1", folder)
    assert state.folder_for(EU, "new-token", "tenant-1") == folder
    assert state.known_folder(EU, "acme", "new-token", "tenant-1") == folder
    own = state.folder_for(EU, "new-token")
    assert own != folder
    assert state.folder_for(EU, "new-token", "tenant-1") == own  # by now it has files of its own
    assert state.folder_for("https://api.planhat.com", "new-token", "tenant-1") != folder
    state.close()


def test_what_was_wiped_is_forgotten_and_the_rest_is_not(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    url = "https://api.planhat.com"
    mine, other = state.folder_for(url, "mine"), state.folder_for(url, "other")
    state.remember_line("company find acme", mine)
    state.remember_line("company find globex", other)
    state.forget(mine)
    assert state.known_folder(url, "acme", "mine") == ""
    assert state.known_folder(url, "acme", "other") == other
    assert state.history(mine) == ()
    assert state.history(other) == ("company find globex",)
    state.close()


def test_what_is_shown_once_is_remembered(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    assert not state.has_seen("welcome")
    state.see("welcome")
    state.see("welcome")
    state.close()
    state = MachineState.open(tmp_path)
    assert state.has_seen("welcome")
    assert not state.has_seen("another")
    state.close()


def test_which_profiles_were_on_screen_is_remembered_the_last_first(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    assert state.on_screen() == ()
    for name in ("nord", "syd", "nord"):
        state.come_on_screen(name)
    state.close()
    state = MachineState.open(tmp_path)
    assert state.on_screen() == ("nord", "syd")
    state.close()


def test_what_was_said_of_a_token_is_known_with_its_moment(tmp_path: Path) -> None:
    state = MachineState.open(tmp_path)
    state.folder_for(EU, "token")
    assert state.said_lately(EU, "token", 0.0, 1e9) == "", "nobody has said anything"
    state.remember_tenant(EU, "token", "tenant-1", "folder", 1000.0)
    assert state.said_lately(EU, "token", 900.0, 1100.0) == "tenant-1"
    assert state.said_lately(EU, "token", 1001.0, 1100.0) == ""
    assert state.said_lately(EU, "token", 800.0, 999.0) == "", "the clock was put back"
    assert state.said_lately(EU, "another", 900.0, 1100.0) == ""
