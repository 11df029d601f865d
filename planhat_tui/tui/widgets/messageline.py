"""The line under the panes: the last message, or the ``:`` line with history and completion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from planhat_tui.tui.keys import Sentence
from planhat_tui.tui.widgets.line import Line
from planhat_tui.tui.widgets.words import Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from planhat_tui.commands.completing import Lines


class CommandLine(Line):
    """The ``:`` line: arrows walk the history, ctrl+r searches it, Tab the completions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "older", show=False),
        Binding("down", "newer", show=False),
        Binding("ctrl+r", "search", show=False),
        Binding("tab", "complete(1)", show=False),
        Binding("shift+tab", "complete(-1)", show=False),
        Binding("escape", "leave", show=False),
    ]

    @dataclass
    class Left(Message):
        """Escape: the line is given up."""

    @dataclass
    class CompletionWanted(Message):
        """What could stand here is to be told."""

        text: str

    @dataclass
    class Taken(Message):
        """Tab has put one of the choices in."""

        offered: Lines

    @dataclass
    class Searched(Message):
        """ctrl+r looked for ``piece`` in the history, and ``found`` one or not."""

        piece: str
        found: bool

    def __init__(self) -> None:
        super().__init__(joint=" ; ", id="command")
        self.history: list[str] = []
        self._place = 0
        self._typed = ""
        self._offered: Lines | None = None
        self._wanted = 0
        self._piece = ""
        self._put_in = ""

    def begin(self, history: Sequence[str], text: str = "") -> None:
        """Start a new line; ``history`` is oldest first."""
        self.history = [*history]
        self._place = len(self.history)
        self._offered = None
        self._wanted = 0
        self._put_in = ""
        self.replace_text(text)
        self.focus()
        self.post_message(self.CompletionWanted(text))

    def watch_value(self, value: str) -> None:
        """Ask what could stand at the end of what is typed, but not of what ctrl+r put in."""
        offered = self._offered.lines if self._offered is not None else ()
        if self.has_focus and value not in {*offered, self._put_in}:
            self.post_message(self.CompletionWanted(value))

    def action_older(self) -> None:
        """Take the line before."""
        if self._place > 0:
            self._keep_typed()
            self._place -= 1
            self.replace_text(self.history[self._place])

    def action_newer(self) -> None:
        """Take the next line, at last what was being typed."""
        if self._place < len(self.history):
            self._keep_typed()
            self._place += 1
            self.replace_text([*self.history, self._typed][self._place])

    def _keep_typed(self) -> None:
        """Keep what is in the line, unless it's one of the history as it was."""
        if self._place == len(self.history) or self.value != self.history[self._place]:
            self._typed = self.value

    def action_search(self) -> None:
        """Take the last line that holds what was typed; again, the one before it."""
        if self.value != self._put_in:
            self._keep_typed()
            self._piece, self._place = self.value, len(self.history)
        held = [n for n in range(self._place) if self._piece in self.history[n]]
        held = [n for n in held if self.history[n] != self.value]
        if held:
            self._place = held[-1]
            self._put_in = self.history[self._place]
            self.replace_text(self._put_in)
        self.post_message(self.Searched(self._piece, bool(held)))

    def action_complete(self, step: int) -> None:
        """Put the next completion in, or ask for completions."""
        offered = self._offered
        if offered is not None and self.value in offered.lines:
            place = offered.lines.index(self.value) + step
            self._take(offered, place % len(offered.lines))
        elif offered is not None and offered.lines and offered.text == self.value:
            self._take(offered, 0)
        else:
            self._wanted = step
            self.post_message(self.CompletionWanted(self.value))

    def complete(self, offered: Lines) -> None:
        """Take what can stand instead of what was typed; put the first in if Tab waits for it."""
        if self.value != offered.text:
            return
        self._offered = offered
        if self._wanted and offered.lines:
            self._take(offered, 0)
        self._wanted = 0

    def _take(self, offered: Lines, place: int) -> None:
        self.replace_text(offered.lines[place])
        self.post_message(self.Taken(offered._replace(text=self.value)))

    def action_leave(self) -> None:
        """Give the line up."""
        self.post_message(self.Left())


class MessageLine(Horizontal):
    """The last message, until the next; while ``:`` is open, the command line."""

    @dataclass
    class Grown(Message):
        """It takes more lines now, or fewer."""

    def on_resize(self) -> None:
        """Tell that what lies under it is another part of the screen."""
        self.post_message(self.Grown())

    def __init__(self) -> None:
        super().__init__(id="messageline")
        self.told = Sentence("")
        self._text = Told("", id="message")
        self._colon = Static(":", id="colon")
        self.command = CommandLine()

    def compose(self) -> ComposeResult:
        """Draw the message, and the command line beside it, hidden."""
        yield self._text
        yield self._colon
        yield self.command

    @property
    def said(self) -> str:
        """The text of the sentence that is shown; empty if none is."""
        return self.told.text

    def say(self, told: Sentence | str, *, bad: bool = False) -> None:
        """Show a sentence."""
        self.told = Sentence(told) if isinstance(told, str) else told
        self._text.speak(self.told)
        self._text.set_class(bad, "-bad")

    def open(self, history: Sequence[str], text: str = "", *, wrong_at: int | None = None) -> None:
        """Open the command line; with ``wrong_at`` the message stays over it, the cursor there."""
        self.add_class("-command")
        self.set_class(wrong_at is not None, "-wrong")
        self.command.begin(history, text)
        if wrong_at is not None:
            self.command.cursor_position = wrong_at

    def close_line(self) -> None:
        """Close the command line; the message is there again."""
        self.remove_class("-command", "-wrong")

    @property
    def is_open(self) -> bool:
        """Whether the command line is open."""
        return self.has_class("-command")
