"""Pick one of many by typing a piece of it. What matches best stands first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from planhat_tui.model.text import bare, fold, visible
from planhat_tui.tui.presentation.cells import fit
from planhat_tui.tui.widgets.fitting import Yielding
from planhat_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

MOST = 200
"""Choices that are shown at once; typing a piece brings the others."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick: its value, what it's called, and a dim note at its right.

    ``also`` are other words that it's found by, :func:`~planhat_tui.model.text.bare` ones.
    """

    value: str
    label: str
    note: str = ""
    also: tuple[str, ...] = ()


def matching(choices: Sequence[Choice], text: str) -> list[Choice]:
    """Return the choices that hold every word of ``text``, or are also called so.

    Those that are called so come first, then those that start with it.
    """
    wanted, plain = fold(text).strip(), bare(text)
    words = wanted.split()
    found = [
        choice
        for choice in choices
        if all(word in fold(choice.label) for word in words)
        or (plain and any(other.startswith(plain) for other in choice.also))
    ]
    found.sort(key=lambda choice: _rank(choice, wanted, plain))
    return found


def _rank(choice: Choice, wanted: str, plain: str) -> int:
    label = fold(choice.label)
    if label == wanted or (choice.also and plain == bare(label)):
        return 0
    if plain in choice.also:
        return 1
    if label.startswith(wanted):
        return 2
    return 3 if f" {wanted}" in label else 4 if wanted in label else 5


class Picker(Yielding):
    """A line to type into, and the choices that match under it. Arrows move, Enter picks.

    With ``free``, what is typed is a choice as well, the last one, noted by that word. Without
    ``first``, nothing is under the cursor before a letter is typed. ``joint`` stands between lines
    that are pasted. The cursor goes to a choice that is ``shy`` of a text by an arrow alone.
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
        joint: str = " ",
        shy: Callable[[Choice, str], bool] = lambda _choice, _text: False,
    ) -> None:
        super().__init__(classes="picker")
        self._shy = shy
        self.moved = False
        """Whether the cursor was moved to where it is, since a letter was typed."""
        self.line = Line(text, hint=hint, joint=joint, id="pick-line")
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

    def on_resize(self) -> None:
        """Keep the choice under the cursor in sight: what is said under the list takes lines."""
        self.call_after_refresh(self.options.scroll_to_highlight)

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
        bold = (place for place, one in enumerate(self._shown) if not self._shy(one, text))
        self.options.highlighted = next(bold, 0) if picks else None
        self.moved = False

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
        self.moved = True
        self.post_message(self.Picked(self._shown[event.option_index], self.line.value))

    def action_move(self, step: int) -> None:
        """Go to the next choice, or the one before."""
        self.moved = True
        if step > 0:
            self.options.action_cursor_down()
        else:
            self.options.action_cursor_up()

    def action_take(self) -> None:
        """Put the choice under the cursor into the line."""
        if self.current is not None:
            self.line.replace_text(self.current.label)
