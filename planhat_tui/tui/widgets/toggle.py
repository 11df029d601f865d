"""A box to tick: space or Enter, or a click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from planhat_tui.tui.part import Part


class Toggle(Part, can_focus=True):
    """A box and its words: ``[x] open endpoint``."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space,enter", "tick", show=False)]

    value: reactive[bool] = reactive(False)  # noqa: FBT003 -- Textual's signature

    @dataclass
    class Changed(Message):
        """The box was ticked, or not."""

        value: bool

    def __init__(self, words: str, *, id: str) -> None:  # noqa: A002 -- Textual's word
        super().__init__(id=id, classes="toggle")
        self._words = words

    def render(self) -> Content:
        """Draw box and words."""
        glyphs = self.planhat.glyphs
        return Content(f"{glyphs.checked if self.value else glyphs.unchecked} {self._words}")

    def action_tick(self) -> None:
        """Tick, or not."""
        self.value = not self.value
        self.post_message(self.Changed(self.value))

    def on_click(self) -> None:
        """Tick, or not."""
        self.focus()
        self.action_tick()
