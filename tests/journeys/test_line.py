"""The ``:`` line, the palette and the help."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from textual.command import CommandList
from textual.widgets import Input

from planhat_tui.commands import completing, line
from planhat_tui.errors import InputError
from planhat_tui.tui.screens.answers import AnswersSheet
from planhat_tui.tui.screens.help import Help
from planhat_tui.tui.screens.overview import OverviewSheet
from planhat_tui.tui.screens.tags import Tags
from tests.journeys.conftest import BOTH, EITHER, MEDIUM, SMALL, Journey
from tests.journeys.doing import run_line
from tests.journeys.planhat import company
from tests.journeys.watch import Watch
from tests.settling import settle
from tests.tui.stage import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Person


def _typed(person: Person) -> str:
    """Return what stands in the line of text that has the focus."""
    focused = person.app.focused
    return focused.value if isinstance(focused, Input) else ""


@EITHER
def test_a_verb_takes_the_company_under_the_cursor(journey: Journey, size: tuple[int, int]) -> None:
    watch = Watch()

    async def tag(person: Person) -> None:
        await person.find("acme inc")
        await person.press("colon")
        assert person.focus == "command"
        await person.type("tag renewal-q1")
        await person.press("enter")
        assert person.message == ("Tag renewal-q1 on Acme Inc: delivered.  u takes it back.")
        assert person.focus == "company-rows"
        assert "renewal-q1" in company(person, "Acme Inc")["tags"]
        await run_line(person, "undo")
        person.sees("Undo", "-renewal-q1", "ctrl+s take it back")
        await person.press("escape")
        assert person.message == "Nothing was done."
        assert "renewal-q1" in company(person, "Acme Inc")["tags"]
        await run_line(person, "undo")
        await person.press("ctrl+s")  # it may be meant for what was in front until now
        person.sees("Press it again in a moment")
        watch.wait(seconds=1)
        await person.press("ctrl+s")
        assert person.message == "Tags of Acme Inc are back as they were."
        assert "renewal-q1" not in company(person, "Acme Inc")["tags"]

    journey(tag, size, clock=watch.clock)


@EITHER
def test_a_typing_error_names_what_was_meant(journey: Journey, size: tuple[int, int]) -> None:
    async def mistype(person: Person) -> None:
        await person.press("colon")
        await person.type("comapny find acme")
        await person.press("enter")
        assert person.message == "There is no command comapny.  Did you mean company?"
        person.sees("There is no command comapny", "comapny find acme")
        command = person.app.explorer.message.command
        assert (person.focus, command.cursor_position) == ("command", len("comapny"))
        await person.press("ctrl+u")
        await person.type("company")
        await person.press("enter")
        person.sees(":company find acme")

    journey(mistype, size, picture=False)


@EITHER
def test_help_that_is_typed_is_the_one_of_the_key(journey: Journey, size: tuple[int, int]) -> None:
    async def ask(person: Person) -> None:
        await run_line(person, "help")
        typed = type(person.app.screen)
        await person.press("escape", "question_mark")
        assert type(person.app.screen) is typed is Help

    journey(ask, size, picture=False)


@BOTH
def test_an_answer_with_rows_comes_in_a_sheet(journey: Journey, size: tuple[int, int]) -> None:
    async def look(person: Person) -> None:
        await person.press("colon")
        await person.type("user find max")
        await person.press("enter")
        person.sees(":user find max", "max.berg@northwind")
        await person.press("escape")
        person.sees_no(":user find max")

    journey(look, size)


def test_what_is_queued_is_followed_also_where_the_line_answers_with_rows(
    journey: Journey,
) -> None:
    async def tag(person: Person) -> None:
        await person.find("acme")
        await person.press("space", "j", "space")
        marks = person.app.explorer.companies.rows.marks
        assert len(marks) == 2
        await run_line(person, "tag followed ; user find max")
        person.sees(":tag followed ; user find max", "max.berg@northwind")
        assert not marks
        await person.press("escape")
        assert person.message == (
            "Tag followed on 2 companies: delivered.  u takes it back.  Their marks are off"
        )

    journey(tag, MEDIUM, picture=False)


def test_answers_are_kept_searched_copied_written_and_opened(
    journey: Journey, tmp_path: Path
) -> None:
    watch = Watch()

    async def look(person: Person) -> None:
        await run_line(person, "company find acme --fields _id,name,phase")
        person.sees(":company find acme", "PHASE", "Acme Inc")
        await person.press("escape")
        await run_line(person, "contact find --company 'Acme Inc' limit:3 --jsonl")
        person.sees_line('{"_id":')
        await person.press("j", "enter")
        assert person.focus == "contact-rows"
        opened = person.app.explorer.contacts.current
        assert opened is not None
        assert opened.company_name == "Acme Inc"
        await person.press("A", "slash")
        await person.type("acme inc\n")
        await person.press("N")
        assert person.app.focused is not None
        await person.press("w")
        await person.type(f"{tmp_path / 'answer.txt'}\n")
        assert "Acme" in (tmp_path / "answer.txt").read_text()
        (tmp_path / "answer.txt").write_text("mine")
        await person.press("w")
        await person.type(f"{tmp_path / 'answer.txt'}\n")
        person.sees("answer.txt is there: Enter again")
        watch.wait(seconds=2)
        await person.press("enter")
        assert "Acme" in (tmp_path / "answer.txt").read_text()
        person.reads("in place of what was there")
        await person.press("g", "j", "j", "enter")
        assert person.focus == "field-rows"
        assert person.app.explorer.detail.company_id

    journey(look, (120, 40), picture=False, clock=watch.clock)


@EITHER
def test_what_comes_late_waits_while_the_person_types_something_else(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    go_on, checked = threading.Event(), line.checked

    def slow(*given: Any) -> Any:  # noqa: ANN401 -- its own
        go_on.wait(10)
        return checked(*given)

    monkeypatch.setattr(line, "checked", slow)

    async def run(person: Person, text: str, key: str, typed: str) -> None:
        go_on.clear()
        await person.press("colon")
        await person.type(text)
        for one in ("enter", key, *typed):
            person.send(one)
        await until(person.pilot, lambda: _typed(person) == typed)
        go_on.set()
        await settle(person.pilot)
        assert _typed(person) == typed

    async def look(person: Person) -> None:
        await person.find("acme inc")
        waits = "The line is answered.  A shows the answers"
        await run(person, "user find max", "t", "yes")
        assert (type(person.app.screen), person.message) == (Tags, waits)
        await person.press("f9", "escape", "A")
        person.sees(":user find max", "max.berg@northwind")
        await person.press("escape")
        await run(person, "comapny find", "t", "yes")
        await person.press("f9", "escape")
        assert person.focus == "company-rows"
        await run(person, "user find max", "slash", "globex")
        assert (person.focus, person.message) == ("search", waits)
        await person.press("enter")
        await run(person, "comapny find", "slash", "initech")
        await person.press("enter")
        await run(person, "duplicates company", "t", "yes")
        assert type(person.app.screen) is Tags

    journey(look, size, picture=False)


@EITHER
def test_lines_are_remembered_and_completed(journey: Journey, size: tuple[int, int]) -> None:
    async def remember(person: Person) -> None:
        await person.press("colon")
        await person.type("whoami")
        await person.press("enter")
        person.sees("max123")
        await person.press("escape")
        await person.press("colon", "up")
        command = person.app.explorer.message.command
        assert command.value == "whoami"
        await person.press("ctrl+u")
        await person.type("outbox li")
        await person.press("tab")
        assert command.value == "outbox list"
        await person.press("ctrl+u")
        await person.type("half of it")
        await person.press("down", "up", "up", "down", "down")
        assert command.value == "half of it"
        await person.press("ctrl+r", "ctrl+u")
        await person.type("outbox list")
        await person.press("escape")
        assert person.focus == "company-rows"
        await person.waits_a_second()

    journey(remember, size)


@EITHER
def test_deleting_by_the_line_asks_for_the_word_as_the_key_does(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def refuse(person: Person) -> None:
        await person.find("acme inc")
        await person.press("colon")
        await person.type("delete")
        await person.press("enter")
        person.sees("Delete Acme Inc in demo?", "Type delete and Enter")
        watch.wait(seconds=1)
        await person.press("escape")
        assert person.message == "Nothing was done."
        assert company(person, "Acme Inc")["name"] == "Acme Inc"

    journey(refuse, size, clock=watch.clock)


def test_the_palette_has_the_narrow_scroll_bar_that_all_lists_have(journey: Journey) -> None:
    async def look(person: Person) -> None:
        await person.press("ctrl+p")
        found = person.app.screen.query_one(CommandList)
        assert found.show_vertical_scrollbar
        assert found.scrollbar_size_vertical == 1

    journey(look, SMALL, picture=False)


@BOTH
def test_the_palette_finds_a_command_by_a_piece_of_its_name(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def change_theme(person: Person) -> None:
        await person.press("ctrl+p")
        person.sees("letters search  up down choose  enter do it  esc close")
        await person.type("theme fjord")
        await person.press("enter")
        await person.press("enter")
        assert person.app.theme == "fjord"

    journey(change_theme, size)


@EITHER
def test_the_palette_has_the_keys_of_a_sheet_and_says_where_there_are_none(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def find(person: Person) -> None:
        await person.press("S", "j", "ctrl+p")
        person.sees("show the column, or hide it")
        await person.type("show, hide")
        await person.press("enter")
        await person.until("[ ]", "PHASE")
        await person.press("escape", "t", "ctrl+p")
        person.sees("Tags of", "The keys are those below.  esc leads back to all commands")
        await person.press("escape", "ctrl+p")
        person.sees("mark the row; a mark makes every verb work on")

    journey(find, size, picture=False)


def test_the_line_of_the_palette_stays_where_it_is_while_one_types(journey: Journey) -> None:
    async def find(person: Person) -> None:
        await person.press("ctrl+p")
        line = person.app.focused
        assert line is not None
        where = line.region.y
        for letter in "theme":
            await person.press(letter)
            assert line.region.y == where

    journey(find, SMALL, picture=False)


@BOTH
def test_the_help_shows_the_keys_of_what_has_the_focus(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def ask(person: Person) -> None:
        await person.press("3", "question_mark")
        person.sees("Keys", "contacts", "log a call that just ended", "ctrl+p")
        await person.type("journal")
        person.sees("what was changed from here")
        person.sees_no("log a call that just ended")
        await person.press("escape")
        assert person.focus == "contact-rows"

    journey(ask, size)


def test_enter_in_the_help_does_what_the_key_does(journey: Journey) -> None:
    async def do(person: Person) -> None:
        await person.press("question_mark")
        await person.type("glance")
        await person.press("enter")
        assert isinstance(person.app.screen, OverviewSheet)
        await person.press("escape", "3", "question_mark")
        await person.type("add a contact")
        await person.press("enter")
        person.sees("A new contact at")
        await person.press("escape", "1", "question_mark")
        await person.type("add a contact")
        await person.press("enter")
        person.sees("A new contact at")
        await person.press("escape")
        assert person.focus == "contact-rows"
        await person.press("question_mark")
        await person.type("send it again")
        await person.press("enter")
        assert person.message == "retry is a key of not delivered yet: it works there"

    journey(do, MEDIUM, picture=False)


@BOTH
def test_the_line_says_what_is_due_and_what_it_may_be(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        await person.press("colon")
        await person.type("whoami")
        await person.press("enter", "escape", "colon")
        await person.type("oam")
        await person.press("ctrl+r")
        assert person.app.explorer.message.command.value == "whoami"
        person.sees("history with oam: ctrl+r the one before it")
        await person.press("ctrl+u")
        await person.type("tag ")
        person.sees("TAG...", "dach 113")
        await person.press("tab", "tab")
        assert person.app.explorer.message.command.value.startswith("tag ")
        await person.waits_a_second()

    journey(look, size)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (InputError("The copy is locked."), "The copy is locked."),
        (KeyError("x"), "by a fault of planhat-tui's own"),
    ],
)
def test_what_fails_in_completing_is_a_hint_and_the_line_can_be_run(
    journey: Journey, home: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, told: str
) -> None:
    def fail(*_: object) -> None:
        raise fault

    async def go_on(person: Person) -> None:
        monkeypatch.setattr(completing, "of_line", fail)
        await person.press("colon")
        await person.type("whoami")
        person.sees(told)
        await person.press("enter")
        person.sees("max.berg")

    journey(go_on, MEDIUM, picture=False)
    assert len(list(home.rglob("crash-*.txt"))) == isinstance(fault, KeyError)


def test_what_cant_be_done_now_says_why_in_the_palette_and_after_the_colon(
    journey: Journey,
) -> None:
    async def look(person: Person) -> None:
        await person.press("slash")
        await person.type("xyzzyxyzzy")
        await person.press("enter", "ctrl+p")
        await person.type(":company untag")
        person.sees(":company untag", "No company is selected")
        await person.press("enter")
        assert person.message == "No company is selected"
        await person.press("colon")
        await person.type("company untag ")
        person.sees("No company is selected  TAG...  a tag")

    journey(look, (120, 40), picture=False)


def test_answers_follow_the_width_with_the_cursor_on_the_same_record(journey: Journey) -> None:
    async def widen(person: Person) -> None:
        async def resize(width: int) -> None:
            await person.pilot.resize_terminal(width, 24)
            await settle(person.pilot)

        def here() -> str:
            sheet = person.app.screen
            assert isinstance(sheet, AnswersSheet)
            assert sheet._current is not None
            return sheet._current.text

        await person.find("acme inc")
        await run_line(person, "company find acme inc")
        await person.press("j", "j", "j")
        person.sees_on_top("No room for HEALTH")
        assert "Acme Learning" in here()
        await resize(120)
        person.sees_on_top("HEALTH")
        person.sees_on_top("Acme Learning Inc")
        assert "Acme Learning Inc" in here()
        await resize(60)
        person.sees_on_top("No room for HEALTH")
        assert "Acme Learning" in here()
        await person.press("escape")
        await resize(120)
        await person.press("A")
        person.sees_on_top("HEALTH")
        assert here() == ":company find acme inc"

    journey(widen, (60, 24), picture=False)
