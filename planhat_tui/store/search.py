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

from planhat_tui.model.query import Sort
from planhat_tui.model.records import Kind
from planhat_tui.store import ordering, standing
from planhat_tui.store.asking import Condition, all_of
from planhat_tui.store.finding import CAP, searching, with_words
from planhat_tui.store.indexing import typed
from planhat_tui.store.occurring import unknown_custom
from planhat_tui.store.planning import limited
from planhat_tui.store.rows import (
    COLUMNS,
    CompanyRows,
    ContactRow,
    ContactRows,
    company_row,
    contact_row,
)

if TYPE_CHECKING:
    from planhat_tui.model.query import Query
    from planhat_tui.store.asking import Asking
    from planhat_tui.store.finding import Found
    from planhat_tui.store.guessing import Guesses


def companies(
    asking: Asking, query: Query, limit: int, offset: int, *, guesses: Guesses | None = None
) -> CompanyRows:
    """Find companies; words with ``@`` or four digits find them through their contacts too.

    Where no company has the words itself, those are found whose contacts are called so.

    With ``guesses``, slips in words are forgiven when nothing is found.
    """
    found, meant = _guessed(asking, query, limit, offset, guesses=guesses)
    rows = tuple(map(company_row, found.rows))
    hint = unknown_custom(asking, query) if "custom." in query.text.casefold() else ""
    return CompanyRows(rows, found.total, found.capped, meant, hint, found.through)


def ids(asking: Asking, query: Query, limit: int, offset: int) -> tuple[str, ...]:
    """Return the ids of what is found, in the order of the list."""
    return tuple(row[0] for row in limited(searching(asking, query), query, limit, offset).rows)


def place(asking: Asking, query: Query, record_id: str) -> int | None:
    """Return how many rows stand before a record in a list.

    ``None`` if it isn't in the list, or not among its first :data:`finding.CAP` where words are
    looked for, or the query has a limit.
    """
    if query.where is None and query.limit is None:
        return standing.place(asking, query.sort, record_id)
    first = ids(asking, query, CAP, 0)
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


def neighbour(asking: Asking, query: Query, record_id: str, *, back: bool) -> str:
    """Return the next of what is found after a record of a list; or the one before it.

    The record needn't be found itself. After the last comes the first; empty if nothing is found.
    """
    query = query if query.sort else query._replace(sort=(Sort("name"),))
    found = ids(asking, query, CAP, 0)
    if not found:
        return ""
    among = Condition("id IN (SELECT value FROM json_each(?))", (json.dumps(found),))
    before = standing.place(asking, query.sort, record_id, among)
    at = 0 if before is None else before - 1 if back else before + (record_id in found)
    return found[at % len(found)]


def contacts(
    asking: Asking, query: Query, limit: int, company_id: str, *, guesses: Guesses | None = None
) -> ContactRows:
    """Find contacts, of one company if it's given."""
    if company_id:  # a few rows: no index is needed
        search = searching(asking, query)._replace(company_id=company_id)
        found, meant = limited(search, query, limit, 0), ""
    else:
        found, meant = _guessed(asking, query, limit, 0, guesses=guesses)
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
    asking: Asking, query: Query, limit: int, offset: int, *, guesses: Guesses | None
) -> tuple[Found, str]:
    """Return what is found; if that's nothing, what is found by words that may have been meant.

    Companies are looked for by their own words first, then by those of their contacts.
    """
    search = searching(asking, query)
    found = limited(search, query, limit, offset)
    if found.total or guesses is None or not query.words:
        return found, ""
    kinds = (Kind.COMPANY, Kind.CONTACT) if asking.kind is Kind.COMPANY else (Kind.CONTACT,)
    for kind in kinds:
        meant = guesses.meant(asking.connection, kind, query.words)
        if meant is None:  # nobody waits for it any more
            break
        for words in meant:
            other = limited(with_words(search, typed(words)), query, limit, offset)
            if other.total:
                return other, " ".join(words)
    return found, ""
