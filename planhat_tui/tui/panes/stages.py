"""The timer of a call that runs: ring, talk, end, with the time spent in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message

from planhat_tui.model.calls import CallTimer, Stage
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.messages import KeysChanged
from planhat_tui.tui.part import Part
from planhat_tui.tui.presentation.moments import running
from planhat_tui.tui.sure import HELD, Held

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from textual.binding import BindingType

WORDS = {Stage.RINGING: "ring", Stage.TALKING: "talk", Stage.ENDED: "end"}
"""Stages as they are shown, in order."""


class Stages(Part, can_focus=True):
    """Ring, talk, end. Space goes on to the next."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.TIMER,)
    ONLY_ABLE = frozenset({"stage"})
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.TIMER)]

    @dataclass
    class Stamped(Message):
        """A stage has begun."""

        timer: CallTimer

    @dataclass
    class Dropped(Message):
        """The call is to be thrown away."""

    def __init__(self) -> None:
        super().__init__(id="stages")
        self.timer = CallTimer()
        self._held = Held()
        self._moment: datetime | None = None

    @property
    def moment(self) -> datetime:
        """The moment for which times are told, so that all who tell them agree."""
        return self._moment or self.planhat.now()

    def look(self, now: datetime) -> None:
        """Tell the times as they are now."""
        self._moment = now
        if self.is_mounted:
            self.refresh()

    def restart(self, timer: CallTimer) -> None:
        """Show another timer."""
        self.timer = timer
        self.look(self.planhat.now())

    def why_not(self, name: str) -> str:
        """Say that a call that has ended doesn't go on."""
        ended = name == "stage" and self.timer.stage is Stage.ENDED
        over = "The call has ended.  {save} saves it; with an empty end it goes on"
        return over if ended else ""

    def do_stage(self) -> None:
        """Stamp the next stage; a held key only one."""
        if self._held.repeats("stage", self.planhat.pressed_at()):
            self.say(HELD)
        else:
            self.begin_next()

    def begin_next(self) -> None:
        """Begin the next stage, now."""
        self._become(self.timer.next(self.planhat.now()))

    def take_back_end(self) -> None:
        """Let a talk that had ended go on, as if it hadn't."""
        self.restart(self.timer._replace(ended_at=None))  # what stands in the boxes stays
        self.post_message(KeysChanged())

    def _become(self, timer: CallTimer) -> None:
        self.restart(timer)
        self.post_message(self.Stamped(timer))
        self.post_message(KeysChanged())

    def do_drop(self) -> None:
        """Ask for the call to be thrown away."""
        self.post_message(self.Dropped())

    def render(self) -> Content:
        """Draw the stages; the one that runs is bold, with a caret."""
        glyphs, now = self.planhat.glyphs, self.moment
        pieces: list[tuple[str, str]] = []
        for stage, word in WORDS.items():
            here = stage is self.timer.stage
            spent = self._spent(stage, now)
            told = f" {running(spent)}" if spent is not None else ""
            lead = f"{glyphs.caret} " if here else "  "
            style = "bold $accent" if here else ("$foreground" if told else "$muted")
            pieces.append((f"{lead}{word}{told} ", style))
        return Content.assemble(*pieces)

    def _spent(self, stage: Stage, now: datetime) -> timedelta | None:
        if stage is Stage.RINGING:
            return self.timer.waiting(now)
        return self.timer.talk(now) if stage is Stage.TALKING else None
