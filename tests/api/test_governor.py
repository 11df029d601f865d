from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from planhat_tui.api.governor import Governor
from planhat_tui.api.lanes import SLOTS
from planhat_tui.api.ledger import HOLD
from planhat_tui.api.window import LONGEST, SILENT, Told
from planhat_tui.errors import NotFoundError, OfflineError, StorageError, UnknownOutcomeError
from planhat_tui.model.limits import Lane, Limits
from planhat_tui.store.machine import MachineState
from tests.disk import read_only

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from planhat_tui.model.ports import BudgetStore
    from tests.api.conftest import FakeTime
    from tests.budgets import MemoryBudgets


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


async def wait(time: FakeTime, seconds: float) -> None:
    """Let so much time pass, with a look in each second of it."""
    for _ in range(int(seconds)):
        await time.pass_on(1.0)


@pytest.fixture
async def traffic(time: FakeTime, budgets: MemoryBudgets) -> AsyncIterator[Traffic]:
    async with _traffic(time, budgets) as running:
        yield running


@asynccontextmanager
async def _traffic(time: FakeTime, budgets: BudgetStore) -> AsyncIterator[Traffic]:
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
    await traffic.tell(5)
    await traffic.ask("background", Lane.BACKGROUND)
    await traffic.ask("user", Lane.USER)
    assert traffic.went == ["user"]


async def test_at_most_as_many_in_flight_as_the_lane_has_slots(traffic: Traffic) -> None:
    await traffic.tell(10_000, limit=100_000)
    for number in range(SLOTS[Lane.BACKGROUND] + 5):
        await traffic.ask(f"b{number}", Lane.BACKGROUND)
    assert len(traffic.went) == SLOTS[Lane.BACKGROUND]
    for number in range(SLOTS[Lane.USER]):
        await traffic.ask(f"u{number}", Lane.USER)
    assert len(traffic.went) == SLOTS[Lane.USER]
    assert traffic.governor.limits.in_flight == SLOTS[Lane.USER]


async def test_one_asks_what_is_left_before_others_follow(traffic: Traffic) -> None:
    for number in range(5):
        await traffic.ask(f"b{number}", Lane.BACKGROUND)
    assert traffic.went == ["b0"]
    await traffic.back("b0", Told(200, 200, 150))
    assert len(traffic.went) == 5


async def test_a_429_stops_all_then_probes_then_goes_on(traffic: Traffic, time: FakeTime) -> None:
    await traffic.tell(150)
    await traffic.ask("refused", Lane.BACKGROUND)
    await traffic.back("refused", Told(429, 200, 0, retry_after=40.0))
    for number in range(3):
        await traffic.ask(f"w{number}", Lane.USER)
    assert traffic.went == ["refused"]
    assert traffic.governor.limits.stopped_until == time.now + 40.0
    await wait(time, 39.0)
    assert traffic.went == ["refused"]
    await wait(time, 1.0)
    assert traffic.went == ["refused", "w0"]
    await traffic.back("w0", Told(200, 200, 199))
    assert traffic.went == ["refused", "w0", "w1", "w2"]
    assert traffic.governor.limits.stopped_until is None


async def test_used_up_tells_how_long_a_request_waits(traffic: Traffic, time: FakeTime) -> None:
    await traffic.tell(0)
    await traffic.ask("user", Lane.USER)
    limits = traffic.governor.limits
    assert limits.remaining == 0
    assert limits.reset_in is None  # no more is known than is documented
    assert limits.stopped_until == time.now + LONGEST  # at the latest
    assert limits.waiting == {Lane.USER: 1}
    assert traffic.went == []
    await wait(time, LONGEST)
    assert traffic.went == ["user"]


async def test_a_request_that_waits_can_be_cancelled(traffic: Traffic) -> None:
    await traffic.tell(0)
    await traffic.ask("given up", Lane.USER)
    traffic.tasks["given up"].cancel()
    await traffic.time.pass_on()
    assert traffic.governor.limits.waiting == {}
    await traffic.ask("next", Lane.USER)
    await wait(traffic.time, LONGEST)
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


async def test_what_is_to_be_done_before_a_request_is_done_in_its_turn(traffic: Traffic) -> None:
    async def write(name: str, before: Callable[[], None]) -> None:
        async with traffic.governor.turn(Lane.OUTBOX, before=before) as turn:
            traffic.went.append(name)
            turn.answered(Told(200, 200, 150))

    def withdraw() -> None:
        assert traffic.governor.limits.waiting == {}
        raise KeyError

    await traffic.tell(1)
    await traffic.ask("holder", Lane.USER)
    withdrawn = asyncio.create_task(write("withdrawn", withdraw))
    sent = asyncio.create_task(write("sent", lambda: traffic.went.append("claimed")))
    await traffic.time.pass_on()
    assert traffic.went == ["holder"]
    await traffic.back("holder", Told(200, 200, 150))
    with pytest.raises(KeyError):
        await withdrawn
    await sent
    assert traffic.went == ["holder", "claimed", "sent"]
    assert traffic.governor.limits.in_flight == 0


async def test_what_is_withdrawn_in_its_turn_costs_nothing(traffic: Traffic) -> None:
    def withdraw() -> None:
        raise KeyError

    await traffic.tell(100)
    with pytest.raises(KeyError):
        async with traffic.governor.turn(Lane.OUTBOX, before=withdraw):
            raise AssertionError
    assert traffic.governor.limits.remaining == 100
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
        assert governor.limits.reset_in is None  # nobody has said anything yet
        time.now += 0.25
        turn.answered(Told(200, 200, 150))
        assert governor.limits.in_flight == 1
    assert heard[0].remaining == 150
    limits = governor.limits
    assert (limits.limit, limits.remaining, limits.as_of) == (200, 150, time.now)
    assert (limits.latency, limits.in_flight) == (0.25, 0)
    assert limits.reset_in == pytest.approx((0.0, 120.0 - 0.25))  # no more than is documented
    time.now += 30.0
    async with governor.turn(Lane.USER) as turn:
        turn.answered(Told(200, 200, 199))
    time.now += 0.5
    async with governor.turn(Lane.USER) as turn:
        turn.answered(Told(200, 200, 198))
    reset_in = governor.limits.reset_in
    assert reset_in == pytest.approx((60 - 30.75, 119.5))
    assert governor.limits.others is None
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

    def change(self, key: str, step: Callable[[str], str]) -> None:
        step("")
        raise StorageError(f"can't write {key}")


async def test_a_full_disk_loses_no_answer(time: FakeTime) -> None:
    governor = Governor(
        store=BrokenDisk(), key="k", clock=time.clock, wall=time.wall, sleep=time.sleep
    )
    assert governor.limits.last_error == "can't write k"
    async with governor.turn(Lane.USER) as turn:
        turn.answered(Told(200, 200, 150))
    async with governor.turn(Lane.USER) as turn:
        assert governor.limits.last_error == "can't write k"
        turn.answered(Told(200, 200, 149))
    assert governor.limits.remaining == 149
    governor.close()


async def test_closing_ends_who_waits(traffic: Traffic) -> None:
    await traffic.tell(0)
    await traffic.ask("user", Lane.USER)
    traffic.governor.close()
    await traffic.time.pass_on()
    assert traffic.tasks["user"].cancelled()
    assert traffic.governor.limits.waiting == {}


async def test_of_headers_that_contradict_each_other_the_lowest_is_told(traffic: Traffic) -> None:
    for _ in range(4):
        await traffic.tell(150)
    assert traffic.governor.limits.limit == 200
    assert traffic.governor.limits.remaining == 150
    assert traffic.governor.limits.reset_in is None


async def test_more_than_the_limit_is_told_as_unknown(traffic: Traffic) -> None:
    await traffic.tell(250)
    assert traffic.governor.limits.remaining is None


async def test_a_limit_that_is_told_no_more_is_unknown_and_not_overspent(
    traffic: Traffic,
) -> None:
    await traffic.tell(199)
    for sent in range(199):
        if sent > SILENT:
            assert traffic.governor.limits.remaining is None
        await traffic.ask(str(sent), Lane.USER)
        await traffic.back(str(sent), Told(200))
    await traffic.ask("too many", Lane.USER)
    assert traffic.governor.limits.waiting == {Lane.USER: 1}


async def test_what_others_use_is_published(traffic: Traffic, time: FakeTime) -> None:
    for remaining in range(190, 100, -10):  # nine others with each of ours, every 10 s
        await traffic.tell(remaining)
        await wait(time, 10)
    others = traffic.governor.limits.others
    assert others == pytest.approx(9 * 6, rel=0.2)


async def test_alone_nobody_else_is_seen(traffic: Traffic, time: FakeTime) -> None:
    for remaining in range(199, 187, -1):
        await traffic.tell(remaining)
        await wait(time, 5)
    assert traffic.governor.limits.others == 0


async def test_processes_that_share_are_no_others_to_each_other(
    time: FakeTime, budgets: MemoryBudgets
) -> None:
    async with _traffic(time, budgets) as one, _traffic(time, budgets) as two:
        left = 199
        for _ in range(12):
            for each in (one, two):
                await each.ask("first", Lane.USER)
                await each.ask("second", Lane.USER)
            for each, name in ((two, "second"), (one, "first"), (two, "first"), (one, "second")):
                await each.back(name, Told(200, 200, left))
                left -= 1
            await wait(time, 5)
        for each in (one, two):
            await each.ask("last", Lane.USER)  # so that it hears what the other one knows
            await each.back("last", Told(200, 200, left))
            left -= 1
            assert each.governor.limits.others == 0


async def test_two_processes_share_one_budget(time: FakeTime, budgets: MemoryBudgets) -> None:
    async with _traffic(time, budgets) as one, _traffic(time, budgets) as two:
        await one.tell(40)
        for number in range(40):
            await one.ask(f"one {number}", Lane.USER)
            await two.ask(f"two {number}", Lane.USER)
        assert len(one.went) + len(two.went) == 40
        await one.back(one.went[0], Told(429, 200, 0, retry_after=30.0))
        assert one.governor.limits.stopped_until is not None
        await wait(time, 1)
        assert two.governor.limits.stopped_until is not None


async def test_a_429_is_remembered_where_the_disk_takes_nothing(
    time: FakeTime, tmp_path: Path
) -> None:
    folder = tmp_path / "state"
    MachineState.open(folder).close()
    with read_only(folder):
        state = MachineState.open(folder)
        async with _traffic(time, state) as traffic:
            await traffic.ask("refused", Lane.USER)
            await traffic.back("refused", Told(429, 200, 0, retry_after=40.0))
            await traffic.ask("user", Lane.USER)
            await wait(time, 39.0)
            assert traffic.went == ["refused"]
            await wait(time, 1.0)
            assert traffic.went == ["refused", "user"]
        state.close()


async def test_calls_of_a_process_that_died_are_free_again(
    time: FakeTime, budgets: MemoryBudgets
) -> None:
    async with _traffic(time, budgets) as dead:
        await dead.tell(3)
        for number in range(3):
            await dead.ask(f"dead {number}", Lane.USER)
        kept = dict(budgets.kept)
    budgets.kept = kept  # as a kill leaves it: nothing was given back
    async with _traffic(time, budgets) as heir:
        await heir.ask("heir", Lane.USER)
        assert heir.went == []
        await wait(time, HOLD + 1)
        assert heir.went == ["heir"]


async def test_calls_on_their_way_stay_held_however_long_they_take(
    time: FakeTime, budgets: MemoryBudgets
) -> None:
    async with _traffic(time, budgets) as slow, _traffic(time, budgets) as other:
        await slow.tell(1)
        await slow.ask("slow", Lane.USER)
        await other.ask("other", Lane.USER)
        await wait(time, 3 * HOLD)
        assert other.went == []
        await slow.back("slow", Told(200, 200, 100))
        await wait(time, 1)
        assert other.went == ["other"]


async def test_a_stream_touches_the_disk_once_for_several_calls(
    time: FakeTime, budgets: MemoryBudgets
) -> None:
    async with _traffic(time, budgets) as traffic:
        await traffic.tell(950, limit=1000)
        for number in range(20):
            await traffic.ask(f"b{number}", Lane.BACKGROUND)
        changes, change = 0, budgets.change

        def counted(key: str, step: Callable[[str], str]) -> None:
            nonlocal changes
            changes += 1
            change(key, step)

        budgets.change = counted  # type: ignore[method-assign]
        for number in range(40):
            await traffic.ask(f"b{number + 20}", Lane.BACKGROUND)
            await traffic.back(traffic.went[number], Told(200, 1000, 949 - number))
        assert len(traffic.went) == 60
        assert changes <= 10


async def test_what_others_on_this_machine_know_is_heard_without_a_call(
    traffic: Traffic, time: FakeTime, budgets: MemoryBudgets
) -> None:
    async with _traffic(time, budgets) as other:
        await traffic.tell(142)
        assert other.governor.limits.remaining is None
        heard = other.governor.look()
        assert (heard.remaining, heard.limit) == (142, 200)
        assert other.went == []


async def test_what_was_told_last_stays_with_its_age_while_nobody_asks(
    traffic: Traffic, time: FakeTime
) -> None:
    await traffic.tell(142)
    told_at = traffic.governor.limits.as_of
    await time.pass_on(500)
    heard = traffic.governor.look()
    assert (heard.remaining, heard.as_of) == (142, told_at)
