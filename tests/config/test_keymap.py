from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.config.keymap import ALLOWED, POSSIBLE, TAKEN, clashes, textual_name
from planhat_tui.config.keys import KEYS, PRESETS, written
from planhat_tui.config.loading import parse_config

if TYPE_CHECKING:
    from planhat_tui.config.profiles import Settings
    from planhat_tui.errors import ConfigError

FILE = Path("config.yaml")


def _settings(*lines: str, preset: str = "default") -> tuple[Settings, tuple[ConfigError, ...]]:
    """Settings of a keymap whose keys stand from line 5 on, and the mistakes."""
    head = ["settings:", "  keymap:", f"    preset: {preset}", "    keys:"]
    text = "\n".join([*head, *(f"      {line}" for line in lines), ""])
    config = parse_config(text, FILE)
    return config.settings, config.problems


def _wrong(*lines: str) -> ConfigError:
    settings, (problem,) = _settings(*lines)
    assert settings.keys == {}, "a keymap with a mistake changes nothing"
    return problem


def test_a_command_is_put_on_other_keys() -> None:
    settings, problems = _settings(
        'find: "/, F3"', "tags: K", "zoom: Ctrl+W", "bottom: 'G, shift+page down'"
    )
    assert problems == ()
    assert settings.keys == {
        "find": "slash,f3",
        "tags": "K",
        "zoom": "ctrl+w",
        "bottom": "G,shift+pagedown",
    }


def test_two_commands_may_change_places() -> None:
    settings, problems = _settings("tags: e", "field: t")
    assert problems == ()
    assert settings.keys == {"tags": "e", "field": "t"}


def test_a_command_that_isnt_there_names_the_nearest() -> None:
    problem = _wrong("find: f3", "tgas: T")
    assert (problem.line, problem.column) == (6, 7)
    assert problem.message == "There is no command tgas for a key."
    assert problem.advice == "Did you mean tags?"
    assert "planhat-tui keys" in _wrong("xyzzy: T").advice


@pytest.mark.parametrize(
    ("key", "message", "advice"),
    [
        ("f25", "f25 is no key", "Did you mean F"),
        ("ctlr+t", "ctlr+t is no key", "Did you mean ctrl+"),
        ("meta", "meta is no key", ALLOWED),
        ("''", "tags needs a key", ALLOWED),
        ("'T,'", "tags needs a key", ALLOWED),
        ("ctrl+c", "tags can't be on ctrl+c: it interrupts", ALLOWED),
        ("Ctrl+B", "tags can't be on ctrl+b: tmux takes it", ALLOWED),
        ("ctrl+a", "screen takes it", ALLOWED),
        ("ctrl+z", "it suspends", ALLOWED),
        ("ctrl+p", "it opens the palette", ALLOWED),
        ("ctrl+q", "it quits", ALLOWED),
        ("ctrl+i", "terminals send it as Tab", ALLOWED),
        ("Tab", "it goes to what is next", ALLOWED),
        ("esc", "tags can't be on esc: it goes one level back", ALLOWED),
        ("[T]", "tags must be text", "quotes"),
    ],
)
def test_a_key_that_cant_be_says_why_and_what_can(key: str, message: str, advice: str) -> None:
    problem = _wrong(f"tags: {key}")
    assert (problem.line, problem.column) == (5, 13)
    assert message in problem.message
    assert advice in problem.advice


@pytest.mark.parametrize(
    ("line", "key"),
    [("save: w", "w"), ("drop: d", "d"), ("stamp: space", "space"), ("start: 'F5, +'", "+"),
     ("save: Enter", "enter"), ("save: shift+s", "S"), ("drop: left", "left")],
)  # fmt: skip
def test_a_command_amid_typing_takes_no_key_from_what_is_typed(line: str, key: str) -> None:
    problem = _wrong(line)
    assert (problem.line, problem.column) == (5, line.index(":") + 9)
    command = line.partition(":")[0]
    assert problem.message == f"{command} can't be on {key}: fields of a form take it."
    assert problem.advice == "Allowed are F1 to F24, and ctrl and a letter."


@pytest.mark.parametrize("command", ["close", "back"])
def test_escape_leads_out_whatever_else_does(command: str) -> None:
    for typed, names in (("q", "escape,q"), ("'esc, X'", "escape,X"), ("F4", "f4,escape")):
        settings, problems = _settings(f"{command}: {typed}")
        assert problems == ()
        assert settings.keys == {command: names}


def test_a_key_of_another_command_in_the_same_place_is_a_conflict() -> None:
    problem = _wrong("tags: e")
    assert (problem.line, problem.column) == (5, 7)
    assert problem.message == "tags is on e, and so is field in companies."
    assert "Give one of them another key." in problem.advice


def test_so_is_one_of_a_place_around_it_which_it_would_hide() -> None:
    assert "tags is on p, and so is tenants in everywhere." in _wrong("tags: p").message
    assert "down is on t, and so is tags" in _wrong("down: t").message


def test_so_is_the_stamp_of_a_call_in_a_sheet_which_has_it_too() -> None:
    assert "stamp is on ctrl+t, and so is start in saved views." in _wrong("stamp: ctrl+t").message


def test_two_own_entries_on_one_key_are_told_at_the_later() -> None:
    problem = _wrong("field: X", "tags: X")
    assert problem.line == 6
    assert problem.message.startswith("tags is on X, and so is field")


def test_keys_of_places_that_never_meet_may_be_the_same() -> None:
    settings, problems = _settings("retry: t")
    assert problems == ()
    assert settings.keys == {"retry": "t"}


def test_every_mistake_is_told_and_a_wrong_one_isnt_held_against_others() -> None:
    settings, problems = _settings("tags: e", "field: ctrl+c", "zoom: p", "sort_of: x")
    assert [problem.line for problem in problems] == [6, 7, 8]
    assert settings.keys == {}


def test_the_preset_stays_where_own_keys_are_wrong() -> None:
    settings, problems = _settings("tags: e", preset="vim")
    assert len(problems) == 1
    assert settings.preset == "vim"
    assert settings.keys == PRESETS["vim"]


def test_own_keys_go_over_the_preset() -> None:
    settings, _ = _settings("field: f6", preset="vim")
    assert settings.keys == {**PRESETS["vim"], "field": "f6"}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_without_conflicts_and_has_possible_keys_of_commands(preset: str) -> None:
    changed = PRESETS[preset]
    pairs = {frozenset((one, other)) for one, other, _, _ in clashes(changed)}
    assert pairs == {frozenset(("close", "back"))}, "esc closes a form before it goes back"
    assert changed.keys() <= {key.name for key in KEYS}
    for name in (name for names in changed.values() for name in names.split(",")):
        assert name not in TAKEN
        assert name in POSSIBLE or len(name) == 1


def test_one_name_has_one_key_in_all_its_places() -> None:
    by_name = {key.name: key.keys for key in KEYS}
    assert all(by_name[key.name] == key.keys for key in KEYS)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("/", "slash"), ("esc", "escape"), ("F8", "f8"), ("T", "T"), ("shift+t", "T"),
        ("ctrl+^", "ctrl+circumflex_accent"), ("ctrl+]", "ctrl+right_square_bracket"),
        (" page up ", "pageup"), ("+", "plus"), ("ö", "ö"), ("Shift+Down", "shift+down"),
    ],
)  # fmt: skip
def test_keys_are_written_as_people_do(typed: str, name: str) -> None:
    assert textual_name(typed) == name


@given(st.sampled_from(sorted(POSSIBLE)))
def test_what_is_shown_of_a_key_can_be_written_into_the_config(name: str) -> None:
    assert textual_name(written(name)) == name


@given(st.text(max_size=12))
def test_no_text_for_a_key_makes_the_reader_fail(text: str) -> None:
    quoted = "".join(f"\\U{ord(char):08x}" for char in text)
    settings, problems = _settings(f'tags: "{quoted}"')
    assert bool(problems) != ("tags" in settings.keys)
