"""Records that may be the same, in groups. Enter opens one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from planhat_tui.model.text import plural, visible
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from planhat_tui.commands.results import Groups
    from planhat_tui.model.duplicates import Party


class DuplicatesSheet(ListSheet[str]):
    """The groups; answers with the id of a record to open."""

    IN_FULL = ("name", "at", "why")
    HINT = ("enter: open", "up down: move", "{close}: close")

    def __init__(self, found: Groups) -> None:
        several = plural(len(found.groups), "group")
        super().__init__(f"Perhaps the same {found.kind}: {several}")
        self._found = found
        self.rows = Rows(columns.DUPLICATES, id="duplicate-rows")

    def on_mount(self) -> None:
        """Show them; why a group is one stands at its first record."""
        self.rows.focus()
        rows = [
            _row(one, str(n) if first else "", group.why if first else "")
            for n, group in enumerate(self._found.groups, start=1)
            for first, one in zip(
                [True, *[False] * len(group.members)], group.members, strict=False
            )
        ]
        self.rows.fill(len(rows), rows)
        self.tell(literal(self._found.note))

    @on(Rows.Opened, "#duplicate-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.dismiss(event.id)


def _row(party: Party, group: str, why: str) -> Row:
    cells = {"group": group, "why": visible(why), "name": party.name, "at": party.at}
    return Row(party.id, cells)
