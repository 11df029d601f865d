"""Text that comes from outside, made fit for a screen and for a search.

Text from the API is hostile: it may hold escape sequences, bidi overrides, characters of no width.
The raw value is kept and sent back untouched; what is shown and searched goes through here first.
"""

from __future__ import annotations

import difflib
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

_ZERO_WIDTH = "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u2060\u2061\u2062\u2063\u2064\ufeff"
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"


def _marks() -> dict[int, str]:
    table = {code: chr(0x2400 + code) for code in range(0x20)}
    table[0x7F] = "\N{SYMBOL FOR DELETE}"
    table |= dict.fromkeys(range(0x80, 0xA0), REPLACEMENT)
    table |= dict.fromkeys(range(0xD800, 0xE000), REPLACEMENT)
    table |= dict.fromkeys(range(0xE0000, 0xE0080), REPLACEMENT)  # tags: invisible text
    table |= dict.fromkeys(map(ord, _ZERO_WIDTH + _BIDI), REPLACEMENT)
    return table


_MARKS: Final = _marks()
_BLOCK_MARKS: Final = {code: mark for code, mark in _MARKS.items() if code != 0x0A}


def visible(text: str) -> str:
    """Replace control, bidi and zero-width characters and lone surrogates by visible marks.

    Joiners (U+200C, U+200D) stay: scripts and emoji need them.
    """
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_MARKS)


def visible_block(text: str) -> str:
    """Do the same, but keep line ends: for text of several lines."""
    return text.replace("\r\n", "\n").translate(_BLOCK_MARKS)


def fold(text: str) -> str:
    """Return the text as it is searched: without accents and case, blanks single, marks visible."""
    folded = visible(text)
    for _ in range(3):  # casefold and NFKD disturb each other; it settles at the second turn
        spread = unicodedata.normalize("NFKD", folded.casefold())
        bare = "".join(c for c in spread if not unicodedata.combining(c))
        bare = " ".join(bare.split())
        if bare == folded:
            break
        folded = bare
    return folded


def nearest(word: str, candidates: Iterable[str]) -> str:
    """Return the candidate that a mistyped word most likely meant; empty if none is near."""
    names = {candidate.casefold(): candidate for candidate in candidates}
    found = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else ""
