"""The line under the panes: the last message, or the ``:`` line with history and completion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from planhat_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class CommandLine(Line):
    """The ``:`` line: arrows walk the history, Tab the completions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "older", show=False),
        Binding("down", "newer", show=False),
        Binding("tab", "complete(1)", show=False),
        Binding("shift+tab", "complete(-1)", show=False),
        Binding("escape", "leave", show=False),
    ]

    @dataclass
    class Left(Message):
        """Escape: the line is given up."""

    @dataclass
    class CompletionWanted(Message):
        """Tab asks what could stand here."""

        text: str
        cursor: int

    def __init__(self) -> None:
        super().__init__(id="command")
        self.history: list[str] = []
        self._place = 0
        self._completions: tuple[str, ...] = ()
        self._turn = 0

    def begin(self, history: Sequence[str], text: str = "") -> None:
        """Start a new line; ``history`` is oldest first."""
        self.history = [*history]
        self._place = len(self.history)
        self._completions = ()
        self.replace_text(text)
        self.focus()

    def action_older(self) -> None:
        """Take the line before."""
        if self._place > 0:
            self._place -= 1
            self.replace_text(self.history[self._place])

    def action_newer(self) -> None:
        """Take the next line, at last an empty one."""
        self._place = min(self._place + 1, len(self.history))
        at_end = self._place == len(self.history)
        self.replace_text("" if at_end else self.history[self._place])

    def action_complete(self, step: int) -> None:
        """Put the next completion in, or ask for completions."""
        if self.value in self._completions:
            self._turn = (self._completions.index(self.value) + step) % len(self._completions)
            self.replace_text(self._completions[self._turn])
        else:
            self.post_message(self.CompletionWanted(self.value, self.cursor_position))

    def complete(self, asked: str, lines: Sequence[str]) -> None:
        """Take completions: whole lines that could stand instead of ``asked``."""
        if lines and self.value == asked:
            self._completions = tuple(lines)
            self.replace_text(lines[0])

    def action_leave(self) -> None:
        """Give the line up."""
        self.post_message(self.Left())


class MessageLine(Horizontal):
    """The last message, until the next; while ``:`` is open, the command line."""

    def __init__(self) -> None:
        super().__init__(id="messageline")
        self.said = ""
        self._text = Static("", id="message")
        self._colon = Static(":", id="colon")
        self.command = CommandLine()

    def compose(self) -> ComposeResult:
        """Draw the message, and the command line beside it, hidden."""
        yield self._text
        yield self._colon
        yield self.command

    def say(self, text: str, *, bad: bool = False) -> None:
        """Show a sentence."""
        self.said = text
        self._text.update(Content(text))
        self._text.set_class(bad, "-bad")

    def open(self, history: Sequence[str], text: str = "") -> None:
        """Open the command line."""
        self.add_class("-command")
        self.command.begin(history, text)

    def close_line(self) -> None:
        """Close the command line; the message is there again."""
        self.remove_class("-command")

    @property
    def is_open(self) -> bool:
        """Whether the command line is open."""
        return self.has_class("-command")
