from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from planhat_tui.api.governor import Governor
from planhat_tui.api.lanes import SLOTS
from planhat_tui.api.window import LONGEST, Told
from planhat_tui.errors import NotFoundError, OfflineError, StorageError, UnknownOutcomeError
from planhat_tui.model.limits import Lane, Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from planhat_tui.model.ports import Budget
    from tests.api.conftest import FakeTime, MemoryBudgets


class Traffic:
    """Requests that stay on their way until a test lets them come back."""

    def __init__(self, governor: Governor, time: FakeTime) -> None:
        self.governor = governor
        self.time = time
        self.went: list[str] = []
        self.gates: dict[str, asyncio.Future[Told | Exception]] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def ask(self, name: str, lane: Lane) -> None:
        self.tasks[name] = asyncio.create_task(self._run(name, lane))
        await self.time.pass_on()

    async def _run(self, name: str, lane: Lane) -> None:
        async with self.governor.turn(lane) as turn:
            self.went.append(name)
            self.gates[name] = asyncio.get_running_loop().create_future()
            outcome = await self.gates[name]
            if isinstance(outcome, Exception):
                raise outcome
            turn.answered(outcome)

    async def back(self, name: str, outcome: Told | Exception) -> None:
        self.gates[name].set_result(outcome)
        await self.time.pass_on()
        if isinstance(outcome, Exception):
            with pytest.raises(type(outcome)):
                await self.tasks[name]

    async def tell(self, remaining: int, limit: int = 200) -> None:
        await self.ask("first", Lane.USER)
        await self.back("first", Told(200, limit, remaining))
        self.went.clear()


@pytest.fixture
async def traffic(time: FakeTime, budgets: MemoryBudgets) -> AsyncIterator[Traffic]:
    async with _traffic(time, budgets) as running:
        yield running


@asynccontextmanager
async def _traffic(time: FakeTime, budgets: MemoryBudgets) -> AsyncIterator[Traffic]:
    governor = Governor(store=budgets, key="k", clock=time.clock, wall=time.wall, sleep=time.sleep)
    running = Traffic(governor, time)
    yield running
    governor.close()
    for task in running.tasks.values():
        task.cancel()
    await asyncio.gather(*running.tasks.values(), return_exceptions=True)


async def test_who_waits_goes_in_the_order_of_the_lanes(traffic: Traffic) -> None:
    await traffic.tell(1)
    await traffic.ask("holder", Lane.USER)
    for name, lane in (
        ("background", Lane.BACKGROUND),
        ("screen", Lane.SCREEN),
        ("outbox", Lane.OUTBOX),
        ("user", Lane.USER),
        ("user 2", Lane.USER),
    ):
        await traffic.ask(name, lane)
    assert traffic.went == ["holder"]
    assert traffic.governor.limits.waiting == {
        Lane.USER: 2,
        Lane.OUTBOX: 1,
        Lane.SCREEN: 1,
        Lane.BACKGROUND: 1,
    }
    await traffic.back("holder", Told(200, 200, 199))
    assert traffic.went == ["holder", "user", "user 2", "outbox", "screen", "background"]
    assert traffic.governor.limits.waiting == {}


async def test_the_user_passes_background_that_waits_for_its_reserve(traffic: Traffic) -> None:
    await traffic.tell(20)
    await traffic.ask("background", Lane.BACKGROUND)
    await traffic.ask("user", Lane.USER)
    assert traffic.went == ["user"]


async def test_at_most_as_many_in_flight_as_the_lane_has_slots(traffic: Traffic) -> None:
    await traffic.tell(10_000, limit=100_000)
    for number in range(SLOTS[Lane.BACKGROUND] + 5):
        await traffic.ask(f"b{number}", Lane.BACKGROUND)
    assert len(traffic.went) == 0  # the reserve: a tenth of the limit
    await traffic.ask("again", Lane.USER)
    await traffic.back("again", Told(200, 100_000, 99_999))
    for number in range(SLOTS[Lane.USER]):
        await traffic.ask(f"u{number}", Lane.USER)
    assert len(traffic.went) - 1 == SLOTS[Lane.USER]
    assert traffic.governor.limits.in_flight == SLOTS[Lane.USER]


async def test_a_429_stops_all_then_probes_then_goes_on(traffic: Traffic, time: FakeTime) -> None:
    await traffic.tell(150)
    await traffic.ask("refused", Lane.BACKGROUND)
    await traffic.back("refused", Told(429, 200, 0, retry_after=40.0))
    for number in range(3):
        await traffic.ask(f"w{number}", Lane.USER)
    assert traffic.went == ["refused"]
    assert traffic.governor.limits.stopped_until == time.now + 40.0
    await time.pass_on(39.0)
    assert traffic.went == ["refused"]
    await time.pass_on(1.0)
    assert traffic.went == ["refused", "w0"]
    await traffic.back("w0", Told(200, 200, 199))
    assert traffic.went == ["refused", "w0", "w1", "w2"]
    assert traffic.governor.limits.stopped_until is None


async def test_used_up_tells_how_long_a_request_waits(traffic: Traffic, time: FakeTime) -> None:
    await traffic.tell(0)
    await traffic.ask("user", Lane.USER)
    limits = traffic.governor.limits
    assert limits.remaining == 0
    assert limits.stopped_until == time.now + LONGEST
    assert limits.waiting == {Lane.USER: 1}
    await time.pass_on(LONGEST)
    assert traffic.went == ["user"]


async def test_a_request_that_waits_can_be_cancelled(traffic: Traffic) -> None:
    await traffic.tell(0)
    await traffic.ask("given up", Lane.USER)
    traffic.tasks["given up"].cancel()
    await traffic.time.pass_on()
    assert traffic.governor.limits.waiting == {}
    await traffic.ask("next", Lane.USER)
    await traffic.time.pass_on(LONGEST)
    assert traffic.went == ["next"]


async def test_one_that_is_cancelled_as_it_is_let_go_gives_its_place_back(
    traffic: Traffic,
) -> None:
    await traffic.tell(1)
    await traffic.ask("holder", Lane.USER)
    await traffic.ask("waiter", Lane.USER)
    traffic.gates["holder"].set_result(Told(200, 200, 150))
    for _ in range(20):  # until the very turn of the loop in which it is let go
        await asyncio.sleep(0)
        if not traffic.governor.limits.waiting:
            break
    traffic.tasks["waiter"].cancel()
    await traffic.time.pass_on()
    assert "waiter" not in traffic.went
    assert traffic.governor.limits.in_flight == 0
    await traffic.ask("next", Lane.USER)
    assert "next" in traffic.went


async def test_what_never_left_costs_nothing_and_what_was_lost_does(traffic: Traffic) -> None:
    await traffic.tell(100)
    await traffic.ask("offline", Lane.USER)
    await traffic.back("offline", OfflineError("not reached"))
    assert traffic.governor.limits.remaining == 100
    assert traffic.governor.limits.last_error == "not reached"
    await traffic.ask("lost", Lane.USER)
    await traffic.back("lost", UnknownOutcomeError("lost"))
    assert traffic.governor.limits.remaining == 99
    await traffic.ask("missing", Lane.USER)
    await traffic.back("missing", NotFoundError("no such company"))
    assert traffic.governor.limits.last_error == ""


async def test_limits_say_what_the_last_answer_said(time: FakeTime, budgets: MemoryBudgets) -> None:
    heard: list[Limits] = []
    governor = Governor(
        store=budgets,
        key="k",
        clock=time.clock,
        wall=time.wall,
        sleep=time.sleep,
        on_limits=heard.append,
    )
    assert governor.limits == Limits()
    async with governor.turn(Lane.USER) as turn:
        time.now += 0.25
        turn.answered(Told(200, 200, 150))
        assert governor.limits.in_flight == 1
    assert heard[0].remaining == 150
    limits = governor.limits
    assert (limits.limit, limits.remaining, limits.as_of) == (200, 150, time.now)
    assert (limits.latency, limits.reset_in, limits.in_flight) == (0.25, None, 0)
    time.now += 30.0
    async with governor.turn(Lane.USER) as turn:
        turn.answered(Told(200, 200, 199))
    assert governor.limits.reset_in is not None
    assert governor.limits.reset_in == pytest.approx((60 - 30.25, 120.0))
    governor.close()


async def test_the_budget_is_kept_between_runs(time: FakeTime, budgets: MemoryBudgets) -> None:
    async with _traffic(time, budgets) as first:
        await first.tell(7)
    async with _traffic(time, budgets) as second:
        assert second.governor.limits.remaining == 7
        assert second.governor.limits.as_of == time.now
        await second.ask("background", Lane.BACKGROUND)
        assert second.went == []


class BrokenDisk:
    """A budget store on a disk that is full."""

    def load(self, key: str) -> Budget:
        raise StorageError(f"can't read {key}")

    def save(self, key: str, budget: Budget) -> None:
        raise StorageError(f"can't write {key}: {budget.limit}")


async def test_a_full_disk_loses_no_answer(time: FakeTime) -> None:
    governor = Governor(
        store=BrokenDisk(), key="k", clock=time.clock, wall=time.wall, sleep=time.sleep
    )
    assert governor.limits.last_error == "can't read k"
    async with governor.turn(Lane.USER) as turn:
        turn.answered(Told(200, 200, 150))
    assert governor.limits.last_error == "can't write k: 200"
    assert governor.limits.remaining == 150
    governor.close()


async def test_closing_ends_who_waits(traffic: Traffic) -> None:
    await traffic.tell(0)
    await traffic.ask("user", Lane.USER)
    traffic.governor.close()
    await traffic.time.pass_on()
    assert traffic.tasks["user"].cancelled()
    assert traffic.governor.limits.waiting == {}
