"""What computes behind the screen waits for a key, and never for keys without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.sync.courtesy import AWAY, HOLD, MOST, Courtesy

if TYPE_CHECKING:
    from collections.abc import Sequence


class Time:
    """A clock that goes on by what is slept; keys are pressed at moments of it."""

    def __init__(self, keys: Sequence[float] = ()) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.courtesy = Courtesy(lambda: self.now, self._sleep)
        self._keys = sorted(keys)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        end = self.now + seconds
        while self._keys and self._keys[0] <= end:
            self.now = max(self.now, self._keys.pop(0))
            self.courtesy.pressed()
        self.now = end


async def test_where_nobody_types_others_get_their_turn_and_no_time_passes() -> None:
    time = Time()
    await time.courtesy.stand_back()
    assert time.slept == [0]


async def test_a_key_is_waited_for_until_its_list_can_be_there() -> None:
    time = Time()
    time.courtesy.pressed()
    await time.courtesy.stand_back()
    assert time.now == HOLD


async def test_a_key_that_was_pressed_long_ago_isnt_waited_for() -> None:
    time = Time()
    time.courtesy.pressed()
    time.now = 2 * HOLD
    await time.courtesy.stand_back()
    assert time.slept == [0]


async def test_what_is_written_at_once_is_less_while_somebody_works_here() -> None:
    time = Time()
    assert time.courtesy.at_once(1_000) == 1_000
    time.courtesy.pressed()
    assert time.courtesy.at_once(1_000) == 200
    assert time.courtesy.at_once(1) == 1
    time.now = AWAY
    assert time.courtesy.at_once(1_000) == 1_000


@given(st.lists(st.floats(0, 5), max_size=200))
async def test_whatever_is_typed_the_next_piece_of_work_comes_in_time(keys: list[float]) -> None:
    time = Time(keys)
    while time.now < 5:
        began = time.now
        await time.courtesy.stand_back()
        assert time.now - began <= MOST + 1e-9
        time.now += 0.005
