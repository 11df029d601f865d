from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.config.watching import ConfigFile, Reread

if TYPE_CHECKING:
    from pathlib import Path

ACME = "profiles: {acme: {base_url: https://api.planhat.com, token: {env: ACME}}}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    _write(path, ACME)
    return path


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)


def _file(path: Path) -> ConfigFile:
    return ConfigFile(path, path.parent / "cache", lambda: 0.0)


def _looked(file: ConfigFile) -> Reread | None:
    """Look twice: what has changed must rest."""
    first = file.look()
    assert first is None
    return file.look()


def test_a_file_that_stays_as_it_is_says_nothing(path: Path) -> None:
    file = _file(path)
    assert _looked(file) is None


def test_what_has_changed_is_read_once_it_rests(path: Path) -> None:
    file = _file(path)
    _write(path, ACME + "settings: {theme: fjord}\n")
    reread = _looked(file)
    assert reread is not None
    assert (reread.before.settings.theme, reread.now.settings.theme) == ("planhat-dark", "fjord")
    assert file.config is reread.now
    assert _looked(file) is None


def test_a_file_that_is_being_written_is_left_alone(path: Path) -> None:
    file = _file(path)
    for end in range(3):
        _write(path, ACME + "#" * end)
        assert file.look() is None
    assert file.config.profiles


def test_a_mistake_changes_nothing_and_is_told_once(path: Path) -> None:
    file = _file(path)
    _write(path, ACME + "settings: {thema: fjord}\n")
    reread = _looked(file)
    assert reread is not None
    assert reread.now is reread.before is file.config
    assert "Did you mean theme?" in str(reread.problems[0])
    assert _looked(file) is None
    _write(path, ACME + "settings: {theme: fjord}\n")
    assert _looked(file) is not None
    assert file.config.settings.theme == "fjord"


def test_a_mistake_that_is_mended_is_told_though_nothing_else_is_new(path: Path) -> None:
    file = _file(path)
    _write(path, ACME + "settings: {thema: fjord}\n")
    assert _looked(file)
    _write(path, ACME + "#\n")
    assert _looked(file) == Reread(file.config, file.config, mended=True)
    assert _looked(file) is None


def test_a_file_that_is_gone_leaves_what_was_read(path: Path) -> None:
    file = _file(path)
    path.unlink()
    reread = _looked(file)
    assert reread is not None
    assert "is gone" in reread.problems[0].message
    assert file.config.profiles
    _write(path, ACME)
    assert _looked(file) == Reread(file.config, file.config, mended=True), "it's there again"


def test_an_edit_from_inside_is_no_change_from_outside(path: Path) -> None:
    file = _file(path)
    _write(path, ACME + "settings: {theme: fjord}\n")
    file.reload()
    assert file.config.settings.theme == "fjord"
    assert _looked(file) is None


def test_another_comment_is_nothing_to_tell(path: Path) -> None:
    file = _file(path)
    _write(path, ACME + "# mine\n")
    assert _looked(file) is None
