"""Lists in an order that no column has: those with a value first, not each record by its own.

Asking each record for its value takes seconds where there are many. In the order of a custom field
the first of a list are those with the first value, then those with the next one, by its indexes,
until there are enough; likewise in the order of their contacts' titles or e-mails, and of what many
of them share: phase, status, city, country and owner. When records last changed, or were called,
isn't in the mirror: those of which it's known are sorted.
"""

from __future__ import annotations

import itertools
import json
import operator
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from planhat_tui.model.custom import CustomType
from planhat_tui.model.query import located
from planhat_tui.model.records import Kind
from planhat_tui.store import ordering, people
from planhat_tui.store.asking import ALWAYS, Condition, all_of
from planhat_tui.store.conditions import custom_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planhat_tui.store.finding import Search

Value: TypeAlias = "float | str"


class _Holding(NamedTuple):
    """What rows that hold a value meet, what a record whose value it is, and if it's a number."""

    rows: Condition
    is_it: Condition
    numbers: bool = False


MOST: Final = 2_000
"""Of a list, so many of the first are found so; further down, all are sorted, once."""
_FEW: Final = 2_000
"""Records with a value, up to so many, are looked up; more are met soon by walking the list."""
_FEW_OF_ONE: Final = 20_000
"""More of those that have it in their own rows: they are read once."""
_MORE: Final = 8
"""Of records by their moments, so many times as many are looked up as were too few."""
_MOST_LEAPS: Final = 1_000
"""Where hardly any value leads to what is wanted, sorting all is faster than more leaps."""
_PEOPLES: Final = {
    "title": ("title_key", "contact_title"),
    "email": ("email_key", "contact_email"),
}
"""By which fields of their contacts companies are listed so: the column, and its index."""
_SHARED: Final = {
    "phase": ("phase_key", "company_phase", "<> ''", "= ''"),
    "status": ("status_key", "company_status", "<> ''", "= ''"),
    "city": ("city_key", "company_city", "<> ''", "= ''"),
    "country": ("country_key", "company_country", "<> ''", "= ''"),
    "owner": ("owner", "company_owner", "<> ''", "= ''"),
    "coowner": ("co_owner", "company_co_owner", "<> ''", "= ''"),
    "csmscore": ("csm_score", "company_csm_score", "IS NOT NULL", "IS NULL"),
}
"""Likewise of their own: also how a value is told from none."""
_RARE: Final = "domain"
_PEOPLE: Final = frozenset({"owner", "coowner"})
_WITH_NUMBERS: Final = (CustomType.NUMBER, CustomType.DATE, CustomType.LIST)


class _Field(NamedTuple):
    """What a list is sorted by; ``key`` is a record's value, one of several; ``none``: it has none.

    Its values stand in rows of another table, or in its own (``own``): ``rows`` demands those that
    have one, ``texts`` those whose value is a text, in the column ``text``. ``by_text`` and
    ``by_number`` say how they are read in order; the latter is empty where no value is a number.
    ``holder`` is what the rows call a record by, which the record itself has in ``joined``.
    """

    search: Search
    key: Condition
    none: Condition
    descending: bool
    table: str
    rows: Condition
    texts: Condition
    text: str
    by_text: str
    by_number: str
    holder: str
    joined: str
    own: bool = False

    def read(self, *, numbers: bool) -> str:
        """Return where its rows are read, in which order."""
        return f"{self.table} {self.by_number if numbers else self.by_text}"

    def ask(self, what: str, condition: Condition, then: str, *, numbers: bool) -> list[Value]:
        """Return a column of what meets a condition besides."""
        wanted = all_of([self.rows, condition])
        read = self.read(numbers=numbers)
        sql = f"SELECT {what} FROM {read} WHERE {wanted.sql} {then}"  # noqa: S608 -- our names
        return [one for (one,) in self.search.asking.connection.execute(sql, wanted.values)]


def leaps(search: Search, most: int) -> bool:
    """Tell whether the first of a list are found so."""
    if not search.sort or most > MOST:
        return False
    side, name = located(search.kind, search.sort[0].field)
    if side is not search.kind:
        return side is Kind.CONTACT and name in _PEOPLES
    if name.startswith("custom.") or name in search.asking.moments:
        return True
    return search.kind is Kind.COMPANY and (name in _SHARED or name == _RARE)


def first(search: Search, where: Condition, most: int) -> list[int]:
    """Return the numbers of the first rows that meet a condition, in the order of the list."""
    _, name = located(search.kind, search.sort[0].field)
    if name in search.asking.moments:
        return _by_moment(search, name, where, most)
    if name == _RARE:
        return _by_domain(search, where, most)
    field = _field(search)
    found: list[int] = []
    for leap, holding in enumerate(_values(field)):
        if leap == _MOST_LEAPS or holding is None:
            return _sorted(search, where, most)
        found += _with(field, holding, where, most - len(found))
        if len(found) >= most:
            return found
    return [*found, *_walked(search, all_of([field.none, where]), most - len(found))]


def _by_moment(search: Search, name: str, where: Condition, most: int) -> list[int]:
    """Look up those with the first moments, more of them until there are enough."""
    told, descending = search.asking.moments[name], search.sort[0].descending
    way, order = "DESC" if descending else "ASC", _rest(search)
    for some in itertools.accumulate(itertools.repeat(_MORE), operator.mul, initial=most):
        first = told.in_order(search.kind, descending=descending, most=some)
        moments = json.dumps(dict(first))
        found = search.ask(
            f"SELECT row FROM (SELECT key AS holder, value AS moment FROM json_each(?))"  # noqa: S608 -- our names
            f" CROSS JOIN {search.kind} ON id = holder WHERE {where.sql}"
            f" ORDER BY moment {way}, {order.sql} LIMIT ?",
            (moments, *where.values, *order.values, most),
        )
        if len(found) >= most:
            return found
        if len(first) < some:
            break
    none = Condition("id NOT IN (SELECT key FROM json_each(?))", (moments,))
    return [*found, *_walked(search, all_of([none, where]), most - len(found))]


def _by_domain(search: Search, where: Condition, most: int) -> list[int]:
    """Walk the index: hardly any domain is that of two companies."""
    some, order = all_of([Condition("domains_key <> ''"), where]), _rest(search)
    way = "DESC" if search.sort[0].descending else "ASC"
    found = search.ask(
        f"SELECT row FROM company INDEXED BY company_domains WHERE {some.sql}"  # noqa: S608 -- our names
        f" ORDER BY domains_key {way}, {order.sql} LIMIT ?",
        (*some.values, *order.values, most),
    )
    none = Condition("domains_key = ''")
    return [*found, *_walked(search, all_of([none, where]), most - len(found))]


def _field(search: Search) -> _Field:
    key = ordering.keys(search.asking, search.sort)[0]
    side, name = located(search.kind, search.sort[0].field)
    if side is search.kind and name in _SHARED:
        column, index, some, empty = _SHARED[name]
        rows, by = Condition(f"{column} {some}"), f"INDEXED BY {index}"
        way = (search, ALWAYS, Condition(f"{column} {empty}"), key.descending)
        return _Field(*way, side, rows, ALWAYS, column, by, "", "row", "row", own=True)
    none = Condition(f"{key.value} IS NULL", key.values)
    read = (search, Condition(key.value, key.values), none, key.descending)
    if side is not search.kind:
        column, index = _PEOPLES[name]
        rows, by = Condition(f"{column} <> ''"), f"INDEXED BY {index}"
        return _Field(*read, side, rows, ALWAYS, column, by, "", "company_id", "id")
    table = f"{side}_custom"
    rows = all_of([custom_named(name), Condition("text <> ''")])
    texts = Condition("number IS NULL")
    by_number = f"INDEXED BY {table}_number"
    return _Field(*read, table, rows, texts, "text", "NOT INDEXED", by_number, "row", "row")


def _values(field: _Field) -> Iterator[_Holding | None]:
    """Give the values in their order: numbers and moments come before texts.

    ``None``: they are too many to be put in order.
    """
    if located(Kind.COMPANY, field.search.sort[0].field)[1] in _PEOPLE:
        yield from _people(field)
        return
    ways = (_numbers, _texts) if field.by_number else (_texts,)
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
            last = f"ORDER BY number {order} LIMIT 1"
            ends += field.ask("number", typed, last, numbers=True)
        if not ends:
            return
        value = best(ends)
        same = Condition(f"type IN ({types}) AND number = ?", (value,))
        yield _Holding(same, _has(field, value), numbers=True)
        further = Condition(f"number {sign} ?", (value,))


def _texts(field: _Field) -> Iterator[_Holding]:
    for value in _each_text(field):
        same = all_of([Condition(f"{field.text} = ?", (value,)), field.texts])
        yield _Holding(same, same if field.own else _has(field, value))


def _each_text(field: _Field) -> Iterator[Value]:
    order, sign = ("DESC", "<") if field.descending else ("ASC", ">")
    further, text = ALWAYS, field.text
    last = f"ORDER BY {text} {order} LIMIT 1"
    while ends := field.ask(text, all_of([field.texts, further]), last, numbers=False):
        yield ends[0]
        further = Condition(f"{text} {sign} ?", (ends[0],))


def _people(field: _Field) -> Iterator[_Holding | None]:
    """Give those who own something, by name; who are called alike, together."""
    names = people.names(field.search.asking.connection)
    owners = [str(one) for one in itertools.islice(_each_text(field), _MOST_LEAPS + 1)]
    if len(owners) > _MOST_LEAPS:
        yield None
        return
    called: dict[str, list[str]] = {}
    for one in owners:
        called.setdefault(names.get(one, one), []).append(one)
    for name in sorted(called, reverse=field.descending):
        ids = called[name]
        them = Condition(f"{field.text} IN ({', '.join('?' * len(ids))})", tuple(ids))
        yield _Holding(them, them)


def _has(field: _Field, value: Value) -> Condition:
    return Condition(f"{field.key.sql} = ?", (*field.key.values, value))


def _with(field: _Field, holding: _Holding, where: Condition, most: int) -> list[int]:
    """Return the first rows with a value: looked up where they are few, else walked to."""
    search = field.search
    asked = all_of([holding.is_it, where])
    if field.own and not search.sort[1:]:  # its index gives them in the order of the list
        mine = all_of([field.rows, asked])
        return search.ask(
            f"SELECT row FROM {field.read(numbers=False)} WHERE {mine.sql} ORDER BY row LIMIT ?",  # noqa: S608 -- ours
            (*mine.values, most),
        )
    few = _FEW_OF_ONE if field.own else _FEW
    some = field.ask("1", holding.rows, f"LIMIT {few + 1}", numbers=holding.numbers)
    if len(some) > few:
        return _walked(search, asked, most)
    holders, order = all_of([field.rows, holding.rows]), _rest(search)
    return search.ask(
        f"SELECT row FROM (SELECT DISTINCT {field.holder} AS holder"  # noqa: S608 -- ours
        f" FROM {field.read(numbers=holding.numbers)} WHERE {holders.sql})"
        f" CROSS JOIN {search.kind} ON {field.joined} = holder"
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


def _sorted(search: Search, where: Condition, most: int) -> list[int]:
    """Sort all that meets the condition."""
    order = search.order
    return search.ask(
        f"SELECT row FROM {search.kind} WHERE {where.sql} ORDER BY {order.sql} LIMIT ?",  # noqa: S608 -- our names
        (*where.values, *order.values, most),
    )


def _rest(search: Search) -> Condition:
    """Return what those with the same value are sorted by."""
    rest = search.sort[1:]
    return ordering.by(search.asking, rest) if rest else Condition("row")
