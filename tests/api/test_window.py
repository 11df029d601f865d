"""The window's decisions, against a simulated server whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from planhat_tui.api.lanes import SLOTS, wait_for
from planhat_tui.api.window import (
    BURST_PAUSE,
    DOCUMENTED_LIMIT,
    LONGEST,
    NEVER,
    PROBE_EVERY,
    SHORTEST,
    Ticket,
    Told,
    Window,
    answered,
    lost,
    sent,
    unsent,
)
from planhat_tui.model.limits import Lane

if TYPE_CHECKING:
    from random import Random


@dataclass
class Flight:
    """A request on its way: ``told`` is set once the server has looked at it."""

    ticket: Ticket
    sure: bool
    told: Told | None = None
    reset_before: float = 0.0


class HonestServer(RuleBasedStateMachine):
    """One client, one server that tells the truth, answers in any order, losses included."""

    @initialize(
        limit=st.sampled_from([3, 40, 200]),
        used=st.integers(0, 200),
        lengths=st.lists(st.floats(SHORTEST, LONGEST), min_size=1, max_size=5),
        began=st.floats(-60, 0),
    )
    def open(self, limit: int, used: int, lengths: list[float], began: float) -> None:
        self.limit, self.count = limit, min(used, limit)
        self.lengths, self.resets, self.last_reset = lengths, 0, began
        self.now = 0.0
        self.window = Window()
        self.flights: list[Flight] = []

    @rule(lane=st.sampled_from(Lane), count=st.integers(1, 30))
    def send(self, lane: Lane, count: int) -> None:
        for _ in range(count):
            if wait_for(self.window, lane, self.now, len(self.flights)) > 0:
                break
            sure = self.window.told
            self.window, ticket = sent(self.window, self.now)
            self.flights.append(Flight(ticket, sure and not ticket.probe))

    @precondition(lambda self: self.flights)
    @rule(pick=st.randoms(use_true_random=False), share=st.floats(0, 1))
    def process(self, pick: Random, share: float) -> None:
        open_flights = [flight for flight in self.flights if flight.told is None]
        pick.shuffle(open_flights)
        for flight in open_flights[: 1 + int(share * len(open_flights))]:
            if self.count >= self.limit:
                assert not flight.sure, "a request was sent that couldn't be carried out"
                flight.told = Told(429, self.limit, 0)
            else:
                self.count += 1
                flight.told = Told(200, self.limit, self.limit - self.count)
            flight.reset_before = self.last_reset

    @precondition(lambda self: any(flight.told for flight in self.flights))
    @rule(place=st.integers(0, 60), count=st.integers(1, 30))
    def answer(self, place: int, count: int) -> None:
        for _ in range(count):
            ready = [flight for flight in self.flights if flight.told is not None]
            if not ready:
                break
            flight = ready[place % len(ready)]
            self.flights.remove(flight)
            turns = self.window.turns
            assert flight.told is not None
            self.window = answered(self.window, flight.ticket, flight.told, self.now)
            if self.window.turns > turns:
                assert self.window.reset_from is not None
                assert self.window.since is not None
                assert self.window.reset_from <= flight.reset_before <= self.window.since

    @precondition(lambda self: self.flights)
    @rule(place=st.integers(0, 60))
    def lose(self, place: int) -> None:
        flight = self.flights.pop(place % len(self.flights))
        if flight.told is None and self.count < self.limit:
            self.count += 1  # the server may do the work though nobody hears of it
        self.window = lost(self.window, flight.ticket)

    @precondition(lambda self: any(flight.told is None for flight in self.flights))
    @rule()
    def never_leave(self) -> None:
        flight = next(flight for flight in self.flights if flight.told is None)
        self.flights.remove(flight)
        self.window = unsent(self.window, flight.ticket)

    @rule(seconds=st.one_of(st.floats(0, 3), st.floats(0, 70)))
    def wait(self, seconds: float) -> None:
        # A request's life has a deadline of 60 s; what is older has been given up.
        self.now += seconds
        for flight in [f for f in self.flights if self.now - f.ticket.sent_at > 60]:
            self.flights.remove(flight)
            self.window = lost(self.window, flight.ticket)
        while self.now >= self.last_reset + self._length():
            self.last_reset += self._length()
            self.resets += 1
            self.count = 0

    def _length(self) -> float:
        return self.lengths[self.resets % len(self.lengths)]

    @invariant()
    def books_are_kept(self) -> None:
        if hasattr(self, "window"):
            assert self.window.unanswered == len(self.flights)
            assert self.window.left >= 0

    @invariant()
    def with_nothing_in_flight_everybody_goes_in_time(self) -> None:
        if hasattr(self, "window") and not self.flights:
            for lane in Lane:
                assert wait_for(self.window, lane, self.now, 0) <= 2 * LONGEST

    @invariant()
    def the_user_waits_for_nobody_while_calls_are_left(self) -> None:
        if not hasattr(self, "window") or self.window.probing:
            return
        if self.window.spare > 0 and len(self.flights) < SLOTS[Lane.USER]:
            assert wait_for(self.window, Lane.USER, self.now, len(self.flights)) == 0


TestHonestServer = HonestServer.TestCase


_WILD = st.none() | st.integers(0, 10**9)
_TOLD = st.builds(
    Told,
    st.sampled_from([200, 200, 401, 404, 429, 500]),
    st.none() | st.integers(1, 10**9),
    _WILD,
    st.none() | st.floats(0, 600),
)


@given(st.lists(st.tuples(st.sampled_from(Lane), _TOLD, st.floats(0, 130)), max_size=40))
def test_headers_that_lie_never_stop_us_for_good(
    steps: list[tuple[Lane, Told, float]],
) -> None:
    window, now = Window(), 0.0
    for lane, told, seconds in steps:
        wait = wait_for(window, lane, now, 0)
        assert wait <= 720
        now += wait
        assert wait_for(window, lane, now, 0) == pytest.approx(0, abs=1e-6)
        window, ticket = sent(window, now)
        now += seconds
        window = answered(window, ticket, told, now)


def _after(
    remaining: int, *, limit: int = 200, now: float = 0.0, window: Window | None = None
) -> Window:
    """A window after one request was sent and answered at ``now``."""
    window, ticket = sent(window or Window(), now)
    return answered(window, ticket, Told(200, limit, remaining), now)


def test_without_headers_the_documented_limit_is_counted() -> None:
    window = Window()
    for _ in range(DOCUMENTED_LIMIT):
        assert wait_for(window, Lane.USER, 1.0, 0) == 0
        window, ticket = sent(window, 1.0)
        window = answered(window, ticket, Told(200), 1.0)
    assert wait_for(window, Lane.USER, 1.0, 0) == LONGEST


def test_one_probe_after_the_longest_window_and_then_on() -> None:
    window, now = _after(0), LONGEST
    assert wait_for(window, Lane.USER, now - 1, 0) == pytest.approx(1)
    assert wait_for(window, Lane.BACKGROUND, now, 0) == 0
    window, probe = sent(window, now)
    assert wait_for(window, Lane.USER, now, 1) == NEVER
    told = answered(window, probe, Told(200, 200, 199), now)
    assert wait_for(told, Lane.BACKGROUND, now, 0) == 0
    silent = answered(window, probe, Told(200), now)
    assert silent.left == 199
    gone = lost(window, probe)
    assert wait_for(gone, Lane.USER, now, 0) == PROBE_EVERY


def test_a_429_stops_everybody_then_lets_one_through() -> None:
    window, ticket = sent(_after(0), LONGEST)
    stopped = answered(window, ticket, Told(429, 200, 0, retry_after=30), LONGEST)
    for lane in Lane:
        assert wait_for(stopped, lane, LONGEST, 0) == 30
    later = LONGEST + 30
    probing, probe = sent(stopped, later)
    assert wait_for(probing, Lane.USER, later, 1) == NEVER
    again = answered(probing, probe, Told(429, 200, 0), later)
    assert wait_for(again, Lane.USER, later, 0) == PROBE_EVERY
    free = answered(probing, probe, Told(200, 200, 199), later)
    assert all(wait_for(free, lane, later, 0) == 0 for lane in Lane)


def test_a_429_waits_for_the_earliest_reset_that_is_known() -> None:
    window = _after(199, window=_after(10, now=95.0), now=100.0)
    window, ticket = sent(window, 101.0)
    stopped = answered(window, ticket, Told(429, 200, 0), 101.0)
    assert stopped.reset_between == (95.0 + SHORTEST, 100.0 + LONGEST)
    assert wait_for(stopped, Lane.USER, 101.0, 0) == pytest.approx(95.0 + SHORTEST - 101.0)


def test_a_429_with_calls_left_is_a_burst_and_a_short_rest() -> None:
    window, ticket = sent(_after(120), 1.0)
    stopped = answered(window, ticket, Told(429, 200, 120), 1.0)
    assert wait_for(stopped, Lane.USER, 1.0, 0) == BURST_PAUSE
    assert stopped.left == 120


def test_answers_out_of_order_are_no_reset() -> None:
    window, first = sent(_after(150), 1.0)
    window, second = sent(window, 1.0)
    window, third = sent(window, 1.0)
    for ticket, remaining in ((second, 148), (third, 147), (first, 149)):
        window = answered(window, ticket, Told(200, 200, remaining), 2.0)
    assert (window.left, window.turns) == (147, 0)


def test_a_rise_is_a_reset_and_its_time_is_bounded() -> None:
    window = _after(100, now=50.0)
    assert window.reset_between is None
    window = _after(199, window=window, now=70.0)
    assert window.turns == 1
    assert window.reset_between == (50.0 + SHORTEST, 70.0 + LONGEST)


def test_a_straggler_of_the_old_window_does_not_lower_the_new_one() -> None:
    window, straggler = sent(_after(11), 1.0)
    window = _after(199, window=window, now=2.0)
    window = answered(window, straggler, Told(200, 200, 10), 3.0)
    assert window.left == 199
    refused = answered(window, straggler, Told(429, 200, 0), 3.0)
    assert wait_for(refused, Lane.USER, 3.0, 0) == 0
