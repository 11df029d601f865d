"""The tenant at a glance: its companies counted in bars, each of which the list can show."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content

from planhat_tui.model.events import Topic
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import amounts, charts, columns
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.themes import rich_colours
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.tui.widgets.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.model.overview import Overview
    from planhat_tui.store.rows import Progress, Totals
    from planhat_tui.workspace.queries import Queries


class OverviewSheet(Sheet[str]):
    """Bars by phase, health, month of renewal, owner and tag; answers with the query of one."""

    HINT = ("enter: list them", "{group_before} {group_after}: group", "{close}: close")
    PLACES: ClassVar[tuple[Where, ...]] = (Where.OVERVIEW,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.OVERVIEW)]

    def __init__(self, reads: Queries) -> None:
        super().__init__("Overview")
        self._reads = reads
        self.rows = Rows(columns.OVERVIEW, id="overview-rows")
        self._told = Text("", classes="sheet-text", id="overview-told")
        self._seen: Overview | None = None
        self._summed: dict[str, str] = {}
        self._fresh: set[str] = set()
        self._counting = self._stale = False
        self._loaded = True

    def body(self) -> ComposeResult:
        """Draw the bars, and what is to be said of the one under the cursor."""
        self.rows.add_class("sheet-tall")
        yield self.rows
        yield self._told

    def on_mount(self) -> None:
        """Count."""
        self.rows.focus()
        self.rows.say_empty("Counting ...")
        self.read()

    def on_resize(self) -> None:
        """Draw the bars as wide as there's room."""
        self.call_after_refresh(self._draw)

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Count again if companies changed, once what is being counted is here."""
        if changes.keys() & {Topic.COMPANY, Topic.OUTBOX, Topic.SYNC, Topic.USER}:
            self._stale = self._counting
            if not self._counting:
                self.read()

    def read(self) -> None:
        """Count beside everything else: a million companies take longer than a key."""
        reads, self._counting, self._stale = self._reads, True, False

        def count() -> tuple[Overview, Progress]:
            return reads.overview(), reads.progress()

        self.wait_for(count, self._show)

    def _show(self, answer: tuple[Overview, Progress]) -> None:
        self._counting = False
        self._seen, progress = answer
        known, whole = progress.companies_known, progress.companies_complete
        self._loaded = not progress.companies_left
        lacking = "" if self._loaded else f", {100 * whole // known}% loaded"
        self.rule.show(note=f"{amounts.count(known)} companies{lacking}")
        self._fresh.clear()
        self.rows.say_empty("No companies are here yet")
        self._draw()
        self._ask_sum()
        if self._stale:
            self.read()

    def _draw(self) -> None:
        if self._seen is None:
            return
        room = next((one.width for one in self.rows.columns if one.key == "bar"), 0)
        colour = rich_colours(self.app.theme_variables)["accent"]
        drawn = charts.rows(self._seen, room, self.planhat.glyphs, colour, loaded=self._loaded)
        self.rows.fill(len(drawn) if self._seen.companies else 0, drawn)
        self._tell()

    @on(Rows.Pointed, "#overview-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self._tell()
        self._ask_sum()

    def _ask_sum(self) -> None:
        """Sum up the bar under the cursor; what it came to before stays until that is here."""
        query = self.rows.pointed
        if query and query not in self._fresh:
            self.ask("sum", lambda: self._reads.totals(query), lambda t: self._sum(query, t))

    def _sum(self, query: str, totals: Totals) -> None:
        self._fresh.add(query)
        self._summed[query] = f"ARR {amounts.short(totals.arr)}"
        self._tell()

    def _tell(self) -> None:
        here = self.rows.current
        query = here.id if here is not None else ""
        seen = self._seen
        told = charts.told(seen, query, self._summed.get(query, "")) if seen is not None else ""
        self._told.update(Content(told))

    @on(Rows.Opened, "#overview-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        if event.id:
            self.dismiss(event.id)
        else:
            self.tell("These are the least used: a search for one finds its companies")

    def do_group_before(self) -> None:
        """Go to the first bar of this group, then of the one before."""
        self.rows.cursor = max((n for n in self._firsts() if n < self.rows.cursor), default=0)

    def do_group_after(self) -> None:
        """Go to the first bar of the next group."""
        after = (n for n in self._firsts() if n > self.rows.cursor)
        self.rows.cursor = min(after, default=self.rows.total - 1)

    def _firsts(self) -> list[int]:
        """Return where the groups begin."""
        places, at = [], 0
        for group in self._seen.groups if self._seen is not None else ():
            if group.bars:
                places.append(at)
            at += len(group.bars) + bool(group.more)  # those that have no bar have a row
        return places
