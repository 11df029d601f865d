"""What was seen to change in records: field by field, from what to what, when, and whether by us.

It outlives the mirror, which is filled anew when it's damaged. A change is noted just before the
mirror shows it; should a crash come between, it is noticed once more, and not noted twice. A mirror
that was begun anew since has seen nothing before: what it notices is another change.
"""

from __future__ import annotations

import contextlib
import json
import threading
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.edits import Change, differences
from planhat_tui.store.connection import Database
from planhat_tui.store.disk import DamagedError, FullError, UnwritableError, set_aside
from planhat_tui.store.schema import HISTORY

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from planhat_tui.model.records import Kind
    from planhat_tui.model.values import Raw
    from planhat_tui.store.asking import Bounds, Told

DAY: Final = 86_400.0
_BOOKKEEPING: Final = frozenset({"_id", "__v", "updatedAt", "lastUpdated"})
"""Fields that tell only that something changed."""
_PRUNE_EVERY: Final = 2_000
"""Changes after which it is looked whether there are too many; the first ones are looked at too."""


_MOST_NEWS: Final = 100
"""Changes of a record that are told as news; its timeline has more."""
_NEWS: Final = (
    " AND ours = 0 AND seen_at > (SELECT looked_at FROM looked"
    " WHERE looked.kind = change.kind AND looked.record = change.record)"
)
"""Which changes are news: those by others since the person last looked."""


class Keep(NamedTuple):
    """How much of the past is kept: seconds of age, and bytes of the file."""

    seconds: float = 365 * DAY
    size: int = 100_000_000


class Seen(NamedTuple):
    """A change that was seen. ``seen_at`` is seconds since the epoch, ``ours``: sent from here."""

    kind: Kind
    record_id: str
    change: Change
    seen_at: float
    ours: bool


class History:
    """``history.db`` in a folder, opened when it's first needed.

    Where the disk can't be written and nothing was kept, there is no past; on a full one there is
    none until there's room. A damaged file is set aside, and begun anew. Methods raise
    :class:`StorageError`.
    """

    def __init__(self, folder: Path, wall: Callable[[], float], keep: Keep) -> None:
        self._path = folder / "history.db"
        self._mark = folder / "history.db.is-damaged"
        self._wall = wall
        self._keep = keep
        self._since_pruned = _PRUNE_EVERY
        self._lock = threading.Lock()
        self._opened = False
        self._database: Database | None = None

    def _open(self) -> Database | None:
        """Return the file, ``None`` where there can't be one. Raises :class:`FullError`."""
        with self._lock:
            if not self._opened:
                try:
                    self._database = self._open_or_make()
                except FullError:  # there may be room the next time
                    raise
                except UnwritableError:
                    self._database = None
                self._opened = True
        return self._database

    def _open_or_make(self) -> Database:
        if not self._mark.exists():
            with contextlib.suppress(DamagedError):  # it leaves its mark
                return self._made()
        set_aside(self._path, self._mark, f"{self._wall():.0f}")
        return self._made()

    def _made(self) -> Database:
        return Database(self._path, HISTORY, durable=False, damage_mark=self._mark)

    def _to_read(self) -> Database | None:
        """Return the file; ``None`` where there's none, and none is made to be read."""
        if not self._opened and not self._path.exists():
            return None
        try:
            return self._open()
        except FullError:
            return None

    def _to_write(self) -> Database | None:
        database = self._open()
        return None if database is None or database.read_only else database

    def note(
        self,
        kind: Kind,
        pairs: Iterable[tuple[str, Raw, Raw]],
        seen_at: float,
        ours: Mapping[str, AbstractSet[str]] | None = None,
        *,
        since: float = 0.0,
    ) -> None:
        """Note what differs in records, each given by id, before and after.

        ``ours`` are the fields that were sent from here, by record. What was noted since a moment
        (seconds since the epoch) as the last change of a field isn't noted twice.
        """
        rows = [
            (
                kind,
                record,
                c.field,
                json.dumps(c.before),
                json.dumps(c.after),
                seen_at,
                c.field in (ours or {}).get(record, ()),
            )
            for record, before, after in pairs
            for c in differences(before, after)
            if c.field not in _BOOKKEEPING
        ]
        if not rows or (database := self._to_write()) is None:
            return
        with database.writing() as connection:
            once = dict.fromkeys(rows)  # a list may have a record twice
            new = [row for row in once if _last(connection, *row[:3], since) != row[3:5]]
            connection.executemany(
                "INSERT INTO change (kind, record, field, before, after, seen_at, ours)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                new,
            )
        self._since_pruned += len(rows)
        if self._since_pruned >= _PRUNE_EVERY:
            self.prune()

    def of(self, kind: Kind, record_id: str, limit: int = 1_000) -> tuple[Seen, ...]:
        """Return what was seen to change in a record, the latest first."""
        if (database := self._to_read()) is None:
            return ()
        with database.reading() as connection:
            return _changes(connection, kind, record_id, limit)

    def within(self, kind: Kind, bounds: Bounds) -> list[str]:
        """Return which records were last seen to change within bounds."""
        if (database := self._to_read()) is None:
            return []
        compared = "".join(f" AND seen_at {compare} ?" for compare, _ in bounds)
        with database.reading() as connection:
            rows = connection.execute(
                f"SELECT record FROM latest WHERE kind = ?{compared}",  # noqa: S608 -- ours
                (kind, *(moment for _, moment in bounds)),
            )
            return [record for (record,) in rows]

    def in_order(self, kind: Kind, *, descending: bool, most: int | None = None) -> Told:
        """Return when records were last seen to change, and all that did when the last one did."""
        if (database := self._to_read()) is None:
            return []
        way, end = ("DESC", ">=") if descending else ("ASC", "<=")
        last = f"SELECT seen_at FROM latest WHERE kind = ? ORDER BY seen_at {way} LIMIT 1 OFFSET ?"  # noqa: S608 -- ours
        these = "SELECT record, seen_at FROM latest WHERE kind = ?"
        with database.reading() as connection:
            until = most and connection.execute(last, (kind, most - 1)).fetchone()
            if until:
                return connection.execute(
                    f"{these} AND seen_at {end} ? ORDER BY seen_at {way}", (kind, *until)
                ).fetchall()
            return connection.execute(f"{these} ORDER BY seen_at {way}", (kind,)).fetchall()

    def look(self, kind: Kind, record_id: str) -> tuple[Seen, ...]:
        """Note that a person looks at a record now; returns what was news to them until then."""
        if (database := self._to_write()) is None:
            return self.news(kind, record_id)
        with database.writing() as connection:
            news = _changes(connection, kind, record_id, _MOST_NEWS, _NEWS)
            connection.execute(
                "INSERT OR REPLACE INTO looked VALUES (?, ?, ?)", (kind, record_id, self._wall())
            )
        return news

    def look_over(self, kind: Kind, ids: Iterable[str]) -> None:
        """Note that a person has had these records before their eyes now, in a list."""
        rows = [(kind, record, self._wall()) for record in ids]
        if not rows or (database := self._to_write()) is None:
            return
        with database.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO looked VALUES (?, ?, ?)", rows)

    def news(self, kind: Kind, record_id: str) -> tuple[Seen, ...]:
        """Return what others have changed since the person last looked, the latest first.

        Nothing where one never looked.
        """
        if (database := self._to_read()) is None:
            return ()
        with database.reading() as connection:
            return _changes(connection, kind, record_id, _MOST_NEWS, _NEWS)

    def looked_at(self, kind: Kind, record_id: str) -> float | None:
        """Return when a person last looked at a record; ``None``: never."""
        if (database := self._to_read()) is None:
            return None
        with database.reading() as connection:
            row = connection.execute(
                "SELECT looked_at FROM looked WHERE kind = ? AND record = ?", (kind, record_id)
            ).fetchone()
        return row[0] if row else None

    def unseen(self, kind: Kind, ids: Iterable[str] | None = None) -> frozenset[str]:
        """Return which records somebody else has changed since the person last looked at them.

        Of these ids, or of all. What was never looked at isn't among them.
        """
        if (database := self._to_read()) is None:
            return frozenset()
        if ids is None:
            those, given = "looked", tuple[str, ...]()
        else:  # few against what was looked at in a year: they lead
            those = "json_each(?) CROSS JOIN looked ON record = value"
            given = (json.dumps(list(ids)),)
        with database.reading() as connection:
            rows = connection.execute(
                f"SELECT record FROM {those} WHERE kind = ? AND EXISTS (SELECT 1"  # noqa: S608 -- ours
                " FROM change WHERE change.kind = looked.kind AND change.record = looked.record"
                " AND ours = 0 AND seen_at > looked_at)",
                (*given, kind),
            )
            return frozenset(record for (record,) in rows)

    def rename(self, kind: Kind, names: Mapping[str, str]) -> None:
        """Let records made here have the ids that Planhat gave them."""
        if (database := self._to_write()) is None:
            return
        with database.writing() as connection:
            connection.executemany(
                "UPDATE OR REPLACE looked SET record = ? WHERE kind = ? AND record = ?",
                [(server_id, kind, new_id) for new_id, server_id in names.items()],
            )

    def prune(self) -> None:
        """Let go of what is too old, and of the oldest where it's too much."""
        self._since_pruned = 0
        if (database := self._to_write()) is None:
            return
        with database.writing() as connection:
            oldest = self._wall() - self._keep.seconds
            for table in ("change", "latest"):
                connection.execute(f"DELETE FROM {table} WHERE seen_at < ?", (oldest,))  # noqa: S608 -- ours
            connection.execute("DELETE FROM looked WHERE looked_at < ?", (oldest,))
            size = _size(connection)
            if size > self._keep.size:
                (count,) = connection.execute("SELECT count(*) FROM change").fetchone()
                surplus = int(count * (1 - self._keep.size / size)) + 1
                connection.execute(
                    "DELETE FROM change WHERE n IN (SELECT n FROM change ORDER BY n LIMIT ?)",
                    (surplus,),
                )
                connection.execute(
                    "DELETE FROM latest WHERE NOT EXISTS (SELECT 1 FROM change"
                    " WHERE change.kind = latest.kind AND change.record = latest.record)"
                )

    def changed_elsewhere(self) -> bool:
        """Tell whether another process has written since this was last asked."""
        database = self._database
        return database is not None and database.changed_elsewhere()

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()


def _changes(
    connection: sqlite3.Connection, kind: Kind, record_id: str, limit: int, but: str = ""
) -> tuple[Seen, ...]:
    """Return changes of a record, the latest first; ``but`` is one more condition on them."""
    rows = connection.execute(
        "SELECT field, before, after, seen_at, ours FROM change"  # noqa: S608 -- our own condition
        f" WHERE kind = ? AND record = ?{but} ORDER BY n DESC LIMIT ?",
        (kind, record_id, limit),
    )
    return tuple(
        Seen(kind, record_id, Change(field, json.loads(before), json.loads(after)), at, bool(ours))
        for field, before, after, at, ours in rows
    )


def _last(
    connection: sqlite3.Connection, kind: Kind, record: str, field: str, since: float
) -> tuple[str, str] | None:
    """Return what the last change of a field was, from what to what; ``None``: none since then."""
    row = connection.execute(
        "SELECT before, after, seen_at FROM change WHERE kind = ? AND record = ? AND field = ?"
        " ORDER BY n DESC LIMIT 1",
        (kind, record, field),
    ).fetchone()
    return row[:2] if row and row[2] >= since else None


def _size(connection: sqlite3.Connection) -> int:
    """Return the bytes that are in use."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * size)
