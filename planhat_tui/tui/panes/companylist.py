"""A search box, and a list of companies that is filled from the local copy as one types."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal
from textual.widgets import Input, Static

from planhat_tui.errors import QueryError, StorageError
from planhat_tui.model import query as queries
from planhat_tui.model.events import Topic
from planhat_tui.model.query import completing
from planhat_tui.model.records import Kind
from planhat_tui.model.views import View
from planhat_tui.tui.looking import Found, Looking, look, look_again, sums_of
from planhat_tui.tui.messages import CompanyPointed
from planhat_tui.tui.panes.pane import Pane
from planhat_tui.tui.panes.preview import Preview
from planhat_tui.tui.pointing import FOLLOW
from planhat_tui.tui.presentation import (
    amounts,
    columns,
    empty_words,
    everything,
    loading_words,
    order_words,
    summary_words,
)
from planhat_tui.tui.presentation.rows import Around, Row, company_row
from planhat_tui.tui.presentation.sentences import problem
from planhat_tui.tui.widgets.completer import Completer
from planhat_tui.tui.widgets.queryline import QueryLine
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.tui.widgets.words import Words
from planhat_tui.workspace.completing import completion
from planhat_tui.workspace.queries import Elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual import events
    from textual.app import ComposeResult
    from textual.timer import Timer
    from textual.widget import Widget

    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.store.rows import Totals
    from planhat_tui.workspace.completing import Completion
    from planhat_tui.workspace.places import Places


class CompanyList(Pane):
    """The search and the list, and how it is read; its keys are the subclass's."""

    KIND: ClassVar[Kind] = Kind.COMPANY
    NUMBER = 1
    WORD = "Companies"
    about_company = False

    def __init__(self, first: Found | None = None) -> None:
        super().__init__()
        self._first = first
        view = first.looking.view if first is not None else View()
        self.sort, self.columns = view.sort, view.columns
        self.rows = Rows(columns.chosen(columns.COMPANIES, view.columns), id="company-rows")
        self.rows.resizes = True
        self.completer = Completer(self.rows)
        self.search = QueryLine(
            self.completer,
            view.query,
            hint="any part of a name, domain, e-mail, phone or id",
            id="search",
        )
        self.preview = Preview()
        self._mistake = Words(id="wrong")
        self._summary = Words(id="summary")
        self.shown: Found | None = None
        self._wrong: QueryError | None = None
        self._totals: Totals | None = None
        self._summing = False
        self._elsewhere, self._elsewhere_by = Elsewhere(), ""
        self._counting = False
        self.count_due: Timer | None = None
        self._typed_as = ("", "")
        self._lately = first.looking.lately if first is not None else ()
        self._kept = view
        self._around: str | None = None  # around what another list is being read, if it is
        self.searched = view.query
        self._given = view.query  # the line tells what it was made with, as if it had been typed

    def body(self) -> ComposeResult:
        """Search, list, its sums, and in narrow terminals a preview of the row under the cursor."""
        with Horizontal(id="search-row"):
            yield Static("/", id="search-key")
            yield self.search
            yield self._mistake
        yield self.rows
        yield self._summary
        yield self.preview

    def on_mount(self) -> None:
        """Fill the list at once: with what was read before there was a screen, if it was."""
        if self._first is not None:
            around = self._first.around
            self._show(self._first, keep=bool(around), on=around)
        else:
            self.read()

    def focus_target(self) -> Widget:
        """Return the list; ``/`` leads to the search."""
        return self.rows

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read the visible pages again."""
        if changes.keys() & {Topic.COMPANY, Topic.CALL, Topic.OUTBOX, Topic.SYNC, Topic.PROFILE}:
            self.read_again()
        self.preview.changed(changes)

    # -- reading

    @property
    def view(self) -> View:
        """What is asked for, and how it is shown."""
        return View(self.search.value, self.sort, self.columns)

    @property
    def read_view(self) -> View:
        """What the list is read by: a field that is being typed isn't in its query yet."""
        typed, query = self._typed_as
        return self.view._replace(query=query) if typed == self.search.value else self.view

    @property
    def _asked(self) -> Looking:
        return Looking(self.read_view, self._lately)

    def read(self, *, around: str = "", typed: bool = False) -> None:
        """Read what the search finds, from its beginning.

        ``around`` is a company that the cursor goes to, if the list has it; else to the first.
        What a letter asks for (``typed``) goes first, and is drawn at once; but for
        letters of a search, keys typed meanwhile are meant for the list that comes.
        """
        lines = self.rows.size.height if around else 0
        workspace, looking = self.workspace, self._asked
        workspace.reads.stop_guessing()  # what was meant by another search
        self._around, self._wrong = around, None

        def show(found: Found) -> None:
            self._show(found, keep=bool(around) and found.has(around), on=around)
            if typed:
                self.draw_now()

        self.ask(
            "companies",
            lambda: look(workspace, looking, around=around, lines=lines),
            show,
            self._not_found,
            urgent=typed,
            opens=not self.search.has_focus,
        )

    def point_to(self, company_id: str) -> None:
        """Put the cursor on a company, however far down it stands; not, if the list lacks it."""
        if self._around is not None:  # another list is asked for
            self.read(around=company_id)
            return
        lines, workspace, looking = self.rows.size.height, self.workspace, self._asked

        def show(found: Found) -> None:
            if found.has(company_id):
                self._show(found, keep=True, on=company_id)

        self.ask(
            "companies",
            lambda: look(workspace, looking, around=company_id, lines=lines),
            show,
            self._not_found,
        )

    def draw_now(self) -> None:
        """Draw the search, the list that a letter has found, and what is said of it."""
        lines = self.rule, self.search, self._mistake, self._summary
        self.explorer.draw_now(*lines, self.rows, self.rows.vertical_scrollbar)

    def read_again(self) -> None:
        """Read what is seen again; the cursor stays on its company, however far that has moved."""
        if self._around is not None:  # another list is asked for
            self.read(around=self._around)
            return
        workspace, looking = self.workspace, self._asked
        (offset, limit), lines = self.rows.window, self.rows.size.height
        on = self.rows.pointed

        def show(found: Found) -> None:
            here = self.rows.pointed
            if here in {"", on} or found.has(here):
                self._show(found, keep=True)
            else:  # the cursor has gone far away meanwhile
                self.read_again()

        self.ask(
            "companies",
            lambda: look_again(workspace, looking, offset, limit, on=on, lines=lines),
            show,
            self._not_found,
        )

    def _show(self, found: Found, *, keep: bool, on: str = "") -> None:
        if self.shown is None or bool(self.shown.looking.view.query) != bool(found.query.text):
            self.tell_keys()  # one of them is for searches alone
        self.shown, self._wrong, self._around = found, None, None
        self.search.point(None)
        rows = self._rows(found)
        self._tell_order(found)
        before = self.rows.pointed
        self.rows.fill(found.rows.total, rows, offset=found.offset, keep=keep, on=on)
        if self.rows.pointed == before:  # else the list tells
            self.point(before)
        self._tell_progress(found)
        self.tell_empty()
        self.sum_up(found)
        self._await_count(found)

    def point(self, company_id: str) -> None:
        """Tell the other panes which company the cursor is on; none, where it's empty."""
        self.explorer.post_message(CompanyPointed(company_id))

    def _tell_order(self, found: Found) -> None:
        """Set signs at the columns by which the list is sorted."""
        by = {one.field: one.descending for one in found.query.sort or found.looking.view.sort}
        if not by and not found.query.words:
            by = {"name": False}
        shown = columns.chosen(columns.COMPANIES, found.looking.view.columns)
        self.rows.show_columns(shown, {c.key: by[c.field] for c in shown if c.field in by})

    def sum_up(self, found: Found) -> None:
        """Have the list summed, and the marks in it counted; a long one not while one types."""
        self._totals = None
        if found.rows.meant or found.rows.capped:
            self._tell_sums()
        reads, looking, marks = self.workspace.reads, found.looking, tuple(self.rows.marks)

        def know(totals: Totals) -> None:
            if self.shown is found and marks == tuple(self.rows.marks):
                self._totals = totals
                self._tell_sums()

        if found.rows.meant:
            return
        if not found.rows.capped:
            self.ask("totals", lambda: sums_of(reads, looking, marks), know)
        elif not (self.search.has_focus or self._summing):
            self._sum_beside(lambda: sums_of(reads, looking, marks), know)

    def _sum_beside(self, totals: Callable[[], Totals], know: Callable[[Totals], None]) -> None:
        """Sum beside the reads, one after the other: of a million it takes a second."""

        def done(summed: Totals) -> None:
            self._summing = False
            know(summed)
            if self._totals is None and self.shown is not None:  # another list is here by now
                self.sum_up(self.shown)

        def failed(error: PlanhatTuiError) -> None:
            self._summing = False
            self.say_problem(error)

        self._summing = True
        self.wait_for(totals, done, failed)

    def _tell_sums(self) -> None:
        """Say what is marked, what is shown, and in which order: at the foot of the list.

        In front stands what has no room beside a long search.
        """
        found = self.shown
        if found is None:
            return
        order = order_words.order(found.looking.view.sort, found.query)
        given = found.rows, self._totals, len(self.rows.marks), order
        dot = f" {self.planhat.glyphs.dot} "
        unsaid = (self.search.unsaid,) if self.search.unsaid else ()
        wide, narrow = (summary_words.told(*given, wide=wide) for wide in (True, False))
        self._summary.say(dot.join((*unsaid, *wide)), layout=False)
        self.preview.note(dot.join((*unsaid, *narrow)))

    def _tell_progress(self, found: Found) -> None:
        progress = found.progress
        number = amounts.count(found.rows.total, capped=found.rows.capped)
        told = f"{number} of {amounts.count(progress.companies_known)}"
        self.fresh(progress.seen_at, told, least=number)
        self._mistake.say("")
        self._tell_beside(found)

    # -- what else the words find

    def _await_count(self, found: Found) -> None:
        """Have counted what else the words find, once letters pause: the list comes first.

        It's said while one is at the search, and where no company is found.
        """
        self._stop_count()
        if found.query.words and (self.search.has_focus or not found.rows.total):
            self.count_due = self.set_timer(FOLLOW, self._count_others)

    def _stop_count(self) -> None:
        if self.count_due is not None:
            self.count_due.stop()
            self.count_due = None

    def _count_others(self) -> None:
        """Count beside the reads, one after the other: no key waits for it."""
        self.count_due, shown, reads = None, self.shown, self.workspace.reads
        if shown is None or self._counting:
            return
        text = shown.looking.view.query

        def know(counted: Elsewhere) -> None:
            self._counting = False
            if (now := self.shown) is None:
                return
            if now.looking.view.query != text:  # another list is here by now
                self._await_count(now)
                return
            self._elsewhere, self._elsewhere_by = counted, text
            self._tell_beside(now)
            self.tell_empty()
            self._tell_sums()

        def failed(error: PlanhatTuiError) -> None:
            self._counting = False
            self.say_problem(error)

        self._counting = True
        self.wait_for(lambda: reads.elsewhere(text), know, failed)

    def _others(self, found: Found) -> Elsewhere:
        """Return what was counted for a list; nothing, while it isn't yet."""
        return self._elsewhere if self._elsewhere_by == found.looking.view.query else Elsewhere()

    def _tell_beside(self, found: Found) -> None:
        """Say at the search's end what its list lacks, and what else the words find."""
        if self._wrong is not None:
            return
        said = loading_words.beside(found)
        says_others = self.search.has_focus and found.rows.total
        others = everything.also(self._others(found)) if says_others else ()
        before = f"{said} {self.planhat.glyphs.dot} " if said else ""
        self.search.say(
            *(f"{before}{self.keyed(one)}" for one in others), *([said] if said else [])
        )

    def tell_empty(self) -> None:
        """Say why there are no rows; of names that aren't here yet, when they come."""
        found = self.shown
        if found is None or found.rows.total or self._wrong is not None:
            text = ""
        elif (query := found.looking.view.query) and found.progress.companies_known:
            instead = everything.instead(self._others(found))
            text = empty_words.no_match(query, instead, whole=loading_words.is_whole(found))
        else:
            sync, now = self.explorer.sync, self.planhat.monotonic()
            read_before = found.progress.seen_at is not None
            text = empty_words.no_companies(sync, now, read_before=read_before)
        self.rows.say_empty(text)

    def _not_found(self, error: PlanhatTuiError) -> None:
        """Show what is wrong with the query beside it; the list stays as it is.

        The other panes had waited for the letters to pause: they show the row under the cursor.
        """
        self._around = None
        self.point(self.rows.pointed)
        if not isinstance(error, QueryError):
            self.say_problem(error)
            return
        self._wrong = error
        self.tell_empty()
        at = completing.at(self.search.value, self.search.cursor_position)
        if at is not None and at.field and not at.typed and self.search.has_focus:
            self.search.point(None)  # a field whose value is about to be typed
            self._mistake.say("")
        else:
            self._tell_wrong(error)

    def _tell_wrong(self, error: QueryError) -> None:
        """Say what is wrong, and show from where on."""
        self.search.point(error.column)
        self.search.say("")
        self._mistake.say(problem(error))

    @on(Rows.Missing, "#company-rows")
    def _missing(self, event: Rows.Missing) -> None:
        event.stop()
        shown, workspace, offset = self.shown, self.workspace, event.offset
        if shown is not None:  # the list that lacks them, not one that is asked for meanwhile
            looking = shown.looking
            self.ask(f"page {offset}", lambda: look(workspace, looking, offset), self._put)

    def _put(self, found: Found) -> None:
        shown, counted = self.shown, found.rows
        if shown is None or shown.looking != found.looking:  # another list is here by now
            return
        self.rows.put(found.offset, self._rows(found))
        if counted.total <= self.rows.total:
            return
        rows = shown.rows._replace(total=counted.total, capped=counted.capped)
        self.shown = shown._replace(rows=rows)
        self.rows.lengthen(counted.total)
        self._tell_progress(self.shown)
        self.sum_up(self.shown)

    def _rows(self, found: Found) -> list[Row]:
        users = {**self.explorer.users}  # as they are now: these rows are compared with later ones
        now = self.planhat.now()
        around = Around(self.planhat.glyphs, now.date(), users, found.called, now.tzinfo)
        unseen = found.unseen - {self.explorer.pointing.looked}
        return [
            company_row(
                row, around, found.sought, own=found.own.get(row.id), changed=row.id in unseen
            )
            for row in found.rows.rows
        ]

    # -- search

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        given, self._given = self._given, ""
        if given and event.value == given:
            return
        self.explorer.pointing.stop()
        self._stop_count()
        self.explorer.let_pass()
        self.searched = event.value.strip() or self.searched
        query = completing.finished(event.value, self.search.cursor_position)
        self._typed_as = event.value, query if self.search.has_focus else event.value
        self.read(typed=True)
        self._complete()

    def _complete(self) -> None:
        """Offer what may follow; counting values of a million companies takes longer than a key."""
        reads, text, cursor = self.workspace.reads, self.search.value, self.search.cursor_position

        def offer(found: Completion | None) -> None:
            if self.search.has_focus and self.search.value == text:
                self.completer.offer(found)

        if completing.at(text, cursor) is None:
            offer(None)
        else:
            self.wait_for(lambda: completion(reads, text, cursor), offer)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Take what was opened lately as it is now: it stays so while letters are typed."""
        if event.widget is self.search:
            self._lately = self.workspace.places.lately()
            if self.shown is not None:
                self._tell_beside(self.shown)
                self._await_count(self.shown)
        super().on_descendant_focus(event)

    @on(Input.Submitted, "#search")
    def _entered(self, event: Input.Submitted) -> None:
        """Go to the list, once it shows what was typed."""
        event.stop()
        self.once_shown("entered", self._enter_list)

    def _enter_list(self) -> None:
        """Leave the search; one that can't be read stays open, with the cursor where it's wrong.

        What arrived meanwhile may have had its list read anew.
        """
        if self._around is not None:
            self.once_shown("entered", self._enter_list)
            return
        try:
            queries.parse(self.search.value)
        except QueryError as error:
            self.search.cursor_position = error.column
            self._tell_wrong(error)
        else:
            self.rows.focus()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Remember what was typed, whichever way the search is left."""
        if event.widget is self.search:
            self._keep_view()
            if self.shown is not None:
                self._tell_beside(self.shown)
            if self.read_view != self.view:
                self._typed_as = ("", "")  # nobody types its end any more
                self.read(around=self.rows.pointed)
            elif self.shown is not None and self._totals is None:
                self.sum_up(self.shown)
        super().on_descendant_blur(event)

    def clear_search(self) -> bool:
        """Leave the search, then empty it; ``False`` if there was nothing to leave.

        The cursor stays with the company that it's on.
        """
        if self.search.has_focus:
            self.rows.focus()
        elif self.rows.leave_range():
            pass
        elif self.search.value:
            self.show_view(self.view._replace(query=""))
        elif self.rows.marks:
            self.take_marks_off(self.rows)
        else:
            return False
        return True

    def show_view(self, view: View) -> None:
        """Show another view; the cursor stays with its company, if the view has it."""
        self.explorer.let_pass()
        if view._replace(columns=()) != self.view._replace(columns=()):
            self.rows.rearranged()
        with self.search.prevent(Input.Changed):
            self.search.replace_text(view.query)
        self.sort, self.columns = view.sort, view.columns
        self.searched = view.query.strip() or self.searched
        self._keep_view()
        self.read(around=self.rows.pointed)

    def try_columns(self, keys: tuple[str, ...]) -> None:
        """Draw the rows that are here with other columns, until the view is shown again."""
        self.rows.show_columns(columns.chosen(columns.COMPANIES, keys), self.rows.order)

    def leave(self, places: Places) -> None:
        """Remember the list at the end: the screen waits for nothing any more."""
        if (kept := self._shown_view()) != self._kept:
            with contextlib.suppress(StorageError):  # then it's there as it was before
                places.keep_view(kept)

    def _keep_view(self) -> None:
        """Remember the list as it is for the next start."""
        kept, places = self._shown_view(), self.workspace.places
        if kept != self._kept:
            self._kept = kept
            self.perform(lambda: places.keep_view(kept), lambda _: None)

    def _shown_view(self) -> View:
        """Return what the list shows: of a query that can't be read, the one before it."""
        view = self.view
        try:
            queries.parse(view.query)
        except QueryError:
            before = self.shown.looking.view.query if self.shown is not None else ""
            return view._replace(query=before)
        return view
