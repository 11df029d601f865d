"""What Planhat doesn't have yet, why, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widgets import Static

from planhat_tui.model.events import Topic
from planhat_tui.model.outbox import State
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.rows import entry_row
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.model.outbox import Entry
    from planhat_tui.workspace.workspace import Workspace


class OutboxSheet(Sheet[None]):
    """The edits that aren't delivered, oldest first."""

    HINT = "R send again   x discard   h hold   esc close"
    PLACES: ClassVar[tuple[Where, ...]] = (Where.OUTBOX,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.OUTBOX)]

    def __init__(self, workspace: Workspace, users: Mapping[str, str]) -> None:
        super().__init__("Not delivered yet")
        self.workspace = workspace
        self.rows = Rows(columns.OUTBOX, id="outbox-rows")
        self._users = users
        self._entries: Mapping[str, Entry] = {}
        self._reason = Static("", classes="sheet-text", id="outbox-reason")

    def body(self) -> ComposeResult:
        """Draw the list, and the reason of the row under the cursor in full."""
        self.rows.add_class("sheet-rows")
        yield self.rows
        yield self._reason

    def on_mount(self) -> None:
        """Read."""
        self.rows.focus()
        self.read()

    def read(self) -> None:
        """Read the outbox."""
        self.ask("outbox", self.workspace.reads.outbox, self._show)

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if the outbox changed."""
        if Topic.OUTBOX in changes:
            self.read()

    def _show(self, entries: Sequence[Entry]) -> None:
        self._entries = {str(entry.n): entry for entry in entries}
        glyphs, now = self.planhat.glyphs, self.planhat.wall()
        self.rows.fill(len(entries), [entry_row(e, glyphs, now, self._users) for e in entries])
        self._tell()

    def _tell(self) -> None:
        entry = self._current
        if entry is None:
            self._reason.update(Content("Everything is delivered.  esc closes this"))
        else:
            self._reason.update(Content(entry.reason or _waits(entry)))

    @property
    def _current(self) -> Entry | None:
        here = self.rows.current
        return self._entries.get(here.id) if here is not None else None

    @on(Rows.Pointed, "#outbox-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self._tell()

    def why_not(self, name: str) -> str:  # noqa: ARG002 -- all keys need the same
        """Say that there is nothing to act on."""
        return "" if self._current is not None else "Nothing waits here"

    def _act(self, deed: Callable[[int], Entry], said: str) -> None:
        entry = self._current
        if entry is not None:
            n = entry.n
            self.perform(lambda: deed(n), lambda done: self._acted(done, said))

    def _acted(self, entry: Entry, said: str) -> None:
        self.tell(f"{entry.title}: {said}")
        self.planhat.explorer.say(self.said)  # what it said of the edit before is over
        self.read()

    def do_retry(self) -> None:
        """Send it again; what is queued already is tried now."""
        entry = self._current
        if entry is not None and entry.state is State.QUEUED:
            self.workspace.net.wake()
            self.tell(f"{entry.title}: trying again now.")
            return
        self._act(self.workspace.writes.retry, "queued again.")

    def do_discard(self) -> None:
        """Drop it."""
        self._act(self.workspace.writes.discard, "dropped; it's shown as Planhat has it.")

    def do_hold(self) -> None:
        """Keep it back."""
        self._act(self.workspace.writes.hold, "held.  R sends it")


def _waits(entry: Entry) -> str:
    if entry.state is State.HELD:
        return "It stays here until R sends it."
    return "It goes out by itself."
