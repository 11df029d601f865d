"""The app: one explorer for each open profile, the themes, the filters before the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App
from textual.filter import Monochrome, NoColor

from planhat_tui.tui import themes
from planhat_tui.tui.hostile import HostileText
from planhat_tui.tui.palette import Verbs
from planhat_tui.tui.panes.companies import look
from planhat_tui.tui.presentation import glyphs
from planhat_tui.tui.reading import Reading
from planhat_tui.tui.screens.explorer import Explorer
from planhat_tui.tui.typeahead import TypeAhead, Walked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from pathlib import PurePath

    from textual.app import SystemCommand
    from textual.binding import BindingType
    from textual.driver import Driver
    from textual.screen import Screen

    from planhat_tui.tui.panes.companies import Found
    from planhat_tui.tui.session import Session

SIGNALS = (signal.SIGTERM, signal.SIGHUP)
"""What ends the app from outside: the terminal is given back, the exit status tells."""


STYLED = ("bars", "line", "messageline", "picker", "rows", "rule")
"""Widgets with a style sheet of their own beside them."""


class PlanhatApp(App[None]):
    """The explorer in a terminal."""

    TITLE = "planhat-tui"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[Any]] = {Verbs}
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "app.tcss",
        *(f"widgets/{name}.tcss" for name in STYLED),
    ]
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, session: Session, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        self.session = session
        self.reading = Reading()
        self.typing = TypeAhead(self, super().on_event, time.monotonic)
        self.animation_level = "none"
        self._explorers: dict[str, Explorer] = {}
        self._filters.append(HostileText())
        if self.no_color:  # to the letter: not even greys
            self._filters = [NoColor() if isinstance(f, Monochrome) else f for f in self._filters]
        self._first = look(session.workspaces.current)
        self.look(session.theme)

    # -- time and looks

    def now(self) -> datetime:
        """Return the moment, in this place's zone."""
        return self.session.clock.now()

    def today(self) -> date:
        """Return the day, in this place."""
        return self.now().date()

    def wall(self) -> float:
        """Return seconds since the epoch."""
        return self.session.clock.wall()

    def monotonic(self) -> float:
        """Return monotonic seconds, as the rate limit counts them."""
        return self.session.clock.monotonic()

    def look(self, name: str) -> None:
        """Use a theme, with the accent of the profile that is on screen."""
        chosen = self.session.themes[name]
        accent = self.session.workspaces.current.profile.accent
        made = themes.convert(chosen, accent)
        if made.name not in self.available_themes:
            self.register_theme(made)
        self.theme_name = name
        self.glyphs = glyphs.choose(chosen.glyphs, self.session.env)
        self.theme = made.name

    # -- one explorer for each open profile

    async def on_mount(self) -> None:
        """Show the profile that runtime opened."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self._ended, number)
        self.set_keymap(dict(self.session.runtime.config.settings.keys))
        await self.push_screen(self._shown(self._first))

    @property
    def explorer(self) -> Explorer:
        """The explorer of the profile on screen."""
        return self._explorers[self.session.workspaces.current.profile.name]

    def _shown(self, first: Found) -> str:
        """Return the name of the screen of the profile that is open, made if it wasn't.

        It is installed, so that it lives on while another one is shown.
        """
        workspace = self.session.workspaces.current
        name = workspace.profile.name
        if name not in self._explorers:
            self._explorers[name] = Explorer(workspace, first)
            self.install_screen(self._explorers[name], name)
        return name

    def switch_to(self, name: str) -> None:
        """Put another profile on screen; each keeps its place, filter, marks and drafts."""
        before = self.explorer

        def opened(first: Found) -> None:
            self.look(self.theme_name)
            self.switch_screen(self._shown(first))
            self.explorer.greet(f"{name} is on screen.  P goes back")

        before.wait_for(lambda: look(self.session.workspaces.open(name)), opened)

    # -- keys

    async def on_event(self, event: events.Event) -> None:
        """Let keys go one at a time."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self.typing.hear(event)
        else:
            await super().on_event(event)

    async def on_walked(self, event: Walked) -> None:
        """Let the next key go."""
        await self.typing.walked(event)

    # -- the end

    def _ended(self, number: int) -> None:
        self.exit(return_code=128 + number)

    async def action_quit(self) -> None:
        """End; what isn't delivered is kept, and named on the way out."""
        self.exit()

    def on_unmount(self) -> None:
        """Let the threads go."""
        self.reading.close()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:  # noqa: ARG002 -- Textual's signature
        """Return none of Textual's own: the palette has ours."""
        return ()
