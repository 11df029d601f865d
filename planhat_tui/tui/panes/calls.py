"""Calls: the form of one, and the list of those that were logged from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widgets import Input, Static

from planhat_tui.errors import InputError
from planhat_tui.model.calls import CallTimer
from planhat_tui.model.events import Topic
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Contact, Kind
from planhat_tui.model.text import visible
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.messages import KeysChanged
from planhat_tui.tui.panes.callform import CallForm, Partner
from planhat_tui.tui.panes.pane import Pane
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.rows import call_row
from planhat_tui.tui.presentation.sentences import queued
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.model.outbox import Entry
    from planhat_tui.store.rows import LoggedCall
    from planhat_tui.workspace.queries import Queries


NOTE_STAYS = "The note stays on this machine: the profile names no call_note_field"


@dataclass(frozen=True, slots=True)
class Match:
    """Whom Planhat matched a call to, and whether that is who was meant."""

    whom: str
    meant: bool


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
        self._head = Static(Content("Calls logged from here"), id="call-head")
        self._sent: tuple[int, ...] = ()
        self._where = ""

    def body(self) -> ComposeResult:
        """Draw the list; the form comes with :meth:`prepare`."""
        yield self._head
        yield self.rows

    def focus_target(self) -> Widget:
        """Return the form's first box if it's open, else the list."""
        return self.form.boxes["talk"].line if self.is_open else self.rows

    @property
    def is_open(self) -> bool:
        """Whether the form is open."""
        return self.has_class("-open")

    # -- reading

    def point(self, partner: Partner) -> None:
        """Show the calls with another company; a form that is open stays as it is."""
        self.partner = partner
        self.read()

    def read(self) -> None:
        """Read the calls that were logged from here."""
        company, reads = self.partner.company_id, self.workspace.reads
        self.ask("calls", lambda: reads.calls(company) if company else (), self._show)

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if calls changed; tell what became of the one just logged."""
        if changes.keys() & {Topic.CALL, Topic.OUTBOX}:
            self.read()
            self._follow()

    def _show(self, logged: Sequence[LoggedCall]) -> None:
        now, glyphs, people = self.planhat.now(), self.planhat.glyphs, self.explorer.people
        rows = [
            call_row(one, glyphs, now, people.get(one.contact_id or one.call.contact_id, ""))
            for one in logged
        ]
        self.rows.fill(len(rows), rows)
        self.entitle(count=str(len(rows)) if rows else "")
        text = "" if rows else "No calls logged from here yet.  C logs one that just ended"
        self.rows.say_empty(text)

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
        self.explorer.set_calling(on=True)
        if self.form.runs and not finished and partner == self.form.partner:
            self.form.stages.focus()
            return
        agent = self.workspace.profile.external_user_id
        self.form.begin(partner, agent, finished=finished)
        self._who(partner.phone)

    def close_form(self) -> None:
        """Hide the form; the list gets the focus."""
        self.remove_class("-open")
        self.explorer.set_calling(on=False)
        self.rows.focus()
        self.post_message(KeysChanged())

    @on(Input.Changed, "#line-nr")
    def _number_typed(self, event: Input.Changed) -> None:
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
        runs = self.form.runs
        self.close_form()
        self.say(
            "The timer goes on.  c shows it again" if runs else "The draft is kept.  C opens it"
        )

    @on(CallForm.Ready)
    def _ready(self, event: CallForm.Ready) -> None:
        event.stop()
        workspace, draft, key = self.workspace, event.draft, self.form.draft_key

        def log() -> tuple[Entry, ...]:
            entries = workspace.writes.log_call(draft)
            workspace.drafts.drop(key)
            return entries

        self.perform(log, self._logged, self._refused)

    def _logged(self, entries: tuple[Entry, ...]) -> None:
        self._sent = tuple(entry.n for entry in entries if entry.kind is Kind.CALL)
        kept = self.form.typed.note and not self.workspace.profile.call_note_field
        self._where = f"  {NOTE_STAYS}" if kept else ""
        self.say(f"{queued(entries)}{self._where}")
        self.form.fill(type(self.form.typed)())
        self.form.stages.restart(CallTimer())
        self.close_form()

    def _refused(self, error: PlanhatTuiError) -> None:
        """Show the refusal at its field; what is typed stays."""
        if isinstance(error, InputError) and error.field:
            self.form._fault(error)  # noqa: SLF001 -- the form is this pane's own
        self.say_problem(error)

    def _follow(self) -> None:
        """Tell what the answer matched, once the call that was just logged is delivered."""
        reads, sent = self.workspace.reads, self._sent
        if sent:
            self.ask("sent", lambda: [reads.entry(n) for n in sent], self._delivered)

    def _delivered(self, entries: Sequence[Entry]) -> None:
        if any(entry.state is not State.DELIVERED for entry in entries):
            return
        self._sent = ()
        reads, ids = self.workspace.reads, {e.result_id or e.record_id for e in entries}
        self.ask("matched", lambda: _matches(reads, ids), self._tell_match)

    def _tell_match(self, matches: Sequence[Match]) -> None:
        for match in matches:
            told = "Planhat has the call"
            if not match.whom:
                told += "; its number matched nobody there"
            elif match.meant:
                told += f" and matched {match.whom}"
            else:
                told += f", but matched {match.whom}: the number is shared"
            self.say(f"{told}{self._where}")

    def tick(self) -> None:
        """Draw the running timer again."""
        if self.is_open and self.form.runs:
            self.form.stages.refresh()

    # -- keys

    @on(Rows.Pointed, "#call-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
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
        if name in {"field", "delete"} and self.rows.current is None:
            return "No call is under the cursor.  C logs one that just ended"
        return self.explorer.forbidden(name)

    def do_log_call(self) -> None:
        """Log a call that just ended."""
        self.explorer.log_call(finished=True)

    def do_call_now(self) -> None:
        """Log a call while it runs."""
        self.explorer.log_call(finished=False)

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


def _matches(reads: Queries, ids: set[str]) -> list[Match]:
    """Return what Planhat made of calls; names come from the local copy."""
    found = []
    for logged in reads.calls():
        call = logged.call
        if call.id not in ids:
            continue
        shown = reads.contact(call.contact_id) if call.contact_id else None
        person = Contact.from_raw(shown.raw) if shown is not None else None
        if person is not None:
            whom = f"{person.title} at {person.company_name}"
        elif call.contact_id or call.company_id:
            whom = f"contact {call.contact_id or '-'} at company {call.company_id or '-'}"
        else:
            whom = ""
        meant = not logged.contact_id or logged.contact_id == call.contact_id
        found.append(Match(visible(whom), meant))
    return found
