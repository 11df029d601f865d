"""The places that one has been at: ``[`` goes back, ``]`` forward."""

from __future__ import annotations

from typing import Final, NamedTuple

KEPT: Final = 100
"""How many places are remembered."""


class Place(NamedTuple):
    """A pane (1 to 4), the company that was shown, and the search that had found it."""

    pane: int
    company: str
    name: str = ""
    search: str = ""


class Trail:
    """Places in the order in which they were visited, and where among them one stands."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._here = -1

    @property
    def before(self) -> Place | None:
        """The place that :meth:`back` would go to."""
        return self._places[self._here - 1] if self._here > 0 else None

    @property
    def after(self) -> Place | None:
        """The place that :meth:`forward` would go to."""
        return self._places[self._here + 1] if self._here + 1 < len(self._places) else None

    def now(self, place: Place) -> None:
        """Say where one stands by now: one has looked around since one came here."""
        if self._here >= 0:
            self._places[self._here] = place
        else:
            self.visit(place)

    def visit(self, place: Place) -> None:
        """Go to a new place; those that one had gone back from are forgotten."""
        if self._here >= 0 and self._places[self._here] == place:
            return
        self._places = [*self._places[: self._here + 1], place][-KEPT:]
        self._here = len(self._places) - 1

    def back(self) -> Place | None:
        """Return the place before, and stand there; ``None`` at the first."""
        place = self.before
        self._here -= place is not None
        return place

    def forward(self) -> Place | None:
        """Return the place after, and stand there; ``None`` at the last."""
        place = self.after
        self._here += place is not None
        return place
