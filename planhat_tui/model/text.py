"""Text that comes from outside, made fit for a screen and for a search.

Text from the API is hostile: it may hold escape sequences, bidi overrides, characters of no width.
The raw value is kept and sent back untouched; what is shown and searched goes through here first.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

_ZERO_WIDTH = (
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u2028\u2029"
    "\u2060\u2061\u2062\u2063\u2064\u2065\ufeff"
    "\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # letters that show nothing
)
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"
_INVISIBLE = (
    range(0xFFF0, 0xFFFC),  # annotations, and what is kept free for their like
    range(0x13430, 0x13440),  # how hieroglyphs are stacked
    range(0x1BCA0, 0x1BCA4),  # shorthand
    range(0x1D173, 0x1D17B),  # beams and slurs
    range(0xE0000, 0xE0100),  # tags: invisible text
    range(0xE01F0, 0xE1000),  # kept free for their like
)


def _marks() -> dict[int, str]:
    table = {code: chr(0x2400 + code) for code in range(0x20)}
    table[0x7F] = "\N{SYMBOL FOR DELETE}"
    table |= dict.fromkeys(range(0x80, 0xA0), REPLACEMENT)
    table |= dict.fromkeys(range(0xD800, 0xE000), REPLACEMENT)
    for codes in _INVISIBLE:
        table |= dict.fromkeys(codes, REPLACEMENT)
    table |= dict.fromkeys(map(ord, _ZERO_WIDTH + _BIDI), REPLACEMENT)
    return table


_MARKS: Final = _marks()
_BLOCK_MARKS: Final = {code: mark for code, mark in _MARKS.items() if code != 0x0A}
_SELECTORS = (*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_UNSEARCHED: Final[dict[int, None]] = dict.fromkeys((0x200C, 0x200D, *_SELECTORS))


def visible(text: str) -> str:
    """Replace control, bidi and zero-width characters and lone surrogates by visible marks.

    Joiners (U+200C, U+200D) and variation selectors stay: scripts and emoji need them.
    """
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_MARKS)


def visible_block(text: str) -> str:
    """Do the same, but keep line ends: for text of several lines."""
    return text.replace("\r\n", "\n").translate(_BLOCK_MARKS)


def fold(text: str) -> str:
    """Return the text as it is searched: without accents and case, blanks single, marks visible.

    Joiners and variation selectors, which nobody types, are left out.
    """
    folded = visible(text)
    if folded.isascii():  # nearly all text, and nothing below could change it further
        return " ".join(folded.lower().split())
    return _fold_any(folded.translate(_UNSEARCHED))


def _fold_any(text: str) -> str:
    folded = text
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
    import difflib

    names = {candidate.casefold(): candidate for candidate in candidates}
    found = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else ""
