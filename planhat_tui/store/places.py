"""Row numbers that sort as lists do, so that the first rows of an index are the best ones.

The text index answers in the order of row numbers. With numbers in order of ``arr`` (largest
first) and name, "the first two hundred" can be taken without reading the other hundred thousand.
A place is coarse (``arr`` by its logarithm, a few letters of the name): it decides what is looked
at where there is too much; what was looked at is then sorted exactly.
"""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

    from planhat_tui.model.records import Kind

_SLOT_BITS: Final = 14
_LETTER_BITS: Final = 5
_LETTERS: Final = 4
_STEPS: Final = 0xFFFF
_LARGEST: Final = math.log1p(1e12)


def place(name_key: str, arr: float | None) -> int:
    """Return the place of a record: larger ``arr`` first, none last, then by folded name."""
    size = _STEPS
    if arr is not None:
        share = math.log1p(max(arr, 0.0)) / _LARGEST
        size = round((1 - min(share, 1.0)) * (_STEPS - 1))
    for letter in name_key[:_LETTERS].ljust(_LETTERS):
        size = size << _LETTER_BITS | _ordinal(letter)
    return size


def is_at(row: int, at: int) -> bool:
    """Tell whether a row number belongs to a place."""
    return row >> _SLOT_BITS == at


def free_row(
    connection: sqlite3.Connection, kind: Kind, at: int, record_id: str, given: set[int]
) -> int:
    """Return a number at the place that neither the table nor this batch (``given``) has."""
    row = at << _SLOT_BITS | zlib.crc32(record_id.encode()) >> (32 - _SLOT_BITS)
    taken = f"SELECT 1 FROM {kind} WHERE row = ?"  # noqa: S608 -- our names
    while row in given or connection.execute(taken, (row,)).fetchone():
        row += 1
    given.add(row)
    return row


def _ordinal(letter: str) -> int:
    if letter == " ":
        return 0
    if "a" <= letter <= "z":
        return ord(letter) - ord("a") + 3
    if letter.isascii():
        return 2 if letter.isdecimal() else 1
    return 29 + (letter > "\u0500") + (letter > "\u3000")
