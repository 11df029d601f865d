"""What a sheet shows where it's taller than the terminal."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from planhat_tui.model import custom
from planhat_tui.model.custom import CustomType
from planhat_tui.tui.keys import Where
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.glyphs import UNICODE
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.presentation.values import AUTO
from planhat_tui.tui.screens.help import Help
from planhat_tui.tui.screens.pick import Pick
from planhat_tui.tui.screens.report import Report
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.screens.value import Value
from planhat_tui.tui.widgets.picker import Choice
from planhat_tui.tui.widgets.rows import Rows
from tests.tui.stage import TUI, Stage, drawn

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from planhat_tui.model.values import Json

SMALL = pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=["80x24", "60x20"])
LINES = [f"line {n}" for n in range(60)]


class Listing(Sheet[None]):
    """A list of many rows, with the row under the cursor in full."""

    CSS_PATH = str(TUI / "screens" / "sheet.tcss")
    HINT = "u takes it back   esc close   and what else there is to press"

    def __init__(self) -> None:
        super().__init__("Many")
        self.rows = Rows(columns.ORDER, id="many-rows")

    def body(self) -> ComposeResult:
        self.rows.add_class("sheet-rows")
        yield self.rows
        yield Static(Content("first line\nsecond line\nthird line"), classes="sheet-text")

    def on_mount(self) -> None:
        self.rows.focus()
        self.rows.fill(len(LINES), [Row(line, {"field": line}) for line in LINES])


@SMALL
async def test_a_long_list_leaves_room_for_what_is_said_and_for_the_keys(
    size: tuple[int, int],
) -> None:
    app, sheet = Stage(), Listing()
    async with app.run_test(size=size) as pilot:
        await app.push_screen(sheet)
        sheet.tell("Something is said here")
        await drawn(app, pilot)
        await pilot.press("G")
        await drawn(app, pilot)
        shown = "\n".join(app.lines)
        assert "press" in app.lines[-1]
        assert all(text in shown for text in ("Many", "third line", "Something is said here"))
        assert [line for line in app.lines if UNICODE.caret in line and LINES[-1] in line]


async def test_a_list_is_as_tall_as_the_rows_that_come_after_it_was_drawn() -> None:
    app, sheet = Stage(), Listing()
    async with app.run_test(size=(80, 40)) as pilot:
        await app.push_screen(sheet)
        for number in (2, 12, 5):
            sheet.rows.fill(number, [Row(line, {"field": line}) for line in LINES[:number]])
            await drawn(app, pilot)
            shown = [line for line in app.lines if re.search(r" line \d", line)]
            assert len(shown) == number
            assert sheet.rows.size.height == max(number + 1, 4)


@SMALL
async def test_a_sheet_under_another_is_not_seen_and_comes_back_as_it_was(
    size: tuple[int, int],
) -> None:
    app, under = Stage(Static(Content("the list"))), Listing()
    async with app.run_test(size=size) as pilot:
        await app.push_screen(under)
        await drawn(app, pilot)
        await pilot.press("j")
        await app.push_screen(Report("Over it", ["one line"]))
        await drawn(app, pilot)
        shown = "\n".join(seen(app))
        assert all(text in shown for text in ("the list", "Over it", "one line"))
        assert "line 1" not in shown
        assert "Many" not in shown
        await pilot.press("escape")
        await drawn(app, pilot)
        assert "Many" in "\n".join(app.lines)
        assert app.focused is under.rows
        assert under.rows.cursor == 1


def seen(app: Stage) -> list[str]:
    """Return what the terminal shows: the screen on top over those behind it."""
    svg = app.export_screenshot()
    texts = re.findall(r"<text [^>]*>(.*?)</text>", svg)
    return [html.unescape(text).replace("\u00a0", " ") for text in texts]


@SMALL
@pytest.mark.parametrize("sheet", [Report, Help])
async def test_pages_of_a_text_are_turned_and_its_keys_stay(
    size: tuple[int, int], sheet: type[Report | Help]
) -> None:
    app = Stage()
    async with app.run_test(size=size) as pilot:
        text = Report("Many", LINES) if sheet is Report else Help(tuple(Where), {})
        await app.push_screen(text)
        await drawn(app, pilot)
        scroll = text.query_one(VerticalScroll)
        assert text.HINT in app.lines[-1]
        await pilot.press("pagedown")
        await drawn(app, pilot)
        assert scroll.scroll_y == scroll.size.height
        await pilot.press("pageup")
        await drawn(app, pilot)
        assert scroll.scroll_y == 0
        await pilot.press("end")
        await drawn(app, pilot)
        assert scroll.scroll_y == scroll.max_scroll_y > 0
        if sheet is Report:
            assert LINES[-1] in app.lines[-2]


@SMALL
async def test_a_short_text_takes_no_more_than_it_needs(size: tuple[int, int]) -> None:
    app = Stage()
    async with app.run_test(size=size) as pilot:
        await app.push_screen(Report("Few", ["one", "two"]))
        await drawn(app, pilot)
        lines = [line.strip() for line in app.lines]
        assert lines[-3:] == ["one", "two", Report.HINT]
        assert "Few" in lines[-4]
        assert not any(lines[:-4])


async def test_what_a_key_does_is_broken_under_itself() -> None:
    app = Stage()
    async with app.run_test(size=(60, 24)) as pilot:
        await app.push_screen(Help((Where.EXPLORER,), {}))
        await pilot.press("end")
        await drawn(app, pilot)
        place = next(n for n, line in enumerate(app.lines) if "do again what undo" in line)
        assert "  U  " in app.lines[place]
        assert app.lines[place + 1].startswith(" " * 21)
        assert app.lines[place + 1].strip()


async def test_a_key_that_a_sheet_does_not_know_says_once_what_works() -> None:
    app, sheet = Stage(), Listing()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(sheet)
        await pilot.press("j", "down")
        assert sheet.said == ""
        await pilot.press("slash")
        assert sheet.said == "/ does nothing here.  The keys below do"
        await pilot.press("x")
        assert sheet.said == "/ does nothing here.  The keys below do"


async def test_letters_of_a_line_in_a_sheet_are_no_keys() -> None:
    app, pick = Stage(), Pick("Field", [Choice("a", "a")])
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(pick)
        await pilot.press("x", "slash")
        assert pick.said == ""
        assert pick.picker.line.value == "x/"


def _lines(pick: Pick) -> tuple[int, int, int]:
    """Return the lines of the sheet's top, of its input and of its keys."""
    places = (pick.rule, pick.picker.line, pick.query_one("#sheet-hint"))
    top, line, keys = (widget.region.y for widget in places)
    return top, line, keys


async def test_a_sheet_never_gets_lower_while_one_types() -> None:
    app = Stage()
    pick = Pick("Field", [Choice(word, word) for word in "one two three four five six".split()])
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(pick)
        await drawn(app, pilot)
        before = _lines(pick)
        assert before[2] == 23
        for letter in "threx":
            await pilot.press(letter)
            await drawn(app, pilot)
            assert _lines(pick) == before
        pick.tell("Nothing is called threx.")
        await drawn(app, pilot)
        assert _lines(pick) == before, "the sentence stands in the lines that are free"


async def test_a_terminal_of_another_size_begins_anew() -> None:
    app = Stage()
    pick = Pick("Field", [Choice(word, word) for word in "one two three four five six".split()])
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(pick)
        await pilot.press("o", "n")
        await drawn(app, pilot)
        assert _lines(pick)[0] == 24 - 9
        await pilot.resize_terminal(100, 30)
        await drawn(app, pilot)
        top, line, keys = _lines(pick)
        assert (top, line, keys) == (30 - 4, 30 - 3, 29)


def _number(text: str, word: str) -> Json:
    return custom.parse(text, custom.guess(text) if word == AUTO else CustomType(word))


async def test_a_new_value_says_what_it_looks_like_and_what_doesnt_fit() -> None:
    app = Stage()
    sheet = Value("Custom field", "", _number, types=(AUTO, "number", "date"))
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(sheet)
        await drawn(app, pilot)
        assert "as what it looks like   ctrl+t number" in "\n".join(app.lines)
        await pilot.press(*"12")
        await drawn(app, pilot)
        assert "as number   ctrl+t number" in "\n".join(app.lines)
        await pilot.press("x", "ctrl+t")
        await drawn(app, pilot)
        assert "as number   ctrl+t date" in "\n".join(app.lines)
        assert "12x" in sheet.said
        await pilot.press("backspace")
        assert sheet.said == ""
