"""A conflict: before, mine and theirs side by side, and one key for each.

Nothing is sent for a field until it is settled; the record's other fields have gone on.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content

from planhat_tui.model.conflicts import Choice
from planhat_tui.model.events import Topic
from planhat_tui.model.fields import FieldType, field_of, label_of, parse_value, typed_text
from planhat_tui.model.text import visible
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.presentation.conflict_words import (
    BOTH_KEPT,
    MERGED,
    conflict_rows,
    conflict_sum,
)
from planhat_tui.tui.presentation.values import type_word
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.screens.value import NONE_SO, Given, Value, companies_like
from planhat_tui.tui.sure import HELD, Held
from planhat_tui.tui.widgets.picker import Choice as Known
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.tui.widgets.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.model.conflicts import Standoff
    from planhat_tui.model.edits import Conflict
    from planhat_tui.model.outbox import Entry
    from planhat_tui.workspace.workspace import Workspace


class ConflictSheet(ListSheet[None]):
    """The fields of one record that were changed on both sides; then the next record's."""

    HINT = ("before", "mine", "theirs", "other", "{close}: later")
    IN_FULL = ("mine", "theirs", "before")
    PLACES: ClassVar[tuple[Where, ...]] = (Where.CONFLICT,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.CONFLICT)]

    def __init__(self, workspace: Workspace, found: Standoff, users: Mapping[str, str]) -> None:
        super().__init__(_title(found))
        self.workspace = workspace
        self.rows = Rows(columns.CONFLICT, id="conflict-rows")
        self._found = found
        self._users = users
        self._sum = Text("", classes="sheet-text", id="conflict-sum")
        self._held = Held()

    def below(self) -> ComposeResult:
        """Say how old both sides are, and how many are left."""
        yield self._sum

    def on_mount(self) -> None:
        """Draw what is known, and read what else is in conflict."""
        self.rows.focus()
        self._draw(self._found, 0)
        self.read()

    def read(self) -> None:
        """Read what is in conflict."""
        self.ask("conflicts", self.workspace.reads.standoffs, self._show)

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if the outbox changed."""
        if Topic.OUTBOX in changes:
            self.read()

    def _show(self, all_found: Sequence[Standoff]) -> None:
        """Go on with this record, with the next one, or close where nothing is left."""
        if not all_found:
            self.dismiss(None)
            return
        here = next((one for one in all_found if one.record_id == self._found.record_id), None)
        self._draw(here or all_found[0], len(all_found) - 1)

    def _draw(self, found: Standoff, more: int) -> None:
        self._found = found
        self.rule.show((_title(found),))
        made = conflict_rows(found, self.planhat.glyphs, self._users)
        self.rows.fill(len(made), made)
        self.tell_in_full()
        self._sum.update(Content(conflict_sum(found, more, self.planhat.wall())))

    @property
    def _current(self) -> Conflict | None:
        here = self.rows.current
        fields = {one.field: one for one in self._found.fields}
        return fields.get(here.id) if here is not None else None

    def why_not(self, name: str) -> str:  # noqa: ARG002 -- all keys decide
        """Say that nothing is to be decided on what was merged."""
        here = self.rows.current
        if here is None or not here.id.startswith(MERGED):
            return ""
        return f"{here.cells['field']}: {BOTH_KEPT}, there is nothing to decide"

    @on(Rows.Opened, "#conflict-rows")
    def _opened(self, event: Rows.Opened) -> None:
        """Say what decides: Enter is none of the sides."""
        event.stop()
        decide = "{before}, {mine} or {theirs} decides, {other} types another value"
        scrolls = "  tab scrolls what is long" if self.whole.allow_focus() else ""
        self.tell(self.why_not("other") or f"{decide}.{scrolls}")

    def do_before(self) -> None:
        """Send the value that it had before."""
        self._settle(Choice.BEFORE)

    def do_mine(self) -> None:
        """Send mine over theirs."""
        self._settle(Choice.MINE)

    def do_theirs(self) -> None:
        """Leave theirs."""
        self._settle(Choice.THEIRS)

    def do_other(self) -> None:
        """Type another value."""
        conflict, kind = self._current, self._found.kind
        if conflict is None:
            return
        type_ = field_of(kind, conflict.field).type
        person, company = type_ is FieldType.USER, type_ is FieldType.COMPANY
        now = self.planhat.now()
        shown = typed_text(kind, conflict.field, conflict.mine, now.tzinfo)
        known = [Known(one, visible(name)) for one, name in self._users.items()] if person else []
        writes, n = self.workspace.writes, self._found.n
        going: list[Entry] = []

        def keep(given: Given) -> None:
            value = given.value if given.touched else conflict.mine
            going.extend(writes.resolve(n, conflict.field, Choice.VALUE, value))

        sheet = Value(
            self._subject(conflict),
            self._users.get(shown, shown) if person else shown,
            lambda text, _type: (
                conflict.mine
                if text == shown
                else parse_value(kind, conflict.field, text, conflict.mine, now=now)
            ),
            types=(type_word(kind, conflict.field, conflict.mine),),
            choices=known,
            closed=NONE_SO.get(type_, ""),
            find=partial(companies_like, self.workspace.reads) if company else None,
            keep=keep,
        )

        def answered(given: Given | None) -> None:
            if given is not None:
                self._settled(self._subject(conflict), going)

        self.app.push_screen(sheet, answered)

    def _subject(self, conflict: Conflict) -> str:
        label = label_of(self._found.kind, conflict.field)
        return literal(f"{visible(label)} of {visible(self._found.title)}")

    def _settle(self, choice: Choice) -> None:
        conflict, n = self._current, self._found.n
        if conflict is None:
            return
        if self._held.repeats(choice, self.planhat.pressed_at()):  # the next field is there by now
            self.tell(HELD)
            return
        writes = self.workspace.writes
        self.save_once(
            lambda: writes.resolve(n, conflict.field, choice, None),
            lambda going: self._settled(self._subject(conflict), going),
        )

    def _settled(self, what: str, going: Sequence[Entry]) -> None:
        told = f"{what} is queued." if going else f"{what} stays as Planhat has it."
        self.tell(told)
        back = "{undo} brings theirs back" if going else "{undo} brings mine back"
        self.planhat.explorer.watching.tell(going, told, f"{what} is delivered.", back)
        self.read()


def _title(found: Standoff) -> str:
    return f"{visible(found.title)} was changed by somebody else"
