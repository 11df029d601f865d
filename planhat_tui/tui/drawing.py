"""Which lines of the screen are drawn again: those that changed, and nothing beside them.

Textual finds out which regions have changed, and then has every widget that is on the screen draw
all of its lines between the first and the last of these, also where another one lies over it, and
takes the few cells that it wants. A letter in the search, or a look at the clock, changes one line:
to draw forty of thirty widgets for it was most of what a key cost.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from textual.strip import Strip
    from textual.widget import Widget

Chops: TypeAlias = "list[dict[int, Strip | None]]"
"""For each line what stands from each cut on to the next one; None until it's drawn."""


class Seen(NamedTuple):
    """A widget, the whole of its region, and what of it isn't beyond an edge."""

    widget: Widget
    region: Region
    seen: Region


class LinesCompositor(Compositor):
    """A compositor that has a widget draw the lines on which it's to be seen anew."""

    def __init__(self) -> None:
        """Begin with nothing on the screen."""
        super().__init__()
        self._shown: tuple[object, list[Seen]] = (None, [])

    def update_widgets(self, widgets: set[Widget]) -> None:
        """Take note of who has changed; who isn't seen is drawn when it is.

        Textual lays out all anew, to find one that it doesn't see.
        """
        super().update_widgets(widgets & self.visible_widgets.keys())

    def render_partial_update(self) -> ChopsUpdate | None:
        """Draw what has changed since the last time; None where nothing has."""
        screen = self.size.region
        changed = [part for one in self._dirty_regions if (part := one.intersection(screen))]
        self._dirty_regions.clear()
        if not changed:
            return None
        spans = list(self._regions_to_spans(changed))
        chop_ends = [cuts[1:] for cuts in self.cuts]
        return ChopsUpdate(self._drawn(spans), spans, chop_ends)

    def _render_chops(
        self, crop: Region, is_rendered_line: Callable[[int], bool]
    ) -> Sequence[Mapping[int, Strip]]:
        """Draw the lines of ``crop`` that are asked for; those that are on the screen."""
        shown = crop.intersection(self.size.region)  # it may not have been laid out yet
        asked = [(y, shown.x, shown.right) for y in shown.line_range if is_rendered_line(y)]
        return self._drawn(asked)  # type: ignore[return-value] # undrawn ones as Textual's own

    def _drawn(self, spans: Iterable[tuple[int, int, int]]) -> Chops:
        """Draw spans of cells (line, first, end).

        A widget that is drawn may ask where it is, by which Textual takes up a layout that isn't
        reflowed yet: who is seen, and where lines are cut, stays as it was when this began.
        """
        cuts, shown = self.cuts, self._in_front_first()
        chops: Chops = [dict.fromkeys(line[:-1]) for line in cuts]
        for part in _parts(spans):
            _draw(chops, cuts, shown, part)
        return chops

    def _in_front_first(self) -> list[Seen]:
        """Give who is on the screen, who lies over others first."""
        visible = self.visible_widgets
        if self._shown[0] is not visible:
            seen = [
                Seen(widget, region, part)
                for widget, (region, clip) in visible.items()
                if (part := region.intersection(clip))
            ]
            self._shown = (visible, seen)
        return self._shown[1]


def _draw(
    chops: Chops, cuts: Sequence[Sequence[int]], in_front_first: Sequence[Seen], part: Region
) -> None:
    """Fill what is undrawn in a part of the screen, by whoever is seen there."""
    undrawn: dict[int, list[int]] = {}
    for y in part.line_range:
        within = [cut for cut, end in pairwise(cuts[y]) if cut < part.right and end > part.x]
        if missing := [cut for cut in within if chops[y][cut] is None]:
            undrawn[y] = missing
    for widget, region, seen in in_front_first:
        if not undrawn:
            return
        if not seen.overlaps(part):
            continue
        left, right = seen.x, seen.right
        own = {
            y: starts
            for y, missing in undrawn.items()
            if seen.y <= y < seen.bottom
            and (starts := [cut for cut in missing if left <= cut < right])
        }
        if not own:
            continue
        first = min(own)
        lines = Region(left, first, seen.width, max(own) + 1 - first)
        strips = widget.render_lines(lines.translate((-region.x, -region.y)))
        for y, strip in zip(lines.line_range, strips, strict=False):
            if y in own:
                _put(chops[y], strip, left, own[y], cuts[y])
                undrawn[y] = [cut for cut in undrawn[y] if chops[y][cut] is None]
                if not undrawn[y]:
                    del undrawn[y]


def _put(
    line: dict[int, Strip | None],
    strip: Strip,
    left: int,
    own: Sequence[int],
    cuts: Sequence[int],
) -> None:
    """Part a widget's line where others begin or end, and put its own pieces in place."""
    for cut, end in pairwise(cuts):
        if cut in own and end - left <= strip.cell_length:
            line[cut] = strip.crop(cut - left, end - left)


def _parts(spans: Iterable[tuple[int, int, int]]) -> Iterator[Region]:
    """Put spans of cells (line, first, end) that lie below each other alike together."""
    by_columns = sorted(spans, key=lambda span: (span[1], span[2], span[0]))
    numbered = enumerate(by_columns)
    for (left, right, _), lines in groupby(
        numbered, key=lambda each: (each[1][1], each[1][2], each[1][0] - each[0])
    ):
        found = [y for _, (y, _, _) in lines]
        yield Region(left, found[0], right - left, len(found))
