"""Pick one: a field by a piece of its name, a person of the team, a contact of a shared number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.widgets.picker import Choice, Picker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class Pick(Sheet[Choice]):
    """Answers with a choice; with ``free``, what is typed is one as well, noted by that word."""

    HINT = ("up down: move", "enter: take", "{close}: close")

    def __init__(
        self, title: str, choices: Sequence[Choice], *, hint: str = "", free: str = ""
    ) -> None:
        super().__init__(title)
        self.picker = Picker(choices, hint=hint or "a piece of it", free=free)

    def body(self) -> ComposeResult:
        """Draw the picker."""
        yield self.picker

    def on_mount(self) -> None:
        """Type at once."""
        self.picker.line.focus()

    @on(Picker.Picked)
    def _picked(self, event: Picker.Picked) -> None:
        event.stop()
        text = event.text.strip()
        if event.choice is not None:
            self.dismiss(event.choice)
        else:
            self.tell(
                f"Nothing is called {literal(text)}.  Type a shorter piece"
                if text
                else "Type a name"
            )
