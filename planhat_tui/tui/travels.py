"""Going back and forward among the places of one explorer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.records import Kind
from planhat_tui.tui.trail import Place, Trail

if TYPE_CHECKING:
    from planhat_tui.tui.screens.explorer import Explorer


class Travels:
    """Notes where one goes, and goes there again."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self.trail = Trail()

    def leave(self) -> None:
        """Note how the place looks that one is about to leave."""
        self.trail.now(self._here)

    def arrive(self) -> None:
        """Note a place that one has come to."""
        self.trail.visit(self._here)

    def back(self) -> None:
        """Go to the place before."""
        self.leave()
        self._show(self.trail.back())

    def forward(self) -> None:
        """Go to the place that one went back from."""
        self.leave()
        self._show(self.trail.forward())

    def open(self, company: str, name: str, pane: int, row: str = "") -> None:
        """Go to a company that the list needn't have, and to a row of one of its panes."""
        explorer = self._explorer
        self.leave()
        self._arrived(Place(pane, company, name, explorer.companies.search.value))
        self.arrive()
        if row:
            rows = explorer.contacts.rows if explorer.front is explorer.contacts else None
            rows = explorer.calls.rows if explorer.front is explorer.calls else rows
            explorer.once_shown("row", lambda: rows.go_to(row) if rows is not None else None)

    @property
    def _here(self) -> Place:
        explorer = self._explorer
        return Place(
            explorer.front.NUMBER,
            explorer.detail.company_id,
            explorer.contacts.company_name,
            explorer.companies.search.value,
        )

    def _show(self, place: Place | None) -> None:
        """Show a place again: first the list as it was, then what was shown beside it."""
        if place is None:
            return
        explorer = self._explorer
        if explorer.companies.search.value != place.search:
            explorer.companies.search.value = place.search
        reads = explorer.workspace.reads
        explorer.ask(
            "place",
            lambda: reads.now_called(Kind.COMPANY, place.company),  # made since, it has another id
            lambda company: self._arrived(place._replace(company=company)),
            opens=True,
        )

    def _arrived(self, place: Place) -> None:
        """Show the company, beside the list at first; the list points at it, if it has it."""
        explorer = self._explorer
        explorer.pointing.stop()
        rows = explorer.companies.rows
        rows.go_to(place.company)
        if rows.current is None or rows.current.id != place.company:
            explorer.pointing.show_beside(place.company, place.name)
            if place.company:
                explorer.companies.point_to(place.company)
        else:
            explorer.pointing.come()  # the list may have been there, with another one shown beside
        pane = explorer.panes[place.pane - 1]
        if pane is not explorer.front:
            explorer.move_on()
        explorer.to_front(pane)
        pane.focus_target().focus()
