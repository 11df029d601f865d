"""Text that comes from outside, made fit for a screen and for a search.

Text from the API is hostile: it may hold escape sequences, bidi overrides, characters of no width.
The raw value is kept and sent back untouched; what is shown and searched goes through here first.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
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
MARKED: Final = (
    "\x00-\x1f\x7f-\x9f\ud800-\udfff"
    + "".join(f"{chr(codes.start)}-{chr(codes.stop - 1)}" for codes in _INVISIBLE)
    + _ZERO_WIDTH
    + _BIDI
)
"""What :func:`visible` marks, as it stands within the brackets of a regular expression."""


@cache
def _marks() -> dict[int, str]:
    """Return the marks by code: 7,000, which most runs never need."""
    table = {code: chr(0x2400 + code) for code in range(0x20)}
    table[0x7F] = "\N{SYMBOL FOR DELETE}"
    table |= dict.fromkeys(range(0x80, 0xA0), REPLACEMENT)
    table |= dict.fromkeys(range(0xD800, 0xE000), REPLACEMENT)
    for codes in _INVISIBLE:
        table |= dict.fromkeys(codes, REPLACEMENT)
    table |= dict.fromkeys(map(ord, _ZERO_WIDTH + _BIDI), REPLACEMENT)
    return table


_SELECTORS = (*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_UNSEARCHED: Final[dict[int, None]] = dict.fromkeys((0x200C, 0x200D, *_SELECTORS))


_SLY: Final = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]")
"""What is marked although Unicode calls it printable."""


def visible(text: str) -> str:
    """Replace control, bidi and zero-width characters and lone surrogates by visible marks.

    Joiners (U+200C, U+200D) and variation selectors stay: scripts and emoji need them.
    """
    if text.isascii() and text.isprintable():  # nearly all text
        return text
    return text if _is_plain(text) else text.translate(_marks())


def _is_plain(text: str) -> bool:
    """Tell whether there is nothing to mark, without a look at each character in Python."""
    return text.isprintable() and (text.isascii() or not _SLY.search(text))


def visible_block(text: str) -> str:
    """Do the same, but keep line ends: for text of several lines."""
    lines = text.replace("\r\n", "\n")
    if _is_plain(lines.replace("\n", "")):
        return lines
    return "\n".join(visible(line) for line in lines.split("\n"))


_RAW_ENDS: Final = "\n\r"
_END_SIGNS: Final = "\u240a\u240d"
"""The signs that stand for the ends of lines where there is one line alone."""


def in_one_line(text: str) -> str:
    """Return a text with signs in place of its line breaks; :func:`with_breaks` is the way back."""
    return text.translate(str.maketrans(_RAW_ENDS, _END_SIGNS))


def with_breaks(text: str) -> str:
    """Return a text of one line with line breaks where signs stand for them."""
    return text.translate(str.maketrans(_END_SIGNS, _RAW_ENDS))


FOLD_VERSION: Final = 2
"""To be raised when a text folds to another one than before: what was kept folded is made anew."""

_AS_TYPED: Final[dict[int, int | str]] = {
    **str.maketrans("øłđðħŧı", "olddhti"),
    **{ord(letter): typed for letter, typed in (("þ", "th"), ("æ", "ae"), ("œ", "oe"))},
    **str.maketrans("\u2018\u2019\u02bc\u2032", "''''"),
    **str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------"),
}
"""Letters that Unicode takes for letters of their own, and signs that keyboards lack."""


def fold(text: str) -> str:
    """Return the text as it is searched: without accents and case, blanks single, marks visible.

    Letters such as ø and æ are what one types for them, so are bent quotes and long dashes. Joiners
    and variation selectors, which nobody types, are left out.
    """
    if not text:
        return text
    if text.isascii() and text.isprintable():  # nearly all text
        return " ".join(text.lower().split())
    return " ".join(filter(None, map(_fold_piece, text.split(" "))))


@lru_cache(maxsize=4096)
def _fold_piece(text: str) -> str:
    """Fold what stands between two blanks: nothing in it depends on what is beyond them."""
    folded = visible(text)
    if folded.isascii():  # nothing below could change it further
        return " ".join(folded.lower().split())
    return _fold_any(folded.translate(_UNSEARCHED))


def _fold_any(text: str) -> str:
    folded = text
    for _ in range(3):  # casefold and NFKD disturb each other; it settles at the second turn
        spread = unicodedata.normalize("NFKD", folded.casefold())
        bare = "".join([c for c in spread if c < "\u0300" or not unicodedata.combining(c)])
        bare = bare.translate(_AS_TYPED)
        bare = " ".join(bare.split())
        if bare.isascii():  # a second turn could do no more than this
            return bare.lower()
        if bare == folded:
            break
        folded = bare
    return folded


_SIGNS: Final = re.compile(r"[\W_]+")


def bare(name: str) -> str:
    """Return a name without blanks, signs, accents and case: ``Kick-off`` is ``kickoff``."""
    return _SIGNS.sub("", fold(name))


def nearest(word: str, candidates: Iterable[str]) -> str:
    """Return the candidate that a mistyped word most likely meant; empty if none is near."""
    import difflib

    names = {candidate.casefold(): candidate for candidate in candidates}
    found = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else ""


_ONE_SLIP: Final = 5
_TWO_SLIPS: Final = 9
"""Letters that a name needs, to be taken for one with one slip in it, or with two."""


def but_for_slips(word: str, names: Iterable[str]) -> str:
    """Return the name that a word is but for a slip, or two in a long one; empty if none is."""
    from rapidfuzz.distance import OSA

    slips = 2 if len(word) >= _TWO_SLIPS else int(len(word) >= _ONE_SLIP)
    near = ((OSA.distance(word, name, score_cutoff=slips), name) for name in names)
    distance, name = min(near, default=(slips + 1, ""))
    return name if distance <= slips else ""


def plural(number: int, one: str, many: str = "") -> str:
    """Return ``1 edit``, ``3 edits``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def age(seconds: float) -> str:
    """Return how old something is: ``now``, ``40 s``, ``2 min``, ``3 h``, ``9 d``."""
    if seconds < 5:
        return "now"
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:.0f} d"


def ago(seconds: float) -> str:
    """Return an age for a sentence: ``just now``, ``3 min ago``."""
    told = age(seconds)
    return "just now" if told == "now" else f"{told} ago"
