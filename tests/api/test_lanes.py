"""Who goes and who waits, at a known state of the window."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from planhat_tui.api.forecast import reserve
from planhat_tui.api.lanes import (
    BATCH,
    PER_SECOND,
    PROBE_LOST,
    SLOTS,
    grant,
    must_probe,
    probe_at,
    taken,
    wait_for,
)
from planhat_tui.api.pace import Pace
from planhat_tui.api.window import (
    LONGEST,
    NEVER,
    SHORTEST,
    Held,
    Told,
    Window,
    aged,
    answered,
    ticket,
)
from planhat_tui.model.limits import Lane

ALONE = Pace(0.0, 600.0)
CROWDED = Pace(400.0, 600.0)


def _window(left: int, *, limit: int = 200, held: int = 0, foreign: Pace = ALONE) -> Window:
    """A window that began at 0 and was heard of at 1."""
    calls = (Held("who", held, NEVER),) if held else ()
    return Window(
        limit=limit,
        low=left,
        began=(0.0, 0.0),
        heard_at=1.0,
        ran_at=1.0,
        paced_at=1.0,
        user=Pace(30.0, 600.0),
        urgent=Pace(30.0, 600.0),
        foreign=foreign,
        held=calls,
    )


@pytest.mark.parametrize("lane", [Lane.OUTBOX, Lane.SCREEN, Lane.BACKGROUND])
def test_a_lane_leaves_its_reserve_to_those_before_it(lane: Lane) -> None:
    kept = reserve(_window(100), lane, 1.0)
    assert wait_for(_window(kept + 1), lane, 1.0) == 0
    assert wait_for(_window(kept), lane, 1.0) == NEVER
    assert wait_for(_window(kept + 5, held=5), lane, 1.0) == NEVER
    assert wait_for(_window(1), Lane.USER, 1.0) == 0
    assert wait_for(_window(1, held=1), Lane.USER, 1.0) == NEVER


def test_near_the_reserve_calls_are_taken_one_by_one() -> None:
    kept = reserve(_window(100), Lane.BACKGROUND, 1.0)
    assert grant(_window(kept + 2), Lane.BACKGROUND, 1.0, 20) == 1
    assert grant(_window(kept + 40), Lane.BACKGROUND, 1.0, 20) == 10
    assert grant(_window(199), Lane.BACKGROUND, 1.0, 40) == SLOTS[Lane.BACKGROUND] + BATCH
    assert grant(_window(3), Lane.USER, 1.0, 20) == 3


def test_before_anything_is_told_one_asks_and_the_user_goes() -> None:
    fresh = Window()
    assert wait_for(fresh, Lane.BACKGROUND, 1.0) == 0
    assert grant(fresh, Lane.BACKGROUND, 1.0, 20) == 1
    out = replace(fresh, held=(Held("who", 1, NEVER),))
    assert wait_for(out, Lane.BACKGROUND, 1.0) == NEVER
    assert wait_for(out, Lane.USER, 1.0) == 0


def test_background_is_held_to_the_burst_limit_and_the_user_is_not() -> None:
    window = _window(10**6, limit=10**6)
    for _ in range(PER_SECOND):
        assert wait_for(window, Lane.BACKGROUND, 1.25) == 0
        window = taken(window, 1.25, 1, probe=False)
    assert wait_for(window, Lane.BACKGROUND, 1.25) == pytest.approx(1.0)
    assert wait_for(window, Lane.USER, 1.25) == 0
    assert wait_for(window, Lane.BACKGROUND, 2.25) == 0


@given(st.sampled_from(Lane), st.integers(0, 60))
def test_no_lane_takes_more_than_its_slots(lane: Lane, in_flight: int) -> None:
    wait = wait_for(_window(199, held=in_flight), lane, 1.0)
    assert wait == (NEVER if in_flight >= SLOTS[lane] else 0.0)


def test_alone_background_waits_until_the_reset_is_certain_and_the_user_asks_before() -> None:
    used_up = _window(0)
    assert wait_for(used_up, Lane.BACKGROUND, 1.0) == LONGEST - 1.0
    asks = probe_at(used_up, Lane.USER)
    assert SHORTEST < asks < LONGEST
    crowded = _window(0, foreign=CROWDED)
    assert SHORTEST < probe_at(crowded, Lane.USER) < asks
    assert probe_at(crowded, Lane.BACKGROUND) < LONGEST


@pytest.mark.parametrize("lane", [Lane.OUTBOX, Lane.SCREEN, Lane.BACKGROUND])
def test_who_needs_the_whole_of_a_window_asks_now_and_then_whether_the_next_has_begun(
    lane: Lane,
) -> None:
    nobody = Pace(0.0, 600.0)
    window = replace(_window(30), user=nobody, urgent=nobody, spent=170)
    now, asked = 20.0, list[float]()
    while now < LONGEST:
        if wait_for(window, lane, now) == 0:
            out = ticket(window, now, probe=must_probe(window))
            window = answered(window, out, Told(200, 200, window.left - 1), now)
            asked.append(now)
        now += 0.25
    late = [moment for moment in asked if moment > SHORTEST]
    assert len(asked) - len(late) == 30 - 4  # the rest is spent at once
    assert [b - a for a, b in pairwise([SHORTEST, *late, LONGEST])] == pytest.approx(
        [15] * 4, abs=1
    )


def test_one_probe_at_a_time_and_it_can_be_lost() -> None:
    used_up = _window(0)
    now = probe_at(used_up, Lane.USER)
    assert must_probe(used_up)
    assert grant(used_up, Lane.USER, now, 9) == 1
    out = taken(used_up, now, 1, probe=True)
    assert wait_for(out, Lane.USER, now) == pytest.approx(PROBE_LOST)
    told = answered(out, ticket(out, now, probe=True), Told(200, 200, 199), now)
    assert wait_for(told, Lane.BACKGROUND, now) == 0


def test_a_stop_holds_for_all_lanes_and_then_one_asks() -> None:
    window = _window(150)
    stopped = answered(
        window, ticket(window, 2.0, probe=False), Told(429, 200, 0, retry_after=30), 2.0
    )
    for lane in Lane:
        assert wait_for(stopped, lane, 2.0) == 30
        assert wait_for(stopped, lane, 32.0) == 0
        assert grant(stopped, lane, 32.0, 20) == 1


def test_a_storm_is_not_answered_with_a_storm() -> None:
    window, now, asks = _window(10), 1.0, 0
    while now < 3600:
        if wait := wait_for(window, Lane.USER, now):
            now += min(wait, 1.0)
            window = aged(window, now)
            continue
        out = ticket(window, now, probe=must_probe(window))
        window, asks = answered(window, out, Told(429), now), asks + 1
    assert 20 <= asks <= 3600 / 6


def test_what_others_leave_is_asked_for_after_a_while() -> None:
    window = _window(20, foreign=CROWDED)
    assert wait_for(window, Lane.BACKGROUND, 1.0) == SHORTEST - 1.0  # nothing can be lost before
    heard = replace(window, heard_at=SHORTEST, ran_at=SHORTEST)
    assert 5 < wait_for(heard, Lane.BACKGROUND, SHORTEST) < 15
    assert grant(heard, Lane.BACKGROUND, SHORTEST + 15, 20) == 1
    gone = _window(5, foreign=CROWDED)
    assert wait_for(gone, Lane.BACKGROUND, 30.0) >= 30  # probably nothing is left: no hurry
    assert wait_for(_window(5), Lane.BACKGROUND, 30.0) == NEVER
