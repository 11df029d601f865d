"""The form of a call, filled from contact and profile; every key press is kept as a draft."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from planhat_tui.errors import InputError
from planhat_tui.model import calls
from planhat_tui.model.calls import CallTimer, Stage
from planhat_tui.model.text import visible
from planhat_tui.tui.calldraft import Typed, draft_of, kept, recalled, stamp
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.panes.stages import Stages
from planhat_tui.tui.part import InExplorer
from planhat_tui.tui.presentation.moments import clock, lasting
from planhat_tui.tui.presentation.sentences import problem
from planhat_tui.tui.widgets.line import FormField
from planhat_tui.tui.widgets.toggle import Toggle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.model.calls import CallDraft
    from planhat_tui.model.values import Json
    from planhat_tui.store.rows import ContactRow

PLACE_OF_ERROR = {"external_user_id": "agent"}
"""Fields of a call that the form calls otherwise."""


@dataclass(frozen=True, slots=True)
class Partner:
    """With whom the call is. Any of them may be empty."""

    company_id: str = ""
    company_name: str = ""
    contact_id: str = ""
    name: str = ""
    phone: str = ""

    def draft_key(self, *, finished: bool) -> str:
        """Under which the draft is kept: a call that ran isn't one that is told afterwards."""
        return f"{'ended' if finished else 'running'} call:{self.contact_id or self.company_id}"


class CallForm(Vertical, InExplorer):
    """A call that runs or has just ended. It says what it would save, and where it's wrong."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.FORM,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.FORM)]

    @dataclass
    class Ready(Message):
        """ctrl+s: this is to be logged."""

        draft: CallDraft
        partner: Partner

    @dataclass
    class Closed(Message):
        """esc: the draft is kept."""

    def __init__(self) -> None:
        super().__init__(id="call-form")
        self.partner = Partner()
        self.finished = True
        self.boxes = {
            "nr": FormField("nr", "number", hint="+46 70 123 45 67"),
            "agent": FormField("agent", "agent", hint="who called: the id in your system"),
            "talk": FormField("talk", "minutes", hint="5, 90s, 1h5m"),
            "waiting": FormField("waiting", "waiting", hint="seconds"),
            "start": FormField("start", "start", hint="14:05, -10m"),
            "end": FormField("end", "end", hint="now"),
            "note": FormField("note", "note"),
        }
        self.stages = Stages()
        self.open_endpoint = Toggle("open endpoint", id="open-endpoint")
        self._with = Static("", id="call-with")
        self._told = Static("", id="call-told")

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

    # -- opening and filling

    def begin(self, partner: Partner, agent: str, *, finished: bool) -> None:
        """Start a form; a draft of the same partner comes back as it was left."""
        self.partner, self.finished = partner, finished
        self.set_class(finished, "-finished")
        self.stages.restart(CallTimer())
        self.fill(Typed(nr=partner.phone, agent=agent))
        self.open_endpoint.value = False
        whom = visible(partner.name or partner.company_name) or "somebody"
        at = f" at {visible(partner.company_name)}" if partner.name else ""
        head = "Call that just ended" if finished else "Call now"
        self._with.update(Content.assemble((head, "bold"), f" with {whom}{at}"))
        drafts = self.workspace.drafts
        self.ask("draft", lambda: drafts.load(partner.draft_key(finished=finished)), self._recall)
        if finished:
            self.boxes["talk"].line.focus()
        else:
            self.stages.do_stage()
            self.stages.focus()

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
        if not self.finished and (timer := _timer_of(draft)) is not None:
            self._resume(timer)
        texts = recalled(draft, self.planhat.now())
        for name, box in self.boxes.items():
            text = getattr(texts, name)
            if text and not (box.value and name not in {"nr", "agent"}):
                box.value = text
        self.say("The draft of this call is here again.  ctrl+s saves it")

    def _resume(self, timer: CallTimer) -> None:
        """Go on with the call of the draft: its times, not those of the key press just now."""
        self.stages.restart(timer)
        with self.prevent(Input.Changed):
            for name in ("talk", "waiting", "start", "end"):
                self.boxes[name].value = ""

    @property
    def draft_key(self) -> str:
        """Under which what is typed is kept."""
        return self.partner.draft_key(finished=self.finished)

    @property
    def typed(self) -> Typed:
        """What is in the boxes."""
        return Typed(**{name: box.value for name, box in self.boxes.items()})

    # -- what it means

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.tell()
        self.keep()

    def keep(self) -> None:
        """Keep what is typed on this machine."""
        drafts, key = self.workspace.drafts, self.draft_key
        data = kept(self.typed, self.planhat.now())
        self.perform(lambda: drafts.save(key, data), lambda _: None)

    def tell(self) -> None:
        """Say the talk time, and what is wrong at the field where it is."""
        for box in self.boxes.values():
            box.error("")
        self._told.update("")
        try:
            draft = self.draft()
            self._tell_times(draft)
            calls.check(draft)
        except InputError as error:
            self._fault(error, quiet=frozenset({"nr", "agent"}))

    def _tell_times(self, draft: CallDraft) -> None:
        talk = calls.talk_time(draft.start, draft.end, draft.waiting)
        if talk is None:
            return
        now = self.planhat.now()
        at = f" from {clock(draft.start, now)}" if draft.start is not None else ""
        self._told.update(Content(f"talk time {lasting(talk)}{at}"))

    def draft(self) -> CallDraft:
        """Return the call as it's typed. Raises :class:`InputError` with the field."""
        draft = draft_of(self.typed, self.planhat.now(), finished=self.finished)
        return replace(
            draft,
            open_endpoint=self.open_endpoint.value,
            contact_id=self.partner.contact_id,
            company_id=self.partner.company_id,
        )

    def _fault(self, error: InputError, quiet: frozenset[str] = frozenset()) -> None:
        """Show an error at its field; ``quiet`` fields aren't blamed while one still types."""
        place = PLACE_OF_ERROR.get(error.field, error.field)
        if place in quiet and not self.boxes[place].value:
            return
        if place in self.boxes:
            self.boxes[place].error(problem(error))
        else:
            self._told.update(Content.styled(problem(error), "$error"))

    def tell_matches(self, matches: Sequence[ContactRow]) -> None:
        """Say whose number it is; a shared one can't be told to Planhat."""
        names = ", ".join(visible(match.name or match.email) for match in matches[:3])
        if len(matches) > 1:
            self.boxes["nr"].note(f"shared: {names}")
        else:
            self.boxes["nr"].note(names if names != visible(self.partner.name) else "")

    # -- keys

    def why_not(self, name: str) -> str:
        """Say that a call which has ended has no timer."""
        if name == "stamp" and self.finished:
            return "This call has ended: type its minutes.  c times one that begins now"
        return ""

    def do_stamp(self) -> None:
        """Stamp the next stage of the timer."""
        self.stages.action_do("stage")

    @on(Stages.Stamped)
    def _stamped(self, event: Stages.Stamped) -> None:
        """Write what the timer knows into the boxes."""
        event.stop()
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
            self.boxes["note"].line.focus()

    def do_save(self) -> None:
        """Log the call; what is wrong is said at its field, which gets the focus."""
        try:
            draft = self.draft()
            calls.check(draft)
        except InputError as error:
            self._fault(error)
            place = PLACE_OF_ERROR.get(error.field, error.field)
            if place in self.boxes:
                self.boxes[place].line.focus()
            return
        self.post_message(self.Ready(draft, self.partner))

    def do_close(self) -> None:
        """Close; what is typed is kept."""
        self.post_message(self.Closed())

    @property
    def runs(self) -> bool:
        """Whether the timer is between ring and end."""
        return self.stages.timer.stage in {Stage.RINGING, Stage.TALKING}


def _timer_of(draft: Mapping[str, Json]) -> CallTimer | None:
    """Return the timer that a draft tells of; ``None`` if it has no start."""
    start, waiting, end = (str(draft.get(name) or "") for name in ("start", "waiting", "end"))
    rang = calls.parse_iso(start)
    if rang is None:
        return None
    seconds = float(waiting) if waiting.isdecimal() else None
    ended = calls.parse_iso(end)
    answered = rang + timedelta(seconds=seconds) if seconds is not None else ended
    return CallTimer(rang, answered, ended)
