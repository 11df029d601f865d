"""A morning by the keyboard alone: the focus is always where the next key is meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys import planhat
from tests.journeys.conftest import BOTH
from tests.journeys.doing import run_line

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey, Person


@BOTH
def test_a_morning_by_the_keyboard_alone(journey: Journey, size: tuple[int, int]) -> None:
    async def work(person: Person) -> None:
        await person.press("slash")
        assert person.focus == "search"
        await person.type("acme inc\n")
        assert person.focus == "company-rows"

        await person.press("2")
        assert person.focus == "field-rows"
        await person.press("3")
        assert person.focus == "contact-rows"
        await person.press("2")
        assert person.focus == "field-rows"

        await person.press("t")
        assert person.focus == "pick-line"
        await person.type("gold\n\x13")
        assert person.focus == "field-rows"
        person.sees("gold")

        await person.press("3", "C")
        assert person.focus == "line-talk"
        await person.type("12")
        await person.press("tab", "shift+tab", "ctrl+s")
        assert len(planhat.workspace(person).reads.calls()) == 1

        await person.press("1", "V", "t")
        await person.type("spring\n\x13")
        assert person.focus == "company-rows"
        await person.press("escape", "u")
        person.sees("Undo")
        await person.press("ctrl+s")
        planhat.wait_for_delivery(person)
        assert "spring" not in planhat.company(person, "Acme Inc")["tags"]
        assert "gold" in planhat.company(person, "Acme Inc")["tags"]

        await run_line(person, "limits")
        person.sees(":limits")
        await person.press("escape")
        assert person.focus == "company-rows"
        await person.press("P")
        person.sees(" DEMO-2 ")
        assert person.focus == "company-rows"
        await person.press("P")
        person.sees(" DEMO ")
        assert person.focus == "company-rows"

    journey(work, size, picture=False)
