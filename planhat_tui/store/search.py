"""From a query to rows: candidates from the index, conditions, ranks.

Order: the name (or the external id, or the e-mail) is it, the name starts with it, words start with
it, it stands inside; then by ``arr``, then by name. bm25 is too slow for one letter and not what
people expect of names. Up to a thousand finds are sorted as a whole. Where there are more, the
count is capped and each rank is asked for its own best, which the row numbers give
(:mod:`planhat_tui.store.places`; of contacts, the index gives names in order and the rest as it
comes).

Without words, the part of the query that finds the fewest leads (:mod:`planhat_tui.store.leads`);
if all find many, rows are walked in the order of the list until there are enough.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from planhat_tui.model.outbox import State
from planhat_tui.model.query import Term
from planhat_tui.model.records import Kind
from planhat_tui.store import leads, ordering
from planhat_tui.store.asking import ALWAYS, Condition, all_of
from planhat_tui.store.conditions import of_node, reads_as
from planhat_tui.store.facts import expression_of
from planhat_tui.store.indexing import Typed, is_exact, match, match_name, match_starts, typed
from planhat_tui.store.leads import numbered
from planhat_tui.store.rows import CompanyRow, CompanyRows, ContactRow, ContactRows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from planhat_tui.model.query import Node, Query
    from planhat_tui.store.asking import Asking
    from planhat_tui.store.facts import Expression
    from planhat_tui.store.guessing import Guesses

CAP: Final = 1000
"""More finds than this are only said to be more."""

MOST_COUNTED: Final = 20_000
"""Where counting costs little, it goes this far."""

_MOST_AMONG: Final = 300
"""Of a rank that is rare among many candidates, the best are looked for among so many."""

_MIN_DIGITS: Final = 4
_MOST_THROUGH: Final = 20_000
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


Hit: TypeAlias = "tuple[int, float, str, int]"
"""Rank, size, folded name and row number of a find: they sort as the list does."""


class _Search(NamedTuple):
    """One search: the words, the other parts, the conditions that they are, the order."""

    asking: Asking
    words: Typed
    parts: tuple[Node, ...]
    where: Condition
    order: Condition
    walked: str
    ranked: bool
    company_id: str = ""

    def alone(self, kind: Kind, word: str) -> _Search:
        """Return a search for one word among all records of a kind."""
        words = Typed(word, ((word,),))
        return self._replace(asking=self.asking.of(kind), words=words, parts=(), where=ALWAYS)

    @property
    def kind(self) -> Kind:
        """What is looked for."""
        return self.asking.kind

    @property
    def checked(self) -> Condition:
        """All conditions, the words' too."""
        words = self.words.readings
        return all_of([reads_as(words), self.where]) if words else self.where

    def hits(
        self, expression: str, limit: int, where: Condition = ALWAYS, *, among: int = -1
    ) -> list[Hit]:
        """Return the first finds that the index gives and that meet the conditions.

        ``among``: so many of those that the index gives are looked at; -1: all.
        """
        table = f"{self.kind}_text"
        rank = ordering.rank(self.kind, self.words)
        size = "coalesce(-arr, 9e999)" if self.kind is Kind.COMPANY else "0"
        wanted = all_of([where, self.where])
        found = self.asking.connection.execute(
            f"SELECT {rank.sql}, {size}, name_key, row"  # noqa: S608 -- our names
            f" FROM (SELECT rowid AS number FROM {table} WHERE {table} MATCH ?"
            f" ORDER BY rowid LIMIT ?) CROSS JOIN {self.kind} ON row = number"
            f" WHERE {wanted.sql} LIMIT ?",
            (*rank.values, expression, among, *wanted.values, limit),
        )
        return found.fetchall()

    def ask(self, sql: str, values: Iterable[Any]) -> list[int]:
        """Return a column of row numbers."""
        return [number for (number,) in self.asking.connection.execute(sql, (*values,))]


def companies(
    asking: Asking, query: Query, limit: int, offset: int, *, guesses: Guesses | None = None
) -> CompanyRows:
    """Find companies; words with ``@`` or four digits find them through their contacts too.

    With ``guesses``, slips in words are forgiven when nothing is found.
    """
    found, meant = _guessed(asking, query, limit, offset, guesses=guesses)
    return CompanyRows(tuple(map(company_row, found.rows)), found.total, found.capped, meant)


def contacts(
    asking: Asking, query: Query, limit: int, company_id: str, *, guesses: Guesses | None = None
) -> ContactRows:
    """Find contacts, of one company if it's given."""
    if company_id:  # a few rows: no index is needed
        search = _search(asking, query)._replace(company_id=company_id)
        found, meant = _limited(search, query, limit, 0), ""
    else:
        found, meant = _guessed(asking, query, limit, 0, guesses=guesses)
    return ContactRows(tuple(map(contact_row, found.rows)), found.total, found.capped, meant)


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


def _search(asking: Asking, query: Query) -> _Search:
    words = typed(query.words)
    parts = tuple(p for p in query.parts if not (isinstance(p, Term) and not p.field))
    where = all_of(of_node(asking, part) for part in parts)
    ranked = bool(words.readings) and not query.sort
    order = _by_rank(asking, words) if ranked else ordering.by(asking, query.sort)
    walked = ordering.walked(asking.kind, query.sort)
    return _Search(asking, words, parts, where, order, walked, ranked=ranked)


def _guessed(
    asking: Asking, query: Query, limit: int, offset: int, *, guesses: Guesses | None
) -> tuple[Found, str]:
    """Return what is found; if that's nothing, what is found by words that may have been meant."""
    search = _search(asking, query)
    found = _limited(search, query, limit, offset)
    if found.total or guesses is None or not query.words:
        return found, ""
    for words in guesses.meant(asking.connection, asking.kind, query.words):
        other = _limited(_with_words(search, typed(words)), query, limit, offset)
        if other.total:
            return other, " ".join(words)
    return found, ""


def _with_words(search: _Search, words: Typed) -> _Search:
    order = _by_rank(search.asking, words) if search.ranked else search.order
    return search._replace(words=words, order=order)


def _by_rank(asking: Asking, words: Typed) -> Condition:
    rank = ordering.rank(asking.kind, words)
    size = "arr DESC NULLS LAST, " if asking.kind is Kind.COMPANY else ""
    return Condition(f"{rank.sql}, {size}name_key, row", rank.values)


def _limited(search: _Search, query: Query, limit: int, offset: int) -> Found:
    if query.limit is None:
        return _find(search, limit, offset)
    found = _find(search, max(0, min(limit, query.limit - offset)), offset)
    return Found(found.rows, min(found.total, query.limit), found.capped and query.limit > CAP)


def _find(search: _Search, limit: int, offset: int) -> Found:  # noqa: PLR0911 -- the plans, best first
    most = max(CAP, limit + offset)
    if search.company_id:
        return _within(search, Condition("company_id = ?", (search.company_id,)), limit, offset)
    if not search.words.readings and not search.parts:
        return _all(search, limit, offset)
    if search.kind is Kind.COMPANY and any(map(_finds_contacts, _all_words(search.words))):
        met = search._replace(words=Typed("", ()))  # each word is met here or in a contact
        return _those(met, _through_contacts(search), limit, offset)
    words = bool(search.words.readings)
    facts = None
    if not words and search.kind is Kind.COMPANY:
        facts = expression_of(search.asking, search.parts)
    if facts is None or facts[1]:  # what facts tell exactly needs no lead
        lead = leads.best(search.asking, search.parts)
        if lead is not None:
            return _those(search, lead, limit, offset)
    if not words:
        return _by_facts(search, facts, most, limit, offset)
    hits = _matching(search, most + 1)
    if not search.ranked:
        numbers = [hit[-1] for hit in hits]
        few = len(numbers) <= CAP
        return _those(search, numbers, limit, offset) if few else _walk(search, most, limit, offset)
    if len(hits) > CAP:
        hits = [*{*hits, *_best(search, hits, limit + offset)}]
    window = sorted(hits)[offset : offset + limit]
    rows = _fetch(search, [hit[-1] for hit in window])
    return _counted(Found(rows, 0, capped=False), len(hits), most)


def _counted(found: Found, counted: int, most: int) -> Found:
    """Say how many there are: exactly if all were wanted and counted, else up to the cap."""
    if counted <= CAP or CAP < counted <= most:
        return Found(found.rows, counted, capped=False)
    return Found(found.rows, CAP, capped=True)


def _all(search: _Search, limit: int, offset: int) -> Found:
    rows = _rows(search, ALWAYS, limit, offset)
    counted = search.ask(f"SELECT count(*) FROM {search.kind}", ())  # noqa: S608 -- our names
    return Found(rows, counted[0], capped=False)


def _those(search: _Search, numbers: Iterable[int], limit: int, offset: int) -> Found:
    """Return those of the given rows that meet all conditions, sorted as a whole."""
    return _within(search, numbered(list(numbers)), limit, offset)


def _within(search: _Search, these: Condition, limit: int, offset: int) -> Found:
    """Return those of a few rows that meet all conditions, sorted as a whole."""
    where = all_of([these, search.checked])
    met = search.ask(f"SELECT row FROM {search.kind} WHERE {where.sql}", where.values)  # noqa: S608 -- our names
    return _sorted(search, met, limit, offset)


def _sorted(search: _Search, met: Sequence[int], limit: int, offset: int) -> Found:
    return Found(_rows(search, numbered(met), limit, offset), len(met), capped=False)


def _by_facts(
    search: _Search,
    wanted: tuple[Expression, tuple[Node, ...]] | None,
    most: int,
    limit: int,
    offset: int,
) -> Found:
    """Find rows by their facts: few are read and sorted, of many the first are walked to."""
    if wanted is None:
        return _walk(search, most, limit, offset)
    expression, rest = wanted
    facts = "SELECT rowid AS number FROM company_facts WHERE company_facts MATCH ?"
    if not rest:
        many = search.ask(
            f"SELECT count(*) FROM (SELECT 1 FROM ({facts}) LIMIT ?)",  # noqa: S608 -- our names
            (expression.text, MOST_COUNTED + 1),
        )[0]
        if many > leads.FEW:
            found = _walk(search, limit + offset, limit, offset)
            return Found(found.rows, min(many, MOST_COUNTED), many > MOST_COUNTED)
        return _sorted(search, search.ask(facts, (expression.text,)), limit, offset)
    asked = all_of(of_node(search.asking, part) for part in rest)
    numbers = search.ask(
        f"SELECT number FROM ({facts}) CROSS JOIN company ON row = number"  # noqa: S608 -- our names
        f" WHERE {asked.sql} LIMIT ?",
        (expression.text, *asked.values, leads.FEW + 1),
    )
    if len(numbers) <= leads.FEW:
        return _sorted(search, numbers, limit, offset)
    found = _walk(search, limit + offset, limit, offset)
    return Found(found.rows, CAP, capped=True) if limit + offset < CAP else found


def _walk(search: _Search, most: int, limit: int, offset: int) -> Found:
    """Walk the rows in the order of the list until there are enough."""
    by = f"INDEXED BY {search.walked}" if search.walked else ""
    checked, order = search.checked, search.order
    numbers = search.ask(
        f"SELECT row FROM {search.kind} {by} WHERE {checked.sql} ORDER BY {order.sql} LIMIT ?",  # noqa: S608 -- our names
        (*checked.values, *order.values, most + 1),
    )
    rows = _fetch(search, numbers[offset : offset + limit])
    return _counted(Found(rows, 0, capped=False), len(numbers), most)


def _fetch(search: _Search, numbers: Sequence[int]) -> Sequence[Sequence[Any]]:
    """Return rows by their numbers, in that order."""
    columns = _COMPANY if search.kind is Kind.COMPANY else _CONTACT
    these = numbered(numbers)
    rows = search.asking.connection.execute(
        f"SELECT row, {columns} FROM {search.kind} WHERE {these.sql}",  # noqa: S608 -- our names
        these.values,
    )
    by_number = {row[0]: row[1:] for row in rows}
    return [by_number[number] for number in numbers]


def _rows(search: _Search, where: Condition, limit: int, offset: int) -> Sequence[Sequence[Any]]:
    columns = _COMPANY if search.kind is Kind.COMPANY else _CONTACT
    order = search.order
    return search.asking.connection.execute(
        f"SELECT {columns} FROM {search.kind} WHERE {where.sql}"  # noqa: S608 -- our names
        f" ORDER BY {order.sql} LIMIT ? OFFSET ?",
        (*where.values, *order.values, limit, offset),
    ).fetchall()


def _matching(search: _Search, limit: int) -> list[Hit]:
    readings = search.words.readings
    check = ALWAYS if is_exact(readings) else reads_as(readings)
    return search.hits(match(readings), limit, check)


def _best(search: _Search, hits: Sequence[Hit], limit: int) -> list[Hit]:
    """Return the first finds of each rank but the last, as far as the first ones of all lack them.

    ``hits`` are the first finds in the order of places; of a rank that they hold enough of, they
    hold the first.
    """
    best = _exact(search, limit)
    if sum(rank <= 1 for rank, *_ in hits) < limit:
        best += _named(search, search.words.name, limit)
    if sum(rank <= 2 for rank, *_ in hits) < limit:
        readings = search.words.readings
        starts = reads_as(readings, "  ")
        best += search.hits(match_starts(readings), limit, starts, among=_MOST_AMONG)
    return best


def _exact(search: _Search, limit: int) -> list[Hit]:
    name = search.words.name
    it_is = Condition(ordering.is_it(search.kind), (name, name))
    return _of_rows(search, it_is, "row", limit)


def _named(search: _Search, name: str, limit: int) -> list[Hit]:
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


def _of_rows(search: _Search, these: Condition, order: str, limit: int) -> list[Hit]:
    rank = ordering.rank(search.kind, search.words)
    size = "coalesce(-arr, 9e999)" if search.kind is Kind.COMPANY else "0"
    where = all_of([these, search.where])
    return search.asking.connection.execute(
        f"SELECT {rank.sql}, {size}, name_key, row FROM {search.kind} WHERE {where.sql}"  # noqa: S608 -- our names
        f" ORDER BY {order} LIMIT ?",
        (*rank.values, *where.values, limit),
    ).fetchall()


def _through_contacts(search: _Search) -> set[int]:
    """Return the companies that have each word themselves or in one of their contacts."""
    found: set[int] = set()
    for words in search.words.readings:
        each = [_with_word(search, word) for word in words]
        found |= set.intersection(*each)
    return found


def _with_word(search: _Search, word: str) -> set[int]:
    rows = {hit[-1] for hit in _matching(search.alone(Kind.COMPANY, word), _MOST_THROUGH)}
    if _finds_contacts(word):
        theirs = _matching(search.alone(Kind.CONTACT, word), _MOST_THROUGH)
        rows.update(
            search.ask(
                "SELECT DISTINCT company.row FROM contact CROSS JOIN company"
                " ON company.id = contact.company_id"
                " WHERE contact.row IN (SELECT value FROM json_each(?))",
                (json.dumps([hit[-1] for hit in theirs]),),
            )
        )
    return rows


def _finds_contacts(word: str) -> bool:
    return "@" in word or (word.isdecimal() and len(word) >= _MIN_DIGITS)


def _all_words(words: Typed) -> Iterable[str]:
    return (word for reading in words.readings for word in reading)
