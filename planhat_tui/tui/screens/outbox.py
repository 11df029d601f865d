"""What Planhat doesn't have yet, why, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widgets import Static

from planhat_tui.model.events import Topic
from planhat_tui.model.outbox import LOOKED_UP_FIRST, Action, State
from planhat_tui.model.text import plural, visible
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns, moments
from planhat_tui.tui.presentation.rows import entry_row
from planhat_tui.tui.presentation.sentences import entry_words, undecided
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.screens.value import Given, Value
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.model.conflicts import Standoff
    from planhat_tui.model.outbox import Entry
    from planhat_tui.sync.prospects import Prospect
    from planhat_tui.tui.presentation.glyphs import Glyphs
    from planhat_tui.tui.presentation.rows import Row
    from planhat_tui.workspace.workspace import Workspace


def _dropped(entry: Entry) -> str:
    """Say what is shown now of the record of an edit that was dropped."""
    if entry.action is Action.CREATE:
        return "dropped."
    if entry.state is State.REFUSED:
        return "dropped; Planhat is asked how it has it."
    return "dropped; it's shown as Planhat has it."


THERE = "the id that Planhat gave it, if you know it"


class OutboxSheet(ListSheet[None]):
    """The edits that aren't delivered, oldest first."""

    HINT = "enter decides   R retry   x discard   h hold   ctrl+s send now   esc close"
    PLACES: ClassVar[tuple[Where, ...]] = (Where.OUTBOX,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.OUTBOX)]

    def __init__(self, workspace: Workspace, users: Mapping[str, str]) -> None:
        super().__init__("Not delivered yet")
        self.workspace = workspace
        self.rows = Rows(columns.OUTBOX, id="outbox-rows")
        self._users = users
        self._entries: Mapping[str, Entry] = {}
        self._prospects: Mapping[int, Prospect] = {}
        self._reason = Static("", classes="sheet-text", id="outbox-reason")
        self._asked = self._tried = ""

    def below(self) -> ComposeResult:
        """Tell the reason of the row under the cursor in full."""
        yield self._reason

    def on_mount(self) -> None:
        """Read."""
        self.rows.focus()
        self.read()
        self.set_interval(1.0, self.read)  # ages and prospects move by themselves

    def read(self) -> None:
        """Read the outbox."""
        workspace, now = self.workspace, self.planhat.monotonic()

        def look() -> tuple[Sequence[Entry], Mapping[int, Prospect]]:
            return workspace.reads.outbox(), workspace.prospects(now)

        self.ask("outbox", look, lambda known: self._show(*known))

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if the outbox changed."""
        if Topic.OUTBOX in changes:
            self.read()

    def _show(self, entries: Sequence[Entry], prospects: Mapping[int, Prospect]) -> None:
        self._prospects = prospects
        self._entries = {str(entry.n): entry for entry in entries}
        glyphs, now = self.planhat.glyphs, self.planhat.wall()
        self.rows.fill(len(entries), [self._row(e, glyphs, now) for e in entries])
        self._tell()
        if self._tried and self.said == self._tried:
            self._tell_tried(entries)

    def _row(self, entry: Entry, glyphs: Glyphs, now: float) -> Row:
        known = self._prospects.get(entry.n)
        waits = known.sentence if known is not None else ""
        return entry_row(entry, glyphs, now, self._users, waits)

    def _tell(self) -> None:
        entry = self._current
        if entry is None:
            self._reason.update(Content("Everything is delivered.  esc closes this"))
        else:
            known = self._prospects.get(entry.n)
            parts = [visible(entry.reason), known.sentence if known is not None else ""]
            since = f"Typed {moments.ago(self.planhat.wall() - entry.created_at)}."
            self._reason.update(Content("  ".join(filter(None, [*parts, since]))))

    @property
    def _current(self) -> Entry | None:
        here = self.rows.current
        return self._entries.get(here.id) if here is not None else None

    @on(Rows.Pointed, "#outbox-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self._tell()

    def why_not(self, name: str) -> str:
        """Say that there is nothing to act on."""
        entry = self._current
        if entry is None:
            return "Nothing waits here"
        unsure = entry.state is State.NOT_SURE and entry.action is Action.CREATE
        return "That is for what is not sure to be made" if name == "there" and not unsure else ""

    @on(Rows.Opened, "#outbox-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        entry = self._current
        if entry is None:
            return
        if entry.state is State.CONFLICT:
            n, reads = entry.n, self.workspace.reads
            self.ask("conflict", lambda: reads.standoff(n), self._decide, opens=True)
        elif not self.why_not("there"):
            self.tell("R sends it again   i says that it is there")
        else:
            self.tell(undecided(entry.state))

    def _decide(self, found: Standoff) -> None:
        from planhat_tui.tui.screens.conflict import ConflictSheet

        self.app.push_screen(ConflictSheet(self.workspace, found, self._users))

    def _act(self, deed: Callable[[int], Entry], said: str) -> None:
        entry = self._current
        if entry is not None:
            n = entry.n
            self.perform(lambda: deed(n), lambda done: self._acted(done, said))

    def _acted(self, entry: Entry, said: str) -> None:
        unsure = entry.state is State.NOT_SURE  # so it was to be sent again
        self.tell(f"{entry.title}: {LOOKED_UP_FIRST if unsure else said}")
        self.planhat.explorer.say(self.said)  # what it said of the edit before is over
        self.read()

    def do_retry(self) -> None:
        """Send it again; what is queued already is tried now."""
        entry = self._current
        if entry is not None and entry.state is State.QUEUED:
            self.workspace.send_now()
            self.tell(f"{entry.title}: trying again now.")
            return
        self._act(self.workspace.writes.retry, "queued again.")

    def do_discard(self) -> None:
        """Drop it, once that is said twice: no key brings it back."""
        entry = self._current
        if entry is None:
            return
        asked = f"x again drops {entry_words(entry, self._users)} for good"
        if self._asked == asked == self.said or entry.state is State.SENDING:
            self._act(self.workspace.discard, _dropped(entry))
        else:
            self._asked = asked
            self.tell(asked)

    def do_hold(self) -> None:
        """Keep it back."""
        self._act(self.workspace.writes.hold, "held.  R sends it")

    def do_send(self) -> None:
        """Try all that is queued now; what comes of it is told by the next look."""
        self.workspace.send_now()
        self._tried = "Trying all that is queued now."
        self.tell(self._tried)
        self.read()

    def _tell_tried(self, entries: Sequence[Entry]) -> None:
        """Say how many still wait after the try, and what the first of them waits for."""
        waiting = [one for one in entries if one.state is State.QUEUED]
        if any(one.state is State.SENDING for one in entries):
            return
        known = self._prospects.get(waiting[0].n) if waiting else None
        left = f"{plural(len(waiting), 'edit')} still queued."
        told = f"{left}  {known.sentence}" if known is not None else "Nothing is queued any more."
        self._tried = told if waiting else ""
        self.tell(told)

    def do_there(self) -> None:
        """Settle what is not sure: Planhat has it; its id may be given."""
        entry = self._current
        if entry is None:
            return
        n = entry.n
        sheet = Value(
            f"{visible(entry.title)} is there", "", lambda text, _type: text.strip(), types=(THERE,)
        )

        def answered(given: Given | None) -> None:
            if given is not None:
                self._act(
                    lambda _: self.workspace.it_is_there(n, str(given.value or "")),
                    "settled; it isn't sent again.",
                )

        self.app.push_screen(sheet, answered)
