"""A sheet comes up over the explorer from below, asks one thing, and goes.

The list stays visible above it. Escape closes it; nothing typed is lost that a draft can keep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from planhat_tui.tui.part import Part
from planhat_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from planhat_tui.tui.messages import Said

R = TypeVar("R")


class Sheet(ModalScreen[R], Part):
    """A sheet with a title, a body, a line for what is wrong, and its keys.

    ``HINT`` is the line of keys. The answer is what the sheet is dismissed with; ``None`` if it
    was closed.
    """

    CSS_PATH = "sheet.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", show=False)]
    HINT: ClassVar[str] = "esc close"

    def __init__(self, title: str) -> None:
        super().__init__()
        self.rule = Rule(title, heavy=True)
        self._said = Static("", id="sheet-said")
        self._hint = Static(Content(self.HINT), id="sheet-hint")
        self.said = ""

    def compose(self) -> ComposeResult:
        """Draw rule, body, message and keys."""
        with Vertical(id="sheet"):
            yield self.rule
            yield from self.body()
            yield self._said
            yield self._hint

    def body(self) -> ComposeResult:
        """Yield what stands between title and keys."""
        raise NotImplementedError

    def on_said(self, event: Said) -> None:
        """Say it here, where the eyes are."""
        event.stop()
        self.tell(event.text, bad=event.bad)

    def tell(self, text: str, *, bad: bool = False) -> None:
        """Show a sentence over the keys."""
        self.said = text
        self._said.update(Content(text))
        self._said.set_class(bool(text), "-shown")
        self._said.set_class(bad, "-bad")

    def hint(self, text: str) -> None:
        """Show other keys."""
        self._hint.update(Content(text))

    def action_close(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
