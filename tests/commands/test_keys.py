from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands.results import Listing
from planhat_tui.config.keymap import FIXED
from planhat_tui.config.keys import KEYS

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def test_all_keys_are_listed_with_command_and_words(bare: Desk) -> None:
    rows = bare.rows("keys")
    known = (*KEYS, *FIXED)
    assert [(row["where"], row["command"]) for row in rows] == [(k.where, k.name) for k in known]
    assert rows[0] == {
        "where": "everywhere",
        "keys": ["/"],
        "command": "find",
        "help": KEYS[0].help,
        "changed": False,
    }


def test_they_are_found_by_words_and_by_the_key_itself(bare: Desk) -> None:
    assert {row["command"] for row in bare.rows("keys", "call", "ended")} == {"log_call", "add"}
    assert {row["command"] for row in bare.rows("keys", "C")} == {"log_call"}
    found = bare.rows("keys", "ctrl+s")
    assert "save" in {row["command"] for row in found}
    assert all(row["keys"] == ["ctrl+s"] for row in found)
    assert found == bare.rows("keys", "Ctrl+S")
    assert {row["command"] for row in bare.rows("keys", "save", "ctrl+s")} == {"save"}
    held = bare.rows("keys", "ctrl")
    assert {"half_down", "save"} <= {row["command"] for row in held}
    assert all("ctrl" in str(row["keys"]) for row in held)
    for found in (bare.rows("keys", "ctrl+q"), bare.rows("keys", "quit")):
        assert [(row["keys"], row["command"]) for row in found] == [(["ctrl+q"], "")]
    nothing = bare.shell("keys", "xyzzy")
    assert isinstance(nothing, Listing)
    assert nothing.records == ()
    assert "keys lists all" in nothing.note


def test_they_are_as_the_config_has_them(bare: Desk) -> None:
    bare.paths.config_file.parent.mkdir(parents=True, exist_ok=True)
    bare.paths.config_file.write_text("settings: {keymap: {preset: vim, keys: {tags: F5}}}\n")
    tags = bare.rows("keys", "F5")
    assert {row["command"] for row in tags} == {"tags"}
    assert all(row["changed"] for row in tags)
    assert {row["command"] for row in bare.rows("keys", "ctrl+^")} == {"last_tenant"}


def test_the_colon_line_has_them_too(bare: Desk) -> None:
    (result,) = bare.colon("keys zoom")
    assert isinstance(result, Listing)
    assert [row["command"] for row in result.records] == ["zoom"]
