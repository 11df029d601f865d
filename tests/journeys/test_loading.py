"""A tenant of the edition without lists: it is filled company by company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.sandbox import SandboxOptions
from tests.journeys.conftest import BOTH, Journey, Person
from tests.journeys.servers import configure, profile, sandbox

if TYPE_CHECKING:
    from pathlib import Path


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
