"""The form of a call, filled from contact and profile; every key press is kept as a draft."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from planhat_tui.errors import InputError
from planhat_tui.model import calls
from planhat_tui.model.calls import CallTimer, parse_iso
from planhat_tui.model.days import spoken
from planhat_tui.model.records import text_of
from planhat_tui.model.text import visible
from planhat_tui.tui.calldraft import (
    TIMES,
    Typed,
    at_clock,
    at_save,
    check_told,
    draft_of,
    kept,
    recalled,
    stamp,
)
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.panes.stages import Stages
from planhat_tui.tui.part import InExplorer
from planhat_tui.tui.presentation.cells import named
from planhat_tui.tui.presentation.moments import lasting
from planhat_tui.tui.presentation.sentences import SAVING, problem
from planhat_tui.tui.widgets.line import FormField
from planhat_tui.tui.widgets.toggle import Toggle
from planhat_tui.tui.widgets.words import Text
from planhat_tui.workspace.begun import TOLD, TYPED_AT, Partner, timer_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.model.calls import CallDraft
    from planhat_tui.model.values import Json
    from planhat_tui.store.rows import ContactRow
    from planhat_tui.tui.widgets.picker import Choice

PLACE_OF_ERROR = {"external_user_id": "agent"}
"""Fields of a call that the form calls otherwise."""

A_NUMBER = "like +46 70 123 45 67"
NO_NUMBER = "no number in Planhat: type one"
"""What stands in the empty box of the number; the second for a contact who has none."""

MEANT: Final = ""
"""The choice that the call is with whom the form is about; no record has this id."""

NAMED: Final = 3
"""So many of those who share a number are named."""


class CallForm(Vertical, InExplorer):
    """A call that runs or has just ended. It says what it would save, and where it's wrong.

    ``is_kept``: what is typed of it is on the disk.
    """

    PLACES: ClassVar[tuple[Where, ...]] = (Where.FORM,)
    ONLY_ABLE = frozenset({"stamp"})
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Where.FORM),
        Binding("tab", "step(1)", show=False),
        Binding("shift+tab", "step(-1)", show=False),
    ]

    @dataclass
    class Ready(Message):
        """ctrl+s: this is to be logged, as one step with what was changed ``since`` it began."""

        draft: CallDraft
        since: float

    @dataclass
    class Closed(Message):
        """esc: the draft is kept."""

    @dataclass
    class Dropped(Message):
        """F9: the call is to be thrown away."""

    def __init__(self) -> None:
        super().__init__(id="call-form")
        self.partner = Partner()
        self.finished = True
        self.is_kept = False
        self._opened = 0.0
        self._told_at: datetime | None = None  # when one that had ended was told, at the latest
        self.stages = Stages()
        self.open_endpoint = Toggle("open endpoint", id="open-endpoint")
        self._with = Text("", id="call-with")
        self._told = Text("", id="call-told")
        self._whose = Text("", id="call-whose")

    @cached_property
    def boxes(self) -> Mapping[str, FormField]:
        """The boxes; not made before they're asked for: the first sight of the list is sooner."""
        return {
            "nr": FormField("nr", "number", hint=A_NUMBER),
            "agent": FormField("agent", "agent", hint="who called: the id in your system"),
            "talk": FormField("talk", "minutes", hint="5, 90s or 1h5m"),
            "waiting": FormField("waiting", "waiting", hint=calls.SECONDS),
            "start": FormField("start", "start", hint="14:05 or -10m"),
            "end": FormField("end", "end", hint="14:10 or now"),
            "note": FormField("note", "note"),
        }

    def compose(self) -> ComposeResult:
        """Draw the form in two columns."""
        yield self._with
        for left, right in (("talk", "waiting"), ("start", "end"), ("nr", "agent")):
            with Horizontal(classes="call-row"):
                yield self.boxes[left]
                yield self.boxes[right]
        yield self.boxes["note"]
        with Horizontal(id="call-last"):
            yield self.stages
            yield self.open_endpoint
        yield self._told
        yield self._whose

    # -- opening and filling

    def begin(self, partner: Partner, agent: str, *, finished: bool, focus: bool = True) -> None:
        """Start a form; a draft of the same partner comes back as it was left.

        Without ``focus`` it only stands there: who types, types elsewhere.
        """
        self.partner, self.finished, self.is_kept = partner, finished, False
        self._opened = self.planhat.wall()
        self._told_at = self.planhat.now() if finished else None
        self.set_class(finished, "-finished")
        self.stages.restart(CallTimer())
        self.fill(Typed(nr=partner.phone, agent=agent))
        lacks = bool(partner.contact_id) and not partner.phone
        self.boxes["nr"].line.hint(NO_NUMBER if lacks else A_NUMBER)
        self._tick(on=False)
        at = f" at {named(partner.company_name)}" if partner.name else ""
        head = "Call that just ended" if finished else "Call now"
        self._with.update(Content.assemble((head, "bold"), f" with {named(partner.whom)}{at}"))
        begun = self.workspace.begun
        self.ask("draft", lambda: begun.load(partner, finished=finished), self._recall, opens=True)
        if not finished:
            self.stages.begin_next()
        if focus:
            (self.boxes["talk"].line if finished else self.stages).focus()

    def clear(self) -> None:
        """Let go of the call: it's saved, or dropped."""
        self.is_saving = False
        self.partner, self.finished, self.is_kept = Partner(), True, False
        self.stages.restart(CallTimer())
        self.fill(Typed())

    def fill(self, typed: Typed) -> None:
        """Put texts into the boxes."""
        with self.prevent(Input.Changed):
            for field in fields(typed):
                self.boxes[field.name].value = getattr(typed, field.name)
                self.boxes[field.name].error("")
        self.tell()

    def _recall(self, draft: Mapping[str, Json] | None) -> None:
        """Put a draft's texts where nothing is typed yet."""
        if not draft:
            return
        self.is_kept = True
        self._told_at = parse_iso(text_of(draft, TYPED_AT)) or self._told_at
        if not self.finished and (timer := timer_of(draft)) is not None:
            self._resume(timer)
        texts = recalled(draft, self.planhat.now())
        for name, box in self.boxes.items():
            text = getattr(texts, name)
            if text and not (box.value and name not in {"nr", "agent"}):
                box.recall(text)
        self._tick(on=draft.get("open_endpoint") is True)
        key = "{save} saves it" if self.has_focus_within else "{calls} goes to it"
        self.say(f"The draft of this call is here again.  {key}")

    def _tick(self, *, on: bool) -> None:
        """Tick the open endpoint, or not, without a word on what it means."""
        with self.prevent(Toggle.Changed):
            self.open_endpoint.value = on

    def _resume(self, timer: CallTimer) -> None:
        """Go on with the call of the draft: its times, not those of the key press just now.

        One that was timed to its end waits for its note, and no key is for its stages.
        """
        self.stages.restart(timer)
        if self.stages.has_focus and timer.ended_at:
            self.boxes["note"].line.focus()
        with self.prevent(Input.Changed):
            for name in ("talk", "waiting", "start", "end"):
                self.boxes[name].value = ""

    @property
    def _since(self) -> float:
        """When the call began, or the form of one that had ended; seconds since the epoch."""
        rang = self.stages.timer.rang_at
        if self.finished or rang is None:
            return self._opened
        began = rang.timestamp()
        return self._opened if began <= self._opened < began + 1 else began  # the stamp is whole

    @property
    def typed(self) -> Typed:
        """What is in the boxes."""
        return Typed(**{name: box.value for name, box in self.boxes.items()})

    # -- what it means

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        if event.input is not self.boxes["nr"].line:  # the pane looks whose number it is
            event.stop()
        emptied = event.input is self.boxes["end"].line and not event.value
        if emptied and self.stages.timer.ended_at is not None:
            self.stages.take_back_end()
            self.say("The call goes on.  {stamp} ends it")
        self.tell()
        self.keep()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Write the clock's time where ``now`` or ``-10m`` is left standing."""
        for name in TIMES:
            box = self.boxes[name]
            if event.widget is box.line:
                box.value = at_clock(box.value, self.planhat.now())

    def keep(self) -> None:
        """Keep what is typed on this machine; of a call that is being saved nothing stays."""
        if self.is_saving:
            return
        begun, partner, finished = self.workspace.begun, self.partner, self.finished
        data = kept(self.typed, self.planhat.now())
        data["open_endpoint"] = self.open_endpoint.value
        data[TYPED_AT] = (self._told_at or self.planhat.now()).isoformat()

        def kept_now(_: None) -> None:
            if (partner.key, finished) == (self.partner.key, self.finished):
                self.is_kept = True

        self.perform(lambda: begun.keep(partner, data, finished=finished), kept_now)

    def tell(self) -> None:
        """Say the talk time, and what is wrong at the field where it is."""
        for box in self.boxes.values():
            box.error("")
        self._told.update("")
        try:
            draft = self.draft()
            self._tell_times(draft)
            calls.check(draft)
            calls.check_over(draft, self.planhat.now())
            calls.check_guess(draft, self.boxes["start"].value, self.planhat.now())
        except InputError as error:
            self._fault(error, quiet=frozenset({"nr", "agent"}))

    def _tell_times(self, draft: CallDraft) -> None:
        now = self.planhat.now()
        at = spoken(draft.start, now) if draft.start is not None else ""
        talk = calls.talk_time(draft.start, draft.end, draft.waiting)
        if talk is not None:
            self._told.update(Content(f"talk time {lasting(talk)} from {at}"))
        elif " " in at:  # a time that is typed without a day may mean another one than today
            self._told.update(Content(f"it started {at}"))

    @on(Toggle.Changed)
    def _ticked(self, event: Toggle.Changed) -> None:
        """Say what the open endpoint means, before it is used."""
        event.stop()
        self.keep()
        if not event.value:
            self.say("The call is logged with the token")
        elif self.workspace.profile.tenant_uuid:
            self.say("It goes without the token: no match is told, and undo can't take it back")
        else:
            self.say("The open endpoint needs tenant_uuid in the profile: it isn't set", bad=True)

    def draft(self) -> CallDraft:
        """Return the call as it's typed. Raises :class:`InputError` with the field."""
        now = self.planhat.now()
        draft = draft_of(self.typed, now, over=self._told_at if self.finished else None)
        return draft._replace(
            open_endpoint=self.open_endpoint.value,
            contact_id=self.partner.contact_id,
            company_id=self.partner.company_id,
        )

    def _fault(self, error: InputError, quiet: frozenset[str] = frozenset()) -> None:
        """Show an error at its field; ``quiet`` fields aren't blamed while one still types."""
        place = PLACE_OF_ERROR.get(error.field, error.field)
        if place in quiet and not self.boxes[place].value:
            return
        told = problem(error)
        if place in self.boxes:
            self.boxes[place].error(told)
        else:
            self._told.update(Content.styled(told, "$error"))

    def tell_matches(self, matches: Sequence[ContactRow]) -> None:
        """Say whose number it is; a shared one can't be told to Planhat."""
        self._whose.update(Content.styled(whose(matches, self.partner), "$muted"))

    # -- keys

    def why_not(self, name: str) -> str:
        """Say why no stage of a call can be stamped."""
        return self.explorer.calls.why_no_stamp if name == "stamp" else ""

    def action_step(self, step: int) -> None:
        """Go to the next field, or the one before; from the last one to the first."""
        fields_here = [one for one in self.screen.focus_chain if self in one.ancestors]
        here = self.screen.focused
        place = fields_here.index(here) if here in fields_here else -1
        fields_here[(place + step) % len(fields_here)].focus()

    def do_stamp(self) -> None:
        """Stamp the next stage of the timer."""
        self.stages.action_do("stage")

    @on(Stages.Stamped)
    def _stamped(self, event: Stages.Stamped) -> None:
        """Write what the timer knows into the boxes; the pane tells it in its title."""
        timer, now = event.timer, self.planhat.now()
        if timer is not self.stages.timer:  # a draft has brought its own meanwhile
            return
        waiting = timer.waiting(now)
        if timer.rang_at is not None:
            self.boxes["start"].value = stamp(timer.rang_at, now)
        if timer.answered_at is not None and waiting is not None:
            self.boxes["waiting"].value = f"{waiting.total_seconds():.0f}"
        if timer.ended_at is not None:
            self.boxes["end"].value = stamp(timer.ended_at, now)
            if self.explorer.is_active:  # else a sheet is being typed into
                self.boxes["note"].line.focus()

    def do_save(self) -> None:
        """Log the call, once; a talk that goes on ends now.

        What is wrong is said at its field, which gets the focus.
        """
        if self.is_saving:
            return
        self._stamp_at_save()
        try:
            draft = self.draft()
            check_told(draft, self.stages.timer, self.keyed("{stamp}"), finished=self.finished)
            calls.check(draft)
            calls.check_over(draft, self.planhat.now())
            calls.check_guess(draft, self.boxes["start"].value, self.planhat.now())
        except InputError as error:
            self._fault(error)
            place = PLACE_OF_ERROR.get(error.field, error.field)
            if place in self.boxes:
                self.boxes[place].line.focus()
            return
        reads = self.workspace.reads
        self.is_saving = True  # until it's logged, or refused
        self.ask(
            "owners",
            lambda: reads.who_has_number(draft.nr),
            lambda owners: self._with_owner(draft, owners),
            self.refuse,
            opens=True,
        )

    def _with_owner(self, draft: CallDraft, owners: Sequence[ContactRow]) -> None:
        """Log it; where several have the number and none of them was meant, ask who it was."""
        if not is_anybodys(owners, self.partner):
            self.post_message(self.Ready(draft, self._since))
            return

        def chosen(choice: Choice | None) -> None:
            if choice is None:
                self.is_saving = False
                return
            owner = next((one for one in owners if one.id == choice.value), None)
            meant = draft
            if owner is not None:
                meant = draft._replace(contact_id=owner.id, company_id=owner.company_id)
            self.post_message(self.Ready(meant, self._since))

        from planhat_tui.tui.screens.pick import Pick

        title = f"Who was called on {visible(draft.nr)}?"
        self.app.push_screen(Pick(title, who_was_called(owners, self.partner)), chosen)

    def _stamp_at_save(self) -> None:
        """Write what ctrl+s itself says of a call that runs, and keep it: it may be refused."""
        timer, now = self.stages.timer, self.planhat.now()
        typed = at_save(self.typed, timer, now)
        if typed == self.typed:
            return
        if typed.end != self.boxes["end"].value:
            self.stages.restart(timer.next(now))
        with self.prevent(Input.Changed):  # what is wrong is said by the save, and stays
            for name in ("waiting", "end"):
                self.boxes[name].value = getattr(typed, name)
        self.keep()

    def refuse(self, error: PlanhatTuiError) -> None:
        """Show why it isn't logged, at its field if it's about one; what is typed stays."""
        self.is_saving = False
        if isinstance(error, InputError) and error.field:
            self._fault(error)
        self.say_problem(error)

    def do_close(self) -> None:
        """Close; what is typed is kept."""
        if self.is_saving:
            self.say(SAVING)
        else:
            self.post_message(self.Closed())

    @on(Stages.Dropped)
    def _to_be_dropped(self, event: Stages.Dropped) -> None:
        event.stop()
        self.do_drop()

    def do_drop(self) -> None:
        """Ask for the call to be thrown away, with what is typed."""
        if self.is_saving:
            self.say(SAVING)
        else:
            self.post_message(self.Dropped())

    @property
    def is_touched(self) -> bool:
        """Whether something is typed of the call, beside what the form was filled with."""
        return any(getattr(self.typed, name) for name in TOLD)

    @property
    def runs(self) -> bool:
        """Whether the timer is between ring and end."""
        return self.stages.timer.lasted(self.planhat.now()) is not None


def is_anybodys(owners: Sequence[ContactRow], partner: Partner) -> bool:
    """Tell whether several have the number that was called, and the partner isn't one of them."""
    return len(owners) > 1 and all(one.id != partner.contact_id for one in owners)


def who_was_called(owners: Sequence[ContactRow], partner: Partner) -> list[Choice]:
    """Return who may have been called: whom the form is about first, then those with the number."""
    from planhat_tui.tui.widgets.picker import Choice

    others = [Choice(one.id, *told_apart(one)) for one in owners]
    if not (partner.contact_id or partner.company_id):
        return others
    at = visible(partner.company_name) if partner.name else "the company"
    note = f"{at}, under another number" if at else "under another number"
    return [Choice(MEANT, visible(partner.name or partner.company_name), note), *others]


def told_apart(owner: ContactRow) -> tuple[str, str]:
    """Return a contact's name, and what tells it from a namesake."""
    note = ", ".join(filter(None, (owner.company_name, owner.position or owner.email)))
    return visible(owner.name or owner.email or owner.id), visible(note)


def whose(matches: Sequence[ContactRow], partner: Partner) -> str:
    """Return who else has the number that is called; empty if it's the partner's alone."""
    others = [_named(one, partner) for one in matches if one.id != partner.contact_id]
    if not others:
        return ""
    names = ", ".join(others[:NAMED]) + (
        f" and {len(others) - NAMED} more" if others[NAMED:] else ""
    )
    return f"number {'shared with' if len(others) < len(matches) else 'of'} {names}"


def _named(person: ContactRow, partner: Partner) -> str:
    """Return a name; with the company where that is another one."""
    away = f" at {named(person.company_name)}" if person.company_id != partner.company_id else ""
    return f"{named(person.name or person.email)}{away}"
