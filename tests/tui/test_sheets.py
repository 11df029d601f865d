"""What a sheet shows where it's taller than the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import html
import re
import threading
from typing import TYPE_CHECKING

import pytest
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from planhat_tui.config.keys import name_of
from planhat_tui.errors import StorageError
from planhat_tui.model import custom
from planhat_tui.model.custom import CustomType
from planhat_tui.model.overview import Bar, Group, Overview
from planhat_tui.model.records import Kind
from planhat_tui.store.tenant import TenantStore
from planhat_tui.tui.keys import Key, Where
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.glyphs import UNICODE
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.presentation.sentences import SAVING
from planhat_tui.tui.presentation.values import AUTO
from planhat_tui.tui.screens.help import Help
from planhat_tui.tui.screens.overview import OverviewSheet
from planhat_tui.tui.screens.pick import Pick
from planhat_tui.tui.screens.report import Report
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.screens.value import Given, Value
from planhat_tui.tui.widgets.picker import Choice
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.workspace.queries import Queries
from planhat_tui.workspace.unsaved import Unsaved
from tests.tui.stage import TUI, Stage, answered, drawn

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

    from planhat_tui.model.values import Json

SMALL = pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=["80x24", "60x20"])
LINES = [f"line {n}" for n in range(60)]


class Listing(Sheet[None]):
    """A list of many rows, with the row under the cursor in full."""

    CSS_PATH = str(TUI / "screens" / "sheet.tcss")
    HINT = ("u: take it back", "{close}: close", "x: whatever else there is to press")

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
        assert app.lines[-1].strip().endswith("esc close")
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
        assert lines[-3:] == ["one", "two", "up down scroll  esc close"]
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


@pytest.mark.parametrize(
    ("typed", "seen", "unseen"),
    [
        (
            "undo",
            ["everywhere", "take the last edit back", "plan", "take all of it back"],
            ["zoom"],
        ),
        ("last edit", ["everywhere", "take the last edit back"], ["plan", "do again"]),
        ("ctrl+s", ["forms", "save", "try all that is queued now"], ["everywhere"]),
        ("U", ["do again what undo took back"], ["take the last edit back"]),
        (
            "nothing like it",
            ["No key has nothing like it", "ctrl+p find a command"],
            ["everywhere"],
        ),
    ],
)
async def test_the_help_is_searched_by_words_and_by_the_keys_themselves(
    typed: str, seen: list[str], unseen: list[str]
) -> None:
    app = Stage()
    async with app.run_test(size=(100, 40)) as pilot:
        await app.push_screen(Help((Where.EXPLORER,), {}))
        await drawn(app, pilot)
        assert isinstance(app.focused, Input)
        await pilot.press(*(name_of(letter) for letter in typed))
        await drawn(app, pilot)
        shown = "\n".join(app.lines)
        assert [text for text in seen if text not in shown] == []
        assert [text for text in unseen if text in shown] == []


async def test_enter_answers_with_the_key_of_the_help_that_the_caret_is_at() -> None:
    app = Stage()
    chosen: list[Key | None] = []
    async with app.run_test(size=(60, 20)) as pilot:
        sheet = Help(tuple(Where), {})
        await app.push_screen(sheet, chosen.append)
        await pilot.press("enter")
        assert sheet.said == "Type what is to be done, or choose a key with up and down"
        await pilot.press(*["down"] * 60)
        await drawn(app, pilot)
        assert any(app.glyphs.caret in line for line in app.lines), "it is scrolled to"
        await pilot.press(*"undo", "down", "up", "up", "enter")
        await drawn(app, pilot)
    assert [(key.where, key.name) for key in chosen if key] == [(Where.EXPLORER, "undo")]


async def test_a_click_on_a_line_of_the_help_answers_with_its_key() -> None:
    app = Stage()
    chosen: list[Key | None] = []
    async with app.run_test(size=(60, 40)) as pilot:
        for words in ("everywhere", "delivered is shown first", "do again what undo"):
            await app.push_screen(Help((Where.EXPLORER,), {}), chosen.append)
            await pilot.press(*"undo")
            await drawn(app, pilot)
            y = next(n for n, line in enumerate(app.lines) if words in line)
            await pilot.click(offset=(app.lines[y].index(words), y))
            await pilot.press("escape")
    assert [key.name for key in chosen if key] == ["undo", "redo"]


async def test_the_help_goes_by_the_keys_that_the_config_has() -> None:
    app = Stage()
    async with app.run_test(size=(100, 40)) as pilot:
        for typed in ("ctrl+y", "Ctrl", "back ctrl"):
            sheet = Help((Where.EXPLORER,), {"undo": "ctrl+y"})
            await app.push_screen(sheet)
            await pilot.press(*(name_of(letter) for letter in typed))
            await drawn(app, pilot)
            assert any("ctrl+y" in line and "take the last edit" in line for line in app.lines)


async def test_a_sentence_names_the_keys_that_the_config_has() -> None:
    app, sheet = Stage(), Listing()
    app.changed_keys = {"undo": "ctrl+y"}
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(sheet)
        sheet.tell("Tag {gold} is queued.  {undo} takes it back")
        sheet.rows.fill(0, [])
        sheet.rows.say_empty("Nothing is here.  {undo} brings it back")
        await drawn(app, pilot)
        shown = "\n".join(app.lines)
        assert "Tag {gold} is queued.  ctrl+y takes it back" in shown
        assert "ctrl+y brings it back" in shown


async def test_the_key_of_help_shows_those_of_the_sheet_and_does_the_one_that_is_chosen() -> None:
    class Journal(Listing):
        PLACES = (Where.JOURNAL,)

        def do_undo(self) -> None:
            self.tell("taken back")

    app, sheet = Stage(), Journal()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(sheet)
        await pilot.press("j", "question_mark")
        await drawn(app, pilot)
        shown = "\n".join(app.lines)
        assert all(text in shown for text in ("Keys", "next row", "take this edit back"))
        await pilot.press("question_mark")
        assert app.screen is not sheet, "in its line it is a letter"
        await pilot.press("backspace", *"edit", "space", *"back", "enter")
        await drawn(app, pilot)
        assert app.screen is sheet
        assert sheet.said == "taken back"
        assert sheet.rows.has_focus
        assert sheet.rows.cursor == 1


async def test_a_key_that_a_sheet_does_not_know_says_once_what_works() -> None:
    app, sheet = Stage(), Listing()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(sheet)
        await pilot.press("j", "down")
        assert sheet.said == ""
        await pilot.press("space")
        assert sheet.said == "space does nothing here.  The keys below do"
        sheet.tell("")
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


@pytest.mark.parametrize(
    ("keys", "given"),
    [
        (("enter",), Given(None, touched=False)),
        (("ctrl+s",), Given(None, touched=False)),
        (("1", "backspace", "enter"), Given(None, touched=False)),
        (("ctrl+u", "enter"), Given(None)),
        (("1", "ctrl+u", "enter"), Given(None)),
        (("1", "enter"), Given("1")),
    ],
)
@pytest.mark.parametrize("closed", ["", "Nobody"])
async def test_several_values_are_cleared_by_ctrl_u_and_not_by_typing_nothing(
    keys: tuple[str, ...], given: Given, closed: str
) -> None:
    app = Stage()
    answers: list[Given | None] = []
    sheet = Value(
        "Phase of 4 companies",
        "",
        lambda text, _: text or None,
        choices=(Choice("1", "1"),),
        closed=closed,
        several=True,
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(sheet, answers.append)
        await drawn(app, pilot)
        assert "several values" in "\n".join(app.lines)
        await pilot.press(*keys)
        await answered(app, pilot)
        assert answers == [given]


@pytest.mark.parametrize("keys", [("enter",), ("x", "backspace", *"renewal", "enter")])
async def test_a_line_that_reads_as_it_did_touches_nothing(keys: tuple[str, ...]) -> None:
    app = Stage()
    answers: list[Given | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        sheet = Value("Phase of Acme", "renewal", lambda text, _: text)
        await app.push_screen(sheet, answers.append)
        await drawn(app, pilot)
        await pilot.press(*keys)
        await answered(app, pilot)
        assert answers == [Given(None, touched=False)]


async def test_another_type_of_what_stands_there_is_a_change() -> None:
    app = Stage()
    answers: list[Given | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        sheet = Value("Seats", "5", _number, types=("text", "number"))
        await app.push_screen(sheet, answers.append)
        await drawn(app, pilot)
        await pilot.press("ctrl+t", "enter")
        await answered(app, pilot)
        assert answers == [Given(5)]


async def test_several_values_are_left_alone_again_once_what_was_typed_is_dropped(
    tmp_path: Path,
) -> None:
    app, answers = Stage(), list[Given | None]()
    store = TenantStore.open(tmp_path / "acme", wall=app.wall)
    draft = Unsaved(store, Kind.COMPANY, ("c1", "c2"), "phase")
    title = "Phase of 2 companies"
    sheet = Value(title, "", lambda text, _: text or None, several=True, draft=draft)
    with contextlib.closing(store):
        async with app.run_test(size=(80, 24)) as pilot:
            await app.push_screen(sheet, answers.append)
            await pilot.press("ctrl+u", "1")
            await drawn(app, pilot)
            assert "several values" not in "\n".join(app.lines)
            await pilot.press("f9")
            await drawn(app, pilot)
            assert "several values" in "\n".join(app.lines)
            await pilot.press("enter")
            await answered(app, pilot)
    assert answers == [Given(None, touched=False)]


async def test_a_fraction_that_many_read_as_thousands_says_what_it_is() -> None:
    app = Stage()
    sheet = Value("Seats", "", _number, types=("number", "text"), empty="empty clears it")
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(sheet)
        await pilot.press(*"1.234")
        await drawn(app, pilot)
        shown = "\n".join(app.lines)
        assert "as number: 1.234, a fraction. 1234 is typed without a point" in shown
        assert "empty clears it" in shown
        await pilot.press("ctrl+t")
        await drawn(app, pilot)
        assert "a fraction" not in "\n".join(app.lines), "a text is what stands there"


async def test_what_cant_be_kept_stays_typed_and_the_sheet_with_it() -> None:
    app, disk = Stage(), [StorageError("The disk is full.", "Make room on it.")]
    kept: list[Json] = []
    answers: list[Given | None] = []

    def keep(given: Given) -> None:
        if disk:
            raise disk.pop()
        kept.append(given.value)

    sheet = Value("Seats", "", _number, types=("number",), keep=keep)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(sheet, answers.append)
        await pilot.press(*"12", "enter")
        await answered(app, pilot)
        assert (sheet.said, sheet.picker.line.value) == (
            "The disk is full.  Make room on it.",
            "12",
        )
        assert (kept, answers) == ([], [])
        await pilot.press("enter")
        await answered(app, pilot)
        assert (kept, answers) == ([12], [Given(12)])


class Gate:
    """A disk that is slow until it's let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.open = threading.Event()
        self.kept: list[Json] = []

    def __call__(self, given: Given) -> None:
        self.begun.set()
        assert self.open.wait(30)
        self.kept.append(given.value)


async def test_what_is_being_saved_takes_no_second_save_and_is_not_said_to_be_left() -> None:
    app, disk = Stage(), Gate()
    answers: list[Given | None] = []
    sheet = Value("Seats", "", _number, types=("number",), keep=disk)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(sheet, answers.append)
        await pilot.press(*"12", "ctrl+s")
        await asyncio.to_thread(disk.begun.wait, 30)
        await pilot.press("ctrl+s", "escape")
        assert app.screen is sheet
        assert sheet.said == SAVING
        assert answers == []
        disk.open.set()
        await answered(app, pilot)
        assert (disk.kept, answers) == ([12], [Given(12)])
        assert app.reading.opening == 0


async def test_a_sheet_goes_once_and_takes_no_other_with_it() -> None:
    app, sheet = Stage(), Listing()
    closed: list[None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(sheet, closed.append)
        sheet.dismiss()
        sheet.dismiss()
        await pilot.pause()
        assert len(app.screen_stack) == 1
        assert closed == [None]


async def test_a_sheet_under_another_goes_when_that_one_is_gone() -> None:
    app, under, over = Stage(), Listing(), Report("Over it", ["one line"])
    closed: list[None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(under, closed.append)
        await app.push_screen(over)
        under.dismiss()
        await pilot.pause()
        assert app.screen is over
        assert closed == []
        await pilot.press("escape")
        await pilot.pause()
        assert len(app.screen_stack) == 1
        assert closed == [None]


async def test_the_next_group_of_the_overview_is_behind_what_has_no_bar(tmp_path: Path) -> None:
    app = Stage()
    store = TenantStore.open(tmp_path / "acme", wall=app.wall)
    bars = (Bar("won", "phase:won", 2), Bar("lost", "phase:lost", 1))
    seen = Overview(3, (Group("phase", bars, more=7), Group("tag", (Bar("vip", "tag:vip", 1),))))
    with contextlib.closing(store):
        async with app.run_test(size=(80, 24)) as pilot:
            sheet = OverviewSheet(Queries(store))
            await app.push_screen(sheet)
            await drawn(app, pilot)
            sheet._show((seen, store.mirror.progress()))
            sheet.do_group_after()
            assert sheet.rows.pointed == "tag:vip"
            sheet.do_group_before()
            assert sheet.rows.pointed == "phase:won"
