"""A sheet comes up over the explorer from below, asks one thing, and goes.

The list stays visible above it; a sheet under another one isn't seen, since half of it would be.
Escape closes it; nothing typed is lost that a draft can keep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from planhat_tui.model.text import visible
from planhat_tui.tui.part import Part
from planhat_tui.tui.widgets.fitting import FOOT, Fitting
from planhat_tui.tui.widgets.rule import Rule
from planhat_tui.tui.widgets.sheetkeys import SheetKeys
from planhat_tui.tui.widgets.toosmall import TooSmall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.widget import Widget

    from planhat_tui.model.events import Topic
    from planhat_tui.tui.messages import Said
    from planhat_tui.tui.widgets.rows import Rows

R = TypeVar("R")


class Sheet(ModalScreen[R], Part):
    """A sheet with a title, a body, a line for what is wrong, and its keys.

    ``HINT`` is the line of keys. The answer is what the sheet is dismissed with; ``None`` if it
    was closed.
    """

    CSS_PATH = "sheet.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", show=False, id="close")]
    HINT: ClassVar[str] = "esc close"

    def __init__(self, title: str) -> None:
        super().__init__()
        self.rule = Rule(title, heavy=True)
        self._said = Static("", id="sheet-said", classes=FOOT)
        self._hint = SheetKeys(self.HINT, id="sheet-hint", classes=FOOT)
        self.said = ""
        self.too_small = TooSmall()
        self._left: Widget | None = None

    def compose(self) -> ComposeResult:
        """Draw rule, body, message and keys."""
        with Fitting(id="sheet"):
            yield self.rule
            yield from self.body()
            yield self._said
            yield self._hint
        yield self.too_small

    def body(self) -> ComposeResult:
        """Yield what stands between title and keys."""
        raise NotImplementedError

    def on_screen_suspend(self) -> None:
        """Go out of sight while another sheet is over this one."""
        self._left = self.focused
        self.query_one("#sheet").visible = False

    def on_screen_resume(self) -> None:
        """Be seen again, with the focus where it was."""
        self.query_one("#sheet").visible = True
        if self._left is not None and self._left.is_attached:
            self._left.focus()
        self._left = None

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Hear what has changed meanwhile; a sheet that shows none of it does nothing."""

    @on(events.Resize)
    def _resized(self, event: events.Resize) -> None:
        """Say what a terminal that is too small needs."""
        self.too_small.look(event.size)

    def on_said(self, event: Said) -> None:
        """Say it here, where the eyes are."""
        event.stop()
        self.tell(event.text, bad=event.bad)
        self.too_small.say(event.text)

    def on_key(self, event: events.Key) -> None:
        """Say of a character that does nothing here that the keys of the sheet do.

        Said once, and over no other sentence. Those that do something pass here too.
        """
        typed = (event.character or "").strip() if event.is_printable else ""
        if typed and not self.said and event.key not in self.active_bindings:
            self.tell(f"{visible(typed)} does nothing here.  The keys below do")

    def tell(self, text: str, *, bad: bool = False) -> None:
        """Show a sentence over the keys."""
        self.said = text
        self._said.update(Content(text))
        self._said.set_class(bool(text), "-shown")
        self._said.set_class(bad, "-bad")

    @property
    def keys(self) -> str:
        """The line of keys, as it is now."""
        return self._hint.keys

    def hint(self, text: str) -> None:
        """Show other keys."""
        self._hint.show(text)

    def action_close(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


class ListSheet(Sheet[R]):
    """A sheet over a list: ``rows``, and what ``below`` yields under it."""

    rows: Rows

    def body(self) -> ComposeResult:
        """Draw the list, and what stands under it."""
        self.rows.add_class("sheet-rows")
        yield self.rows
        yield from self.below()

    def below(self) -> ComposeResult:
        """Yield what stands under the list."""
        yield from ()
