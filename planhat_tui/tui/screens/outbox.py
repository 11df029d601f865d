"""What Planhat doesn't have yet, why, and what can be done about it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual import on
from textual.content import Content

from planhat_tui.model.doubts import told_again, told_let_go
from planhat_tui.model.events import Topic
from planhat_tui.model.outbox import DAMAGED, Action, State
from planhat_tui.model.text import plural, visible
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns, moments
from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.presentation.rows import entry_row
from planhat_tui.tui.presentation.sentences import entry_words, last_met, undecided
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.screens.value import Given, Value
from planhat_tui.tui.sure import Sure
from planhat_tui.tui.widgets.rowlines import PAGE
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.tui.widgets.words import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.model.conflicts import Standoff
    from planhat_tui.model.outbox import Entry
    from planhat_tui.sync.prospects import Prospect
    from planhat_tui.tui.presentation.rows import Row
    from planhat_tui.workspace.workspace import Workspace


def _dropped(entry: Entry, before: Entry, clock: Callable[[float], str]) -> str:
    """Say what is shown now of the record of an edit that was dropped, and what isn't known yet."""
    if entry.let_go:
        return f"dropped. {told_let_go(entry, clock)}"
    if entry.action is Action.CREATE:
        return "dropped."
    if before.state is State.REFUSED:
        return "dropped; Planhat is asked how it has it."
    return "dropped; it's shown as Planhat has it."


WAYS: Final[Mapping[State, Sequence[str]]] = {
    State.CONFLICT: ("enter: decide", "retry", "discard"),
    State.NOT_SURE: ("retry", "discard"),
    State.REFUSED: ("retry", "discard"),
    State.HELD: ("retry", "discard"),
    State.QUEUED: ("retry", "discard", "hold"),
}
"""The keys that do something for an edit, by its state."""

THERE = "the id that Planhat gave it, if you know it"


class Known(NamedTuple):
    """What was read: the edits, their places by id, what each waits for, and the rest of plans."""

    entries: Sequence[Entry]
    places: Mapping[str, int]
    prospects: Mapping[int, Prospect]
    rest: str


NOTHING: Final = Known((), {}, {}, "")


class OutboxSheet(ListSheet[None]):
    """The edits that aren't delivered, oldest first."""

    CLOSE = "{close}: close"
    HINT = (CLOSE,)
    PLACES: ClassVar[tuple[Where, ...]] = (Where.OUTBOX,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.OUTBOX)]

    def __init__(self, workspace: Workspace, users: Mapping[str, str]) -> None:
        super().__init__("Not delivered yet")
        self.workspace = workspace
        self.rows = Rows(columns.OUTBOX, id="outbox-rows")
        self._users = users
        self._known = NOTHING
        self._reason = Text("", classes="sheet-text", id="outbox-reason")
        self._discarding = Sure()
        self._tried = ""

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

        def look() -> Known:
            entries, prospects = workspace.reads.outbox(), workspace.prospects(now)
            places = {str(entry.n): place for place, entry in enumerate(entries)}
            return Known(entries, places, prospects, workspace.rest_of_plans.told)

        self.ask("outbox", look, self._show)

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if the outbox changed."""
        if Topic.OUTBOX in changes:
            self.read()

    def _show(self, known: Known) -> None:
        """Show what is seen of them: there may be thousands, and they are read each second."""
        here, self._known = self.rows.current, known
        at = known.places.get(here.id) if here is not None else None
        (first, count), total = self.rows.window, len(known.entries)
        if at is not None:  # what was delivered before it has gone
            first, count = max(0, first + at - self.rows.cursor), count + PAGE
        first = min(first, max(0, total - 1)) // PAGE * PAGE
        self.rows.fill(total, self._made(first, count), offset=first)
        self._tell()
        if self._tried and self.said == self._tried:
            self._tell_tried(known.entries)

    def _made(self, offset: int, count: int) -> list[Row]:
        glyphs, now = self.planhat.glyphs, self.planhat.wall()
        return [
            entry_row(entry, glyphs, now, self._users, self._waits(entry))
            for entry in self._known.entries[offset : offset + count]
        ]

    def _waits(self, entry: Entry) -> str:
        known = self._known.prospects.get(entry.n)
        return known.sentence if known is not None else ""

    @on(Rows.Missing, "#outbox-rows")
    def _missing(self, event: Rows.Missing) -> None:
        event.stop()
        self.rows.put(event.offset, self._made(event.offset, PAGE))

    def _hints(self, entry: Entry | None) -> Sequence[str]:
        """Return the keys that do something for an edit, and for what is queued."""
        hints = []
        if entry is not None:
            damaged = {"retry"} if entry.reason == DAMAGED else set()
            hints += [hint for hint in WAYS.get(entry.state, ()) if hint not in damaged]
            hints += [] if self.why_not("there") else ["there"]
        if any(one.state is State.QUEUED for one in self._known.entries):
            hints.append("{send}: send")
        return (*hints, self.CLOSE)

    def _tell(self) -> None:
        entry = self._current
        self.hint(self._hints(entry))
        if entry is None:
            all_told = self._known.rest or "Everything is delivered."
            self._reason.update(Content(self.keyed(f"{all_told}  {{close}} closes this")))
        else:
            known = self._known.prospects.get(entry.n)
            goes_out = known is not None and known.seconds is not None
            parts = [
                last_met(entry, goes_out=goes_out),
                known.sentence if known is not None else "",
            ]
            since = f"Typed {moments.ago(self.planhat.wall() - entry.created_at)}."
            self._reason.update(Content("  ".join(filter(None, [*parts, since, self._known.rest]))))

    @property
    def _current(self) -> Entry | None:
        here = self.rows.current
        place = self._known.places.get(here.id) if here is not None else None
        return self._known.entries[place] if place is not None else None

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
            self.tell("{retry} sends it again   {there} says that it is there")
        else:
            self.tell(undecided(entry.state))

    def _decide(self, found: Standoff) -> None:
        from planhat_tui.tui.screens.conflict import ConflictSheet

        self.app.push_screen(ConflictSheet(self.workspace, found, self._users))

    def _act(self, deed: Callable[[int], Entry], said: Callable[[Entry], str]) -> None:
        entry = self._current
        if entry is not None:
            n = entry.n
            self.perform(lambda: deed(n), lambda done: self._acted(done, said(done)))

    def _acted(self, entry: Entry, said: str) -> None:
        self.tell(f"{literal(visible(entry.title))}: {said}")
        self.planhat.explorer.say(self.said)  # what it said of the edit before is over
        self.read()

    def _clock(self, moment: float) -> str:
        now = self.planhat.now()
        return moments.clock(datetime.fromtimestamp(moment, now.tzinfo), now)

    def _again(self, entry: Entry) -> str:
        if entry.state is State.NOT_SURE:
            return told_again(entry, self.planhat.wall(), self._clock)
        return "queued again."

    def do_retry(self) -> None:
        """Send it again; what is queued already is tried now."""
        entry = self._current
        if entry is not None and entry.state is State.QUEUED:
            self.workspace.send_now()
            self.tell(f"{literal(visible(entry.title))}: trying again now.")
            return
        self._act(self.workspace.writes.retry, self._again)

    def do_discard(self) -> None:
        """Drop it, once that is said twice: no key brings it back."""
        entry = self._current
        if entry is None:
            return
        what = literal(entry_words(entry, self._users))
        sure = self._discarding.about((entry.n, what), self.planhat.pressed_at())
        if sure or entry.state is State.SENDING:
            self._act(self.workspace.discard, lambda done: _dropped(done, entry, self._clock))
        else:
            self.tell(self._discarding.question("{discard}", f"drops {what} for good"))

    def do_hold(self) -> None:
        """Keep it back."""
        self._act(self.workspace.writes.hold, lambda _: "held.  {retry} sends it")

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
        known = self._known.prospects.get(waiting[0].n) if waiting else None
        left = f"{plural(len(waiting), 'edit')} still queued."
        told = (
            f"{left}  {literal(visible(known.sentence))}"
            if known is not None
            else "Nothing is queued any more."
        )
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
                self.wait_for(
                    lambda: self.workspace.it_is_there(n, str(given.value or "")),
                    lambda done: self._acted(done, "settled; it isn't sent again."),
                )

        self.app.push_screen(sheet, answered)
