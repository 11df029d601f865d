"""Numbers as people type them, with a comma or a point. Pure.

A number of the API has a point, and so does what we show; ``0,5``, ``1 200,50`` and ``1.200,50``
are as clear. ``1,200`` is not: that is 1200 to one half of Europe and 1.2 to the other, and a wrong
guess is a wrong number in Planhat. So it's asked. ``1.200`` is the API's own way to write 1.2, on
which scripts and files rely; so it's read as that, and who types it is told (:func:`taken_for`).
"""

from __future__ import annotations

import re
from typing import Final

from planhat_tui.errors import InputError

PLAIN: Final = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"
"""A number as the API has it."""

_BLANKS: Final = " \u00a0\u202f\u2009'\u2019"
"""What parts thousands and can't be taken for anything else."""

_SHAPES: Final = (
    (rf"[+-]?\d{{1,3}}(?:[{_BLANKS}]\d{{3}})+(?:[.,]\d+)?", _BLANKS),
    (r"[+-]?\d{1,3}(?:,\d{3})+\.\d+", ","),
    (r"[+-]?\d{1,3}(?:\.\d{3})+,\d+", "."),
    (r"[+-]?\d{1,3}(?:,\d{3}){2,}", ","),
    (r"[+-]?\d{1,3}(?:\.\d{3}){2,}", "."),
    (r"[+-]?\d*,\d+", ""),
)
"""How a number can be written, and what parts its thousands there."""

_EITHER: Final = r"[+-]?[1-9]\d{0,2},\d{3}"
_POINTED: Final = r"[+-]?[1-9]\d{0,2}\.\d{3}"


def plain(text: str) -> str:
    """Return a number as the API writes it; what is no number comes back as it is.

    Raises :class:`InputError` for one that means two numbers.
    """
    word = text.strip()
    if re.fullmatch(PLAIN, word, re.ASCII):
        return word
    if re.fullmatch(_EITHER, word, re.ASCII):
        whole, point = word.replace(",", ""), word.replace(",", ".")
        raise InputError(f"{word} may be {whole} or {point}.", f"Type {whole} or {point}.")
    for shape, parting in _SHAPES:
        if re.fullmatch(shape, word, re.ASCII):
            return "".join(one for one in word if one not in parting).replace(",", ".")
    return text


def told_fraction(text: str) -> str:
    """Return what is told of a number with a point that many read as thousands; else empty."""
    other = taken_for(text)
    return f"{text.strip()} is read as a fraction; {other} is typed without a point." * bool(other)


def taken_for(text: str) -> str:
    """Return the number that many mean by one with a point: 1234 by ``1.234``; else empty."""
    word = text.strip()
    return word.replace(".", "") if re.fullmatch(_POINTED, word, re.ASCII) else ""
