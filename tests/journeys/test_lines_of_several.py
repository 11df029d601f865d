"""Several commands in one ``:`` line: one after the other, each where the one before has led."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest

from planhat_tui.runtime import Start
from planhat_tui.tui.screens.plan import PlanSheet
from planhat_tui.workspace.planning import Planning
from tests.journeys.conftest import MEDIUM
from tests.journeys.doing import run_line
from tests.journeys.servers import configure
from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from planhat_tui.model.plans import Plan, Wanted
    from tests.journeys.conftest import Journey, Person

DEMO = Start(demo=True)


def _companies(person: Person, tenant: str, query: str) -> list[str]:
    reads = person.app.session.workspaces.get(tenant).reads
    return [company.name for company in reads.companies(query, 10).rows]


def test_a_command_behind_profile_use_goes_to_the_tenant_that_is_on_screen_then(
    journey: Journey,
) -> None:
    async def switch(person: Person) -> None:
        await person.find("acme inc")
        await run_line(person, "tag early ; profile use demo-2 ; company create Initech-Two")
        assert person.app.explorer.workspace.profile.name == "demo-2"
        assert _companies(person, "demo-2", "Initech-Two") == ["Initech-Two"]
        assert not _companies(person, "demo", "Initech-Two")
        assert _companies(person, "demo", "tag:early") == ["Acme Inc"]
        assert "Initech-Two" in person.message
        assert "Tag early on Acme Inc" in person.app._explorers["demo"].message.said

    journey(switch, MEDIUM, picture=False, start=DEMO)


def test_behind_profile_use_no_record_is_meant_that_was_selected_before(journey: Journey) -> None:
    async def switch(person: Person) -> None:
        await person.find("acme inc")
        await run_line(person, "profile use demo-2 ; tag elsewhere")
        person.sees("No company is selected.")
        assert not _companies(person, "demo", "tag:elsewhere")
        assert not _companies(person, "demo-2", "tag:elsewhere")

    journey(switch, MEDIUM, picture=False, start=DEMO)


def test_so_do_the_lines_of_a_file(journey: Journey, tmp_path: Path) -> None:
    async def switch(person: Person) -> None:
        await run_line(person, f"run {tmp_path / 'lines'}")
        assert person.app.explorer.workspace.profile.name == "demo-2"
        assert _companies(person, "demo-2", "Initech-Two") == ["Initech-Two"]
        assert not _companies(person, "demo", "Initech-Two")

    (tmp_path / "lines").write_text("profile use demo-2\ncompany create Initech-Two\n", "utf-8")
    journey(switch, MEDIUM, picture=False, start=DEMO)


def test_a_tenant_that_cant_be_opened_stops_the_line(journey: Journey, home: Path) -> None:
    async def switch(person: Person) -> None:
        await run_line(person, "profile use acme ; company create Initech-Two")
        assert person.app.explorer.workspace.profile.name == "demo"
        assert "ACME_TOKEN" in person.message
        assert not _companies(person, "demo", "Initech-Two")

    configure(
        home, "profiles:\n  acme: {base_url: https://api.planhat.com, token: {env: ACME_TOKEN}}\n"
    )
    journey(switch, MEDIUM, picture=False, start=DEMO)


def test_a_check_that_fails_stops_the_line_as_an_error_does(journey: Journey, home: Path) -> None:
    async def check(person: Person) -> None:
        configure(home, "profiles:\n  nord: {base_url: oops}\n")
        await run_line(person, "config check ; company create Went-On")
        person.sees("mistake", "This stopped the line.  Not done: company create.")
        assert not _companies(person, "demo", "Went-On")
        await person.press("escape")
        await run_line(person, "company find acme limit:1 ; company show --id nobody ; redo")
        person.sees("nobody", "This stopped the line.  Not done: redo.")

    journey(check, MEDIUM, picture=False, start=DEMO)


def test_plans_are_shown_one_after_the_other_and_the_rest_is_done_then(journey: Journey) -> None:
    watch = Watch()

    async def plan(person: Person) -> None:
        await run_line(
            person,
            "company find acme limit:2 ; bulk company acme --tag one --dry-run ;"
            " bulk company acme --tag two ; company create After-Plan",
        )
        person.sees("+one")
        watch.wait(seconds=1)
        await person.press("ctrl+s")
        person.sees("--dry-run shows it and does nothing")
        await person.press("escape")
        person.sees("+two")
        assert not _companies(person, "demo", "After-Plan")
        watch.wait(seconds=1)
        await person.press("ctrl+s", "escape")
        assert _companies(person, "demo", "tag:two")
        assert not _companies(person, "demo", "tag:one")
        assert _companies(person, "demo", "After-Plan") == ["After-Plan"]
        person.sees("Acme Inc", "After-Plan")

    journey(plan, MEDIUM, picture=False, start=DEMO, clock=watch.clock)


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Let plans take until this is set."""
    may, make = Event(), Planning.make

    def slowly(planning: Planning, asked: Wanted, ids: Iterable[str], source: str = "") -> Plan:
        assert may.wait(30)
        return make(planning, asked, ids, source)

    monkeypatch.setattr(Planning, "make", slowly)
    return may


async def _begin_line(person: Person, text: str) -> None:
    """Have a line under way that isn't answered yet."""
    await person.press("colon")
    await person.type(text)
    person.send("enter")
    while not person.app.reading.pending:
        await person.pilot.pause()


def test_a_plan_that_comes_late_waits_for_its_tenant(journey: Journey, planned: Event) -> None:
    watch = Watch()

    async def plan(person: Person) -> None:
        await _begin_line(person, "bulk company acme --tag two")
        person.app.switch_to("demo-2")
        await person.until("DEMO-2")
        planned.set()
        await person.until("The plan of demo waits.  p leads there")
        await person.press("ctrl+s")
        assert person.app.screen is person.app.explorer
        await person.press("P")
        person.sees("Plan: tag +two")
        await person.press("ctrl+s")
        person.sees("Press it again in a moment")
        watch.wait(seconds=1)
        await person.press("ctrl+s", "escape")
        assert _companies(person, "demo", "tag:two")
        assert not _companies(person, "demo-2", "tag:two")

    journey(plan, MEDIUM, picture=False, start=DEMO, clock=watch.clock)


def test_a_plan_that_comes_late_waits_for_what_is_typed(journey: Journey, planned: Event) -> None:
    async def plan(person: Person) -> None:
        await _begin_line(person, "bulk company acme --tag two")
        person.send("t")
        await person.until("Tags of")
        planned.set()
        await person.until("The plan of demo waits.  It comes when this is closed")
        await person.type("gold")
        person.sees("gold")
        await person.press("escape")
        assert isinstance(person.app.screen, PlanSheet)
        assert not _companies(person, "demo", "tag:two")

    journey(plan, MEDIUM, picture=False, start=DEMO)


def test_a_plan_that_comes_late_waits_for_letters_to_end(journey: Journey, planned: Event) -> None:
    async def plan(person: Person) -> None:
        await _begin_line(person, "bulk company acme --tag two")
        person.send("slash")
        while person.focus != "search":
            await person.pilot.pause()
        planned.set()
        await person.until("The plan of demo waits.  It comes when you leave this")
        await person.type("xx")
        assert person.app.explorer.companies.search.value == "xx"
        await person.press("escape")
        await person.waits_a_second()
        person.sees("Plan: tag +two")

    journey(plan, MEDIUM, picture=False, start=DEMO)


def test_a_plan_waits_though_another_tenant_is_chosen_over_it(
    journey: Journey, planned: Event
) -> None:
    async def plan(person: Person) -> None:
        await _begin_line(person, "bulk company acme --tag two")
        person.send("p")
        await person.until("a add a tenant")
        planned.set()
        await person.until("The plan of demo waits.  It comes when this is closed")
        await person.press("down", "enter")
        assert person.app.explorer.workspace.profile.name == "demo-2"
        assert person.app.screen is person.app.explorer
        await person.press("P")
        await person.waits_a_second()
        person.sees("Plan: tag +two")

    journey(plan, MEDIUM, picture=False, start=DEMO)


def test_a_plan_that_is_closed_instead_of_run_stops_the_line(journey: Journey) -> None:
    async def plan(person: Person) -> None:
        await run_line(person, "bulk company acme --tag two ; company create After-Plan")
        assert isinstance(person.app.screen, PlanSheet)
        await person.press("escape")
        assert person.message == "The plan wasn't run.  Not done: company create."
        assert not _companies(person, "demo", "After-Plan")

    journey(plan, MEDIUM, picture=False, start=DEMO)
