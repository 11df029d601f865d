"""All that a search finds, in groups: tags, contacts, calls, companies. Enter opens one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from planhat_tui.tui.presentation import columns, everything
from planhat_tui.tui.presentation.everything import Hit
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from planhat_tui.workspace.queries import Found


class EverythingSheet(ListSheet[Hit]):
    """What was found; answers with the one to open."""

    HINT = ("enter: open", "up down: move", "{close}: close")
    IN_FULL = ("what",)

    def __init__(self, searched: str, found: Found) -> None:
        super().__init__(everything.title(searched, found))
        self._searched, self._found = searched, found
        self._hits: list[Hit] = []
        self.rows = Rows(columns.EVERYTHING, id="everything-rows")

    def on_mount(self) -> None:
        """Show it."""
        self.rows.focus()
        now, glyphs = self.planhat.now(), self.planhat.glyphs
        told = everything.rows(self._searched, self._found, now, glyphs)
        self._hits = [hit for hit, _ in told]
        self.rows.fill(len(told), [row for _, row in told])
        self.rows.say_empty("Nothing has these words.  {close} goes back to them")
        self.tell(everything.cut(self._found))

    @on(Rows.Opened, "#everything-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.dismiss(self._hits[int(event.id)])
