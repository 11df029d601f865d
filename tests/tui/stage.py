"""A small app with what the explorer's app offers, on which one widget can be tried."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import App
from textual.containers import Vertical
from textual.message import Message

import planhat_tui.tui
from planhat_tui.config.themes import load_themes
from planhat_tui.tui.hostile import HostileText
from planhat_tui.tui.presentation.glyphs import UNICODE, Glyphs
from planhat_tui.tui.reading import Reading
from planhat_tui.tui.themes import convert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import PurePath

    from textual.app import ComposeResult
    from textual.pilot import Pilot
    from textual.widget import Widget

TUI = Path(planhat_tui.tui.__file__).parent
SHEETS = (TUI / "app.tcss", *sorted((TUI / "widgets").glob("*.tcss")))
SHIPPED, _ = load_themes(Path("/nowhere"))
MOMENT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


class Floor(Vertical):
    """Holds the widgets one under the other, and keeps the messages that come up from them."""

    def __init__(self, widgets: Iterable[Widget]) -> None:
        super().__init__(*widgets)
        self.heard: list[Message] = []

    @on(Message)
    def _hear(self, message: Message) -> None:
        if not isinstance(message, events.Event):
            self.heard.append(message)


class Stage(App[None]):
    """Shows widgets, and offers them what the explorer's app does."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*SHEETS]
    CSS = """
        Screen { overflow: hidden; }
        Rows { height: 1fr; }
        Toggle { height: 1; }
        Picker { height: 8; }
    """
    AUTO_FOCUS = ""
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self, *widgets: Widget, glyphs: Glyphs = UNICODE, theme: str = "planhat-dark"
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.glyphs = glyphs
        self.reading = Reading()
        self.session = None
        self.changed_keys: dict[str, str] = {}
        self.floor = Floor(widgets)
        self._filters.append(HostileText())
        made = convert(SHIPPED[theme])
        self.register_theme(made)
        self.theme = made.name

    def compose(self) -> ComposeResult:
        yield self.floor

    def now(self) -> datetime:
        return MOMENT

    def wall(self) -> float:
        return MOMENT.timestamp()

    def monotonic(self) -> float:
        return 1000.0

    def pressed_at(self) -> float:
        return self.monotonic()

    def all_heard(self, kind: type[Message]) -> list[Message]:
        """Return the messages of exactly this kind, the first first."""
        return [message for message in self.floor.heard if type(message) is kind]

    def on_unmount(self) -> None:
        self.reading.close()

    @property
    def lines(self) -> list[str]:
        """What the terminal would show."""
        strips = self.screen._compositor.render_strips(self.size)
        return [strip.text for strip in strips]


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Let the app go on until the condition holds."""
    for _ in range(5000):
        await pilot.pause()
        if condition():
            return
    raise AssertionError("what was waited for doesn't happen")


async def answered(app: Stage, pilot: Pilot[None]) -> None:
    """Wait until what was asked of the store has been answered."""
    await asyncio.wrap_future(app.reading.barrier())
    await pilot.pause()


async def drawn(app: Stage, pilot: Pilot[None]) -> None:
    """Draw the screen, which nobody else does where there's no terminal, and hear what follows."""
    await pilot.pause()
    assert app.lines
    await pilot.pause()
