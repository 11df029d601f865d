"""Companies that are found through their contacts.

An e-mail and the digits of a phone are looked for there in any case; a name, alone or with one of
these, a piece of an e-mail and an external id where no company has the words itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.records import Kind
from planhat_tui.store.asking import Condition, all_of, any_of
from planhat_tui.store.conditions import reads_as
from planhat_tui.store.indexing import is_exact, match, needle
from planhat_tui.store.leads import numbered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planhat_tui.store.finding import Search
    from planhat_tui.store.indexing import Typed

ALL: Final = -1
MOST: Final = 1_000
"""For a list that is looked at, no more contacts and companies with a word are read."""
_FEW: Final = 300
"""Of so many companies it's asked whether they have a word, rather than who has it."""
_MIN_DIGITS: Final = 4


class Through(NamedTuple):
    """Row numbers of companies; ``cut``: there may be more of them."""

    rows: set[int]
    cut: bool


def reach_contacts(words: Typed) -> bool:
    """Tell whether one of the words may be an e-mail or a phone number of a contact."""
    return any(map(_finds_contacts, _all_words(words)))


def seeks_people(search: Search) -> bool:
    """Tell whether a search that finds no company by itself may mean somebody there."""
    return search.kind is Kind.COMPANY and bool(search.words.readings)


def with_people(search: Search, most: int) -> Through:
    """Return the companies of contacts who have all words in name, e-mail, external id or phone.

    So many contacts at most are looked at; ``ALL`` of them, if it's asked for.
    """
    called = _called_so(search.words)
    people = search.ask(
        "SELECT number FROM (SELECT rowid AS number FROM contact_text WHERE contact_text MATCH ?)"  # noqa: S608 -- our names
        f" CROSS JOIN contact ON row = number WHERE {called.sql} LIMIT ?",
        (match(search.words.readings), *called.values, _one_more(most)),
    )
    some, cut = _no_more(people, most)
    return Through(_employers(search, some), cut)


def found_through(search: Search, most: int) -> Through:
    """Return the companies that have each word themselves or in one of their contacts.

    Of a word that more than ``most`` have, it is asked of those that have the other words.
    """
    each = [_with_all(search, words, most) for words in search.words.readings]
    rows = set[int]().union(*(one.rows for one in each))
    return Through(rows, any(one.cut for one in each))


def _with_all(search: Search, words: Iterable[str], most: int) -> Through:
    whole: set[int] | None = None
    some: set[int] = set()
    first, left = "", list[str]()
    for word in sorted(words, key=_finds_contacts):  # what is asked of companies alone is fast
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
    asked = all_of([numbered([*rows]), *map(_has, words)])
    return {*search.ask(f"SELECT row FROM company WHERE {asked.sql}", asked.values)}  # noqa: S608 -- our names


def _has(word: str) -> Condition:
    wanted = (needle(word),)
    itself = Condition("instr(company.search, ?)", wanted)
    if not _finds_contacts(word):
        return itself
    theirs = (
        "EXISTS (SELECT 1 FROM contact WHERE company_id = company.id AND instr(contact.search, ?))"
    )
    return any_of([itself, Condition(theirs, wanted)])


def _with_word(search: Search, word: str, most: int) -> Through:
    itself, cut = _no_more(_holders(search, Kind.COMPANY, word, most), most)
    if not _finds_contacts(word):
        return Through({*itself}, cut)
    people, more = _no_more(_holders(search, Kind.CONTACT, word, most), most)
    return Through({*itself, *_employers(search, people)}, cut or more)


def _holders(search: Search, kind: Kind, word: str, most: int) -> list[int]:
    """Return who has a word, up to one more than so many.

    A row is read only where the index tells too little.
    """
    readings = ((word,),)
    given = f"SELECT rowid AS number FROM {kind}_text WHERE {kind}_text MATCH ? ORDER BY rowid"  # noqa: S608 -- our names
    if is_exact(readings):
        return search.ask(f"{given} LIMIT ?", (match(readings), _one_more(most)))
    check = reads_as(readings)
    return search.ask(
        f"SELECT row FROM ({given}) CROSS JOIN {kind} ON row = number"  # noqa: S608 -- our names
        f" WHERE {check.sql} LIMIT ?",
        (match(readings), *check.values, _one_more(most)),
    )


def _one_more(most: int) -> int:
    return ALL if most == ALL else most + 1


def _no_more(rows: Sequence[int], most: int) -> tuple[Sequence[int], bool]:
    """Return so many, and whether there are more."""
    return (rows, False) if most == ALL or len(rows) <= most else (rows[:most], True)


def _employers(search: Search, people: Sequence[int]) -> set[int]:
    return {
        *search.ask(
            "SELECT DISTINCT company.row FROM contact CROSS JOIN company"
            " ON company.id = contact.company_id"
            " WHERE contact.row IN (SELECT value FROM json_each(?))",
            (json.dumps(people),),
        )
    }


def _called_so(words: Typed) -> Condition:
    """Demand that the words stand in what tells who somebody is: not in a title, not in a tag."""
    whole = "name_key || ' ' || email_key || ' ' || external_key || ' ' || digits"
    return any_of(
        all_of(Condition(f"instr({whole}, ?)", (word.replace("  ", " "),)) for word in reading)
        for reading in words.readings
    )


def _finds_contacts(word: str) -> bool:
    return "@" in word or (word.isdecimal() and len(word) >= _MIN_DIGITS)


def _all_words(words: Typed) -> Iterable[str]:
    return (word for reading in words.readings for word in reading)
