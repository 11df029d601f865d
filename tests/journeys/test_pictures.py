"""What each screen looks like that no other journey ends at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import BOTH
from tests.journeys.doing import run_line
from tests.journeys.test_smallest import SCREENS, come_to

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Journey, Person

SHEETS = ("help", "order", "columns", "views", "a new company", "copy", "a plan", "duplicates")


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
