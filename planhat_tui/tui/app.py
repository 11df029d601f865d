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
from textual.widgets import Input

from planhat_tui.model.text import visible
from planhat_tui.tui import themes
from planhat_tui.tui.configuring import Configuring
from planhat_tui.tui.hostile import HostileText
from planhat_tui.tui.looking import first_look
from planhat_tui.tui.messages import Said
from planhat_tui.tui.presentation import glyphs
from planhat_tui.tui.presentation.cells import literal, named
from planhat_tui.tui.presentation.moments import running
from planhat_tui.tui.reading import Reading
from planhat_tui.tui.restyling import Restyling
from planhat_tui.tui.screens.explorer import Explorer
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.stylesheet import KeptStylesheet
from planhat_tui.tui.switching import Switching
from planhat_tui.tui.typeahead import TypeAhead
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.tui.widgets.toosmall import QUIT, is_too_small

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import PurePath

    from rich.console import RenderableType
    from textual.app import SystemCommand
    from textual.binding import BindingType
    from textual.command import Provider
    from textual.driver import Driver
    from textual.screen import Screen

    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.tui.looking import Found
    from planhat_tui.tui.restyling import Restyled
    from planhat_tui.tui.session import Session

USUAL = "planhat-dark"
"""The theme where no other can be used."""

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
"""What ends the app from outside: the terminal is given back, the exit status tells."""

AGAIN = 10.0
"""Seconds in which a second ctrl+q ends, though a call is running."""

ATTENTION = 0.25
"""Seconds from a key after which others are answered though its list isn't there."""

STYLED = ("bars", "line", "messageline", "picker", "rows", "rule", "toosmall")
"""Widgets with a style sheet of their own beside them."""


def _verbs() -> type[Provider]:
    from planhat_tui.tui.palette import Verbs

    return Verbs


class PlanhatApp(App[None]):
    """The explorer in a terminal."""

    TITLE = "planhat-tui"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[Any]] = {_verbs}
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "app.tcss",
        *(f"widgets/{name}.tcss" for name in STYLED),
        "screens/explorer.tcss",
    ]
    BINDINGS: ClassVar[list[BindingType]] = []
    SUSPENDED_SCREEN_CLASS = "-covered"

    def __init__(self, session: Session, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        self.session = session
        self.reading = Reading(stands=self._show_waiting, followed=self._followed)
        self.restyling = Restyling(session.runtime.paths.user_themes, session.themes)
        self.changed_keys = session.runtime.config.settings.keys
        self.typing = TypeAhead(
            self, self._hand_over, time.monotonic, self._pressed, self.reading.arrived
        )
        self.configuring = Configuring(self)
        self.animation_level = "none"
        self._explorers: dict[str, Explorer] = {}
        self._on_screen = ""
        self._switching = Switching(self, self._come)
        self._attends: asyncio.TimerHandle | None = None
        self._quitting: float | None = None
        self._question = (0, "")
        self.fault: Exception | None = None
        self.no_color = bool(session.env.get("NO_COLOR"))  # Textual heeds an empty one too
        usual = (f for f in self._filters if not isinstance(f, (Monochrome, NoColor)))
        plain = (NoColor(),) if self.no_color else ()  # to the letter: not even greys
        self._filters = [*usual, *plain, HostileText()]
        self._first = first_look(session.workspaces.current, session.runtime.config.start_view)
        self.theme_name = USUAL
        self.look(session.theme)

    def get_driver_class(self) -> type[Driver]:
        """Return what draws: on a terminal, one that notices when it's gone."""
        usual = super().get_driver_class()
        if usual.__name__ != "LinuxDriver":
            return usual
        from planhat_tui.tui.terminal import Terminal

        return Terminal

    # -- time and looks

    def now(self) -> datetime:
        """Return the moment, in this place's zone."""
        return self.session.clock.now()

    def wall(self) -> float:
        """Return seconds since the epoch."""
        return self.session.clock.wall()

    def monotonic(self) -> float:
        """Return monotonic seconds, as the rate limit counts them."""
        return self.session.clock.monotonic()

    def pressed_at(self) -> float:
        """Return when the key that is at work was pressed, in monotonic seconds."""
        pressed = self.typing.pressed_at
        return self.monotonic() if pressed is None else pressed

    def look(self, wanted: str) -> None:
        """Use a theme, with the accent of the profile that is on screen.

        One that isn't there is used as soon as it is; until then what is drawn stays, or the usual.
        """
        there = self.restyling.themes
        name = next(one for one in (wanted, self.theme_name, USUAL) if one in there)
        self.wanted_theme = wanted
        chosen = self.restyling.themes[name]
        accent = self.session.workspaces.current.profile.accent
        made = themes.convert(chosen, accent)
        again = made.name == self.theme and made != self.available_themes[made.name]
        self.register_theme(made)
        self.theme_name = name
        self.glyphs = glyphs.choose(chosen.glyphs, self.session.env, chosen.borders)
        self.set_class(chosen.borders == "none", "-no-borders")
        self.theme = made.name
        if again:
            self.mutate_reactive(PlanhatApp.theme)
        for explorer in self._explorers.values():  # their lines are made of the signs before
            if explorer.is_mounted:
                explorer.standing.draw_header()
                explorer.standing.draw_state()

    def restyle(self, found: Restyled | None) -> None:
        """Use the themes as they are saved now, and say so; mistakes change nothing."""
        if found is None:
            return
        drawn = self.theme_name
        if found.new & {drawn, self.wanted_theme} or drawn not in found.themes:
            self.look(self.wanted_theme)
        told = literal(found.told)
        if drawn not in found.themes:
            meanwhile = f"{self.theme_name} is on screen meanwhile"
            gone = f"The theme {literal(visible(drawn))} is gone: {meanwhile}"
            self.explorer.say("  ".join(filter(None, [gone, told])), bad=True)
        elif told:
            self.explorer.say(told, bad=found.bad)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Draw, with the terminal's own cursor where the focus is now, for whoever reads by it.

        Whoever has the focus can't place it: what others take from the screen moves them.
        """
        focused = screen.focused
        if focused is not None and focused.region:
            self.cursor_position = (
                focused.cursor_screen_offset
                if isinstance(focused, Rows | Input)
                else focused.content_region.offset
            )
        super()._display(screen, renderable)

    # -- one explorer for each open profile

    def get_default_screen(self) -> Explorer:
        """Return the profile that runtime opened: no other screen is laid out and drawn before."""
        explorer = self._shown(self._first)
        # Textual takes one away from a screen that is switched from, and gave the first none.
        explorer._push_result_callback(explorer, None)  # noqa: SLF001 -- as its switch_screen does
        return explorer

    def clear_selection(self) -> None:
        """Select nothing. A line is made with its text before there is a screen to select on."""
        if self.screen_stack:
            super().clear_selection()

    def on_mount(self) -> None:
        """Hear what ends the app from outside; go by the keys of the config."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self._ended, number)
        self.take_keys(self.changed_keys)

    @property
    def explorer(self) -> Explorer:
        """The explorer that is shown; while another profile is opened, still the one before."""
        return self._explorers[self._on_screen]

    def _show_waiting(self) -> None:
        """Show what waits for the profile that a person has come to."""
        if self._on_screen:
            self.explorer.show_waiting()

    def _shown(self, first: Found) -> Explorer:
        """Return the screen of the profile that is open, made if it wasn't.

        It is installed, so that it lives on while another one is shown.
        """
        workspace = self.session.workspaces.current
        name = workspace.profile.name
        if name not in self._explorers:
            self._explorers[name] = Explorer(workspace, first)
            self.install_screen(self._explorers[name], name)
        self._on_screen = name
        return self._explorers[name]

    def switch_to(
        self,
        name: str,
        arrived: Callable[[Explorer], None] | None = None,
        failed: Callable[[PlanhatTuiError], None] | None = None,
    ) -> None:
        """Put another profile on screen; each keeps its place, filter, marks and drafts.

        ``arrived`` is told once it's there, ``failed`` why it can't be: the line of messages is,
        where nobody else wants to hear it.
        """
        self._switching.to(name, arrived, failed)

    def _come(self, name: str, first: Found) -> None:
        """Put a profile on screen that is open by now, in the place of the one before.

        A sheet that came over that one meanwhile goes with it; what is typed there has its draft.
        """
        while self.screen is not self.explorer:
            self.screen.dismiss()
        self.session.workspaces.open(name)
        self.look(self.wanted_theme)
        self.switch_screen(self._shown(first))
        self.explorer.remember_on_screen()
        self.explorer.standing.greet(f"{name} is on screen.  {{last_tenant}} goes back")

    def calling_elsewhere(self, here: Explorer) -> str:
        """Say which call runs in another tenant: ``call in nord ▸ 2:07``; empty if none does."""
        calls = {
            (one.workspace.tenant, partner.key): (name, timer.lasted(self.now()))
            for name, one in self._explorers.items()
            for partner, timer in one.calls.running.items()
            if one.workspace.tenant != here.workspace.tenant
        }
        times = [(name, lasted) for name, lasted in calls.values() if lasted is not None]
        if not times:
            return ""
        name, lasted = times[-1]
        more = f" and {len(times) - 1} more" if times[1:] else ""
        return f"call in {name} {self.glyphs.caret} {running(lasted)}{more}"

    # -- keys

    def take_keys(self, changed: Mapping[str, str]) -> None:
        """Go by these keys, where they differ from the table."""
        self.changed_keys = changed
        self.set_keymap(dict(changed))
        for explorer in self._explorers.values():
            explorer.draw_keys()

    async def on_event(self, event: events.Event) -> None:
        """Let keys go one at a time, and what is pasted or clicked in its turn."""
        if isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded:
            await self.typing.hear(event)
        else:
            await self._hand_over(event)

    def _pressed(self) -> None:
        """Have all that isn't the key's wait for its answer, but not for ever."""
        self.session.pressed()
        self.reading.attend()
        if self._attends is not None:
            self._attends.cancel()
        loop = asyncio.get_running_loop()
        self._attends = loop.call_later(ATTENTION, self.reading.let_follow)

    def _followed(self) -> None:
        """Draw what has waited for a key. Safe from any thread."""
        if self._on_screen:
            self.explorer.check_idle()

    async def _hand_over(self, event: events.Event) -> None:
        """Give an event to what it's for; what can't be seen gets no key, no paste, no click."""
        typed = isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded
        quits = isinstance(event, events.Key) and event.key == QUIT
        if not typed or quits or not is_too_small(self.size):
            await super().on_event(event)

    def action_command_palette(self) -> None:
        """Show the commands, in place of the keys where these are shown; of a sheet its own."""
        from planhat_tui.tui.palette import Palette, of_keys
        from planhat_tui.tui.screens.help import Help

        if isinstance(self.screen, Help):
            self.screen.dismiss()
        if isinstance(self.screen, Sheet) and not any(of_keys(self.screen)):
            self.screen.tell("The keys are those below.  {close} leads back to all commands")
        elif not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    # -- the end

    def _handle_exception(self, error: Exception) -> None:
        """End by a fault of our own, which whoever runs the app tells.

        Textual would draw all variables on the terminal: what is typed, a token too, and records.
        """
        self.fault = self.fault or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Close, without a word."""
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:  # noqa: ARG002 -- Textual's signature
        """Close, without a word: it is said of a fault in which Textual has more to say."""
        self._close_messages_no_wait()

    def _ended(self, number: int) -> None:
        self.exit(return_code=128 + number)

    async def action_quit(self) -> None:
        """End; what isn't delivered is kept, and named on the way out.

        Calls that run or aren't saved are named first: who forgot one can still save it. The second
        time soon after ends. Two profiles of one tenant know the same calls.
        """
        told, self._quitting = self._quitting, self.monotonic()
        calls = [(one.workspace.tenant, one.calls) for one in self._explorers.values()]
        running = {
            (tenant, partner.key): named(partner.whom)
            for tenant, one in calls
            for partner in one.running
        }
        unsaved = {
            (tenant, key): whom for tenant, one in calls for key, whom in one.unsaved.items()
        }
        if unsaved and (told is None or self._quitting - told > AGAIN):
            said = f"A call with {' and '.join(running.values())} is running; its draft is kept"
            if len(unsaved) > len(running):
                isnt = "call isn't" if len(unsaved) == 1 else "calls aren't"
                whom = ", ".join(unsaved.values())
                said = f"{len(unsaved)} {isnt} saved: {whom}.  The drafts are kept"
            self._question = self.typing.count, f"{said}.  ctrl+q again quits"
            self.screen.post_message(Said(self.question))
        else:
            self.exit()

    @property
    def question(self) -> str:
        """What is asked before the end, until the next key; empty if nothing is.

        It isn't talked over by what comes of earlier keys: a tenant, the answer of a ``:`` line.
        """
        count, said = self._question
        stands = self._quitting is not None and self.monotonic() - self._quitting <= AGAIN
        return said if stands and count == self.typing.count else ""

    def action_help_quit(self) -> None:
        """Say what ctrl+c is not for, in the line that says everything, not over it."""
        self.screen.post_message(Said("ctrl+q quits"))

    def on_unmount(self) -> None:
        """Let the threads go."""
        self.reading.close()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:  # noqa: ARG002 -- Textual's signature
        """Return none of Textual's own: the palette has ours."""
        return ()
