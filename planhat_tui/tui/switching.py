"""From one tenant on screen to another: what is typed meanwhile is meant for that one.

Keys wait for it as for a sheet. Where it takes long they would go at last, to the tenant before: so
a sheet takes them then.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import RefusedError
from planhat_tui.tui.looking import first_look

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.tui.app import PlanhatApp
    from planhat_tui.tui.looking import Found
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.tui.screens.opening import Opening

LONG: Final = 0.5
"""Seconds after which the sheet is shown; keys wait for longer."""


def _nobody(_told: object) -> None:
    """Nobody wants to hear it."""


class Switching:
    """Opens tenants off the screen's thread; ``show`` puts one on screen that is open by now."""

    def __init__(self, app: PlanhatApp, show: Callable[[str, Found], None]) -> None:
        self._app = app
        self._show = show
        self._awaited: Opening | None = None

    def to(
        self,
        name: str,
        arrived: Callable[[Explorer], None] | None = None,
        refused: Callable[[PlanhatTuiError], None] | None = None,
    ) -> None:
        """Open a tenant and put it on screen; of several that are asked for, the last one comes.

        ``arrived`` is told once it's there, ``refused`` why it isn't.
        """
        if arrived is None and self._awaited is not None and self._awaited.tenant == name:
            return
        from planhat_tui.tui.screens.opening import Opening

        tell_refused = refused or _nobody
        self._awaited = sheet = Opening(name)
        before, session = self._app.explorer, self._app.session
        workspaces, start = session.workspaces, session.runtime.config.start_view
        if not workspaces.is_open(name):
            before.message.say(sheet.told)

        def opened(first: Found) -> None:
            if not self._leave(sheet):
                tell_refused(RefusedError(f"{name} isn't on screen: another one was chosen."))
                return
            self._show(name, first)
            self._app.explorer.call_after_refresh(arrived or _nobody, self._app.explorer)

        def failed(error: PlanhatTuiError) -> None:
            waited_for = self._leave(sheet)
            if refused is not None:
                refused(error)
            elif waited_for:
                before.say_problem(error)

        def open_it() -> Found:
            return first_look(workspaces.reach(name), start)

        before.set_timer(LONG, partial(self._cover, sheet, before))
        before.wait_for(open_it, opened, failed, opens=True)

    def _cover(self, sheet: Opening, before: Explorer) -> None:
        """Keep the keys from the tenant before."""

        def closed(comes: bool | None) -> None:  # noqa: FBT001 -- the answer of the sheet
            if not comes:
                self._leave(sheet)

        if self._awaited is sheet and self._app.screen is before:
            self._app.push_screen(sheet, closed)

    def _leave(self, sheet: Opening) -> bool:
        """Wait no more for a tenant; ``False`` if nobody did: one stays, or chose another."""
        if self._awaited is not sheet:
            return False
        self._awaited = None
        message = self._app.explorer.message
        if message.said == sheet.told:
            message.say("")
        if sheet.is_active:
            sheet.dismiss(True)  # noqa: FBT003 -- the answer of the sheet
        return True
