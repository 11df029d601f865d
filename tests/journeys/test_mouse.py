"""The explorer by the mouse alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from planhat_tui.tui.presentation.columns import GAP
from planhat_tui.tui.widgets.rowlines import LEAD
from tests.journeys.conftest import SMALL, Journey
from tests.settling import settle

if TYPE_CHECKING:
    from tests.journeys.conftest import Person


async def click(person: Person, text: str, times: int = 1) -> None:
    """Click on a text where it's seen first."""
    lines = person.lines_on_top
    person.sees_on_top(text)
    y = next(n for n, line in enumerate(lines) if text in line)
    await person.pilot.click(offset=(lines[y].index(text), y), times=times)
    await settle(person.pilot)


async def scroll_to(person: Person, text: str) -> None:
    """Turn the wheel over the middle of the screen until a text is seen."""
    x, y = person.app.size.width // 2, person.app.size.height // 2
    for _ in range(50):
        if any(text in line for line in person.lines_on_top):
            return
        person._send(
            events.MouseScrollDown(None, x, y, 0, 1, 0, shift=False, meta=False, ctrl=False)
        )
        await settle(person.pilot)


def test_a_company_is_found_sorted_opened_and_tagged_with_the_mouse(journey: Journey) -> None:
    async def work(person: Person) -> None:
        rows = person.app.explorer.companies.rows
        await click(person, "ARR")
        person.sees("ARR▾", "by ARR")
        await click(person, "ARR▾")
        person.sees("ARR▴")
        await click(person, "NAME")
        await click(person, "Acme Biotech")
        assert rows.current is not None
        assert rows.current.cells["name"] == "Acme Biotech"
        await click(person, "Acme Airways", times=2)
        assert person.focus == "field-rows"
        person.sees("[2 Detail]", "Acme Airways Ltd")
        await click(person, "3 Contacts")
        assert person.focus == "contact-rows"
        await click(person, "1 Companies")
        await click(person, "t tags")
        person.sees("Tags of Acme Airways Ltd")
        await click(person, "dach")
        await click(person, "ctrl+s save")
        person.sees_no("Tags of Acme Airways Ltd")
        assert "dach" in person.message
        await click(person, "online")
        person.sees("Not delivered yet")
        await click(person, "esc close ")
        await click(person, "of 200 left")
        person.sees(":limits")
        await click(person, "esc ")
        person.sees_no(":limits")
        await click(person, "practice data")
        person.sees_line("demo-2")
        await click(person, "demo-2", times=2)
        person.sees(" DEMO-2 ")
        await click(person, "practice data")
        await click(person, "esc close ")
        person.sees_no("enter switch")

    journey(work, SMALL, picture=False)


def test_what_stands_in_no_line_of_keys_is_clicked_in_the_help(journey: Journey) -> None:
    async def work(person: Person) -> None:
        await click(person, "? keys")
        await click(person, "mark all that are shown")
        assert len(person.app.explorer.companies.rows.marks) > 1
        await click(person, "? keys")
        await scroll_to(person, "the tenant at a glance")
        await click(person, "the tenant at a glance")
        person.sees("Overview")
        await click(person, "esc close ")
        await click(person, "? keys")
        await click(person, "ctrl+p find a command")
        person.sees_on_top("add and remove tags")

    journey(work, SMALL, picture=False)


def test_the_edge_of_a_column_is_dragged(journey: Journey) -> None:
    async def drag(person: Person) -> None:
        rows = person.app.explorer.companies.rows
        name, phase, *_ = rows.columns
        edge = LEAD + name.width + GAP - 1
        order = person.app.explorer.companies.sort
        await person.pilot.mouse_down(rows, offset=(edge, 0))
        await person.pilot.hover(rows, offset=(edge - 4, 0))
        await person.pilot.mouse_up(rows, offset=(edge - 4, 0))
        await person.pilot.click(rows, offset=(20, 3))
        await settle(person.pilot)
        assert rows.columns[0].width == name.width - 4
        assert rows.columns[1].key == phase.key
        assert person.app.explorer.companies.sort == order  # it was no click on the title
        assert person.app.explorer.companies.view.columns[0] == f"name={name.width - 4}"

    journey(drag, SMALL, picture=False)
