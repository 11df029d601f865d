"""What of a record is searched, and how typed words become a look-up in the trigram index.

A search text holds folded words, each after two blanks: so the trigram "two blanks, a" means "a
word starts with a", and "blank, ab" one that starts with ab. Longer pieces are found anywhere.
Scripts without blanks between words get their pairs of letters as words of their own. In front
stand two marks and two letters of the name: "the name starts with".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from planhat_tui.model.phone import dialled
from planhat_tui.model.records import text_of, texts_of
from planhat_tui.model.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planhat_tui.model.records import Company, Contact

Words: TypeAlias = "tuple[str, ...]"

_GRAM: Final = 3
_FIRST: Final = "\x01"  # folded text has no control characters
_PART: Final = re.compile(r"\w+")
_UNBROKEN: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_PHONE: Final = re.compile(r"[+(]?\d[\d\s()./-]{2,}\d")
_MIN_PHONE: Final = 4

fold_once = lru_cache(maxsize=4096)(fold)
"""The same for what occurs again and again, such as tags."""


class Typed(NamedTuple):
    """Typed words. A record must meet one of the ``readings``; ``name`` is all of it as a name.

    A query that could be a phone number has two readings: as it stands, and by its digits.
    """

    name: str
    readings: tuple[Words, ...]


def company_text(company: Company, name_key: str) -> str:
    """Return what a company is found by: name, slug, external id, domains, tags, its own phone."""
    phone = dialled(text_of(company.raw, "phone"))
    rest = (company.slug, company.external_id, *company.domains, *company.tags, phone)
    return search_text(name_key, rest)


def contact_text(contact: Contact, name_key: str) -> str:
    """Return what a contact is found by: name, e-mails, digits of the phone, and so on."""
    rest = (contact.email, dialled(contact.phone), contact.external_id, contact.position)
    return search_text(name_key, (*rest, *contact.tags, *texts_of(contact.raw, "otherEmails")))


def search_text(name_key: str, rest: Iterable[str]) -> str:
    """Return the text of a record: the name's words in their order, then everything else once."""
    words = name_key.split()
    more = dict.fromkeys(fold(" ".join(rest)).split())
    parts = [part for word in (*words, *more) for part in _parts(word)]
    known = set(words)
    extra = (word for word in dict.fromkeys((*more, *parts)) if word not in known)
    return "".join([_FIRST, _FIRST, name_key[:2], *(f"  {word}" for word in (*words, *extra))])


def typed(words: Iterable[str]) -> Typed:
    """Read typed words; a quoted one with blanks must be found as it is."""
    given = tuple(words)
    folded = tuple(word for word in map(fold, given) if word)
    readings = [tuple(word.replace(" ", "  ") for word in folded)] if folded else []
    whole = " ".join(given)
    if _PHONE.fullmatch(whole):
        number = dialled(whole).lstrip("0")
        if len(number) >= _MIN_PHONE and (number,) not in readings:
            readings.append((number,))
    return Typed(" ".join(folded), tuple(readings))


def needle(word: str) -> str:
    """Return what the search text must contain: short words are looked for at word starts."""
    return " " * max(0, _GRAM - len(word)) + word


def match(readings: Iterable[Words]) -> str:
    """Return the FTS5 expression for any of the readings.

    It finds all that :func:`needle` finds, and more where :func:`is_exact` is false: the index
    keeps no positions.
    """
    return " OR ".join(f"({_all_of(map(needle, words))})" for words in readings)


def match_starts(readings: Iterable[Words]) -> str:
    """Return the expression for records where all words start a word."""
    return " OR ".join(f"({_all_of(f'  {word}' for word in words)})" for words in readings)


def match_name(name: str) -> str:
    """Return the expression for names that start so; of a long name, only a part is looked at."""
    first = f"{_FIRST}{_FIRST}{name[:1]}" if len(name) == 1 else f"{_FIRST}{name[:2]}"
    return _all_of([first, *(f"  {word}" for word in name.split(" ") if word)])


def is_exact(readings: Iterable[Words]) -> bool:
    """Tell whether the expression finds nothing but what is wanted: no word has two trigrams."""
    return all(len(word) <= _GRAM for words in readings for word in words)


def start_grams(word: str) -> list[str]:
    """Return the trigrams of a word in their order, those that say where it starts first."""
    return list(_grams(f"  {word}"))


def match_grams(grams: Iterable[str]) -> str:
    """Return the expression for records that hold all of these trigrams."""
    return " AND ".join('"' + gram.replace('"', '""') + '"' for gram in dict.fromkeys(grams))


def _all_of(needles: Iterable[str]) -> str:
    return match_grams(gram for text in needles for gram in _grams(text))


def _grams(text: str) -> Iterator[str]:
    return (text[start : start + _GRAM] for start in range(len(text) - _GRAM + 1))


def _parts(word: str) -> Iterator[str]:
    if word.isascii() and word.isalnum():
        return
    for part in _PART.findall(word):
        if part != word:
            yield part
    for run in _UNBROKEN.findall(word):
        for start in range(len(run)):
            yield run[start : start + 2]
