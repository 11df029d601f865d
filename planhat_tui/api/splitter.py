"""The tolerant way to part a JSON list into its records, as it comes.

One NaN, one lone surrogate or one deep nest makes a strict decoder refuse the whole page. This one
looks at nothing but strings, brackets and the commas between records, so that a bad record stays
alone with its fault. Where such a comma is spoilt, the next record begins with its bracket. It
holds no more of the list than the record that isn't whole yet.
"""

from __future__ import annotations

import re
from typing import Final

_STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_AT_THE_TOP: Final = re.compile(rb'(?:[^"\[\]{},]++|' + _STRING + rb")*+([\[\]{},])", re.DOTALL)
_INSIDE: Final = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+([\[\]{}])", re.DOTALL)
_OPENS: Final = frozenset({b"[", b"{"})
_CLOSES: Final = {b"]": b"[", b"}": b"{"}

STEPS: Final = 8
"""Brackets, and commas between records, for each record that is wanted at most: looking at them
takes some seconds in all. No list of Planhat's comes near."""
LONGEST: Final = 16 * 1024 * 1024
"""Bytes of a record that isn't whole yet; four times what is kept of one."""
_LEAST: Final = 64 * 1024
"""Bytes that are looked through at once. What isn't whole is looked through again, so that as much
as it has must have come since: a long record isn't looked at more than twice."""


class BrokenListError(Exception):
    """The text isn't one whole list."""


class TooManyError(Exception):
    """The list has more in it than anybody wants."""


class Splitter:
    """Parts one JSON list of up to ``most`` records, whose text begins with ``[``.

    Its methods raise :class:`BrokenListError` where the brackets don't match, a string doesn't end,
    or something follows the list, and :class:`TooManyError` beyond ``most`` records, beyond
    :data:`STEPS` times as many steps, and where more than :data:`LONGEST` has come of a record.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._steps_left = STEPS * most
        self._found = 0
        self._new: list[bytes] = []
        self._new_size = 0
        self._text = b""
        self._start = self._place = 1  # behind the list's own bracket
        self._nest = [b"["]
        self._is_whole = False

    def feed(self, piece: bytes) -> list[bytes]:
        """Take more of the list; the records that are whole by now, without judging them."""
        self._new.append(piece)
        self._new_size += len(piece)
        return self._go_on() if self._new_size >= max(_LEAST, len(self._text)) else []

    def finish(self) -> list[bytes]:
        """Return the last records: the list is at its end."""
        pieces = self._go_on()
        if self._nest:
            raise BrokenListError
        return pieces

    def _go_on(self) -> list[bytes]:
        text = self._joined()
        pieces: list[bytes] = []
        while self._nest:
            pattern = _AT_THE_TOP if len(self._nest) == 1 else _INSIDE
            found = pattern.match(text, self._place)
            if found is None:
                break
            self._step(text, found[1], found.end(), pieces)
        if self._nest:
            rest = text[self._start :]
            self._place -= self._start
            self._text = rest if self._place else rest.lstrip()  # blanks before a record are none
            self._start = 0
            if len(self._text) > LONGEST:
                raise TooManyError
        elif text[self._place :].strip():
            raise BrokenListError
        else:
            self._text, self._place = b"", 0
        return pieces

    def _joined(self) -> bytes:
        """Return what isn't looked through yet; without a copy, if it came in one piece."""
        text = self._new[0] if len(self._new) == 1 and not self._text else b""
        text = text or b"".join([self._text, *self._new])
        self._new, self._new_size, self._text = [], 0, b""
        return text

    def _step(self, text: bytes, mark: bytes, place: int, pieces: list[bytes]) -> None:
        """Go on behind a bracket, or a comma between records."""
        self._steps_left -= 1
        if self._steps_left < 0:
            raise TooManyError
        self._place = place
        if mark == b"," or (self._is_whole and mark in _OPENS):
            self._take(text[self._start : place - 1], pieces)
            self._start = place if mark == b"," else place - 1
            if self._found >= self._most:
                raise TooManyError
        if mark in _OPENS:
            self._nest.append(mark)
        elif mark in _CLOSES and self._nest.pop() != _CLOSES[mark]:
            raise BrokenListError
        if not self._nest:
            last = text[self._start : place - 1]
            if last.strip() or self._found:
                self._take(last, pieces)
        self._is_whole = mark in _CLOSES and len(self._nest) == 1

    def _take(self, piece: bytes, pieces: list[bytes]) -> None:
        pieces.append(piece.strip())
        self._found += 1


def split_list(text: bytes, most: int) -> list[bytes]:
    """Return the records of a whole list at once, as :class:`Splitter` does."""
    splitter = Splitter(most)
    pieces = splitter.feed(text)
    return pieces + splitter.finish()
