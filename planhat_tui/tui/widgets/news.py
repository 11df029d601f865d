"""A line that is there only where there's news; a click on it leads to all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from planhat_tui.tui.widgets.words import Words

if TYPE_CHECKING:
    from textual import events


class News(Words):
    """One line at the foot of a pane: what stands above it doesn't move when it comes or goes."""

    @dataclass
    class Clicked(Message):
        """The line was clicked."""

    def tell(self, text: str) -> None:
        """Say what is new; nothing takes no place."""
        self.say(text, layout=False)
        self.set_class(bool(text), "-told")

    def on_click(self, event: events.Click) -> None:
        """Tell that it was clicked."""
        event.stop()
        self.post_message(self.Clicked())
