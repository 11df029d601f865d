from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import InputError, StorageError
from planhat_tui.workspace.wholefile import named, whole_file
from tests.disk import read_only

if TYPE_CHECKING:
    from pathlib import Path


def _write(path: Path, text: bytes) -> None:
    with whole_file(path) as file:
        file.write(text)


def test_a_file_takes_the_place_of_what_was_there_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "answer.csv"
    path.write_text("before")
    path.chmod(0o644)
    _write(path, b"after")
    assert path.read_bytes() == b"after"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_until_it_is_whole_the_old_one_is_there(tmp_path: Path) -> None:
    path = tmp_path / "answer.csv"
    path.write_text("before")
    with whole_file(path) as file:
        file.write(b"half")
        assert path.read_text() == "before"


@pytest.mark.parametrize("what", [KeyboardInterrupt, ValueError])
def test_whatever_ends_it_nothing_of_the_new_is_left(
    tmp_path: Path, what: type[BaseException]
) -> None:
    path = tmp_path / "answer.csv"
    path.write_text("before")

    def ended() -> None:
        with whole_file(path) as file:
            file.write(b"half")
            raise what

    with pytest.raises(what):
        ended()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_is_full_is_told_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "answer.csv"
    path.write_text("before")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        StorageError, match=r"No space left on device\.  What was there is as it was"
    ):
        _write(path, b"after")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_link_leads_to_is_replaced_and_the_link_stays(tmp_path: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("before")
    link.symlink_to("real.csv")
    _write(link, b"after")
    assert link.is_symlink()
    assert real.read_bytes() == b"after"
    real.unlink()  # a link to what isn't there yet makes it
    _write(link, b"new")
    assert real.read_bytes() == b"new"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.csv", "real.csv"]


def test_where_no_file_can_be_put_it_is_said_and_nothing_is_touched(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "null").symlink_to("/dev/null")
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    os.mkfifo(tmp_path / "pipe")
    for name, why in (
        ("folder", "is a folder"),
        ("null", "is no plain file"),
        ("pipe", "is no plain file"),
        ("nowhere/x.csv", "There is no folder"),
        ("a", "can't be written"),
    ):
        with pytest.raises(InputError, match=why) as told:
            _write(tmp_path / name, b"x")
        assert told.value.field == "to"
        assert told.value.advice
    assert (tmp_path / "null").is_symlink()


def test_a_folder_that_nobody_may_write_in_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    with read_only(folder), pytest.raises(InputError, match="Permission denied"):
        _write(folder / "x.csv", b"x")


@pytest.mark.parametrize("text", ["~nobody-is-called-so/x", "a\0b", "\ud800"])
def test_a_name_that_is_no_path_is_told(text: str) -> None:
    with pytest.raises(InputError, match="it's no path"):
        named(text)


def test_a_home_is_written_as_in_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert named("~/x.csv") == tmp_path / "x.csv"
