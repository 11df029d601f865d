"""Companies that are found through their contacts.

An e-mail and the digits of a phone are looked for there in any case; a name, a piece of an e-mail
and an external id where no company has the words itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from planhat_tui.model.records import Kind
from planhat_tui.store.asking import Condition, all_of, any_of
from planhat_tui.store.conditions import reads_as
from planhat_tui.store.indexing import is_exact, match

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planhat_tui.store.finding import Search
    from planhat_tui.store.indexing import Typed

_MIN_DIGITS: Final = 4
_MOST_THROUGH: Final = 20_000


def reach_contacts(words: Typed) -> bool:
    """Tell whether one of the words may be an e-mail or a phone number of a contact."""
    return any(map(_finds_contacts, _all_words(words)))


def seeks_people(search: Search) -> bool:
    """Tell whether a search that finds no company by itself may mean somebody there."""
    return (
        search.kind is Kind.COMPANY
        and bool(search.words.readings)
        and not reach_contacts(search.words)
    )


def with_people(search: Search) -> set[int]:
    """Return the companies of contacts who have all words in name, e-mail or external id."""
    called = _called_so(search.words)
    return {
        *search.ask(
            "SELECT row FROM company WHERE id IN (SELECT company_id FROM (SELECT rowid AS number"  # noqa: S608 -- our names
            " FROM contact_text WHERE contact_text MATCH ?) CROSS JOIN contact ON row = number"
            f" WHERE {called.sql} LIMIT ?)",
            (match(search.words.readings), *called.values, _MOST_THROUGH),
        )
    }


def found_through(search: Search) -> set[int]:
    """Return the companies that have each word themselves or in one of their contacts."""
    found: set[int] = set()
    for words in search.words.readings:
        each = [_with_word(search, word) for word in words]
        found |= set.intersection(*each)
    return found


def _with_word(search: Search, word: str) -> set[int]:
    rows = {*_holders(search, Kind.COMPANY, word)}
    if _finds_contacts(word):
        rows |= _employers(search, _holders(search, Kind.CONTACT, word))
    return rows


def _holders(search: Search, kind: Kind, word: str) -> list[int]:
    """Return who has a word; a row is read only where the index tells too little."""
    readings = ((word,),)
    given = f"SELECT rowid AS number FROM {kind}_text WHERE {kind}_text MATCH ? ORDER BY rowid"  # noqa: S608 -- our names
    if is_exact(readings):
        return search.ask(f"{given} LIMIT ?", (match(readings), _MOST_THROUGH))
    check = reads_as(readings)
    return search.ask(
        f"SELECT row FROM ({given}) CROSS JOIN {kind} ON row = number"  # noqa: S608 -- our names
        f" WHERE {check.sql} LIMIT ?",
        (match(readings), *check.values, _MOST_THROUGH),
    )


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
