"""One under the other, where the tallest gives way: what stands over and under it stays seen.

A column never gets lower while it's shown: a list that gets shorter as one types would move the
line that is typed into. The lines that are free stand over the foot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.geometry import Size
from textual.layouts.vertical import VerticalLayout

if TYPE_CHECKING:
    from textual.layout import ArrangeResult, Layout, WidgetPlacement
    from textual.widget import Widget


FOOT: Final = "-foot"
"""The class of what stands at the bottom of its column."""


class _TallestGivesWay(VerticalLayout):
    """Takes the lines that are missing from the tallest child; free lines stand over the foot."""

    def arrange(
        self,
        parent: Widget,
        children: list[Widget],
        size: Size,
        greedy: bool = True,  # noqa: FBT001, FBT002 -- Textual's signature
    ) -> ArrangeResult:
        """Place the children in ``size``; a height of 0 asks for the height they would like."""
        placed = [*super().arrange(parent, children, size, greedy)]
        missing = placed[-1].region.bottom - size.height if placed and size.height else 0
        if missing <= 0:
            return _with_foot(placed, -missing)
        tallest = max(range(len(placed)), key=lambda n: placed[n].region.height)
        region = placed[tallest].region
        given = min(missing, region.height - 1)
        placed[tallest] = placed[tallest]._replace(region=region.shrink((0, 0, given, 0)))
        for n in range(tallest + 1, len(placed)):
            placed[n] = placed[n]._replace(region=placed[n].region.translate((0, -given)))
        return placed


def _with_foot(placed: list[WidgetPlacement], free: int) -> list[WidgetPlacement]:
    """Put what is the foot of a column ``free`` lines lower."""
    return [
        one._replace(region=one.region.translate((0, free))) if one.widget.has_class(FOOT) else one
        for one in placed
    ]


_LAYOUT: Final = _TallestGivesWay()


class Yielding(Vertical):
    """A column that is no taller than its place: its tallest child, a list or a text, scrolls."""

    @property
    def layout(self) -> Layout:
        """The layout; a style sheet can't name one that isn't Textual's."""
        return _LAYOUT


class Fitting(Yielding):
    """Such a column that keeps the greatest height that it has had in a terminal of this size."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's word
        super().__init__(id=id)
        self._tallest = 0
        self._terminal = Size(0, 0)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the height that it would like, or the greatest that it had."""
        if viewport != self._terminal:
            self._terminal, self._tallest = viewport, 0
        wanted = super().get_content_height(container, viewport, width)
        self._tallest = max(self._tallest, wanted)
        return self._tallest
