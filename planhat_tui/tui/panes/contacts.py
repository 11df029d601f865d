"""The contacts of the company under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on

from planhat_tui.errors import QueryError
from planhat_tui.model import query as queries
from planhat_tui.model.events import Topic
from planhat_tui.model.query import Query
from planhat_tui.model.records import NEW_ID_PREFIX, Kind
from planhat_tui.model.text import visible
from planhat_tui.model.views import View
from planhat_tui.tui.arranging import resized, sort_by_title
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.looking import own_values
from planhat_tui.tui.panes.pane import Pane
from planhat_tui.tui.panes.person import PersonLines
from planhat_tui.tui.presentation import amounts, columns, empty_words, order_words
from planhat_tui.tui.presentation.cells import named
from planhat_tui.tui.presentation.matched import neighbour, sought_in_people
from planhat_tui.tui.presentation.rows import contact_row
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from planhat_tui.store.rows import ContactRow
    from planhat_tui.tui.presentation.matched import Sought
    from planhat_tui.tui.presentation.rows import Row
    from planhat_tui.workspace.queries import ContactsView


class Answer(NamedTuple):
    """What was read: how it's shown, the contacts, their custom fields, whom to point at.

    ``made`` is the id by now of the contact that was made; ``unseen`` are those whom others have
    changed since the person last looked.
    """

    view: View
    found: ContactsView | None
    own: Mapping[str, Mapping[str, Json]]
    on: str
    made: str
    unseen: frozenset[str] = frozenset()


class Contacts(Pane):
    """People at the company."""

    KIND: ClassVar[Kind] = Kind.CONTACT
    NUMBER = 3
    WORD = "Contacts"
    PLACES: ClassVar[tuple[Where, ...]] = (Where.CONTACTS,)
    WORDS: ClassVar[Mapping[str, str]] = {"open": "edit"}
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.CONTACTS)]

    def __init__(self) -> None:
        super().__init__()
        self.company_id = ""
        self.company_name = ""
        self.people: Mapping[str, ContactRow] = {}
        self._shown_of = self._on = self._sought = ""
        self._made, self._made_id = 0, ""
        self.seen_at: float | None = None
        self.rows = Rows(columns.CONTACTS, id="contact-rows")
        self.rows.resizes = True
        self._whole = True
        self._own: Mapping[str, Mapping[str, Json]] = {}
        self._unseen: frozenset[str] = frozenset()
        self._lit: Sought = {}
        self._seen: dict[str, None] = {}
        self._view: View | None = None  # read with the first contacts
        self.person = PersonLines()

    def body(self) -> ComposeResult:
        """Draw the list, or a sentence in its place, and who is under the cursor."""
        yield self.rows
        yield self.person

    def focus_target(self) -> Widget:
        """Return the list."""
        return self.rows

    # -- reading

    def point(self, company_id: str, name: str, on: str = "", sought: str = "") -> None:
        """Show the contacts of another company, with the cursor on one of them if it's given.

        Without one it goes to whom a search by ``sought`` finds: who is calling?
        """
        if company_id != self.company_id:
            self.rows.marks.clear()
            self._seen = {}
        self.company_id, self.company_name = company_id, name
        self._on, self._sought, self._lit = on, sought, self._looked_for(sought)
        self.read()

    @property
    def seen(self) -> tuple[str, ...]:
        """The contacts of the company that the person has had before their eyes."""
        return tuple(self._seen)

    def seeks(self, text: str) -> bool:
        """Tell whether a search looks for other letters in the contacts than those that are lit."""
        return self._looked_for(text) != self._lit

    def light(self, text: str) -> None:
        """Light what another search looks for, in the rows that are here."""
        self._lit = self._looked_for(text)
        self.rows.fill(len(self.people), self._drawn())

    def _looked_for(self, text: str) -> Sought:
        try:
            return sought_in_people(queries.parse(text), self.company_name)
        except QueryError:  # not typed to its end
            return self._lit

    def _drawn(self) -> list[Row]:
        """Return the rows of the contacts that are here."""
        glyphs, people = self.planhat.glyphs, self.people.values()
        return [
            contact_row(
                one, glyphs, self._own.get(one.id), self._lit, changed=one.id in self._unseen
            )
            for one in people
        ]

    def on_show(self) -> None:
        """Take note of who is seen now that the pane is in front."""
        self._seen |= dict.fromkeys(self.people)

    def follow(self, made: Entry) -> None:
        """Put the cursor on a contact that was just made: the next key is about that one.

        It stays there when Planhat's id takes the place of ours, unless it has been moved.
        """
        self._made, self._made_id = made.n, ""
        self.read()

    def read(self) -> None:
        """Read the contacts from the local copy."""
        wanted, reads = self.company_id, self.workspace.reads
        on, sought, made = self._on, self._sought, self._made
        known, places = self._view, self.workspace.places

        def read() -> Answer:
            view = known or places.view(Kind.CONTACT)
            found = reads.contacts(wanted, view.sort) if wanted else None
            ids = [row.id for row in found.rows] if found is not None else []
            own = own_values(reads, Kind.CONTACT, ids, columns.custom_paths(view.columns))
            whom = on or (reads.whom(wanted, sought) if wanted and sought else "")
            unseen = reads.unseen(Kind.CONTACT, ids) if ids else frozenset[str]()
            by_now = reads.entry(made).record_id if made else ""
            return Answer(view, found, own, whom, by_now, unseen)

        self.ask("contacts", read, self._show)

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if contacts changed."""
        if self.company_id and changes.keys() & {Topic.CONTACT, Topic.OUTBOX}:
            self.read()

    def _show(self, answer: Answer) -> None:
        view, on, made = answer.found, answer.on, answer.made
        people = view.rows if view is not None else ()
        known = view is not None and view.known
        self.people = {person.id: person for person in people}
        self.seen_at = view.seen_at if view is not None else None
        self._view = answer.view
        by = {one.field: one.descending for one in answer.view.sort}
        shown = columns.chosen(columns.CONTACTS, answer.view.columns)
        self.rows.show_columns(shown, {c.key: by[c.field] for c in shown if c.field in by})
        self._whole = known
        some = known or bool(people)
        self.entitle(count=amounts.count(len(people), capped=not known) if some else "")
        if view is not None:
            self._tell_marks()
        else:
            self.no_age()
        self._own, self._unseen = answer.own, answer.unseen
        if self.display:
            self._seen |= dict.fromkeys(self.people)
        here = self.rows.current
        self.rows.fill(len(people), self._drawn(), keep=self._shown_of == self.company_id)
        if on in self.people:
            self.rows.go_to(on)
            self._on = self._sought = ""
        if made in self.people:
            self._go_on_with(made, here.id if here is not None else "")
        self._shown_of = self.company_id
        self.person.point(self.current.id if self.current is not None else "")
        self._tell_empty(known=known, some=bool(people))
        self.tell_keys()

    def _go_on_with(self, made: str, here: str) -> None:
        """Go to the contact that was made, where the cursor was on it or it is new here."""
        if self._made_id in {"", here}:
            self.rows.go_to(made)
            self._made_id = made
        if self._made_id != made or not made.startswith(NEW_ID_PREFIX):
            self._made, self._made_id = 0, ""

    def _tell_empty(self, *, known: bool, some: bool) -> None:
        text = "" if self.company_id else empty_words.NO_COMPANY
        if self.company_id and not some:
            sign = "" if known else self.planhat.glyphs.not_loaded
            text = empty_words.no_contacts(self.company_name, sign)
        self.rows.say_empty(text)

    # -- how it's arranged

    @property
    def view(self) -> View:
        """The order and the columns."""
        return self._view or View()

    def show_view(self, view: View) -> None:
        """Show another order, or other columns, and keep that; the cursor stays on its contact."""
        if view.sort != self.view.sort:
            self.rows.rearranged()
        changed, self._view = view != self._view, view
        self.read()
        self.once_shown("viewed", lambda: None)  # the next key is meant for that list
        if changed:
            places = self.workspace.places
            self.perform(lambda: places.keep_view(view, Kind.CONTACT), lambda _: None)

    def try_columns(self, keys: tuple[str, ...]) -> None:
        """Draw the rows that are here with other columns, until the view is shown again."""
        self.rows.show_columns(columns.chosen(columns.CONTACTS, keys), self.rows.order)

    @on(Rows.Headed, "#contact-rows")
    def _headed(self, event: Rows.Headed) -> None:
        event.stop()
        sort_by_title(self, event.key)

    @on(Rows.Resized, "#contact-rows")
    def _resized(self, event: Rows.Resized) -> None:
        event.stop()
        self.show_view(resized(self, event.key, event.cells))

    @property
    def current(self) -> ContactRow | None:
        """The contact under the cursor."""
        here = self.rows.current
        return self.people.get(here.id) if here is not None else None

    @on(Rows.Pointed, "#contact-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self.person.point(event.id)
        self.tell_keys()

    @on(Rows.Opened, "#contact-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        reason = self.explorer.forbidden("field")
        if reason:
            self.say(reason)
        else:
            self.want("edit", Kind.CONTACT, (event.id,))

    @on(Rows.Marked, "#contact-rows")
    def _marked(self, event: Rows.Marked) -> None:
        event.stop()
        self._tell_marks()

    def _tell_marks(self) -> None:
        """Say how many are marked, the order if one was chosen, and how old the list is.

        Where there's little room, the signs at the columns tell the order, if they can.
        """
        marked, sort = len(self.rows.marks), self.view.sort
        told = [f"{marked} marked"] if marked else []
        signed = {one.field for one in sort} <= {one.field for one in self.rows.wanted_columns}
        if sort and not (signed and self.explorer.tabbed):
            told.append(order_words.order(sort, Query("")))
        dotted = f" {self.planhat.glyphs.dot} ".join(told)
        never = "new" if self._whole else "incomplete" if self.people else "not loaded"
        self.fresh(self.seen_at, dotted, never)

    # -- keys

    def why_not(self, name: str) -> str:
        """Say why a key can't be used: no company, no contact, or the profile forbids it."""
        if not self.company_id:
            return "No company is shown.  {find} finds one"
        if name in {"sort", "columns"}:
            return ""
        if name in {"next_match", "previous_match"} and not self.explorer.companies.searched:
            return "Nothing was looked for yet.  {find} finds"
        if name not in {"add", "log_call", "call_now", "views"} and self.current is None:
            return (
                f"No contact at {named(self.company_name)} is under the cursor.  {{add}} adds one"
            )
        return self.explorer.forbidden(name)

    def do_mark(self) -> None:
        """Mark the row, or not."""
        self.rows.toggle_mark()

    def do_mark_all(self) -> None:
        """Mark all, or none."""
        self.rows.mark_all_or_none(list(self.people))

    def do_range(self) -> None:
        """Begin a range, or end it and mark what lies between."""
        self.rows.do_range()

    @on(Rows.Ranged, "#contact-rows")
    def _ranged(self, event: Rows.Ranged) -> None:
        event.stop()
        self.rows.mark(event.ids, on=True)

    def do_sort(self) -> None:
        """Choose the order."""
        self.explorer.arranging.sort(self)

    def do_columns(self) -> None:
        """Choose the columns."""
        self.explorer.arranging.choose_columns(self)

    def do_next_match(self) -> None:
        """Go to the next contact here that the last search finds."""
        self._to_match(back=False)

    def do_previous_match(self) -> None:
        """Go to the one before."""
        self._to_match(back=True)

    def _to_match(self, *, back: bool) -> None:
        company, reads, most = self.company_id, self.workspace.reads, len(self.people)
        searched = self.explorer.companies.searched

        def go_to(found: tuple[str, ...]) -> None:
            here = self.current
            to = neighbour([*self.people], here.id if here else "", found, back=back)
            self.rows.go_to(to)
            if not to:
                self.say(f"No contact here matches {named(searched)}")

        self.ask("match", lambda: reads.all_whom(company, searched, most), go_to, opens=True)

    def do_views(self) -> None:
        """Show a saved view of the companies."""
        self.explorer.arranging.views()

    def do_copy_field(self) -> None:
        """Copy a field of the contact under the cursor, or of all marked; or their rows."""
        if self.current is not None:
            self.explorer.copying.field(Kind.CONTACT, self.rows.selection())

    def do_timeline(self) -> None:
        """Show what was seen to change in the contact under the cursor."""
        from planhat_tui.tui.screens.timeline import TimelineSheet

        here = self.current
        if here is not None:
            of = Kind.CONTACT, here.id, visible(here.title)
            self.app.push_screen(TimelineSheet(self.workspace, *of, self.explorer.users))

    def do_add(self) -> None:
        """Add a contact to the company."""
        self.want("add", Kind.CONTACT, (), self.company_id)

    def do_tags(self) -> None:
        """Edit the tags of the selection."""
        self.want("tags", Kind.CONTACT, self.rows.selection())

    def do_field(self) -> None:
        """Edit a field of the selection."""
        self.want("field", Kind.CONTACT, self.rows.selection())

    def do_delete(self) -> None:
        """Delete the selection, after a word."""
        self.want("delete", Kind.CONTACT, self.rows.selection())

    def do_copy(self) -> None:
        """Copy the e-mail, or else the phone, of the contact under the cursor or of all marked."""
        people = [self.people[one] for one in self.rows.selection() if one in self.people]
        known = [text for person in people if (text := visible(person.email or person.phone))]
        told = f"{len(known)} e-mails or phones" if known[1:] else ""
        self.explorer.copy("\n".join(known), told)

    def do_log_call(self) -> None:
        """Log a call with this contact that just ended."""
        self.explorer.log_call(finished=True)

    def do_call_now(self) -> None:
        """Log a call with this contact while it runs."""
        self.explorer.log_call(finished=False)

    def clear_search(self) -> bool:
        """Take the marks off; ``False`` if there were none."""
        if self.rows.leave_range():
            return True
        if not self.rows.marks:
            return False
        self.take_marks_off(self.rows)
        return True
