"""Under a query that is being typed: what it may become, on one line over the list's heading.

It is drawn in place of the heading and moves nothing. Tab takes the one that is set apart, the
arrows choose another; a click takes any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from planhat_tui.tui.presentation import amounts
from planhat_tui.tui.presentation.cells import clipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.tui.widgets.rowlines import RowLines
    from planhat_tui.workspace.completing import Candidate, Completion

LONGEST = 24
"""Cells of one candidate."""


class Completer:
    """A line of candidates over a list, of which one is chosen."""

    def __init__(self, over: RowLines) -> None:
        self._over = over
        self._offered: Completion | None = None
        self._chosen = 0
        self._ends: list[tuple[int, int]] = []
        self.take: Callable[[], None] | None = None  # puts the chosen one where it was typed for

    @property
    def current(self) -> Candidate | None:
        """The candidate that Tab takes."""
        return self._offered.candidates[self._chosen] if self._offered is not None else None

    @property
    def offered(self) -> Completion | None:
        """What is offered."""
        return self._offered

    def offer(self, completion: Completion | None) -> None:
        """Show other candidates; without any, the heading is there."""
        if completion is not None or self._offered is not None:
            self._offered, self._chosen = completion, 0
            self._over.show_over(self if completion is not None else None)

    def move(self, step: int) -> bool:
        """Choose the next candidate, or the one before; ``False`` if none is offered."""
        if self._offered is None:
            return False
        self._chosen = (self._chosen + step) % len(self._offered.candidates)
        self._over.show_over(self)
        return True

    def click(self, x: int) -> None:
        """Take the one that is drawn at a cell; on what Tab is called by, what Tab takes."""
        place = next((place for end, place in self._ends if x < end), None)
        if place is not None and self.take is not None:
            self._chosen = place
            self.take()

    def line(self, width: int) -> Content:
        """Draw as many as fit into so many cells."""
        assert self._offered is not None  # noqa: S101 -- it's drawn
        ellipsis = self._over.planhat.glyphs.ellipsis
        parts: list[tuple[str, str]] = [(" tab ", "bold $accent")]
        room, self._ends = width - 6, [(5, self._chosen)]
        for place in range(self._first(room), len(self._offered.candidates)):
            candidate = self._offered.candidates[place]
            label, uses = self._told(candidate)
            room -= cell_len(label) + cell_len(uses) + 2
            if room < 0 and place > self._chosen:
                parts.append((ellipsis, "$muted"))
                break
            style = "reverse" if place == self._chosen else "$foreground"
            parts += [(" ", ""), (label, style), (uses, "$muted"), (" ", "")]
            self._ends.append((sum(cell_len(text) for text, _ in parts), place))
        return Content.assemble(*parts).truncate(max(1, width))

    def _first(self, room: int) -> int:
        """Return the first candidate from which on there's room for the chosen one."""
        assert self._offered is not None  # noqa: S101 -- it's drawn
        for place in range(self._chosen, -1, -1):
            label, uses = self._told(self._offered.candidates[place])
            room -= cell_len(label) + cell_len(uses) + 2
            if room < 0:
                return min(place + 1, self._chosen)
        return 0

    def _told(self, candidate: Candidate) -> tuple[str, str]:
        uses = f" {amounts.count(candidate.uses)}" if candidate.uses else ""
        ellipsis = self._over.planhat.glyphs.ellipsis
        return clipped(candidate.label, LONGEST, ellipsis=ellipsis), uses
