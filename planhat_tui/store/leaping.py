"""Lists in an order that no column has: those with a value first, not each record by its own.

Asking each record for its value takes seconds where there are many. In the order of a custom field
the first of a list are those with the first value, then those with the next one, by its indexes,
until there are enough. When records last changed, or were called, isn't in the mirror: those of
which it's known are sorted.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from planhat_tui.model.custom import CustomType
from planhat_tui.model.query import located
from planhat_tui.model.text import fold
from planhat_tui.store import ordering
from planhat_tui.store.asking import ALWAYS, Condition, all_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planhat_tui.store.finding import Search

Value: TypeAlias = "float | str"


class _Holding(NamedTuple):
    """What rows of custom_value that hold a value meet, and the index by which they are found."""

    value: Value
    rows: Condition
    by: str


MOST: Final = 2_000
"""Of a list, so many of the first are found so; further down, all are sorted."""
_FEW: Final = 2_000
"""Records with a value, up to so many, are looked up; more are met soon by walking the list."""
_BY_NUMBER: Final = "INDEXED BY custom_value_number"
_BY_TEXT: Final = "NOT INDEXED"
"""By the table's own key."""
_WITH_NUMBERS: Final = (CustomType.NUMBER, CustomType.DATE, CustomType.LIST)


class _Field(NamedTuple):
    """A custom field by which a list is sorted; ``key`` is a record's value, the least of several.

    ``rows`` demands its rows of custom_value that have a value.
    """

    search: Search
    key: Condition
    rows: Condition
    descending: bool

    def ask(self, what: str, by: str, condition: Condition, then: str) -> list[Value]:
        """Return a column of what meets a condition besides."""
        wanted = all_of([self.rows, condition])
        sql = f"SELECT {what} FROM custom_value {by} WHERE {wanted.sql} {then}"  # noqa: S608 -- our names
        return [one for (one,) in self.search.asking.connection.execute(sql, wanted.values)]


def leaps(search: Search, most: int) -> bool:
    """Tell whether the first of a list are found so."""
    if not search.sort or most > MOST:
        return False
    side, name = located(search.kind, search.sort[0].field)
    return side is search.kind and (name.startswith("custom.") or name in search.asking.moments)


def first(search: Search, where: Condition, most: int) -> list[int]:
    """Return the numbers of the first rows that meet a condition, in the order of the list."""
    _, name = located(search.kind, search.sort[0].field)
    if name in search.asking.moments:
        return _by_moment(search, name, where, most)
    field = _field(search)
    found: list[int] = []
    for holding in _values(field):
        found += _with(field, holding, where, most - len(found))
        if len(found) >= most:
            return found
    none = Condition(f"{field.key.sql} IS NULL", field.key.values)
    return [*found, *_walked(search, all_of([none, where]), most - len(found))]


def _by_moment(search: Search, name: str, where: Condition, most: int) -> list[int]:
    moments = json.dumps(dict(search.asking.moments[name](search.kind)))
    way, order = "DESC" if search.sort[0].descending else "ASC", _rest(search)
    found = search.ask(
        f"SELECT row FROM (SELECT key AS holder, value AS moment FROM json_each(?))"  # noqa: S608 -- our names
        f" CROSS JOIN {search.kind} ON id = holder WHERE {where.sql}"
        f" ORDER BY moment {way}, {order.sql} LIMIT ?",
        (moments, *where.values, *order.values, most),
    )
    none = Condition("id NOT IN (SELECT key FROM json_each(?))", (moments,))
    return [*found, *_walked(search, all_of([none, where]), most - len(found))]


def _field(search: Search) -> _Field:
    key = ordering.keys(search.asking, search.sort)[0]
    _, name = located(search.kind, search.sort[0].field)
    named = (search.kind, fold(name.partition(".")[2]))
    rows = Condition("kind = ? AND name = ? AND text <> ''", named)
    return _Field(search, Condition(key.value, key.values), rows, key.descending)


def _values(field: _Field) -> Iterator[_Holding]:
    """Give the values in their order: numbers and moments come before texts."""
    ways = (_numbers, _texts)
    for way in reversed(ways) if field.descending else ways:
        yield from way(field)


def _numbers(field: _Field) -> Iterator[_Holding]:
    order, sign, best = ("DESC", "<", max) if field.descending else ("ASC", ">", min)
    types = ", ".join(f"'{one}'" for one in _WITH_NUMBERS)
    further = Condition("number IS NOT NULL")
    while True:
        ends: list[Value] = []
        for one in _WITH_NUMBERS:
            typed = all_of([Condition("type = ?", (one,)), further])
            ends += field.ask("number", _BY_NUMBER, typed, f"ORDER BY number {order} LIMIT 1")
        if not ends:
            return
        value = best(ends)
        same = Condition(f"type IN ({types}) AND number = ?", (value,))
        yield _Holding(value, same, _BY_NUMBER)
        further = Condition(f"number {sign} ?", (value,))


def _texts(field: _Field) -> Iterator[_Holding]:
    order, sign = ("DESC", "<") if field.descending else ("ASC", ">")
    further, plain = ALWAYS, Condition("number IS NULL")
    last = f"ORDER BY text {order} LIMIT 1"
    while ends := field.ask("text", _BY_TEXT, all_of([plain, further]), last):
        same = Condition("text = ? AND number IS NULL", (ends[0],))
        yield _Holding(ends[0], same, _BY_TEXT)
        further = Condition(f"text {sign} ?", (ends[0],))


def _with(field: _Field, holding: _Holding, where: Condition, most: int) -> list[int]:
    """Return the first rows with a value: looked up where they are few, else walked to."""
    search = field.search
    is_it = Condition(f"{field.key.sql} = ?", (*field.key.values, holding.value))
    asked = all_of([is_it, where])
    if len(field.ask("1", holding.by, holding.rows, f"LIMIT {_FEW + 1}")) > _FEW:
        return _walked(search, asked, most)
    holders, order = all_of([field.rows, holding.rows]), _rest(search)
    return search.ask(
        f"SELECT row FROM (SELECT DISTINCT record AS holder FROM custom_value"  # noqa: S608 -- ours
        f" {holding.by} WHERE {holders.sql}) CROSS JOIN {search.kind} ON id = holder"
        f" WHERE {asked.sql} ORDER BY {order.sql} LIMIT ?",
        (*holders.values, *asked.values, *order.values, most),
    )


def _walked(search: Search, where: Condition, most: int) -> list[int]:
    """Walk the rows in what is left of the list's order until there are enough."""
    by = ordering.walked(search.kind, search.sort[1:]) if search.sort[1:] else ""
    order = _rest(search)
    return search.ask(
        f"SELECT row FROM {search.kind} {f'INDEXED BY {by}' if by else ''}"  # noqa: S608 -- our names
        f" WHERE {where.sql} ORDER BY {order.sql} LIMIT ?",
        (*where.values, *order.values, most),
    )


def _rest(search: Search) -> Condition:
    """Return what those with the same value are sorted by."""
    rest = search.sort[1:]
    return ordering.by(search.asking, rest) if rest else Condition("row")
