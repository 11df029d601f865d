"""Pick one of many by typing a piece of it. What matches best stands first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from planhat_tui.model.text import fold, visible
from planhat_tui.tui.presentation.cells import fit
from planhat_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

MOST = 200
"""Choices that are shown at once; typing a piece brings the others."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick: its value, what it's called, and a dim note at its right."""

    value: str
    label: str
    note: str = ""


def matching(choices: Sequence[Choice], text: str) -> list[Choice]:
    """Return the choices that hold every word of ``text``: those that start with it first."""
    wanted = fold(text).strip()
    words = wanted.split()
    found = [choice for choice in choices if all(word in fold(choice.label) for word in words)]
    found.sort(key=lambda choice: _rank(fold(choice.label), wanted))
    return found


def _rank(label: str, wanted: str) -> int:
    if label == wanted:
        return 0
    return 1 if label.startswith(wanted) else 2 if f" {wanted}" in label else 3


class Picker(Vertical):
    """A line to type into, and the choices that match under it. Arrows move, Enter picks.

    With ``free``, what is typed is a choice as well, the last one, noted by that word. Without
    ``first``, nothing is under the cursor before a letter is typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("tab", "take", show=False),
    ]

    @dataclass
    class Picked(Message):
        """Enter: ``choice`` is the one under the cursor, ``None`` if nothing matches ``text``."""

        choice: Choice | None
        text: str

    @dataclass
    class Typed(Message):
        """The text has changed."""

        text: str

    def __init__(
        self,
        choices: Sequence[Choice] = (),
        *,
        text: str = "",
        hint: str = "",
        first: bool = True,
        free: str = "",
    ) -> None:
        super().__init__(classes="picker")
        self.line = Line(text, hint=hint, id="pick-line")
        self.options = OptionList(id="pick-options", compact=True)
        self.options.can_focus = False
        self._choices = tuple(choices)
        self._shown: list[Choice] = []
        self._first = first
        self._free = free
        self._given = text

    def compose(self) -> ComposeResult:
        """Draw the line and the choices."""
        yield self.line
        yield self.options

    def on_mount(self) -> None:
        """Fill the list."""
        self._fill()

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer other choices."""
        self._choices = tuple(choices)
        self._fill()

    def _fill(self) -> None:
        text = self.line.value.strip() if self.line.value != self._given else ""
        self._shown = matching(self._choices, text)[:MOST]
        if self._free and text and all(text not in {c.value, c.label} for c in self._shown):
            self._shown.append(Choice(text, text, self._free))
        self.options.clear_options()
        width = max((cell_len(visible(choice.label)) for choice in self._shown), default=0)
        self.options.add_options(
            Option(
                Content.assemble(fit(visible(choice.label), width), (f"  {choice.note}", "$muted"))
            )
            for choice in self._shown
        )
        if not self._shown and self._choices:
            self.options.add_option(
                Option(Content.styled("nothing matches", "$muted"), disabled=True)
            )
        picks = self._shown and (self._first or text)
        self.options.highlighted = 0 if picks else None

    @property
    def current(self) -> Choice | None:
        """The choice under the cursor."""
        place = self.options.highlighted
        return self._shown[place] if place is not None and place < len(self._shown) else None

    @on(Input.Changed, "#pick-line")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._fill()
        self.post_message(self.Typed(event.value))

    @on(Input.Submitted, "#pick-line")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Picked(self.current, event.value))

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Picked(self._shown[event.option_index], self.line.value))

    def action_move(self, step: int) -> None:
        """Go to the next choice, or the one before."""
        if step > 0:
            self.options.action_cursor_down()
        else:
            self.options.action_cursor_up()

    def action_take(self) -> None:
        """Put the choice under the cursor into the line."""
        if self.current is not None:
            self.line.replace_text(self.current.label)
