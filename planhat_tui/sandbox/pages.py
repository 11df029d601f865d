"""Pages that were asked for lately, as they were answered, for as long as nothing is written.

Whoever learns or tests asks for the same page over and over; walking its rows costs more than all
the rest of a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

MOST_BYTES: Final = 8 * 1024 * 1024
"""What is kept at most. A page that is larger is read each time."""
_MOST_KEYS: Final = 1000


class Pages:
    """``mark`` tells another value once anything was written, by whatever process."""

    def __init__(self, mark: Callable[[], Hashable]) -> None:
        self._mark = mark
        self._seen: Hashable = None
        self._kept: dict[Hashable, bytes] = {}
        self._size = 0

    def get(self, key: Hashable, read: Callable[[], bytes]) -> bytes:
        """Return the page that is kept under ``key``, or what ``read`` returns.

        It's kept from the second time on: a list that is read page by page is asked for once, and
        memory that is free for the next page is near at hand.
        """
        if (now := self._mark()) != self._seen:
            self._forget()
            self._seen = now
        if kept := self._kept.get(key):
            return kept
        page = read()
        if key not in self._kept:
            if len(self._kept) == _MOST_KEYS:
                self._forget()
            self._kept[key] = b""
        elif len(page) <= MOST_BYTES:
            if self._size + len(page) > MOST_BYTES:
                self._forget()
            self._kept[key] = page
            self._size += len(page)
        return page

    def _forget(self) -> None:
        self._kept.clear()
        self._size = 0
