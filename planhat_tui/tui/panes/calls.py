"""Calls: the form of one, and the list of those that were logged from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.content import Content
from textual.widgets import Input, Static

from planhat_tui.errors import InputError
from planhat_tui.model.calls import CallTimer, parse_iso
from planhat_tui.model.days import spoken
from planhat_tui.model.events import Topic
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.text import plural, visible
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.messages import KeysChanged
from planhat_tui.tui.panes.callform import CallForm, Partner
from planhat_tui.tui.panes.pane import Pane
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.moments import running
from planhat_tui.tui.presentation.rows import call_row
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.workspace.matching import instead, mismatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.model.outbox import Entry
    from planhat_tui.store.rows import LoggedCall
    from planhat_tui.workspace.matching import Match

TABS_EVERY = 5
"""Seconds between two looks of the timer in the rule: who counts them looks into the form."""

HEAD = "Calls logged from here"
NOTE_STAYS = "The note stays on this machine: the profile names no call_note_field"


class Calls(Pane):
    """Log a call, and see those that were logged from here: the API lists none."""

    NUMBER = 4
    WORD = "Call"
    PLACES: ClassVar[tuple[Where, ...]] = (Where.CALL,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.CALL)]

    def __init__(self) -> None:
        super().__init__()
        self.partner = Partner()
        self.form = CallForm()
        self.rows = Rows(columns.CALLS, id="call-rows")
        self.logged: Mapping[str, LoggedCall] = {}
        self._others: Mapping[str, Match] = {}
        self._new = 0
        self._aside: dict[Partner, CallTimer] = {}
        self._head = Static(Content(HEAD), id="call-head")
        self._whole = Static("", id="call-whole")

    def body(self) -> ComposeResult:
        """Draw the list; the form comes with :meth:`prepare`."""
        yield self._head
        yield self.rows
        yield self._whole

    def focus_target(self) -> Widget:
        """Return the timer that runs or the form's first box if it's open, else the list."""
        if not self.is_open:
            return self.rows
        return self.form.stages if self.form.runs else self.form.boxes["talk"].line

    @property
    def is_open(self) -> bool:
        """Whether the form is open."""
        return self.has_class("-open")

    def titled(self, title: str) -> str:
        """Return the title, with the timer if one runs: ``4 Call ▸ 6:09``."""
        told = super().titled(title)
        lasted = [timer.lasted(self.planhat.now()) for timer in self.running.values()]
        if not lasted or lasted[-1] is None:
            return told
        return f"{told} {self.planhat.glyphs.caret} {running(lasted[-1])}"

    @property
    def running(self) -> Mapping[Partner, CallTimer]:
        """The timers that run, by whom the call is with: that of the form comes last."""
        here = {self.form.partner: self.form.stages.timer} if self.form.runs else {}
        return {**self._aside, **here}

    # -- reading

    def point(self, partner: Partner) -> None:
        """Show the calls with another company; a form that is open stays as it is."""
        self.partner = partner
        self.read()

    def read(self) -> None:
        """Read the calls that were logged from here."""
        company, reads = self.partner.company_id, self.workspace.reads
        new = self._new

        def read() -> tuple[Sequence[LoggedCall], Mapping[str, Match], str]:
            logged = reads.calls(company) if company else ()
            others = {one.call.id: mismatch(reads, one) for one in logged}
            known = {call: match for call, match in others.items() if match is not None}
            return logged, known, reads.entry(new).record_id if new else ""

        self.ask("calls", read, lambda known: self._show(*known))

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if calls changed."""
        if changes.keys() & {Topic.CALL, Topic.OUTBOX}:
            self.read()

    def _show(
        self, logged: Sequence[LoggedCall], others: Mapping[str, Match], new: str = ""
    ) -> None:
        """Show the calls, with the cursor on the one that was just logged.

        ``others`` are those whom Planhat matched in place of who was meant, by call.
        """
        now, glyphs, people = self.planhat.now(), self.planhat.glyphs, self.explorer.people
        rows = [
            call_row(
                one,
                glyphs,
                now,
                people.get(one.contact_id or one.call.contact_id, ""),
                others.get(one.call.id),
            )
            for one in logged
        ]
        self.logged = {one.call.id: one for one in logged}
        self._others = others
        self.rows.fill(len(rows), rows, on=new)
        self._tell_whole()
        if new:
            self._new = 0
        self.entitle(count=str(len(rows)) if rows else "")
        text = "" if rows else "No calls logged from here yet.  C logs one that just ended"
        self.rows.say_empty(text)

    def _tell_whole(self) -> None:
        """Say under the list what of the call under the cursor has no room in its row."""
        here = self.rows.current
        one = self.logged.get(here.id) if here is not None else None
        agent, note = (one.call.external_user_id, one.note) if one is not None else ("", "")
        room = {column.key: column.width for column in self.rows.columns}
        other = self._others.get(here.id) if here is not None else None
        told = [f"Planhat matched {instead(other)}"] if other is not None else []
        told += [visible(f"by {agent}")] if agent and "agent" not in room else []
        if cell_len(visible(note)) > room.get("note", 0):
            told.append(visible(note))
        self._whole.update(Content(f" {self.planhat.glyphs.dot} ".join(told)))
        self._whole.set_class(bool(told), "-told")

    def on_resize(self) -> None:
        """Look again what has no room."""
        self.call_after_refresh(self._tell_whole)

    # -- the form

    def prepare(self) -> None:
        """Mount the form, hidden until c or C. It is half of all widgets, so it comes late."""
        if not self.form.is_attached:
            self.query_one(".pane-body").mount(self.form, before=self._head)

    def open_form(self, partner: Partner, *, finished: bool) -> None:
        """Open the form; one with a running timer is only shown again."""
        if not self.form.is_mounted:
            self.prepare()
            self.call_after_refresh(self.open_form, partner, finished=finished)
            return
        self.add_class("-open")
        self._tell_running()
        self.explorer.set_calling(on=True)
        if self.form.runs and not finished and partner == self.form.partner:
            self.form.stages.focus()
            return
        if self.form.runs and not finished:
            self.say(f"The call with {self.form.partner.whom} goes on too.  c on its row shows it")
        if self.form.runs:  # its draft has the times, and brings them back with c
            self._aside[self.form.partner] = self.form.stages.timer
        if not finished:
            self._aside.pop(partner, None)
        agent = self.workspace.profile.external_user_id
        self.form.begin(partner, agent, finished=finished)
        self._who(partner.phone)

    def _tell_running(self) -> None:
        """Say over the list that a call goes on whose form is closed, and the key for it."""
        goes_on = self.form.runs and not self.is_open
        told = f"The call with {self.form.partner.whom} goes on.  c shows it"
        self._head.update(Content(told if goes_on else HEAD))

    def close_form(self) -> None:
        """Hide the form; the list gets the focus."""
        self.remove_class("-open")
        self._tell_running()
        self.explorer.set_calling(on=False)
        self.rows.focus()
        self.post_message(KeysChanged())

    @on(Input.Changed, "#line-nr")
    def _number_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._who(event.value)

    def _who(self, number: str) -> None:
        reads = self.workspace.reads
        self.ask(
            "who",
            lambda: reads.who_has_number(number) if number.strip() else (),
            self.form.tell_matches,
        )

    @on(CallForm.Closed)
    def _form_closed(self, event: CallForm.Closed) -> None:
        event.stop()
        runs, key = self.form.runs, "C" if self.form.finished else "c"
        self.close_form()
        self.say(
            "The timer goes on.  c shows it again"
            if runs
            else f"The draft is kept.  {key} opens it"
        )

    @on(CallForm.Ready)
    def _ready(self, event: CallForm.Ready) -> None:
        event.stop()
        workspace, key = self.workspace, self.form.draft_key

        def log() -> tuple[Entry, ...]:
            entries = workspace.writes.log_call(event.draft, event.since)
            workspace.drafts.drop(key)
            return entries

        self.perform(log, self._logged, self._refused)

    def _logged(self, entries: tuple[Entry, ...]) -> None:
        kept = self.form.typed.note.strip() and not self.workspace.profile.call_note_field
        made = [entry for entry in entries if entry.n >= entries[0].n]
        notes = [NOTE_STAYS] if kept else []
        started, now = parse_iso(text_of(entries[0].body or {}, "start")), self.planhat.now()
        if started is not None and " " in (day := spoken(started, now)):
            notes.append(f"It started {day}")
        if meanwhile := len(entries) - len(made):
            notes.append(f"Undo takes back {plural(meanwhile, 'edit')} made meanwhile too")
        self.explorer.watching.queued(made, "  ".join(notes))
        self.form.fill(type(self.form.typed)())
        self.form.stages.restart(CallTimer())
        self.close_form()
        self.draw_timer()
        self._new = entries[0].n
        self.read()

    def _refused(self, error: PlanhatTuiError) -> None:
        """Show the refusal at its field; what is typed stays."""
        if isinstance(error, InputError) and error.field:
            self.form._fault(error)  # noqa: SLF001 -- the form is this pane's own
        self.say_problem(error)

    def tick(self) -> None:
        """Draw the running timer again; once in five seconds in the rule and the tabs too."""
        if not self.running:
            return
        if self.is_open:
            self.form.stages.refresh()
        if self.planhat.now().second % TABS_EVERY == 0:
            self.draw_timer()

    def draw_timer(self) -> None:
        """Draw the titles that tell of the timer."""
        self.draw_rule()
        self.explorer.draw_tabs()

    # -- keys

    @on(Rows.Pointed, "#call-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self._tell_whole()
        self.post_message(KeysChanged())

    @on(Rows.Opened, "#call-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.action_do("field")

    @on(Rows.Marked, "#call-rows")
    def _no_marks(self, event: Rows.Marked) -> None:
        event.stop()
        self.rows.marks.clear()

    def why_not(self, name: str) -> str:
        """Say why a key can't be used."""
        if name in {"field", "delete", "copy", "copy_field"} and self.rows.current is None:
            return "No call is under the cursor.  C logs one that just ended"
        return self.explorer.forbidden(name)

    def do_log_call(self) -> None:
        """Log a call that just ended."""
        self.explorer.log_call(finished=True)

    def do_call_now(self) -> None:
        """Log a call while it runs; one that runs already and whose form is closed is shown."""
        if self.form.runs and not self.is_open:
            self.open_form(self.form.partner, finished=False)
        else:
            self.explorer.log_call(finished=False)

    def do_add(self) -> None:
        """Log a call that just ended."""
        self.do_log_call()

    def do_copy(self) -> None:
        """Copy the number of the call under the cursor."""
        for one in self._selected():
            self.explorer.copy(visible(one.call.nr))

    def do_copy_field(self) -> None:
        """Copy a field of the call under the cursor, or all of it."""
        self.explorer.copying.pick(Kind.CALL, [one.call.raw for one in self._selected()])

    def _selected(self) -> list[LoggedCall]:
        return [self.logged[one] for one in self.rows.selection() if one in self.logged]

    def do_field(self) -> None:
        """Change a field of the call under the cursor."""
        self.want("field", Kind.CALL, self.rows.selection())

    def do_delete(self) -> None:
        """Delete the call under the cursor, after a word."""
        self.want("delete", Kind.CALL, self.rows.selection())

    def clear_search(self) -> bool:
        """Close the form, keeping the draft; ``False`` if it isn't open."""
        if not self.is_open:
            return False
        self.form.do_close()
        return True
