"""Which lines of the screen are drawn again: those that changed, and nothing beside them.

Textual finds out which regions have changed, and then has every widget that is on the screen draw
all of its lines, of which it takes the few that it wants. A letter in the search, or a look at the
clock, changes one line: to draw forty of thirty widgets for it was most of what a key cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._compositor import Compositor
from textual.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.strip import Strip


class LinesCompositor(Compositor):
    """A compositor that has widgets draw the lines that are asked for."""

    def _get_renders(
        self, crop: Region | None = None
    ) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Give each widget's region, what is seen of it in the lines of ``crop``, and these."""
        whole = crop or self.size.region
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            if seen and seen.overlaps(whole):
                first, end = max(seen.y, whole.y), min(seen.bottom, whole.bottom)
                drawn = Region(seen.x, first, seen.width, end - first)
                yield region, drawn, widget.render_lines(drawn.translate((-region.x, -region.y)))
