from __future__ import annotations

import stat
from pathlib import Path

import pytest

from planhat_tui.commands.editing import command_of, edited
from planhat_tui.errors import InputError


def _script(folder: Path, text: str) -> str:
    path = folder / "my editor"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return f"'{path}' -w"


def test_the_text_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    env = {"VISUAL": _script(tmp_path, f'ls -l "$2" > {seen}; echo "more: ü" >> "$2"')}
    env["EDITOR"] = "false"
    assert edited("name: Acmé\n", env, has_terminal=False) == "name: Acmé\nmore: ü\n"
    told = seen.read_text()
    assert told.startswith("-rw-------")
    path = Path(told.split()[-1])
    assert path.suffix == ".yaml"
    assert not path.parent.exists(), "nothing is left of it"


def test_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    env = {"EDITOR": _script(tmp_path, f'ls -ld "$(dirname "$2")" > {seen}')}
    edited("x", env, has_terminal=False)
    assert seen.read_text().startswith("drwx------")
    assert stat.S_ISREG(seen.stat().st_mode)


@pytest.mark.parametrize(
    ("env", "why"),
    [
        ({"EDITOR": "no-such-editor-here"}, "There is no editor no-such-editor-here"),
        ({"EDITOR": "'open"}, "is no command of an editor"),
        ({"EDITOR": "false"}, "false ended with 1: nothing was changed"),
        ({"EDITOR": "/"}, "can't be started"),
        ({"EDITOR": " "}, "There is no terminal"),
        ({}, "Set EDITOR"),
    ],
)
def test_what_is_no_editor_is_said(env: dict[str, str], why: str) -> None:
    with pytest.raises(InputError, match=why):
        edited("x", env, has_terminal=False)


def test_a_text_that_is_no_text_any_more_is_said(tmp_path: Path) -> None:
    env = {"EDITOR": _script(tmp_path, "printf '\\377' > \"$2\"")}
    with pytest.raises(InputError, match="isn't UTF-8"):
        edited("x", env, has_terminal=False)


def test_visual_goes_before_editor_and_a_terminal_has_vi() -> None:
    both = {"VISUAL": "code --wait", "EDITOR": "nano"}
    assert command_of(both, has_terminal=True) == ["code", "--wait"]
    assert command_of({"VISUAL": "", "EDITOR": "nano"}, has_terminal=True) == ["nano"]
    assert command_of({}, has_terminal=True) == ["vi"]
