"""Which finds stand first: of each rank, its own best, where there are too many to sort all.

The name (or the external id, or the e-mail) is it, the name starts with it, words start with it, it
stands inside. The index gives rows in the order of places (:mod:`planhat_tui.store.places`), so the
first ones are the largest; of contacts, it gives names in order and the rest as it comes. What was
opened lately is looked at as well, wherever it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.records import Kind
from planhat_tui.store import ordering
from planhat_tui.store.asking import ALWAYS, Condition, all_of
from planhat_tui.store.conditions import reads_as
from planhat_tui.store.indexing import is_exact, match, match_name, match_starts
from planhat_tui.store.leads import numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.store.finding import Hit, Search

_MOST_AMONG: Final = 300
"""Of a rank that is rare among many candidates, the best are looked for among so many."""

_LAST: Final = "\U0010ffff"


def matching(search: Search, limit: int) -> list[Hit]:
    """Return the first finds in the order of places."""
    return search.hits(match(search.words.readings), limit, _check(search))


def numbers_matching(search: Search, limit: int) -> list[int]:
    """Return the row numbers of the first finds in the order of places."""
    return search.numbers(match(search.words.readings), limit, _check(search))


def _check(search: Search) -> Condition:
    """Demand the words where the index tells too little."""
    readings = search.words.readings
    return ALWAYS if is_exact(readings) else reads_as(search.kind, readings)


def best(search: Search, hits: Sequence[Hit], limit: int) -> list[Hit]:
    """Return the first finds of each rank but the last, as far as the first ones of all lack them.

    ``hits`` are the first finds in the order of places; of a rank that they hold enough of, they
    hold the first.
    """
    best = [*_exact(search, limit), *_lately(search)]
    ranks = [hit[0] for hit in hits]
    named = ranks.count(0) + ranks.count(1)
    if named < limit:
        best += _named(search, search.words.name, limit)
    if named + ranks.count(2) < limit:
        readings = search.words.readings
        starts = reads_as(search.kind, readings, starts=True)
        best += search.hits(match_starts(readings), limit, starts, among=_MOST_AMONG)
    return best


def _lately(search: Search) -> list[Hit]:
    """Return what was opened lately, wherever it stands in the index."""
    if not search.recent:
        return []
    words = reads_as(search.kind, search.words.readings)
    these = all_of([numbered([*search.recent]), words])
    return _of_rows(search, these, "row", len(search.recent))


def _exact(search: Search, limit: int) -> list[Hit]:
    name = search.words.name
    it_is = Condition(ordering.is_it(search.kind), (name, name))
    return _of_rows(search, it_is, "row", limit)


def _named(search: Search, name: str, limit: int) -> list[Hit]:
    """Return the first finds whose name starts so: companies by ``arr``, contacts by name."""
    starts = Condition("name_key >= ? AND name_key < ?", (name, name + _LAST))
    if search.kind is Kind.CONTACT:
        return _of_rows(search, starts, "name_key, row", limit)
    few = search.ask(
        f"SELECT row FROM company WHERE {starts.sql} LIMIT ?",  # noqa: S608 -- our names
        (*starts.values, _MOST_AMONG + 1),
    )
    if len(few) <= _MOST_AMONG:
        return _of_rows(search, numbered(few), "row", limit)
    return search.hits(match_name(name), limit, starts, among=10 * _MOST_AMONG)


def _of_rows(search: Search, these: Condition, order: str, limit: int) -> list[Hit]:
    rank = ordering.rank(search.kind, search.words)
    size = "coalesce(-arr, 9e999)" if search.kind is Kind.COMPANY else "0"
    where = all_of([these, search.where])
    return search.asking.connection.execute(
        f"SELECT {rank.sql}, {size}, name_key, row FROM {search.kind} WHERE {where.sql}"  # noqa: S608 -- our names
        f" ORDER BY {order} LIMIT ?",
        (*rank.values, *where.values, limit),
    ).fetchall()
