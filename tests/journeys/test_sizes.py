"""Small, large and changing terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.tui.screens.sheet import ListSheet
from tests.journeys.conftest import EITHER, LARGE, MEDIUM, SMALL, Journey
from tests.journeys.doing import run_line
from tests.settling import settle

if TYPE_CHECKING:
    from tests.journeys.conftest import Person


def test_a_terminal_that_is_too_small_says_what_it_needs_and_loses_nothing(
    journey: Journey,
) -> None:
    async def shrink(person: Person) -> None:
        person.sees("40x10", "50x12", "Nothing is lost", "ctrl+q")
        await person.pilot.resize_terminal(*SMALL)
        await settle(person.pilot)
        person.sees("1,200 of 1,200", "3M Lab")
        await person.find("acme inc")
        await person.pilot.resize_terminal(40, 10)
        await settle(person.pilot)
        person.sees("40x10")
        await person.pilot.resize_terminal(*MEDIUM)
        await settle(person.pilot)
        person.sees("3 of 1,200", "Acme Inc")
        assert person.focus == "company-rows"
        await person.pilot.resize_terminal(40, 10)
        await settle(person.pilot)

    journey(shrink, (40, 10))


def test_panes_become_tabs_and_back_with_the_focus_where_it_was(journey: Journey) -> None:
    async def resize(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "j")
        for size in (SMALL, LARGE, MEDIUM, SMALL):
            await person.pilot.resize_terminal(*size)
            await settle(person.pilot)
            person.sees("Bo Larsson", "3 Contacts 5")
            assert person.focus == "contact-rows"
            assert person.app.explorer.contacts.rows.cursor == 1

    journey(resize, MEDIUM)


@pytest.mark.parametrize("size", [SMALL, (60, 20)], ids=["80x24", "60x20"])
def test_tabs_tell_whose_detail_contacts_and_calls_they_are(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look_around(person: Person) -> None:
        await person.find("acme inc")
        for pane in ("2", "3", "4"):
            await person.press(pane)
            person.sees_line("1 Companies", "2 Detail", "3 Contacts 5", "4 Call", " Acme Inc ")
        await person.press("1")
        person.sees_line("[1 Companies]", "3 of 1,200" if size == SMALL else "4 Call")

    journey(look_around, size, picture=False)


def test_a_pane_can_have_the_whole_screen(journey: Journey) -> None:
    async def zoom(person: Person) -> None:
        await person.find("acme inc")
        await person.press("2", "z")
        person.sees("[2 Detail]", "Customer from", "External id")
        await person.press("escape")
        person.sees("2 Acme Inc")

    journey(zoom, MEDIUM)


def test_the_times_in_the_detail_are_seen_whole_where_three_or_two_stand_side_by_side(
    journey: Journey,
) -> None:
    async def widen(person: Person) -> None:
        await person.find("acme inc")
        for width in (100, 120, 169, 170, 200, 240):
            await person.pilot.resize_terminal(width, 60)
            await settle(person.pilot)
            person.sees("2025-11-27 15:46Z", "Monthly revenue", "+46 70 123 45 67")
        await person.press("2", "G")
        person.sees("nothing seen yet")

    journey(widen, MEDIUM, picture=False)


def test_a_list_keeps_its_height_whether_a_row_is_told_under_it_or_not(journey: Journey) -> None:
    async def go_down(person: Person) -> None:
        await person.find("acme")
        await run_line(person, "duplicates company")
        sheet = person.app.screen
        assert isinstance(sheet, ListSheet)
        told, heights = [], []
        for _ in range(20):
            await person.press("down")
            told.append(bool(sheet.whole.text))
            heights.append(sheet.rows.size.height)
        first = told.index(True)
        assert not all(told[first:])
        assert len({*heights[first:]}) == 1

    journey(go_down, (112, 24), picture=False)


def test_at_200_columns_there_is_room_for_the_last_call_and_e_mails(journey: Journey) -> None:
    async def look(person: Person) -> None:
        person.sees("OWNER", "LAST CALL", "PHONE", "E-MAIL")

    journey(look, LARGE, picture=False)


@EITHER
def test_the_pane_in_front_and_its_zoom_are_there_again_for_each_tenant(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def leave(person: Person) -> None:
        await person.find("acme inc")
        await person.press("j", "2", "z")

    async def come_back(person: Person) -> None:
        person.sees("[2 Detail]", "Acme Learning Inc", "Customer from")
        assert person.focus == "field-rows"
        await person.press("p", "j", "enter")
        person.sees("DEMO-2")
        assert person.focus == "company-rows"
        assert not person.app.explorer.has_class("-zoom")
        await person.press("P", "escape", "1")
        rows = person.app.explorer.companies.rows
        assert rows.current is not None
        assert rows.current.cells["name"] == "Acme Learning Inc"

    journey(leave, size, picture=False)
    journey(come_back, size, picture=False)


def test_no_key_gets_through_to_what_a_small_terminal_hides(journey: Journey) -> None:
    async def type_blindly(person: Person) -> None:
        async def resize(width: int, height: int) -> None:
            await person.pilot.resize_terminal(width, height)
            await settle(person.pilot)

        await person.find("acme inc")
        await resize(40, 10)
        person.sees("Only ctrl+q works")
        await person.press("t")
        await person.type("blind\n\x13")
        await person.press("D")
        await person.type("delete\n")
        await person.press("p", "u", "ctrl+p", "colon")
        await person.paste("blind")
        await person.pilot.click("#company-rows", offset=(5, 3), times=2)
        person.sees("Only ctrl+q works")
        await resize(*MEDIUM)
        assert len(person.app.screen_stack) == 1
        person.sees("3 of 1,200", "Acme Inc")
        person.sees_no("blind", "queued")
        assert person.focus == "company-rows"

    journey(type_blindly, MEDIUM, picture=False)


def test_a_sheet_is_covered_too_and_keeps_what_was_typed(journey: Journey) -> None:
    async def shrink(person: Person) -> None:
        for opens, seen in (("t", "Tags of Acme Inc"), ("ctrl+p", ":company")):
            await person.find("acme inc")
            await person.press(opens)
            await person.type("vip")
            await person.pilot.resize_terminal(40, 10)
            await settle(person.pilot)
            person.sees("Only ctrl+q works")
            person.sees_no(seen)
            await person.press("x", "escape", "enter", "ctrl+s")
            await person.pilot.resize_terminal(*MEDIUM)
            await settle(person.pilot)
            person.sees("vip")
            person.sees_no("Only ctrl+q works")
            assert len(person.app.screen_stack) == 2
            await person.press("escape")

    journey(shrink, MEDIUM, picture=False)


def test_quitting_works_unseen_and_says_there_that_a_call_runs(journey: Journey) -> None:
    async def quit_blindly(person: Person) -> None:
        await person.find("acme inc")
        await person.press("c")
        await person.pilot.resize_terminal(40, 10)
        await settle(person.pilot)
        await person.press("ctrl+q")
        person.reads("A call with", "ctrl+q again quits")
        await person.press("ctrl+q")
        assert person.app._exit

    journey(quit_blindly, MEDIUM, picture=False)


def test_a_long_sentence_moves_nothing_and_leaves_the_cursor_to_be_seen(journey: Journey) -> None:
    async def look(person: Person) -> None:
        explorer = person.app.explorer
        await person.press("2", "G")
        rows = explorer.detail.rows
        assert rows.current is not None
        heights = [pane.size for pane in explorer.panes]
        explorer.say("A sentence that has to be read to its end. " * 5)
        await settle(person.pilot)
        assert explorer.message.size.height == 3
        assert [pane.size for pane in explorer.panes] == heights
        here = rows.region.y + 1 + rows.cursor - rows.scroll_offset.y
        assert here < explorer.message.region.y
        explorer.say("A short one")
        await settle(person.pilot)
        assert explorer.message.size.height == 1
        assert [pane.size for pane in explorer.panes] == heights

    journey(look, SMALL, picture=False)
