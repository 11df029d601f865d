"""One company: its facts, tags as chips, custom fields with their types, and the last changes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual import on
from textual.widgets import Input

from planhat_tui.config.web import no_template, page_of
from planhat_tui.errors import InputError
from planhat_tui.model import fields
from planhat_tui.model.events import Topic
from planhat_tui.model.records import Kind, text_of, texts_of
from planhat_tui.model.text import visible
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.panes.pane import Pane
from planhat_tui.tui.presentation import columns, empty_words, news_words
from planhat_tui.tui.presentation.cells import literal, named
from planhat_tui.tui.presentation.detail import (
    CUSTOM_HEAD,
    TAGS,
    Past,
    detail_rows,
    is_of_tags,
    is_of_timeline,
)
from planhat_tui.tui.presentation.matched import neighbour
from planhat_tui.tui.presentation.values import copied_text
from planhat_tui.tui.sure import HELD, Held
from planhat_tui.tui.widgets.line import Line
from planhat_tui.tui.widgets.news import News
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from planhat_tui.store.history import Seen
    from planhat_tui.store.rows import Shown
    from planhat_tui.tui.presentation.rows import Row


RECENT: Final = 200
"""Changes that are read with the company; its timeline has more."""


_NONE_BARRED: Final[Mapping[str, str]] = MappingProxyType({})


class Answer(NamedTuple):
    """What was read: the company, what is new in it, why it can't be read, what has changed.

    ``barred`` are the paths of its custom fields that nobody sets, each with the reason.
    """

    shown: Shown | None
    news: tuple[Seen, ...] = ()
    fault: str = ""
    seen: tuple[Seen, ...] = ()
    barred: Mapping[str, str] = _NONE_BARRED


_NO_MARKS: Final = "The detail is of one company: nothing to mark here.  {companies} has marks"
LACKS: Final = {
    **dict.fromkeys(("mark", "range", "mark_all"), _NO_MARKS),
    "sort": "The fields stand in their groups: no order to choose.  {find} filters them",
    "columns": "The detail has these columns alone.  {companies} has more",
}
"""What is said of keys that lists have, by their names."""


class CompanyPane(Pane):
    """The company under the cursor of the list."""

    NUMBER = 2
    WORD = "Detail"
    PLACES: ClassVar[tuple[Where, ...]] = (Where.DETAIL,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.DETAIL)]

    def __init__(self) -> None:
        super().__init__()
        self.company_id = ""
        self.shown: Shown | None = None
        self._news: tuple[Seen, ...] = ()
        self._fault = ""
        self._seen: tuple[Seen, ...] = ()
        self._barred = _NONE_BARRED
        self.chip = 0
        self._held = Held()
        self._sought = ""
        self._looked_for = ""
        self.rows = Rows(columns.FIELDS, id="field-rows")
        self.filter = Line(hint="filter the fields", leads="fields", id="field-filter")
        self.news = News(id="news")

    def body(self) -> ComposeResult:
        """Draw the filter, hidden until ``/``, the fields, and what is new."""
        yield self.filter
        yield self.rows
        yield self.news

    def focus_target(self) -> Widget:
        """Return the fields."""
        return self.rows

    # -- reading

    def point(self, company_id: str) -> None:
        """Show another company."""
        if company_id != self.company_id:
            self.company_id, self.chip, self._sought = company_id, 0, ""
        self.read()

    def seek(self, path: str) -> None:
        """Put the cursor on a field that was just added, as soon as it's here."""
        self._sought = path
        self.filter.value = ""
        self.filter.remove_class("-shown")
        self.read()

    def read(self) -> None:
        """Read the company from the local copy."""
        wanted, reads = self.company_id, self.workspace.reads

        def read() -> Answer:
            if not wanted:
                return Answer(None)
            shown = reads.company(wanted)
            fault = "" if shown is None or shown.complete else reads.fault(Kind.COMPANY, wanted)
            seen = reads.timeline(Kind.COMPANY, wanted, RECENT)
            news, barred = reads.news(Kind.COMPANY, wanted), reads.barred(Kind.COMPANY)
            return Answer(shown, news, fault, seen, barred)

        self.ask("company", read, self._show)

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if this company changed, or may have."""
        ids = changes.get(Topic.COMPANY, changes.get(Topic.OUTBOX))
        if ids is not None and (not ids or self.company_id in ids or Topic.OUTBOX in changes):
            self.read()

    def _show(self, answer: Answer) -> None:
        shown = answer.shown
        other = shown is None or self.shown is None or _id(shown) != _id(self.shown)
        self.shown, self._news, self._fault = shown, answer.news, answer.fault
        self._seen, self._barred = answer.seen, answer.barred
        name = visible(text_of(shown.raw, "name")) if shown is not None else ""
        self.entitle(name)
        self.fresh_of(shown)
        self.draw_fields(keep=not other)
        self.tell_keys()

    def fresh_of(self, shown: Shown | None) -> None:
        """Say how old the company is here, and what of it is on its way."""
        if shown is None:
            self.no_age()
            return
        glyphs = self.planhat.glyphs
        said = glyphs.word(shown.state) if shown.state is not None else ""
        self.fresh(shown.seen_at if shown.complete else None, said)

    def draw_fields(self, *, keep: bool = True) -> None:
        """Draw the rows; ``keep`` holds the cursor on its field."""
        self._tell_news()
        if self.shown is None:
            self.rows.fill(0, [])
            self.rows.say_empty("" if self.company_id else empty_words.NO_COMPANY)
            return
        tags = texts_of(self.shown.raw, "tags")
        self.chip = max(0, min(self.chip, len(tags) - 1))
        rows = self._rows(self.shown, self.filter.value)
        self.rows.fill(len(rows), rows, keep=keep)
        if any(row.id == self._sought for row in rows):
            self.rows.go_to(self._sought)
            self._sought = ""
        self.rows.say_empty("" if rows else empty_words.no_field(self.filter.value))

    def _tell_news(self) -> None:
        """Say why only the name is here, or what others have changed since one looked."""
        if self._fault:
            self.news.tell(empty_words.unreadable(self._fault))
            return
        planhat, width = self.planhat, self.rows.size.width - 2
        given = planhat.glyphs, self.explorer.users, planhat.wall(), width
        key = self.keyed("{timeline}")
        self.news.tell(news_words.told(self._news, *given, key=key) if self._news else "")

    @on(News.Clicked)
    def _news_clicked(self, event: News.Clicked) -> None:
        event.stop()
        self.action_do("timeline")

    def _rows(self, shown: Shown, words: str) -> list[Row]:
        """Return the rows of the fields that a filter leaves."""
        width = next((c.width for c in self.rows.columns if c.key == "value"), 20)
        return detail_rows(
            shown,
            self.planhat.glyphs,
            self.explorer.users,
            width=width,
            chip=self.chip if self._on_tags else -1,
            words=words,
            add=self.keyed("{add}"),
            changed=news_words.fields_of(self._news),
            barred=self._barred.keys(),
            past=Past(
                self._seen,
                self.planhat.now(),
                self.keyed("{timeline}"),
                more=len(self._seen) == RECENT,
            ),
        )

    @property
    def _on_tags(self) -> bool:
        here = self.rows.current
        return self.rows.has_focus and here is not None and is_of_tags(here.id)

    def on_resize(self) -> None:
        """Lay the chips out again."""
        self.call_after_refresh(self.draw_fields)

    @on(Rows.Pointed, "#field-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self.draw_fields()
        self.tell_keys()

    @on(Rows.Opened, "#field-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        if is_of_tags(event.id):
            self.action_do("tags")
        elif event.id == CUSTOM_HEAD:
            self.action_do("add")
        elif is_of_timeline(event.id):
            self.action_do("timeline")
        else:
            self._edit(event.id)

    @on(Rows.Marked, "#field-rows")
    def _no_marks(self, event: Rows.Marked) -> None:
        event.stop()
        self.rows.marks.clear()

    # -- filter

    @on(Input.Changed, "#field-filter")
    def _filtered(self, event: Input.Changed) -> None:
        event.stop()
        self._looked_for = event.value.strip() or self._looked_for
        self.explorer.let_pass()
        self.draw_fields(keep=False)

    @on(Input.Submitted, "#field-filter")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.rows.focus()

    def clear_search(self) -> bool:
        """Take the filter away; ``False`` if there was none."""
        if not self.filter.has_class("-shown"):
            return False
        self.filter.value = ""
        self.rows.focus()
        self.filter.remove_class("-shown")
        return True

    # -- keys

    def why_not(self, name: str) -> str:
        """Say why a key can't be used on what is under the cursor."""
        if self.shown is None:
            return "No company is shown.  {find} finds one"
        here = self.rows.current
        if name in {"next_match", "previous_match"} and not self._looked_for:
            return "Nothing was looked for here yet.  {find} filters the fields"
        if name == "remove":
            return self.explorer.forbidden(name) or self._why_not_removed(here)
        if name == "copy" and here is not None and here.heading:
            return f"{here.cells['label']} is a heading: there is nothing to copy"
        if name == "web":
            return no_template(self.workspace.profile)
        return self.explorer.forbidden(name)

    def _why_not_removed(self, here: Row | None) -> str:
        shown, row_id = self.shown, here.id if here is not None else ""
        if shown is not None and is_of_tags(row_id) and texts_of(shown.raw, "tags"):
            return ""
        if fields.custom_key(row_id) is not None:
            return literal(self._barred.get(row_id, ""))
        return "{remove} removes a tag or a custom field; this is neither"

    def lacks(self, name: str) -> str:
        """Say why a key that lists have is none of one company's fields."""
        return LACKS.get(name, "")

    def do_find(self) -> None:
        """Open the filter."""
        self.filter.add_class("-shown")
        self.filter.focus()

    def do_field(self) -> None:
        """Pick a field by a piece of its name, and edit it."""
        self.want("field", Kind.COMPANY, (self.company_id,))

    def _edit(self, path: str) -> None:
        """Edit the field under the cursor."""
        reason = self.explorer.forbidden("field")
        here = self.rows.current
        if not reason and here is not None and here.dim:
            label = literal(str(here.cells["label"]))
            kept = f"{label} is kept by Planhat and can't be changed here"
            reason = literal(self._barred.get(here.id, "")) or kept
        if reason:
            self.say(reason)
        else:
            self.want("field", Kind.COMPANY, (self.company_id,), path)

    def do_tags(self) -> None:
        """Edit the tags."""
        self.want("tags", Kind.COMPANY, (self.company_id,))

    def do_add(self) -> None:
        """Add a custom field."""
        self.want("custom", Kind.COMPANY, (self.company_id,))

    def do_remove(self) -> None:
        """Remove the chip or the custom field under the cursor; a held key only the first."""
        if self._held.repeats("remove", self.planhat.pressed_at()):
            self.say(HELD)
            return
        here = self.rows.current
        if here is None or self.shown is None:
            return
        if is_of_tags(here.id):
            tag = texts_of(self.shown.raw, "tags")[self.chip]
            self.want("untag", Kind.COMPANY, (self.company_id,), tag)
        else:
            self.want("clear", Kind.COMPANY, (self.company_id,), here.id)

    def do_chip_left(self) -> None:
        """Go to the tag at the left; from another field to the last one."""
        last = len(texts_of(self.shown.raw, "tags")) - 1 if self.shown is not None else 0
        self._to_chip(self.chip - 1, last)

    def do_chip_right(self) -> None:
        """Go to the tag at the right; from another field to the first one."""
        self._to_chip(self.chip + 1, 0)

    def _to_chip(self, beside: int, end: int) -> None:
        self.chip = beside if self._on_tags else end
        if not self._on_tags:
            self.rows.go_to(TAGS)
        self.draw_fields()

    def do_copy(self) -> None:
        """Copy the value under the cursor."""
        here = self.rows.current
        if here is not None and self.shown is not None:
            shown = str(here.cells["value"])
            value = fields.value_at(self.shown.raw, here.id)
            self.explorer.copy(copied_text(shown, value), shown)

    def do_copy_field(self) -> None:
        """Copy a field of the company, its row or all of it."""
        self.explorer.copying.field(Kind.COMPANY, (self.company_id,))

    def do_next_match(self) -> None:
        """Go to the next field that the last filter finds, whether it's still there or not."""
        self._to_match(back=False)

    def do_previous_match(self) -> None:
        """Go to the one before."""
        self._to_match(back=True)

    def _to_match(self, *, back: bool) -> None:
        here = self.rows.current
        if self.shown is None or here is None:
            return
        ids = [row.id for row in self._rows(self.shown, self.filter.value)]
        found = {row.id for row in self._rows(self.shown, self._looked_for)}
        to = neighbour(ids, here.id, found, back=back)
        self.rows.go_to(to)
        if not to:
            self.say(f"No field matches {named(self._looked_for)}")

    def do_views(self) -> None:
        """Show a saved view of the companies."""
        self.explorer.arranging.views()

    def do_delete(self) -> None:
        """Delete the company, after a word."""
        self.want("delete", Kind.COMPANY, (self.company_id,))

    def do_editor(self) -> None:
        """Edit the company as YAML in the person's editor."""
        self.explorer.commanding.run("edit", remember=False)

    def do_timeline(self) -> None:
        """Show what was seen to change in the company."""
        from planhat_tui.tui.screens.timeline import TimelineSheet

        if self.shown is not None:
            name = visible(text_of(self.shown.raw, "name"))
            users = self.explorer.users
            of = Kind.COMPANY, self.company_id, name
            self.app.push_screen(TimelineSheet(self.workspace, *of, users))

    def do_web(self) -> None:
        """Show the address of the company's page in the web app, and open it."""
        from planhat_tui.tui.screens.web import WebPage

        if self.shown is None:
            return
        try:
            address = page_of(self.workspace.profile, self.shown.raw)
        except InputError as error:
            self.say_problem(error)
        else:
            self.app.push_screen(WebPage(visible(text_of(self.shown.raw, "name")), address))

    def do_log_call(self) -> None:
        """Log a call that just ended."""
        self.explorer.log_call(finished=True)

    def do_call_now(self) -> None:
        """Log a call while it runs."""
        self.explorer.log_call(finished=False)


def _id(shown: Shown) -> str:
    return text_of(shown.raw, "_id")
