"""The keys: of what has the focus first, then of everywhere."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from planhat_tui.tui import keys
from planhat_tui.tui.screens.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from planhat_tui.tui.keys import Where


KEYS: Final = 20
"""Cells for the keys; what they do stands behind."""

AROUND: Final = 3
"""Cells beside the text: blanks, and the bar at the right."""


class Help(Sheet[None]):
    """All keys of some places, as the config has them."""

    HINT = "up down scroll   esc close"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,q", "close", show=False)]

    def __init__(self, places: Sequence[Where], changed: Mapping[str, str]) -> None:
        super().__init__("Keys")
        self._places = tuple(dict.fromkeys(places))
        self._changed = changed
        self._text = Static("")

    def body(self) -> ComposeResult:
        """Draw a heading and the keys for each place."""
        self._break_lines()
        with VerticalScroll(classes="sheet-scroll"):
            yield self._text

    def on_mount(self) -> None:
        """Scroll with the keys at once."""
        self.query_one(VerticalScroll).focus()

    def on_resize(self) -> None:
        """Break the lines where the terminal ends now."""
        self.call_after_refresh(self._break_lines)

    def _break_lines(self) -> None:
        """Break the lines where the terminal ends, what a key does under itself."""
        self._text.update(Content("\n").join(self._lines(self.app.size.width - AROUND)))

    def _lines(self, width: int) -> list[Content]:
        lines = [Content("ctrl+p finds a command by its name, ctrl+q quits.")]
        for place in self._places:
            lines.append(Content.styled(place.value, "bold $accent"))
            for key in keys.keys_of(place):
                shown = keys.all_written(key, self._changed)
                indent = "\n" + " " * KEYS
                told = indent.join(wrap(key.help, max(10, width - KEYS)))
                lines.append(Content.assemble((f"  {shown:<{KEYS - 2}}", "bold"), told))
        return lines
