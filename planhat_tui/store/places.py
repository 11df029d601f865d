"""Row numbers that sort as lists do, so that the first rows of an index are the best ones.

The text index answers in the order of row numbers. With numbers in order of ``arr`` (largest
first) and name, "the first two hundred" can be taken without reading the other hundred thousand.
A place is coarse (``arr`` by its logarithm, a few letters of the name): it decides what is looked
at where there is too much; what was looked at is then sorted exactly.
"""

from __future__ import annotations

import json
import math
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

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


def free_rows(
    connection: sqlite3.Connection, kind: Kind, places: Mapping[str, int]
) -> dict[str, int]:
    """Return numbers for records, by id, at their places, that no other row has."""
    first = {
        one: at << _SLOT_BITS | zlib.crc32(one.encode()) >> (32 - _SLOT_BITS)
        for one, at in places.items()
    }
    wanted = f"SELECT row FROM {kind} WHERE row IN (SELECT value FROM json_each(?))"  # noqa: S608 -- our names
    taken = {row for (row,) in connection.execute(wanted, (json.dumps(list(first.values())),))}
    is_taken = f"SELECT 1 FROM {kind} WHERE row = ?"  # noqa: S608 -- our names
    found: dict[str, int] = {}
    for one, row in first.items():
        free = row
        while free in taken or (free > row and connection.execute(is_taken, (free,)).fetchone()):
            free += 1
        found[one] = free
        taken.add(free)
    return found


def _ordinal(letter: str) -> int:
    if letter == " ":
        return 0
    if "a" <= letter <= "z":
        return ord(letter) - ord("a") + 3
    if letter.isascii():
        return 2 if letter.isdecimal() else 1
    return 29 + (letter > "\u0500") + (letter > "\u3000")
