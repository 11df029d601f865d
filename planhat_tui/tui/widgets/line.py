"""One line to type into, and the same with a label and an error of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Input, Static

from planhat_tui.tui.presentation.cells import clipped
from planhat_tui.tui.widgets.words import Text

if TYPE_CHECKING:
    from rich.style import Style
    from textual import events
    from textual.app import ComposeResult

    from planhat_tui.tui.app import PlanhatApp


class Line(Input):
    """A line of input, one row high, whose cursor doesn't blink. Typing lays out nothing.

    With ``over``, what is typed after it got the focus takes the place of what stood there.
    ``leads`` is where Enter goes from here, for the line of keys. Lines that are pasted are put in
    one after the other, with ``joint`` between them: none is lost.
    """

    @dataclass
    class Joined(Message):
        """So many lines were pasted, and stand here with ``joint`` between them."""

        lines: int
        joint: str

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    def __init__(
        self,
        value: str = "",
        *,
        hint: str = "",
        secret: bool = False,
        over: bool = False,
        leads: str = "",
        joint: str = " ",
        id: str | None = None,  # noqa: A002 -- Textual's word
    ) -> None:
        self._looks: dict[tuple[str, ...], Style] = {}
        super().__init__(
            value, placeholder=hint, password=secret, select_on_focus=over, id=id, compact=True
        )
        self.cursor_blink = False
        self.leads = leads
        self.joint = "" if secret else joint
        self._hint = hint

    def notify_style_update(self) -> None:
        """Forget how things look: the style sheet, the theme or the focus has changed."""
        self._looks.clear()
        super().notify_style_update()

    def get_component_rich_style(
        self, *names: str, partial: bool = False, default: Style | None = None
    ) -> Style:
        """Return the style of a part. Textual works it out anew for each letter."""
        look = (*names, "partial" if partial else "")
        if look not in self._looks:
            found = super().get_component_rich_style(*names, partial=partial, default=default)
            self._looks[look] = found
        return self._looks[look]

    @property
    def rich_style(self) -> Style:
        """The style of the line itself; likewise."""
        if () not in self._looks:
            self._looks[()] = super().rich_style
        return self._looks[()]

    @property
    def ellipsis(self) -> str:
        """The sign of what has no room."""
        return cast("PlanhatApp", self.app).glyphs.ellipsis

    def hint(self, text: str) -> None:
        """Say in the empty line what can stand there; what has no room ends in an ellipsis."""
        self._hint = text
        room = self.scrollable_content_region.width
        self.placeholder = clipped(text, room, ellipsis=self.ellipsis) if room else text

    def on_resize(self) -> None:
        """Cut the hint to the room that there is now."""
        self.hint(self._hint)

    def replace_text(self, text: str) -> None:
        """Put other text in and go to its end."""
        self.value = text
        self.cursor_position = len(text)

    def _on_paste(self, event: events.Paste) -> None:
        """Put in what is pasted, the cells of a table too; :class:`Input` takes the first line."""
        event.prevent_default()
        event.stop()
        lines = event.text.replace("\t", "\n").splitlines()
        pasted = [*filter(None, map(str.strip, lines))] if len(lines) > 1 else lines
        self.replace(self.joint.join(pasted), *self.selection)
        if len(pasted) > 1:
            self.post_message(self.Joined(len(pasted), self.joint))


class FormField(Vertical):
    """A label, a line, what it means, and under it what is wrong with it.

    ``note`` is dim text at the right of the line: a unit, what was understood. With ``over``, what
    is typed after it got the focus takes the place of what stood there.
    """

    def __init__(
        self,
        name: str,
        label: str,
        value: str = "",
        *,
        hint: str = "",
        secret: bool = False,
        over: bool = True,
    ) -> None:
        super().__init__(id=f"field-{name}", classes="form-field")
        self.key = name
        self._label = label
        self.line = Line(value, hint=hint, secret=secret, over=over, id=f"line-{name}")
        self._over = over
        self._note = Text("", classes="form-note")
        self._error = Text("", classes="form-error")

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
        self._type_over(on=True)

    def recall(self, text: str) -> None:
        """Put in what was typed before: it's typed on, not over, after the focus came, too."""
        self.line.replace_text(text)
        self._type_over(on=False)

    def _type_over(self, *, on: bool) -> None:
        self._over = self.line.select_on_focus = on

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
        self.line.select_on_focus = self._over and not text
        self._error.update(Content(text))
        self._error.set_class(bool(text), "-shown")
