"""The answer of a command: some lines to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from planhat_tui.tui.screens.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class Report(Sheet[None]):
    """Lines under the command that gave them."""

    HINT = ("up down: scroll", "{close}: close")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "close", show=False)]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__(title)
        self.lines = tuple(lines)

    def body(self) -> ComposeResult:
        """Draw the lines."""
        with VerticalScroll(classes="sheet-scroll"):
            yield Static(Content("\n").join(Content(line) for line in self.lines))

    def on_mount(self) -> None:
        """Scroll with the keys at once."""
        self.query_one(VerticalScroll).focus()
