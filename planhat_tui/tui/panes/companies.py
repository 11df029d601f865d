"""The companies: a search box, and a list that is filled from the local copy as one types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal
from textual.widgets import Input, Static

from planhat_tui.errors import QueryError
from planhat_tui.model.events import Topic
from planhat_tui.model.records import Kind
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.messages import CompanyPointed, KeysChanged
from planhat_tui.tui.panes.pane import Pane
from planhat_tui.tui.panes.preview import Preview, marks_of
from planhat_tui.tui.presentation import amounts, columns
from planhat_tui.tui.presentation.rows import Row, company_row
from planhat_tui.tui.presentation.sentences import problem
from planhat_tui.tui.widgets.line import Line
from planhat_tui.tui.widgets.rows import PAGE, Rows
from planhat_tui.tui.widgets.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.store.rows import CompanyRows, Progress
    from planhat_tui.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: the rows from ``offset`` on, and how much of the list is here."""

    rows: CompanyRows
    offset: int
    progress: Progress


def look(workspace: Workspace, text: str = "", offset: int = 0, limit: int = PAGE) -> Found:
    """Read rows of the local copy, and how much of it is there. Raises :class:`QueryError`."""
    reads = workspace.reads
    rows = reads.companies(text, limit=limit, offset=offset, guess=True)
    return Found(rows, offset, reads.progress())


class Companies(Pane):
    """Find a company."""

    NUMBER = 1
    WORD = "Companies"
    PLACES: ClassVar[tuple[Where, ...]] = (Where.COMPANIES,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.COMPANIES)]

    def __init__(self, first: Found | None = None) -> None:
        super().__init__()
        self._first = first
        self.search = Line(hint="any part of a name, domain, e-mail, phone or id", id="search")
        self.rows = Rows(columns.COMPANIES, id="company-rows")
        self.preview = Preview()
        self._incomplete = Words(id="incomplete")
        self._shown: Found | None = None

    def body(self) -> ComposeResult:
        """Search, list, and in narrow terminals a preview of the row under the cursor."""
        with Horizontal(id="search-row"):
            yield Static("/", id="search-key")
            yield self.search
            yield self._incomplete
        yield self.rows
        yield self.preview

    def on_mount(self) -> None:
        """Fill the list at once: with what was read before there was a screen, if it was."""
        if self._first is not None:
            self._show(self._first, keep=False)
        else:
            self.read(keep=False)

    def focus_target(self) -> Widget:
        """Return the list; ``/`` leads to the search."""
        return self.rows

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read the visible pages again."""
        if changes.keys() & {Topic.COMPANY, Topic.OUTBOX, Topic.SYNC}:
            self.read(keep=True)
        self.preview.changed(changes)

    # -- reading

    def read(self, *, keep: bool) -> None:
        """Read what the search finds; ``keep`` holds the place in the list."""
        offset, limit = self.rows.window if keep else (0, PAGE)
        self.ask(
            "companies",
            lambda: self._find(self.search.value, offset, limit),
            lambda found: self._show(found, keep=keep),
            self._not_found,
        )

    def _find(self, text: str, offset: int, limit: int) -> Found:
        return look(self.workspace, text, offset, limit)

    def _show(self, found: Found, *, keep: bool) -> None:
        self._shown = found
        rows = self._rows(found)
        self.rows.fill(found.rows.total, rows, offset=found.offset, keep=keep)
        here = self.rows.current
        self.post_message(CompanyPointed(here.id if here is not None else ""))
        self._tell_progress(found)
        self._tell_empty(found)

    def _tell_progress(self, found: Found) -> None:
        progress = found.progress
        number = amounts.count(found.rows.total, capped=found.rows.capped)
        told = f"{number} of {amounts.count(progress.companies_known)}"
        self.preview.tell_marks(self.rows)
        marks = "" if self.explorer.narrow else marks_of(self.rows)
        if marks:  # where the preview isn't there to tell
            told = f"{marks} {self.planhat.glyphs.dot} {told}"
        self.fresh(progress.seen_at, told)
        known, whole = progress.companies_known, progress.companies_complete
        missing = known and whole < known
        self._incomplete.remove_class("-bad")
        told = f"list incomplete: {100 * whole // known}% loaded" if missing else ""
        self._incomplete.say(
            f"not found, shown is {found.rows.meant}" if found.rows.meant else told
        )

    def _tell_empty(self, found: Found) -> None:
        text = ""
        if not found.rows.total:
            text = (
                f"No company matches {self.search.value}.  esc shows all"
                if self.search.value
                else "No companies are here yet.  r asks Planhat for them"
            )
        self.rows.say_empty(text)

    def _not_found(self, error: PlanhatTuiError) -> None:
        """Show what is wrong with the query beside it; the list stays as it is."""
        if isinstance(error, QueryError):
            self._incomplete.add_class("-bad")
            self._incomplete.say(problem(error))
        else:
            self.say_problem(error)

    @on(Rows.Missing, "#company-rows")
    def _missing(self, event: Rows.Missing) -> None:
        event.stop()
        text, offset = self.search.value, event.offset
        self.ask(f"page {offset}", lambda: self._find(text, offset, PAGE), self._put)

    def _put(self, found: Found) -> None:
        self.rows.put(found.offset, self._rows(found))

    def _rows(self, found: Found) -> list[Row]:
        glyphs, today, users = self.planhat.glyphs, self.planhat.today(), self.explorer.users
        return [company_row(row, glyphs, today, users) for row in found.rows.rows]

    # -- search

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.explorer.stop_following()
        self.workspace.reads.stop_guessing()
        self.read(keep=False)

    @on(Input.Submitted, "#search")
    def _entered(self, event: Input.Submitted) -> None:
        """Go to the list, once it shows what was typed."""
        event.stop()
        self.once_shown("entered", self._enter_list)

    def _enter_list(self) -> None:
        self.rows.focus()

    def clear_search(self) -> bool:
        """Leave the search, then empty it; ``False`` if there was nothing to leave."""
        if self.search.has_focus:
            self.rows.focus()
            return True
        if self.search.value:
            self.search.value = ""
            return True
        if self.rows.marks:
            self.rows.mark(list(self.rows.marks), on=False)
            return True
        return False

    # -- the row under the cursor

    @on(Rows.Pointed, "#company-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self.post_message(CompanyPointed(event.id))
        self.post_message(KeysChanged())

    @on(Rows.Opened, "#company-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.explorer.go(2)

    @on(Rows.Marked, "#company-rows")
    def _marked(self, event: Rows.Marked) -> None:
        event.stop()
        if self._shown is not None:
            self._tell_progress(self._shown)

    # -- keys

    def why_not(self, name: str) -> str:
        """Say why a verb can't work: nothing is selected, or the profile forbids it."""
        if name in {"tags", "field", "delete", "mark", "copy", "log_call", "call_now"}:
            if not self.rows.selection():
                return "No company is under the cursor.  / finds one"
            return self.explorer.forbidden(name)
        return self.explorer.forbidden(name)

    def do_mark(self) -> None:
        """Mark the row, or not."""
        self.rows.toggle_mark()

    def do_mark_all(self) -> None:
        """Mark all that the search finds; if marks are there, take them off."""
        if self.rows.marks:
            self.rows.mark(list(self.rows.marks), on=False)
            return
        text, total = self.search.value, self.rows.total
        self.ask(
            "mark all",
            lambda: [row.id for row in look(self.workspace, text, limit=total).rows.rows],
            lambda ids: self.rows.mark(ids, on=True),
        )

    def do_tags(self) -> None:
        """Edit the tags of the selection."""
        self.want("tags", Kind.COMPANY, self.rows.selection())

    def do_field(self) -> None:
        """Edit a field of the selection."""
        self.want("field", Kind.COMPANY, self.rows.selection())

    def do_add(self) -> None:
        """Make a company."""
        self.want("add", Kind.COMPANY, ())

    def do_delete(self) -> None:
        """Delete the selection, after a word."""
        self.want("delete", Kind.COMPANY, self.rows.selection())

    def do_copy(self) -> None:
        """Copy the name under the cursor."""
        if self.rows.current is not None:
            self.explorer.copy(str(self.rows.current.cells["name"]))

    def do_log_call(self) -> None:
        """Log a call that just ended with somebody of this company."""
        self.explorer.log_call(finished=True)

    def do_call_now(self) -> None:
        """Log a call while it runs."""
        self.explorer.log_call(finished=False)
