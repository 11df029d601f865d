"""What was done from here, settled or not: the rows of the outbox, read as a history.

Undo takes back the newest step; redo takes back the newest undo. Each undo has a number, which the
entries that it took back keep; the entries that it made are the step ``undo:<number>``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.outbox import ALREADY_GONE
from planhat_tui.store import entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.records import Kind
    from planhat_tui.store.connection import Database

UNDO: Final = "undo:"
_STANDS: Final = (
    f"step <> '' AND step NOT LIKE '{UNDO}%' AND undone = 0 AND state <> 'dropped' AND let_go = 0"
)


class Undoing(NamedTuple):
    """An undo that can be redone: its number, what it took back, and what it made for that."""

    k: int
    taken: tuple[Entry, ...]
    made: tuple[Entry, ...]


class Journal:
    """Reads the history of one tenant, and keeps what was taken back in it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, limit: int = 500, record_id: str = "", offset: int = 0) -> tuple[Entry, ...]:
        """Return entries, newest first: of one record, if given, without the first ``offset``."""
        return self._select(
            "(? = '' OR record_id = ? OR result_id = ?)",
            [record_id, record_id, record_id],
            f"n DESC LIMIT {int(limit)} OFFSET {int(offset)}",
        )

    def count(self) -> int:
        """Return how many entries there are."""
        with self._database.reading() as connection:
            (count,) = connection.execute("SELECT count(*) FROM entry").fetchone()
        return int(count)

    def sizes(self, steps: Iterable[str]) -> Mapping[str, int]:
        """Return how many entries of these steps stand."""
        wanted = [*dict.fromkeys(steps)]
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT step, count(*) FROM entry WHERE {_STANDS}"  # noqa: S608 -- our names
                f" AND step IN ({', '.join('?' * len(wanted))}) GROUP BY step",
                wanted,
            ).fetchall()
        return dict(rows)

    def step_of(self, step: str) -> tuple[Entry, ...]:
        """Return the entries of a step that stand, oldest first."""
        return self._select(f"step = ? AND {_STANDS}", [step])

    def edits_of(self, kind: Kind, record_id: str) -> tuple[Entry, ...]:
        """Return the edits of a record that Planhat has from here, oldest first."""
        return self._select(
            "kind = ? AND record_id = ? AND action = 'update' AND state = 'delivered'"
            " AND attempts > 0",
            [kind, record_id],
        )

    def deletion_of(self, kind: Kind, record_id: str) -> Entry | None:
        """Return what has deleted a record from here; ``None`` if nothing has."""
        found = self._select(
            "kind = ? AND record_id = ? AND action = 'delete' AND state = 'delivered'"
            " AND instr(reason, ?) <> 1",
            [kind, record_id, ALREADY_GONE],
            "n DESC LIMIT 1",
        )
        return found[0] if found else None

    def last_step(self, passed: Sequence[str] = ()) -> tuple[Entry, ...]:
        """Return the newest step that stands; undo's own aren't steps. Empty if there is none.

        ``passed`` are steps that are looked past.
        """
        other = f"{_STANDS} AND step NOT IN ({', '.join('?' * len(passed))})"
        newest = self._select(f"{other} AND place = n", passed, "n DESC LIMIT 1")
        least = newest[0].n if newest else 0  # what was split off is as new as what it's of
        newer = f"{other} AND n > ? AND place > ?"
        newest = self._select(newer, [*passed, least, least], "place DESC LIMIT 1") or newest
        return self.step_of(newest[0].step) if newest else ()

    def is_undone(self, step: str) -> bool:
        """Tell whether some of a step has been taken back, or was to be and stays."""
        stays = f"takes_back > 0 AND state = 'dropped' AND reason <> '' AND step LIKE '{UNDO}%'"
        tried = f"(undone <> 0 OR n IN (SELECT takes_back FROM entry WHERE {stays}))"  # noqa: S608 -- our names
        return bool(self._select(f"step = ? AND {tried}", [step], "n LIMIT 1"))

    def join(self, step: str, record_ids: Sequence[str], since: float) -> tuple[Entry, ...]:
        """Let what was done to these records since then belong to a step; return what joined it.

        ``since`` is seconds since the epoch. What was done in one go with other records stays one
        step with those.
        """
        places = ", ".join("?" * len(record_ids))
        apart = f"SELECT step FROM entry WHERE record_id NOT IN ({places})"  # noqa: S608 -- marks only
        joining = self._select(
            f"{_STANDS} AND created_at >= ? AND record_id IN ({places})"
            f" AND step <> ? AND step NOT IN ({apart})",
            [since, *record_ids, step, *record_ids],
        )
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE entry SET step = ? WHERE n = ?", [(step, entry.n) for entry in joining]
            )
        return tuple(entry._replace(step=step) for entry in joining)

    def begin_undoing(self) -> int:
        """Give an undo its number, inside the transaction that carries it out."""
        with self._database.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO undoing (newest) SELECT coalesce(max(n), 0) FROM entry"
            )
            return int(cursor.lastrowid or 0)

    def mark_undone(self, ns: Iterable[int], k: int) -> None:
        """Remember that the undo with this number took these back; 0: that they stand."""
        with self._database.writing() as connection:
            connection.executemany("UPDATE entry SET undone = ? WHERE n = ?", [(k, n) for n in ns])

    def last_undoing(self) -> Undoing | None:
        """Return the newest undo that wasn't redone; ``None`` once something new was done."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT k, newest FROM undoing WHERE redone = 0 ORDER BY k DESC LIMIT 1"
            ).fetchone()
        if row is None:
            return None
        k, newest = row
        new = "n > ? AND place > ? AND takes_back = 0 AND step <> ''"  # what is split off isn't new
        if self._select(new, [newest, newest], "n LIMIT 1"):
            return None
        taken = self._select("undone = ?", [k])
        made = self._select("step = ? AND state <> 'dropped'", [f"{UNDO}{k}"])
        return Undoing(k, taken, made)

    def mark_redone(self, k: int) -> None:
        """Remember that an undo was taken back."""
        with self._database.writing() as connection:
            connection.execute("UPDATE undoing SET redone = 1 WHERE k = ?", (k,))

    def _select(
        self, where: str, values: Sequence[str | float], order: str = "place, n"
    ) -> tuple[Entry, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {entries.COLUMNS} FROM entry WHERE {where} ORDER BY {order}",  # noqa: S608 -- ours
                values,
            ).fetchall()
        return tuple(map(entries.entry_of, rows))
