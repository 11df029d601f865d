"""The first start: a welcome that is in nobody's way, and a tour of five jobs that are done."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import BOTH, EITHER, SMALL, Journey
from tests.journeys.doing import run_line, set_field, tag
from tests.journeys.servers import configure, profile, sandbox
from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Person


@pytest.fixture
def new_here(home: Path, journey: Journey) -> None:  # noqa: ARG001 -- it fills the home
    """Forget that the welcome was seen."""
    (state,) = home.rglob("state.db")
    with contextlib.closing(sqlite3.connect(state)) as connection:
        connection.execute("DELETE FROM seen")
        connection.commit()


@pytest.mark.usefixtures("new_here")
def test_the_welcome_is_read_whole_in_a_very_small_terminal(journey: Journey) -> None:
    async def come(person: Person) -> None:
        person.reads(
            "Welcome  Practice data.  :tour shows how, p then a adds a tenant.  esc closes"
        )
        person.sees("/ find", "enter open", "? keys")

    journey(come, (60, 20), picture=False)


@BOTH
@pytest.mark.usefixtures("new_here")
def test_the_welcome_is_shown_once_and_takes_no_key(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def come(person: Person) -> None:
        person.sees("Welcome", "practice data")
        person.reads(":tour shows how, p then a adds a tenant.")
        assert person.focus == "company-rows"
        await person.press("j")
        person.sees("Welcome")
        rows = person.app.explorer.companies.rows
        assert rows.cursor == 1

    async def come_again(person: Person) -> None:
        person.sees_no("Welcome")

    journey(come, size)
    journey(come_again, size, picture=False)


@pytest.mark.usefixtures("new_here")
def test_escape_takes_the_welcome_away(journey: Journey) -> None:
    async def dismiss(person: Person) -> None:
        person.sees("Welcome")
        await person.press("escape")
        person.sees_no("Welcome")
        await person.press("escape")
        assert person.message == "This is the top.  ctrl+q quits"

    journey(dismiss, SMALL, picture=False)


@pytest.mark.usefixtures("new_here")
def test_one_escape_takes_the_welcome_away_from_wherever_one_is(journey: Journey) -> None:
    async def dismiss(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "escape")
        person.sees_no("Welcome")
        assert person.focus == "contact-rows"
        person.sees("Acme Inc")

    journey(dismiss, SMALL, picture=False)


@EITHER
def test_the_tour_notices_what_is_done(journey: Journey, size: tuple[int, int]) -> None:
    watch = Watch()

    async def tour(person: Person) -> None:
        await run_line(person, "tour")
        person.sees("Tour 1 of 5", "/, then acme, then Enter")
        await person.find("acme")
        person.sees("Tour 2 of 5", "e, then phase")
        await set_field(person, "phase", "won")
        person.sees("Tour 3 of 5", "C logs a call")
        await person.press("C")
        await person.type("10")
        await person.press("ctrl+s")
        person.sees("Tour 4 of 5", "space on three rows")
        await person.press("1", "space", "space", "space")
        await tag(person, "tour")
        person.sees("Tour 5 of 5")
        name = str(person.app.explorer.companies.rows.current.cells["name"])  # type: ignore[union-attr] # there is one
        person.reads(f"has just set the phase of {name}", "Set it too: e, phase, Enter, lost")
        await set_field(person, "phase", "lost")  # within the seconds in which a copy is new
        person.reads("Set it too: e, phase, Enter, won")
        watch.wait(seconds=30)
        await set_field(person, "phase", "won")
        person.reads(f"Yours isn't sent over theirs. o, then Enter on {name}")
        await person.press("o", "enter", "2", "escape")
        person.sees("That was the tour")
        await person.press("escape", "escape", "escape")
        person.sees_no("That was the tour")

    journey(tour, size, picture=False, clock=watch.clock)


def test_the_tour_is_for_practice_data(journey: Journey, home: Path) -> None:
    with sandbox() as server:

        async def ask(person: Person) -> None:
            person.sees_no("Welcome")
            await run_line(person, "tour")
            assert person.message == "The tour changes practice data.  p goes to demo."

        configure(home, f"profiles:\n{profile('nord', server.url)}")
        journey(ask, SMALL, picture=False)
