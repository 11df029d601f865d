"""Calls: the form of one, and the list of those that were logged from here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from rich.cells import cell_len
from textual import on
from textual.widgets import Input

from planhat_tui.model.calls import CallTimer, Stage, parse_iso
from planhat_tui.model.days import spoken
from planhat_tui.model.events import Topic
from planhat_tui.model.query import parse
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.text import plural, visible
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.panes.callform import CallForm
from planhat_tui.tui.panes.pane import Pane
from planhat_tui.tui.panes.stages import Stages
from planhat_tui.tui.presentation import columns, empty_words
from planhat_tui.tui.presentation.cells import clipped, named
from planhat_tui.tui.presentation.matched import is_found, neighbour
from planhat_tui.tui.presentation.moments import running
from planhat_tui.tui.presentation.rows import call_row
from planhat_tui.tui.presentation.sentences import SAVING
from planhat_tui.tui.sure import HELD, Sure
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.tui.widgets.words import Words
from planhat_tui.workspace.begun import Partner, key_of
from planhat_tui.workspace.matching import instead, mismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.model.outbox import Entry
    from planhat_tui.store.rows import LoggedCall
    from planhat_tui.workspace.begun import Begun
    from planhat_tui.workspace.matching import Match

NAME = 12
"""Cells of a name in the title, where the timer isn't that of the form below."""

HEAD = "Calls logged from here"
NOTE_STAYS = "The note stays on this machine: the profile names no call_note_field"


class Answer(NamedTuple):
    """What was read: the calls, and those that are begun and not saved.

    ``others`` are those whom Planhat matched in place of who was meant, by call; ``new`` is the id
    of the call that was just logged. ``partner`` is the form's, ``now`` the same by today's ids;
    ``was_kept`` tells whether its call had been on the disk before.
    """

    logged: Sequence[LoggedCall]
    others: Mapping[str, Match]
    new: str
    begun: Sequence[Begun]
    partner: Partner
    now: Partner
    was_kept: bool


_NO_MARKS: Final = "Calls are changed one by one: nothing to mark here.  {field} changes one"
LACKS: Final = {
    **dict.fromkeys(("mark", "range", "mark_all"), _NO_MARKS),
    "sort": "The calls stand by their time, the latest first: no order to choose",
    "columns": "The calls have these columns alone.  {companies} has more",
}
"""What is said of keys that other lists have, by their names."""


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
        self._aside: dict[str, tuple[Partner, CallTimer]] = {}
        self._begun: Sequence[Begun] = ()
        self._dropping = Sure()
        self._head = Words(id="call-head")
        self._whole = Words(id="call-whole")

    def body(self) -> ComposeResult:
        """Draw the list; the form comes with :meth:`prepare`."""
        yield self._head
        yield self.rows
        yield self._whole

    def focus_target(self) -> Widget:
        """Return what the form waits for if it's open, else the list.

        That is the next stage of a call that runs, the note of one that was timed to its end, the
        minutes of one that is told.
        """
        form = self.form
        if not self.is_open:
            return self.rows
        if form.runs:
            return form.stages
        return form.boxes["talk" if form.finished else "note"].line

    @property
    def is_open(self) -> bool:
        """Whether the form is open."""
        return self.has_class("-open")

    def titled(self, title: str) -> str:
        """Return the title, with the timer if one runs: ``4 Call ▸ 6:09``.

        Over the form of another call it has the name: ``4 Call ▸ Bo Lind 6:09``.
        """
        told = super().titled(title)
        if not self.running:
            return told
        partner, timer = [*self.running.items()][-1]
        lasted = timer.lasted(self.form.stages.moment)
        other = self.is_open and not self.form.runs
        whose = f"{clipped(partner.whom, NAME, ellipsis=self.planhat.glyphs.ellipsis)} "
        time = running(lasted) if lasted is not None else ""
        return f"{told} {self.planhat.glyphs.caret} {whose if other else ''}{time}"

    @property
    def running(self) -> Mapping[Partner, CallTimer]:
        """The timers that run, by whom the call is with: that of the form comes last."""
        form = self.form
        mine = None if form.finished else form.partner.key
        aside = {partner: timer for key, (partner, timer) in self._aside.items() if key != mine}
        return {**aside, form.partner: form.stages.timer} if form.runs else aside

    @property
    def left(self) -> list[Begun]:
        """Calls that aren't saved and don't run, told afterwards or timed; the open form's too."""
        return [one for one in self._begun if one.is_left]

    @property
    def unsaved(self) -> dict[str, str]:
        """Say of each call that isn't saved whom it's with and when: those that run first.

        By the keys of their drafts.
        """
        form, now = self.form, self.planhat.now()
        told = {key_of(one, finished=False): named(one.whom) for one in self.running}
        mine = self.draft
        told |= {one.key: _whom_and_when(one, now) for one in self.left if one.key != mine}
        if mine and form.is_touched and not form.runs:  # what is typed just now isn't read yet
            told[mine] = named(form.partner.whom)
        return told

    # -- reading

    def point(self, partner: Partner) -> None:
        """Show the calls with another company; a form that is open stays as it is."""
        self.partner = partner
        self.read()

    def read(self) -> None:
        """Read the calls that were logged from here."""
        company, reads = self.partner.company_id, self.workspace.reads
        new, begun = self._new, self.workspace.begun
        partner, was_kept = self.form.partner, self.form.is_kept

        def read() -> Answer:
            logged = reads.calls(company) if company else ()
            others = {one.call.id: mismatch(reads, one) for one in logged}
            known = {call: match for call, match in others.items() if match is not None}
            on = reads.entry(new).record_id if new else ""
            now = begun.followed(partner)
            return Answer(logged, known, on, begun.list(), partner, now, was_kept)

        self.ask("calls", read, self._show)

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if calls changed."""
        if changes.keys() & {Topic.CALL, Topic.OUTBOX}:
            self.read()

    def _show(self, known: Answer) -> None:
        """Show the calls, with the cursor on the one that was just logged."""
        self._know_begun(known)
        logged, others, new = known.logged, known.others, known.new
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
        text = "" if rows else empty_words.no_calls(self.partner.company_name)
        self.rows.say_empty(text if self.partner.company_id else empty_words.NO_COMPANY)

    def _know_begun(self, known: Answer) -> None:
        """Take in which calls go on, also from before a restart; and what became of the form's."""
        form, self._begun = self.form, known.begun
        timers = [(one.partner, one.timer) for one in known.begun]
        self._aside = {partner.key: (partner, t) for partner, t in timers if t is not None}
        if known.partner == form.partner:
            form.partner = known.now
            mine = (form.partner.key, form.finished)
            here = mine in {(one.partner.key, one.finished) for one in known.begun}
            if known.was_kept and not here and not form.is_saving:  # what we save tells itself
                whom = named(form.partner.whom)
                told = f"The call with {whom} isn't open any more: it was saved or dropped"
                self._let_go(told if self.is_open else "")
        form.stages.look(self.planhat.now())
        self._tell_running()
        self.draw_timer()

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
        self._whole.say(f" {self.planhat.glyphs.dot} ".join(told))
        self._whole.set_class(bool(told), "-told")

    def on_resize(self) -> None:
        """Look again what has no room."""
        self.call_after_refresh(self._tell_whole)

    # -- the form

    def prepare(self) -> None:
        """Mount the form, hidden until c or C. It is half of all widgets, so it comes late."""
        if not self.form.is_attached:
            self.query_one(".pane-body").mount(self.form, before=self._head)

    def open_form(
        self,
        partner: Partner,
        *,
        finished: bool,
        focus: bool = True,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Open the form; one with a running timer is only shown again.

        ``then`` is called once its draft is there, or it's clear that another one stays open.
        """
        if not self.form.is_mounted:
            self.prepare()
            again = partial(self.open_form, partner, finished=finished, focus=focus, then=then)
            self.call_after_refresh(again)
            return
        if self.form.is_saving:
            self.say(SAVING)
        else:
            self._show_form(partner, finished=finished, focus=focus)
        if then is not None:
            self.form.once_shown("recalled", then)

    def _show_form(self, partner: Partner, *, finished: bool, focus: bool) -> None:
        """Show the form, of the call that runs already or with the draft of another one."""
        self.add_class("-open", update=False)  # the explorer styles all, this too
        self.explorer.set_calling(on=True)
        self.explorer.move_on()
        form = self.form
        if form.runs and not finished and partner.key == form.partner.key:
            self._tell_running()
            if focus:
                form.stages.focus()
            return
        if form.runs:  # its draft has the times, and brings them back with c
            self._aside[form.partner.key] = (form.partner, form.stages.timer)
            if not finished:
                self.say(
                    f"The call with {named(form.partner.whom)} goes on too.  "
                    "{close} and {call_now} show it"
                )
        agent = self.workspace.profile.external_user_id
        form.begin(partner, agent, finished=finished, focus=focus)
        self.explorer.keep_front()
        self._tell_running()
        self._who(partner.phone)

    def _tell_running(self) -> None:
        """Say over the list which calls go on or aren't saved, and the key that opens each."""
        if self.is_open:
            self._head.say(HEAD)
            return
        told, now, going = [], self.planhat.now(), [*self.running]
        if going[1:]:
            told.append(f"{len(going)} calls go on.  {{call_now}} shows them")
        elif going:
            told.append(f"The call with {named(going[0].whom)} goes on.  {{call_now}} shows it")
        if self.left:
            each = (f"{_key(one)} {_whom_and_when(one, now)}" for one in self.left)
            told.append(f"Not saved yet: {', '.join(each)}")
        self._head.say(self.keyed("  ".join(told)) or HEAD)

    @property
    def draft(self) -> str:
        """The key of the draft whose form is open; empty if none is."""
        form = self.form
        return key_of(form.partner, finished=form.finished) if self.is_open else ""

    def take_up(self, key: str, then: Callable[[], None]) -> None:
        """Open the form again that a draft is of, and go on; the pane in front keeps the focus.

        A draft that can't be read is told of, and holds nothing up.
        The form has none: whoever has just started types for the list.
        """
        begun = self.workspace.begun

        def found(one: Begun | None) -> None:
            if one is None:
                then()
                return
            self.open_form(one.partner, finished=one.finished, focus=False, then=then)

        def unread(error: PlanhatTuiError) -> None:
            self.say_problem(error)
            then()

        self.ask("form", lambda: begun.called(key), found, unread, opens=True)

    def close_form(self) -> None:
        """Hide the form; the list tells what of it isn't saved, and gets the focus that it had."""
        had_focus = self.form.has_focus_within or self.explorer.focused is None
        self.remove_class("-open", update=False)  # as it is opened
        self.explorer.set_calling(on=False)
        self.read()
        self.explorer.keep_front()
        self._tell_running()
        if had_focus:
            self.rows.focus()
        self.tell_keys()

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
        runs, key = self.form.runs, "{log_call}" if self.form.finished else "{call_now}"
        self.close_form()
        self.say(
            "The timer goes on.  {call_now} shows it again"
            if runs
            else f"The draft is kept.  {key} opens it"
        )

    @on(CallForm.Ready)
    def _ready(self, event: CallForm.Ready) -> None:
        event.stop()
        workspace, partner, finished = self.workspace, self.form.partner, self.form.finished

        def log() -> tuple[Entry, ...]:
            with workspace.at_once():
                entries = workspace.writes.log_call(event.draft, event.since)
                workspace.begun.drop(partner, finished=finished)
            return entries

        self.ask("save", log, self._logged, self.form.refuse, opens=True)

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
        self._let_go()
        self._new = entries[0].n
        self.read()

    def _let_go(self, told: str = "") -> None:
        """Close the form of a call that is saved or dropped."""
        self._aside.pop(self.form.partner.key, None)
        self.form.clear()
        if self.is_open:
            self.close_form()
        self.draw_timer()
        if told:
            self.say(told)

    @on(CallForm.Dropped)
    def _dropped(self, event: CallForm.Dropped) -> None:
        event.stop()
        self.do_drop()

    def do_drop(self) -> None:
        """Throw the call of the form away with its draft; what would be lost is named first."""
        form, now = self.form, self.planhat.pressed_at()
        key, whom = form.partner.key, named(form.partner.whom)
        sure = self._dropping.about(key, now)
        if not sure and (not form.finished or form.is_touched):
            does = f"drops the call with {whom} and all that is typed of it"
            self.say(self._dropping.question("{drop}", does))
            return
        begun, partner, finished = self.workspace.begun, form.partner, form.finished
        self.perform(
            lambda: begun.drop(partner, finished=finished),
            lambda _: self._let_go(f"The call with {whom} is dropped: nothing was logged"),
        )

    @property
    def why_no_stamp(self) -> str:
        """Say why no stage of a call can be stamped now; empty if one can."""
        return self._why_no_stamp()

    def _why_no_stamp(self, *out: str) -> str:
        """Return it; ``out`` are the keys that lead back to the explorer."""
        form = self.form
        if form.runs:
            return ""
        if self.running:
            *_, partner = self.running
            way = ["{close}"] if self.is_open else []
            way = [*out, *(way if self.has_focus_within else ["{calls}", *way])]
            shows = f"{', '.join(way)} and {{call_now}} show" if way else "{call_now} shows"
            return f"The call with {named(partner.whom)} goes on.  {shows} it"
        if not self.is_open:
            return "No call runs.  {call_now} begins one"
        if form.finished:
            return "This call has ended: type its minutes.  {call_now} times one that begins now"
        return form.stages.why_not("stage")

    def stamp(self) -> None:
        """Stamp the next stage of the form's call; where that ends, its note is asked for."""
        form = self.form
        ends = form.stages.timer.stage is Stage.TALKING
        if ends and not self.is_open and not self.planhat.typing.is_repeat:
            self.open_form(form.partner, finished=False)
        form.do_stamp()
        if not ends and form.stages.timer.stage is Stage.TALKING:
            self.say(f"The talk with {named(form.partner.whom)} has begun.  {{stamp}} ends it")

    def stamp_behind(self) -> str:
        """Stamp the next stage from a sheet, and return what to say there; the focus stays."""
        form = self.form
        if reason := self._why_no_stamp("{close}"):
            return reason
        if self.planhat.typing.is_repeat:
            return HELD
        whom, ends = named(form.partner.whom), form.stages.timer.stage is Stage.TALKING
        if ends and not self.is_open:
            self.open_form(form.partner, finished=False, focus=False)
        form.stages.begin_next()
        if ends:
            return f"The call with {whom} has ended.  {{close}} and {{calls}} go to its form"
        return f"The talk with {whom} has begun.  {{stamp}} ends it"

    def tick(self) -> None:
        """Tell the running timers anew, in the form, the rule and the tabs alike."""
        if self.running:
            self.form.stages.look(self.planhat.now())
            self.draw_timer()

    @on(Stages.Stamped)
    def _stamped(self, event: Stages.Stamped) -> None:
        event.stop()
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
        self.tell_keys()

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
        if name in {"next_match", "previous_match"} and not self.explorer.companies.searched:
            return "Nothing was looked for yet.  {find} finds"
        if name in {"next_match", "previous_match", "views"}:
            return ""
        if name in {"field", "delete", "copy", "copy_field"} and self.rows.current is None:
            return "No call is under the cursor.  {log_call} logs one that just ended"
        return self.explorer.forbidden(name)

    def lacks(self, name: str) -> str:
        """Say why a key that other lists have is none of the calls."""
        return "" if self.is_open else LACKS.get(name, "")

    def do_next_match(self) -> None:
        """Go to the next call here that the last search finds."""
        self._to_match(back=False)

    def do_previous_match(self) -> None:
        """Go to the one before."""
        self._to_match(back=True)

    def _to_match(self, *, back: bool) -> None:
        searched, here = self.explorer.companies.searched, self.rows.current
        query, ids = parse(searched), [*self.logged]
        shown = filter(None, map(self.rows.row, range(len(ids))))
        found = {row.id for row in shown if is_found(query, map(str, row.cells.values()))}
        to = neighbour(ids, here.id if here is not None else "", found, back=back)
        self.rows.go_to(to)
        if not to:
            self.say(f"No call here matches {named(searched)}")

    def do_views(self) -> None:
        """Show a saved view of the companies."""
        self.explorer.arranging.views()

    def do_log_call(self) -> None:
        """Log a call that just ended, or go on with one that isn't saved."""
        self._go_on({}, finished=True)

    def do_call_now(self) -> None:
        """Log a call while it runs; where the forms of such are closed, show that one, or which."""
        self._go_on({one.key: one for one in self.running}, finished=False)

    def _go_on(self, going: Mapping[str, Partner], *, finished: bool) -> None:
        """Open the only call that goes on, or ask which of those that aren't saved, or a new one.

        Where the form is open, the call is a new one.
        """
        left = {one.partner.key: one for one in self.left if one.finished is finished}
        here = self.explorer.partner
        if self.is_open or not (going or left) or (not going and here.key in left):
            self.explorer.log_call(finished=finished)
        elif len(going) == 1 and not left:
            self.open_form(*going.values(), finished=finished)
        else:
            self._ask_which(going, left, here, finished=finished)

    def _ask_which(
        self,
        going: Mapping[str, Partner],
        left: Mapping[str, Begun],
        here: Partner,
        *,
        finished: bool,
    ) -> None:
        from planhat_tui.tui.screens.pick import Pick
        from planhat_tui.tui.widgets.picker import Choice

        now = self.planhat.now()
        partners = {**going, **{key: one.partner for key, one in left.items()}}
        choices = [
            Choice(key, visible(one.whom), visible(f"{one.company_name}, goes on"))
            for key, one in going.items()
        ]
        choices += [
            Choice(key, _whom_and_when(one, now), visible(f"{one.partner.company_name}, not saved"))
            for key, one in left.items()
        ]
        if here.key not in partners:
            partners[here.key] = here
            choices.append(Choice(here.key, visible(here.whom), "a new call"))

        def picked(choice: Choice | None) -> None:
            if choice is not None:
                self.open_form(partners[choice.value], finished=finished)

        self.app.push_screen(Pick("Which call?", choices), picked)

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


def _key(one: Begun) -> str:
    """Return the key that opens a call."""
    return "{log_call}" if one.finished else "{call_now}"


def _whom_and_when(one: Begun, now: datetime) -> str:
    """Say whom a call is with, and when it was."""
    whom = named(one.partner.whom)
    return f"{whom} {spoken(one.when, now)}" if one.when is not None else whom
