from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from planhat_tui.store.lease import PULL_LEASE, this_process
from planhat_tui.store.tenant import TenantStore
from planhat_tui.sync.turn import SECONDS, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.sync.rig import Time


@pytest.fixture
def store(folder: Path, time: Time) -> Iterator[TenantStore]:
    opened = TenantStore.open(folder, wall=time.time)
    yield opened
    opened.close()


def test_a_turn_is_one_processs_until_it_is_given_back(store: TenantStore, time: Time) -> None:
    mine, yours = (Turn(store.outbox, this_process(), time.time) for _ in range(2))
    assert mine.take()
    assert not yours.take()
    yours.give_back()
    assert mine.take()
    assert not yours.take()
    mine.give_back()
    assert yours.take()
    assert not mine.take()


def test_a_turn_goes_on_as_long_as_it_is_taken_and_runs_out_else(
    store: TenantStore, time: Time
) -> None:
    mine, yours = (Turn(store.outbox, this_process(), time.time) for _ in range(2))
    for _ in range(5):
        assert mine.take()
        assert not yours.take()
        time.leap(SECONDS * 0.75)
    time.leap(SECONDS)
    assert yours.take()
    assert not mine.take()


def test_a_turn_is_renewed_while_a_step_goes_on_and_given_back_when_it_fails(
    store: TenantStore, time: Time
) -> None:
    slept = asyncio.Event()

    async def sleep(seconds: float) -> None:
        time.leap(seconds)
        slept.set()
        await asyncio.sleep(0)

    mine = Turn(store.outbox, this_process(), time.time, sleep)
    yours = Turn(store.outbox, this_process(), time.time)

    async def long_step() -> None:
        assert mine.take()
        async with mine.kept():
            for _ in range(10):
                slept.clear()
                await slept.wait()
                assert not yours.take()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        asyncio.run(long_step())
    assert not store.outbox.is_held(PULL_LEASE)
    assert yours.take()


def test_a_step_out_of_turn_takes_none(store: TenantStore, time: Time) -> None:
    turn = Turn(store.outbox, this_process(), time.time)

    async def step() -> None:
        async with turn.kept():
            await asyncio.sleep(0)

    asyncio.run(step())
    assert not store.outbox.is_held(PULL_LEASE)
