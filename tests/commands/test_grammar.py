from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.commands import grammar
from planhat_tui.commands.context import Door
from planhat_tui.commands.registry import GLOBALS, Command, commands
from planhat_tui.errors import InputError


def _command(name: str) -> Command:
    return next(one for one in commands(name.split(maxsplit=1)[0]) if one.name == name)


def _line(name: str, *words: str) -> dict[str, Any]:
    command = _command(name)
    return grammar.arguments(command, grammar.parsed(command, words, Door.LINE))


def _shell(name: str, *words: str) -> dict[str, Any]:
    command = _command(name)
    return grammar.arguments(command, grammar.parsed(command, words, Door.SHELL))


# -- query words


def _safe(*words: str) -> list[str]:
    """Return words as they are read with the options of all verbs, and those of a call's log."""
    params = (*GLOBALS, *_command("call log").params, *_command("contact find").params)
    return grammar.query_words(words, params, Door.SHELL)


def test_a_token_with_a_dash_and_a_colon_is_a_query_word() -> None:
    assert _safe("acme", "-tag:vip") == ["acme", "not:tag:vip"]
    assert _line("company find", "acme", "-tag:vip") == {"query": ("acme", "not:tag:vip")}


def test_what_is_no_query_is_taken_as_it_is_or_refused() -> None:
    with pytest.raises(InputError, match="no option -e"):
        _line("company tag", "-eu:old")
    assert _line("company tag", "--", "-eu:old")["tags"] == ("-eu:old",)


def test_options_stay_options() -> None:
    words = ["--json", "-q", "-o", "json", "--start", "-10m", "--note"]
    assert _safe(*words) == words


def test_the_value_of_an_option_stays_as_it_is() -> None:
    assert _safe("--note", "-ps:later") == ["--note", "-ps:later"]


def test_after_the_value_of_an_option_query_words_go_on() -> None:
    assert _safe("--company=extid-1", "-tag:vip") == ["--company=extid-1", "not:tag:vip"]


@pytest.mark.parametrize("flag", ["--json", "--fresh", "--quiet", "-q"])
def test_after_a_flag_they_go_on_too(flag: str) -> None:
    assert _safe(flag, "-tag:vip") == [flag, "not:tag:vip"]
    assert _line("company find", "acme", flag, "-tag:vip")["query"] == ("acme", "not:tag:vip")


def test_everything_after_two_dashes_stays_as_it_is() -> None:
    assert _safe("-tag:a", "--", "-tag:b") == ["not:tag:a", "--", "-tag:b"]


@given(words=st.lists(st.text(alphabet="-:=abc \u202e", max_size=6), max_size=5))
def test_words_are_neither_lost_nor_added(words: list[str]) -> None:
    read = _safe(*words)
    assert len(read) == len(words)
    assert [one.removeprefix("not:") for one in read] == [
        word if word == one else word[1:] for word, one in zip(words, read, strict=True)
    ]


@given(words=st.lists(st.text(max_size=8), max_size=4))
def test_no_word_of_a_query_makes_the_parser_stumble(words: list[str]) -> None:
    try:
        read = _line("company find", "--", *words)
    except InputError:
        pytest.fail("words after -- are never options")
    assert read["query"] == tuple(words)


# -- the two doors


def test_a_record_is_one_argument_in_the_shell_and_an_option_in_the_line() -> None:
    assert _shell("company tag", "Acme Inc", "gold", "vip") == {
        "ids": ("Acme Inc",),
        "tags": ("gold", "vip"),
    }
    assert _line("company tag", "gold", "--id", "a", "vip", "--id", "b") == {
        "ids": ("a", "b"),
        "tags": ("gold", "vip"),
    }
    assert _line("company tag", "gold") == {"ids": (), "tags": ("gold",)}


def test_only_the_shell_answers_the_question_beforehand() -> None:
    with pytest.raises(InputError, match="There's no option --yes"):
        _line("company delete", "--yes")
    shell = [param.name for param in grammar.params_of(_command("company delete"), Door.SHELL)]
    assert shell == ["ids", "yes", "confirm"]


def test_what_isnt_given_is_empty() -> None:
    assert _line("call log") == {
        "contact": "",
        "nr": "",
        "agent": "",
        "start": "",
        "end": "",
        "talk": "",
        "waiting": "",
        "note": "",
        "open": False,
    }


def test_defaults_and_flags() -> None:
    given = _shell("profile add", "acme", "--no-delete", "--base-url", "https://x.planhat.com")
    assert given["no_delete"] is True
    assert given["read_only"] is False
    assert given["auth"] == ""
    assert _shell("sandbox")["dialect"] == "modern"
    assert given["base_url"] == "https://x.planhat.com"


@pytest.mark.parametrize(
    "words",
    ["-q -o json", "-qojson", "-qo json", "--quiet --output=json", "-o csv --output json -q"],
)
def test_options_are_written_as_programs_take_them(words: str) -> None:
    given = grammar.parsed(_command("company find"), [*words.split(), "acme"], Door.SHELL)
    assert (given["quiet"], given["output"], given["query"]) == (True, "json", ("acme",))


def test_words_go_to_their_places_whatever_options_stand_between() -> None:
    given = _shell("company tag", "--json", "Acme Inc", "gold", "-q", "vip", "--", "--old", "-")
    assert given == {"ids": ("Acme Inc",), "tags": ("gold", "vip", "--old", "-")}


def test_before_a_verb_the_words_end_at_it() -> None:
    place = grammar.Place("planhat-tui", GLOBALS, Door.SHELL, "COMMAND")
    found = grammar.parts(place, ["-pacme", "company", "--json", "find"])
    assert [(param.name, value) for param, value in found.given] == [("profile", "acme")]
    assert found.between == ("company", "--json", "find")


@given(words=st.lists(st.text(alphabet="-=joqx \u202e", max_size=6), max_size=6))
def test_any_words_are_read_or_refused(words: list[str]) -> None:
    with contextlib.suppress(InputError):
        _shell("company tag", *words)


# -- mistakes


def test_an_unknown_option_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"There's no option --tlak\.  Did you mean --talk\?"):
        _line("call log", "--tlak", "10m")


@pytest.mark.parametrize(
    ("name", "option", "meant"),
    [
        ("company find", "--limit", "It is a part of the query: limit:3"),
        ("contact find", "--sort", "It is a part of the query: sort:-arr"),
        ("export", "--owner", "It is a part of the query: owner:VALUE"),
        ("company find", "--colour", ""),
        ("user find", "--limit", ""),
    ],
)
def test_an_option_that_is_a_term_names_the_term(name: str, option: str, meant: str) -> None:
    for words in ((option, "3"), (f"{option}=3",)):
        with pytest.raises(InputError) as told:
            _line(name, *words)
        assert told.value.message == f"There's no option {option}."
        assert told.value.advice == meant


def test_a_missing_word_is_told_with_the_usage() -> None:
    with pytest.raises(InputError) as told:
        _line("company set", "--id", "a")
    assert str(told.value) == (
        "Missing argument 'FIELD=VALUE...'.  Usage: company set [OPTIONS] FIELD=VALUE..."
    )


def test_the_usage_says_what_may_be_left_out() -> None:
    with pytest.raises(InputError, match=r"Usage: call log \[OPTIONS\] \[CONTACT\]$"):
        _line("call log", "a", "b")
    with pytest.raises(InputError, match=r"Usage: profile add \[OPTIONS\] NAME$"):
        _line("profile add")


def test_a_word_too_many_is_told() -> None:
    with pytest.raises(InputError, match="unexpected extra argument"):
        _line("outbox show", "1", "2")


def test_a_choice_that_isnt_one_is_told() -> None:
    with pytest.raises(InputError, match="'digest' is not one of 'bearer', 'basic'"):
        _line("profile add", "acme", "--auth", "digest")


@pytest.mark.parametrize("words", [("--note",), ("--open=yes",)])
def test_an_option_without_its_value_or_with_one_too_many_is_told(words: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=r"'--(note|open)' .* Usage: call log \[OPTIONS\]"):
        _line("call log", *words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("company show", ("--id", "\udcff")),
        ("company find", ("acme", "id:\udcff")),
        ("company set", ("name=\udcff",)),
        ("contact find", ("--company", "a\udcff")),
    ],
)
def test_bytes_that_are_no_text_are_refused(name: str, words: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="has bytes that are no text"):
        _line(name, *words)


def test_a_file_may_be_called_by_any_bytes() -> None:
    assert _line("import", "\udcff.csv")["file"] == "\udcff.csv"
