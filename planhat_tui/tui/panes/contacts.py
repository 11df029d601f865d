"""The contacts of the company under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from planhat_tui.model.events import Topic
from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.messages import KeysChanged
from planhat_tui.tui.panes.pane import Pane
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.rows import contact_row
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from planhat_tui.store.rows import ContactRow
    from planhat_tui.workspace.queries import ContactsView


class Contacts(Pane):
    """People at the company."""

    NUMBER = 3
    WORD = "Contacts"
    PLACES: ClassVar[tuple[Where, ...]] = (Where.CONTACTS,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.CONTACTS)]

    def __init__(self) -> None:
        super().__init__()
        self.company_id = ""
        self.company_name = ""
        self.people: Mapping[str, ContactRow] = {}
        self._shown_of = ""
        self.seen_at: float | None = None
        self.rows = Rows(columns.CONTACTS, id="contact-rows")

    def body(self) -> ComposeResult:
        """Draw the list, or a sentence in its place."""
        yield self.rows

    def focus_target(self) -> Widget:
        """Return the list."""
        return self.rows

    # -- reading

    def point(self, company_id: str, name: str) -> None:
        """Show the contacts of another company."""
        if company_id != self.company_id:
            self.rows.marks.clear()
        self.company_id, self.company_name = company_id, name
        self.read()

    def read(self) -> None:
        """Read the contacts from the local copy."""
        wanted, reads = self.company_id, self.workspace.reads
        self.ask("contacts", lambda: reads.contacts(wanted) if wanted else None, self._show)

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if contacts changed."""
        if self.company_id and changes.keys() & {Topic.CONTACT, Topic.OUTBOX}:
            self.read()

    def _show(self, view: ContactsView | None) -> None:
        people = view.rows if view is not None else ()
        known = view is not None and view.seen_at is not None
        self.people = {person.id: person for person in people}
        self.seen_at = view.seen_at if view is not None else None
        self.entitle(count=str(len(people)) if known or people else "")
        if view is not None:
            self._tell_marks()
        glyphs = self.planhat.glyphs
        rows = [contact_row(person, glyphs) for person in people]
        self.rows.fill(len(people), rows, keep=self._shown_of == self.company_id)
        self._shown_of = self.company_id
        self._tell_empty(known=known, some=bool(people))
        self.post_message(KeysChanged())

    def _tell_empty(self, *, known: bool, some: bool) -> None:
        name = visible(self.company_name)
        text = ""
        if self.company_id and not known and not some:
            glyph = self.planhat.glyphs.not_loaded
            text = f"{glyph} Contacts of {name} aren't loaded yet."
        elif self.company_id and not some:
            text = f"No contacts at {name} yet.  a adds one"
        self.rows.say_empty(text)

    @property
    def current(self) -> ContactRow | None:
        """The contact under the cursor."""
        here = self.rows.current
        return self.people.get(here.id) if here is not None else None

    @on(Rows.Pointed, "#contact-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self.post_message(KeysChanged())

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
        """Say how many are marked, and how old the list is."""
        marked = len(self.rows.marks)
        self.fresh(self.seen_at, f"{marked} marked" if marked else "")

    # -- keys

    def why_not(self, name: str) -> str:
        """Say why a key can't be used: no company, no contact, or the profile forbids it."""
        if not self.company_id:
            return "No company is shown.  / finds one"
        if name not in {"add", "log_call", "call_now"} and self.current is None:
            return f"No contact at {visible(self.company_name)} is under the cursor.  a adds one"
        return self.explorer.forbidden(name)

    def do_mark(self) -> None:
        """Mark the row, or not."""
        self.rows.toggle_mark()

    def do_mark_all(self) -> None:
        """Mark all, or none."""
        self.rows.mark(list(self.people), on=not self.rows.marks)

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
        """Copy the e-mail, or else the phone."""
        if self.current is not None:
            self.explorer.copy(visible(self.current.email or self.current.phone))

    def do_log_call(self) -> None:
        """Log a call with this contact that just ended."""
        self.explorer.log_call(finished=True)

    def do_call_now(self) -> None:
        """Log a call with this contact while it runs."""
        self.explorer.log_call(finished=False)

    def clear_search(self) -> bool:
        """Take the marks off; ``False`` if there were none."""
        if not self.rows.marks:
            return False
        self.rows.mark(list(self.rows.marks), on=False)
        return True
