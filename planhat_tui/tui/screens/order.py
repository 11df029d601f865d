"""By what the list is sorted: one field, or several one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from planhat_tui.model.records import Kind
from planhat_tui.model.views import by_alone, by_also
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns, order_words
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.screens.customfields import pick_custom
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType

    from planhat_tui.model.query import Sort
    from planhat_tui.workspace.queries import Queries


class OrderSheet(ListSheet[tuple["Sort", ...]]):
    """Answers with an order; an empty one is the usual: the best match, or by name.

    ``own`` are custom fields that are offered from the start, by their paths; ``kind`` is of what
    the list is.
    """

    HINT = ("enter: by it", "{also}: also", "custom", "usual", "take", "{close}: close")
    PLACES: ClassVar[tuple[Where, ...]] = (Where.ORDER,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.ORDER)]

    def __init__(
        self,
        sort: tuple[Sort, ...],
        own: Sequence[str],
        reads: Queries,
        kind: Kind = Kind.COMPANY,
    ) -> None:
        super().__init__("Order of the list" if kind is Kind.COMPANY else "Order of the contacts")
        self.sort = sort
        others = (one.field for one in sort)
        self._fields = [*dict.fromkeys((*order_words.SORTABLE[kind], *own, *others))]
        self._reads, self._kind = reads, kind
        self.rows = Rows(columns.ORDER, id="order-rows")

    def on_mount(self) -> None:
        """Show the fields; the cursor stands on the first that is sorted by."""
        self.rows.focus()
        self._fill()
        if self.sort:
            self.call_after_refresh(self.rows.go_to, self.sort[0].field)

    def _fill(self) -> None:
        self.rows.fill(len(self._fields), [self._row(field) for field in self._fields])

    def _row(self, field: str) -> Row:
        glyphs = self.planhat.glyphs
        told = {
            one.field: (
                f"{place} {glyphs.falling if one.descending else glyphs.rising}",
                order_words.direction(one),
            )
            for place, one in enumerate(self.sort, 1)
        }
        place, how = told.get(field, ("", ""))
        return Row(field, {"place": place, "field": order_words.label(field), "how": how})

    @on(Rows.Opened, "#order-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.dismiss(by_alone(self.sort, event.id))

    def do_also(self) -> None:
        """Sort by the field under the cursor as well; then the other way round; then not."""
        if self.rows.current is not None:
            self.sort = by_also(self.sort, self.rows.current.id)
            self._fill()

    def do_custom(self) -> None:
        """Sort by a custom field as well, picked by a piece of its name."""
        pick_custom(self, self._reads, self._add, self._kind)

    def _add(self, path: str) -> None:
        if path not in self._fields:
            self._fields.append(path)
        if all(one.field != path for one in self.sort):
            self.sort = by_also(self.sort, path)
        self._fill()
        self.rows.go_to(path)

    def do_usual(self) -> None:
        """Sort as usual."""
        self.dismiss(())

    def do_take(self) -> None:
        """Sort as it is shown here."""
        self.dismiss(self.sort)
