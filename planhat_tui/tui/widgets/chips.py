"""Chips of an editor in the place that they have: what changes is always seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.text import Text as Line

from planhat_tui.tui.presentation.chip_lines import change_lines
from planhat_tui.tui.themes import rich_colours
from planhat_tui.tui.widgets.words import Text

if TYPE_CHECKING:
    from textual.geometry import Size

    from planhat_tui.tui.app import PlanhatApp
    from planhat_tui.tui.presentation.chip_lines import Chip


class Chips(Text):
    """As many chips as there is room for, then how many more there are."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 -- Textual's word
        super().__init__("", classes="sheet-text", id=id)
        self._shown: tuple[Chip, ...] = ()

    def show(self, chips: tuple[Chip, ...]) -> None:
        """Show other chips, those that change first."""
        if chips != self._shown:
            self._shown = chips
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 -- Textual's signature
        """Return how many lines all of them take."""
        return max(1, len(self._lines(width)))

    def render(self) -> Line:
        """Draw them."""
        size = self.content_size
        return Line("\n").join(self._lines(size.width, size.height))

    def _lines(self, width: int, height: int | None = None) -> list[Line]:
        app = cast("PlanhatApp", self.app)
        colours, ellipsis = rich_colours(app.theme_variables), app.glyphs.ellipsis
        return change_lines(self._shown, colours, width, height, ellipsis=ellipsis)
