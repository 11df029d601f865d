"""Steps of the journal as wholes: how far one has come, and what is done to all that's left of it.

A step of many records, such as a plan that runs, is counted, held and taken back in one statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.outbox import State
from planhat_tui.store import entries
from planhat_tui.store.dropping import hand_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from planhat_tui.model.outbox import Entry
    from planhat_tui.store.connection import Database

RETRIED: Final = (State.REFUSED, State.NOT_SURE)
"""What is sent again when the failed ones of a step are."""


class Steps:
    """The steps of one tenant. ``wall`` gives seconds since the epoch.

    What changes entries returns the ids of their records.
    """

    def __init__(self, database: Database, wall: Callable[[], float]) -> None:
        self._database = database
        self._wall = wall

    def counts(self, step: str) -> Mapping[State, int]:
        """Return how many entries of a step stand in each state."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT state, count(*) FROM entry WHERE step = ? GROUP BY state", (step,)
            )
            return {State(state): count for state, count in rows}

    def entries(
        self, step: str, states: Iterable[State] | None = None, limit: int = -1
    ) -> tuple[Entry, ...]:
        """Return the entries of a step, oldest first; only those in some states, if given."""
        wanted = [*State] if states is None else [*states]
        among = ", ".join("?" * len(wanted))
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {entries.COLUMNS} FROM entry WHERE step = ?"  # noqa: S608 -- our names
                f" AND state IN ({among}) ORDER BY place, n LIMIT ?",
                (step, *wanted, limit),
            ).fetchall()
        return tuple(map(entries.entry_of, rows))

    def window(self, step: str, offset: int, count: int) -> tuple[Entry, ...]:
        """Return some entries of a step, by their places: of what was split, what needs a hand."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {entries.COLUMNS} FROM entry WHERE step = ? AND place IN"  # noqa: S608 -- our names
                " (SELECT DISTINCT place FROM entry WHERE step = ? ORDER BY place LIMIT ? OFFSET ?)"
                " ORDER BY place, n",
                (step, step, count, offset),
            ).fetchall()
        found: dict[int, Entry] = {}
        for entry in map(entries.entry_of, rows):
            before = found.get(entry.place)
            if before is None or before.state is State.DELIVERED:
                found[entry.place] = entry
        return tuple(found.values())

    def last(self, step: str, states: Iterable[State]) -> Entry | None:
        """Return the last entry of a step in one of these states, ``None`` if there is none."""
        wanted = [*states]
        among = ", ".join("?" * len(wanted))
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT {entries.COLUMNS} FROM entry WHERE step = ?"  # noqa: S608 -- our names
                f" AND state IN ({among}) ORDER BY place DESC, n DESC LIMIT 1",
                (step, *wanted),
            ).fetchone()
        return None if row is None else entries.entry_of(row)

    def newest(self, start: str) -> str:
        """Return the newest step whose name starts so; empty if there is none."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT step FROM entry WHERE substr(step, 1, ?) = ? ORDER BY n DESC LIMIT 1",
                (len(start), start),
            ).fetchone()
        return "" if row is None else str(row[0])

    def hold(self, step: str) -> tuple[str, ...]:
        """Keep back what is queued."""
        return self._move(step, [State.QUEUED], State.HELD)

    def go_on(self, step: str) -> tuple[str, ...]:
        """Queue what is held."""
        return self._move(step, [State.HELD], State.QUEUED)

    def retry(self, step: str) -> tuple[str, ...]:
        """Queue what has failed once more; a create that may have arrived isn't repeated."""
        return self._move(
            step, RETRIED, State.QUEUED, "(action <> 'create' OR state <> 'not sure')"
        )

    def take_back(self, step: str) -> tuple[str, ...]:
        """Drop what hasn't been sent: queued or held; what was built on it starts from before."""
        unsent = (State.QUEUED, State.HELD)
        with self._database.writing() as connection:
            dropped = self.entries(step, unsent)
            ids = self._move(step, unsent, State.DROPPED)
            hand_on(connection, dropped, self._wall())
        return ids

    def _move(
        self, step: str, from_states: Iterable[State], to: State, where: str = "1"
    ) -> tuple[str, ...]:
        wanted = [*from_states]
        among = ", ".join("?" * len(wanted))
        with self._database.writing() as connection:
            rows = connection.execute(
                "UPDATE entry SET state = ?, reason = '', state_at = ? WHERE step = ?"  # noqa: S608 -- our names
                f" AND state IN ({among}) AND reason <> ? AND {where} RETURNING record_id",
                (to, self._wall(), step, *wanted, entries.DAMAGED),
            ).fetchall()
        return tuple(record_id for (record_id,) in rows)
