"""What somebody else has made of fields that were changed here too, until a person settles it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from planhat_tui.model.conflicts import Theirs
    from planhat_tui.model.records import Kind
    from planhat_tui.model.values import Json
    from planhat_tui.store.connection import Database


class Conflicts:
    """Their values, by record and field. ``wall`` gives seconds since the epoch."""

    def __init__(self, database: Database, wall: Callable[[], float]) -> None:
        self._database = database
        self._wall = wall

    def put(self, kind: Kind, record_id: str, theirs: Mapping[str, Json]) -> None:
        """Keep their values of these fields, as they were just read."""
        now = self._wall()
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO conflict VALUES (?, ?, ?, ?, ?)",
                [(kind, record_id, name, json.dumps(value), now) for name, value in theirs.items()],
            )

    def of(self, kind: Kind, record_id: str) -> Mapping[str, Theirs]:
        """Return their values of a record's fields."""
        from planhat_tui.model.conflicts import Theirs

        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT field, theirs, seen_at FROM conflict WHERE kind = ? AND record_id = ?",
                (kind, record_id),
            ).fetchall()
        return {name: Theirs(json.loads(text), seen_at) for name, text, seen_at in rows}

    def forget(self, kind: Kind, record_id: str, fields: Iterable[str]) -> None:
        """Forget fields that are settled."""
        with self._database.writing() as connection:
            connection.executemany(
                "DELETE FROM conflict WHERE kind = ? AND record_id = ? AND field = ?",
                [(kind, record_id, name) for name in fields],
            )
