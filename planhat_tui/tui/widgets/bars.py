"""The fixed lines of the screen: who and where at the top; limits, queue and network below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from planhat_tui.tui.presentation.cells import clipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

Pieces: TypeAlias = "Sequence[tuple[str, str]]"
"""Text and style, from left to right."""

LEAST: Final = 16
"""Cells of the left that nothing takes away: how much is left of the rate limit."""


class Bar(Widget):
    """A line with pieces at the left and pieces at the right.

    Where there isn't room for all, the first pieces at the right give way to an ellipsis. The last
    ``kept`` of them stay, and the left is cut instead, to ``LEAST`` cells; then the first of these
    go too, but for the last two.
    """

    @dataclass
    class Clicked(Message):
        """The line was clicked: on what stands at its left, or beside that."""

        bar: Bar
        left: bool

        @property
        def control(self) -> Bar:
            """The line."""
            return self.bar

    def __init__(self, *, id: str) -> None:  # noqa: A002 -- Textual's word
        super().__init__(id=id, classes="bar")
        self._kept = 0
        self._left: tuple[tuple[str, str], ...] = ()
        self._right: tuple[tuple[str, str], ...] = ()
        self._ellipsis = ""
        self._end = 0

    def show(self, left: Pieces, right: Pieces = (), ellipsis: str = "…", *, kept: int = 0) -> None:
        """Change the line; it's drawn only if something differs."""
        shown = (tuple(left), tuple(right), ellipsis, kept)
        if shown != (self._left, self._right, self._ellipsis, self._kept):
            self._left, self._right, self._ellipsis, self._kept = shown
            self.refresh()

    @property
    def text(self) -> str:
        """What the line says, without colours."""
        return self.render().plain

    def render(self) -> Content:
        """Draw the pieces that fit."""
        room = self.size.width - 1
        left, right = fitted(self._left, self._right, room, self._kept, self._ellipsis)
        blanks = max(1, room - _size(left) - _size(right))
        self._end = 1 + _size(left)
        return Content.assemble(" ", *left, " " * (blanks - 1) if right else "", *right)

    def on_click(self, event: events.Click) -> None:
        """Tell where it was clicked."""
        self.post_message(self.Clicked(self, event.x < self._end))


def fitted(
    left: Pieces, right: Pieces, room: int, kept: int = 0, ellipsis: str = "…"
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the pieces that fit into ``room`` cells, two of them blank in between."""
    shown, sign = [*right], ""
    for stay, least in ((kept, _size(left)), (min(kept, 2), min(LEAST, _size(left)))):
        while len(shown) > stay and least + cell_len(sign) + _size(shown) + 2 > room:
            shown.pop(0)
            sign = f"{ellipsis} " if shown else ellipsis
    if sign and (shown or _size(left) + cell_len(sign) + 2 <= room):
        shown.insert(0, (sign, "$muted"))
    return _cut(left, room - _size(shown) - 2 if shown else room, ellipsis), shown


def _cut(pieces: Pieces, room: int, ellipsis: str) -> list[tuple[str, str]]:
    """Return as much of the pieces as fits, with a sign where something is missing."""
    whole = [*pieces]
    if _size(whole) <= room:
        return whole
    while len(whole) > 1 and _size(whole[:-1]) >= room:
        whole.pop()
    text, style = whole.pop()
    return [*whole, (clipped(text, max(1, room - _size(whole)), ellipsis=ellipsis), style)]


def _size(pieces: Pieces) -> int:
    return sum(cell_len(text) for text, _ in pieces)
