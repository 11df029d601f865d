"""What of a record is searched, and how typed words become a look-up in the trigram index.

A search text holds folded words, each after two blanks: so the trigram "two blanks, a" means "a
word starts with a", and "blank, ab" one that starts with ab. Longer pieces are found anywhere.
Scripts without blanks between words get their pairs of letters as words of their own. In front
stand two marks and two letters of the name: "the name starts with".
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from planhat_tui.model.phone import SHARED, dialled
from planhat_tui.model.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Words: TypeAlias = "tuple[str, ...]"

_GRAM: Final = 3
_BLANKS: Final = "  "
_FIRST: Final = "\x01"  # folded text has no control characters
_PART: Final = re.compile(r"\w+")
_SIGNS: Final = bytes(code if _PART.match(chr(code)) else ord(" ") for code in range(256))
"""Blanks for the signs of ASCII: what is between them is what the pattern finds."""
# Taken apart when they're first asked for: that takes longer than most modules.
_UNBROKEN: Final = (
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_PHONE: Final = (
    r"(?<!\S)[+(]{0,2}\d[\d\s()./,_+\u2010-\u2015\u2212-]{2,}\d\)?"
    r"(?:\s*(?:ext|x|#)\.?\s*\d+)?(?!\S)"
)
_MIN_PHONE: Final = 4
_ADDRESS: Final = re.compile(
    r"(?:https?://(?:www\.)?|www\.)([^\s/?#:@]+\.[^\s/?#:@]+)(?:[/?#:]\S*)?"
)

fold_once = lru_cache(maxsize=4096)(fold)
"""The same for what occurs again and again, such as tags."""


class Typed(NamedTuple):
    """Typed words. A record must meet one of the ``readings``; ``name`` is all of it as a name.

    Words that could be a phone number, alone or beside others, have two readings: as they stand,
    and by the digits. So has a web address: as it stands, and by its host.
    """

    name: str
    readings: tuple[Words, ...]

    @property
    def reach_contacts(self) -> bool:
        """Whether one of the words may be an e-mail or a phone number of a contact."""
        return any(finds_contacts(word) for words in self.readings for word in words)


def search_text(name_key: str, rest: Iterable[str]) -> str:
    """Return what a record is found by: the name's words in their order, then everything else once.

    All of it is given folded.
    """
    words, others = name_key.split(), " ".join(rest)
    found = dict.fromkeys(words)
    names = len(found)
    found |= dict.fromkeys(others.split())
    found |= dict.fromkeys(_parts(f"{name_key} {others}", found))
    more = itertools.islice(found, names, None)
    return "  ".join((f"{_FIRST}{_FIRST}{name_key[:2]}", *words, *more))


def typed(words: Iterable[str]) -> Typed:
    """Read typed words; a quoted one with blanks must be found as it is."""
    given = tuple(words)
    folded = tuple(word for word in map(fold, given) if word)
    readings = [_reading(folded)] if folded else []
    whole = "\n".join(word.replace("\n", " ") for word in given)
    dialling = re.sub(_PHONE, _by_digits, whole, flags=re.IGNORECASE)
    if dialling != whole:
        by_digits = _reading(filter(None, map(fold, dialling.split("\n"))))
        if by_digits not in readings:
            readings.append(by_digits)
    hosts = tuple(_ADDRESS.fullmatch(word) for word in folded)
    if any(hosts):
        named = (host[1] if host else word for word, host in zip(folded, hosts, strict=True))
        readings.append(_reading(named))
    return Typed(" ".join(folded), tuple(readings))


def _reading(words: Iterable[str]) -> Words:
    """Return what must be found, as it stands in a search text; what is typed twice, once."""
    return tuple(dict.fromkeys(word.replace(" ", "  ") for word in words))


def _by_digits(found: re.Match[str]) -> str:
    """Return the digits without the zeros that are dialled in front, if enough are typed."""
    number = dialled(found[0])
    bare = number.lstrip("0")
    return bare if len(number) >= _MIN_PHONE and len(bare) >= _GRAM else found[0]


def needle(word: str) -> str:
    """Return what the search text must contain: short words are looked for at word starts."""
    return " " * max(0, _GRAM - len(word)) + word


def is_phrase(word: str) -> bool:
    """Tell whether a word of a reading is several, which must stand in a field side by side.

    A search text holds each word once: it tells which there are, and not which are neighbours.
    """
    return _BLANKS in word


def finds_contacts(word: str) -> bool:
    """Tell whether a word of a reading may be an e-mail or a phone number of a contact."""
    return "@" in word or (word.isdecimal() and len(word) >= _MIN_PHONE)


def may_name_country(word: str) -> bool:
    """Tell whether a word of a reading may be a number whose beginning a record lacks."""
    return len(word) > SHARED and word.isdecimal()


def match(readings: Iterable[Words]) -> str:
    """Return the FTS5 expression for any of the readings.

    It finds all that :func:`needle` finds, and more where :func:`is_exact` is false: the index
    keeps no positions.
    """
    return " OR ".join(
        f"({_all_of(one for word in words for one in _needles(word))})" for words in readings
    )


def _needles(word: str) -> list[str]:
    """Return what the search text must contain; of a phrase, its words: the first by its end."""
    first, *others = word.split(_BLANKS)
    if others:
        return [first, *(f"{_BLANKS}{one}" for one in others)]
    return [word[-SHARED:] if may_name_country(word) else needle(word)]


def match_starts(readings: Iterable[Words]) -> str:
    """Return the expression for records where all words start a word."""
    return " OR ".join(
        f"({_all_of(f'{_BLANKS}{one}' for word in words for one in word.split(_BLANKS))})"
        for words in readings
    )


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
    """Return the expression for records that hold all of these trigrams.

    "A word starts with a" is left out where one that starts with ab is asked for: it says nothing
    more, and its list of rows is the longest of all.
    """
    wanted = dict.fromkeys(grams)
    told = {f" {gram[:2]}" for gram in wanted if gram[0] == " " != gram[1]}
    return " AND ".join('"' + gram.replace('"', '""') + '"' for gram in wanted if gram not in told)


def _all_of(needles: Iterable[str]) -> str:
    return match_grams(gram for text in needles for gram in _grams(text))


def _grams(text: str) -> Iterator[str]:
    return (text[start : start + _GRAM] for start in range(len(text) - _GRAM + 1))


def _parts(text: str, words: Iterable[str]) -> list[str]:
    """Return the parts of a text's words, and the pairs of letters of those without blanks.

    A word of plain letters and digits has no parts of its own: most have none.
    """
    if text.isascii():
        return text.encode().translate(_SIGNS).decode().split()
    odd = " ".join(word for word in words if not (word.isascii() and word.isalnum()))
    found: list[str] = _PART.findall(odd)
    for run in re.findall(_UNBROKEN, odd):
        found += [run[start : start + 2] for start in range(len(run))]
    return found
