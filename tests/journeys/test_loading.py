"""A tenant that isn't all here yet: names first, then what is looked at, then the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from planhat_tui.sandbox import SandboxOptions
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, SMALL, Journey, Person
from tests.journeys.servers import configure, profile, sandbox
from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sync.rig import Forward, Line

FEW_CALLS = SandboxOptions(companies=150, limit=200, dialect="seed")
"""So few calls that most of the whole records don't come before the next reset."""
ONE_CALL = SandboxOptions(companies=60, limit=1, dialect="seed")
"""One call in each window: the first tells who one is, the names are the second."""


@BOTH
def test_names_are_here_first_and_what_is_missing_is_shown_as_missing(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def look(person: Person) -> None:
        assert server.asked[:2] == ["GET /myprofile", "GET /leancompanies"]
        await person.waits_a_second()
        person.sees("150 of 150", "list incomplete:", "% loaded", "calls ~")
        rows = planhat.workspace(person).reads.companies("", limit=150).rows
        lean = [row for row in rows if not row.complete]
        assert len(lean) > 75
        assert all(row.name for row in lean)
        found = planhat.workspace(person).reads.companies(lean[-1].name, limit=150).rows
        assert lean[-1].id in [row.id for row in found]

    with sandbox(FEW_CALLS, watch.clock.wall) as server:
        configure(home, f"profiles:\n{profile('nord', server.url, token='{env: NORD}')}")
        journey(look, size, clock=watch.clock, env={"NORD": "sandbox-token"})


@EITHER
def test_a_company_that_is_opened_is_read_with_the_calls_that_are_kept_for_the_user(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def look(person: Person) -> None:
        rows = planhat.workspace(person).reads.companies("", limit=150).rows
        chosen = [row for row in rows if not row.complete][-1]
        await person.find(chosen.name)
        left = [one for one in server.asked if one.endswith(chosen.id)]
        assert left == [], "with so few calls it isn't read unasked"
        await person.press("2")
        await person.until("2 Detail" if size[0] < 100 else chosen.name)
        assert planhat.workspace(person).reads.company(chosen.id).complete  # type: ignore[union-attr] # it's here
        assert server.asked[-2:] == [f"GET /companies/{chosen.id}", "GET /endusers"]

    with sandbox(FEW_CALLS, watch.clock.wall) as server:
        configure(home, f"profiles:\n{profile('nord', server.url, token='{env: NORD}')}")
        env = {"NORD": "sandbox-token"}
        journey(look, size, picture=False, clock=watch.clock, env=env)


@EITHER
def test_a_search_for_contacts_says_that_they_are_not_all_here(
    journey: Journey, home: Path, line: Line, size: tuple[int, int]
) -> None:
    async def cut(_request: httpx.Request, _forward: Forward) -> httpx.Response:
        line.cut = True
        raise httpx.ConnectError("the line is cut")

    async def look(person: Person) -> None:
        person.sees("1,200 of 1,200", "offline")
        person.sees_no("incomplete")
        await person.find("title:cfo")
        person.sees("incomplete: contacts not all loaded")
        await person.find("nobody@acme-inc.example")
        person.sees("incomplete: contacts not all loaded", "yet.  esc shows all")
        await person.find(f"title:cfo {'-tag:nobody-has-it ' * 6}")
        person.sees_line("incomplete: contacts not all loaded", "ARR")
        line.calm()
        await person.type(":sync")
        await person.press("enter")
        await person.find("title:cfo")
        person.sees_no("incomplete")

    for file in home.rglob("mirror.db*"):
        file.unlink()
    line.once("GET /endusers[?]limit=*", cut)
    journey(look, size, picture=False)


@EITHER
def test_names_that_wait_for_calls_say_when_they_come(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def look(person: Person) -> None:
        assert server.asked == ["GET /myprofile"]
        person.sees_line("The companies' names come in", " s: the rate limit is used up")
        person.sees_no("No companies are here yet")
        watch.wait(minutes=2)
        await person.press("1")
        assert server.asked == ["GET /myprofile", "GET /leancompanies"]
        person.sees("60 of 60")

    with sandbox(ONE_CALL, watch.clock.wall) as server:
        configure(home, f"profiles:\n{profile('nord', server.url, token='{env: NORD}')}")
        journey(look, size, picture=False, clock=watch.clock, env={"NORD": "sandbox-token"})


@EITHER
def test_a_company_whose_record_cannot_be_read_says_why_and_comes_once_it_is_mended(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    async def mend(person: Person) -> None:
        person.sees("1 unreadable", "12 of 12")
        person.sees_no("list incomplete")
        await person.find(name.casefold())
        await person.press("escape", "2")
        person.sees("Can't be read: a number in it is too large.")
        await person.type(":sync")
        await person.press("enter")
        person.sees("1 record can't be read:")
        server.ask("PUT", f"/companies/{bad}", {"custom": {"Seats": 12}})
        await person.type(":sync")
        await person.press("enter")
        person.sees_no("unreadable", "can't be read")
        await person.type("/seats")
        person.sees("12", "number")

    with sandbox() as server:
        fourth = server.ask("GET", "/leancompanies")[3]
        bad, name = fourth["_id"], fourth["name"]
        server.ask("PUT", f"/companies/{bad}", {"custom": {"Seats": 2**70}})
        configure(home, f"profiles:\n{profile('nord', server.url, token='{env: NORD}')}")
        journey(mend, size, picture=False, env={"NORD": "sandbox-token"})


@EITHER
def test_the_company_on_screen_comes_while_the_others_wait_for_calls(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def choose(person: Person) -> None:
        rows = planhat.workspace(person).reads.companies("", limit=150).rows
        last = [row for row in rows if not row.complete][-1]
        watch.wait(seconds=2)  # so many calls don't go in one second
        await person.find(last.name.casefold())
        assert f"GET /companies/{last.id}" in server.asked
        lean = [
            row
            for row in planhat.workspace(person).reads.companies("", limit=150).rows
            if not row.complete
        ]
        assert len(lean) > 50
        row = person.app.explorer.companies.rows.current
        assert row is not None
        assert row.id == last.id
        assert "…" not in row.cells.values()
        await person.press("3")
        person.sees_no("not loaded")
        assert person.app.explorer.contacts.rows.current is not None

    with sandbox(FEW_CALLS, watch.clock.wall) as server:
        configure(home, f"profiles:\n{profile('nord', server.url, token='{env: NORD}')}")
        journey(choose, size, picture=False, clock=watch.clock, env={"NORD": "sandbox-token"})


@EITHER
def test_the_2016_edition_fills_company_by_company(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        person.sees("12 of 12", "online")
        person.sees_no("list incomplete")
        await person.find("acme inc")
        if size == SMALL:  # where the list shows who works there, too
            person.sees_line("people", "orjan.jensen@")
        await person.press("3")
        person.sees("orjan.jensen@")  # that edition knew no names of contacts
        await person.press("t")
        await person.type("of-2016")
        await person.press("enter", "ctrl+s")
        assert person.message.startswith("Tag of-2016 on")
        assert "delivered" in person.message

    options = SandboxOptions(companies=12, limit=1_000_000, dialect="seed")
    with sandbox(options) as server:
        configure(home, f"profiles:\n{profile('nord', server.url, token='{env: NORD}')}")
        journey(look, size, picture=False, env={"NORD": "sandbox-token"})
