"""What was typed and not saved: kept with each keystroke, so that a crash loses nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.values import Json
    from planhat_tui.store.connection import Database

QUEUEING: Final = "plan-done:"
"""How the keys begin under which plans note how much of them is in the outbox; then the step."""


class Drafts:
    """Drafts in one file by a key, such as ``call``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, key: str, data: Mapping[str, Json]) -> None:
        """Keep a draft."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO draft VALUES (?, ?)", (key, json.dumps(dict(data)))
            )

    def load(self, key: str) -> Mapping[str, Json] | None:
        """Return a draft, ``None`` if there is none that can be read."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT json FROM draft WHERE key = ?", (key,)).fetchone()
        try:
            return dict(json.loads(row[0])) if row else None
        except (TypeError, ValueError):  # a flipped bit: all else goes on without it
            return None

    def keys(self, start: str) -> tuple[str, ...]:
        """Return the keys that start so, in order."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT key FROM draft WHERE substr(key, 1, ?) = ? ORDER BY key",
                (len(start), start),
            ).fetchall()
        return tuple(key for (key,) in rows)

    def drop(self, key: str) -> None:
        """Forget a draft."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM draft WHERE key = ?", (key,))
