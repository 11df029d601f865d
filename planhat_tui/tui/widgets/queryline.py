"""The line into which a query is typed, with what it may become under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from rich.highlighter import Highlighter
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.strip import Strip

from planhat_tui.tui.presentation.cells import clipped
from planhat_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from rich.text import Text

    from planhat_tui.tui.widgets.completer import Completer


BETWEEN: Final = 2
"""Cells between what is typed and what is said: the cursor's, and a blank."""
LEAST: Final = 4
"""Cells into which words are cut; ``MOST`` is their part of the line."""
MOST: Final = 0.6


class _Underline(Highlighter):
    """Underlines what a query can't be read from on: ``column`` counts characters from 0."""

    column: int | None = None

    def highlight(self, text: Text) -> None:
        """Underline it."""
        if self.column is not None:
            text.stylize("underline", self.column)


class QueryLine(Line):
    """Tab takes what the completer offers, and leaves the line where it offers nothing.

    What is said of the query stands at the line's end, as far as there's room behind what is typed:
    nothing is laid out for it. Where there is none, it is ``unsaid``.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"queryline--said"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "take", show=False),
        Binding("down,ctrl+n", "choose(1)", show=False),
        Binding("up", "choose(-1)", show=False),
    ]

    def __init__(self, completer: Completer, value: str, *, hint: str, id: str) -> None:  # noqa: A002 -- Textual's word
        super().__init__(value, hint=hint, leads="list", id=id)
        self.completer = completer
        completer.take = self.action_take
        self.highlighter = self._underline = _Underline()
        self._forms: tuple[str, ...] = ("",)

    def say(self, *forms: str) -> None:
        """Say something of the query, in the first of these forms that has room."""
        forms = forms or ("",)
        if forms != self._forms:
            self._forms = forms
            self.refresh()

    @property
    def unsaid(self) -> str:
        """What is said of the query and has no room behind it."""
        return self._forms[0] if self._room < LEAST else ""

    @property
    def _said(self) -> str:
        return next((one for one in self._forms if cell_len(one) <= self._room), self._forms[-1])

    @property
    def _room(self) -> int:
        width = self.size.width
        return min(width - cell_len(self.value) - BETWEEN, int(width * MOST))

    def render_line(self, y: int) -> Strip:
        """Draw the line, and what is said at its end."""
        line, width = super().render_line(y), self.size.width
        said = "" if self.unsaid else clipped(self._said, self._room, ellipsis=self.ellipsis)
        if not said:
            return line
        look = self.get_component_rich_style("queryline--said")
        told = Strip([Segment(f" {said}", look)])
        return Strip.join([line.crop(0, width - told.cell_length), told])

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
