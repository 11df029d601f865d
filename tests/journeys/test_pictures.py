"""What each screen looks like that no other journey ends at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.tui.screens.web import WebPage
from tests.journeys.conftest import BOTH
from tests.journeys.doing import run_line
from tests.journeys.test_smallest import SCREENS, come_to
from tests.settling import settle

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Journey, Person

SHEETS = (
    *("help", "order", "columns", "views", "a new company", "copy", "a plan", "duplicates"),
    *("fields", "overview"),
)


@BOTH
@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_as_it_was(journey: Journey, size: tuple[int, int], name: str) -> None:
    async def look(person: Person) -> None:
        await come_to(person, SCREENS[name])
        person.sees(SCREENS[name].title)

    journey(look, size)


@BOTH
def test_so_are_the_columns_of_a_file(
    journey: Journey, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "Account;Stage;Shoe size\nAcme Inc;renewal;9\n"
    (tmp_path / "crm.csv").write_text(rows, encoding="utf-8")

    async def look(person: Person) -> None:
        await run_line(person, "import crm.csv")
        person.sees("which column is which field", "Account", "left out: no such field")

    journey(look, size)


@BOTH
def test_so_is_the_page_of_the_web_app_before_it_opens(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        await person.find("acme inc")
        person.app.push_screen(WebPage("Acme Inc", "https://app.example/profile/58a1?of=Acme+Inc"))
        await settle(person.pilot)
        person.sees("Acme Inc in Planhat's web app", "https://app.example/profile/58a1?of=Acme+Inc")

    journey(look, size)
