from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import OfflineError, RateLimitedError
from planhat_tui.model.limits import Lane
from planhat_tui.sync.errands import MOST_TRIES, Errand

if TYPE_CHECKING:
    from planhat_tui.model.ports import Before

USER, OUTBOX, SCREEN = Lane.USER, Lane.OUTBOX, Lane.SCREEN


class Desk:
    """An errand whose calls wait for their turn, and then for their answer, until told so."""

    def __init__(self) -> None:
        self.errand = Errand()
        self.known = False
        self.told: list[tuple[Lane, str]] = []
        self.turn: dict[Lane, asyncio.Event] = {lane: asyncio.Event() for lane in Lane}
        self.answer: dict[Lane, asyncio.Event] = {lane: asyncio.Event() for lane in Lane}
        self.fails: set[Lane] = set()
        self.refused: list[Lane] = []

    def wants(self, lane: Lane) -> asyncio.Task[None]:
        return asyncio.create_task(
            self.errand.run(lane, lambda leaves: self._call(lane, leaves), lambda: not self.known)
        )

    async def _call(self, lane: Lane, leaves: Before) -> None:
        self.told.append((lane, "waits"))
        await self.turn[lane].wait()
        leaves()
        self.told.append((lane, "left"))
        await self.answer[lane].wait()
        if lane in self.refused:
            self.refused.remove(lane)
            self.turn[lane].clear()
            raise RateLimitedError("the limit is used up")
        if lane in self.fails:
            raise OfflineError("no network")
        self.known = True

    def let_go(self, lane: Lane) -> None:
        self.turn[lane].set()
        self.answer[lane].set()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_one_call_serves_all_who_want_it() -> None:
    desk = Desk()
    wanting = [desk.wants(lane) for lane in (USER, SCREEN, USER)]
    await settled()
    desk.let_go(USER)
    await asyncio.gather(*wanting)
    assert desk.told == [(USER, "waits"), (USER, "left")]


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_call_that_waits_is_taken_back_by_who_is_more_urgent(*, at_once: bool) -> None:
    desk = Desk()
    wanting = [desk.wants(SCREEN)]
    if not at_once:
        await settled()
    wanting += [desk.wants(OUTBOX), desk.wants(USER)]
    await settled()
    desk.let_go(USER)
    await asyncio.gather(*wanting)
    assert [lane for lane, what in desk.told if what == "left"] == [USER]


async def test_a_call_that_has_left_is_waited_for() -> None:
    desk = Desk()
    wanting = [desk.wants(SCREEN)]
    desk.turn[SCREEN].set()
    await settled()
    wanting += [desk.wants(USER)]
    await settled()
    desk.answer[SCREEN].set()
    await asyncio.gather(*wanting)
    assert desk.told == [(SCREEN, "waits"), (SCREEN, "left")]


async def test_where_anothers_call_fails_ones_own_is_made() -> None:
    desk = Desk()
    desk.fails = {SCREEN}
    desk.turn[SCREEN].set()
    others = desk.wants(SCREEN)
    await settled()
    mine = desk.wants(USER)
    desk.let_go(SCREEN)
    desk.let_go(USER)
    with pytest.raises(OfflineError):
        await others
    await mine
    assert desk.known


async def test_a_call_that_is_refused_by_the_limit_waits_for_its_turn_again() -> None:
    desk = Desk()
    desk.refused = [SCREEN]
    desk.let_go(SCREEN)
    wanting = desk.wants(SCREEN)
    await settled()
    assert not wanting.done()
    desk.let_go(SCREEN)
    await wanting
    assert desk.told == [(SCREEN, "waits"), (SCREEN, "left")] * 2


async def test_meanwhile_who_is_more_urgent_takes_it_back() -> None:
    desk = Desk()
    desk.refused = [SCREEN]
    desk.let_go(SCREEN)
    wanting = [desk.wants(SCREEN)]
    await settled()
    wanting += [desk.wants(USER)]
    await settled()
    desk.let_go(USER)
    await asyncio.gather(*wanting)
    assert [lane for lane, what in desk.told if what == "left"] == [SCREEN, USER]


async def test_a_limit_that_is_never_free_is_an_error_in_the_end() -> None:
    desk = Desk()
    desk.refused = [SCREEN] * MOST_TRIES
    desk.answer[SCREEN].set()
    wanting = desk.wants(SCREEN)
    while not wanting.done():
        desk.turn[SCREEN].set()
        await settled()
    assert isinstance(wanting.exception(), RateLimitedError)


async def test_whoever_doesnt_want_it_any_more_takes_their_call_along() -> None:
    desk = Desk()
    gone = desk.wants(USER)
    await settled()
    stays = desk.wants(SCREEN)
    await settled()
    gone.cancel()
    await settled()
    assert gone.cancelled()
    desk.let_go(SCREEN)
    await stays
    assert desk.told == [(USER, "waits"), (SCREEN, "waits"), (SCREEN, "left")]
