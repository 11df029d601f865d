"""The options of all verbs, in the ``:`` line as in the shell, and answers that go to a file."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands import grammar
from planhat_tui.commands.context import Door, Wishes
from planhat_tui.commands.manner import Manner, manner_of
from planhat_tui.commands.output import Style
from planhat_tui.commands.registry import ANSWERING, STARTING, Command, commands
from planhat_tui.commands.results import Column, Done, Listing, Text, Watching
from planhat_tui.commands.saving import saved
from planhat_tui.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Desk

LINE = [command for command in commands() if Door.LINE in command.doors]
GIVEN = {
    "--output": ["csv"],
    "--json": [],
    "--jsonl": [],
    "--fields": ["name,phase"],
    "--to": ["x.csv"],
    "--quiet": [],
    "--queue": [],
    "--fresh": [],
}
TWO = Listing(({"_id": "a", "name": "A"}, {"_id": "b", "name": "B"}), (Column("name", "NAME"),))


def _least(command: Command, door: Door) -> list[str]:
    """Return words that a verb can't do without."""
    words = []
    for param in grammar.params_of(command, door):
        if param.required and param.how in {"word", "words"}:
            words.append("1")
        elif param.required and param.how in {"option", "options"}:
            words += [param.flags[-1], param.choices[0] if param.choices else "1"]
        elif param.how == "records" and door is Door.SHELL:
            words.append("1")
    return words


@pytest.mark.parametrize(
    ("typed", "streams"),
    [
        (Manner(), True),
        (Manner("jsonl"), True),
        (Manner("table"), False),
        (Manner(to="x.jsonl"), False),
    ],
)
def test_an_answer_of_another_form_or_place_isnt_read_as_it_is_written(
    typed: Manner, *, streams: bool
) -> None:
    assert typed.over(Wishes(stream=True)).stream == streams
    assert not typed.over(Wishes()).stream


def test_all_of_them_are_tried_here() -> None:
    assert [param.flags[-1] for param in ANSWERING] == list(GIVEN)


@pytest.mark.parametrize("command", LINE, ids=[command.name for command in LINE])
def test_each_verb_takes_each_option_before_and_after_its_words(command: Command) -> None:
    least = _least(command, Door.LINE)
    for spelling, value in GIVEN.items():
        if spelling not in {
            flag for one in grammar.of_all(command, Door.LINE) for flag in one.flags
        }:
            assert spelling in {flag for param in command.params for flag in param.flags}
            continue
        for words in ([spelling, *value, *least], [*least, spelling, *value]):
            read = grammar.parsed(command, words, Door.LINE)
            assert manner_of(read) != Manner(), words


@pytest.mark.parametrize("command", LINE, ids=[command.name for command in LINE])
def test_each_verb_takes_its_own_options_in_the_line(command: Command) -> None:
    for param in command.params:
        for spelling in param.flags:
            value = [] if param.how == "flag" else [param.choices[0] if param.choices else "7"]
            words = [*_least(command, Door.LINE), spelling, *value]
            read = grammar.arguments(command, grammar.parsed(command, words, Door.LINE))
            assert read[param.name], spelling


@pytest.mark.parametrize(
    ("command", "door"),
    product(commands(), (Door.SHELL, Door.LINE)),
    ids=lambda one: one.name if isinstance(one, Command) else str(one),
)
def test_no_spelling_means_two_things(command: Command, door: Door) -> None:
    place = grammar.place_of(command, door)
    spelled = [one for param in place.params for one in grammar.spellings(param, door)]
    assert len(spelled) == len(set(spelled))


@pytest.mark.parametrize("param", STARTING, ids=lambda param: param.name)
def test_how_a_run_begins_is_no_matter_of_the_line(desk: Desk, param: object) -> None:
    spelling = param.flags[-1]  # type: ignore[attr-defined]
    with pytest.raises(InputError, match=f"{spelling} says how the program begins"):
        desk.colon(f"user find {spelling} x")


# -- what they do


def test_what_is_typed_goes_before_what_the_door_does() -> None:
    plain = Style("table", (), width=80)
    assert Manner().style(plain) == plain
    assert Manner("json", ("name",), quiet=True).style(plain) == Style(
        "json", ("name",), quiet=True, width=80
    )
    assert Manner(queue=True, fresh=True).over(Wishes()) == Wishes(wait=False, fresh=True)
    assert Manner().over(Wishes(wait=False)) == Wishes(wait=False)


def test_a_line_of_a_script_says_how_it_is_answered(desk: Desk) -> None:
    desk.typed = ["user find max --json --fields email", "user find max"]
    desk.do("repl")
    assert desk.manners == [Manner("json", ("email",)), Manner()]


def test_a_line_may_ask_planhat_first(desk: Desk) -> None:
    desk.server.put(desk.company(), phase="renamed-since")
    desk.typed = ["company find 'Acme Inc' --fresh"]
    desk.do("repl")
    (found,) = desk.shown
    assert isinstance(found, Listing)
    assert found.records[0]["phase"] == "renamed-since"


def test_an_answer_goes_to_a_file_from_the_line(desk: Desk, tmp_path: Path) -> None:
    desk.typed = [f"user find max --to {tmp_path / 'team.json'}"]
    desk.do("repl")
    (told,) = desk.shown
    assert isinstance(told, Done)
    assert told.text.startswith(f"1 record written to {tmp_path / 'team.json'}.")
    assert json.loads((tmp_path / "team.json").read_text())[0]["externalId"] == "max123"


@pytest.mark.parametrize(
    ("name", "manner", "held"),
    [
        ("x.txt", Manner(), "NAME\nA\nB\n"),
        ("x.csv", Manner(), "name\nA\nB\n"),
        ("x.jsonl", Manner(fields=("name",)), '{"name":"A"}\n{"name":"B"}\n'),
        ("x.csv", Manner("id"), "a\nb\n"),
    ],
)
def test_its_ending_says_how_unless_an_option_does(
    tmp_path: Path, name: str, manner: Manner, held: str
) -> None:
    path = tmp_path / name
    path.write_text("before")
    done = saved(TWO, manner._replace(to=str(path)), Style(width=10))
    assert path.read_text() == held
    assert done.text == f"2 records written to {path}, in place of what was there."
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_is_written_as_it_is_and_a_note_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x"
    done = saved(Text("one\ntwo\n"), Manner(to=str(path)), Style())
    assert done.text == f"2 lines written to {path}."
    assert path.read_text() == "one\ntwo\n"
    noted = TWO._replace(note="local copy, just read", exit_status=1)
    done = saved(noted, Manner(to=str(path)), Style())
    assert (done.text.splitlines()[1], done.exit_status) == ("local copy, just read", 1)


@pytest.mark.parametrize("name", ["nowhere/x.csv", "~nobody-is-called-so/x", "a\0b"])
def test_a_file_that_cant_be_written_is_told(tmp_path: Path, name: str) -> None:
    where = name if name[0] == "~" else f"{tmp_path}/{name}"
    with pytest.raises(InputError, match=r"can't be written|There is no folder|it's no path"):
        saved(TWO, Manner(to=where), Style())


def test_what_never_ends_fills_no_file(tmp_path: Path) -> None:
    watching = Watching(iter(()), lambda _: "")
    with pytest.raises(InputError, match="never ends"):
        saved(watching, Manner(to=str(tmp_path / "x")), Style())
