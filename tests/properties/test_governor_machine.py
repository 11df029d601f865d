"""The governor as state machines on a clock that is set: sharing, kills, storms, lies.

An honest server keeps the truth beside several processes that share one budget; a server that lies
answers whatever comes to mind. Waiting is asked of the same ledger that the governor asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from planhat_tui.api.lanes import SLOTS
from planhat_tui.api.ledger import HOLD, Ledger
from planhat_tui.api.window import LONGEST, MAX_STOP, SHORTEST, Told
from planhat_tui.errors import StorageError
from planhat_tui.model.limits import Lane
from tests.budgets import MemoryBudgets

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from planhat_tui.api.window import Ticket

PROCESSES = 4
DEADLINE = 60.0
LANES = st.sampled_from(Lane)
SECONDS = st.sampled_from([0.3, 3.0, 20.0, 45.0, 70.0, 130.0])


class Shelf(MemoryBudgets):
    """Budgets on a disk that may be full."""

    full = False

    def change(self, key: str, step: Callable[[str], str]) -> None:
        if self.full:
            step(self.kept.get(key, ""))
            raise StorageError("the disk is full")
        super().change(key, step)


@dataclass
class Flight:
    """A request on its way: ``told`` is set once the server has looked at it."""

    process: int
    ticket: Ticket
    sure: bool
    told: Told | None = None
    reset_before: float = 0.0


class Machine(RuleBasedStateMachine):
    """Processes that come and go on one clock, and requests on their way."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.ahead = 1000.0, 1.7e9
        self.shelf = Shelf()
        self.flights: list[Flight] = []
        self.made = 0
        self.processes = [self._process() for _ in range(PROCESSES)]

    def _process(self) -> Ledger:
        self.made += 1
        return Ledger(
            self.shelf,
            "tenant",
            f"process {self.made}",
            lambda: self.now,
            lambda: self.now + self.ahead,
        )

    def _in_flight(self, process: int) -> int:
        return sum(flight.process == process for flight in self.flights)

    def _ask(self, process: int, lane: Lane, count: int) -> None:
        ledger = self.processes[process]
        for _ in range(count):
            if self._in_flight(process) >= SLOTS[lane]:
                break
            ledger.asked(lane)
            out = ledger.take(lane, count)
            if isinstance(out, float):
                break
            sure = ledger.window.low is not None and not out.probe
            self.flights.append(Flight(process, out, sure))

    @precondition(lambda self: self.flights)
    @rule(place=st.integers(0, 60))
    def lose(self, place: int) -> None:
        flight = self.flights.pop(place % len(self.flights))
        self._count(flight)  # the server may do the work though nobody hears of it
        self.processes[flight.process].lost(flight.ticket)

    @rule(process=st.integers(0, PROCESSES - 1))
    def tell_the_others(self, process: int) -> None:
        self.processes[process].share()

    def _count(self, flight: Flight) -> None:
        """Let the server look at a request."""

    def _pass(self, seconds: float) -> None:
        """Let time pass, as it does: who holds calls says so every few seconds."""
        until = self.now + seconds
        while self.now < until:
            self.now = min(until, self.now + HOLD / 3)
            for process, ledger in enumerate(self.processes):
                if self._in_flight(process):
                    ledger.share()
        for flight in [f for f in self.flights if self.now - f.ticket.sent_at > DEADLINE]:
            self.flights.remove(flight)
            self._count(flight)
            self.processes[flight.process].lost(flight.ticket)

    def _somebody_goes(self, lane: Lane, within: float) -> None:
        """Show that with nothing in flight nobody waits for ever."""
        until = self.now + within
        while isinstance(self.processes[0].take(lane, 1), float):
            self.now += 2.0
            assert self.now < until, (lane, self.now, self.ahead, self.processes[0].window)
        # what was taken for the proof was never sent
        self.processes[0]._unanswered -= 1


class HonestServer(Machine):
    """Four processes share one budget of a server that tells the truth; answers in any order."""

    @initialize(
        limit=st.sampled_from([200, 40]),
        used=st.floats(0, 1),
        lengths=st.lists(st.floats(SHORTEST, LONGEST), min_size=1, max_size=5),
        began=st.floats(0, 60),
    )
    def open(self, limit: int, used: float, lengths: list[float], began: float) -> None:
        self.limit, self.count = limit, int(used * limit)
        self.lengths, self.resets, self.last_reset = lengths, 0, 1000.0 - began
        self.forgiven, self.mute = 0, False

    @rule(mute=st.booleans())
    def tell_nothing(self, mute: bool) -> None:  # noqa: FBT001 -- drawn by hypothesis
        self.mute = mute

    @rule(process=st.integers(0, PROCESSES - 1), lane=LANES, count=st.integers(1, 30))
    def send(self, process: int, lane: Lane, count: int) -> None:
        self._ask(process, lane, count)

    @precondition(lambda self: self.flights)
    @rule(pick=st.randoms(use_true_random=False), count=st.integers(1, 60))
    def process(self, pick: Random, count: int) -> None:
        open_flights = [flight for flight in self.flights if flight.told is None]
        pick.shuffle(open_flights)
        for flight in open_flights[:count]:
            self._count(flight)

    def _count(self, flight: Flight) -> None:
        if flight.told is not None:
            return
        flight.reset_before = self.last_reset
        if self.count < self.limit:
            self.count += 1
            told = Told(200, self.limit, self.limit - self.count)
            flight.told = Told(200) if self.mute else told
            return
        if flight.sure:
            self.forgiven -= 1
            assert self.forgiven >= 0, "more was sent than could be carried out"
        flight.told = Told(429) if self.mute else Told(429, self.limit, 0)

    @rule(
        process=st.integers(0, PROCESSES - 1),
        lane=LANES,
        pick=st.randoms(use_true_random=False),
        rounds=st.integers(1, 8),
        seconds=SECONDS,
    )
    def work(self, process: int, lane: Lane, pick: Random, rounds: int, seconds: float) -> None:
        for _ in range(rounds):
            self._ask(process, lane, 20)
            self.process(pick, 60)
            self.wait(0.3)
            self.answer(pick, 40)
        self.wait(seconds)

    @precondition(lambda self: any(flight.told for flight in self.flights))
    @rule(pick=st.randoms(use_true_random=False), count=st.integers(1, 60))
    def answer(self, pick: Random, count: int) -> None:
        ready = [flight for flight in self.flights if flight.told is not None]
        pick.shuffle(ready)
        for flight in ready[:count]:
            self.flights.remove(flight)
            assert flight.told is not None
            ledger = self.processes[flight.process]
            ledger.share()
            before = ledger.window
            ledger.answered(flight.ticket, flight.told)
            after = ledger.window
            turned = after.turns > before.turns
            first_word = before.low is None and after.low is not None
            if (turned or first_word) and after.began is not None:
                earliest, latest = after.began
                assert earliest <= flight.reset_before <= latest, (
                    earliest,
                    flight.reset_before,
                    latest,
                )

    @precondition(lambda self: any(flight.told is None for flight in self.flights))
    @rule()
    def never_leave(self) -> None:
        flight = next(flight for flight in self.flights if flight.told is None)
        self.flights.remove(flight)
        self.processes[flight.process].unsent(flight.ticket)

    @rule(process=st.integers(0, PROCESSES - 1))
    def kill(self, process: int) -> None:
        for flight in [f for f in self.flights if f.process == process]:
            self.flights.remove(flight)
            self._count(flight)  # it is on its way, and nobody will tell
            self.forgiven += 1
        self.processes[process] = self._process()

    @rule(seconds=SECONDS)
    def wait(self, seconds: float) -> None:
        self._pass(seconds)
        while self.now >= self.last_reset + self._length():
            self.last_reset += self._length()
            self.resets += 1
            self.count = 0

    def _length(self) -> float:
        return self.lengths[self.resets % len(self.lengths)]

    @invariant()
    def what_is_on_its_way_is_held(self) -> None:
        for process, ledger in enumerate(self.processes):
            assert ledger._unanswered == self._in_flight(process)
            assert ledger.window.unanswered >= ledger._unanswered

    @invariant()
    def the_user_waits_for_nobody_while_calls_are_left(self) -> None:
        if not hasattr(self, "limit"):
            return
        for ledger in self.processes:
            ledger.share()
            window = ledger.window
            if window.probing or window.spare <= 0 or window.unanswered >= SLOTS[Lane.USER]:
                continue
            out = ledger.take(Lane.USER, 1)
            assert not isinstance(out, float)
            ledger.unsent(out)

    def teardown(self) -> None:
        if hasattr(self, "limit") and not self.flights:
            for lane in (Lane.USER, Lane.BACKGROUND):
                self._somebody_goes(lane, 3 * LONGEST + HOLD)


_TOLD = st.builds(
    Told,
    st.sampled_from([200, 200, 200, 401, 429, 500]),
    st.none() | st.sampled_from([1, 200, 200, 10**9]),
    st.none() | st.sampled_from([0, 1, 150, 150, 199, 200, 10**9]) | st.integers(0, 200),
    st.none() | st.none() | st.floats(0, 1e9),
)


class LyingServer(Machine):
    """A server, a disk and clocks that can't be relied on: nobody waits for ever."""

    @rule(process=st.integers(0, PROCESSES - 1), lane=LANES, count=st.integers(1, 30))
    def send(self, process: int, lane: Lane, count: int) -> None:
        self._ask(process, lane, count)

    @precondition(lambda self: self.flights)
    @rule(told=_TOLD, place=st.integers(0, 60), count=st.integers(1, 10))
    def answer(self, told: Told, place: int, count: int) -> None:
        for _ in range(min(count, len(self.flights))):
            flight = self.flights.pop(place % len(self.flights))
            self.processes[flight.process].answered(flight.ticket, told)

    @rule(seconds=SECONDS)
    def wait(self, seconds: float) -> None:
        self._pass(seconds)

    @rule(step=st.sampled_from([-86_400.0, -30.0, 30.0, 86_400.0]))
    def set_the_wall_clock(self, step: float) -> None:
        self.ahead += step

    @rule(seconds=st.floats(0, 10_000))
    def sleep_with_the_lid_closed(self, seconds: float) -> None:
        self.ahead += seconds  # the monotonic clock stands still meanwhile

    @rule()
    def fill_or_clear_the_disk(self) -> None:
        self.shelf.full = not self.shelf.full

    @rule(text=st.sampled_from(["", "{}", "no JSON", '{"ahead": 0, "window": {"spent": 7}}']))
    def spoil_what_is_kept(self, text: str) -> None:
        self.shelf.kept["tenant"] = text

    @rule(seconds=st.floats(30, 200), process=st.integers(0, PROCESSES - 1))
    def storm(self, seconds: float, process: int) -> None:
        """Answer everything with 429 for a while: hardly anything is asked meanwhile."""
        ledger, asks, until = self.processes[process], 0, self.now + seconds
        while self.now < until:
            ledger.asked(Lane.USER)
            out = ledger.take(Lane.USER, 1)
            if isinstance(out, float):
                self.now += max(0.5, min(out, 2.0))
                continue
            asks += 1
            ledger.answered(out, Told(429))
        assert asks <= 10 + seconds / 2

    @invariant()
    def what_is_known_makes_sense(self) -> None:
        for process, ledger in enumerate(self.processes):
            window = ledger.window
            assert window.left >= 0
            assert window.stopped_until <= self.now + MAX_STOP
            assert window.began is None or window.began[0] <= window.began[1]
            assert ledger._unanswered == self._in_flight(process)

    def teardown(self) -> None:
        if not self.flights:
            for lane in (Lane.USER, Lane.BACKGROUND):
                self._somebody_goes(lane, MAX_STOP + 3 * LONGEST + HOLD)


TestHonestServer = HonestServer.TestCase
TestLyingServer = LyingServer.TestCase
