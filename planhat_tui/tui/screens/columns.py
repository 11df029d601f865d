"""Which columns a list has, in which order, and how wide they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from planhat_tui.model.records import Kind
from planhat_tui.model.views import NARROWEST, WIDEST, parted, wide
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.screens.customfields import pick_custom
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.binding import BindingType

    from planhat_tui.workspace.queries import Queries


class ColumnsSheet(ListSheet[tuple[str, ...]]):
    """Answers with the columns as a :class:`View` has them; none: those that fit.

    What isn't shown stands below what is. ``drawn`` are the cells that columns have now, by their
    keys; ``show`` draws a list with other widths while they are tried.
    """

    HINT = (
        "{toggle}: show", "{earlier} {later}: move", "{narrower} {wider}: width", "{custom}: field",
        "usual", "enter: take", "{close}: close",
    )  # fmt: skip
    PLACES: ClassVar[tuple[Where, ...]] = (Where.COLUMNS,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.COLUMNS)]

    def __init__(
        self,
        chosen: Sequence[str],
        reads: Queries,
        kind: Kind,
        drawn: Mapping[str, int],
        show: Callable[[tuple[str, ...]], None],
    ) -> None:
        of_companies = kind is Kind.COMPANY
        super().__init__("Columns of the list" if of_companies else "Columns of the contacts")
        self._offered = columns.COMPANIES if of_companies else columns.CONTACTS
        self._widths = {key: cells for key, cells in map(parted, chosen) if cells}
        self.chosen = [parted(column)[0] for column in chosen]
        self._own = [*columns.custom_paths(chosen)]
        self._reads, self._kind, self._drawn, self._show = reads, kind, drawn, show
        self.rows = Rows(columns.COLUMNS, id="column-rows")

    def on_mount(self) -> None:
        """Show them."""
        self.rows.focus()
        self._fill()

    def _fill(self) -> None:
        offered = (*self._offered, *map(columns.of_custom, self._own))
        titles = {column.key: column.title for column in offered}
        glyphs = self.planhat.glyphs
        rows = [
            Row(
                key,
                {
                    "shown": glyphs.checked if key in self.chosen else glyphs.unchecked,
                    "column": titles[key],
                    "width": f"{self._widths[key]} cells" if key in self._widths else "as it fits",
                },
            )
            for key in [*self.chosen, *(key for key in titles if key not in self.chosen)]
        ]
        self.rows.fill(len(rows), rows)

    @property
    def _taken(self) -> tuple[str, ...]:
        return tuple(wide(key, self._widths.get(key, 0)) for key in self.chosen)

    @on(Rows.Opened, "#column-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.do_take()

    def do_toggle(self) -> None:
        """Show the column under the cursor, or hide it; the name stays."""
        here = self.rows.current
        if here is None:
            return
        if here.id == "name":
            self.tell("The name is always shown")
        elif here.id in self.chosen:
            self.chosen.remove(here.id)
        else:
            self.chosen.append(here.id)
        self._fill()

    def do_custom(self) -> None:
        """Show a custom field, picked by a piece of its name; the cursor goes there."""
        pick_custom(self, self._reads, self._add, self._kind)

    def _add(self, path: str) -> None:
        if path not in self._own:
            self._own.append(path)
        if path not in self.chosen:
            self.chosen.insert(1, path)  # after the name: the last ones may not fit
        self._fill()
        self.rows.go_to(path)

    def do_later(self) -> None:
        """Move the column under the cursor to the right."""
        self._move(1)

    def do_earlier(self) -> None:
        """Move it to the left."""
        self._move(-1)

    def _move(self, step: int) -> None:
        here = self.rows.current
        if here is None or here.id not in self.chosen:
            return
        place = self.chosen.index(here.id)
        if 0 <= place + step < len(self.chosen):
            self.chosen.insert(place + step, self.chosen.pop(place))
            self._fill()

    def do_wider(self) -> None:
        """Make the column under the cursor a cell wider; the list behind shows it."""
        self._resize(1)

    def do_narrower(self) -> None:
        """Make it a cell narrower."""
        self._resize(-1)

    def do_fitting(self) -> None:
        """Let it be as wide as it fits again."""
        self._resize(0)

    def _resize(self, step: int) -> None:
        here = self.rows.current
        if here is None or here.id not in self.chosen:
            return
        cells = self._widths.pop(here.id, 0) or self._drawn.get(here.id, NARROWEST)
        if step:
            self._widths[here.id] = max(NARROWEST, min(cells + step, WIDEST))
        self._fill()
        self._show(self._taken)

    def do_usual(self) -> None:
        """Show those that fit."""
        self.dismiss(())

    def do_take(self) -> None:
        """Show what is chosen here."""
        self.dismiss(self._taken)
