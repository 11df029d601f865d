"""Under a query that is being typed: what it may become, on one line over the list's heading.

It lies over what is there and moves nothing. Tab takes the one that is set apart, the arrows
choose another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from planhat_tui.tui.part import Part
from planhat_tui.tui.presentation import amounts
from planhat_tui.tui.presentation.cells import clipped

if TYPE_CHECKING:
    from planhat_tui.workspace.completing import Candidate, Completion

LONGEST = 24
"""Cells of one candidate."""


class Completer(Part, Static):
    """A line of candidates, of which one is chosen."""

    def __init__(self) -> None:
        super().__init__(classes="completer")
        self._offered: Completion | None = None
        self._chosen = 0

    @property
    def current(self) -> Candidate | None:
        """The candidate that Tab takes."""
        return self._offered.candidates[self._chosen] if self._offered is not None else None

    @property
    def offered(self) -> Completion | None:
        """What is offered."""
        return self._offered

    def offer(self, completion: Completion | None) -> None:
        """Show other candidates; without any, nothing is there."""
        self._offered, self._chosen = completion, 0
        self.set_class(completion is not None, "-shown")
        self._draw()

    def move(self, step: int) -> bool:
        """Choose the next candidate, or the one before; ``False`` if none is offered."""
        if self._offered is None:
            return False
        self._chosen = (self._chosen + step) % len(self._offered.candidates)
        self._draw()
        return True

    def on_resize(self) -> None:
        """Show as many as fit now."""
        self._draw()

    def _draw(self) -> None:
        if self._offered is None:
            self.update(Content(""))
            return
        parts: list[tuple[str, str]] = [(" tab ", "bold $accent")]
        room = self.size.width - 6
        for place in range(self._first(room), len(self._offered.candidates)):
            candidate = self._offered.candidates[place]
            label, uses = _told(candidate)
            room -= cell_len(label) + cell_len(uses) + 2
            if room < 0 and place > self._chosen:
                parts.append((self.planhat.glyphs.ellipsis, "$muted"))
                break
            style = "reverse" if place == self._chosen else "$foreground"
            parts += [(" ", ""), (label, style), (uses, "$muted"), (" ", "")]
        self.update(Content.assemble(*parts).truncate(max(1, self.size.width)))

    def _first(self, room: int) -> int:
        """Return the first candidate from which on there's room for the chosen one."""
        assert self._offered is not None  # noqa: S101 -- it's drawn
        for place in range(self._chosen, -1, -1):
            label, uses = _told(self._offered.candidates[place])
            room -= cell_len(label) + cell_len(uses) + 2
            if room < 0:
                return min(place + 1, self._chosen)
        return 0


def _told(candidate: Candidate) -> tuple[str, str]:
    uses = f" {amounts.count(candidate.uses)}" if candidate.uses else ""
    return clipped(candidate.label, LONGEST), uses
