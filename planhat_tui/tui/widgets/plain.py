"""Widgets that draw their lines themselves, and nothing around or over them.

What a style sheet can lay around and over a line (borders, padding, tints, opacity), Textual looks
for at each line that it draws. A letter in the search changes all lines of a list and of its scroll
bar, which have none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.geometry import Region


class Plain(Widget):
    """A widget that makes whole lines: as wide as it is, with their background."""

    def lines(self, wanted: range) -> Iterable[list[Segment]]:
        """Make some of the lines."""
        raise NotImplementedError

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines of a part."""
        filters, (_, background) = self.get_line_filters(), self.background_colors
        width, drawn = self.size.width, []
        for line in self.lines(range(crop.y, crop.bottom)):
            for one in filters:
                line = one.apply(line, background)  # noqa: PLW2901 -- through one after the other
            drawn.append(Strip(line, width).crop(crop.x, crop.right))
        return drawn


class PlainBar(ScrollBar, Plain):
    """A scroll bar, as Textual draws it."""

    def lines(self, wanted: range) -> Iterable[list[Segment]]:
        """Make the cells of the bar."""
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)  # noqa: S101 -- Textual's own type says less
        assert isinstance(bar.style, Style)  # noqa: S101 -- likewise
        cells = bar.render_bar(
            size=self.size.height,
            virtual_size=bar.virtual_size,
            window_size=bar.window_size,
            position=bar.position,
            thickness=bar.thickness,
            back_color=bar.style.bgcolor or Color.default(),
            bar_color=bar.style.color or Color.default(),
        ).segments
        seen = Segment.apply_style(cells[wanted.start : wanted.stop], self.visual_style.rich_style)
        return ([cell] for cell in seen)
