"""The tenant at a glance: bars, each of which Enter opens in the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys.conftest import BOTH, Journey
from tests.journeys.doing import run_line

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
