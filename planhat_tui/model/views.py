"""How a list is looked at: what is asked for, in which order, with which columns."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from planhat_tui.errors import QueryError
from planhat_tui.model.query import Query, Sort, parse, type_of
from planhat_tui.model.query.reading import without_order
from planhat_tui.model.query.writing import write

_WIDE: Final = r"(.+)=(\d{1,3})"
NARROWEST: Final = 3
WIDEST: Final = 200
"""Cells that a column can be given."""


class View(NamedTuple):
    """A query as it is typed, an order, and columns by their keys.

    Without ``sort`` the best match stands first, and where nothing is looked for it's by name.
    Without ``columns`` those are shown that fit. A column with a width of its own is written with
    its cells, as in ``name=30``.
    """

    query: str = ""
    sort: tuple[Sort, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def order(self) -> str:
        """The order as it is written: ``-arr,name``."""
        return write(Query("", sort=self.sort)).removeprefix("sort:")

    @property
    def arranged(self) -> View:
        """The same list with its order beside the query, where that says one."""
        try:
            sort = parse(self.query).sort
        except QueryError:
            return self
        return self._replace(query=without_order(self.query), sort=sort) if sort else self

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns without their widths."""
        return tuple(parted(column)[0] for column in self.columns)


def parted(column: str) -> tuple[str, int]:
    """Return the key of a column and its cells, as ``name=30`` has them; 0: as they fit."""
    found = re.fullmatch(_WIDE, column, re.ASCII | re.DOTALL)
    return (found[1], max(NARROWEST, min(int(found[2]), WIDEST))) if found else (column, 0)


def wide(key: str, cells: int) -> str:
    """Return a column with a width of its own; 0: as it fits."""
    return f"{key}={max(NARROWEST, min(cells, WIDEST))}" if cells else key


def read_order(text: str) -> tuple[Sort, ...]:
    """Read an order such as ``-arr,name``. Raises :class:`QueryError`."""
    if not text:
        return ()
    query = parse(f"sort:{text}")
    if query.where is not None or query.limit is not None:
        raise QueryError(f"{text} is no order.", "Write one like -arr,name.", column=0)
    return query.sort


def usual(field: str) -> Sort:
    """Return the way in which a field is usually sorted: what is large or new first.

    Renewals are the exception: the next one first.
    """
    large_first = type_of(field) in {"number", "date", "boolean"} and field != "renewal"
    return Sort(field, large_first)


def by_alone(sort: tuple[Sort, ...], field: str) -> tuple[Sort, ...]:
    """Return the order by one field alone; the other way round if that is the order already."""
    if len(sort) == 1 and sort[0].field == field:
        return (_turned(sort[0]),)
    return (usual(field),)


def by_also(sort: tuple[Sort, ...], field: str) -> tuple[Sort, ...]:
    """Return the order with a field added last; then turned round; then without it again."""
    for place, one in enumerate(sort):
        if one.field == field:
            other = (_turned(one),) if one == usual(field) else ()
            return (*sort[:place], *other, *sort[place + 1 :])
    return (*sort, usual(field))


def _turned(sort: Sort) -> Sort:
    return Sort(sort.field, not sort.descending)
