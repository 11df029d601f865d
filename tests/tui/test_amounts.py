from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from planhat_tui.tui.presentation.amounts import count, short, whole

NUMBERS = st.integers() | st.floats() | st.floats(-1e15, 1e15) | st.floats(-2000, 2000)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (None, "-"),
        (0, "0"),
        (-0.0, "0"),
        (8, "8"),
        (7.25, "7.2"),
        (99.96, "100"),
        (-99.96, "-100"),
        (999, "999"),
        (1000, "1k"),
        (1234, "1.2k"),
        (9960, "10k"),
        (64_000, "64k"),
        (999_400, "999k"),
        (999_600, "1M"),
        (1_234_567, "1.2M"),
        (-3_400_000, "-3.4M"),
        (14_200_000_000, "14B"),
        (999.4e12, "999T"),
        (1e15, ">999T"),
        (-1e15, "<-99T"),
        (10**400, ">999T"),
        (math.nan, "?"),
        (math.inf, "?"),
        (-math.inf, "?"),
    ],
)
def test_a_number_in_a_list_is_short(number: float | None, shown: str) -> None:
    assert short(number) == shown


@given(NUMBERS)
def test_a_short_number_has_at_most_five_cells(number: float) -> None:
    assert 1 <= cell_len(short(number)) <= 5


@given(st.integers(-(10**14), 10**14))
def test_a_short_number_is_near_the_number(number: int) -> None:
    text = short(number)
    steps = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
    read = float(text[:-1]) * steps[text[-1]] if text[-1] in steps else float(text)
    assert math.isclose(read, number, rel_tol=0.05)


@given(st.floats(0, 1e15), st.floats(0, 1e15))
def test_a_greater_number_never_looks_smaller(one: float, other: float) -> None:
    less, more = sorted((one, other))
    steps = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}

    def read(text: str) -> float:
        bare = text.removeprefix(">")
        return float(bare[:-1]) * steps[bare[-1]] if bare[-1] in steps else float(bare)

    assert read(short(less)) <= read(short(more))


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (None, "-"),
        (0, "0"),
        (1_234_567, "1,234,567"),
        (1_234_567.5, "1,234,567.5"),
        (-0.25, "-0.25"),
        (0.1 + 0.2, "0.3"),
        (3.0000000001, "3"),
        (1e-9, "1e-09"),
        (-1e-9, "-1e-09"),
        (math.nan, "?"),
        (-math.inf, "?"),
    ],
)
def test_a_number_in_the_detail_is_whole(number: float | None, shown: str) -> None:
    assert whole(number) == shown


@given(st.integers())
def test_every_digit_of_a_whole_number_is_shown(number: int) -> None:
    assert int(whole(number).replace(",", "")) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_that_is_shown_can_be_read_again(number: float) -> None:
    assert math.isclose(float(whole(number).replace(",", "")), number, rel_tol=1e-5, abs_tol=1e-6)


def test_a_count_says_where_counting_stopped() -> None:
    assert count(12_480) == "12,480"
    assert count(1000, capped=True) == "1,000+"
