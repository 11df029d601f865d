"""What lies over everything in a terminal that is too small: a sentence that says what it needs.

What is under it stays as it is, with its focus and what was typed; the app hands it no key
(:meth:`planhat_tui.tui.app.PlanhatApp.on_event`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.geometry import Size

LEAST: Final = (50, 12)
"""Columns and lines that a screen needs."""

QUIT: Final = "ctrl+q"
"""The key that works nevertheless."""


def is_too_small(size: Size) -> bool:
    """Whether a terminal has too few cells to be worked in."""
    return size.width < LEAST[0] or size.height < LEAST[1]


class TooSmall(Static):
    """A cover, one on each screen; it is there only while it's needed."""

    def __init__(self) -> None:
        super().__init__(classes="too-small")

    def on_mount(self) -> None:
        """Cover a screen that comes up in a small terminal."""
        self.look(self.app.size)

    def look(self, size: Size) -> None:
        """Cover a terminal of this size, or uncover it."""
        small = is_too_small(size)
        self.set_class(small, "-shown")
        if small:
            self.say()

    def say(self, text: str = "") -> None:
        """Say what is needed, and what else has to be known; seen only while it's small."""
        width, height = self.app.size
        told = (
            f"{width}x{height} cells are too few; it needs {LEAST[0]}x{LEAST[1]}.\n"
            f"Nothing is lost.  Only {QUIT} works: it quits"
        )
        self.update(Content(f"{told}\n{text}".rstrip()))
