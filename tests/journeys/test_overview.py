"""The tenant at a glance: bars, each of which Enter opens in the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.events import Topic
from planhat_tui.tui.presentation import amounts
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, Journey
from tests.journeys.doing import run_line
from tests.settling import settle

if TYPE_CHECKING:
    from tests.journeys.conftest import Person


@BOTH
def test_a_bar_is_opened_in_the_list(journey: Journey, size: tuple[int, int]) -> None:
    async def look(person: Person) -> None:
        await run_line(person, "overview")
        person.sees("Overview", "1,200 companies")
        person.sees_line("Phase", "expansion", "170", "━")
        person.sees("phase:expansion: 14% of all, ARR")
        assert person.focus == "overview-rows"
        await person.press("l", "l", "j")
        person.sees("renewal:2026-03: 3% of all")
        await person.press("enter")
        person.sees("renewal:2026-03", "37 of 1,200")
        assert person.focus == "company-rows"
        await person.press("0", "l", "l")

    journey(look, size)


@EITHER
def test_what_a_bar_comes_to_is_told_anew_when_its_companies_change(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        await run_line(person, "overview")
        reads, net = planhat.workspace(person).reads, planhat.workspace(person).net
        before = reads.totals("phase:expansion").arr
        one = reads.companies("phase:expansion sort:-arr").rows[0]
        assert before is not None
        person.sees(f"14% of all, ARR {amounts.short(before)}")

        planhat.change(person, one.name, phase="won")
        net.refresh(Topic.COMPANY, frozenset({one.id})).result(planhat.SECONDS)
        await settle(person.pilot)
        after = reads.totals("phase:expansion").arr
        assert after is not None
        assert after < before
        person.sees(f"14% of all, ARR {amounts.short(after)}")

    journey(look, size, picture=False)
