"""The one way in which tests wait for the explorer: until nothing goes on by itself any more.

A thread's event loop has nothing ready to run; what the threads behind the screen were asked is
answered; what is due on the screen is drawn; each engine has told what it has to tell. What waits
for the clock alone (a pause after an error, calls of the next window) rests as well: clocks of
tests stand. What happens next anyway, a frame or a look at the rate limit, happens at once.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.model.outbox import State
from planhat_tui.tui.screens.confirm import Confirm
from planhat_tui.tui.screens.importing import ImportSheet
from planhat_tui.tui.screens.undo import UndoSheet

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.screen import Screen

    from planhat_tui.api.governor import Governor
    from planhat_tui.sync.engine import Engine
    from planhat_tui.sync.session import Session
    from planhat_tui.tui.app import PlanhatApp

TURN: Final = 0.001
"""Seconds between two looks at what other threads do."""
STEPS: Final = 10_000
"""Looks after which it's said that the explorer doesn't come to rest, and why."""
PATIENCE: Final = 10.0
"""Seconds in which an engine's loop must get round to a question; nothing is measured by it."""
STILL: Final = 2
"""Looks in a row that must find everything at rest: what is seen first may be woken by the last."""


async def settle(pilot: Pilot[None], steps: int = STEPS) -> None:
    """Wait until reads are answered, edits have gone as far as they can, and all is drawn."""
    app: PlanhatApp = pilot.app  # type: ignore[assignment] # the only app that is settled
    still, why = 0, ""
    for _ in range(steps):
        why = await _under_way(app)
        still = 0 if why else still + 1
        if still == STILL:
            return
        await asyncio.sleep(TURN if why else 0)
    raise AssertionError(f"the explorer doesn't come to rest: {why}")


async def _under_way(app: PlanhatApp) -> str:
    """Say what goes on; nothing if the explorer is at rest."""
    if why := _on_screen(app):
        return why
    await asyncio.wrap_future(app.reading.barrier())
    engines = [explorer.workspace.net for explorer in app._explorers.values()]
    for engine in engines:
        if why := await _in_engine(engine, app.monotonic()):
            return why
    asks = Confirm | UndoSheet | ImportSheet  # a verb of the line may wait for these
    asking = any(isinstance(screen, asks) for screen in app.screen_stack)
    waiting = sum(len(engine._owed) for engine in engines)
    if app.reading.pending > asking + waiting:
        return "an answer is awaited"
    return _on_screen(app)


def _on_screen(app: PlanhatApp) -> str:
    """Say what goes on in the screen's loop, and draw what is due once nothing else is."""
    loop = asyncio.get_running_loop()
    if not _has_work(loop):
        for screen in filter(_is_due, (*app._background_screens, app.screen)):
            screen._on_timer_update()
    if _has_work(loop):
        return "messages are under way"
    return _asked_for(app) or _panes_behind(app)


def _asked_for(app: PlanhatApp) -> str:
    """Say what a key has asked for that isn't there yet."""
    if not all(worker.is_finished for worker in app.workers):
        return "the palette searches"
    if app.typing.waiting:
        return "a key is at work"
    return "a sheet is opening" if app.reading.opening else ""


def _panes_behind(app: PlanhatApp) -> str:
    for explorer in app._explorers.values():
        if not explorer._begun:
            return "the explorer hasn't begun"
        if explorer.pointing.awaited is not None or explorer.feed._changes:
            return "panes follow what changed"
        if explorer.companies.count_due is not None:
            return "what else is found is counted when letters pause"
    return ""


def _is_due(screen: Screen[Any]) -> bool:
    """Tell whether the next frame has something to draw."""
    return screen._update_timer._active.is_set()


def _has_work(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether anything can go on in a loop without a timer or an event from outside."""
    return bool(loop._ready)  # type: ignore[attr-defined] # asyncio tells it in no other way


def _has_busy_threads(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether a thread works for a loop: a page is written beside it."""
    pool = loop._default_executor  # type: ignore[attr-defined] # likewise
    return pool is not None and len(pool._threads) > pool._idle_semaphore._value


async def _in_engine(engine: Engine, now: float) -> str:
    """Say what goes on in an engine, asked in its own loop, after all that it was told before."""
    if engine._thread is None or engine._ended.is_set():
        return ""
    if not engine._ready.done():
        return "the engine starts"
    if engine._ready.exception() is not None:
        return ""
    loop, session = engine._ready.result()
    told: Future[str] = Future()

    def look() -> None:
        told.set_result(_in_session(session, loop, now))

    try:  # in two steps, since what wakes the loop is itself something to run
        loop.call_soon_threadsafe(loop.call_soon, look)
        return await asyncio.wait_for(asyncio.wrap_future(told), PATIENCE)
    except (RuntimeError, TimeoutError):
        return "the engine doesn't answer"


def _in_session(session: Session, loop: asyncio.AbstractEventLoop, now: float) -> str:
    if session._announcer._waiting:
        session._announcer.flush()
        return "changes are told"
    governors: tuple[Governor, ...] = (
        session._api._exchange._governor,  # type: ignore[attr-defined] # the port hides it
        session._api._exchange._open_governor,  # type: ignore[attr-defined] # likewise
    )
    if any(governor._in_flight for governor in governors):
        return "a request is under way"
    if _has_work(loop) or _has_busy_threads(loop):
        return "the engine is at work"
    waiting = [governor for governor in governors if governor.limits.waiting]
    for governor in waiting:
        governor._dispatch()  # look at the clock now
    if any(governor._in_flight for governor in waiting):
        return "requests may go again"
    return "" if waiting else _left_to_do(session, now)


def _left_to_do(session: Session, now: float) -> str:
    """Say what an engine with enough calls will do without a word from anybody."""
    if session._asked:
        return "Planhat is asked"
    stopped = (session._api.limits().stopped_until or now) > now
    if (
        stopped
        or session._paused
        or session._network in {"offline", "stranger", "refused", "mismatch"}
    ):
        return ""
    if session._network == "starting" and not session._reason:
        return "Planhat hasn't answered yet"
    if session.status.pulling:
        return "records are read"
    moving = session._store.outbox.counts().keys() & {State.QUEUED, State.SENDING}
    return "edits are delivered" if moving else ""
