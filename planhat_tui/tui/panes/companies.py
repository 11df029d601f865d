"""The companies: what can be done with the list, and with the row under its cursor."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

from textual import on

from planhat_tui.model.records import Kind
from planhat_tui.tui.arranging import resized, sort_by_title
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.looking import ids_of, next_of
from planhat_tui.tui.panes.companylist import CompanyList
from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.presentation.everything import SHOWN
from planhat_tui.tui.widgets.rows import MOST_MARKED, Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.binding import BindingType

    from planhat_tui.tui.presentation.everything import Hit
    from planhat_tui.workspace.queries import Found as Everything

ON_A_ROW = frozenset(
    "tags field delete mark range copy copy_field log_call call_now next_match"
    " previous_match".split()
)
"""Keys that need a company under the cursor."""


class Companies(CompanyList):
    """Find a company."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.COMPANIES,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.COMPANIES)]
    ONLY_ABLE: ClassVar[frozenset[str]] = frozenset({"everything"})

    # -- the row under the cursor

    @on(Rows.Pointed, "#company-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self.point(event.id)
        self.tell_keys()

    @on(Rows.Opened, "#company-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.explorer.go(2)

    @on(Rows.Headed, "#company-rows")
    def _headed(self, event: Rows.Headed) -> None:
        event.stop()
        sort_by_title(self, event.key)

    @on(Rows.Resized, "#company-rows")
    def _resized(self, event: Rows.Resized) -> None:
        event.stop()
        self.show_view(resized(self, event.key, event.cells))

    @on(Rows.Marked, "#company-rows")
    def _marked(self, event: Rows.Marked) -> None:
        event.stop()
        if self.shown is not None:
            self.sum_up(self.shown)

    @on(Rows.Ranged, "#company-rows")
    def _ranged(self, event: Rows.Ranged) -> None:
        event.stop()
        self._mark_rows(event.first, event.ids)

    def _mark_rows(self, first: int, seen: Sequence[str]) -> None:
        """Mark rows from ``first`` on as they are seen."""
        self._once_here(first, seen, lambda ids: self.rows.mark(ids, on=True))

    def _once_here(
        self, first: int, seen: Sequence[str], then: Callable[[Sequence[str]], None]
    ) -> None:
        """Do something with the rows from ``first`` on; read those that aren't here yet."""
        reads, shown = self.workspace.reads, self.shown
        if shown is None or all(seen):
            then(seen)
            return

        def fill(read: Sequence[str]) -> None:
            both = zip_longest(seen, read, fillvalue="")
            then([one or other for one, other in both if one or other])

        unseen = len(seen)
        self.ask("mark", lambda: ids_of(reads, shown.looking, first, unseen), fill, opens=True)

    # -- keys

    def why_not(self, name: str) -> str:
        """Say why a verb can't work: nothing is selected, or the profile forbids it."""
        if name in {"next_match", "previous_match"} and not self.searched:
            return "Nothing was looked for yet.  {find} finds"
        if name == "everything":
            return "" if self.read_view.query.strip() else "Nothing is looked for.  {find} finds"
        if name in ON_A_ROW:
            if not self.rows.selection():
                return "No company is under the cursor.  {find} finds one"
            return self.explorer.forbidden(name)
        return self.explorer.forbidden(name)

    def do_mark(self) -> None:
        """Mark the row, or not."""
        self.rows.toggle_mark()

    def do_mark_all(self) -> None:
        """Mark all that the search finds; if they all are, take all marks off."""
        most = min(self.rows.total, MOST_MARKED)
        self._once_here(0, self.rows.ids(0, most), self._mark_all_or_none)

    def _mark_all_or_none(self, ids: Sequence[str]) -> None:
        if not ids:
            self.say("No company is shown to be marked.  {find} finds one")
            return
        if self.rows.mark_all_or_none(ids) and (
            self.rows.total > len(ids) or (self.shown and self.shown.rows.capped)
        ):
            self.say(f"The first {len(ids):,} are marked.  {{find}} narrows the search")

    def do_range(self) -> None:
        """Begin a range, or end it and mark what lies between."""
        self.rows.do_range()

    def do_next_match(self) -> None:
        """Go to the next company that the last search finds, in the list as it is."""
        self._to_match(back=False)

    def do_previous_match(self) -> None:
        """Go to the one before."""
        self._to_match(back=True)

    def _to_match(self, *, back: bool) -> None:
        here, text, shown = self.rows.current, self.searched, self.shown
        if here is None or not text or shown is None:
            return
        reads, looking, start = self.workspace.reads, shown.looking, here.id
        self.ask(
            "match",
            lambda: next_of(reads, looking, start, text, back=back),
            self._go_to,
            opens=True,
        )

    def _go_to(self, company_id: str) -> None:
        if company_id:
            self.read(around=company_id)
        else:
            self.say(f"Nothing matches {literal(self.searched)}")

    def do_everything(self) -> None:
        """Show all that the search finds: tags, contacts and calls too; what is chosen is opened.

        Closed, the sheet leaves one where one was, the search with its text.
        """
        from planhat_tui.tui.screens.everything import EverythingSheet

        text, reads, explorer = self.read_view.query.strip(), self.workspace.reads, self.explorer

        def chosen(hit: Hit | None) -> None:
            if hit is None:
                return
            if hit.kind is not None:
                explorer.commanding.open_record(hit.kind, hit.id)
            else:
                explorer.seek_tag(hit.id)

        def show(found: Everything) -> None:
            self.app.push_screen(EverythingSheet(text, found), chosen)

        self.wait_for(lambda: reads.find(text, SHOWN), show, self.say_problem, opens=True)

    def do_sort(self) -> None:
        """Choose the order."""
        self.explorer.arranging.sort(self)

    def do_views(self) -> None:
        """Show a saved view, or save the list as one."""
        self.explorer.arranging.views()

    def do_columns(self) -> None:
        """Choose the columns."""
        self.explorer.arranging.choose_columns(self)

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
        """Copy the name under the cursor, or the names of all that are marked."""
        self.explorer.copying.names(Kind.COMPANY, self.rows.selection())

    def do_copy_field(self) -> None:
        """Copy a field of the company under the cursor, or of all marked; or their rows."""
        if self.rows.current is not None:
            self.explorer.copying.field(Kind.COMPANY, self.rows.selection())

    def do_log_call(self) -> None:
        """Log a call that just ended with somebody of this company."""
        self.explorer.log_call(finished=True)

    def do_call_now(self) -> None:
        """Log a call while it runs."""
        self.explorer.log_call(finished=False)
