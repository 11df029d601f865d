"""What was changed from here: who, what, when, from which value to which, delivered or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widgets import Static

from planhat_tui.model.events import Topic
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.journal_words import journal_row, journal_told
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.model.outbox import Entry
    from planhat_tui.workspace.workspace import Workspace

SHOWN = 500
"""Edits that are listed; the shell's ``journal list --limit 0`` has all."""


class JournalSheet(ListSheet[int]):
    """The edits that were made here, newest first; answers with the one to take back."""

    HINT = "u takes it back   esc close   :journal list  exports in a shell"
    PLACES: ClassVar[tuple[Where, ...]] = (Where.JOURNAL,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.JOURNAL)]

    def __init__(self, workspace: Workspace, users: Mapping[str, str]) -> None:
        super().__init__("Changed from here")
        self.workspace = workspace
        self.rows = Rows(columns.JOURNAL, id="journal-rows")
        self._users = users
        self._entries: Mapping[str, Entry] = {}
        self._whole = Static("", classes="sheet-text", id="journal-entry")

    def below(self) -> ComposeResult:
        """Tell the row under the cursor in full."""
        yield self._whole

    def on_mount(self) -> None:
        """Read."""
        self.rows.focus()
        self.read()

    def read(self) -> None:
        """Read the journal."""
        self.ask("journal", lambda: self.workspace.reads.journal(SHOWN), self._show)

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if something was done, or delivered."""
        if Topic.OUTBOX in changes:
            self.read()

    def _show(self, entries: Sequence[Entry]) -> None:
        self._entries = {str(entry.n): entry for entry in entries}
        glyphs, now = self.planhat.glyphs, self.planhat.wall()
        self.rows.fill(len(entries), [journal_row(e, glyphs, now, self._users) for e in entries])
        self._tell()

    def _tell(self) -> None:
        entry = self._current
        if entry is None:
            self._whole.update(Content("Nothing was changed from here yet.  esc closes this"))
        else:
            arrow = self.planhat.glyphs.arrow
            self._whole.update(Content(journal_told(entry, self._users, arrow=arrow)))

    @property
    def _current(self) -> Entry | None:
        here = self.rows.current
        return self._entries.get(here.id) if here is not None else None

    @on(Rows.Pointed, "#journal-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self._tell()

    def why_not(self, name: str) -> str:  # noqa: ARG002 -- the one key that needs an edit
        """Say that there is nothing to take back."""
        return "" if self._current is not None else "Nothing was changed from here yet"

    def do_undo(self) -> None:
        """Answer with the edit under the cursor."""
        entry = self._current
        if entry is not None:
            self.dismiss(entry.n)
