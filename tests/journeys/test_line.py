"""The ``:`` line, the palette and the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys.conftest import BOTH, SMALL, Journey
from tests.journeys.doing import run_line
from tests.journeys.planhat import company
from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Person


@BOTH
def test_a_verb_takes_the_company_under_the_cursor(journey: Journey, size: tuple[int, int]) -> None:
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
        person.sees("Undo", "-renewal-q1", "ctrl+s takes it back")
        await person.press("escape")
        assert person.message == "Nothing was done."
        assert "renewal-q1" in company(person, "Acme Inc")["tags"]
        await run_line(person, "undo")
        await person.press("ctrl+s")
        assert person.message == "Tags of Acme Inc are back as they were."
        assert "renewal-q1" not in company(person, "Acme Inc")["tags"]

    journey(tag, size)


@BOTH
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


def test_answers_are_kept_searched_copied_written_and_opened(
    journey: Journey, tmp_path: Path
) -> None:
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
        await person.press("g", "j", "j", "enter")
        assert person.focus == "field-rows"
        assert person.app.explorer.detail.company_id

    journey(look, (120, 40), picture=False)


@BOTH
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
        await person.press("escape")
        assert person.focus == "company-rows"
        await person.waits_a_second()

    journey(remember, size)


@BOTH
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


@BOTH
def test_the_palette_finds_a_command_by_a_piece_of_its_name(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def change_theme(person: Person) -> None:
        await person.press("ctrl+p")
        await person.type("theme fjord")
        await person.press("enter")
        await person.press("enter")
        assert person.app.theme == "fjord"

    journey(change_theme, size)


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
        await person.press("escape")
        assert person.focus == "contact-rows"

    journey(ask, size)


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
