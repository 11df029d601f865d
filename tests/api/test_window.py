"""What is learnt from answers, one at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from planhat_tui.api.window import (
    BURST_PAUSE,
    DOCUMENTED_LIMIT,
    LONGEST,
    MAX_STOP,
    SHORTEST,
    SILENT,
    Ticket,
    Told,
    Window,
    aged,
    answered,
    longest,
    lost,
    shortest,
    ticket,
    unsent,
)
from planhat_tui.model.limits import Lane


def _sent(window: Window, now: float, *, probe: bool = False) -> Ticket:
    return ticket(window, now, probe=probe)


def _after(*words: tuple[float, int], limit: int = 200, window: Window | None = None) -> Window:
    """A window after requests that were sent and answered at a moment, with so many remaining."""
    window = window or Window(began=(-LONGEST, 0.0))
    for now, remaining in words:
        window = answered(window, _sent(window, now), Told(200, limit, remaining), now)
    return window


def test_without_headers_the_documented_limit_is_counted() -> None:
    window = Window(began=(-LONGEST, 0.0))
    for _ in range(DOCUMENTED_LIMIT):
        assert window.left > 0
        window = answered(window, _sent(window, 1.0), Told(200), 1.0)
    assert window.left == 0
    assert aged(window, LONGEST).left == DOCUMENTED_LIMIT


def _silence(window: Window, calls: int, now: float) -> Window:
    """A window after so many answers, one after the other, that told nothing."""
    for _ in range(calls):
        window = answered(window, _sent(window, now), Told(200), now)
    return window


def test_when_headers_stop_to_come_every_call_still_counts() -> None:
    window, told = _after((0.0, 199)), 199
    for left in range(198, -1, -1):
        window = _silence(window, 1, 1.0)
        assert window.left == left
        told -= window.low is not None
    assert told == 199 - SILENT
    assert aged(window, LONGEST).left == DOCUMENTED_LIMIT


def test_what_others_have_used_stays_used_when_headers_stop_to_come() -> None:
    assert _silence(_after((0.0, 50)), 20, 1.0).left == 30


@pytest.mark.parametrize("moment", [2.0, 130.0])
def test_the_first_word_after_a_silence_is_the_truth_again(moment: float) -> None:
    window = _after((moment, 170), window=_silence(_after((0.0, 199)), 90, 1.0))
    assert (window.low, window.left) == (170, 170)


def test_a_word_from_before_the_silence_forgets_nothing_of_it() -> None:
    window = _silence(_after((0.0, 199)), SILENT + 1, 1.0)
    slow = _sent(window, 1.5)
    window = _silence(window, 50, 2.0)
    window = answered(window, slow, Told(200, 200, 187), 3.0)
    assert window.left == 200 - 1 - SILENT - 1 - 50 - 1


def test_a_probe_that_tells_nothing_proves_no_reset_while_calls_were_told_to_be_left() -> None:
    window = _silence(_after((0.0, 3)), 3, 1.0)
    assert window.left == 0
    window = answered(window, _sent(window, 65.0, probe=True), Told(200), 65.0)
    assert (window.turns, window.left) == (0, 0)


def test_answers_out_of_order_are_no_reset() -> None:
    window = _after((0.0, 150))
    first, second, third = (_sent(window, 1.0) for _ in range(3))
    for out, remaining in ((second, 148), (third, 147), (first, 149)):
        window = answered(window, out, Told(200, 200, remaining), 2.0)
    assert (window.left, window.turns, window.spent) == (147, 0, 4)


@pytest.mark.parametrize("remaining", [100, 101, 199])
def test_what_does_not_fall_was_reset_and_its_time_is_bounded(remaining: int) -> None:
    window = _after((50.0, 100), (70.0, remaining))
    assert window.turns == 1
    assert window.began == (50.0, 70.0)
    assert window.left == remaining
    assert window.lengths == ()  # nobody saw it begin


def test_a_length_is_known_from_one_reset_to_the_next() -> None:
    window = _after((50.0, 100), (52.0, 199), (131.0, 20), (135.0, 199))
    assert window.lengths == ((131.0 - 52.0, 135.0 - 50.0),)


def test_a_straggler_of_the_old_window_does_not_lower_the_new_one() -> None:
    window = _after((1.0, 11))
    straggler, late = _sent(window, 1.0), _sent(window, 1.5)
    window = _after((2.0, 199), window=window)
    window = answered(window, straggler, Told(200, 200, 10), 3.0)
    assert window.left == 199
    window = answered(window, straggler, Told(429, 200, 0), 3.0)
    assert not window.probing
    window = answered(window, late, Told(200, 200, 180), 3.0)  # it can only be of the new one
    assert window.left == 180


def test_a_lost_request_counts_until_a_later_one_knows_better() -> None:
    window = _after((0.0, 100))
    window = lost(window, _sent(window, 1.0), 5.0)
    assert window.left == 99
    known = answered(window, _sent(window, 4.0), Told(200, 200, 98), 6.0)
    assert known.left == 97  # it was sent before the other was given up
    assert _after((7.0, 97), window=known).left == 97
    assert unsent(window, _sent(window, 1.0)).left == 99


def test_a_429_stops_until_it_is_told_to_go_on() -> None:
    window = _after((0.0, 5))
    stopped = answered(window, _sent(window, 1.0), Told(429, 200, 0, retry_after=30), 2.0)
    assert (stopped.left, stopped.probing, stopped.stopped_until) == (0, True, 32.0)
    assert stopped.ran_at == 1.0
    endless = answered(window, _sent(window, 1.0), Told(429, 200, 0, retry_after=1e9), 2.0)
    assert endless.stopped_until == 2.0 + MAX_STOP


def test_a_429_with_calls_left_is_a_short_rest() -> None:
    window = _after((0.0, 120))
    for told in (Told(429, 200, 119), Told(429)):
        burst = answered(window, _sent(window, 1.0), told, 1.0)
        assert (burst.left, burst.stopped_until) == (120, 1.0 + BURST_PAUSE)
    again = answered(burst, _sent(burst, 7.0), Told(429), 7.0)
    assert again.left == 0  # it wasn't the pace


def test_only_an_answer_to_a_request_after_the_stop_ends_it() -> None:
    window = _after((0.0, 100))
    before, refused = _sent(window, 0.5), _sent(window, 0.5)
    window = answered(window, refused, Told(429, 200, 50), 1.0)
    window = answered(window, before, Told(200, 200, 99), 1.5)
    assert window.probing
    assert not answered(window, _sent(window, 7.0), Told(200, 200, 98), 7.5).probing


def test_time_alone_proves_a_reset() -> None:
    window = _after((50.0, 100), (52.0, 199), (100.0, 3))
    assert aged(window, 171.9) == window
    turned = aged(window, 172.0)
    assert (turned.turns, turned.low, turned.left) == (2, None, 200)
    assert turned.began == (50.0 + SHORTEST, 52.0 + LONGEST)
    assert aged(window, 1e6).began == (1e6 - LONGEST, 1e6)  # nothing is known of that one


@pytest.mark.parametrize("told", [Told(200, 200, 120), Told(429, 200, 0)])
def test_after_a_silence_the_first_word_may_be_of_any_window_since(told: Told) -> None:
    window = _after((50.0, 100), (52.0, 199), (100.0, 150))
    window = aged(aged(window, 180.0), 330.0)
    assert (window.low, window.began) == (None, (170.0, 292.0))
    window = answered(window, _sent(window, 332.0), told, 333.0)  # three may have passed unheard
    assert window.began == (212.0, 333.0)
    kept = aged(window, 292.0 + LONGEST)  # the one that was believed in has ended, not this one
    assert (kept.turns, kept.low) == (window.turns, window.low)
    risen = answered(window, _sent(window, 352.0), Told(200, 200, 199), 353.0)
    assert risen.began == (332.0, 353.0)


def test_a_word_that_was_on_its_way_across_a_silence_may_be_of_any_window_since() -> None:
    window = _after((50.0, 100), (52.0, 199), (100.0, 150))
    out = _sent(window, 165.0)
    turned = aged(window, 172.0)
    assert turned.began == (110.0, 172.0)
    early = answered(turned, out, Told(200, 200, 199), 169.0)  # told before the next one can begin
    assert (early.low, early.began) == (199, (110.0, 172.0))
    late = answered(turned, out, Told(200, 200, 199), 225.0)
    assert (late.low, late.began) == (199, (110.0, 225.0))


def test_a_first_word_in_time_leaves_it_as_it_was() -> None:
    window = aged(_after((50.0, 100), (52.0, 199), (150.0, 3)), 172.0)
    assert window.began == (150.0, 172.0)
    assert _after((209.0, 180), window=window).began == (150.0, 172.0)


def test_a_word_of_before_the_window_is_not_its_word() -> None:
    window = _after((50.0, 100), (52.0, 199), (100.0, 3))
    before = _sent(window, 100.0)
    turned = aged(window, 172.0)
    late = answered(turned, before, Told(200, 200, 189), 101.0)  # told by another process
    assert replace(late, trust=turned.trust) == turned
    assert answered(turned, before, Told(200, 200, 189), 160.0).low == 189


def test_what_is_no_less_than_the_limit_is_doubted() -> None:
    assert _after((0.0, 200)).doubted_until == LONGEST


def test_a_server_that_was_started_anew_is_heard_all_the_same() -> None:
    window = _after((0.0, 39), (1.0, 38), (2.0, 37), limit=40, window=Window(began=(-1.0, 0.0)))
    told = []
    for moment, remaining in ((9.0, 39), (10.0, 38), (11.0, 37), (12.0, 36), (13.0, 35)):
        window = _after((moment, remaining), limit=40, window=window)
        told.append(window.left)
        assert window.left <= remaining
        assert window.heard_at == moment
    assert told[-1] >= 30
    assert window.doubted_until < 0
    assert window.began == (-1.0, 11.0)  # it's known no better when that was


def test_what_contradicts_itself_is_counted_by_ourselves() -> None:
    window = _after(*((float(moment), 150) for moment in range(5)))
    for moment in range(5, 400):
        window = _after((moment / 10, 150), window=window)
    assert window.left == 0


def test_a_window_shorter_than_documented_is_believed_when_it_is_plain() -> None:
    window = _after((0.0, 100), (1.0, 199), (20.0, 3), (21.0, 199))
    assert window.turns == 2
    assert shortest(window) == 21.0
    assert longest(window) == LONGEST


def test_others_are_what_is_gone_and_not_ours() -> None:
    window = _after((0.0, 190), (10.0, 179), (20.0, 168))
    assert window.others == 29
    assert window.foreign.calls == pytest.approx(20, rel=0.05)  # the first nine: who knows when
    alone = _after((0.0, 199), (10.0, 198), (20.0, 197))
    assert (alone.others, alone.foreign.calls) == (0, 0)


_TOLD = st.builds(
    Told,
    st.sampled_from([200, 200, 401, 404, 429, 500]),
    st.none() | st.integers(1, 10**9),
    st.none() | st.integers(0, 10**9),
    st.none() | st.floats(0, 1e9),
)


@given(st.lists(st.tuples(_TOLD, st.floats(0, 130), st.booleans()), max_size=40))
def test_whatever_is_told_the_window_keeps_its_shape(
    steps: list[tuple[Told, float, bool]],
) -> None:
    window, now = Window(began=(-LONGEST, 0.0)), 0.0
    for told, seconds, probe in steps:
        out = _sent(window, now, probe=probe)
        now += seconds
        window = aged(answered(window, out, told, now), now)
        assert window.left >= 0
        assert window.began is not None
        assert window.began[0] <= window.began[1] <= now
        assert window.stopped_until <= now + MAX_STOP
        assert window.foreign.calls >= 0


def test_calls_of_a_window_are_counted_by_lane() -> None:
    window, at = Window(), 0.0
    for lane in (Lane.USER, Lane.BACKGROUND, Lane.BACKGROUND, Lane.OUTBOX):
        at += 1.0
        sent = ticket(window, at, probe=False, lane=lane)
        window = answered(window, sent, Told(200, 200, int(150 - at)), at)
    assert window.used == (1, 1, 0, 2)
    stopped = ticket(window, at, probe=False, lane=Lane.SCREEN)
    assert answered(window, stopped, Told(429), at).used == (1, 1, 0, 2)
    late = ticket(window, at, probe=False, lane=Lane.SCREEN)
    window = answered(window, ticket(window, 300.0, probe=False), Told(200, 200, 199), 300.0)
    assert window.used == (1, 0, 0, 0)  # a reset
    assert answered(window, late, Told(200, 200, 140), 301.0).used == (1, 0, 0, 0)
