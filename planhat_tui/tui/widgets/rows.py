"""A virtual list over Textual's line API: only what is visible is read and drawn.

A list of a million rows costs what its visible lines cost. Rows come in pages that the pane reads
when :class:`Rows.Missing` asks for them. The row under the cursor is kept by its id: new data
never moves it, neither in the list nor on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.geometry import Offset, Size
from textual.message import Message
from textual.scrollbar import ScrollBar

from planhat_tui.model.views import NARROWEST, WIDEST
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation.columns import GAP
from planhat_tui.tui.widgets.rowlines import PAGE, RowLines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual import events
    from textual.binding import BindingType

    from planhat_tui.tui.presentation.columns import Column
    from planhat_tui.tui.presentation.rows import Row

MOST_MARKED: Final = 10_000
"""Rows that are marked at once."""
RANGE_LEFT: Final = "The list has changed: the range is given up.  {range} begins one anew"
"""What is said where the row is gone at which a range was begun, or the list is another one."""


class Rows(RowLines, can_focus=True):
    """A list with a caret, marks and columns."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.LIST,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.LIST)]

    @dataclass
    class Pointed(Message):
        """The cursor stands on another row; ``id`` is empty where none is loaded."""

        rows: Rows
        id: str

        @property
        def control(self) -> Rows:
            """The list."""
            return self.rows

    @dataclass
    class Opened(Pointed):
        """Enter, or a double click."""

    @dataclass
    class Marked(Message):
        """The marks are others now."""

        rows: Rows

        @property
        def control(self) -> Rows:
            """The list."""
            return self.rows

    @dataclass
    class Missing(Message):
        """Rows from ``offset`` on are about to be seen and aren't there."""

        rows: Rows
        offset: int

        @property
        def control(self) -> Rows:
            """The list."""
            return self.rows

    @dataclass
    class Headed(Message):
        """The title of a column was clicked; ``key`` is the column's."""

        rows: Rows
        key: str

        @property
        def control(self) -> Rows:
            """The list."""
            return self.rows

    @dataclass
    class Resized(Message):
        """The edge of a column was dragged: it is to have so many cells."""

        rows: Rows
        key: str
        cells: int

        @property
        def control(self) -> Rows:
            """The list."""
            return self.rows

    @dataclass
    class Ranged(Message):
        """The rows from ``first`` on are to be marked: these ids, as they are seen.

        An id is empty where the row isn't here yet.
        """

        rows: Rows
        first: int
        ids: tuple[str, ...]

        @property
        def control(self) -> Rows:
            """The list."""
            return self.rows

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:  # noqa: A002 -- Textual's word
        super().__init__(columns, id=id)
        self._pointed = self._begun_on = ""
        self.resizes = False
        self._to_bottom = False
        self._dragged: Column | None = None
        self._was_dragged = False
        self._covered = 0
        self._names: dict[str, str] = {}

    # -- what is shown

    def fill(
        self,
        total: int,
        rows: Sequence[Row],
        *,
        offset: int = 0,
        keep: bool = True,
        on: str = "",
    ) -> None:
        """Show other rows: ``total`` of them, those from ``offset`` on being ``rows``.

        ``keep`` holds the row under the cursor where it is on the screen, wherever it is in the
        list now; without it the cursor goes to the first row. ``on`` is another row to go to; of a
        list that is shown for the first time, with some before it.
        """
        before, missed = self._drawn, bool(self._asked)
        length = self.total
        kept, line = (on or self._pointed, self.cursor - self.scroll_offset.y) if keep else ("", 0)
        self.total = total
        self._pages.clear()
        self._asked.clear()
        self._take(offset, rows)
        self._keep_range(offset, rows, keep=keep, alike=total == length)
        place = next((offset + i for i, row in enumerate(rows) if kept and row.id == kept), None)
        target = place if place is not None else (self.cursor if keep else 0)
        self._fit_list()
        self.set_reactive(Rows.cursor, max(0, min(target, total - 1)))
        if kept and not self._pointed:
            line = self.app.size.height // 3
        top = self.cursor - line if place is not None else (self.scroll_offset.y if keep else 0)
        self.scroll_to(
            y=max(0, min(top, self._length - self.size.height)), animate=False, force=True
        )
        if missed or self._drawn != before:
            self.refresh()
        self._point()

    def _keep_range(self, offset: int, rows: Sequence[Row], *, keep: bool, alike: bool) -> None:
        """Keep a range on the row where it was begun; what can't be kept is said.

        A row that isn't among these is where it was, if the list is ``alike``: as long as before.
        """
        if self.range_from is None:
            return
        ids = [row.id for row in rows] if keep else []
        seen = offset <= self.range_from < offset + len(ids)
        if self._begun_on in ids:
            self.range_from = offset + ids.index(self._begun_on)
        elif not keep or seen or not alike:
            self.range_from = None
            if keep:
                self.say(RANGE_LEFT)

    @property
    def _drawn(self) -> tuple[object, ...]:
        """What the lines are drawn of, but for marks and columns."""
        return self.total, self.cursor, self.range_from, dict(self._pages)

    @property
    def _length(self) -> int:
        """The lines of the list: its titles, its rows, and as many as are covered."""
        return 1 + self.total + self._covered

    def _fit_list(self) -> None:
        """Tell the scroll bar how long the list is; it's drawn with the list.

        The bar is always there, so nothing is laid out, but for a list that is as tall as its rows.
        """
        taller = self.virtual_size.height != self._length
        self.set_reactive(Rows.virtual_size, Size(self.size.width, self._length))
        self.vertical_scrollbar.set_reactive(ScrollBar.window_virtual_size, self._length)
        if taller and self.styles.auto_dimensions:
            self.refresh(layout=True)

    def say_empty(self, text: str) -> None:
        """Say why there are no rows, in their place."""
        keyed = self.keyed(text)
        if keyed != self._empty:
            self._empty = keyed
            self.refresh()

    def put(self, offset: int, rows: Sequence[Row]) -> None:
        """Add a page that was missing."""
        self._take(offset, rows)
        self.refresh()
        self._point()

    def lengthen(self, total: int) -> None:
        """Say that the list goes on, since its end was only as far as was counted.

        Whoever asked for its last row goes on to that.
        """
        at_end = self._to_bottom and self.cursor == self.total - 1
        self.total = total
        self._fit_list()
        if at_end:
            self.cursor = total - 1
        self.refresh()

    def _take(self, offset: int, rows: Sequence[Row]) -> None:
        for start in range(0, len(rows), PAGE):
            self._pages[(offset + start) // PAGE] = tuple(rows[start : start + PAGE])

    @property
    def window(self) -> tuple[int, int]:
        """Offset and number of the rows worth reading again: the pages around what is seen."""
        first = max(0, self.scroll_offset.y) // PAGE * PAGE
        last = max(self.scroll_offset.y + max(self.size.height, 1), self.cursor + 1)
        first = min(first, self.cursor // PAGE * PAGE)
        return first, max(PAGE, -(-(last - first) // PAGE) * PAGE)

    @property
    def pointed(self) -> str:
        """The id of the row under the cursor; empty where none is loaded."""
        return self._pointed

    def selection(self) -> tuple[str, ...]:
        """Return the ids that a verb works on: the marked ones, else the one under the cursor."""
        if self.marks:
            return tuple(self.marks)
        return (self.current.id,) if self.current else ()

    def miss(self, offset: int) -> None:
        """Ask the pane for a page."""
        self.post_message(self.Missing(self, offset))

    # -- the cursor

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor inside the list."""
        return max(0, min(cursor, self.total - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw the two lines, scroll as little as needed, tell the pane."""
        self._to_bottom = False
        if self.range_from is None:
            self.refresh_lines(old + 1)
            self.refresh_lines(new + 1)
        else:
            self.refresh()
        self._bring_into_view()
        self._point()

    def _bring_into_view(self) -> None:
        room = max(1, self.size.height - 1 - self._covered)
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + room:
            self.scroll_to(y=self.cursor - room + 1, animate=False, force=True)

    def keep_clear(self, lines: int) -> None:
        """Keep the cursor out of the last lines, over which something else lies."""
        if self._covered != lines:
            self._covered = lines
            self._fit_list()
            last = max(0, self._length - self.size.height)
            self.scroll_to(y=min(self.scroll_offset.y, last), animate=False, force=True)
            self._bring_into_view()
            self.refresh()

    def _point(self) -> None:
        """Tell who stands under the cursor."""
        here = self.current.id if self.current else ""
        if here != self._pointed:
            self._pointed = here
            self.post_message(self.Pointed(self, here))

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the caret is on the screen: there goes the terminal's own cursor."""
        return self.content_region.offset + Offset(1, self.cursor - self.scroll_offset.y + 1)

    def go_to(self, wanted: str) -> None:
        """Put the cursor on the row with that id, if it's loaded."""
        for page, rows in self._pages.items():
            for place, row in enumerate(rows):
                if row.id == wanted:
                    self.cursor = page * PAGE + place
                    return

    # -- marks

    def follow(self, names: Mapping[str, str]) -> None:
        """Leave the marks on rows that have other ids by now, by those they had."""
        if not names:
            return
        self._names |= names
        self.marks = dict.fromkeys(self.now(self.marks))
        self.refresh()
        self.post_message(self.Marked(self))

    def now(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return ids as marked rows have them by now: a job that is done names them as it began."""
        return tuple(self._names.get(one, one) for one in ids)

    def mark(self, ids: Sequence[str], *, on: bool) -> None:
        """Mark rows, or take their marks off."""
        for one in self.now(ids):
            if on:
                self.marks[one] = None
            else:
                self.marks.pop(one, None)
        self.refresh()
        self.post_message(self.Marked(self))

    def mark_all_or_none(self, ids: Sequence[str]) -> bool:
        """Mark all of these; where all of them are marked, take every mark off.

        Returns whether they are marked now.
        """
        on = any(one not in self.marks for one in ids)
        self.mark(ids if on else list(self.marks), on=on)
        return on

    def toggle_mark(self) -> None:
        """Mark the row under the cursor, or not, and go to the next."""
        if self.current is not None:
            self.mark([self.current.id], on=self.current.id not in self.marks)
            self.cursor += 1

    def do_range(self) -> None:
        """Begin a range at the cursor; the second time, mark what lies between."""
        if self.range_from is None:
            here = self.current
            self.range_from, self._begun_on = (None, "") if here is None else (self.cursor, here.id)
        else:
            first, last = self._range()
            self.range_from = None
            count = min(last - first + 1, MOST_MARKED)
            self.post_message(self.Ranged(self, first, self.ids(first, count)))
        self.refresh()

    def leave_range(self) -> bool:
        """Give a range up; ``False`` if none was begun."""
        begun, self.range_from = self.range_from is not None, None
        self.refresh()
        return begun

    def rearranged(self) -> None:
        """Give a range up before another list comes, or another order: rows stand elsewhere."""
        if self.leave_range():
            self.say(RANGE_LEFT)

    # -- keys and mouse

    def do_down(self) -> None:
        """Next row."""
        self.cursor += 1

    def do_up(self) -> None:
        """Row before."""
        self.cursor -= 1

    def do_top(self) -> None:
        """First row."""
        self.cursor = 0

    def do_bottom(self) -> None:
        """Last row."""
        self.cursor = self.total - 1
        self._to_bottom = True

    def do_half_down(self) -> None:
        """Half a page down."""
        self.cursor += max(1, self.size.height // 2)

    def do_half_up(self) -> None:
        """Half a page up."""
        self.cursor -= max(1, self.size.height // 2)

    def do_open(self) -> None:
        """Open the row."""
        if self.current is not None:
            self.post_message(self.Opened(self, self.current.id))

    def on_click(self, event: events.Click) -> None:
        """Go to the row that is clicked; on its mark: mark it; twice: open it.

        On the title of a column: tell it; on what lies over the titles: it takes the click.
        """
        if event.y == 0 and self._over is not None:
            self._over.click(event.x)
            return
        index = event.y - 1 + self.scroll_offset.y
        dragged, self._was_dragged = self._was_dragged, False
        if dragged:
            return
        if event.y == 0 and self.total:
            key = self.column_at(event.x)
            if key:
                self.post_message(self.Headed(self, key))
        if event.y == 0 or index >= self.total:
            return
        self.cursor = index
        if event.chain > 1:
            self.do_open()
        elif 1 <= event.x <= 3 and self.current is not None:
            self.mark([self.current.id], on=self.current.id not in self.marks)

    def focus_on_click(self) -> bool:
        """Leave the focus where it is, when what lies over the titles is clicked."""
        on_titles = self.app.mouse_position.y == self.region.y
        return super().focus_on_click() and not (on_titles and self._over is not None)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the edge of a column."""
        self._was_dragged = False
        titles = event.y == 0 and self._over is None
        edge = self.edge_at(event.x) if titles and self.resizes else None
        if edge is not None:
            self._dragged = edge
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Draw the column that is held as wide as the mouse says."""
        if self._dragged is not None:
            cells = self._cells_to(self._dragged, event.x)
            self._was_dragged = self._was_dragged or cells != self._dragged.width
            if self._was_dragged:
                held = self._dragged._replace(width=cells, grow=0, most=cells)
                columns = [held if c.key == held.key else c for c in self.wanted_columns]
                self.show_columns(columns, self.order)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go of the column: its width stays."""
        dragged, self._dragged = self._dragged, None
        if dragged is not None:
            self.release_mouse()
            if self._was_dragged:
                cells = self._cells_to(dragged, event.x)
                self.post_message(self.Resized(self, dragged.key, cells))

    def _cells_to(self, column: Column, x: int) -> int:
        """Return the cells of a column whose gap ends at a cell of the screen."""
        return max(NARROWEST, min(x - self.start_of(column.key) - GAP + 1, WIDEST))

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._fit_list()
        self._bring_into_view()
        self.refresh()
