"""Companies that are found through their contacts.

An e-mail and the digits of a phone are looked for there in any case; a name, alone or with one of
these, a piece of an e-mail, an external id and a tag where no company has the words itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from planhat_tui.model.records import Kind
from planhat_tui.store.asking import ALWAYS, Condition, all_of, any_of
from planhat_tui.store.conditions import (
    ends_number,
    has_or_somebody_there,
    have_or_employ,
    in_one_field,
    reads_as,
    somebody_there,
)
from planhat_tui.store.indexing import finds_contacts, is_exact, match
from planhat_tui.store.leads import numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from planhat_tui.store.finding import Search
    from planhat_tui.store.indexing import Typed

One = TypeVar("One")

ALL: Final = -1
MOST: Final = 1_000
"""For a list that is looked at, no more contacts and companies with a word are read."""
_FEW: Final = 300
"""Of so many companies it's asked whether they have a word, rather than who has it."""

_WHO: Final = ("name_key", "email_key", "external_key", "digits")
"""What tells who somebody is, besides tags: not the title."""


class Through(NamedTuple):
    """Row numbers of companies; ``cut``: there may be more of them."""

    rows: set[int]
    cut: bool


class Way(NamedTuple):
    """How companies are found through contacts: their rows, and what each of them meets."""

    rows: Callable[[Search, int], Through]
    is_met: Callable[[Typed], Condition]


def seeks_people(search: Search) -> bool:
    """Tell whether a search that finds no company by itself may mean somebody there."""
    return search.kind is Kind.COMPANY and bool(search.words.readings)


def with_people(search: Search, most: int) -> Through:
    """Return the companies of contacts who have all words in what tells who they are.

    So many contacts at most are looked at; ``ALL`` of them, if it's asked for.
    """
    called = _called_so(search.words)
    theirs = _employers(search, match(search.words.readings), called, most)
    some, cut = _no_more(theirs, most)
    return Through(_numbers(search, some), cut)


def found_through(search: Search, most: int) -> Through:
    """Return the companies that have each word themselves or in one of their contacts.

    Of a word that more than ``most`` have, it is asked of those that have the other words.
    """
    each = [_with_all(search, words, most) for words in search.words.readings]
    rows = set[int]().union(*(one.rows for one in each))
    return Through(rows, any(one.cut for one in each))


OWN_OR_THEIRS: Final = Way(found_through, lambda words: have_or_employ(words.readings))
PEOPLE: Final = Way(with_people, lambda words: somebody_there(_called_so(words)))


def _with_all(search: Search, words: Iterable[str], most: int) -> Through:
    whole: set[int] | None = None
    some: set[int] = set()
    first, left = "", list[str]()
    for word in sorted(words, key=finds_contacts):  # what is asked of companies alone is fast
        if whole is not None and len(whole) <= _FEW:
            left.append(word)
            continue
        found = _with_word(search, word, most)
        if not found.cut:
            whole = found.rows if whole is None else whole & found.rows
        elif whole is None and not some:
            some, first = found.rows, word
        else:
            left.append(word)
    if whole is None:
        return Through(_that_have(search, some, left), cut=True)
    return Through(_that_have(search, whole, [*left, first] if some else left), cut=False)


def _that_have(search: Search, rows: set[int], words: Sequence[str]) -> set[int]:
    if not rows or not words:
        return rows
    asked = all_of([numbered([*rows]), *map(has_or_somebody_there, words)])
    return {*search.ask(f"SELECT row FROM company WHERE {asked.sql}", asked.values)}  # noqa: S608 -- our names


def _with_word(search: Search, word: str, most: int) -> Through:
    readings = ((word,),)
    exact = is_exact(readings)
    check = ALWAYS if exact else reads_as(Kind.COMPANY, readings)
    itself, cut = _no_more(_companies(search, match(readings), check, most), most)
    if not finds_contacts(word):
        return Through({*itself}, cut)
    check = ALWAYS if exact else reads_as(Kind.CONTACT, readings)
    theirs, more = _no_more(_employers(search, match(readings), check, most), most)
    return Through({*itself, *_numbers(search, theirs)}, cut or more)


def _companies(search: Search, expression: str, check: Condition, most: int) -> list[int]:
    """Return the companies that have a word, up to one more than so many.

    A row is read only where the index tells too little.
    """
    given = "SELECT rowid AS number FROM company_text WHERE company_text MATCH ? ORDER BY rowid"
    if check == ALWAYS:
        return search.ask(f"{given} LIMIT ?", (expression, _one_more(most)))
    return search.ask(
        f"SELECT row FROM ({given}) CROSS JOIN company ON row = number"  # noqa: S608 -- our names
        f" WHERE {check.sql} LIMIT ?",
        (expression, *check.values, _one_more(most)),
    )


def _employers(search: Search, expression: str, check: Condition, most: int) -> list[str]:
    """Return the ids of the companies of contacts whom the index gives and who meet a condition.

    One for each contact, up to one more than so many.
    """
    rows = search.asking.connection.execute(
        "SELECT company_id FROM (SELECT rowid AS number FROM contact_text"  # noqa: S608 -- our names
        " WHERE contact_text MATCH ? ORDER BY rowid) CROSS JOIN contact ON row = number"
        f" WHERE {check.sql} LIMIT ?",
        (expression, *check.values, _one_more(most)),
    )
    return [company_id for (company_id,) in rows]


def _numbers(search: Search, ids: Sequence[str]) -> set[int]:
    known = json.dumps([*dict.fromkeys(ids)])
    return {
        *search.ask(
            "SELECT row FROM company WHERE id IN (SELECT value FROM json_each(?))", (known,)
        )
    }


def _one_more(most: int) -> int:
    return ALL if most == ALL else most + 1


def _no_more(found: Sequence[One], most: int) -> tuple[Sequence[One], bool]:
    """Return so many, and whether there are more."""
    return (found, False) if most == ALL or len(found) <= most else (found[:most], True)


def _called_so(words: Typed) -> Condition:
    """Demand that the words stand in name, e-mail, external id, phone or tags: not in a title."""
    return any_of(all_of(map(_tells_who, reading)) for reading in words.readings)


def _tells_who(word: str) -> Condition:
    itself = in_one_field(Kind.CONTACT, _WHO, word.replace("  ", " "))
    return any_of([itself, *ends_number("contact.digits", word)])
