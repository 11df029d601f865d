"""A form in a sheet: fields under one another, each with its own error; ctrl+s saves.

What is typed is kept as a draft, which F9 drops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from planhat_tui.errors import InputError
from planhat_tui.tui.presentation.sentences import SAVING, problem
from planhat_tui.tui.screens.sheet import BACK, Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.tui.widgets.line import FormField

R = TypeVar("R")


class Form(Sheet[R]):
    """Fields by name; ``shown`` are their texts without a draft. A subclass saves: :meth:`save`."""

    HINT = ("tab: next field", "save", "close")
    HERE: ClassVar[str] = BACK
    DROPPED: ClassVar[str] = "The draft is dropped"
    """What is said of a draft that is here again, and of one that is dropped."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", show=False, priority=True, id="save"),
        Binding("f9", "drop", show=False, priority=True, id="drop"),
    ]

    def __init__(self, title: str, fields: list[FormField], shown: Mapping[str, str]) -> None:
        super().__init__(title)
        self.fields: Mapping[str, FormField] = {field.key: field for field in fields}
        self._shown = shown
        self._heard = self.typed

    def body(self) -> ComposeResult:
        """Draw the fields."""
        yield from self.fields.values()

    def on_mount(self) -> None:
        """Type into the first at once."""
        next(iter(self.fields.values())).line.focus()
        self.tell(self.greeting())

    @property
    def typed(self) -> dict[str, str]:
        """What is typed, by field."""
        return {name: field.value for name, field in self.fields.items()}

    @property
    def touched(self) -> Mapping[str, str]:
        """What is typed and may be kept: all that differs from what is shown without it."""
        return {name: text for name, text in self.typed.items() if text != self._shown[name]}

    def fault(self, error: PlanhatTuiError) -> None:
        """Show an error at its field, which gets the focus, or over the keys."""
        self.tell("")
        for field in self.fields.values():
            field.error("")
        name = self.field_of(error)
        if name in self.fields:
            self.fields[name].error(problem(error))
            self.fields[name].correct()
        else:
            self.tell(problem(error), bad=True)

    def field_of(self, error: PlanhatTuiError) -> str:
        """Return the name of the field that an error is about; empty if it's about none."""
        return error.field if isinstance(error, InputError) else ""

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
        if self.typed == self._heard:  # a line tells what it begins with, too
            return
        self._heard = self.typed
        for field in self.fields.values():
            if field.line is event.input:
                field.error("")
        self.tell(self.advice())
        self.keep()

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def greeting(self) -> str:
        """Return what is said when it opens: that a draft is back, or what is advised."""
        if not self.touched:
            return self.advice()
        self.hint((*self.HINT, "{drop}: drop the draft"))
        return self.HERE

    def advice(self) -> str:
        """Return what is to be said of what is typed, while it's typed; empty for nothing."""
        return ""

    def keep(self) -> None:
        """Keep what is :attr:`touched` on this machine; nothing, where nothing is."""
        raise NotImplementedError

    def action_drop(self) -> None:
        """Forget what is typed."""
        if self.is_saving:
            self.tell(SAVING)
            return
        if not self.touched:
            self.tell("Nothing is typed here yet")
            return
        with self.prevent(Input.Changed):
            for name, field in self.fields.items():
                field.value = self._shown[name]
                field.error("")
        self._heard = self.typed
        self.keep()
        self.hint(self.HINT)
        self.tell(self.DROPPED)

    def action_save(self) -> None:
        """Save."""
        self.save()

    def save(self) -> None:
        """Save what is typed, or say what is wrong."""
        raise NotImplementedError
