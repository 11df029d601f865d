from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text
from textual.geometry import Region
from textual.widget import Widget

from planhat_tui.model.text import visible
from planhat_tui.tui.messages import Said
from planhat_tui.tui.presentation.cells import settled
from planhat_tui.tui.presentation.columns import GAP, Column
from planhat_tui.tui.presentation.glyphs import ASCII
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.themes import convert
from planhat_tui.tui.widgets.rowlines import LEAD, PAGE
from planhat_tui.tui.widgets.rows import RANGE_LEFT, Rows
from tests.tui.stage import SHIPPED, Stage, drawn
from tests.tui.texts import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.pilot import Pilot
    from textual.strip import Strip

COLUMNS = (
    Column("name", "NAME", 10, rank=0, grow=1, most=20),
    Column("arr", "ARR", 5, rank=1, right=True),
    Column("tags", "TAGS", 12, rank=2, grow=1),
)
WIDTH, HEIGHT = 50, 11
SEEN = HEIGHT - 1
"""Rows that are on the screen at once, under the heading."""


def made(ids: Iterable[str]) -> list[Row]:
    return [Row(one, {"name": f"Name {one}", "arr": "64k", "tags": "-"}) for one in ids]


def numbered(number: int, start: int = 0) -> list[Row]:
    return made(f"c{index}" for index in range(start, start + number))


def line_of(rows: Rows, y: int) -> Strip:
    (line,) = rows.render_lines(Region(0, y, rows.size.width, 1))
    return line


class Listed:
    """A list on a stage."""

    def __init__(self, rows: Sequence[Row] = (), total: int | None = None) -> None:
        self.rows = Rows(COLUMNS, id="rows")
        self.app = Stage(self.rows)
        self._filling = (len(rows) if total is None else total, rows)

    async def start(self, pilot: Pilot[None]) -> None:
        self.rows.focus()
        self.rows.fill(*self._filling)
        await pilot.pause()

    @property
    def here(self) -> str:
        """The id of the row under the cursor."""
        return self.rows.current.id if self.rows.current is not None else ""

    @property
    def line(self) -> int:
        """Where the cursor stands on the screen, 0 being the line under the heading."""
        return self.rows.cursor - self.rows.scroll_offset.y

    @property
    def drawn_rows(self) -> list[str]:
        """The rows on the screen, without the scroll bar beside them."""
        return [line[:-1] for line in self.app.lines[1:]]

    def ids(self, kind: type[Rows.Pointed]) -> list[str]:
        return [cast("Rows.Pointed", message).id for message in self.app.all_heard(kind)]


def listed(number: int) -> Listed:
    return Listed(numbered(number))


# -- what is shown


async def test_a_list_has_a_heading_that_stays_and_rows_under_it() -> None:
    one = listed(40)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        heading, first = one.app.lines[:2]
        assert heading.split() == ["NAME", "ARR", "TAGS"]
        assert first.split()[:4] == ["▸", "Name", "c0", "64k"]
        await pilot.press("G")
        assert one.app.lines[0] == heading
        assert one.app.lines[-1].split()[:3] == ["▸", "Name", "c39"]


async def test_numbers_line_up_with_their_heading() -> None:
    one = Listed([Row("a", {"arr": "8"}), Row("b", {"arr": "1.2M"})])
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        heading, first, second = one.app.lines[:3]
        end = heading.index("ARR") + len("ARR")
        assert first[end - 1] == "8"
        assert second[end - 4 : end] == "1.2M"


async def test_signs_stand_before_the_row() -> None:
    row = Row("a", {"name": "Acme"}, state="≠", mood="conflict", flag="★")
    one = Listed([row])
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        one.rows.mark(["a"], on=True)
        await pilot.pause()
        assert one.app.lines[1].startswith(" ▸x≠★ Acme")


async def test_the_signs_are_those_of_the_theme() -> None:
    rows = Rows(COLUMNS)
    app = Stage(rows, glyphs=ASCII)
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        rows.fill(2, [Row("a", {"name": "Globex Services International"})])
        await pilot.pause()
        assert app.lines[1].startswith(" >    Globex")
        assert "~" in app.lines[1]
        assert app.lines[2].strip() == "~"


async def test_without_the_focus_the_cursor_is_still_seen() -> None:
    one = listed(3)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        one.app.set_focus(None)
        await pilot.pause()
        assert "▸" in one.app.lines[1]


async def test_an_empty_list_says_why() -> None:
    one = Listed()
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        one.rows.say_empty("No contacts at Acme Inc yet.  a adds one.")
        await pilot.pause()
        assert "No contacts at Acme Inc yet." in " ".join(one.app.lines)
        one.rows.say_empty("No contacts at 株式会社日本電気通信サービス yet.  a adds one")
        await pilot.pause()
        assert "yet.  a adds one" in " ".join(one.app.lines)
        one.rows.fill(1, numbered(1))
        await pilot.pause()
        assert "No contacts" not in " ".join(one.app.lines)


TEXT_ROWS = st.lists(st.tuples(TEXTS, TEXTS, st.booleans()), min_size=1, max_size=8)


async def test_any_text_keeps_the_columns_in_place() -> None:
    one = listed(0)

    @given(TEXT_ROWS)
    def law(texts: list[tuple[str, str, bool]]) -> None:
        rows = [
            Row(
                str(number),
                {"name": visible(name), "arr": "64k", "tags": Text(settled(visible(tags)))},
                dim=dim,
            )
            for number, (name, tags, dim) in enumerate(texts)
        ]
        one.rows.fill(len(rows), rows)
        name, arr = (column.width for column in one.rows.columns[:2])
        for y in range(1, len(rows) + 1):
            strip = line_of(one.rows, y)
            assert sum(cell_len(segment.text) for segment in strip) == one.rows.size.width
            before, _, _ = strip.text.partition("64k")
            assert cell_len(before) == LEAD + name + 2 + arr - 3

    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        law()


async def test_colours_of_a_cell_are_kept() -> None:
    cell = Text("vip · gold")
    cell.stylize("reverse", 6, 10)
    one = Listed([Row("a", {"tags": cell})])
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        drawn = [s for s in line_of(one.rows, 1) if s.style and s.style.reverse]
        assert [segment.text for segment in drawn] == ["gold"]


async def test_another_theme_changes_the_colours() -> None:
    one = listed(3)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        before = [segment.style for segment in line_of(one.rows, 1)]
        one.app.register_theme(convert(SHIPPED["planhat-light"]))
        one.app.theme = "planhat-light"
        await pilot.pause()
        after = [segment.style for segment in line_of(one.rows, 1)]
        assert all(a != b for a, b in zip(before, after, strict=True))


async def test_a_wider_screen_shows_more_columns() -> None:
    one = listed(40)
    async with one.app.run_test(size=(30, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.press("G")
        assert "TAGS" not in one.app.lines[0]
        await pilot.resize_terminal(WIDTH, 6)
        await pilot.pause()
        assert "TAGS" in one.app.lines[0]
        assert one.here == "c39"
        assert "Name c39" in one.app.lines[5]


# -- moving


@pytest.mark.parametrize(
    ("keys", "index"),
    [
        (("j",), 1),
        (("down", "down"), 2),
        (("j", "j", "k"), 1),
        (("up",), 0),
        (("G",), 39),
        (("end", "j"), 39),
        (("G", "g"), 0),
        (("G", "home"), 0),
        (("ctrl+d",), 5),
        (("pagedown", "pagedown", "pageup"), 5),
        (("ctrl+u",), 0),
    ],
)
async def test_keys_move_the_cursor(keys: tuple[str, ...], index: int) -> None:
    one = listed(40)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.press(*keys)
        await pilot.pause()
        assert one.here == f"c{index}"
        assert f"Name c{index} " in "".join(line for line in one.app.lines if "▸" in line)


MOVES = st.sampled_from(("do_down", "do_up", "do_top", "do_bottom", "do_half_down", "do_half_up"))


async def test_the_cursor_never_leaves_the_list_nor_the_screen() -> None:
    one = listed(0)

    @given(st.integers(0, 30), st.lists(MOVES, max_size=12))
    def law(number: int, moves: list[str]) -> None:
        one.rows.fill(number, numbered(number), keep=False)
        for move in moves:
            getattr(one.rows, move)()
            assert 0 <= one.rows.cursor <= max(0, number - 1)
            assert 0 <= one.line < SEEN

    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        law()


async def test_the_list_tells_on_which_row_the_cursor_stands() -> None:
    one = listed(3)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.press("j", "j", "j", "k", "enter")
        await pilot.pause()
        assert one.ids(Rows.Pointed) == ["c0", "c1", "c2", "c1"]
        assert one.ids(Rows.Opened) == ["c1"]


async def test_nothing_is_opened_where_nothing_is() -> None:
    one = Listed()
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.press("enter", "j", "G")
        assert one.ids(Rows.Opened) == []
        assert one.rows.selection() == ()


async def test_the_cursor_goes_to_a_row_that_is_loaded() -> None:
    one = listed(40)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        one.rows.go_to("c30")
        assert (one.here, one.line) == ("c30", SEEN - 1)
        one.rows.go_to("nobody")
        assert one.here == "c30"


async def test_the_place_of_the_caret_follows_the_row() -> None:
    one = listed(40)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        for keys in (("j", "j"), ("G",), ("ctrl+u",), ("g",)):
            await pilot.press(*keys)
            await pilot.pause()
            x, y = one.rows.cursor_screen_offset
            assert one.app.lines[y][x] == "▸"


# -- the mouse


async def test_a_click_goes_to_a_row_and_two_open_it() -> None:
    one = listed(40)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.press("G")
        await pilot.click(one.rows, offset=(10, 3))
        assert one.here == "c32"
        assert one.ids(Rows.Opened) == []
        await pilot.double_click(one.rows, offset=(10, 4))
        assert one.ids(Rows.Opened) == ["c33"]
        assert one.rows.marks == {}


async def test_a_click_on_the_sign_marks_a_row() -> None:
    one = listed(4)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.click(one.rows, offset=(2, 3))
        assert (one.here, tuple(one.rows.marks)) == ("c2", ("c2",))
        await pilot.press("k")
        await pilot.click(one.rows, offset=(2, 3))
        assert tuple(one.rows.marks) == ()


async def test_a_click_beside_the_rows_does_nothing() -> None:
    one = listed(4)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.press("j")
        for y in (0, 5, HEIGHT - 1):
            await pilot.click(one.rows, offset=(2, y))
        assert (one.here, one.rows.marks) == ("c1", {})


async def test_a_click_on_a_title_tells_the_column() -> None:
    one = listed(4)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.press("j")
        for x in (1, LEAD, LEAD + one.rows.columns[0].width + GAP):
            await pilot.click(one.rows, offset=(x, 0))
        heard = [cast("Rows.Headed", told).key for told in one.app.all_heard(Rows.Headed)]
        assert heard == ["name", "arr"]
        assert one.here == "c1"


# -- marks


async def test_marks_are_what_a_verb_works_on() -> None:
    one = listed(4)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        assert one.rows.selection() == ("c0",)
        one.rows.toggle_mark()
        one.rows.toggle_mark()
        await pilot.press("G")
        assert one.rows.selection() == ("c0", "c1")
        one.rows.cursor = 0
        one.rows.toggle_mark()
        assert (one.rows.selection(), one.here) == (("c1",), "c1")
        one.rows.mark(["c1", "c3"], on=False)
        assert one.rows.selection() == ("c1",), "without marks, the row under the cursor"
        await pilot.pause()
        assert len(one.app.all_heard(Rows.Marked)) == 4


async def test_marks_stay_with_their_rows_when_others_come() -> None:
    one = listed(4)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        one.rows.mark(["c1"], on=True)
        one.rows.fill(4, made(["c9", "c1", "c0", "c3"]))
        await pilot.pause()
        assert [line[2] for line in one.app.lines[1:5]] == [" ", "x", " ", " "]
        one.rows.fill(1, made(["c9"]), keep=False)
        assert one.rows.selection() == ("c1",), "a mark holds where the row isn't shown"


async def test_a_mark_stays_with_its_row_when_that_gets_another_id() -> None:
    one = listed(4)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        one.rows.mark(["c1", "c2"], on=True)
        one.rows.follow({})
        one.rows.follow({"c1": "p1"})
        one.rows.fill(4, made(["c0", "p1", "c2", "c3"]))
        await pilot.pause()
        assert [line[2] for line in one.app.lines[1:5]] == [" ", "x", "x", " "]
        assert one.rows.selection() == ("p1", "c2")
        assert len(one.app.all_heard(Rows.Marked)) == 2, "the sums are of other ids"
        one.rows.mark(["c1"], on=False)
        assert one.rows.selection() == ("c2",), "what began before names it as it was"


# -- new data


async def test_rows_that_come_above_do_not_move_the_row_under_the_cursor() -> None:
    one = listed(40)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.press(*"jjjjjjjjjjjjkk")
        before, line, rows = one.here, one.line, one.drawn_rows
        one.rows.fill(43, [*made(["x", "y", "z"]), *numbered(40)])
        await pilot.pause()
        assert (one.here, one.line) == (before, line)
        assert one.drawn_rows == rows
        assert one.ids(Rows.Pointed).count(before) <= 2


async def test_another_list_begins_at_its_first_row() -> None:
    one = listed(40)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.press("G")
        one.rows.fill(40, numbered(40), keep=False)
        await pilot.pause()
        assert (one.here, one.line) == ("c0", 0)


async def test_when_the_row_under_the_cursor_goes_the_next_takes_its_place() -> None:
    one = listed(5)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.press("j", "j")
        one.rows.fill(4, made(["c0", "c1", "c3", "c4"]))
        assert one.here == "c3"
        one.rows.fill(1, made(["c0"]))
        assert one.here == "c0"
        one.rows.fill(0, [])
        await pilot.pause()
        assert (one.here, one.ids(Rows.Pointed)[-1]) == ("", "")


IDS = st.lists(st.integers(0, 40).map(str), unique=True, max_size=41)


async def test_new_data_never_move_the_row_under_the_cursor() -> None:
    one = listed(0)

    @given(IDS, st.lists(st.tuples(st.integers(0, 40), IDS), max_size=5))
    def law(ids: list[str], changes: list[tuple[int, list[str]]]) -> None:
        """Each change: where the cursor goes first, and the rows that come."""
        one.rows.fill(len(ids), made(ids), keep=False)
        for cursor, new in changes:
            one.rows.cursor = cursor
            here, line = one.here, one.line
            one.rows.fill(len(new), made(new))
            assert 0 <= one.line < SEEN
            if here not in new:
                continue
            assert one.here == here
            top = new.index(here) - line
            if 0 <= top <= max(0, len(new) - SEEN):
                assert one.line == line, "the row has moved on the screen"

    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        law()


# -- pages


def offsets(app: Stage) -> list[int]:
    return [cast("Rows.Missing", message).offset for message in app.all_heard(Rows.Missing)]


async def test_only_pages_that_are_about_to_be_seen_are_asked_for() -> None:
    one = Listed(numbered(PAGE), total=1_000_000)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        assert offsets(one.app) == []
        await pilot.press("G")
        await drawn(one.app, pilot)
        last = 999_999 // PAGE * PAGE
        assert offsets(one.app) == [last]
        assert one.app.lines[-1].split()[0] == "…"
        one.rows.put(last, numbered(1_000_000 - last, last))
        await drawn(one.app, pilot)
        assert (one.here, one.ids(Rows.Pointed)[-1]) == ("c999999",) * 2
        assert "Name c999999" in one.app.lines[-1]


async def test_a_page_is_asked_for_once() -> None:
    one = Listed(numbered(PAGE), total=3 * PAGE)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        one.rows.cursor = PAGE + 20
        await drawn(one.app, pilot)
        await pilot.press("j", "k", "j")
        await drawn(one.app, pilot)
        assert offsets(one.app) == [PAGE]
        one.rows.fill(3 * PAGE, numbered(PAGE))
        await drawn(one.app, pilot)
        assert offsets(one.app) == [PAGE, PAGE], "new data may be asked for again"


async def test_a_row_that_is_not_loaded_has_no_id() -> None:
    one = Listed(numbered(PAGE), total=2 * PAGE)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        one.rows.cursor = PAGE + 50
        await drawn(one.app, pilot)
        assert (one.here, one.rows.selection()) == ("", ())
        one.rows.toggle_mark()
        one.rows.do_open()
        await pilot.pause()
        assert (one.rows.marks, one.ids(Rows.Opened)) == ({}, [])
        assert one.ids(Rows.Pointed)[-1] == ""


async def test_the_window_holds_what_is_seen_and_the_cursor() -> None:
    one = listed(0)

    @given(st.integers(0, 1000), st.integers(0, 1000))
    def law(total: int, cursor: int) -> None:
        one.rows.fill(total, numbered(min(total, PAGE)), keep=False)
        one.rows.cursor = cursor
        offset, number = one.rows.window
        assert offset % PAGE == 0
        assert number % PAGE == 0
        assert offset <= one.rows.cursor < offset + number
        assert offset <= one.rows.scroll_offset.y
        assert one.rows.scroll_offset.y + SEEN <= offset + number

    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        law()


@pytest.mark.parametrize(("keys", "cursor"), [(("G",), 299), (("G", "k", "j"), 99), (("j",), 1)])
async def test_a_list_that_turns_out_longer_goes_on_to_the_end_for_who_asked_for_it(
    keys: tuple[str, ...], cursor: int
) -> None:
    listed = Listed(numbered(100))
    async with listed.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await listed.start(pilot)
        await pilot.press(*keys)
        listed.rows.lengthen(300)
        await pilot.pause()
        assert (listed.rows.total, listed.rows.cursor) == (300, cursor)
        await pilot.press("G")
        assert listed.rows.cursor == 299


async def test_rows_that_come_from_the_middle_find_their_place() -> None:
    one = Listed(numbered(PAGE), total=9 * PAGE)
    start, here = 4 * PAGE, 4 * PAGE + 10
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        one.rows.cursor = here
        one.rows.put(start, numbered(PAGE, start))
        await drawn(one.app, pilot)
        assert one.here == f"c{here}"
        line = one.line
        one.rows.fill(9 * PAGE + 1, numbered(2 * PAGE, start - 1), offset=start)
        await drawn(one.app, pilot)
        assert (one.here, one.rows.cursor, one.line) == (f"c{here}", here + 1, line)
        first, second = one.rows.row(start), one.rows.row(start + 1)
        assert first is not None
        assert second is not None
        assert [first.id, second.id] == [f"c{start - 1}", f"c{start}"]
        assert one.rows.row(0) is None


@pytest.mark.parametrize("number", [3, 40, 12_000])
async def test_the_scroll_bar_is_drawn_as_textual_draws_it(number: int) -> None:
    one = listed(number)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        for key in "jG":
            await pilot.press(key)
            bar = one.rows.vertical_scrollbar
            whole = Region(0, 0, 1, HEIGHT)
            assert [*map(list, bar.render_lines(whole))] == [
                *map(list, Widget.render_lines(bar, whole))
            ]


# -- letters that match, order, ranges


async def test_letters_that_match_are_underlined_also_where_a_cell_is_cut() -> None:
    name = "Malmö International Energy Services"
    row = Row(
        "a",
        {"name": name, "arr": "64k"},
        sought={"name": ["malmo", "national energy"], "arr": ["6"]},
    )
    one = Listed([row])
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        strip = line_of(one.rows, 1)
        lit = [segment.text for segment in strip if segment.style and segment.style.underline]
        width = one.rows.columns[0].width
        assert lit == ["Malmö", name[11 : width - 1]]
        assert f"{name[: width - 1]}…" in strip.text


async def test_the_heading_says_by_which_columns_the_list_is_sorted() -> None:
    one = listed(3)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        before = one.app.lines[0]
        one.rows.show_columns(COLUMNS, {"name": False, "arr": True})
        await pilot.pause()
        heading = one.app.lines[0]
        assert "NAME▴" in heading
        assert "ARR▾" in heading
        assert heading.replace("▴", " ").replace("▾", " ") == before
        one.rows.show_columns(COLUMNS[:1], {})
        await pilot.pause()
        assert one.app.lines[0].split() == ["NAME"]


async def test_a_range_goes_from_where_it_was_begun_to_the_cursor() -> None:
    one = listed(40)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.press("j", "j", "j")
        one.rows.do_range()
        await pilot.press("k", "k")
        await pilot.pause()
        assert [line[2] for line in one.app.lines[1:6]] == [" ", "·", "·", "·", " "]
        one.rows.do_range()
        await pilot.pause()
        (ranged,) = cast("list[Rows.Ranged]", one.app.all_heard(Rows.Ranged))
        assert (ranged.first, ranged.ids) == (1, ("c1", "c2", "c3"))
        assert not one.rows.leave_range()


async def test_a_range_is_given_up_when_another_list_comes() -> None:
    one = listed(40)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        one.rows.do_range()
        assert one.rows.leave_range()
        one.rows.do_range()
        one.rows.fill(40, numbered(40), keep=False)
        assert not one.rows.leave_range()
        one.rows.fill(0, [])
        one.rows.do_range()
        assert not one.rows.leave_range()


async def test_a_range_stays_on_its_row_when_data_arrives() -> None:
    one = listed(40)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.press("j")
        one.rows.do_range()
        await pilot.press("j", "j")
        one.rows.fill(42, [*made(["new 1", "new 2"]), *numbered(40)])
        one.rows.do_range()
        await pilot.pause()
        (ranged,) = cast("list[Rows.Ranged]", one.app.all_heard(Rows.Ranged))
        assert (ranged.first, ranged.ids) == (3, ("c1", "c2", "c3"))


async def test_a_range_whose_start_is_not_read_again_stays_in_a_list_as_long_as_before() -> None:
    one = listed(300)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        one.rows.do_range()
        one.rows.cursor = 150
        one.rows.fill(300, numbered(60, 120), offset=120)
        assert one.rows.leave_range()
        one.rows.cursor = 0
        one.rows.fill(300, numbered(60))
        one.rows.do_range()
        one.rows.cursor = 150
        one.rows.fill(301, numbered(60, 120), offset=120)
        await pilot.pause()
        assert not one.rows.leave_range()
        assert one.app.all_heard(Said) == [Said(RANGE_LEFT)]


async def test_the_cursor_goes_to_another_row_and_keeps_its_line() -> None:
    one = listed(40)
    async with one.app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await one.start(pilot)
        await pilot.press("j", "j")
        one.rows.fill(300, numbered(60, 120), offset=120, on="c150")
        await pilot.pause()
        assert (one.here, one.rows.cursor, one.line) == ("c150", 150, 2)
