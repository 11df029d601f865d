"""The line over a pane: where you are, what it holds; heavy and reversed where the focus is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from planhat_tui.tui.part import Part
from planhat_tui.tui.presentation.cells import clipped

if TYPE_CHECKING:
    from textual import events


class Rule(Part, Widget):
    """A rule with one title, or with the titles of all panes as tabs; a note at the right."""

    @dataclass
    class Clicked(Message):
        """A title was clicked; ``place`` counts from 0."""

        place: int

    def __init__(self, title: str = "", *, heavy: bool = False) -> None:
        super().__init__(classes="rule")
        self._titles: tuple[str, ...] = (title,)
        self._here = 0
        self._note = ""
        self._heavy = heavy
        self._corner = False
        self._ends: list[int] = []

    def show(
        self,
        titles: tuple[str, ...] | None = None,
        here: int | None = None,
        note: str | None = None,
        *,
        heavy: bool | None = None,
        corner: bool | None = None,
    ) -> None:
        """Change what the rule says; what isn't given stays. Draws only if something differs."""
        before = (self._titles, self._here, self._note, self._heavy, self._corner)
        self._titles = self._titles if titles is None else titles
        self._here = self._here if here is None else here
        self._note = self._note if note is None else note
        self._heavy = self._heavy if heavy is None else heavy
        self._corner = self._corner if corner is None else corner
        if before != (self._titles, self._here, self._note, self._heavy, self._corner):
            self.refresh()

    def render(self) -> Content:
        """Draw the rule in exactly its width."""
        glyphs = self.planhat.glyphs
        thin, heavy = glyphs.thin, glyphs.heavy
        line = heavy if self._heavy else thin
        colour = "$accent" if self._heavy else "$muted"
        corner = glyphs.heavy_corner if self._heavy else glyphs.thin_corner
        parts: list[tuple[str, str]] = [(corner if self._corner else line, colour)]
        used, self._ends = 1, []
        for place, title in enumerate(self._titles):
            active = place == self._here
            room = max(4, self.size.width - used - 6)
            text = clipped(title, room, ellipsis=glyphs.ellipsis)
            label = f"[{text}]" if active and len(self._titles) > 1 else f" {text} "
            parts.append((label, self._label_style(active=active)))
            parts.append((line * 2 if active else thin * 2, colour if active else "$muted"))
            used += cell_len(label) + 2
            self._ends.append(used)
        left = self.size.width - used
        shorter = self._note.partition(f" {glyphs.dot} ")[0]
        note = next((n for n in (self._note, shorter) if cell_len(n) + 3 <= left), "")
        tail = f" {note} " if note else ""
        parts.append((line * max(0, left - cell_len(tail) - (1 if note else 0)), colour))
        if note:
            parts += [(tail, "$muted"), (line, colour)]
        return Content.assemble(*parts).truncate(self.size.width)

    def _label_style(self, *, active: bool) -> str:
        if active and self._heavy:
            return "bold reverse $accent"
        return "bold $foreground" if active else "$muted"

    def on_click(self, event: events.Click) -> None:
        """Tell which title was clicked."""
        for place, end in enumerate(self._ends):
            if event.x < end:
                self.post_message(self.Clicked(place))
                return
