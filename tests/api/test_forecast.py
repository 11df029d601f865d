"""What is expected: when the reset comes, and how many calls are worth keeping until then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from planhat_tui.api.forecast import (
    expected_left,
    others_rate,
    reserve,
    reset_between,
    urgent_rate,
)
from planhat_tui.api.lanes import asked
from planhat_tui.api.pace import Pace
from planhat_tui.api.window import LONGEST, SHORTEST, Window
from planhat_tui.model.limits import Lane

ALONE = Pace(0.0, 600.0)
KNOWN = Window(limit=200, low=100, began=(0.0, 0.0), ran_at=1.0, heard_at=1.0, foreign=ALONE)


def _users(a_minute: float, window: Window = KNOWN) -> Window:
    pace = Pace(a_minute * 10, 600.0)
    return replace(window, user=pace, urgent=pace, paced_at=1.0)


def test_nothing_is_assumed_beyond_what_is_documented() -> None:
    assert reset_between(Window()) is None
    assert reset_between(KNOWN) == (SHORTEST, LONGEST)
    assert reset_between(replace(KNOWN, began=(-LONGEST, 0.0), ran_at=5.0)) == (5.0, LONGEST)
    assert reset_between(replace(KNOWN, ran_at=80.0)) == (80.0, LONGEST)


@pytest.mark.parametrize("count", [1, 2])
def test_two_windows_that_agree_prove_nothing(count: int) -> None:
    window = replace(KNOWN, lengths=((79.5, 80.5),) * count)
    assert reset_between(window) == (SHORTEST, LONGEST)


def test_windows_that_agree_beyond_chance_are_relied_on() -> None:
    window = replace(KNOWN, lengths=((79.0, 81.0), (78.0, 80.5), (79.5, 82.0), (79.0, 80.6)))
    assert reset_between(window) == (79.0, 81.0)
    vague = replace(KNOWN, lengths=((70.0, 90.0),) * 5)
    assert reset_between(vague) == (SHORTEST, LONGEST)
    drawn = replace(KNOWN, lengths=((79.0, 81.0), (98.0, 99.0), (79.0, 81.0)))
    assert reset_between(drawn) == (SHORTEST, LONGEST)
    outlived = replace(window, ran_at=90.0)
    assert reset_between(outlived) == (90.0, LONGEST)


def test_the_reserve_follows_the_need_and_melts_as_the_reset_nears() -> None:
    kept = [reserve(_users(3), Lane.BACKGROUND, float(now)) for now in range(1, 121, 7)]
    assert kept == sorted(kept, reverse=True)
    assert kept[0] >= 9
    assert reserve(_users(3), Lane.BACKGROUND, LONGEST) == 0
    assert reserve(_users(30), Lane.BACKGROUND, 1.0) > 3 * kept[0]
    assert reserve(_users(0.01), Lane.BACKGROUND, 1.0) <= 2


def test_the_user_leaves_nothing_and_the_outbox_less_than_background() -> None:
    assert reserve(_users(3), Lane.USER, 1.0) == 0
    outbox = reserve(_users(3), Lane.OUTBOX, 1.0)
    assert 0 < outbox < reserve(_users(3), Lane.BACKGROUND, 1.0)
    assert reserve(_users(3), Lane.SCREEN, 1.0) == outbox


def test_what_others_will_use_is_left_to_them_too() -> None:
    busy = replace(_users(3), foreign=Pace(400.0, 600.0))
    assert others_rate(busy) == pytest.approx(404 / 608)
    assert reserve(busy, Lane.BACKGROUND, 1.0) > 40
    assert expected_left(busy, 31.0) == pytest.approx(100 - 30 * 404 / 608)
    assert expected_left(replace(busy, low=None), 31.0) == 200


def test_a_pace_fades() -> None:
    window = KNOWN
    for second in range(600):
        window = asked(window, Lane.USER if second % 20 == 0 else Lane.BACKGROUND, float(second))
    assert urgent_rate(window, Lane.BACKGROUND, 600.0) == pytest.approx(1 / 20, rel=0.1)
    assert urgent_rate(window, Lane.BACKGROUND, 4000.0) < 1 / 200
    assert Pace().after(float("inf"), 0) == Pace(0.0, 600.0)


@given(
    st.floats(0, 200),
    st.floats(0, 500),
    st.floats(0, 130),
    st.floats(0, 60),
    st.sampled_from([Lane.OUTBOX, Lane.SCREEN, Lane.BACKGROUND]),
)
def test_a_reserve_is_never_more_than_can_be_used(
    users: float, others: float, now: float, vague: float, lane: Lane
) -> None:
    window = replace(
        _users(users), began=(-vague, 0.0), foreign=Pace(others * 10, 600.0), paced_at=now
    )
    drain = urgent_rate(window, lane, now) + others_rate(window)
    assert 0 <= reserve(window, lane, now) <= drain * LONGEST + 100
