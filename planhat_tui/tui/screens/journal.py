"""What was changed from here: who, what, when, from which value to which, delivered or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content

from planhat_tui.model.events import Topic
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.journal_words import journal_row, journal_told
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.widgets.rowlines import PAGE
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.tui.widgets.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.model.outbox import Entry
    from planhat_tui.tui.presentation.rows import Row
    from planhat_tui.workspace.queries import JournalPage
    from planhat_tui.workspace.workspace import Workspace


class JournalSheet(ListSheet[int | str]):
    """The edits that were made here, newest first; answers with the edit or step to take back."""

    HINT = ("undo", "undo_step", "up down: move", "{close}: close")
    PLACES: ClassVar[tuple[Where, ...]] = (Where.JOURNAL,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.JOURNAL)]

    def __init__(self, workspace: Workspace, users: Mapping[str, str]) -> None:
        super().__init__("Changed from here")
        self.workspace = workspace
        self.rows = Rows(columns.JOURNAL, id="journal-rows")
        self._users = users
        self._entries: dict[str, Entry] = {}
        self._sizes: dict[str, int] = {}
        self._whole = Text("", classes="sheet-text", id="journal-entry")

    def below(self) -> ComposeResult:
        """Tell the row under the cursor in full."""
        yield self._whole

    def on_mount(self) -> None:
        """Read."""
        self.rows.focus()
        self.read()

    def read(self) -> None:
        """Read what is seen of the journal."""
        offset, count = self.rows.window
        self.ask("journal", lambda: self.workspace.reads.journal_page(offset, count), self._show)

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if something was done, or delivered."""
        if Topic.OUTBOX in changes:
            self.read()

    @on(Rows.Missing, "#journal-rows")
    def _missing(self, event: Rows.Missing) -> None:
        event.stop()
        reads, offset = self.workspace.reads, event.offset
        self.ask(f"journal {offset}", lambda: reads.journal_page(offset, PAGE), self._put)

    def _show(self, page: JournalPage) -> None:
        self._entries.clear()
        self._sizes.clear()
        self.rows.fill(page.total, self._made(page), offset=page.offset)
        self._tell()

    def _put(self, page: JournalPage) -> None:
        self.rows.put(page.offset, self._made(page))
        self._tell()

    def _made(self, page: JournalPage) -> list[Row]:
        self._entries |= {str(entry.n): entry for entry in page.entries}
        self._sizes |= page.sizes
        glyphs, now = self.planhat.glyphs, self.planhat.wall()
        return [journal_row(entry, glyphs, now, self._users) for entry in page.entries]

    def _tell(self) -> None:
        entry = self._current
        if entry is None:
            none = self.keyed("Nothing was changed from here yet.  {close} closes this")
            self._whole.update(Content(none))
        else:
            glyphs, size = self.planhat.glyphs, self._sizes.get(entry.step, 0)
            told = journal_told(entry, self._users, size, arrow=glyphs.arrow)
            self._whole.update(Content(told))

    @property
    def _current(self) -> Entry | None:
        here = self.rows.current
        return self._entries.get(here.id) if here is not None else None

    @on(Rows.Pointed, "#journal-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self._tell()

    def why_not(self, name: str) -> str:
        """Say that there is nothing to take back."""
        entry = self._current
        if entry is None:
            return "Nothing was changed from here yet"
        if name == "undo_step" and not self._sizes.get(entry.step):
            return "Nothing stands of its step: U does again what undo took back"
        return ""

    def do_undo(self) -> None:
        """Answer with the edit under the cursor."""
        entry = self._current
        if entry is not None:
            self.dismiss(entry.n)

    def do_undo_step(self) -> None:
        """Answer with the step that the edit under the cursor belongs to."""
        entry = self._current
        if entry is not None:
            self.dismiss(entry.step)
