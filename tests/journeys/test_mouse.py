"""The explorer by the mouse alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events

from planhat_tui.tui.presentation.columns import GAP
from planhat_tui.tui.widgets.rowlines import LEAD
from tests.journeys import planhat
from tests.journeys.conftest import MEDIUM, SMALL, Journey
from tests.journeys.watch import Watch
from tests.settling import settle

if TYPE_CHECKING:
    from tests.journeys.conftest import Person


async def click(person: Person, text: str, times: int = 1, *, lowest: bool = False) -> None:
    """Click on a text where it's seen first, or in the lowest line that has it."""
    lines = person.lines_on_top
    person.sees_on_top(text)
    y = [n for n, line in enumerate(lines) if text in line][-1 if lowest else 0]
    x = cell_len(lines[y].partition(text)[0])
    await person.pilot.click(offset=(x, y), times=times)
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


def test_a_call_is_logged_and_a_field_changed_and_taken_back_with_the_mouse(
    journey: Journey,
) -> None:
    async def work(person: Person) -> None:
        await click(person, "Acme Airways")
        await click(person, "C log call")
        await click(person, "5, 90s or 1h5m")
        await person.type("10")
        await click(person, "[ ] open endpoint")
        person.sees_on_top("[x] open endpoint")
        await click(person, "[x] open endpoint")
        await click(person, "ctrl+s save")
        person.sees_on_top("10 min")
        await click(person, "10 min", times=2)
        await click(person, "esc close")
        await click(person, "1 Companies")
        await click(person, "e field")
        await click(person, "Customer from", lowest=True)
        await click(person, "esc leave it as it is")
        await click(person, "e field")
        await click(person, "Phase", lowest=True)
        await click(person, "won", lowest=True)
        assert "Phase of Acme Airways Ltd" in person.message
        await click(person, "u takes it back")
        person.sees_on_top("GOES BACK TO")
        await click(person, "ctrl+s take it back")
        person.sees_no("GOES BACK TO")
        assert "is back as it was" in person.message
        await click(person, "Acme Airways")

    journey(work, SMALL, picture=False)


def test_many_are_changed_and_a_conflict_is_settled_with_the_mouse(journey: Journey) -> None:
    watch = Watch()

    async def work(person: Person) -> None:
        rows = person.app.explorer.companies.rows
        for line in range(2, 9):
            await person.pilot.click(rows, offset=(2, line))
        await settle(person.pilot)
        await click(person, "t tags")
        await click(person, "dach", lowest=True)
        await click(person, "ctrl+s save")
        person.sees_on_top("Plan: tag +dach")
        watch.wait(seconds=2)
        await click(person, "ctrl+s run")
        person.sees_on_top("u take all of it back")
        await click(person, "u take all of it back")
        watch.wait(seconds=2)
        await click(person, "ctrl+s take it back")
        assert "7 edits are taken back" in person.message
        planhat.change(person, "Acme Biotech", phase="theirs")
        watch.wait(minutes=1)
        await click(person, "Acme Biotech")
        await click(person, "e field")
        await click(person, "Phase", lowest=True)
        await click(person, "expansion", lowest=True)
        await click(person, "o queue")
        await click(person, "≠  conflict", times=2)
        person.sees_on_top("Acme Biotech was changed by somebody else")
        await click(person, "2 mine")
        person.sees_no("Acme Biotech was changed by somebody else")
        await click(person, "esc close")

    journey(work, MEDIUM, picture=False, clock=watch.clock)


def test_the_overview_the_palette_and_answers_are_used_with_the_mouse(journey: Journey) -> None:
    async def work(person: Person) -> None:
        await click(person, "? keys")
        await scroll_to(person, "the tenant at a glance")
        await click(person, "the tenant at a glance")
        await click(person, "won  ", times=2)
        person.sees("phase:won", "166 of 1,200")
        await click(person, "phase:won")
        assert person.focus == "search"
        await click(person, "esc back")
        await click(person, "? keys")
        await scroll_to(person, "find a command")
        await click(person, "find a command")
        await click(person, "esc close")
        await click(person, "200 left")
        await click(person, "esc close")
        person.sees_no("Answers")

    journey(work, SMALL, picture=False)
