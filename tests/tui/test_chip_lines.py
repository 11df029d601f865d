from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.cells import settled
from planhat_tui.tui.presentation.chip_lines import change_lines, changed_first, chip_lines
from tests.tui.texts import TEXTS

COLOURS = {"added": "blue", "removed": "red"}


@given(st.lists(TEXTS, max_size=12), st.integers(1, 40))
def test_chips_never_exceed_the_width(tags: list[str], width: int) -> None:
    assert all(line.cell_len <= width for line in chip_lines(tags, width))


@given(st.lists(TEXTS.filter(bool), max_size=12))
def test_every_chip_is_there_in_order_and_harmless(tags: list[str]) -> None:
    (line,) = chip_lines(tags, 10_000)
    assert line.plain == " · ".join(settled(visible(tag)) for tag in tags)


def test_chips_go_on_in_the_next_line() -> None:
    lines = chip_lines(["vip", "gold", "east coast"], 12, at=2)
    assert [line.plain for line in lines] == ["vip · gold", "east coast"]
    assert [[(span.start, span.end, span.style) for span in line.spans] for line in lines] == [
        [(3, 6, "dim")],
        [(0, 10, "reverse")],
    ]


def test_chips_are_drawn_with_the_signs_of_the_theme() -> None:
    (line,) = chip_lines(["vip", "gold"], 20, dot="|")
    assert line.plain == "vip | gold"
    (line,) = chip_lines(["renewal-q1"], 6, ellipsis="~")
    assert line.plain == "renew~"


def test_a_change_of_tags_is_told_first_by_signs_and_by_colours() -> None:
    (line,) = change_lines(changed_first(["vip", "old"], ["vip", "gold"]), COLOURS, 80)
    assert line.plain == "+gold   -old   vip"
    assert [(line.plain[s.start : s.end], s.style) for s in line.spans if s.style] == [
        ("+gold", "blue"),
        ("-old", "red"),
    ]


def test_a_hostile_tag_is_harmless_in_an_editor() -> None:
    (line,) = change_lines(changed_first([], ["\x1b]52;c;x\x07"]), COLOURS, 80)
    assert line.plain == "+␛]52;c;x␇"


def test_a_tag_that_only_some_have_says_how_many() -> None:
    chips = changed_first(["vip", "gold"], ["vip"], {"gold": " 2 of 3"})
    (line,) = change_lines(chips, COLOURS, 80)
    assert line.plain == "-gold 2 of 3   vip"
    assert [line.plain[s.start : s.end] for s in line.spans if s.style == "dim"] == [" 2 of 3"]


def test_chips_without_room_are_counted_behind_those_that_change() -> None:
    many = [f"segment-{n}" for n in range(20)]
    chips = changed_first(many, [*many[1:], "new"])
    lines = [line.plain for line in change_lines(chips, COLOURS, 30, 2)]
    assert lines == ["+new   -segment-0   segment-1", "segment-2   … 17 more"]


def test_changes_without_room_are_counted_too() -> None:
    chips = changed_first([], ["a-name-that-is-too-long-for-it", "b", "c"])
    (line,) = change_lines(chips, COLOURS, 40, 1)
    assert line.plain == "+a-name-that-is-to…   … 2 more, 2 change"


@given(st.lists(TEXTS, max_size=12, unique=True), st.integers(40, 80), st.integers(1, 4))
def test_chips_of_an_editor_keep_to_their_place(tags: list[str], width: int, height: int) -> None:
    lines = change_lines(changed_first(tags[:6], tags[3:]), COLOURS, width, height)
    assert len(lines) <= height
    assert all(line.cell_len <= width for line in lines)
