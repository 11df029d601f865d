from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.cells import settled
from planhat_tui.tui.presentation.chip_lines import change_line, chip_lines
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


def test_a_change_of_tags_is_told_by_signs_and_by_colours() -> None:
    line = change_line(["vip", "old"], ["vip", "gold"], COLOURS)
    assert line.plain == "vip   -old   +gold"
    assert [(line.plain[s.start : s.end], s.style) for s in line.spans if s.style] == [
        ("-old", "red"),
        ("+gold", "blue"),
    ]


def test_a_hostile_tag_is_harmless_in_an_editor() -> None:
    assert change_line([], ["\x1b]52;c;x\x07"], COLOURS).plain == "+␛]52;c;x␇"


def test_a_tag_that_only_some_have_says_how_many() -> None:
    line = change_line(["vip", "gold"], ["vip"], COLOURS, {"gold": " 2 of 3"})
    assert line.plain == "vip   -gold 2 of 3"
