"""What undo will do: each field as it is now and as it was. ctrl+s does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.undo_words import undo_rows, undo_sum
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.sure import HELD, Held
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from planhat_tui.model.undo import UndoPlan


class UndoSheet(ListSheet[bool]):
    """Show a plan; answers whether it is wanted.

    Where it comes ``by_itself``, ctrl+s isn't heard at first: it was meant for what was in front.
    """

    HINT = ("{save}: take it back", "{close}: leave all as it is")
    IN_FULL = ("what", "now", "back")
    AGAIN = ("{save}: do it again", "{close}: leave all as it is")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", show=False, priority=True, id="save")
    ]

    def __init__(
        self, plan: UndoPlan, users: Mapping[str, str], *, by_itself: bool = False
    ) -> None:
        super().__init__("Redo" if plan.redo else "Undo")
        self.plan = plan
        self.rows = Rows(columns.REDO if plan.redo else columns.UNDO, id="undo-rows")
        self._users = users
        self._by_itself = by_itself
        self._held = Held()

    def below(self) -> ComposeResult:
        """Say what it comes to."""
        if told := undo_sum(self.plan, self.planhat.wall()):
            yield Static(Content(told), classes="sheet-text")

    def on_mount(self) -> None:
        """Look through the fields with the keys at once."""
        if self._by_itself:
            self._held = Held("save", self.planhat.monotonic())
        self.rows.focus()
        if self.plan.redo:
            self.hint(self.AGAIN)
        arrow, zone = self.planhat.glyphs.arrow, self.planhat.now().tzinfo
        made = undo_rows(self.plan, self._users, arrow=arrow, zone=zone)
        self.rows.fill(len(made), made)
        self.tell_in_full()

    def action_save(self) -> None:
        """Take it back."""
        if self._held.repeats("save", self.planhat.pressed_at()):
            self.tell(HELD)
            return
        self.dismiss(True)  # noqa: FBT003 -- the answer of the sheet
