"""Row numbers that sort as lists do, so that the first rows of an index are the best ones.

The text index answers in the order of row numbers. With numbers in order of ``arr`` (largest
first) and name, "the first two hundred" can be taken without reading the other hundred thousand.
A place is coarse (``arr`` by its logarithm, how the name begins): it decides what is looked at
where there is too much; what was looked at is then sorted exactly. Numbers are no longer than that
takes, since the indexes keep the distance from each row to the next one: with 50 bits instead of 35
they were larger by a half.
"""

from __future__ import annotations

import itertools
import json
import math
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from planhat_tui.model.records import Kind

_SLOT_BITS: Final = 10
_LETTER_BITS: Final = 5
_LETTERS: Final = 3
_NAME_BITS: Final = _LETTER_BITS * _LETTERS
_FIRST_OF_OTHERS: Final = 0x80
_SCRIPTS: Final = ((31, 0x3000, 6), (30, 0x500, 4), (29, _FIRST_OF_OTHERS, 0))
"""Scripts from a character on: their order among letters, and how coarse theirs is."""
_MOST_LETTERS: Final = (1 << 2 * _LETTER_BITS) - 1
_STEPS: Final = 0x3FF
_LARGEST: Final = math.log1p(1e12)
_TRIES: Final = 4
"""So often a number is drawn in the slots of a place before twice as many are tried."""
_MOST_TRIES: Final = 48
"""With so many, four million records at one place find room."""
_MOST_PLACES: Final = 1 << (_MOST_TRIES - 1) // _TRIES
"""A place and those behind it among which the last of these draw."""


def place(name_key: str, arr: float | None) -> int:
    """Return the place of a record: larger ``arr`` first, none last, then by folded name."""
    size = _STEPS
    if arr is not None:
        share = math.log1p(max(arr, 0.0)) / _LARGEST
        size = round((1 - min(share, 1.0)) * (_STEPS - 1))
    return size << _NAME_BITS | _beginning(name_key)


def is_at(row: int, at: int, record_id: str) -> bool:
    """Tell whether a row number is one that the record may have at a place."""
    beyond = (row >> _SLOT_BITS) - at
    if not 0 < beyond < _MOST_PLACES:
        return not beyond
    return row in itertools.islice(_numbers(at, record_id), _MOST_TRIES)


def free_rows(
    connection: sqlite3.Connection, kind: Kind, places: Mapping[str, int]
) -> dict[str, int]:
    """Return numbers for records, by id, at their places, that no other row has."""
    first = {one: next(_numbers(at, one)) for one, at in places.items()}
    wanted = f"SELECT row FROM {kind} WHERE row IN (SELECT value FROM json_each(?))"  # noqa: S608 -- our names
    taken = {row for (row,) in connection.execute(wanted, (json.dumps(list(first.values())),))}
    is_taken = f"SELECT 1 FROM {kind} WHERE row = ?"  # noqa: S608 -- our names
    found: dict[str, int] = {}
    for one, row in first.items():
        free = row
        if free in taken:
            free = next(
                other
                for other in itertools.islice(_numbers(places[one], one), 1, None)
                if other not in taken and not connection.execute(is_taken, (other,)).fetchone()
            )
        found[one] = free
        taken.add(free)
    return found


def _numbers(at: int, record_id: str) -> Iterator[int]:
    """Give the numbers of a record at a place, the first one first.

    Where a place is full (all of a script that has hardly any letters, all without ``arr``), the
    next ones are drawn from ever more slots, of the places behind it too.
    """
    for attempt in itertools.count():
        slots = 1 << _SLOT_BITS + attempt // _TRIES
        drawn = zlib.crc32(f"{record_id}{attempt or ''}".encode())
        yield (at << _SLOT_BITS) + (drawn * slots >> 32)


def _beginning(name_key: str) -> int:
    """Return the order of a name by how it begins: three letters, or one of another script."""
    first = ord(name_key[:1] or " ")
    if first >= _FIRST_OF_OTHERS:
        script, start, shift = next(one for one in _SCRIPTS if first >= one[1])
        return script << 2 * _LETTER_BITS | min(first - start >> shift, _MOST_LETTERS)
    value = 0
    for letter in name_key[:_LETTERS].ljust(_LETTERS):
        value = value << _LETTER_BITS | _ordinal(letter)
    return value


def _ordinal(letter: str) -> int:
    if letter == " ":
        return 0
    if "a" <= letter <= "z":
        return ord(letter) - ord("a") + 3
    if letter.isascii():
        return 2 if letter.isdecimal() else 1
    return 29
