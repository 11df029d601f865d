"""Give a field a value: typed by its type, or picked where the values are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from planhat_tui.errors import InputError
from planhat_tui.tui.presentation.sentences import problem
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.widgets.picker import Choice, Picker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from planhat_tui.model.values import Json


@dataclass(frozen=True, slots=True)
class Given:
    """The answer: a value; ``None`` clears the field."""

    value: Json


class Value(Sheet[Given]):
    """Edit one value. ``parse`` takes text and a type's word, and raises :class:`InputError`.

    ``types`` are the words that ctrl+t goes through; the first is the one to start with. With
    ``closed`` only a choice is taken (a person of the team).
    """

    HINT = "Enter or ctrl+s saves   empty clears the field   esc leaves it as it is"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", show=False, priority=True),
        Binding("ctrl+t", "type", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        text: str,
        parse: Callable[[str, str], Json],
        *,
        types: Sequence[str] = ("text",),
        choices: Sequence[Choice] = (),
        closed: bool = False,
    ) -> None:
        super().__init__(title)
        free = "" if closed or not choices else "as typed"
        self.picker = Picker(choices, text=text, first=False, free=free)
        self._parse = parse
        self._types = tuple(types)
        self._only_choices = closed  # Textual has a _closed of its own
        self._by_label = {choice.label: choice for choice in choices}
        self._kind = Static("", classes="sheet-text value-type")

    def body(self) -> ComposeResult:
        """Draw the line, the known values, and the type."""
        yield self.picker
        yield self._kind

    def on_mount(self) -> None:
        """Type over the present value; an arrow key goes into it."""
        self.picker.line.focus()
        self.picker.line.select_all()
        self._tell_type()

    @property
    def type(self) -> str:
        """The word of the type that the text is read as."""
        return self._types[0]

    def _tell_type(self) -> None:
        more = f"   ctrl+t {self._types[1]}" if len(self._types) > 1 else ""
        self._kind.update(Content.styled(f"as {self.type}{more}", "$muted"))

    def action_type(self) -> None:
        """Read the text as another type."""
        self._types = (*self._types[1:], self._types[0])
        self._tell_type()

    @on(Picker.Picked)
    def _entered(self, event: Picker.Picked) -> None:
        event.stop()
        self._take(event.choice, event.text)

    def action_save(self) -> None:
        """Save what is typed."""
        self._take(self.picker.current, self.picker.line.value)

    def _take(self, choice: Choice | None, text: str) -> None:
        try:
            self.dismiss(Given(self._value(choice, text)))
        except InputError as error:
            self.tell(problem(error), bad=True)

    def _value(self, choice: Choice | None, text: str) -> Json:
        if self._only_choices and text.strip():
            choice = choice or self._by_label.get(text)
            if choice is None:
                raise InputError(f"Nobody is called {text.strip()}.", "Type a piece of a name.")
        if choice is not None and self._only_choices:
            return choice.value
        return self._parse(choice.value if choice is not None else text, self.type)
