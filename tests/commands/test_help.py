from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui import cli
from planhat_tui.commands import output
from planhat_tui.commands.output import Style
from planhat_tui.commands.results import Done, Listing, Text
from planhat_tui.errors import InputError
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from planhat_tui.commands.results import Result
    from tests.commands.conftest import Desk


def _typed(desk: Desk, text: str) -> Result:
    (answer,) = desk.script(text)
    return answer


def test_help_lists_what_the_line_knows(desk: Desk) -> None:
    listed = _typed(desk, "help")
    assert isinstance(listed, Listing)
    names = {record["name"] for record in listed.records}
    assert {"company find", "undo", "help"} <= names
    assert "serve" not in names
    assert listed.note == "help COMMAND says how one is typed."


def test_in_the_shell_it_lists_what_the_shell_knows(desk: Desk) -> None:
    listed = desk.shell("help")
    assert isinstance(listed, Listing)
    assert "serve" in {record["name"] for record in listed.records}
    told = desk.shell("help", "serve")
    assert isinstance(told, Text)
    assert told.text.startswith("Usage: planhat-tui serve [OPTIONS]")


def test_of_a_noun_it_lists_the_verbs(desk: Desk) -> None:
    listed = _typed(desk, "help view")
    assert isinstance(listed, Listing)
    assert {str(record["name"]).split()[0] for record in listed.records} == {"view"}


@pytest.mark.parametrize(
    "line",
    [
        "help company find",
        "help comp find",
        "help company list",
        "company find --help",
        "company find acme -h",
        "company find --nonsense --help",
    ],
)
def test_it_says_how_a_command_is_typed(desk: Desk, line: str) -> None:
    told = _typed(desk, line)
    assert isinstance(told, Text)
    assert told.text.startswith("Usage: company find [OPTIONS] [QUERY]")
    assert "Find companies" in told.text
    assert "--fields A,B" in told.text


def test_what_is_a_value_asks_for_no_help(desk: Desk) -> None:
    acme = desk.company()
    assert isinstance(_typed(desk, "call log --nr +46701234567 --note --help"), Done)
    assert isinstance(_typed(desk, f"company tag --id {acme} -- --help"), Done)
    assert "--help" in desk.server.get(acme)["tags"]


def test_of_what_is_selected_the_noun_may_be_left_out(desk: Desk) -> None:
    (told,) = desk.colon("help tag", Kind.COMPANY, desk.company())
    assert isinstance(told, Text)
    assert told.text.startswith("Usage: company tag [OPTIONS] TAG")


def test_a_command_that_is_none_gets_the_nearest(desk: Desk) -> None:
    with pytest.raises(InputError, match=r"no command compny\.  Did you mean company\?"):
        desk.shell("help", "compny")
    with pytest.raises(InputError, match=r"no company verb fnd\.  Did you mean find\?"):
        desk.shell("help", "company", "fnd")


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_a_text_is_a_string_for_programs(form: output.Format) -> None:
    assert list(output.lines(Text('say "hi"\n'), Style(form))) == ['"say \\"hi\\"\\n"']


def test_in_the_shell_both_ways_to_ask_say_the_same(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    told = desk.shell("help", "company", "tag")
    assert isinstance(told, Text)
    assert cli.run(["company", "tag", "--help"]) == 0
    assert capsys.readouterr().out == f"{told.text}\n"


@pytest.mark.parametrize("cells", [40, 80, 200])
def test_help_has_room_in_the_terminal(
    cells: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(cells))
    for words in ([], ["company"], ["profile", "add"]):
        assert cli.run([*words, "--help"]) == 0
        told = capsys.readouterr().out
        assert max(map(len, told.splitlines())) <= min(cells, 100)
        assert "show this and exit" in " ".join(told.split())
