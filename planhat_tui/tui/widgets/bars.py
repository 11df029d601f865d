"""The fixed lines of the screen: who and where at the top; limits, queue and network below."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

Pieces: TypeAlias = "Sequence[tuple[str, str]]"
"""Text and style, from left to right."""


class Bar(Widget):
    """A line with pieces at the left and pieces at the right; the right ones give way."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 -- Textual's word
        super().__init__(id=id, classes="bar")
        self._left: tuple[tuple[str, str], ...] = ()
        self._right: tuple[tuple[str, str], ...] = ()

    def show(self, left: Pieces, right: Pieces = ()) -> None:
        """Change the line; it's drawn only if something differs."""
        if (self._left, self._right) != (tuple(left), tuple(right)):
            self._left, self._right = tuple(left), tuple(right)
            self.refresh()

    @property
    def text(self) -> str:
        """What the line says, without colours."""
        return self.render().plain

    def render(self) -> Content:
        """Draw the pieces; pieces at the right that don't fit go, the first first."""
        left, right = list(self._left), list(self._right)
        room = self.size.width - 1
        while right and _size(left) + _size(right) + 2 > room:
            right.pop(0)
        blanks = max(1, room - _size(left) - _size(right))
        return Content.assemble(" ", *left, " " * (blanks - 1) if right else "", *right)


def _size(pieces: Pieces) -> int:
    return sum(cell_len(text) for text, _ in pieces)
