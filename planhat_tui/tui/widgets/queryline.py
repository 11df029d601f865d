"""The line into which a query is typed, with what it may become under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.highlighter import Highlighter
from textual.binding import Binding, BindingType

from planhat_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from rich.text import Text

    from planhat_tui.tui.widgets.completer import Completer


class _Underline(Highlighter):
    """Underlines what a query can't be read from on: ``column`` counts characters from 0."""

    column: int | None = None

    def highlight(self, text: Text) -> None:
        """Underline it."""
        if self.column is not None:
            text.stylize("underline", self.column)


class QueryLine(Line):
    """Tab takes what the completer offers, and leaves the line where it offers nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "take", show=False),
        Binding("down,ctrl+n", "choose(1)", show=False),
        Binding("up", "choose(-1)", show=False),
    ]

    def __init__(self, completer: Completer, value: str, *, hint: str, id: str) -> None:  # noqa: A002 -- Textual's word
        super().__init__(value, hint=hint, leads="list", id=id)
        self.completer = completer
        self.highlighter = self._underline = _Underline()

    def point(self, column: int | None) -> None:
        """Underline the query from a character on, counted from 0; ``None``: it can be read."""
        if column != self._underline.column:
            self._underline.column = column
            self.refresh()

    def action_take(self) -> None:
        """Put the candidate into the line; with none, go on to what is next."""
        candidate, offered = self.completer.current, self.completer.offered
        if candidate is None or offered is None:
            self.screen.focus_next()
            return
        text, cursor = offered.done(self.value, candidate)
        self.completer.offer(None)
        self.value = text
        self.cursor_position = cursor

    def action_choose(self, step: int) -> None:
        """Choose another candidate."""
        self.completer.move(step)

    def on_blur(self) -> None:
        """Offer nothing where nothing is typed."""
        self.completer.offer(None)
