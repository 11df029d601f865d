"""A tenant that isn't all here yet: names first, then what is looked at, then the rest."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest

from planhat_tui.sandbox import SandboxOptions
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, Journey, Person
from tests.journeys.servers import configure, profile, sandbox
from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

MODERN = SandboxOptions(companies=20, limit=3)
"""So few calls that the whole records don't come before the next reset."""

SEED = replace(MODERN, dialect="seed", limit=9)
EDITIONS = pytest.mark.parametrize("edition", ["modern", "seed"])


@BOTH
@EDITIONS
def test_names_are_here_first_and_what_is_missing_is_shown_as_missing(
    journey: Journey, home: Path, size: tuple[int, int], edition: Literal["modern", "seed"]
) -> None:
    watch, options = Watch(), SEED if edition == "seed" else MODERN

    async def look(person: Person) -> None:
        person.sees("20 of 20", "list incomplete:", "% loaded", "rate limit used up")
        rows = planhat.workspace(person).reads.companies("", limit=50).rows
        last = [row for row in rows if not row.complete][-1]
        await person.find(last.name.casefold())
        person.sees(last.name)
        row = person.app.explorer.companies.rows.current
        assert row is not None
        assert [row.cells[key] for key in ("phase", "health", "arr", "renews")] == ["…"] * 4
        await person.press("2")
        person.sees("not loaded")
        for label in ("Tags", "Phase", "Status", "Health", "Owner"):
            assert re.search(rf"{label} +…", person.screen), person.screen
            assert not re.search(rf"{label} +-", person.screen), person.screen

    with sandbox(options, watch.clock.wall) as server:
        configure(home, f"profiles:\n{profile('nord', server.url, token='{env: NORD}')}")
        env = {"NORD": "sandbox-token"}  # how much came before the calls ran out isn't drawn
        journey(look, size, picture=False, clock=watch.clock, env=env)


@BOTH
def test_the_company_on_screen_is_read_before_the_others(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def choose(person: Person) -> None:
        rows = planhat.workspace(person).reads.companies("", limit=50).rows
        last = [row for row in rows if not row.complete][-1]
        assert server.asked[:2] == ["GET /myprofile", "GET /leancompanies"]
        await person.find(last.name.casefold())
        server.asked.clear()
        watch.wait(seconds=121)
        await person.press("r")
        asked = [one for one in server.asked if one.startswith("GET /companies/")]
        assert len(asked) > 2
        assert f"GET /companies/{last.id}" in asked[:2]  # one was waiting for its turn already
        row = person.app.explorer.companies.rows.current
        assert row is not None
        assert "…" not in row.cells.values()

    with sandbox(SEED, watch.clock.wall) as server:
        configure(home, f"profiles:\n{profile('nord', server.url, token='{env: NORD}')}")
        env = {"NORD": "sandbox-token"}
        journey(choose, size, picture=False, clock=watch.clock, env=env)


@BOTH
def test_the_2016_edition_fills_company_by_company(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        person.sees("12 of 12", "online")
        person.sees_no("list incomplete")
        await person.find("acme inc")
        await person.press("3")
        person.sees("Örjan Jensen")
        await person.press("t")
        await person.type("of-2016")
        await person.press("enter", "ctrl+s")
        assert person.message.startswith("Tag of-2016 on")
        assert "delivered" in person.message

    options = SandboxOptions(companies=12, limit=1_000_000, dialect="seed")
    with sandbox(options) as server:
        configure(home, f"profiles:\n{profile('nord', server.url, token='{env: NORD}')}")
        journey(look, size, picture=False, env={"NORD": "sandbox-token"})
