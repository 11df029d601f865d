"""One line to type into, and the same with a label and an error of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input, Static

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Line(Input):
    """A line of input, one row high, whose cursor doesn't blink. Typing lays out nothing.

    With ``over``, what is typed after it got the focus takes the place of what stood there.
    ``leads`` is where Enter goes from here, for the line of keys.
    """

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    def __init__(
        self,
        value: str = "",
        *,
        hint: str = "",
        secret: bool = False,
        over: bool = False,
        leads: str = "",
        id: str | None = None,  # noqa: A002 -- Textual's word
    ) -> None:
        super().__init__(
            value, placeholder=hint, password=secret, select_on_focus=over, id=id, compact=True
        )
        self.cursor_blink = False
        self.leads = leads

    def replace_text(self, text: str) -> None:
        """Put other text in and go to its end."""
        self.value = text
        self.cursor_position = len(text)


class FormField(Vertical):
    """A label, a line, what it means, and under it what is wrong with it.

    ``note`` is dim text at the right of the line: a unit, what was understood.
    """

    def __init__(
        self, name: str, label: str, value: str = "", *, hint: str = "", secret: bool = False
    ) -> None:
        super().__init__(id=f"field-{name}", classes="form-field")
        self.key = name
        self._label = label
        self.line = Line(value, hint=hint, secret=secret, over=True, id=f"line-{name}")
        self._note = Static("", classes="form-note")
        self._error = Static("", classes="form-error")

    def compose(self) -> ComposeResult:
        """Label and line on a row, the error under them."""
        with Horizontal(classes="form-row"):
            yield Static(Content(self._label), classes="form-label")
            yield self.line
            yield self._note
        yield self._error

    def on_descendant_focus(self) -> None:
        """Light the label. ``:focus-within`` lights that of the first field alone."""
        self.add_class("-lit")

    def on_descendant_blur(self) -> None:
        """Put the label out."""
        self.remove_class("-lit")

    @property
    def value(self) -> str:
        """What is typed."""
        return self.line.value

    @value.setter
    def value(self, text: str) -> None:
        self.line.replace_text(text)

    def correct(self) -> None:
        """Get the focus to be corrected: the cursor goes to the end, and nothing is typed over."""
        self.line.select_on_focus = False
        self.line.focus()
        self.line.cursor_position = len(self.line.value)

    def note(self, text: str) -> None:
        """Say what the value means."""
        self._note.update(Content(text))

    def error(self, text: str) -> None:
        """Say what is wrong with the value; nothing if it's empty."""
        self.line.select_on_focus = not text
        self._error.update(Content(text))
        self._error.set_class(bool(text), "-shown")
