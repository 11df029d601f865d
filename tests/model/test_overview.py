from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model import query
from planhat_tui.model.overview import renewals, scores
from planhat_tui.model.query import Days, Numbers, Term


def test_renewals_are_counted_from_what_is_overdue_to_what_is_far() -> None:
    bars = renewals(date(2026, 3, 2))
    assert [bar.label for bar in bars] == [
        "before", *(f"2026-{month:02}" for month in range(3, 13)), "2027-01", "2027-02", "later",
    ]  # fmt: skip
    assert bars[0].query == "renewal:..2026-02"
    assert bars[-1].query == "renewal:2027-03.."


@given(today=st.dates(date(1900, 1, 1), date(2200, 1, 1)), day=st.dates(date(1800, 1, 1)))
def test_every_day_falls_into_one_bar(today: date, day: date) -> None:
    into = []
    for bar in renewals(today):
        (part,) = query.parse(bar.query).parts
        assert isinstance(part, Term)
        assert isinstance(part.value, Days)
        low, high = part.value
        into.append((low is None or low <= day) and (high is None or day <= high))
    assert into.count(True) == 1


@pytest.mark.parametrize(
    ("lowest", "highest", "labels"),
    [
        (2, 9, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]),
        (-1, 10, ["below 0", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]),
        (0, 11, ["0-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80-89",
                 "90 on"]),
        (None, None, []),
    ],
)  # fmt: skip
def test_the_scale_follows_what_is_there(
    lowest: float | None, highest: float | None, labels: list[str]
) -> None:
    assert [bar.label for bar in scores(lowest, highest)] == labels


@given(
    health=st.floats(-1e6, 1e6),
    others=st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)),
)
def test_every_health_falls_into_one_step(health: float, others: tuple[float, float]) -> None:
    bars = scores(min(health, *others), max(health, *others))
    into = [all(_within(part, health) for part in query.parse(bar.query).parts) for bar in bars]
    assert into.count(True) == 1


def _within(part: object, health: float) -> bool:
    assert isinstance(part, Term)
    assert isinstance(part.value, Numbers)
    low, high, strict = part.value
    if strict:
        return (low is None or low < health) and (high is None or health < high)
    return (low is None or low <= health) and (high is None or health <= high)
