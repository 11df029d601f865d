"""Small, large and changing terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys.conftest import LARGE, MEDIUM, SMALL, Journey
from tests.settling import settle

if TYPE_CHECKING:
    from tests.journeys.conftest import Person


def test_a_terminal_that_is_too_small_says_what_it_needs_and_loses_nothing(
    journey: Journey,
) -> None:
    async def shrink(person: Person) -> None:
        person.sees("40x10", "50x12", "Nothing is lost", "ctrl+q")
        await person.pilot.resize_terminal(*SMALL)
        await settle(person.pilot)
        person.sees("1,200 of 1,200", "3M Lab")
        await person.find("acme inc")
        await person.pilot.resize_terminal(40, 10)
        await settle(person.pilot)
        person.sees("40x10")
        await person.pilot.resize_terminal(*MEDIUM)
        await settle(person.pilot)
        person.sees("3 of 1,200", "Acme Inc")
        assert person.focus == "company-rows"
        await person.pilot.resize_terminal(40, 10)
        await settle(person.pilot)

    journey(shrink, (40, 10))


def test_panes_become_tabs_and_back_with_the_focus_where_it_was(journey: Journey) -> None:
    async def resize(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "j")
        for size in (SMALL, LARGE, MEDIUM, SMALL):
            await person.pilot.resize_terminal(*size)
            await settle(person.pilot)
            person.sees("Bo Larsson", "3 Contacts 5")
            assert person.focus == "contact-rows"
            assert person.app.explorer.contacts.rows.cursor == 1

    journey(resize, MEDIUM)


def test_a_pane_can_have_the_whole_screen(journey: Journey) -> None:
    async def zoom(person: Person) -> None:
        await person.find("acme inc")
        await person.press("2", "z")
        person.sees("[2 Detail]", "Customer from", "External id")
        await person.press("escape")
        person.sees("2 Acme Inc")

    journey(zoom, MEDIUM)
