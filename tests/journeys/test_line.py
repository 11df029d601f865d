"""The ``:`` line, the palette and the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys.conftest import BOTH, Journey
from tests.journeys.planhat import company
from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from tests.journeys.conftest import Person


@BOTH
def test_a_verb_takes_the_company_under_the_cursor(journey: Journey, size: tuple[int, int]) -> None:
    async def tag(person: Person) -> None:
        await person.find("acme inc")
        await person.press("colon")
        assert person.focus == "command"
        await person.type("tag renewal-q1")
        await person.press("enter")
        assert "renewal-q1 on Acme Inc: queued" in person.message
        assert person.focus == "company-rows"
        assert "renewal-q1" in company(person, "Acme Inc")["tags"]

    journey(tag, size)


@BOTH
def test_a_typing_error_names_what_was_meant(journey: Journey, size: tuple[int, int]) -> None:
    async def mistype(person: Person) -> None:
        await person.press("colon")
        await person.type("comapny find acme")
        await person.press("enter")
        assert person.message == "There is no command comapny.  Did you mean company?"

    journey(mistype, size)


@BOTH
def test_an_answer_with_rows_comes_in_a_sheet(journey: Journey, size: tuple[int, int]) -> None:
    async def look(person: Person) -> None:
        await person.press("colon")
        await person.type("user find max")
        await person.press("enter")
        person.sees(":user find max", "max.berg@northwind-soft")
        await person.press("escape")
        person.sees_no(":user find max")

    journey(look, size)


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
