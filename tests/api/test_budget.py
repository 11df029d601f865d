from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.api.budget import MAX_STOP, from_budget, to_budget
from planhat_tui.api.lanes import wait_for
from planhat_tui.api.window import LONGEST, Told, Window, answered, sent
from planhat_tui.model.limits import Lane
from planhat_tui.model.ports import Budget

AHEAD = 1_700_000_000.0


def _used(remaining: int, now: float, window: Window | None = None) -> Window:
    window, ticket = sent(window or Window(), now)
    return answered(window, ticket, Told(200, 200, remaining), now)


def test_what_is_left_survives_a_restart() -> None:
    window = _used(190, 80.0, _used(12, 50.0))
    again = from_budget(to_budget(window, 80.0, AHEAD), 7.0, AHEAD + 80.0)
    assert (again.limit, again.left, again.told) == (200, 190, True)
    assert again.since == pytest.approx(0.0)


def test_what_is_older_than_the_longest_window_is_forgotten() -> None:
    budget = to_budget(_used(3, 50.0), 50.0, AHEAD)
    again = from_budget(budget, 51.0 + LONGEST, AHEAD)
    assert (again.limit, again.left, again.told) == (200, 200, False)


def test_a_clock_that_was_set_back_is_not_believed() -> None:
    budget = to_budget(_used(3, 50.0), 50.0, AHEAD)
    assert not from_budget(budget, 40.0, AHEAD).told


def test_a_stop_survives_a_restart_unless_it_makes_no_sense() -> None:
    window, ticket = sent(Window(), 0.0)
    window = answered(window, ticket, Told(429, 200, 0, retry_after=90), 0.0)
    again = from_budget(to_budget(window, 0.0, AHEAD), 30.0, AHEAD)
    assert wait_for(again, Lane.USER, 30.0, 0) == pytest.approx(60)
    endless = Budget(limit=200, seen_at=AHEAD, stopped_until=AHEAD + 10 * MAX_STOP)
    assert wait_for(from_budget(endless, 0.0, AHEAD), Lane.USER, 0.0, 0) == 0


@given(
    st.builds(
        Budget,
        st.none() | st.integers(-5, 10**9),
        st.none() | st.integers(-5, 10**9),
        st.floats(0, 4e9),
        st.none() | st.floats(0, 4e9),
        st.floats(0, 4e9),
    )
)
def test_whatever_is_on_disk_nobody_waits_for_ever(budget: Budget) -> None:
    window = from_budget(budget, 100.0, AHEAD)
    assert 0 <= wait_for(window, Lane.USER, 100.0, 0) <= MAX_STOP
