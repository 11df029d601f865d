"""The tolerant way to part a JSON list into its records.

One NaN, one lone surrogate or one deep nest makes a strict decoder refuse the whole page. This one
looks at nothing but strings, brackets and the commas between records, so that a bad record stays
alone with its fault. Where such a comma is spoilt, the next record begins with its bracket.
"""

from __future__ import annotations

import re
from typing import Final

_STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_AT_THE_TOP: Final = re.compile(rb'(?:[^"\[\]{},]++|' + _STRING + rb")*+([\[\]{},])", re.DOTALL)
_INSIDE: Final = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+([\[\]{}])", re.DOTALL)
_OPENS: Final = frozenset({b"[", b"{"})
_CLOSES: Final = {b"]": b"[", b"}": b"{"}

MAX_STEPS: Final = 4_000_000
"""Brackets, and commas between records: some seconds. No page of Planhat's comes near."""


class BrokenListError(Exception):
    """The text isn't one whole list."""


class TooManyError(Exception):
    """The list has more in it than anybody wants."""


def split_list(text: bytes, most: int) -> list[bytes]:
    """Return the records of a JSON list, each as its own text, without judging them.

    ``text`` starts with ``[``. Raises :class:`BrokenListError` where the brackets don't match, a
    string doesn't end, or something follows the list, and :class:`TooManyError` beyond ``most``
    records, or :data:`MAX_STEPS`.
    """
    pieces: list[bytes] = []
    nest = [b"["]
    start = place = 1
    is_whole = False
    for _ in range(MAX_STEPS):
        found = (_AT_THE_TOP if len(nest) == 1 else _INSIDE).match(text, place)
        if found is None:
            raise BrokenListError
        mark, place = found[1], found.end()
        if mark == b"," or (is_whole and mark in _OPENS):
            pieces.append(text[start : place - 1].strip())
            start = place if mark == b"," else place - 1
            if len(pieces) >= most:
                raise TooManyError
        if mark in _OPENS:
            nest.append(mark)
        elif mark in _CLOSES and nest.pop() != _CLOSES[mark]:
            raise BrokenListError
        if not nest:
            return _finish(pieces, text[start : place - 1], text[place:])
        is_whole = mark in _CLOSES and len(nest) == 1
    raise TooManyError


def _finish(pieces: list[bytes], last: bytes, rest: bytes) -> list[bytes]:
    if rest.strip():
        raise BrokenListError
    if last.strip() or pieces:
        pieces.append(last.strip())
    return pieces
