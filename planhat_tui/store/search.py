"""From a query to rows: candidates from the index, conditions, ranks.

Order: the name (or the external id, or the e-mail) is it, the name starts with it, words start with
it, it stands inside; then by ``arr``, then by name. bm25 is too slow for one letter and not what
people expect of names. Up to a thousand finds are sorted as a whole. Where there are more, the
count is capped and each rank is asked for its own best, which the row numbers give
(:mod:`planhat_tui.store.places`; of contacts, the index gives names in order and the rest as it
comes).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.store.conditions import ALWAYS, Condition, all_of, of_terms, reads_as
from planhat_tui.store.indexing import Typed, is_exact, match, match_name, match_starts, typed
from planhat_tui.store.rows import CompanyRow, CompanyRows, ContactRow, ContactRows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from planhat_tui.model.query import Query

CAP: Final = 1000
"""More finds of a word than this are only said to be more."""

_MOST_COUNTED: Final = 20_000
_MIN_DIGITS: Final = 4
_LAST: Final = "\U0010ffff"
_COMPANY: Final = (
    "id, name, phase, status, health, arr, renewal_date, owner, external_id, domain, tags, state,"
    " complete"
)
_CONTACT: Final = (
    "id, company_id, company_name, name, email, phone, position, featured, tags, state"
)


class Found(NamedTuple):
    """Rows of a window, the count of all, and whether there are more than that."""

    rows: Sequence[Sequence[Any]]
    total: int
    capped: bool


class _Search(NamedTuple):
    """One search: where, what, under which conditions."""

    connection: sqlite3.Connection
    kind: Kind
    words: Typed
    where: Condition

    def numbers(self, expression: str, limit: int, where: Condition = ALWAYS) -> list[int]:
        """Return the first row numbers that the index gives and that meet the conditions."""
        table = f"{self.kind}_text"
        numbers = f"SELECT rowid AS number FROM {table} WHERE {table} MATCH ? ORDER BY rowid"  # noqa: S608 -- our names
        wanted = all_of(c for c in (where, self.where) if c is not ALWAYS)
        if wanted.sql != ALWAYS.sql:  # read the index first, then the rows, whatever SQLite thinks
            numbers = (
                f"SELECT number FROM ({numbers}) CROSS JOIN {self.kind} ON row = number"  # noqa: S608 -- our names
                f" WHERE {wanted.sql}"
            )
        rows = self.connection.execute(f"{numbers} LIMIT ?", (expression, *wanted.values, limit))
        return [number for (number,) in rows]


def companies(connection: sqlite3.Connection, query: Query, limit: int, offset: int) -> CompanyRows:
    """Find companies; words with ``@`` or four digits find them through their contacts too."""
    where = of_terms(connection, Kind.COMPANY, query)
    search = _Search(connection, Kind.COMPANY, typed(query.words), where)
    found = _find(search, limit, offset)
    return CompanyRows(tuple(map(company_row, found.rows)), found.total, found.capped)


def contacts(
    connection: sqlite3.Connection, query: Query, limit: int, company_id: str
) -> ContactRows:
    """Find contacts, of one company if it's given."""
    where = of_terms(connection, Kind.CONTACT, query)
    words = typed(query.words)
    if company_id:  # a few rows: no index is needed
        theirs = [Condition("company_id = ?", (company_id,)), where]
        where = all_of([*theirs, reads_as(words.readings)] if words.readings else theirs)
        search = _Search(connection, Kind.CONTACT, words, where)
        found = _rows_where(search, where, limit, 0)
    else:
        found = _find(_Search(connection, Kind.CONTACT, words, where), limit, 0)
    return ContactRows(tuple(map(contact_row, found.rows)), found.total, found.capped)


def contacts_of(connection: sqlite3.Connection, company_id: str) -> tuple[ContactRow, ...]:
    """Return all contacts of a company, featured ones first, then by name."""
    rows = connection.execute(
        f"SELECT {_CONTACT} FROM contact WHERE company_id = ?"  # noqa: S608 -- our names
        " ORDER BY featured DESC, name_key, row",
        (company_id,),
    )
    return tuple(map(contact_row, rows))


def company_row(row: Sequence[Any]) -> CompanyRow:
    """Map a row of :data:`_COMPANY`."""
    *plain, tags, state, complete = row
    return CompanyRow(*[*plain, tuple(json.loads(tags)), _state(state), bool(complete)])


def contact_row(row: Sequence[Any]) -> ContactRow:
    """Map a row of :data:`_CONTACT`."""
    *plain, featured, tags, state = row
    return ContactRow(*[*plain, bool(featured), tuple(json.loads(tags)), _state(state)])


def _state(value: str | None) -> State | None:
    return State(value) if value else None


def _find(search: _Search, limit: int, offset: int) -> Found:
    if not search.words.readings:
        return _rows_where(search, search.where, limit, offset)
    if search.kind is Kind.COMPANY and any(map(_finds_contacts, _all_words(search.words))):
        reached = _numbered(_through_contacts(search))
        return _rows_where(search, all_of([reached, search.where]), limit, offset)
    most = max(CAP, limit + offset)
    numbers = _matching(search, most + 1)
    if len(numbers) <= CAP:
        found = _rows_where(search, _numbered(numbers), limit, offset)
        return Found(found.rows, len(numbers), capped=False)
    best = {*numbers[:most], *_best(search, limit + offset)}
    found = _rows_where(search, _numbered(best), limit, offset)
    return Found(found.rows, CAP, capped=True)


def _matching(search: _Search, limit: int) -> list[int]:
    readings = search.words.readings
    check = ALWAYS if is_exact(readings) else reads_as(readings)
    return search.numbers(match(readings), limit, check)


def _best(search: _Search, limit: int) -> list[int]:
    """Return the first rows of each rank but the last."""
    name, readings = search.words.name, search.words.readings
    rows = search.connection.execute(
        f"SELECT row FROM {search.kind} WHERE ({_is_it(search.kind)})"  # noqa: S608 -- our names
        f" AND ({search.where.sql}) ORDER BY row LIMIT ?",
        (name, name, *search.where.values, limit),
    )
    exact = [number for (number,) in rows]
    named = _named(search, name, limit)
    worded = search.numbers(match_starts(readings), limit, reads_as(readings, "  "))
    return [*exact, *named, *worded]


def _named(search: _Search, name: str, limit: int) -> list[int]:
    """Return the first rows whose name starts so: companies by ``arr``, contacts by name."""
    if search.kind is Kind.COMPANY:
        starts = Condition("substr(name_key, 1, ?) = ?", (len(name), name))
        return search.numbers(match_name(name), limit, starts)
    rows = search.connection.execute(
        f"SELECT row FROM contact WHERE name_key >= ? AND name_key < ? AND ({search.where.sql})"  # noqa: S608 -- our names
        " ORDER BY name_key, row LIMIT ?",
        (name, name + _LAST, *search.where.values, limit),
    )
    return [number for (number,) in rows]


def _through_contacts(search: _Search) -> set[int]:
    """Return the companies that have each word themselves or in one of their contacts."""
    found: set[int] = set()
    for words in search.words.readings:
        each = [_with_word(search.connection, word) for word in words]
        found |= set.intersection(*each)
    return found


def _with_word(connection: sqlite3.Connection, word: str) -> set[int]:
    own = _Search(connection, Kind.COMPANY, Typed(word, ((word,),)), ALWAYS)
    rows = set(_matching(own, _MOST_COUNTED))
    if _finds_contacts(word):
        theirs = _Search(connection, Kind.CONTACT, own.words, ALWAYS)
        through = connection.execute(
            "SELECT DISTINCT company.row FROM contact CROSS JOIN company"
            " ON company.id = contact.company_id"
            " WHERE contact.row IN (SELECT value FROM json_each(?))",
            (json.dumps(_matching(theirs, _MOST_COUNTED)),),
        )
        rows.update(number for (number,) in through)
    return rows


def _finds_contacts(word: str) -> bool:
    return "@" in word or (word.isdecimal() and len(word) >= _MIN_DIGITS)


def _all_words(words: Typed) -> Iterable[str]:
    return (word for reading in words.readings for word in reading)


def _numbered(numbers: Iterable[int]) -> Condition:
    return Condition("row IN (SELECT value FROM json_each(?))", (json.dumps(list(numbers)),))


def _rows_where(search: _Search, where: Condition, limit: int, offset: int) -> Found:
    columns = _COMPANY if search.kind is Kind.COMPANY else _CONTACT
    order = _order(search.kind, search.words)
    rows = search.connection.execute(
        f"SELECT {columns} FROM {search.kind} WHERE {where.sql}"  # noqa: S608 -- our names
        f" ORDER BY {order.sql} LIMIT ? OFFSET ?",
        (*where.values, *order.values, limit, offset),
    ).fetchall()
    if where.sql == ALWAYS.sql:
        counted = search.connection.execute(f"SELECT count(*) FROM {search.kind}")  # noqa: S608 -- our names
        return Found(rows, counted.fetchone()[0], capped=False)
    if len(rows) < limit and not (offset and not rows):
        return Found(rows, offset + len(rows), capped=False)
    (total,) = search.connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {search.kind} WHERE {where.sql}"  # noqa: S608 -- our names
        f" LIMIT {_MOST_COUNTED + 1})",
        where.values,
    ).fetchone()
    return Found(rows, min(total, _MOST_COUNTED), capped=total > _MOST_COUNTED)


def _order(kind: Kind, words: Typed) -> Condition:
    if not words.readings:
        return Condition("name_key, row")
    size = "arr DESC NULLS LAST, " if kind is Kind.COMPANY else ""
    starts = reads_as(words.readings, "  ")
    return Condition(
        f"CASE WHEN {_is_it(kind)} THEN 0 WHEN substr(name_key, 1, ?) = ? THEN 1"
        f" WHEN {starts.sql} THEN 2 ELSE 3 END, {size}name_key, row",
        (words.name, words.name, len(words.name), words.name, *starts.values),
    )


def _is_it(kind: Kind) -> str:
    other = "external_id" if kind is Kind.COMPANY else "email"
    return f"name_key = ? OR ({other} <> '' AND {other} = ? COLLATE NOCASE)"
