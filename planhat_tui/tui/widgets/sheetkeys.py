"""The keys of a sheet: a line that is too short breaks between two of them; a click presses one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from planhat_tui.config.keys import name_of
from planhat_tui.tui.presentation.cells import wrap_pieces

if TYPE_CHECKING:
    from textual import events
    from textual.geometry import Size

GAP: Final = "   "
"""What stands between two keys."""
_NAMES: Final = {
    "enter": "enter",
    "esc": "escape",
    "tab": "tab",
    "space": "space",
    "ctrl+s": "ctrl+s",
}
"""Keys of more than a letter, and what Textual calls them."""


class SheetKeys(Widget):
    """Keys and what they do, such as ``Enter takes it   esc close``."""

    def __init__(self, keys: str, *, id: str, classes: str = "") -> None:  # noqa: A002 -- Textual's word
        super().__init__(id=id, classes=classes)
        self._keys = keys.split(GAP)

    @property
    def keys(self) -> str:
        """All of them, as one line."""
        return GAP.join(self._keys)

    def show(self, keys: str) -> None:
        """Show other keys."""
        self._keys = keys.split(GAP)
        self.refresh(layout=True)

    def render(self) -> Content:
        """Draw them in the width that is there."""
        return Content("\n".join(self._lines(self.size.width)))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 -- Textual's signature
        """Return how many lines they take in ``width`` cells."""
        return len(self._lines(width))

    def on_click(self, event: events.Click) -> None:
        """Press the key that is clicked; of several for one thing the first."""
        place = event.get_content_offset(self)
        if place is None:
            return
        end = 0
        for keys in self._lines(self.size.width)[place.y].split(GAP):
            end += cell_len(keys) + len(GAP)
            if place.x < end:
                self._press(keys.partition(" ")[0])
                return

    def _press(self, written: str) -> None:
        """Press a key by the word that stands for it; what is no key presses nothing."""
        if key := name_of(written) if len(written) == 1 else _NAMES.get(written.lower()):
            self.app.simulate_key(key)

    def _lines(self, width: int) -> list[str]:
        lines = wrap_pieces(self._keys, width, len(GAP))
        return [GAP.join(self._keys[index] for index in line) for line in lines]
