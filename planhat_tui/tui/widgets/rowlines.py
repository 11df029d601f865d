"""How a list is drawn, line by line: only what is visible is read and drawn."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, Protocol

from rich.segment import Segment
from textual.geometry import Region
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.visual import Visual

from planhat_tui.tui.part import Part
from planhat_tui.tui.presentation.cells import clipped, fit, shown_letters, wrapped
from planhat_tui.tui.presentation.columns import GAP, Column, lay_out
from planhat_tui.tui.presentation.matched import spans
from planhat_tui.tui.widgets.plain import Plain, PlainBar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.style import Style
    from rich.text import Text
    from textual.content import Content
    from textual.scrollbar import ScrollBar

    from planhat_tui.tui.presentation.glyphs import Glyphs
    from planhat_tui.tui.presentation.rows import Row

PAGE: Final = 60
"""Rows that are read at once."""

LEAD: Final = 6
"""Cells before the first column: blank, caret, mark, state, flag, blank."""


class Over(Protocol):
    """What lies over the heading."""

    def line(self, width: int) -> Content:
        """Draw it in so many cells."""
        ...

    def click(self, x: int) -> None:
        """Take a click on one of them."""
        ...


class _Seen(NamedTuple):
    """How rows are seen that are drawn together.

    ``columns`` are those there is room for, ``rest`` the cells behind the last one. ``caret`` and
    ``under`` are the looks of the caret, and of all of the row that it's in, the one at ``cursor``.
    """

    columns: tuple[Column, ...]
    width: int
    rest: int
    glyphs: Glyphs
    cursor: int
    caret: str
    under: str


class RowLines(ScrollView, Plain, Part):
    """The lines of a list: a heading that stays, and rows of which only some are here."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--head", "rows--cursor", "rows--caret", "rows--mark", "rows--dim", "rows--state",
        "rows--queued", "rows--refused", "rows--conflict", "rows--changed", "rows--lit",
        "rows--over",
    }  # fmt: skip

    cursor: reactive[int] = reactive(0, repaint=False)

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:  # noqa: A002 -- Textual's word
        super().__init__(id=id)
        self.wanted_columns = tuple(columns)
        self._laid_out = (0, self.wanted_columns, self.wanted_columns)
        self.total = 0
        self.marks: dict[str, None] = {}
        self.order: Mapping[str, bool] = {}
        self.range_from: int | None = None
        self._pages: dict[int, tuple[Row, ...]] = {}
        self._asked: set[int] = set()
        self._empty = ""
        self._over: Over | None = None
        self._looks: dict[tuple[str, ...], Style] = {}

    def show_columns(self, columns: Sequence[Column], order: Mapping[str, bool]) -> None:
        """Show other columns, and by which of them the list is sorted: downwards, or not."""
        wanted = tuple(columns)
        if (wanted, order) != (self.wanted_columns, self.order):
            self.wanted_columns, self.order = wanted, order
            self.refresh()

    def show_over(self, over: Over | None) -> None:
        """Draw something over the heading; ``None``: the heading again."""
        self._over = over
        self.refresh(Region(0, 0, self.size.width, 1))

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns for which there is room now, as wide as they are; all before there is any."""
        width, wanted = self.size.width, self.wanted_columns
        if self._laid_out[:2] != (width, wanted):
            fitted = lay_out(wanted, width - LEAD - 1) if width else wanted
            self._laid_out = (width, wanted, fitted)
        return self._laid_out[2]

    def column_at(self, x: int) -> str:
        """Return the key of the column that is drawn at a cell, with its gap; empty: there's none.

        The gap behind a column belongs to it, since the sign of its order may stand there.
        """
        start = LEAD
        for column in self.columns:
            if start <= x < start + column.width + GAP:
                return column.key
            start += column.width + GAP
        return ""

    def start_of(self, key: str) -> int:
        """Return the cell where a column begins."""
        before = takewhile(lambda column: column.key != key, self.columns)
        return LEAD + sum(column.width + GAP for column in before)

    def edge_at(self, x: int) -> Column | None:
        """Return the column whose gap ends at a cell: there its edge is taken hold of."""
        edges = {self.start_of(one.key) + one.width + GAP - 1: one for one in self.columns}
        return edges.get(x)

    def row(self, index: int) -> Row | None:
        """Return a row; ``None`` if it isn't there, or not yet."""
        page = self._pages.get(index // PAGE, ())
        place = index % PAGE
        return page[place] if 0 <= index < self.total and place < len(page) else None

    def ids(self, first: int, count: int) -> tuple[str, ...]:
        """Return the ids of so many rows; empty ones of rows that aren't there yet."""
        rows = map(self.row, range(first, first + count))
        return tuple(row.id if row is not None else "" for row in rows)

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self.row(self.cursor)

    def _range(self) -> tuple[int, int]:
        if self.range_from is None:
            return 0, -1
        return min(self.range_from, self.cursor), max(self.range_from, self.cursor)

    def miss(self, offset: int) -> None:
        """Ask for the page from ``offset`` on, which is about to be seen."""
        raise NotImplementedError

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

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The scroll bar, made when it's asked for first."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = PlainBar(thickness=self.scrollbar_size_vertical)
            self._vertical_scrollbar.display = False
            self.app._start_widget(self, self._vertical_scrollbar)  # noqa: SLF001 -- as Textual's
        return self._vertical_scrollbar

    def lines(self, wanted: range) -> Iterator[list[Segment]]:
        """Draw lines of the widget: the first is the heading, which stays."""
        width, top = self.size.width, self.scroll_offset.y
        seen = self._seen(width)
        empty = wrapped(self._empty, max(10, width - 4)) if not self.total else []
        for y in wanted:
            if y == 0 and self._over is not None:
                look = self.get_visual_style("rows--over")
                over = self._over.line(width)
                yield [*Visual.to_strips(self, over, width, 1, look, pad=True)[0]]
            elif not self.total:
                line = f"  {empty[y]}" if y < len(empty) else ""
                yield [Segment(fit(line, width, ellipsis=seen.glyphs.ellipsis), self._look("dim"))]
            elif y == 0:
                yield self._heading(width)
            else:
                yield self._line(y - 1 + top, seen)

    def _line(self, index: int, seen: _Seen) -> list[Segment]:
        if index >= self.total:
            return [Segment(" " * seen.width, self._look(""))]
        row = self.row(index)
        if row is None:
            self._miss(index)
            text = " " * LEAD + seen.glyphs.not_loaded
            return [Segment(fit(text, seen.width), self._look("dim"))]
        return self._draw(row, index, seen)

    def _heading(self, width: int) -> list[Segment]:
        titles = "".join(map(self._title, self.columns))
        text = fit(" " * LEAD + titles, width, ellipsis=" ")
        return [Segment(text, self._look("head"))]

    def _title(self, column: Column) -> str:
        """Return a column's title and the gap behind it; the sign of its order is behind a word."""
        sign = ""
        if column.key in self.order:
            glyphs = self.planhat.glyphs
            sign = glyphs.falling if self.order[column.key] else glyphs.rising
        if column.right:
            return fit(column.title, column.width, right=True) + fit(sign, GAP)
        room = column.width - len(sign)
        title = clipped(column.title, room, ellipsis=self.planhat.glyphs.ellipsis)
        return fit(f"{title}{sign}", column.width) + " " * GAP

    def _seen(self, width: int) -> _Seen:
        """Return how rows are seen now.

        The next key is for this list where it has the focus, and no sheet lies over it.
        """
        active = self.screen.is_active
        columns = self.columns
        cells = sum(column.width + GAP for column in columns) - GAP
        return _Seen(
            columns,
            width,
            width - LEAD - cells,
            self.planhat.glyphs,
            self.cursor,
            caret="caret" if active else "dim",
            under="cursor" if active and self.has_focus else "",
        )

    def _draw(self, row: Row, index: int, seen: _Seen) -> list[Segment]:
        glyphs, here = seen.glyphs, index == seen.cursor
        under = ("dim" if row.dim else "", seen.under if here else "")
        base = self._look("", *under)
        pieces = [(" ", base)]
        for glyph, part in (
            (glyphs.caret if here else " ", seen.caret),
            (self._mark_of(row, index), "mark"),
            (row.state, row.mood or "state"),
        ):
            pieces.append((glyph, base if glyph == " " else self._look(part, *under)))
        new = row.flag == glyphs.changed
        pieces.append((f"{row.flag} ", self._look("changed", *under) if new else base))
        for column in seen.columns:
            cell = row.cells.get(column.key, "")
            if isinstance(cell, str) and column.key in row.tails:
                cell = f"{cell}  {row.tails[column.key]}"
            sought = row.sought.get(column.key)
            if sought and isinstance(cell, str) and not column.right:
                pieces += self._lit_cell(cell, spans(cell, sought), column, base, under)
            else:
                pieces += self._cell(cell, column, base)
            pieces.append((" " * GAP, base))
        pieces[-1] = (" " * seen.rest, base)
        return _joined(pieces)

    def _mark_of(self, row: Row, index: int) -> str:
        """Return the sign of a mark; a dot for one to come, from a range's start to the cursor."""
        glyphs = self.planhat.glyphs
        if row.id in self.marks:
            return glyphs.marked
        first, last = self._range()
        return glyphs.dot if first <= index <= last else " "

    def _lit_cell(
        self,
        cell: str,
        spans: Sequence[tuple[int, int]],
        column: Column,
        base: Style,
        under: Sequence[str],
    ) -> list[tuple[str, Style]]:
        """Draw a cell with the letters that a search has matched set apart."""
        text = fit(cell, column.width, ellipsis=self.planhat.glyphs.ellipsis)
        if not spans:
            return [(text, base)]
        kept, lit = shown_letters(cell, column.width), self._look("lit", *under)
        pieces, at = [], 0
        for start, end in spans:
            if start < kept:
                end = min(end, kept)  # noqa: PLW2901 -- what is cut off isn't lit
                pieces += [(text[at:start], base), (text[start:end], lit)]
                at = end
        return [(part, style) for part, style in (*pieces, (text[at:], base)) if part]

    def _cell(self, cell: str | Text, column: Column, base: Style) -> list[tuple[str, Style]]:
        ellipsis = self.planhat.glyphs.ellipsis
        if isinstance(cell, str):
            return [(fit(cell, column.width, right=column.right, ellipsis=ellipsis), base)]
        text = cell.copy()
        if text.cell_len > column.width:
            text.truncate(column.width - 1)
            text.append(ellipsis)
        text.truncate(column.width, pad=True)
        drawn = text.render(self.app.console)
        return [(s.text, base + s.style if s.style else base) for s in drawn if s.text]

    def _miss(self, index: int) -> None:
        page = index // PAGE
        if page not in self._asked:
            self._asked.add(page)
            self.miss(page * PAGE)


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
