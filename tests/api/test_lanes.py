"""Who goes and who waits, at a known state of the window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.api.lanes import PER_SECOND, SLOTS, reserve, wait_for
from planhat_tui.api.window import LONGEST, NEVER, PROBE_EVERY, Told, Window, answered, sent, unsent
from planhat_tui.model.limits import Lane


def _after(remaining: int, *, limit: int = 200) -> Window:
    """A window after one request was sent and answered at 0."""
    window, ticket = sent(Window(), 0.0)
    return answered(window, ticket, Told(200, limit, remaining), 0.0)


def test_background_leaves_a_tenth_and_the_outbox_a_little() -> None:
    window = _after(20)
    assert wait_for(window, Lane.BACKGROUND, 0, 0) > 0
    assert wait_for(window, Lane.OUTBOX, 0, 0) == 0
    assert wait_for(_after(21), Lane.BACKGROUND, 0, 0) == 0
    low = _after(5)
    assert wait_for(low, Lane.OUTBOX, 0, 0) > 0
    assert wait_for(low, Lane.SCREEN, 0, 0) > 0
    assert wait_for(_after(1), Lane.USER, 0, 0) == 0
    assert [reserve(window, lane) for lane in Lane] == [0, 5, 5, 20]


def test_background_spends_half_of_its_reserve_on_probes() -> None:
    assert wait_for(_after(11), Lane.BACKGROUND, 0.0, 0) == PROBE_EVERY
    assert wait_for(_after(10), Lane.BACKGROUND, 0.0, 0) == LONGEST
    assert wait_for(_after(3), Lane.OUTBOX, 0.0, 0) == PROBE_EVERY
    assert wait_for(_after(2), Lane.OUTBOX, 0.0, 0) == LONGEST


def test_background_is_held_to_the_burst_limit_and_the_user_is_not() -> None:
    window = _after(10**6, limit=10**6)
    for _ in range(PER_SECOND - 1):
        assert wait_for(window, Lane.BACKGROUND, 0.25, 0) == 0
        window, ticket = sent(window, 0.25)
        window = unsent(window, ticket)
    assert wait_for(window, Lane.BACKGROUND, 0.25, 0) == pytest.approx(0.75)
    assert wait_for(window, Lane.USER, 0.25, 0) == 0
    assert wait_for(window, Lane.BACKGROUND, 1.0, 0) == 0


@given(st.sampled_from(Lane), st.integers(0, 60))
def test_no_lane_takes_more_than_its_slots(lane: Lane, in_flight: int) -> None:
    wait = wait_for(_after(199), lane, 0.0, in_flight)
    assert wait == (NEVER if in_flight >= SLOTS[lane] else 0.0)
