"""The one way in which tests wait for the explorer: until nothing is on its way any more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from planhat_tui.model.outbox import State
from planhat_tui.tui.screens.confirm import Confirm

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from planhat_tui.tui.app import PlanhatApp
    from planhat_tui.workspace.workspace import Workspace

_TURN = 0.005
_TURNS = 6000
_QUIET_TURNS = 4


async def settle(pilot: Pilot[None]) -> None:
    """Wait until reads are answered, edits have gone as far as they can, and all is drawn."""
    app: PlanhatApp = pilot.app  # type: ignore[assignment] # the only app that is settled
    quiet = 0
    for _ in range(_TURNS):
        await pilot.pause()
        quiet = quiet + 1 if _is_quiet(app) else 0
        if quiet >= _QUIET_TURNS:
            return
        await asyncio.sleep(_TURN)
    raise AssertionError("the explorer doesn't come to rest")


def _is_quiet(app: PlanhatApp) -> bool:
    asking = isinstance(app.screen, Confirm)  # a verb of the line waits for the answer
    if app.reading.pending > asking or app.typing.waiting or app.reading.opening:
        return False
    explorers, now = app._explorers.values(), app.monotonic()
    return all(
        e._begun and e.following is None and not e.feed._changes and _is_idle(e.workspace, now)
        for e in explorers
    )


def _is_idle(workspace: Workspace, now: float) -> bool:
    """Tell whether the engine has nothing to do, or can't do it."""
    ready = workspace.net._ready
    if not ready.done():
        return workspace.net._thread is None
    session = ready.result()[1]
    if session._announcer._waiting or session._asked:
        return False
    if session._network in {"offline", "refused", "mismatch"}:
        return True
    if (session._api.limits().stopped_until or now) > now:
        return True
    status = workspace.status()
    moving = status.counts.get(State.QUEUED, 0) + status.counts.get(State.SENDING, 0)
    begun = session._network != "starting" or bool(session._reason)
    return not moving and not status.sync.pulling and begun
