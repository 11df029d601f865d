from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands.context import Door
from planhat_tui.commands.overview import overview
from planhat_tui.commands.results import Done, Listing

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def test_it_counts_in_numbers_and_each_has_its_query(desk: Desk) -> None:
    result = desk.shell("overview")
    assert isinstance(result, Listing)
    assert list(dict.fromkeys(row["by"] for row in result.records)) == [
        "phase", "health", "renewal", "owner", "tag",
    ]  # fmt: skip
    total = desk.workspace.reads.companies().total
    assert result.note.startswith(f"{total:,} companies; local copy")
    by_phase = [row for row in result.records if row["by"] == "phase"]
    assert sum(int(str(row["companies"])) for row in by_phase) == total
    for row in result.records:
        assert desk.workspace.reads.companies(str(row["query"])).total == row["companies"]


def test_on_the_screen_it_is_a_sheet_and_elsewhere_a_list(desk: Desk) -> None:
    shown: list[str] = []
    screen = desk.context._replace(door=Door.LINE, sheet=shown.append)
    assert overview(screen) == Done("")
    assert shown == ["overview"]
    assert isinstance(overview(screen._replace(sheet=None)), Listing)
