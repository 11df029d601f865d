"""What is expected: when the reset comes, and how many calls are worth keeping until then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from planhat_tui.api.forecast import (
    expected_left,
    hearing,
    others_rate,
    reserve,
    reset_between,
    seen_others,
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


@pytest.mark.parametrize("lane", [Lane.OUTBOX, Lane.SCREEN])
@pytest.mark.parametrize(("now", "least", "most"), [(1.0, 10, 16), (90.0, 2, 4), (110.0, 1, 2)])
def test_a_long_queue_of_edits_leaves_what_the_user_needs(
    lane: Lane, now: float, least: int, most: int
) -> None:
    assert least <= reserve(_users(3), lane, now) <= most


def test_the_reserve_follows_the_need_and_melts_as_the_reset_nears() -> None:
    kept = [reserve(_users(3), Lane.BACKGROUND, float(now)) for now in range(1, 121, 7)]
    assert kept == sorted(kept, reverse=True)
    assert kept[0] >= 9
    assert reserve(_users(3), Lane.BACKGROUND, LONGEST) == 0
    assert reserve(_users(30), Lane.BACKGROUND, 1.0) > 3 * kept[0]
    assert reserve(_users(0.01), Lane.BACKGROUND, 1.0) <= 6


def test_the_user_leaves_nothing_and_the_outbox_less_than_background() -> None:
    assert reserve(_users(3), Lane.USER, 1.0) == 0
    outbox = reserve(_users(3), Lane.OUTBOX, 1.0)
    assert 0 < outbox < reserve(_users(3), Lane.BACKGROUND, 1.0)
    assert reserve(_users(3), Lane.SCREEN, 1.0) == outbox


def test_of_a_small_limit_not_all_is_kept_for_others_whom_nobody_has_seen() -> None:
    first = replace(_users(3), limit=40, low=39, began=(-LONGEST, 0.0), foreign=Pace())
    assert reserve(first, Lane.BACKGROUND, 1.0) < 35
    assert reserve(first, Lane.OUTBOX, 1.0) < 20


def test_an_edit_hardly_waits_for_others_whom_nobody_has_seen() -> None:
    unwatched = replace(_users(3), began=(-LONGEST, 0.0), foreign=Pace())
    assert reserve(unwatched, Lane.OUTBOX, 1.0) < 40
    assert reserve(unwatched, Lane.BACKGROUND, 1.0) > 80


def test_some_are_kept_to_hear_of_the_reset_with_one_after_the_other() -> None:
    assert hearing(Window(), 1.0) == 0
    assert [hearing(KNOWN, now) for now in (1.0, 60.0, 76.0, 91.0, 106.0)] == [4, 4, 3, 2, 1]
    assert hearing(KNOWN, LONGEST) == 0
    assert hearing(replace(KNOWN, limit=60), 1.0) == 1
    assert hearing(replace(KNOWN, limit=20), 1.0) == 0


def test_what_others_will_use_is_left_to_them_too() -> None:
    busy = replace(_users(3), foreign=Pace(400.0, 600.0))
    assert others_rate(busy, Lane.BACKGROUND) == pytest.approx(416 / 616)
    assert others_rate(busy, Lane.OUTBOX) == pytest.approx(404 / 616)
    assert reserve(busy, Lane.BACKGROUND, 1.0) > 40
    assert expected_left(busy, Lane.BACKGROUND, 31.0) == pytest.approx(100 - 30 * 416 / 616)
    assert expected_left(replace(busy, low=None), Lane.USER, 31.0) == 200


def test_what_is_kept_once_the_reset_can_come_is_kept_by_the_same_rule_until_it_does() -> None:
    busy = replace(_users(3), foreign=Pace(400.0, 600.0))
    kept = [reserve(busy, Lane.BACKGROUND, float(now)) for now in (60, 75, 90, 105)]
    seconds = [LONGEST - now for now in (60, 75, 90, 105)]
    worth = [calls / left for calls, left in zip(kept, seconds, strict=True)]
    assert max(worth) - min(worth) < 0.1  # what is lost already is no reason to keep less


def test_more_is_kept_before_the_first_reset() -> None:
    known = replace(_users(3), foreign=Pace(400.0, 600.0), ran_at=60.0)
    unknown = replace(known, began=(-LONGEST, 0.0))
    assert reserve(unknown, Lane.BACKGROUND, 60.0) > 1.2 * reserve(known, Lane.BACKGROUND, 60.0)


def test_nothing_is_seen_where_nothing_was() -> None:
    assert seen_others(Window()) == 0
    assert seen_others(KNOWN) == 0 < others_rate(KNOWN, Lane.OUTBOX)
    assert seen_others(replace(KNOWN, foreign=Pace(400.0, 600.0))) == pytest.approx(400 / 600)


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
    drain = urgent_rate(window, lane, now) + others_rate(window, lane)
    assert 0 <= reserve(window, lane, now) <= drain * LONGEST + 100
