"""Textual's palette (ctrl+p): the keys of what has the focus, the verbs, tenants and themes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from textual.command import (
    CommandInput,
    CommandList,
    CommandPalette,
    DiscoveryHit,
    Hit,
    Hits,
    Provider,
)
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import LoadingIndicator

from planhat_tui.commands.barring import why_not
from planhat_tui.commands.context import Door
from planhat_tui.commands.words import quoted
from planhat_tui.config.profiles import DEMO_NAMES
from planhat_tui.tui.helping import Helping
from planhat_tui.tui.keys import keys_of, shown
from planhat_tui.tui.presentation.cells import wrapped
from planhat_tui.tui.screens.explorer import Explorer
from planhat_tui.tui.widgets.fitting import FOOT, Fitting, Yielding
from planhat_tui.tui.widgets.sheetkeys import SheetKeys, sheet_keys
from planhat_tui.tui.widgets.toosmall import TooSmall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual import events
    from textual.app import ComposeResult

    from planhat_tui.commands.registry import Command
    from planhat_tui.tui.app import PlanhatApp
    from planhat_tui.tui.widgets.sheetkeys import SheetKey

HIDDEN = frozenset({"down", "up", "top", "bottom", "half_down", "half_up", "open", "back"})
"""Keys that only move."""

NAMES: Final = 22
"""Cells for the names of commands; what they do stands behind."""

BESIDE: Final = 4
"""Cells that its lines leave free: a blank at each side, and the scroll bar."""


class Entry(NamedTuple):
    """One line of the palette. What isn't ``able`` tells why in its ``help``, and when it's run."""

    name: str
    help: str
    run: Callable[[], object]
    able: bool = True


class Palette(CommandPalette):
    """Textual's palette, which keeps its height as sheets do, and is covered as they are."""

    def __init__(self) -> None:
        super().__init__(id="--command-palette")
        self.too_small = TooSmall()

    def compose(self) -> ComposeResult:
        """Draw the line, what it finds, and the cover over both."""
        with Fitting(id="--container"):
            with Horizontal(id="--input"):
                yield CommandInput(placeholder=self._placeholder, select_on_focus=False)
            with Yielding(id="--results"):
                yield CommandList()
                yield LoadingIndicator()
            yield SheetKeys(self._keys, id="palette-keys", classes=FOOT)
        yield self.too_small

    @property
    def _keys(self) -> Sequence[SheetKey]:
        """Its keys; those that the config changes aren't among them: they are Textual's."""
        return sheet_keys(
            ("letters: search", "up down: choose", "enter: do it", "esc: close"), (), {}
        )

    def on_resize(self, event: events.Resize) -> None:
        """Say what a terminal that is too small needs."""
        self.too_small.look(event.size)


class Verbs(Provider):
    """What can be done from here, by name."""

    async def search(self, query: str) -> Hits:
        """Find a command by a piece of its name."""
        matcher = self.matcher(query)
        for entry in self._all():
            score = matcher.match(entry.name)
            if score > 0:
                shown = _line(matcher.highlight(entry.name), entry, self.app.size.width)
                yield Hit(score, shown, entry.run, text=entry.name)

    async def discover(self) -> Hits:
        """Offer everything before a letter is typed."""
        for entry in self._all():
            shown = _line(Content(entry.name), entry, self.app.size.width)
            yield DiscoveryHit(shown, entry.run, text=entry.name)

    def _all(self) -> Iterator[Entry]:
        app = cast("PlanhatApp", self.app)
        explorer = self.screen
        if isinstance(explorer, Helping):
            yield from of_keys(explorer)
        if not isinstance(explorer, Explorer):  # of a sheet these are all
            return
        yield from _of_registry(explorer)
        runtime = app.session.runtime
        for name in (*runtime.config.profiles, *DEMO_NAMES):
            yield Entry(f"tenant: {name}", "put it on screen", partial(app.switch_to, name))
        for name in app.restyling.themes:
            run = partial(explorer.commanding.run, f"theme use {quoted(name)}", remember=False)
            yield Entry(f"theme: {name}", "use it from now on", run)
        yield Entry("quit", "ctrl+q", app.action_quit)


def _line(name: Content, entry: Entry, width: int) -> Content:
    """Return a command and what it does, in a terminal of ``width`` cells.

    What is too long goes on under its own column. One that can't be done is dim, with why.
    """
    start = max(NAMES, name.cell_length + 2)
    blanks = " " * (start - name.cell_length)
    told = f"\n{' ' * start}".join(wrapped(entry.help, max(NAMES, width - start - BESIDE)))
    shown = name if entry.able else name.stylize("dim")
    return Content.assemble(shown, blanks, (told, "not bold $muted"))


def of_keys(screen: Helping) -> Iterator[Entry]:
    """Return the keys of what has the focus, but for those that only move."""
    changed = screen.planhat.changed_keys
    seen: set[str] = set()
    for part in screen.parts:
        for key in keys_of(*part.PLACES):
            if key.name not in seen | HIDDEN:
                seen.add(key.name)
                reason = part.keyed(part.why_not(key.name))
                help_text = f"{shown(key, changed)}: {reason or key.help}"
                run = partial(part.action_do, key.name)  # it says why not, where it can't be done
                yield Entry(key.words, help_text, run, able=not reason)


def offered() -> tuple[Command, ...]:
    """Return the verbs that the palette leads to."""
    from planhat_tui.commands.registry import commands

    return tuple(command for command in commands() if Door.PALETTE in command.doors)


def _of_registry(explorer: Explorer) -> Iterator[Entry]:
    """Return the verbs; one that can't run now tells why in its place, and when it's chosen."""
    selection = explorer.selection()
    workspace = explorer.workspace
    for command in offered():
        reason = why_not(command, workspace.profile, selection, unwritable=workspace.unwritable)
        run: Callable[[], object]
        if reason:
            run = partial(explorer.say, reason)
        elif command.params:
            run = partial(explorer.commanding.open, f"{command.name} ")
        else:
            run = partial(explorer.commanding.run, command.name)
        yield Entry(f":{command.name}", reason or command.summary, run, able=not reason)
