"""From a query to rows: the doors of a search.

Order: the name (or the external id, or the e-mail) is it, the name starts with it, words start with
it, it stands inside; within that what was opened lately, then by ``arr``, then by name. bm25 is too
slow for one letter and not what people expect of names. How it is found:
:mod:`planhat_tui.store.planning`; what stands first where there are many:
:mod:`planhat_tui.store.ranking`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from planhat_tui.model.query import located
from planhat_tui.model.query.slips import corrected, slippery, told
from planhat_tui.model.records import Kind
from planhat_tui.store import ordering, standing
from planhat_tui.store.asking import Condition, all_of
from planhat_tui.store.finding import CAP, searching
from planhat_tui.store.occurring import unknown_custom
from planhat_tui.store.people import unknown_me
from planhat_tui.store.planning import limited, whole
from planhat_tui.store.rows import (
    COLUMNS,
    CompanyRows,
    ContactRow,
    ContactRows,
    company_row,
    contact_row,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planhat_tui.model.query import Query, Sort
    from planhat_tui.store.asking import Asking
    from planhat_tui.store.finding import Found, Search
    from planhat_tui.store.guessing import Guesses, Meant


def companies(
    asking: Asking, query: Query, limit: int, offset: int, *, guesses: Guesses | None = None
) -> CompanyRows:
    """Find companies; words with ``@`` or four digits find them through their contacts too.

    Where no company has the words itself, those are found whose contacts are called so.

    With ``guesses``, slips in words are forgiven when nothing is found.
    """
    _, found, meant = _guessed(asking, query, limit, offset, guesses)
    rows = tuple(map(company_row, found.rows))
    return CompanyRows(rows, found.total, found.capped, meant, hint(asking, query), found.through)


def hint(asking: Asking, query: Query) -> str:
    """Return a sentence about what a query asks for and isn't known here; empty for most."""
    unknown = unknown_custom(asking, query) if "custom." in query.text.casefold() else ""
    return unknown or unknown_me(asking, query)


def ids(
    asking: Asking, query: Query, limit: int, offset: int, *, guesses: Guesses | None = None
) -> tuple[str, ...]:
    """Return the ids of what is found, in the order of the list."""
    _, found, _ = _guessed(asking, query, limit, offset, guesses)
    return tuple(row[0] for row in found.rows)


def place(
    asking: Asking, query: Query, record_id: str, *, guesses: Guesses | None = None
) -> int | None:
    """Return how many rows stand before a record in a list.

    ``None`` if it isn't in the list, or not among its first :data:`finding.CAP` where words are
    looked for, or the query has a limit.
    """
    if query.where is None and query.limit is None:
        return standing.place(asking, query.sort, record_id)
    first = ids(asking, query, CAP, 0, guesses=guesses)
    if record_id in first:
        return first.index(record_id)
    if len(first) < CAP or query.words or query.limit is not None:
        return None
    where = searching(asking, query).where
    is_it = all_of([Condition("id = ?", (record_id,)), where])
    found = f"SELECT 1 FROM {asking.kind} WHERE {is_it.sql}"  # noqa: S608 -- our names
    if asking.connection.execute(found, is_it.values).fetchone() is None:
        return None
    return standing.place(asking, query.sort, record_id, where)


def neighbour(
    asking: Asking, query: Query, record_id: str, *, back: bool, guesses: Guesses | None = None
) -> str:
    """Return the next of what is found after a record of a list; or the one before it.

    The record needn't be found itself. After the last comes the first; empty if nothing is found.
    A list by rank ends with its first :data:`finding.CAP`.
    """
    search, found, _ = _guessed(asking, query, CAP, 0, guesses)
    if search.ranked:
        return _beside([row[0] for row in found.rows], record_id, back=back)
    if query.limit is None:
        among, _ = whole(search)
    else:
        first = json.dumps([row[0] for row in limited(search, query, query.limit, 0).rows])
        among = Condition("id IN (SELECT value FROM json_each(?))", (first,))
    return standing.beside(asking, query.sort, record_id, among, back=back)


def _beside(ids: Sequence[str], one: str, *, back: bool) -> str:
    """Return what stands beside one of a list, or at the list's end that one comes from."""
    if one not in ids:
        return ids[-1 if back else 0] if ids else ""
    return ids[(ids.index(one) + (-1 if back else 1)) % len(ids)]


def contacts(
    asking: Asking, query: Query, limit: int, company_id: str, *, guesses: Guesses | None = None
) -> ContactRows:
    """Find contacts, of one company if it's given."""
    if company_id:  # a few rows: no index is needed
        search = searching(asking, query)._replace(company_id=company_id)
        found, meant = limited(search, query, limit, 0), ""
    else:
        _, found, meant = _guessed(asking, query, limit, 0, guesses)
    return ContactRows(tuple(map(contact_row, found.rows)), found.total, found.capped, meant)


def contacts_of(
    asking: Asking, company_id: str, sort: tuple[Sort, ...] = ()
) -> tuple[ContactRow, ...]:
    """Return all contacts of a company; without an order featured ones first, then by name."""
    usual = Condition("featured DESC, name_key, row")
    order = ordering.by(asking, sort) if sort else usual
    rows = asking.connection.execute(
        f"SELECT {COLUMNS[Kind.CONTACT]} FROM contact WHERE company_id = ? ORDER BY {order.sql}",  # noqa: S608 -- our names
        (company_id, *order.values),
    )
    return tuple(map(contact_row, rows))


def _guessed(
    asking: Asking, query: Query, limit: int, offset: int, guesses: Guesses | None
) -> tuple[Search, Found, str]:
    """Return what is found; if that's nothing, what is found by words that may have been meant.

    Companies are looked for by their own words first, then by those of their contacts.
    """
    search = searching(asking, query)
    found = limited(search, query, limit, offset)
    if found.total or guesses is None:
        return search, found, ""
    for values in _meant(asking, query, guesses):
        other = corrected(query, values)
        meaning = searching(asking, other)
        met = limited(meaning, other, limit, offset)
        if met.total:
            return meaning, met, told(other)
    return search, found, ""


def _meant(asking: Asking, query: Query, guesses: Guesses) -> Iterator[tuple[str, ...]]:
    """Give what may have been meant by the terms of a query: whole words before their beginnings.

    Words are looked for in companies before their contacts; fields where they are.
    """
    terms = slippery(query)
    words = asking.kind is Kind.COMPANY and any(not term.field for term in terms)
    likely: list[Meant] = []
    for kind in (Kind.COMPANY, Kind.CONTACT) if words else (asking.kind,):
        asked = [
            (located(asking.kind, term.field)[0] if term.field else kind, str(term.value))
            for term in terms
        ]
        meant = guesses.meant(asking.connection, asked)
        if meant is None:  # nobody waits for it any more
            return
        yield from (one.texts for one in meant if one.whole)
        likely += (one for one in meant if not one.whole)
    yield from (one.texts for one in likely)
