"""How a search is carried out: which index is asked first, and what is asked of what it gives.

Without words, the part of the query that finds the fewest leads (:mod:`planhat_tui.store.leads`);
if all find many, rows are walked in the order of the list until there are enough; where no index
tells how many, they are read as they lie, until there are too many to be sorted. Up to a thousand
finds are sorted as a whole; where there are more, the count is capped until a window comes to it.

Windows of a list join: in a list by rank the same finds are looked at for each of them, and every
other plan gives the one order that the whole list has.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING, Final

from planhat_tui.model.records import Kind
from planhat_tui.store import leads, leaping
from planhat_tui.store.asking import ALWAYS, Condition, all_of
from planhat_tui.store.conditions import of_node
from planhat_tui.store.facts import expression_of
from planhat_tui.store.finding import CAP, Found, fetch, in_order, listed
from planhat_tui.store.indexing import Typed, match
from planhat_tui.store.leads import numbered
from planhat_tui.store.ranking import best, matching, numbers_matching
from planhat_tui.store.through import (
    ALL,
    MOST,
    OWN_OR_THEIRS,
    PEOPLE,
    found_through,
    seeks_people,
    with_people,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planhat_tui.model.query import Node, Query
    from planhat_tui.store.facts import Expression
    from planhat_tui.store.finding import Search
    from planhat_tui.store.through import Through, Way

MOST_COUNTED: Final = 20_000
"""Where counting costs little, it goes this far."""
_SOON_READ: Final = 5_000
"""So many contacts with a word are read at once; of more, those who stand first are walked to."""
_SOON: Final = 4_000
"""So many of a list are asked for them, whether they have the word or somebody there."""
_PAGE: Final = 60
_FIRST: Final = 3 * _PAGE
"""Of each rank so many are looked for among too many, three pages of a list: further down, the
order of those that stand further up in the index holds."""


def limited(search: Search, query: Query, limit: int, offset: int) -> Found:
    """Return the rows of a window, within what the query itself limits.

    The count is capped at less than all where that is much faster, and never at less than the
    window's end; but words in the order of their rank are cut off at :data:`finding.CAP`, for
    windows that are no longer than that themselves.
    """
    if query.limit is None:
        return _find(search, limit, offset)
    found = _find(search, max(0, min(limit, query.limit - offset)), offset)
    capped = found.capped and found.total < query.limit
    return Found(found.rows, min(found.total, query.limit), capped, found.through)


def _find(search: Search, limit: int, offset: int) -> Found:
    found = _itself(search, limit, offset)
    if found.total or not seeks_people(search):
        return found
    found = _through(search, PEOPLE, limit, offset)
    return found._replace(through=found.total > 0)


def _through(search: Search, way: Way, limit: int, offset: int) -> Found:
    """Return those that are found through contacts.

    For a list by rank that is looked at, it's enough to read some of those who have a word; more
    where hardly any of them meet the conditions, and all before it's said that none does. In an
    order that an index gives, the first are met soon where many are found.
    """
    by_rank = limit <= CAP and not search.settled
    walks = bool(search.sort and search.walked)
    wordless, end = _wordless(search), limit + offset
    some = (MOST, MOST_COUNTED) if by_rank else (_SOON_READ, MOST_COUNTED) if walks else ()
    for most in (*some, ALL):
        through = way.rows(search, most)
        met = [*through.rows]
        if search.where != ALWAYS:
            met = _met(wordless, numbered(met))
        if not through.cut:
            break
        if by_rank and (len(met) >= _PAGE or (met and most == MOST_COUNTED)):
            break
        if walks and end < len(met) and end * _count_of(search) <= len(met) * _SOON:
            first = _met_soon(wordless, way.is_met(search.words), end)
            if len(first) == end:
                return Found(fetch(search, first[offset:]), len(met), capped=True)
    return _sorted(wordless, met, limit, offset)._replace(capped=through.cut)


def _met_soon(search: Search, words: Condition, most: int) -> list[int]:
    """Return the first that meet the words and all conditions, of so many of the whole list."""
    asked, order = all_of([words, search.where]), search.order
    listed = f"SELECT row AS number FROM company INDEXED BY {search.walked}"  # noqa: S608 -- our names
    return search.ask(
        f"SELECT row FROM ({listed} ORDER BY {order.sql} LIMIT ?)"  # noqa: S608 -- our names
        f" CROSS JOIN company ON row = number WHERE {asked.sql} LIMIT ?",
        (*order.values, _SOON, *asked.values, most),
    )


def _itself(search: Search, limit: int, offset: int) -> Found:
    """Return what is found without a look at people: the plans, best first."""
    if search.company_id:
        return _within(search, Condition("company_id = ?", (search.company_id,)), limit, offset)
    if not search.words.readings and not search.parts:
        return _all(search, limit, offset)
    if _reaches_contacts(search):
        return _through(search, OWN_OR_THEIRS, limit, offset)
    words = bool(search.words.readings)
    facts = None
    if not words and search.kind is Kind.COMPANY:
        facts = expression_of(search.asking, search.parts)
    if facts is None or facts[1]:  # what facts tell exactly needs no lead
        lead = leads.best(search.asking, search.parts)
        if lead is not None:
            return _those(search, lead, limit, offset)
    if facts is not None:
        return _by_facts(search, facts, limit, offset)
    unled = _as_they_lie if not words else _by_rank if search.ranked else _by_words
    return unled(search, limit, offset)


def _by_rank(search: Search, limit: int, offset: int) -> Found:
    """Return the rows of a window by how well words fit: the same are looked at for all windows."""
    most, first = (limit + offset, limit + offset) if limit > CAP else (CAP, _FIRST)
    hits = matching(search, most + 1)
    many = len(hits) > most
    if many:
        hits = [*{*hits, *best(search, hits, first)}]
    window = in_order(search, hits, offset + limit)[offset:]
    rows = fetch(search, [hit[-1] for hit in window])
    return Found(rows, most if many else len(hits), capped=many)


def _by_words(search: Search, limit: int, offset: int) -> Found:
    """Return the rows of a window with words in another order: few are sorted, many walked to."""
    end = limit + offset
    met = _numbers_of_itself(search, CAP)
    if len(met) > CAP:
        few = isqrt(end * _count_of(search))  # of more, fewer rows are walked by to come to the end
        if _given(search, few) > few:
            if end >= CAP:
                return _walk(search, limit, offset)
            return Found(fetch(search, _first(search, end)[offset:]), CAP, capped=True)
        met = _numbers_of_itself(search, few)
    return _those(search, met, limit, offset)


def _given(search: Search, most: int) -> int:
    """Return how many the index gives for the words, up to one more than so many."""
    table = f"{search.kind}_text"
    given = f"SELECT 1 FROM {table} WHERE {table} MATCH ? LIMIT ?"  # noqa: S608 -- our names
    expression = match(search.words.readings)
    return search.ask(f"SELECT count(*) FROM ({given})", (expression, most + 1))[0]  # noqa: S608 -- ours


def _count_of(search: Search) -> int:
    """Return how many records of the kind are here."""
    counted = search.ask("SELECT value FROM fact WHERE key = ?", (f"count_{search.kind}",))
    return int(counted[0])


def whole(search: Search) -> tuple[Condition, str]:
    """Return what all that is found meets, and the index to walk; empty where few are looked up."""
    if not search.words.readings and not search.parts:
        return search.checked, search.walked
    few = numbers(search, MOST_COUNTED)
    if few is not None:
        return numbered(few), ""
    if _reaches_contacts(search):
        if found := _numbers_through(search, found_through(search, ALL)):
            return numbered(found), ""
    elif not seeks_people(search) or _numbers_of_itself(search, 0):
        return search.checked, search.walked
    return numbered(_numbers_through(search, with_people(search, ALL)) or ()), ""


def numbers(search: Search, most: int) -> list[int] | None:
    """Return the row numbers of all that is found, in no order; ``None`` if they may be more.

    No more contacts with a word than that are read either.
    """
    if _reaches_contacts(search):
        met = _numbers_through(search, found_through(search, most))
    else:
        met = _numbers_of_itself(search, most)
    if met == [] and seeks_people(search):
        met = _numbers_through(search, with_people(search, most))
    return met if met is not None and len(met) <= most else None


def _reaches_contacts(search: Search) -> bool:
    return search.kind is Kind.COMPANY and search.words.reach_contacts


def _numbers_through(search: Search, through: Through) -> list[int] | None:
    return None if through.cut else _met(_wordless(search), numbered([*through.rows]))


def _numbers_of_itself(search: Search, most: int) -> list[int]:
    """Return up to one more than ``most`` that have the words and meet the conditions."""
    if search.words.readings:
        met = numbers_matching(search, most + 1)
    else:
        wanted = expression_of(search.asking, search.parts)
        if wanted is not None:
            facts = Condition(
                "row IN (SELECT rowid FROM company_facts WHERE company_facts MATCH ?)",
                (wanted[0].text,),
            )
            asked = all_of([facts, *(of_node(search.asking, part) for part in wanted[1])])
        else:
            lead = leads.best(search.asking, search.parts)
            asked = search.where if lead is None else all_of([numbered(lead), search.where])
        met = search.ask(
            f"SELECT row FROM {search.kind} WHERE {asked.sql} LIMIT ?",  # noqa: S608 -- our names
            (*asked.values, most + 1),
        )
    return met


def _wordless(search: Search) -> Search:
    """Return the search without its words: each is met by a company, or by one of its contacts."""
    return search._replace(words=Typed("", ()))


def _all(search: Search, limit: int, offset: int) -> Found:
    if leaping.leaps(search, limit + offset):
        numbers = leaping.first(search, ALWAYS, limit + offset)
        rows = fetch(search, numbers[offset:])
    elif _is_far(search, limit + offset):
        rows = fetch(search, _whole_order(search)[offset : offset + limit])
    else:
        rows = listed(search, ALWAYS, limit, offset)
    return Found(rows, _count_of(search), capped=False)


def _those(search: Search, numbers: Iterable[int], limit: int, offset: int) -> Found:
    """Return those of the given rows that meet all conditions, sorted as a whole."""
    these = list(numbers)
    if search.checked == ALWAYS:
        return _sorted(search, these, limit, offset)
    return _within(search, numbered(these), limit, offset)


def _within(search: Search, these: Condition, limit: int, offset: int) -> Found:
    """Return those of a few rows that meet all conditions, sorted as a whole."""
    return _sorted(search, _met(search, these), limit, offset)


def _met(search: Search, these: Condition) -> list[int]:
    where = all_of([these, search.checked])
    return search.ask(f"SELECT row FROM {search.kind} WHERE {where.sql}", where.values)  # noqa: S608 -- our names


def _sorted(search: Search, met: Sequence[int], limit: int, offset: int) -> Found:
    return Found(listed(search, numbered(met), limit, offset), len(met), capped=False)


def _as_they_lie(search: Search, limit: int, offset: int) -> Found:
    """Read rows until there are too many to be sorted: those are walked to in the list's order."""
    few = search.ask(
        f"SELECT row FROM {search.kind} WHERE {search.where.sql} LIMIT ?",  # noqa: S608 -- our names
        (*search.where.values, CAP + 1),
    )
    return _sorted(search, few, limit, offset) if len(few) <= CAP else _walk(search, limit, offset)


def _by_facts(
    search: Search,
    wanted: tuple[Expression, tuple[Node, ...]],
    limit: int,
    offset: int,
) -> Found:
    """Find rows by their facts: few are read and sorted, of many the first are walked to."""
    expression, rest = wanted
    facts = "SELECT rowid AS number FROM company_facts WHERE company_facts MATCH ?"
    if not rest:
        met = search.ask(f"{facts} LIMIT ?", (expression.text, leads.FEW + 1))
        if len(met) <= leads.FEW:
            return _sorted(search, met, limit, offset)
        near = limit + offset < MOST_COUNTED
        many = search.asking.counted(
            f"SELECT count(*) FROM (SELECT 1 FROM ({facts}) LIMIT ?)",  # noqa: S608 -- our names
            (expression.text, MOST_COUNTED + 1 if near else -1),
        )
        rows = fetch(search, _first(search, limit + offset)[offset:])
        capped = near and many > MOST_COUNTED
        return Found(rows, MOST_COUNTED if capped else many, capped)
    asked = all_of(of_node(search.asking, part) for part in rest)
    those = f"SELECT number FROM ({facts}) CROSS JOIN company ON row = number WHERE {asked.sql}"  # noqa: S608 -- our names
    values = (expression.text, *asked.values)
    numbers = search.ask(f"{those} LIMIT ?", (*values, leads.FEW + 1))
    if len(numbers) <= leads.FEW:
        return _sorted(search, numbers, limit, offset)
    rows = fetch(search, _first(search, limit + offset)[offset:])
    if limit + offset < CAP:
        return Found(rows, CAP, capped=True)
    counted = f"SELECT count(*) FROM ({those})"  # noqa: S608 -- our names
    return Found(rows, search.asking.counted(counted, values), capped=False)


def _walk(search: Search, limit: int, offset: int) -> Found:
    """Walk the rows in the order of the list until there are enough; count all for a far window."""
    most = max(CAP, limit + offset)
    numbers = _first(search, most + 1)
    rows = fetch(search, numbers[offset : offset + limit])
    if len(numbers) <= most:
        return Found(rows, len(numbers), capped=False)
    if limit + offset < CAP:
        return Found(rows, CAP, capped=True)
    where = search.checked
    counted = f"SELECT count(*) FROM {search.kind} WHERE {where.sql}"  # noqa: S608 -- our names
    return Found(rows, search.asking.counted(counted, where.values), capped=False)


def _first(search: Search, most: int) -> Sequence[int]:
    """Return the numbers of the first rows that meet all conditions, in the order of the list."""
    by = f"INDEXED BY {search.walked}" if search.walked else ""
    checked, order = search.checked, search.order
    if leaping.leaps(search, most):
        return leaping.first(search, checked, most)
    if _is_far(search, most):
        return _whole_order(search)[:most]
    return search.ask(
        f"SELECT row FROM {search.kind} {by} WHERE {checked.sql} ORDER BY {order.sql} LIMIT ?",  # noqa: S608 -- our names
        (*checked.values, *order.values, most),
    )


def _is_far(search: Search, most: int) -> bool:
    """Tell whether all must be sorted to come so far, since no index gives the list's order."""
    return bool(search.sort) and not search.walked and most > leaping.MOST


def _whole_order(search: Search) -> Sequence[int]:
    """Return the numbers of all rows of a list in its order: sorted once for all its windows."""
    checked, order = search.checked, search.order
    return search.asking.ordered(
        f"SELECT row FROM {search.kind} WHERE {checked.sql} ORDER BY {order.sql}",  # noqa: S608 -- our names
        (*checked.values, *order.values),
    )
