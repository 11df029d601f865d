"""The lists of all records in the order of their ids, a board of some hundred records at a time.

A page of a list begins anywhere. Where each board begins is known, so that nobody counts from the
list's beginning; what stands on those that were read lately is kept, joined as it's answered. A
change costs one board, not the list.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

STEP: Final = 250
"""Records of a board."""
MOST_BYTES: Final = 8 * 1024 * 1024
"""What is kept of all boards at most."""

ALL: Final = "g"
"""Behind every id: these are hex digits."""


class Reads(Protocol):
    """Reads the records of a list by their ids. Before all of them is the empty id."""

    def skip(self, after: str, count: int) -> str | None:
        """Return the id of the record so many behind another; ``None`` past the list's end."""
        ...

    def joined(self, after: str, until: str) -> bytes:
        """Return the records behind an id, up to another and with it, joined by commas."""
        ...


@dataclass(slots=True)
class _List:
    """Where its boards begin: after which ids, as far as anybody has asked."""

    begins: list[str] = field(default_factory=lambda: [""])
    boards: dict[int, bytes] = field(default_factory=dict)

    def after(self, place: int, reads: Reads) -> str | None:
        """Return the id before a place of the list; ``None`` if it's shorter."""
        board, rest = divmod(place, STEP)
        while len(self.begins) <= board:
            if (found := reads.skip(self.begins[-1], STEP)) is None:
                return None
            self.begins.append(found)
        return reads.skip(self.begins[board], rest) if rest else self.begins[board]


class Shelves:
    """Such lists by their names. ``others`` tells another value once others have written."""

    def __init__(self, others: Callable[[], Hashable]) -> None:
        self._others = others
        self._seen: Hashable = None
        self._lists: defaultdict[Hashable, _List] = defaultdict(_List)
        self._size = 0

    def page(self, name: Hashable, offset: int, limit: int, reads: Reads) -> bytes:
        """Return ``limit`` records of a list, from a place on, joined by commas."""
        if (now := self._others()) != self._seen:
            self.forget()
            self._seen = now
        known = self._lists[name]
        if not limit or (start := known.after(offset, reads)) is None:
            return b""
        end = known.after(offset + limit, reads) or ALL
        first, last = -(-offset // STEP), min((offset + limit) // STEP, len(known.begins) - 1)
        if first >= last:
            return reads.joined(start, end)
        pieces = [
            reads.joined(start, known.begins[first]),
            *(self._board(known, number, reads) for number in range(first, last)),
            reads.joined(known.begins[last], end),
        ]
        return b",".join(piece for piece in pieces if piece)

    def changed(self, name: Hashable, record_id: str) -> None:
        """Forget the board of a record that stays where it is."""
        if name in self._lists:
            known = self._lists[name]
            self._drop(known, bisect_left(known.begins, record_id) - 1)

    def moved(self, name: Hashable, record_id: str) -> None:
        """Forget what stands behind a record that was made or deleted."""
        if name in self._lists:
            known = self._lists[name]
            del known.begins[bisect_left(known.begins, record_id) :]
            for number in [one for one in known.boards if one >= len(known.begins) - 1]:
                self._drop(known, number)

    def forget(self) -> None:
        """Forget all of it."""
        self._lists.clear()
        self._size = 0

    def _board(self, known: _List, number: int, reads: Reads) -> bytes:
        kept = known.boards.get(number)
        if kept is None:
            kept = reads.joined(*known.begins[number : number + 2])
            if self._size + len(kept) > MOST_BYTES:
                for one in self._lists.values():
                    one.boards.clear()
                self._size = 0
            known.boards[number] = kept
            self._size += len(kept)
        return kept

    def _drop(self, known: _List, number: int) -> None:
        self._size -= len(known.boards.pop(number, b""))
