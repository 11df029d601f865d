"""Finding a company, and what one sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys.conftest import BOTH, LARGE, SMALL, Journey
from tests.journeys.watch import Watch
from tests.settling import settle

if TYPE_CHECKING:
    from tests.journeys.conftest import Person


async def _the_start(person: Person) -> None:
    person.sees("DEMO", "practice data", "1,200 of 1,200", "3M Lab")
    assert person.focus == "company-rows"


@BOTH
def test_the_explorer_opens_on_the_list_of_companies(
    journey: Journey, size: tuple[int, int]
) -> None:
    journey(_the_start, size)


def test_a_large_terminal_shows_more_columns(journey: Journey) -> None:
    async def look(person: Person) -> None:
        person.sees("OWNER", "DOMAIN", "3 Contacts", "4 Call", "Co-owner")

    journey(look, LARGE)


@BOTH
def test_a_company_is_found_and_its_contacts_seen_with_few_keys(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def find(person: Person) -> None:
        await person.press("slash")
        assert person.focus == "search"
        await person.type("acme inc")
        person.sees("3 of 1,200", "Acme Inc")
        await person.press("enter")
        assert person.focus == "company-rows"
        await person.press("3")
        assert person.focus == "contact-rows"
        person.sees("Ines D'Angelo")

    journey(find, size)


def test_the_age_of_what_is_shown_grows_while_nothing_is_read(journey: Journey) -> None:
    watch = Watch()

    async def look(person: Person) -> None:
        person.sees("1,200 of 1,200 · now")
        watch.wait(minutes=4)
        person.app.explorer._every_second()
        await settle(person.pilot)
        person.sees("1,200 of 1,200 · 4 min")

    journey(look, SMALL, picture=False, clock=watch.clock)
