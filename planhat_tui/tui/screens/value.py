"""Give a field a value: typed by its type, or picked where the values are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content

from planhat_tui.errors import InputError
from planhat_tui.model import custom, days, numbers
from planhat_tui.model.custom import CustomType
from planhat_tui.model.fields import FieldType
from planhat_tui.model.records import text_of
from planhat_tui.model.text import in_one_line, visible, with_breaks
from planhat_tui.tui.presentation.sentences import problem
from planhat_tui.tui.presentation.values import WORDS, word_for
from planhat_tui.tui.screens.sheet import KeepingSheet
from planhat_tui.tui.widgets.line import Line
from planhat_tui.tui.widgets.picker import Choice, Picker
from planhat_tui.tui.widgets.words import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from planhat_tui.model.values import Json
    from planhat_tui.workspace.queries import Queries
    from planhat_tui.workspace.unsaved import Unsaved


MOST: Final = 50
"""Companies that are offered at once; typing a piece of a name brings the others."""
SEVERAL: Final = "several values"
"""What stands in the place of values that differ."""
NONE_SO: Final = {FieldType.USER: "Nobody", FieldType.COMPANY: "No company"}
"""Fields that take the id of another record, and who isn't called as one typed."""


def companies_like(reads: Queries, typed: str) -> list[Choice]:
    """Return companies that hold what is typed, however it stands there."""
    plain = " ".join(typed.replace('"', " ").split())
    found = reads.companies(f'"{plain}"' if plain else "", MOST).rows
    return [Choice(one.id, visible(one.name), visible(one.domain or one.phase)) for one in found]


def one_more_of(values: Sequence[str], typed: str) -> list[Choice]:
    """Return what a list becomes with one of its values in the place of what is typed last."""
    before = [one.strip() for one in typed.split(",")[:-1] if one.strip()]
    lists = (custom.format([*before, value]) for value in values if value not in before)
    return [Choice(text, visible(text)) for text in lists]


@dataclass(frozen=True, slots=True)
class Given:
    """The answer: a value; ``None`` clears the field. Not ``touched``: it stays as it is.

    So it does where the line reads as it did when it opened, whatever the field has by now.
    """

    value: Json
    touched: bool = True


class Value(KeepingSheet[Given]):
    """Edit one value. ``parse`` takes text and a type's word, and raises :class:`InputError`.

    ``types`` are the words that ctrl+t goes through; the first is the one to start with. With
    ``closed`` only a choice is taken (a person of the team, a company), and ``closed`` says that
    none is called so: ``Nobody``. Where there are too many to hand over, ``find`` reads those that
    hold what is typed; it runs off the screen's thread. ``free`` notes what is typed where
    choices are offered; empty: it isn't one of them. ``empty`` says what no text means. Line breaks
    are signs in the line, and line breaks again once it's saved. ``several``: records have several
    values, none of which stands here, so that no text changes nothing before ctrl+u asked for it.
    ``before`` is the value that is shown; a draft keeps that which stood there when it was typed.
    """

    HINT = ("enter: save", "{close}: leave it as it is")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", show=False, priority=True, id="save"),
        Binding("ctrl+t", "type", show=False, priority=True),
        Binding("ctrl+u", "empty", show=False, priority=True),
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
        free: str = "as typed",
        find: Callable[[str], Sequence[Choice]] | None = None,
        empty: str = "",
        several: bool = False,
        before: Json = None,
        keep: Callable[[Given], None] | None = None,
        draft: Unsaved | None = None,
    ) -> None:
        super().__init__(title, keep, draft)
        offered = free if choices and not closed else ""
        self._given = self._heard = in_one_line(text)
        self._whole = text
        self._hint_at_first = SEVERAL if several else ""
        self.picker = Picker(
            choices, text=self._given, hint=self._hint_at_first, first=False, free=offered
        )
        self._parse = parse
        self._types = tuple(types)
        self._only_choices = closed  # Textual has a _closed of its own
        self._find = find
        self._empty = f"   {empty}" if empty else ""
        self._several = several
        self._emptied = False
        self._first_type = self._types[0]
        self.before = self._shown = before
        self._choices = tuple(choices)
        self._kind = Text("", classes="sheet-text value-type")

    def body(self) -> ComposeResult:
        """Draw the line, the known values, and the type."""
        yield self.picker
        yield self._kind

    def on_mount(self) -> None:
        """Type over the present value; an arrow key goes into it. A draft is typed on."""
        self.picker.line.focus()
        if not self.recalled:
            self.picker.line.select_all()
            self._tell_type(self._given)
            if self._given != self._whole:
                self.tell("A line break is one sign here: \u240a")
            return
        kind = text_of(self.recalled, "type")
        if kind in self._types:
            place = self._types.index(kind)
            self._types = (*self._types[place:], *self._types[:place])
        self.before = self.recalled.get("before", self._shown)
        self._heard = text_of(self.recalled, "text")
        self.picker.line.replace_text(self._heard)
        self._read(self._heard)
        self.tell_back()

    def restore(self) -> None:
        """Show the present value again; of several, that there are, which no text leaves alone."""
        self.before = self._shown
        self._several, self._emptied = bool(self._hint_at_first), False
        self.picker.line.hint(self._hint_at_first)
        self._heard = self._given
        self.picker.line.replace_text(self._given)
        self.picker.line.select_all()

    @property
    def type(self) -> str:
        """The word of the type that the text is read as."""
        return self._types[0]

    def _tell_type(self, text: str, meant: str = "") -> None:
        more = f"   ctrl+t {self._types[1]}" if len(self._types) > 1 else ""
        word = word_for(self.type, text)
        told = f"as {word}: " if meant else f"as {word}"
        more += self._empty
        self.picker.line.joint = ", " if word == WORDS["list"] else " "
        self._kind.update(Content.assemble((told, "$muted"), visible(meant), (more, "$muted")))

    def action_type(self) -> None:
        """Read the text as another type, and say what doesn't fit it."""
        self._types = (*self._types[1:], self._types[0])
        self.tell(self._read(self.picker.line.value), bad=True)
        self._note()

    def action_empty(self) -> None:
        """Take out what is typed; of several values say that none will be left."""
        self.picker.line.action_delete_left_all()
        if self._several and not self.picker.line.value:
            self._several, self._emptied = False, True
            self.picker.line.hint("")
            self.tell("Enter clears the field of all of them")

    def _note(self) -> None:
        """Keep what is typed, unless it's what is there."""
        text = self.picker.line.value
        if text == self._given:
            self.before = self._shown
        typed = {"text": text, "type": self.type, "before": self.before}
        self.note(typed if text != self._given else None)

    @on(Line.Joined)
    def _joined(self, event: Line.Joined) -> None:
        """Say what became of the line breaks that were pasted, when the text is told."""
        event.stop()
        sign = "a comma" if "," in event.joint else "a blank"
        told = f"{event.lines} lines were pasted as one: {sign} stands for each line break"
        self.call_after_refresh(self.tell, told)

    @on(Picker.Typed)
    def _typed(self, event: Picker.Typed) -> None:
        event.stop()
        self._read(event.text)
        now = self.picker.line.value  # the event's may be what stood there before
        if now != self._heard:  # a line tells what was put into it, too
            self._heard = now
            self.tell("")
            self._note()
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
        meant = in_one_line(meant)
        self._tell_type(text, meant if meant != text.strip() else "")
        return wrong

    def _meant(self, text: str) -> str:
        value = self._parse(self._typed_as(text), self.type)
        if isinstance(value, str):
            return days.typed(value, self.planhat.now().tzinfo)
        told, other = custom.format(value), numbers.taken_for(text)
        is_number = other and custom.type_of(value) is CustomType.NUMBER
        return f"{told}, a fraction. {other} is typed without a point" if is_number else told

    @on(Picker.Picked)
    def _entered(self, event: Picker.Picked) -> None:
        event.stop()
        self._take(event.choice, event.text)

    def action_save(self) -> None:
        """Save what is typed."""
        self._take(self.picker.current, self.picker.line.value)

    def _take(self, choice: Choice | None, text: str) -> None:
        is_so = text == self._given and self.type == self._first_type and not self._emptied
        if choice is None and is_so:
            self.give(Given(None, touched=False))
            return
        try:
            given = Given(self._value(choice, text))
        except InputError as error:
            self.tell(problem(error), bad=True)
        else:
            self.give(given)

    def _value(self, choice: Choice | None, text: str) -> Json:
        if self._only_choices and text.strip():
            choice = choice or self._called(text)
        if choice is not None and self._only_choices:
            return choice.value
        known = choice is not None and choice in self._choices
        return self._parse(choice.value if choice and known else self._typed_as(text), self.type)

    def _typed_as(self, text: str) -> str:
        """Return what is meant by the line, with its line breaks."""
        return self._whole if text == self._given else with_breaks(text)

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
