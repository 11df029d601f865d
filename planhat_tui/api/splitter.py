"""The tolerant way to part a JSON list into its records.

One NaN, one lone surrogate or one deep nest makes a strict decoder refuse the whole page. This one
looks at nothing but strings, brackets and commas, so that a bad record stays alone with its fault.
"""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{},]', re.DOTALL)
_CLOSES: Final = {b"]": b"[", b"}": b"{"}


class BrokenListError(Exception):
    """The text isn't one whole list."""


class TooManyError(Exception):
    """The list has more records than anybody wants."""


def split_list(text: bytes, most: int) -> list[bytes]:
    """Return the records of a JSON list, each as its own text, without judging them.

    ``text`` starts with ``[``. Raises :class:`BrokenListError` where the brackets don't match, a
    string doesn't end, or something follows the list, and :class:`TooManyError` beyond ``most``
    records.
    """
    pieces: list[bytes] = []
    nest: list[bytes] = []
    start = 1
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in b"[{":
            nest.append(mark)
        elif mark in _CLOSES:
            if not nest or nest.pop() != _CLOSES[mark]:
                raise BrokenListError
            if not nest:
                return _finish(pieces, text[start : token.start()], text[token.end() :])
        elif mark == b"," and len(nest) == 1:
            pieces.append(text[start : token.start()].strip())
            start = token.end()
            if len(pieces) >= most:
                raise TooManyError
        elif mark == b'"':
            raise BrokenListError
    raise BrokenListError


def _finish(pieces: list[bytes], last: bytes, rest: bytes) -> list[bytes]:
    if rest.strip():
        raise BrokenListError
    if last.strip() or pieces:
        pieces.append(last.strip())
    return pieces
