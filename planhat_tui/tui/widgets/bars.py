"""The fixed lines of the screen: who and where at the top; limits, queue and network below."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
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
BETWEEN: Final = 2
"""Blank cells at least between left and right."""
SCRAP: Final = 3
"""Letters of a text that tell it from others."""


class Bar(Widget):
    """A line with pieces at the left and pieces at the right.

    Where there isn't room for all, the first pieces at the right give way to an ellipsis. The last
    ``kept`` of them stay, and the left is cut instead, to ``LEAST`` cells; then the first of these
    go too, but for the last two. With ``gives`` the left isn't cut at its end: the pieces at these
    places shrink, one after the other, and all at the right goes before another one does. Those at
    the places ``drops`` go whole, one after the other, before anything else does.
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
        self._gives: tuple[int, ...] = ()
        self._drops: tuple[int, ...] = ()
        self._end = 0

    def show(
        self,
        left: Pieces,
        right: Pieces = (),
        ellipsis: str = "…",
        *,
        kept: int = 0,
        gives: Sequence[int] = (),
        drops: Sequence[int] = (),
    ) -> None:
        """Change the line; it's drawn only if something differs."""
        before = self._left, self._right, self._ellipsis, self._kept, self._gives, self._drops
        shown = (tuple(left), tuple(right), ellipsis, kept, tuple(gives), tuple(drops))
        if shown != before:
            self._left, self._right, self._ellipsis, self._kept, self._gives, self._drops = shown
            self.refresh()

    @property
    def text(self) -> str:
        """What the line says, without colours."""
        return self.render().plain

    def render(self) -> Content:
        """Draw the pieces that fit."""
        room = self.size.width - 1
        whole = without(self._left, self._right, room, self._drops)
        left, right = fitted(
            whole, self._right, room, self._kept, self._ellipsis, gives=self._gives
        )
        free = room - _size(left) - _size(right)
        blanks = min(free, max(BETWEEN, free - 1))  # the last cell is blank where there's room
        self._end = 1 + _size(left)
        return Content.assemble(" ", *_joined(left), " " * blanks if right else "", *right)

    def on_click(self, event: events.Click) -> None:
        """Tell where it was clicked."""
        self.post_message(self.Clicked(self, event.x < self._end))


def fitted(
    left: Pieces,
    right: Pieces,
    room: int,
    kept: int = 0,
    ellipsis: str = "…",
    *,
    gives: Sequence[int] = (),
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the pieces that fit into ``room`` cells, ``BETWEEN`` of them blank."""
    shown, sign = [*right], ""
    whole = _size(left)
    firm = _size(_shrunk(left, 0, ellipsis, gives))
    last = (0, firm) if gives else (min(kept, 2), min(LEAST, whole))
    for stay, least in ((kept, whole), last):
        while len(shown) > stay and least + cell_len(sign) + _size(shown) + BETWEEN > room:
            shown.pop(0)
            sign = f"{ellipsis} " if shown else ellipsis
    if sign and (shown or firm + cell_len(sign) + BETWEEN <= room):
        shown.insert(0, (sign, "$muted"))
    rest = room - _size(shown) - BETWEEN if shown else room
    return _cut(_shrunk(left, rest, ellipsis, gives), rest, ellipsis), shown


def without(left: Pieces, right: Pieces, room: int, drops: Sequence[int]) -> Pieces:
    """Return the left without those at ``drops`` for which there is no room."""
    made = [*left]
    for place in drops:
        if _size(made) + BETWEEN + _size(right) > room:
            made[place] = ("", made[place][1])
    return made


def _shrunk(
    pieces: Pieces, room: int, ellipsis: str, gives: Sequence[int]
) -> list[tuple[str, str]]:
    """Return the pieces with those that give way as short as ``room`` cells need it."""
    made = [*pieces]
    for place in gives:
        text, style = made[place]
        over = _size(made) - room
        if over > 0:
            made[place] = (_shorter(text, cell_len(text) - over, ellipsis), style)
    return made


def _shorter(text: str, width: int, ellipsis: str) -> str:
    """Return a text in at most ``width`` cells, with ``SCRAP`` letters at least.

    One that begins with blanks is said behind others, and goes whole where it has no room for them.
    """
    blanks = len(text) - len(text.lstrip())
    least = blanks + SCRAP + cell_len(ellipsis)
    if width < least and blanks:
        return ""
    return clipped(text, max(width, least), ellipsis=ellipsis)


def _cut(pieces: Pieces, room: int, ellipsis: str) -> list[tuple[str, str]]:
    """Return as much of the pieces as fits, with a sign where something is missing."""
    whole = [*pieces]
    if _size(whole) <= room:
        return whole
    while len(whole) > 1 and _size(whole[:-1]) >= room:
        whole.pop()
    text, style = whole.pop()
    return [*whole, (clipped(text, max(1, room - _size(whole)), ellipsis=ellipsis), style)]


def _joined(pieces: Pieces) -> list[tuple[str, str]]:
    """Return the pieces with those of one style as one, and none that is empty."""
    told = groupby((piece for piece in pieces if piece[0]), key=itemgetter(1))
    return [("".join(text for text, _ in alike), style) for style, alike in told]


def _size(pieces: Pieces) -> int:
    return sum(cell_len(text) for text, _ in pieces)
