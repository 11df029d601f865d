"""Textual's palette (ctrl+p): the keys of what has the focus, the verbs, tenants and themes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from planhat_tui.commands.context import Door
from planhat_tui.config.profiles import DEMO_NAMES
from planhat_tui.tui.keys import keys_of, shown
from planhat_tui.tui.screens.explorer import Explorer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planhat_tui.tui.app import PlanhatApp

HIDDEN = frozenset({"down", "up", "top", "bottom", "half_down", "half_up", "open", "back"})
"""Keys that only move."""

NAMES: Final = 22
"""Cells for the names of commands; what they do stands behind."""


class Verbs(Provider):
    """What can be done from here, by name."""

    async def search(self, query: str) -> Hits:
        """Find a command by a piece of its name."""
        matcher = self.matcher(query)
        for name, help_text, run in self._all():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, _line(matcher.highlight(name), help_text), run, text=name)

    async def discover(self) -> Hits:
        """Offer everything before a letter is typed."""
        for name, help_text, run in self._all():
            yield DiscoveryHit(_line(Content(name), help_text), run, text=name)

    def _all(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        app = cast("PlanhatApp", self.app)
        explorer = self.screen
        if not isinstance(explorer, Explorer):
            return
        yield from _of_keys(explorer)
        yield from _of_registry(explorer)
        runtime = app.session.runtime
        for name in (*runtime.config.profiles, *DEMO_NAMES):
            yield f"tenant: {name}", "put it on screen", partial(app.switch_to, name)
        for name in app.session.themes:
            yield f"theme: {name}", "use it until the end of this run", partial(app.look, name)
        yield "quit", "ctrl+q", app.exit


def _line(name: Content, help_text: str) -> Content:
    """Return a command and what it does, on one line."""
    blanks = " " * max(2, NAMES - name.cell_length)
    return Content.assemble(name, blanks, (help_text, "not bold $muted"))


def _of_keys(explorer: Explorer) -> Iterator[tuple[str, str, Callable[[], object]]]:
    changed = explorer.planhat.session.runtime.config.settings.keys
    seen: set[str] = set()
    for part in explorer.parts:
        for key in keys_of(*part.PLACES):
            if key.name not in seen | HIDDEN:
                seen.add(key.name)
                help_text = f"{shown(key, changed)}: {key.help}"
                yield key.words, help_text, partial(part.action_do, key.name)


def _of_registry(explorer: Explorer) -> Iterator[tuple[str, str, Callable[[], object]]]:
    from planhat_tui.commands.registry import commands

    for command in commands():
        if Door.LINE in command.doors:
            if command.params:
                run = partial(explorer.commanding.open, f"{command.name} ")
            else:
                run = partial(explorer.commanding.run, command.name)
            yield f":{command.name}", command.summary, run
