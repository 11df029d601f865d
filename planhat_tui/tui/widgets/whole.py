"""A text that a list has no room for, under it; what is too long for its place scrolls.

Its place stays as tall as it was drawn while one goes from row to row: the list doesn't jump.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content

from planhat_tui.tui.widgets.words import Text

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Whole(VerticalScroll):
    """A text of a few lines; where it has more, Tab leads to it and the arrows scroll it."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 -- Textual's word
        super().__init__(id=id, classes="sheet-whole")
        self.text = ""
        self._tallest = 0
        self._shown = Text("")
        self.display = False

    def compose(self) -> ComposeResult:
        """Draw the text."""
        yield self._shown

    def show(self, text: str) -> None:
        """Show another text, from its beginning on; none takes no place until there was one."""
        if text != self.text:
            self.text = text
            if self.display:  # as it was drawn, with lines that were too long for its width
                self._tallest = max(self._tallest, self.outer_size.height)
            self.styles.min_height = self._tallest
            self.display = self.display or bool(text)
            self._shown.update(Content(text))
            self.scroll_home(animate=False)

    def forget(self) -> None:
        """Take no place for what was told before: there is other room now."""
        self.text, self._tallest, self.display = "", 0, False

    def allow_focus(self) -> bool:
        """Take the focus only where there is something to scroll."""
        return self.max_scroll_y > 0
