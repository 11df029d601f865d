from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.results import Done, Listing, Text
from planhat_tui.config.themes import themes_folder
from planhat_tui.errors import ConfigError, InputError, NotFoundError

if TYPE_CHECKING:
    from tests.commands.conftest import Desk

DARK = (themes_folder() / "planhat-dark.yaml").read_text()


def _own(desk: Desk, name: str = "mine", text: str = DARK) -> Path:
    folder = desk.paths.user_themes
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(text.replace("name: planhat-dark", f"name: {name}"))
    return path


def _checked(desk: Desk, *names: str) -> Listing:
    answer = desk.shell("theme", "check", *names)
    assert isinstance(answer, Listing)
    return answer


def test_themes_are_listed_those_of_the_config_folder_too(bare: Desk) -> None:
    path = _own(bare)
    rows = {row["name"]: row for row in bare.rows("theme", "list")}
    assert rows["mine"] == {
        "name": "mine",
        "used": False,
        "ground": "dark",
        "from": "you",
        "path": str(path),
    }
    assert rows["planhat-dark"]["used"] is True
    assert rows["planhat-light"]["ground"] == "light"


def test_a_broken_theme_is_named_beside_the_list(bare: Desk) -> None:
    _own(bare, "broken", "name: broken\n")
    answer = bare.shell("theme", "list")
    assert isinstance(answer, Listing)
    assert "broken.yaml:1:1: A theme has no dark, colors." in answer.note
    with pytest.raises(ConfigError):
        bare.shell("theme", "show", "broken")


def test_one_is_shown_with_its_colours(bare: Desk) -> None:
    shown = bare.one("theme", "show", "planhat-dark")
    assert shown["accent"] == "#5bb8cf"
    with pytest.raises(NotFoundError, match="Did you mean planhat-dark"):
        bare.shell("theme", "show", "planhat-drak")


def test_those_that_come_along_have_nothing_to_mend(bare: Desk) -> None:
    answer = _checked(bare)
    assert (answer.records, answer.exit_status) == ((), 0)
    least = "66 contrasts can't be measured: the terminal's own colours"
    assert answer.note == f"12 themes checked: nothing to mend; {least}"


def test_one_colour_of_the_terminals_own_keeps_no_other_from_being_measured(bare: Desk) -> None:
    text = DARK.replace('muted: "#93a0ae"', 'muted: "#202020"')
    _own(bare, text=text.replace('error: "#ff8a65"', "error: ansi_bright_red"))
    answer = _checked(bare, "mine")
    assert {row["key"] for row in answer.records} == {"muted"}
    assert answer.exit_status == 1
    assert "3 contrasts can't be measured" in answer.note


def test_one_is_shown_as_a_file_to_begin_ones_own_with(bare: Desk) -> None:
    answer = bare.shell("theme", "show", "planhat-dark", "--yaml")
    assert answer == Text(DARK)
    assert _checked(bare, str(_own(bare, text=DARK))).records == ()


def test_a_file_that_names_what_a_theme_needs_is_there(bare: Desk) -> None:
    _own(bare, "broken", "name: broken\n")
    (row,) = _checked(bare, "broken").records
    whole = re.search(r"See (\S+\.yaml)\.", str(row["what"]))
    assert whole is not None
    assert "muted:" in Path(whole[1]).read_text()


@pytest.mark.parametrize("by_name", [True, False])
def test_a_colour_too_faint_is_named_with_its_line_and_key(bare: Desk, *, by_name: bool) -> None:
    text = DARK.replace('muted: "#93a0ae"', 'muted: "#444444"')
    path = _own(bare, text=text)
    answer = _checked(bare, "mine" if by_name else str(path))
    assert answer.exit_status == 1
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "muted:" in row)
    assert {(row["key"], row["line"], row["file"]) for row in answer.records} == {
        ("muted", line, str(path))
    }
    grounds = {str(row["what"]).split()[1] for row in answer.records}
    assert grounds == {"background", "surface", "selection"}
    assert all("less than 4.5" in str(row["what"]) for row in answer.records)


def test_a_theme_that_cant_be_read_is_checked_to_its_mistakes(bare: Desk) -> None:
    path = _own(bare, "broken", DARK.replace("muted:", "mutde:"))
    answer = _checked(bare, "broken")
    (row,) = answer.records
    assert answer.note == "1 theme checked; 1 mistake to mend"
    assert "Did you mean muted?" in str(row["what"])
    assert row["file"] == str(path)
    assert row["line"]


def test_a_mistake_is_told_with_its_key(bare: Desk) -> None:
    _own(bare, "broken", DARK.replace("muted:", "mutde:"))
    assert {row["key"] for row in _checked(bare, "broken").records} == {"mutde"}


def test_a_theme_is_kept_in_the_config(bare: Desk) -> None:
    answer = bare.shell("theme", "use", "fjord")
    assert isinstance(answer, Done)
    assert answer.text == "fjord is the theme from now on."
    assert [(one["name"], one["used"]) for one in answer.records] == [("fjord", True)]
    assert "settings:\n  theme: fjord\n" in bare.paths.config_file.read_text()
    with pytest.raises(NotFoundError, match="Did you mean fjord"):
        bare.shell("theme", "use", "fjrod")


def test_people_read_in_words_which_theme_is_used(bare: Desk) -> None:
    answer = bare.shell("theme", "list")
    assert isinstance(answer, Listing)
    assert answer.table is not None
    words = {row["name"]: row["used"] for row in answer.table.records}
    assert (words["planhat-dark"], words["fjord"]) == ("in use", "")


def test_a_file_that_isnt_there_is_told(bare: Desk) -> None:
    with pytest.raises(InputError, match=r"There is no file \./none\.yaml"):
        bare.shell("theme", "check", "./none.yaml")
