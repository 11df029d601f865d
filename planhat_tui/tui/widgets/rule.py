"""The line over a pane: where you are, what it holds; heavy and reversed where the focus is.

Where the titles are tabs, the name that the panes are about stands at the right; the note and the
gaps between the tabs give way to it, the tabs' words never do. Of a note its end gives way first,
and the gaps before its beginning does: how many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from planhat_tui.tui.part import Part
from planhat_tui.tui.presentation.cells import clipped

if TYPE_CHECKING:
    from textual import events


GAP: Final = 2
"""Cells of line behind a title."""

NAME: Final = 12
"""Cells of a name for which notes and gaps give way; ``SCRAP`` is the least that tells one."""
SCRAP: Final = 4


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
        self._least = ""
        self._whose = ""
        self._heavy = heavy
        self._corner = False
        self._ends: list[int] = []

    def show(
        self,
        titles: tuple[str, ...] | None = None,
        here: int | None = None,
        note: str | None = None,
        *,
        least: str | None = None,
        name: str | None = None,
        heavy: bool | None = None,
        corner: bool | None = None,
    ) -> None:
        """Change what the rule says; what isn't given stays. Draws only if something differs.

        ``least`` is what is said where the first part of the note has no room.
        """
        before = self._said
        self._titles = self._titles if titles is None else titles
        self._here = self._here if here is None else here
        self._note = self._note if note is None else note
        self._least = self._least if least is None else least
        self._whose = self._whose if name is None else name
        self._heavy = self._heavy if heavy is None else heavy
        self._corner = self._corner if corner is None else corner
        if before != self._said:
            self.refresh()

    @property
    def _said(self) -> tuple[object, ...]:
        """All that it is drawn of."""
        told = self._note, self._least, self._whose
        return *told, self._titles, self._here, self._heavy, self._corner

    def render(self) -> Content:
        """Draw the rule in exactly its width."""
        glyphs = self.planhat.glyphs
        thin, heavy = glyphs.thin, glyphs.heavy
        line = heavy if self._heavy else thin
        colour = "$accent" if self._heavy else "$muted"
        corner = glyphs.heavy_corner if self._heavy else glyphs.thin_corner
        parts: list[tuple[str, str]] = [(corner if self._corner else line, colour)]
        used, self._ends = 1, []
        gap = self._gap()
        spare = 6 if gap == GAP else 3
        for place, title in enumerate(self._titles):
            active = place == self._here
            room = max(4, self.size.width - used - spare)
            text = clipped(title, room, ellipsis=glyphs.ellipsis)
            label = self._label(text, active=active)
            parts.append((label, self._label_style(active=active)))
            parts.append(((line if active else thin) * gap, colour if active else "$muted"))
            used += cell_len(label) + gap
            self._ends.append(used)
        left = self.size.width - used
        note = self._told(left - 3)
        tail = f" {note} " if note else ""
        parts.append((line * max(0, left - cell_len(tail) - (1 if note else 0)), colour))
        if note:
            parts += [(tail, "$muted"), (line, colour)]
        return Content.assemble(*parts).truncate(self.size.width)

    def _label(self, title: str, *, active: bool) -> str:
        return f"[{title}]" if active and len(self._titles) > 1 else f" {title} "

    def _gap(self) -> int:
        """Return the cells of line behind each title: fewer where tabs, name or count need them."""
        labels = sum(cell_len(title) + 2 for title in self._titles)
        room = self.size.width - 1 - labels - 3
        if self._whose:
            fits = room - GAP * len(self._titles) >= min(NAME, cell_len(self._whose))
            return GAP if fits else 0
        for told in filter(None, (self._notes[0], self._least)):
            for gap in range(GAP, -1, -1):
                if room - gap * len(self._titles) >= cell_len(told):
                    return gap
        return GAP if room >= GAP * len(self._titles) else 1

    @property
    def _notes(self) -> list[str]:
        """The note, and what is left of it as it gets shorter; the first part comes first."""
        dot = f" {self.planhat.glyphs.dot} "
        parts = self._note.split(dot)
        return [dot.join(parts[:count]) for count in range(1, len(parts) + 1)]

    def _told(self, room: int) -> str:
        """Return as much of name and note as ``room`` cells hold; the note gives way first."""
        glyphs = self.planhat.glyphs
        dot = f" {glyphs.dot} "
        notes = [*reversed(self._notes), self._least, ""] if self._note else [""]
        for note in dict.fromkeys(notes):
            behind = dot + note if note and self._whose else note
            left = room - cell_len(behind)
            if left >= min(NAME if note else SCRAP, cell_len(self._whose)):
                return clipped(self._whose, left, ellipsis=glyphs.ellipsis) + behind
        return ""

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
