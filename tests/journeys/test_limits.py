"""The rate limit: seen all the while, and what is said when it's stale, unknown or used up."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from planhat_tui.sandbox import create_app
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, MOMENT, Journey, Person
from tests.journeys.doing import tag
from tests.journeys.servers import SMALL_TENANT, configure, profile, sandbox, serving, silent
from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.servers import Elsewhere


FEW_CALLS = replace(SMALL_TENANT, limit=100)


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


@EITHER
def test_after_a_reset_the_gauge_says_when_the_next_one_comes(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def wait(person: Person) -> None:
        await person.find("acme inc")
        await person.press("2")
        watch.wait(seconds=100)
        await person.press("r")
        watch.wait(seconds=10)
        await person.press("r")
        assert _left(person) > 190
        least, most = _reset(person)
        assert 0 <= least < most <= 120
        watch.wait(seconds=20)
        await person.waits_a_second()
        assert _reset(person) == (max(0, least - 20), most - 20)

    journey(wait, size, clock=watch.clock)


@EITHER
def test_a_gauge_that_nobody_has_moved_for_long_says_its_age(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def wait(person: Person) -> None:
        left = _left(person)
        watch.wait(minutes=4)
        await person.waits_a_second()
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


def _goes_on(person: Person) -> int:
    """Read after how many seconds it goes on, at the latest."""
    found = re.search(r"goes on in (?:\d+-)?(\d+) s", person.screen)
    assert found is not None, person.screen
    return int(found[1])


async def _edit_at_429(person: Person, server: Elsewhere) -> None:
    """Somebody else uses all calls up; then one asks, and tags a company."""
    await person.find("acme inc")
    for _ in range(_left(person)):
        server.ask("GET", "/myprofile")
    await person.press("2", "r")
    person.sees("Asking Planhat ...")
    await tag(person, "patient")
    assert person.message.startswith("Tag patient on Acme Inc is queued.")
    person.sees_line("rate limit used up", "goes on in", "waiting", "1 queued")


@EITHER
def test_at_429_it_says_when_it_goes_on_and_what_waits(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def edit(person: Person) -> None:
        await _edit_at_429(person, server)
        assert 10 <= _goes_on(person) <= 120

    with sandbox(FEW_CALLS, watch.clock.wall) as server:
        configure(home, f"profiles:\n{profile('nord', server.url, token='{env: NORD}')}")
        env = {"NORD": "sandbox-token"}
        # Without a picture: its times depend on the request that met the limit.
        journey(edit, size, picture=False, clock=watch.clock, env=env)


@EITHER
def test_after_429_what_was_typed_goes_out_by_itself(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def wait(person: Person) -> None:
        await _edit_at_429(person, server)
        before = _goes_on(person)
        watch.wait(seconds=4)
        await person.waits_a_second()
        assert _goes_on(person) == before - 4
        assert planhat.not_delivered(person)
        watch.wait(seconds=120)
        await person.waits_a_second()
        person.sees("of 100 left", "online")
        person.sees_no("sending", "used up")
        assert planhat.not_delivered(person) == ()
        assert "patient" in planhat.company(person, "Acme Inc")["tags"]

    with sandbox(FEW_CALLS, watch.clock.wall) as server:
        configure(home, f"profiles:\n{profile('nord', server.url, token='{env: NORD}')}")
        env = {"NORD": "sandbox-token"}
        journey(wait, size, picture=False, clock=watch.clock, env=env)
