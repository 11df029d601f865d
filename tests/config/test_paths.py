from __future__ import annotations

import sys
from pathlib import Path

import pytest

from planhat_tui.config.paths import Paths, find_paths


def test_one_home_holds_everything(tmp_path: Path) -> None:
    assert find_paths({"PLANHAT_TUI_HOME": str(tmp_path)}) == Paths(
        config_file=tmp_path / "config.yaml",
        user_themes=tmp_path / "themes",
        data=tmp_path / "data",
        state=tmp_path / "state",
        cache=tmp_path / "cache",
    )


def test_the_config_file_can_be_named_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "work.yaml"
    home = {"PLANHAT_TUI_HOME": str(tmp_path / "home")}
    named = find_paths({**home, "PLANHAT_TUI_CONFIG": str(file)})
    assert named.config_file == file
    plain = find_paths(home)
    assert (named.user_themes, named.data, named.state) == (
        plain.user_themes,
        plain.data,
        plain.state,
    )


def test_a_tilde_is_the_persons_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    paths = find_paths({"PLANHAT_TUI_HOME": "~/ph", "PLANHAT_TUI_CONFIG": "~/ph.yaml"})
    assert paths.data == tmp_path / "ph" / "data"
    assert paths.config_file == tmp_path / "ph.yaml"


def test_a_tilde_of_somebody_unknown_is_taken_as_a_name() -> None:
    named = "~nobody-of-that-name/config.yaml"
    assert find_paths({"PLANHAT_TUI_CONFIG": named}).config_file == Path(named)


@pytest.mark.parametrize("empty", [{}, {"PLANHAT_TUI_HOME": "", "PLANHAT_TUI_CONFIG": ""}])
def test_without_a_word_it_is_the_platforms_own_folder(empty: dict[str, str]) -> None:
    paths = find_paths(empty)
    assert paths.config_file.name == "config.yaml"
    assert paths.user_themes == paths.config_file.parent / "themes"
    for folder in (paths.config_file.parent, paths.data, paths.state, paths.cache):
        assert folder.is_absolute()
        assert "planhat-tui" in folder.parts


@pytest.mark.skipif(sys.platform != "linux", reason="XDG is Linux's")
def test_on_linux_it_keeps_to_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    paths = find_paths({})
    assert paths.config_file == tmp_path / "CONFIG" / "planhat-tui" / "config.yaml"
    assert paths.data == tmp_path / "DATA" / "planhat-tui"
    assert paths.state == tmp_path / "STATE" / "planhat-tui"
    assert paths.cache == tmp_path / "CACHE" / "planhat-tui"
    assert not any(tmp_path.iterdir())
