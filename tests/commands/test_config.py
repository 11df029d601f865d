from __future__ import annotations

import json
from typing import TYPE_CHECKING

from planhat_tui.commands import output
from planhat_tui.commands.results import Listing, Single
from planhat_tui.config import schema

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def _write(desk: Desk, text: str) -> None:
    desk.paths.config_file.parent.mkdir(parents=True, exist_ok=True)
    desk.paths.config_file.write_text(text)
    desk.paths.config_file.chmod(0o600)


def _check(desk: Desk) -> Listing:
    result = desk.shell("config", "check")
    assert isinstance(result, Listing)
    return result


def test_the_paths_are_told_whether_the_file_is_there_or_not(bare: Desk) -> None:
    told = bare.one("config", "path")
    assert told["config"] == str(bare.paths.config_file)
    assert told["exists"] is False
    _write(bare, "")
    assert bare.one("config", "path")["exists"] is True


def test_all_mistakes_are_told_with_their_lines_and_the_status_is_1(bare: Desk) -> None:
    _write(
        bare,
        "defualt: eu\n"
        "profiles:\n"
        "  eu: {base_url: https://api.planhat.com, token: {env: T}, read_only: yes, lable: X}\n"
        "settings: {keymap: {keys: {tgas: T, undo: ctrl+c}}}\n",
    )
    result = _check(bare)
    assert result.exit_status == 1
    assert [(row["line"], row["advice"]) for row in result.records][:3] == [
        (1, "Did you mean default?"),
        (3, "Write one of them, without quotes."),
        (3, "Did you mean label?"),
    ]
    assert len(result.records) == 5
    assert result.note.endswith("5 mistakes.")


def test_each_mistake_says_what_to_do(bare: Desk) -> None:
    _write(
        bare,
        "profiles:\n"
        "  a: {base_url: x, token: {env: T, file: 3}, max_bulk: many, auth: digest}\n"
        "  b: 7\n"
        "views: {v: {query: 'arr:lots', start: perhaps}, w: [x]}\n"
        "settings: {refresh: often, history_size: 0, theme: planhat-drak, keymap: vim}\n",
    )
    result = _check(bare)
    assert len(result.records) == 11
    assert all(row["advice"] for row in result.records)


def test_a_theme_that_isnt_there_is_a_mistake_and_the_nearest_is_named(bare: Desk) -> None:
    _write(bare, "settings:\n  theme: planhat-drak\n")
    result = _check(bare)
    assert result.exit_status == 1
    assert result.records == (
        {
            "line": 2,
            "column": 10,
            "message": "There is no theme planhat-drak.",
            "advice": "Did you mean planhat-dark?",
        },
    )
    assert result.note.endswith(": 1 mistake.")


def test_a_theme_with_mistakes_of_its_own_is_one_of_the_config_too(bare: Desk) -> None:
    bare.paths.user_themes.mkdir(parents=True)
    (bare.paths.user_themes / "mine.yaml").write_text("name: mine\n")
    _write(bare, "settings: {theme: mine}\n")
    (row,) = _check(bare).records
    assert row["message"] == "The theme mine can't be used."
    assert row["advice"] == "planhat-tui theme check mine tells why."


def test_a_file_that_isnt_yaml_has_one(bare: Desk) -> None:
    _write(bare, "profiles: [oops\n")
    result = _check(bare)
    assert result.exit_status == 1
    assert len(result.records) == 1


def test_a_good_one_is_said_to_be_good_and_warnings_are_no_mistakes(bare: Desk) -> None:
    _write(bare, "profiles:\n  eu: {base_url: https://api.planhat.com, token: s3cret}\n")
    result = _check(bare)
    assert (result.records, result.exit_status) == ((), 0)
    assert "as it should be. Profiles: eu." in result.note
    assert "plain text" in bare.told[0]


def test_an_accent_too_faint_for_the_theme_is_told_and_no_mistake(bare: Desk) -> None:
    _write(
        bare,
        "profiles:\n"
        "  eu: {base_url: https://api.planhat.com, token: {env: T}, accent: '#1b1b1b'}\n"
        "  us: {base_url: https://api.planhat.com, token: {env: T}, accent: '#5bb8cf'}\n",
    )
    assert _check(bare).exit_status == 0
    (told,) = (one for one in bare.told if "accent" in one)
    assert told.startswith("Profile eu: accent #1b1b1b has a contrast of 1.")
    assert told.endswith("in planhat-dark, less than 4.5: #929292 is drawn.")


def test_one_that_isnt_there_is_no_mistake(bare: Desk) -> None:
    result = _check(bare)
    assert result.exit_status == 0
    assert "no mistake" in result.note


def test_the_schema_is_one_json_document_for_people_too(bare: Desk) -> None:
    result = bare.shell("config", "schema")
    assert isinstance(result, Single)
    lines: list[str] = []
    output.write(result, output.Style(width=40), lines.append, lines.append)
    assert json.loads("\n".join(lines)) == schema.schema()


def test_a_theme_that_is_written_as_a_number_is_one_that_isnt_there(bare: Desk) -> None:
    _write(bare, "settings:\n  theme: 5\n")
    (row,) = _check(bare).records
    assert (row["line"], row["message"]) == (2, "There is no theme 5.")
