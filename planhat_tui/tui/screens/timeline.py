"""What was seen to change in a company or contact, from what to what, when, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.events import Topic
from planhat_tui.model.records import Kind
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.rows import seen_row
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planhat_tui.store.history import Seen
    from planhat_tui.workspace.workspace import Workspace


class TimelineSheet(ListSheet[None]):
    """The changes of a record, the latest first. ``users`` are names of the team by id."""

    HINT = ("up down: scroll", "{close}: close")
    IN_FULL = ("before", "after")

    def __init__(
        self, workspace: Workspace, kind: Kind, record_id: str, name: str, users: Mapping[str, str]
    ) -> None:
        super().__init__(f"Timeline of {name}")
        self.workspace = workspace
        self.rows = Rows(columns.TIMELINE, id="timeline-rows")
        self._kind, self._record = kind, record_id
        self._users = users

    def on_mount(self) -> None:
        """Read."""
        self.rows.focus()
        self.rows.say_empty("Nothing was seen to change yet")
        self.read()

    def read(self) -> None:
        """Read the history."""
        reads, kind, record = self.workspace.reads, self._kind, self._record
        self.ask("timeline", lambda: reads.timeline(kind, record), self._show)

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if such records changed."""
        if (Topic.COMPANY if self._kind is Kind.COMPANY else Topic.CONTACT) in changes:
            self.read()

    def _show(self, seen: Sequence[Seen]) -> None:
        now = self.planhat.now()
        total = len(seen)  # rows keep their numbers when newer ones come
        rows = [seen_row(one, total - n, now, self._users) for n, one in enumerate(seen)]
        self.rows.fill(total, rows, keep=True)
        self.tell_in_full()
