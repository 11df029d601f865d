"""What can't be taken back is confirmed by typing a word and Enter.

Input that arrives in the first 300 ms is dropped, so that a held key confirms nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

DEAF: Final = 0.3
"""Seconds from the opening in which keys don't count."""


class DeafLine(Line):
    """A line that hears nothing at first. ``clock`` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(id="confirm-line")
        self._clock = clock
        self._opened = clock()

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override] # it waits for nothing
        self._drop_early(event)

    def _on_paste(self, event: events.Paste) -> None:
        self._drop_early(event)

    def _drop_early(self, event: events.Key | events.Paste) -> None:
        """Keep it from :class:`Input`, whose own handler is called after this one."""
        if self._clock() - self._opened < DEAF:
            event.stop()
            event.prevent_default()


class Confirm(Sheet[bool]):
    """Ask for ``word`` before something that can't be taken back, or not easily."""

    HINT = ("enter: do it, with the word typed", "{close}: leave all as it is")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", show=False, priority=True, id="save")
    ]

    def __init__(self, title: str, text: str, word: str, clock: Callable[[], float]) -> None:
        super().__init__(title)
        self.word = word
        self._text = text
        self._clock = clock

    def body(self) -> ComposeResult:
        """Draw what will happen, and the line for the word."""
        yield Static(Content(self._text), classes="sheet-text")
        yield Static(
            Content.assemble("Type ", (self.word, "bold $warning"), " and Enter:"),
            classes="sheet-text",
        )
        yield DeafLine(self._clock)

    def on_mount(self) -> None:
        """Wait for the word."""
        self.query_one(DeafLine).focus()

    def action_save(self) -> None:
        """Say what does it: the key that saves elsewhere is too near for what can't be undone."""
        self.tell(f"The word is needed here: type {literal(self.word)} and Enter")

    @on(Input.Submitted, "#confirm-line")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip().casefold() == self.word.casefold():
            self.dismiss(True)  # noqa: FBT003 -- the answer of the sheet
        else:
            self.tell(
                f"Not done: that isn't {literal(self.word)}.  {{close}} leaves everything as it is"
            )
