"""Give a field a value: typed by its type, or picked where the values are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from planhat_tui.errors import InputError
from planhat_tui.model import custom, days
from planhat_tui.model.fields import FieldType
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.sentences import problem
from planhat_tui.tui.presentation.values import word_for
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.widgets.picker import Choice, Picker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from planhat_tui.model.values import Json
    from planhat_tui.workspace.queries import Queries


MOST: Final = 50
"""Companies that are offered at once; typing a piece of a name brings the others."""
NONE_SO: Final = {FieldType.USER: "Nobody", FieldType.COMPANY: "No company"}
"""Fields that take the id of another record, and who isn't called as one typed."""


def companies_like(reads: Queries, typed: str) -> list[Choice]:
    """Return companies that hold what is typed, however it stands there."""
    plain = " ".join(typed.replace('"', " ").split())
    found = reads.companies(f'"{plain}"' if plain else "", MOST).rows
    return [Choice(one.id, visible(one.name), visible(one.domain or one.phase)) for one in found]


@dataclass(frozen=True, slots=True)
class Given:
    """The answer: a value; ``None`` clears the field. Not ``touched``: it stays as it is."""

    value: Json
    touched: bool = True


class Value(Sheet[Given]):
    """Edit one value. ``parse`` takes text and a type's word, and raises :class:`InputError`.

    ``types`` are the words that ctrl+t goes through; the first is the one to start with. With
    ``closed`` only a choice is taken (a person of the team, a company), and ``closed`` says that
    none is called so: ``Nobody``. Where there are too many to hand over, ``find`` reads those that
    hold what is typed; it runs off the screen's thread.
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
        closed: str = "",
        find: Callable[[str], Sequence[Choice]] | None = None,
    ) -> None:
        super().__init__(title)
        free = "" if closed or not choices else "as typed"
        self.picker = Picker(choices, text=text, first=False, free=free)
        self._parse = parse
        self._types = tuple(types)
        self._only_choices = closed  # Textual has a _closed of its own
        self._find = find
        self._given = text
        self._choices = tuple(choices)
        self._kind = Static("", classes="sheet-text value-type")

    def body(self) -> ComposeResult:
        """Draw the line, the known values, and the type."""
        yield self.picker
        yield self._kind

    def on_mount(self) -> None:
        """Type over the present value; an arrow key goes into it."""
        self.picker.line.focus()
        self.picker.line.select_all()
        self._tell_type(self._given)

    @property
    def type(self) -> str:
        """The word of the type that the text is read as."""
        return self._types[0]

    def _tell_type(self, text: str, meant: str = "") -> None:
        more = f"   ctrl+t {self._types[1]}" if len(self._types) > 1 else ""
        word = word_for(self.type, text)
        told = f"as {word}: " if meant else f"as {word}"
        self._kind.update(Content.assemble((told, "$muted"), visible(meant), (more, "$muted")))

    def action_type(self) -> None:
        """Read the text as another type, and say what doesn't fit it."""
        self._types = (*self._types[1:], self._types[0])
        self.tell(self._read(self.picker.line.value), bad=True)

    @on(Picker.Typed)
    def _typed(self, event: Picker.Typed) -> None:
        event.stop()
        self._read(event.text)
        self.tell("")
        text, find = event.text, self._find
        if find is not None:
            self.ask("choices", lambda: find(text), self._offer, opens=True)

    def _offer(self, choices: Sequence[Choice]) -> None:
        self._choices = tuple(choices)
        self.picker.offer(choices)

    def _read(self, text: str) -> str:
        """Say what a text means, where that isn't what stands there: ``2026-03-06``, ``1200.5``.

        Returns why it means nothing as this type; empty if it does.
        """
        meant, wrong = "", ""
        try:
            meant = "" if self._only_choices else self._meant(text)
        except InputError as error:
            wrong = problem(error)
        self._tell_type(text, meant if meant != text.strip() else "")
        return wrong

    def _meant(self, text: str) -> str:
        value = self._parse(text, self.type)
        if isinstance(value, str):
            return days.typed(value, self.planhat.now().tzinfo)
        return custom.format(value)

    @on(Picker.Picked)
    def _entered(self, event: Picker.Picked) -> None:
        event.stop()
        self._take(event.choice, event.text)

    def action_save(self) -> None:
        """Save what is typed."""
        self._take(self.picker.current, self.picker.line.value)

    def _take(self, choice: Choice | None, text: str) -> None:
        if self._only_choices and choice is None and text == self._given:
            self.dismiss(Given(None, touched=False))  # it may be one of two namesakes
            return
        try:
            self.dismiss(Given(self._value(choice, text)))
        except InputError as error:
            self.tell(problem(error), bad=True)

    def _value(self, choice: Choice | None, text: str) -> Json:
        if self._only_choices and text.strip():
            choice = choice or self._called(text)
        if choice is not None and self._only_choices:
            return choice.value
        return self._parse(choice.value if choice is not None else text, self.type)

    def _called(self, text: str) -> Choice:
        """Return the one choice that is called so, or has that id."""
        found = [choice for choice in self._choices if text.strip() in {choice.label, choice.value}]
        if len(found) > 1:
            raise InputError(
                f"{len(found)} are called {text}.", "up and down go to the one you mean."
            )
        if not found:
            told = f"{self._only_choices} is called {text.strip()}."
            raise InputError(told, "Type a piece of a name.")
        return found[0]
