"""The keys: of what has the focus first, then of everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

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


class Help(Sheet[None]):
    """All keys of some places, as the config has them."""

    HINT = "up down scroll   esc close"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,q", "close", show=False)]

    def __init__(self, places: Sequence[Where], changed: Mapping[str, str]) -> None:
        super().__init__("Keys")
        self._places = tuple(dict.fromkeys(places))
        self._changed = changed

    def body(self) -> ComposeResult:
        """Draw a heading and the keys for each place."""
        with VerticalScroll(classes="sheet-scroll"):
            yield Static(Content("\n").join(self._lines()))

    def on_mount(self) -> None:
        """Scroll with the keys at once."""
        self.query_one(VerticalScroll).focus()

    def _lines(self) -> list[Content]:
        lines = [Content("ctrl+p finds a command by its name, ctrl+q quits.")]
        for place in self._places:
            lines.append(Content.styled(place.value, "bold $accent"))
            for key in keys.keys_of(place):
                names = self._changed.get(key.name, key.keys).split(",")
                shown = " ".join(keys.NAMES.get(name.strip(), name.strip()) for name in names)
                lines.append(Content.assemble((f"  {shown:<18}", "bold"), key.help))
        return lines
