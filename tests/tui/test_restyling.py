from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from planhat_tui.config.themes import load_themes, themes_folder
from planhat_tui.tui.restyling import Restyling

if TYPE_CHECKING:
    from pathlib import Path

DARK = (themes_folder() / "planhat-dark.yaml").read_text(encoding="utf-8")
MINE = DARK.replace("name: planhat-dark", "name: mine")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    save(path, MINE, 1)
    return path


def save(path: Path, text: str, at: int) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (at, at))


def watching(folder: Path) -> Restyling:
    return Restyling(folder, load_themes(folder)[0])


def test_what_isnt_saved_again_isnt_read_again(mine: Path) -> None:
    assert watching(mine.parent).look() is None


def test_a_theme_is_read_again_when_its_file_is_saved(mine: Path) -> None:
    restyling = watching(mine.parent)
    save(mine, MINE.replace("#5bb8cf", "#aabbcc"), 2)
    found = restyling.look()
    assert found is not None
    assert found.new == {"mine"}
    assert (found.told, found.bad) == ("Read again: theme mine", False)
    assert restyling.themes["mine"].colors["accent"] == "#aabbcc"
    assert restyling.look() is None


def test_a_mistake_changes_nothing_and_is_told_with_file_line_and_key(mine: Path) -> None:
    restyling = watching(mine.parent)
    save(mine, MINE.replace("#5bb8cf", "blueish").replace("dark: true", "dark: perhaps"), 2)
    found = restyling.look()
    assert found is not None
    assert found.bad
    assert found.new == frozenset()
    assert "mine.yaml:2:7: dark must be true or false." in found.told
    assert found.told.endswith("and 1 more")
    assert restyling.themes["mine"].colors["accent"] == "#5bb8cf"
    save(mine, MINE.replace("#5bb8cf", "#aabbcc"), 3)
    found = restyling.look()
    assert found is not None
    assert found.new == {"mine"}


def test_a_new_theme_is_there_and_one_that_goes_is_gone(mine: Path) -> None:
    restyling = watching(mine.parent)
    mine.unlink()
    save(mine.with_name("other.yaml"), MINE.replace("name: mine", "name: other"), 2)
    found = restyling.look()
    assert found is not None
    assert found.new == {"other"}
    assert "mine" not in restyling.themes
    assert "planhat-dark" in restyling.themes


def test_a_folder_that_comes_later_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "themes"
    restyling = watching(folder)
    assert restyling.look() is None
    folder.mkdir()
    save(folder / "mine.yaml", MINE, 2)
    assert restyling.look() is not None
    assert "mine" in restyling.themes
