"""What of a record is searched, and how a typed word becomes a look-up in the trigram index.

A search text holds folded words, each after two blanks: so the trigram "two blanks, a" means "a
word starts with a", and "blank, ab" one that starts with ab. Longer words are found anywhere.
Scripts without blanks between words (CJK) get their bigrams as words of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from planhat_tui.model.phone import digits
from planhat_tui.model.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planhat_tui.model.records import Company, Contact

_GRAM: Final = 3
_PART = re.compile(r"\w+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_PHONE = re.compile(r"[+(]?[\d\s()./-]{4,}")


def company_text(company: Company) -> str:
    """Return what a company is found by: name, slug, external id, domains, id, tags."""
    rest = (company.slug, company.external_id, *company.domains, *company.tags)
    return search_text(company.name, rest)


def contact_text(contact: Contact) -> str:
    """Return what a contact is found by: name, e-mail, phone digits, external id, and so on."""
    rest = (contact.email, digits(contact.phone), contact.external_id, contact.position)
    return search_text(contact.name, (*rest, *contact.tags))


def search_text(name: str, rest: Iterable[str]) -> str:
    """Return the text of a record: the name's words in their order, then everything else once."""
    words = fold(name).split()
    more: dict[str, None] = {}
    for word in words:
        more.update(dict.fromkeys(_parts(word)))
    for text in rest:
        for word in fold(text).split():
            more[word] = None
            more.update(dict.fromkeys(_parts(word)))
    return "".join(f"  {word}" for word in [*words, *(w for w in more if w not in words)])


def typed_words(words: Iterable[str]) -> tuple[str, ...]:
    """Return typed words as they are looked up; one typed phone number is one word of digits."""
    whole = " ".join(words)
    if _PHONE.fullmatch(whole):
        number = digits(whole).lstrip("0")
        return (number,) if number else ()
    folded = (fold(word).replace(" ", "  ") for word in words)
    return tuple(word for word in folded if word)


def match(words: Iterable[str]) -> str:
    """Return the FTS5 expression that all words must meet (a superset: see :func:`verify`)."""
    grams = dict.fromkeys(gram for word in words for gram in _grams(word))
    return " AND ".join('"' + gram.replace('"', '""') + '"' for gram in grams)


def verify(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words that the text must contain besides: the index keeps no positions."""
    return tuple(word for word in words if len(word) > _GRAM)


def _grams(word: str) -> Iterator[str]:
    if len(word) < _GRAM:
        yield " " * (_GRAM - len(word)) + word
    for start in range(len(word) - _GRAM + 1):
        yield word[start : start + _GRAM]


def _parts(word: str) -> Iterator[str]:
    for part in _PART.findall(word):
        if part != word:
            yield part
    for run in _CJK.findall(word):
        for start in range(len(run)):
            yield run[start : start + 2]
