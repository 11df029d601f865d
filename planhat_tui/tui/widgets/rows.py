"""A virtual list over Textual's line API: only what is visible is read and drawn.

A list of a million rows costs what its visible lines cost. Rows come in pages that the pane reads
when :class:`Rows.Missing` asks for them. The row under the cursor is kept by its id: new data
never moves it, neither in the list nor on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.part import Part
from planhat_tui.tui.presentation.cells import fit
from planhat_tui.tui.presentation.columns import GAP, Column, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from rich.text import Text
    from textual import events
    from textual.binding import BindingType

    from planhat_tui.tui.presentation.rows import Row

PAGE = 60
"""Rows that are read at once."""

LEAD = 6
"""Cells before the first column: blank, caret, mark, state, flag, blank."""


class Rows(ScrollView, Part, can_focus=True):
    """A list with a caret, marks and columns."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.LIST,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.LIST)]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--head", "rows--cursor", "rows--caret", "rows--mark", "rows--dim", "rows--state",
        "rows--queued", "rows--refused", "rows--conflict",
    }  # fmt: skip

    cursor: reactive[int] = reactive(0, repaint=False)

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

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:  # noqa: A002 -- Textual's word
        super().__init__(id=id)
        self.wanted_columns = tuple(columns)
        self.columns = tuple(columns)
        self.total = 0
        self.marks: dict[str, None] = {}
        self._pages: dict[int, tuple[Row, ...]] = {}
        self._asked: set[int] = set()
        self._empty = ""
        self._looks: dict[tuple[str, ...], Style] = {}
        self._pointed = ""

    # -- what is shown

    def fill(self, total: int, rows: Sequence[Row], *, offset: int = 0, keep: bool = True) -> None:
        """Show other rows: ``total`` of them, those from ``offset`` on being ``rows``.

        ``keep`` holds the row under the cursor where it is on the screen, wherever it is in the
        list now; without it the cursor goes to the first row.
        """
        kept, line = (self._pointed, self.cursor - self.scroll_offset.y) if keep else ("", 0)
        self.total = total
        self._pages.clear()
        self._asked.clear()
        self._take(offset, rows)
        place = next((offset + i for i, row in enumerate(rows) if kept and row.id == kept), None)
        target = place if place is not None else (self.cursor if keep else 0)
        self._fit_list()
        self.set_reactive(Rows.cursor, max(0, min(target, total - 1)))
        top = self.cursor - line if place is not None else (self.scroll_offset.y if keep else 0)
        self.scroll_to(y=max(0, min(top, total + 1 - self.size.height)), animate=False, force=True)
        self.refresh()
        self._point()

    def _fit_list(self) -> None:
        """Tell the scroll bar how long the list is. It is always there, so nothing is laid out."""
        self.set_reactive(Rows.virtual_size, Size(self.size.width, self.total + 1))
        self.vertical_scrollbar.window_virtual_size = self.total + 1

    def say_empty(self, text: str) -> None:
        """Say why there are no rows, in their place."""
        if text != self._empty:
            self._empty = text
            self.refresh()

    def put(self, offset: int, rows: Sequence[Row]) -> None:
        """Add a page that was missing."""
        self._take(offset, rows)
        self.refresh()
        self._point()

    def _take(self, offset: int, rows: Sequence[Row]) -> None:
        for start in range(0, len(rows), PAGE):
            self._pages[(offset + start) // PAGE] = tuple(rows[start : start + PAGE])

    def row(self, index: int) -> Row | None:
        """Return a row; ``None`` if it isn't there, or not yet."""
        page = self._pages.get(index // PAGE, ())
        place = index % PAGE
        return page[place] if 0 <= index < self.total and place < len(page) else None

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self.row(self.cursor)

    @property
    def loaded(self) -> list[Row]:
        """The rows that have been read, in order."""
        return [row for page in sorted(self._pages) for row in self._pages[page]]

    @property
    def window(self) -> tuple[int, int]:
        """Offset and number of the rows worth reading again: the pages around what is seen."""
        first = max(0, self.scroll_offset.y) // PAGE * PAGE
        last = max(self.scroll_offset.y + max(self.size.height, 1), self.cursor + 1)
        first = min(first, self.cursor // PAGE * PAGE)
        return first, max(PAGE, -(-(last - first) // PAGE) * PAGE)

    def selection(self) -> tuple[str, ...]:
        """Return the ids that a verb works on: the marked ones, else the one under the cursor."""
        if self.marks:
            return tuple(self.marks)
        return (self.current.id,) if self.current else ()

    # -- drawing

    def notify_style_update(self) -> None:
        """Forget how things look: the style sheet, the theme or the focus has changed."""
        self._looks.clear()
        super().notify_style_update()

    def _look(self, part: str, *over: str) -> Style:
        """Return the style of a part, laid over others. Asking Textual each time costs a frame."""
        key = (part, *over)
        if key not in self._looks:
            style = self.rich_style
            for name in (*over, part):
                if name:
                    style += self.get_component_rich_style(f"rows--{name}", partial=True)
            self._looks[key] = style
        return self._looks[key]

    def render_line(self, y: int) -> Strip:
        """Draw a line of the widget: the first is the heading, which stays."""
        width = self.size.width
        if not self.total:
            return self._sentence(y, width)
        if y == 0:
            return self._heading(width)
        index = y - 1 + self.scroll_offset.y
        if index >= self.total:
            return Strip.blank(width, self._look(""))
        row = self.row(index)
        if row is None:
            self._miss(index)
            text = " " * LEAD + self.planhat.glyphs.not_loaded
            return Strip([Segment(fit(text, width), self._look("dim"))], width)
        return self._draw(row, index, width)

    def _sentence(self, y: int, width: int) -> Strip:
        lines = wrap(self._empty, max(10, width - 4))
        text = f"  {lines[y]}" if y < len(lines) else ""
        return Strip([Segment(fit(text, width), self._look("dim"))], width)

    def _heading(self, width: int) -> Strip:
        titles = (" " * GAP).join(
            fit(column.title, column.width, right=column.right) for column in self.columns
        )
        text = fit(" " * LEAD + titles, width, ellipsis=" ")
        return Strip([Segment(text, self._look("head"))], width)

    def _draw(self, row: Row, index: int, width: int) -> Strip:
        here = index == self.cursor
        under = ("dim" if row.dim else "", "cursor" if here and self.has_focus else "")
        base = self._look("", *under)
        glyphs = self.planhat.glyphs
        pieces = [(" ", base)]
        for glyph, part in (
            (glyphs.caret if here else " ", "caret"),
            (glyphs.marked if row.id in self.marks else " ", "mark"),
            (row.state, row.mood or "state"),
        ):
            pieces.append((glyph, base if glyph == " " else self._look(part, *under)))
        pieces.append((f"{row.flag} ", base))
        for number, column in enumerate(self.columns):
            pieces += self._cell(row.cells.get(column.key, ""), column, base)
            if number < len(self.columns) - 1:
                pieces.append((" " * GAP, base))
        return Strip(_joined(pieces)).adjust_cell_length(width, base)

    def _cell(self, cell: str | Text, column: Column, base: Style) -> list[tuple[str, Style]]:
        ellipsis = self.planhat.glyphs.ellipsis
        if isinstance(cell, str):
            return [(fit(cell, column.width, right=column.right, ellipsis=ellipsis), base)]
        text = cell.copy()
        text.truncate(column.width, pad=True)
        drawn = text.render(self.app.console)
        return [(s.text, base + s.style if s.style else base) for s in drawn if s.text]

    def _miss(self, index: int) -> None:
        page = index // PAGE
        if page not in self._asked:
            self._asked.add(page)
            self.post_message(self.Missing(self, page * PAGE))

    # -- the cursor

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor inside the list."""
        return max(0, min(cursor, self.total - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw the two lines, scroll as little as needed, tell the pane."""
        self.refresh_lines(old + 1)
        self.refresh_lines(new + 1)
        self._bring_into_view()
        self._point()

    def _bring_into_view(self) -> None:
        room = max(1, self.size.height - 1)
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + room:
            self.scroll_to(y=self.cursor - room + 1, animate=False, force=True)

    def _point(self) -> None:
        """Tell who stands under the cursor, and put the terminal's own cursor there."""
        self._place_terminal_cursor()
        here = self.current.id if self.current else ""
        if here != self._pointed:
            self._pointed = here
            self.post_message(self.Pointed(self, here))

    def _place_terminal_cursor(self) -> None:
        """Let screen readers and magnifiers follow: the caret is where the cursor is."""
        if self.has_focus:
            region = self.content_region
            line = self.cursor - self.scroll_offset.y + 1
            self.app.cursor_position = Offset(region.x + 1, region.y + line)

    def go_to(self, wanted: str) -> None:
        """Put the cursor on the row with that id, if it's loaded."""
        for page, rows in self._pages.items():
            for place, row in enumerate(rows):
                if row.id == wanted:
                    self.cursor = page * PAGE + place
                    return

    # -- marks

    def mark(self, ids: Sequence[str], *, on: bool) -> None:
        """Mark rows, or take their marks off."""
        for one in ids:
            if on:
                self.marks[one] = None
            else:
                self.marks.pop(one, None)
        self.refresh()
        self.post_message(self.Marked(self))

    def toggle_mark(self) -> None:
        """Mark the row under the cursor, or not, and go to the next."""
        if self.current is not None:
            self.mark([self.current.id], on=self.current.id not in self.marks)
            self.cursor += 1

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
        """Go to the row that is clicked; on its mark: mark it; twice: open it."""
        index = event.y - 1 + self.scroll_offset.y
        if event.y == 0 or index >= self.total:
            return
        self.cursor = index
        if event.chain > 1:
            self.do_open()
        elif 1 <= event.x <= 3 and self.current is not None:
            self.mark([self.current.id], on=self.current.id not in self.marks)

    def on_focus(self) -> None:
        """Draw the cursor as the focused one."""
        self.refresh()
        self._place_terminal_cursor()

    def on_blur(self) -> None:
        """Draw the cursor as a remembered one."""
        self.refresh()

    def on_resize(self) -> None:
        """Lay the columns out again."""
        self.columns = lay_out(self.wanted_columns, self.size.width - LEAD - 1)
        self._fit_list()
        self._bring_into_view()
        self.refresh()
        self.call_after_refresh(self._place_terminal_cursor)


def _joined(pieces: Sequence[tuple[str, Style]]) -> list[Segment]:
    """Return the pieces as segments, neighbours of one style as one: fewer cost less to draw."""
    segments: list[Segment] = []
    text, style = pieces[0]
    for more, other in pieces[1:]:
        if other is style:
            text += more
        else:
            segments.append(Segment(text, style))
            text, style = more, other
    segments.append(Segment(text, style))
    return segments
