"""The rate limit: seen all the while, and what is said when it's stale, unknown or used up."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from planhat_tui.sandbox import create_app
from tests.journeys.conftest import BOTH, MOMENT, Journey, Person
from tests.journeys.servers import SMALL_TENANT, configure, profile, serving, silent
from tests.journeys.watch import Watch
from tests.settling import settle

if TYPE_CHECKING:
    from pathlib import Path


def _left(person: Person) -> int:
    """Read the gauge."""
    found = re.search(r"(\d+) of \d+ left", person.screen)
    assert found is not None, person.screen
    return int(found[1])


def _reset(person: Person) -> tuple[int, int]:
    """Read the interval in which the reset is expected."""
    found = re.search(r"reset in (\d+)-(\d+) s", person.screen)
    assert found is not None, person.screen
    return int(found[1]), int(found[2])


async def _a_second_passes(person: Person) -> None:
    """Let the lines be drawn as they are each second."""
    person.app.explorer._every_second()
    await settle(person.pilot)


@BOTH
def test_the_gauge_moves_with_each_answer(journey: Journey, size: tuple[int, int]) -> None:
    async def read(person: Person) -> None:
        person.sees("of 200 left · reset unknown", "online")
        before = _left(person)
        await person.find("acme inc")
        await person.press("2", "r")
        assert _left(person) == before - 1
        await person.press("r")
        assert _left(person) == before - 2

    journey(read, size)


@BOTH
def test_after_a_reset_the_gauge_says_when_the_next_one_comes(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def wait(person: Person) -> None:
        await person.find("acme inc")
        await person.press("2")
        watch.wait(seconds=115)
        await person.press("r")
        watch.wait(seconds=10)
        await person.press("r")
        assert _left(person) > 190
        least, most = _reset(person)
        assert 0 <= least < most <= 120
        watch.wait(seconds=20)
        await _a_second_passes(person)
        assert _reset(person) == (max(0, least - 20), most - 20)

    journey(wait, size, clock=watch.clock)


@BOTH
def test_a_gauge_that_nobody_has_moved_for_long_says_its_age(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def wait(person: Person) -> None:
        left = _left(person)
        watch.wait(minutes=4)
        await _a_second_passes(person)
        person.sees(f"{left} of 200 left 4 min ago · stale, reset since")

    journey(wait, size, clock=watch.clock)


@BOTH
def test_without_the_headers_the_limit_is_unknown(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    app = create_app(SMALL_TENANT, clock=MOMENT.timestamp)

    async def look(person: Person) -> None:
        person.sees("12 of 12", "online", "rate limit unknown: the answers don't tell it")

    with contextlib.closing(app), serving(silent(app)) as url:
        configure(home, f"profiles:\n{profile('nord', url, token='{env: NORD}')}")
        journey(look, size, env={"NORD": "sandbox-token"})
