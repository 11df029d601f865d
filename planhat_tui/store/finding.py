"""One search: its words and conditions, the order of its list, and how it reads rows."""

from __future__ import annotations

import json
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from planhat_tui.model.query import Term
from planhat_tui.model.records import Kind
from planhat_tui.store import ordering
from planhat_tui.store.asking import ALWAYS, Condition, all_of
from planhat_tui.store.conditions import of_node, reads_as
from planhat_tui.store.indexing import Typed, typed
from planhat_tui.store.leads import numbered
from planhat_tui.store.rows import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planhat_tui.model.query import Node, Query, Sort
    from planhat_tui.store.asking import Asking

CAP: Final = 1000
"""More finds than this are only said to be more."""


class Found(NamedTuple):
    """Rows of a window, the count of all, and whether there are more than that.

    ``through``: no company has the words itself, these have contacts who do.
    """

    rows: Sequence[Sequence[Any]]
    total: int
    capped: bool
    through: bool = False


Hit: TypeAlias = "tuple[int, float, str, int]"
"""Rank, size, folded name and row number of a find."""


class Search(NamedTuple):
    """One search: the words, the other parts, the conditions that they are, how it's sorted.

    ``recent`` tells of row numbers that were opened lately how many were opened since. ``settled``:
    the query itself says which come first, or how many; so a part of all that is found won't do.
    ``columns`` are what is read of each row; empty: what a list shows.
    """

    asking: Asking
    words: Typed
    parts: tuple[Node, ...]
    where: Condition
    walked: str
    ranked: bool
    sort: tuple[Sort, ...]
    recent: Mapping[int, int]
    settled: bool
    company_id: str = ""
    columns: str = ""

    @property
    def kind(self) -> Kind:
        """What is looked for."""
        return self.asking.kind

    @property
    def order(self) -> Condition:
        """What the list is ordered by; worked out when it's asked for: some have to be read."""
        if self.ranked:
            return _by_rank(self.asking, self.words, self.recent)
        return ordering.by(self.asking, self.sort)

    @property
    def checked(self) -> Condition:
        """All conditions, the words' too."""
        words = self.words.readings
        return all_of([reads_as(self.kind, words), self.where]) if words else self.where

    def hits(
        self, expression: str, limit: int, where: Condition = ALWAYS, *, among: int = -1
    ) -> list[Hit]:
        """Return the first finds that the index gives and that meet the conditions.

        ``among``: so many of those that the index gives are looked at; -1: all.
        """
        rank = ordering.rank(self.kind, self.words)
        size = "coalesce(-arr, 9e999)" if self.kind is Kind.COMPANY else "0"
        given = self._given(expression, limit, where, among)
        return self.asking.connection.execute(
            f"SELECT {rank.sql}, {size}, name_key, row FROM {given.sql}",  # noqa: S608 -- our names
            (*rank.values, *given.values),
        ).fetchall()

    def numbers(self, expression: str, limit: int, where: Condition = ALWAYS) -> list[int]:
        """Return the row numbers of the same: of many these take little."""
        given = self._given(expression, limit, where)
        return self.ask(f"SELECT row FROM {given.sql}", given.values)  # noqa: S608 -- our names

    def _given(self, expression: str, limit: int, where: Condition, among: int = -1) -> Condition:
        table = f"{self.kind}_text"
        wanted = all_of([where, self.where])
        return Condition(
            f"(SELECT rowid AS number FROM {table} WHERE {table} MATCH ?"  # noqa: S608 -- our names
            f" ORDER BY rowid LIMIT ?) CROSS JOIN {self.kind} ON row = number"
            f" WHERE {wanted.sql} LIMIT ?",
            (expression, among, *wanted.values, limit),
        )

    def ask(self, sql: str, values: Iterable[Any]) -> list[int]:
        """Return a column of row numbers."""
        return [number for (number,) in self.asking.connection.execute(sql, (*values,))]


def searching(asking: Asking, query: Query) -> Search:
    """Return the search that a query means."""
    words = typed(query.words)
    parts = tuple(p for p in query.parts if not (isinstance(p, Term) and not p.field))
    where = all_of(of_node(asking, part) for part in parts)
    ranked = bool(words.readings) and not query.sort
    recent = _recent(asking) if ranked else {}
    walked = ordering.walked(asking.kind, query.sort)
    settled = bool(query.sort) or query.limit is not None
    return Search(asking, words, parts, where, walked, ranked, query.sort, recent, settled)


def in_order(search: Search, hits: Sequence[Hit], most: int) -> list[Hit]:
    """Return the first finds of a list: within a rank, those opened lately, then the largest."""
    if not search.recent:
        return nsmallest(most, hits)
    recent, never = search.recent, len(search.asking.lately)
    return nsmallest(most, hits, lambda hit: (hit[0], recent.get(hit[-1], never), *hit[1:]))


def _recent(asking: Asking) -> dict[int, int]:
    if not asking.lately:
        return {}
    found = asking.connection.execute(
        f"SELECT row, id FROM {asking.kind} WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608 -- our names
        (json.dumps(asking.lately),),
    )
    return {row: asking.lately.index(one) for row, one in found}


def _by_rank(asking: Asking, words: Typed, recent: Mapping[int, int]) -> Condition:
    rank = ordering.rank(asking.kind, words)
    size = "arr DESC NULLS LAST, " if asking.kind is Kind.COMPANY else ""
    opened = "".join(f" WHEN {row} THEN {place}" for row, place in recent.items())
    lately = f"CASE row{opened} ELSE {len(asking.lately)} END, " if recent else ""
    return Condition(f"{rank.sql}, {lately}{size}name_key, row", rank.values)


def fetch(search: Search, numbers: Sequence[int]) -> Sequence[Sequence[Any]]:
    """Return rows by their numbers, in that order."""
    columns = search.columns or COLUMNS[search.kind]
    these = numbered(numbers)
    rows = search.asking.connection.execute(
        f"SELECT row, {columns} FROM {search.kind} WHERE {these.sql}",  # noqa: S608 -- our names
        these.values,
    )
    by_number = {row[0]: row[1:] for row in rows}
    return [by_number[number] for number in numbers]


def listed(search: Search, where: Condition, limit: int, offset: int) -> Sequence[Sequence[Any]]:
    """Return the rows of a window that meet a condition, in the order of the list."""
    columns = search.columns or COLUMNS[search.kind]
    order = search.order
    return search.asking.connection.execute(
        f"SELECT {columns} FROM {search.kind} WHERE {where.sql}"  # noqa: S608 -- our names
        f" ORDER BY {order.sql} LIMIT ? OFFSET ?",
        (*where.values, *order.values, limit, offset),
    ).fetchall()
