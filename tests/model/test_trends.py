from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model.edits import Change
from planhat_tui.model.trends import MOST, trends

VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)


def test_a_number_has_the_values_that_it_had_the_oldest_first() -> None:
    changes = [
        Change("custom.Seats", 50, 70),
        Change("phase", "trial", "won"),
        Change("h", 7, 3),
        Change("custom.Seats", 40, 50),
    ]
    assert trends(changes) == {"custom.Seats": (40.0, 50.0, 70.0), "h": (7.0, 3.0)}


def test_what_was_empty_before_is_no_value() -> None:
    assert trends([Change("arr", None, 10)]) == {}
    assert trends([Change("arr", 12, None), Change("arr", 10, 12)]) == {"arr": (10.0, 12.0)}


def test_yes_and_no_are_no_numbers_and_neither_is_what_cant_be_drawn() -> None:
    assert (
        trends(
            [Change("a", before=True, after=False), Change("b", 10**400, 1), Change("c", "1", "2")]
        )
        == {}
    )


def test_of_many_values_the_latest_are_told() -> None:
    told = trends([Change("h", float(n - 1), float(n)) for n in range(30, 0, -1)])
    assert told == {"h": tuple(float(n) for n in range(31 - MOST, 31))}


@given(st.lists(st.builds(Change, st.sampled_from(("a", "custom.b")), VALUES, VALUES)))
def test_whatever_was_seen_can_be_told(changes: list[Change]) -> None:
    for values in trends(changes).values():
        assert 1 < len(values) <= MOST
        assert all(value == value for value in values)  # noqa: PLR0124 -- none is NaN
