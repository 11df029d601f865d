"""The line into which a query is typed, with what it may become under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from planhat_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from planhat_tui.tui.widgets.completer import Completer


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
