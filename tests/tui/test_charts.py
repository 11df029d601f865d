from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from planhat_tui.model.overview import Bar, Group, Overview
from planhat_tui.tui.presentation import charts
from planhat_tui.tui.presentation.glyphs import ASCII, UNICODE

SEEN = Overview(
    200,
    (
        Group("phase", (Bar("won", "phase:won", 150), Bar("", "-has:phase", 50))),
        Group(
            "renewal", (Bar("before", "renewal:..2026-02"), Bar("2026-03", "renewal:2026-03", 1))
        ),
    ),
)


def test_values_without_a_bar_are_counted_under_the_others() -> None:
    capped = Overview(3, (Group("tag", (Bar("vip", "tag:vip", 3),), 1200),))
    *_, last = charts.rows(capped, 8, UNICODE, "#5bb8cf")
    assert (last.id, last.cells["value"]) == ("", "1,200 more")
    assert charts.told(capped, "", "") == ""


@pytest.mark.parametrize(
    ("part", "whole", "bar", "plain"),
    [
        (8, 8, "━━━━", "===="),
        (4, 8, "━━", "=="),
        (1, 8, "╸", "="),
        (1, 1000, "╸", "="),
        (5, 8, "━━╸", "=="),
        (0, 8, "", ""),
        (0, 0, "", ""),
    ],
)
def test_a_bar_is_as_long_as_its_part(part: int, whole: int, bar: str, plain: str) -> None:
    assert charts.drawn(part, whole, 4, UNICODE) == bar
    assert charts.drawn(part, whole, 4, ASCII) == plain


@given(parts=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), width=st.integers(0, 80))
def test_more_is_never_shorter_and_all_fit(parts: tuple[int, int], width: int) -> None:
    less, more = sorted(parts)
    lengths = [cell_len(charts.drawn(part, more, width, UNICODE)) for part in (less, more)]
    assert lengths == sorted(lengths)
    assert lengths[1] == (width if more else 0)


def test_each_bar_is_a_row_whose_id_is_its_query() -> None:
    rows = charts.rows(SEEN, 8, UNICODE, "#5bb8cf")
    assert [row.id for row in rows] == [
        "phase:won",
        "-has:phase",
        "renewal:..2026-02",
        "renewal:2026-03",
    ]
    assert [row.cells["by"] for row in rows] == ["Phase", "", "Renewal", ""]
    assert [row.cells["value"] for row in rows] == ["won", "none", "before", "Mar 2026"]
    assert [str(row.cells["bar"]) for row in rows] == ["━━━━━━━━", "", "", "━━━━━━━━"]
    assert [row.dim for row in rows] == [False, False, True, False]


def test_what_is_not_loaded_is_not_said_to_be_without_a_value() -> None:
    rows = charts.rows(SEEN, 8, UNICODE, "", loaded=False)
    assert [row.cells["value"] for row in rows][1] == "none or not loaded"


def test_text_from_planhat_is_made_safe() -> None:
    hostile = Overview(1, (Group("tag", (Bar("a\x1b]0;x\x07", "tag:x", 1),)),))
    (row,) = charts.rows(hostile, 8, UNICODE, "")
    assert "\x1b" not in str(row.cells["value"])
    assert "\x1b" not in charts.told(hostile, "tag:x", "")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("phase:won", "phase:won: 75% of all, ARR 2M"),
        ("renewal:2026-03", "renewal:2026-03: under 1% of all, ARR 2M"),
        ("renewal:..2026-02", "renewal:..2026-02: 0% of all, ARR 2M"),
        ("gone", ""),
    ],
)
def test_what_is_under_the_cursor_is_told_with_its_query(query: str, told: str) -> None:
    assert charts.told(SEEN, query, "ARR 2M") == told
