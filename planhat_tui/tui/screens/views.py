"""The saved views: Enter shows one; what is on screen is saved under a new name, or one of them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from textual import on

from planhat_tui.errors import QueryError
from planhat_tui.model.events import Topic
from planhat_tui.model.text import visible
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import amounts
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.widgets.picker import Choice, Picker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.config.views import SavedView
    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.workspace.queries import Queries

EVERYTHING = "All companies"


class Answer(NamedTuple):
    """A view's name, empty for all companies, and what is to be done with it.

    ``save``: what is on screen is saved under it; ``start``: the explorer opens with it, or no
    longer does.
    """

    name: str
    deed: Literal["show", "save", "start"] = "show"


class ViewsSheet(Sheet[Answer]):
    """Answers with the view that was picked, or with a new name."""

    HINT = ("enter: show", "save", "start", "{close}: close")
    PLACES: ClassVar[tuple[Where, ...]] = (Where.VIEWS,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.VIEWS)]

    def __init__(self, views: Mapping[str, SavedView], reads: Queries) -> None:
        super().__init__("Saved views")
        self._views = views
        self._reads = reads
        self._counts: Mapping[str, str] = {}
        self._counting = self._stale = False
        self.picker = Picker(
            self._choices({}), hint="a view, or a new name", free="save this list so"
        )

    def body(self) -> ComposeResult:
        """Draw the picker."""
        yield self.picker

    def on_mount(self) -> None:
        """Type at once; the counts come when they are known."""
        self.picker.line.focus()
        if not self._views:
            self.tell("No view is saved yet. Type a name: the list as it is now is saved under it")
        self._count()

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Count again, once what is being counted is here."""
        if changes.keys() & {Topic.COMPANY, Topic.CONTACT, Topic.CALL, Topic.OUTBOX, Topic.SYNC}:
            self._stale = self._counting
            if not self._counting:
                self._count()

    def _count(self) -> None:
        """Count beside everything else: a million companies take a second for each view."""
        views, reads = self._views, self._reads
        self._counting, self._stale = True, False
        self.wait_for(lambda: counted(views, reads), self._counted, self._not_counted)

    def _not_counted(self, error: PlanhatTuiError) -> None:
        self._counting = False
        self.say_problem(error)

    def _counted(self, counts: Mapping[str, str]) -> None:
        self._counting = False
        if counts != self._counts:
            self._counts, place = counts, self.picker.options.highlighted
            self.picker.offer(self._choices(counts))
            self.picker.options.highlighted = place
        if self._stale:
            self._count()

    def _choices(self, counts: Mapping[str, str]) -> list[Choice]:
        every = Choice("", EVERYTHING, counts.get("", ""))
        return [every, *(self._choice(one, counts) for one in self._views.values())]

    def _choice(self, saved: SavedView, counts: Mapping[str, str]) -> Choice:
        order = f"sort:{saved.view.order}" if saved.view.sort else ""
        start = "shown at the start" if saved.start else ""
        notes = (counts.get(saved.name, ""), visible(saved.view.query), visible(order), start)
        return Choice(saved.name, visible(saved.name), "  ".join(filter(None, notes)))

    @on(Picker.Picked)
    def _picked(self, event: Picker.Picked) -> None:
        event.stop()
        chosen = event.choice
        if chosen is not None:
            new = bool(chosen.value) and chosen.value not in self._views
            self.dismiss(Answer(chosen.value, "save" if new else "show"))

    def do_save(self) -> None:
        """Save the list as it is under the name that is chosen."""
        chosen = self.picker.current
        if chosen is not None and chosen.value:
            self.dismiss(Answer(chosen.value, "save"))
        else:
            self.tell("Type a new name, or choose the view that this list is to be")

    def do_start(self) -> None:
        """Let the explorer open with the view that is chosen, or no longer."""
        chosen = self.picker.current
        if chosen is not None and chosen.value in self._views:
            self.dismiss(Answer(chosen.value, "start"))
        else:
            self.tell("Choose a saved view: the explorer opens with it")


def counted(views: Mapping[str, SavedView], reads: Queries) -> dict[str, str]:
    """Return how many companies each view finds now, in words; all of them under no name."""
    counts = {}
    for name, query in (("", ""), *((name, saved.view.query) for name, saved in views.items())):
        with contextlib.suppress(QueryError):
            counts[name] = amounts.count(reads.count(query))
    return counts
