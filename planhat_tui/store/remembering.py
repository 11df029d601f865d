"""When something last happened to each record, as long as the file that tells it stays the same."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planhat_tui.model.records import Kind
    from planhat_tui.store.connection import Database

Moments: TypeAlias = "Mapping[str, float]"
"""Seconds since the epoch, by the record's id."""


class Remembered:
    """Moments by kind, read anew once somebody has written to the file.

    Each thread has its own: what a connection knows of a file's version, it knows for itself.
    """

    def __init__(self, read: Callable[[Kind], Moments]) -> None:
        self._read = read
        self._local = threading.local()

    def of(self, kind: Kind, database: Database) -> Moments:
        """Return the moments of a kind; they aren't to be changed. Raises :class:`StorageError`."""
        version = database.version()
        if version is None:
            return self._read(kind)
        if getattr(self._local, "version", None) != version:
            self._local.version, self._local.found = version, {}
        found: dict[Kind, Moments] = self._local.found
        if kind not in found:
            found[kind] = self._read(kind)
        return found[kind]
