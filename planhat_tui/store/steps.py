"""Steps of the journal as wholes: how far one has come, and what is done to all that's left of it.

A step of many records, such as a plan that runs, is counted, held and taken back in one statement.
What is on its way then can't be held or taken back: it is marked as ``stopped``, with what becomes
of it if it comes back (:meth:`planhat_tui.store.outbox.Outbox.mark`).
Records are counted, not entries: of an edit that was split, the part that tells most
(:data:`_TELLS`) tells how it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.outbox import DAMAGED, LOOKED_IN_VAIN, State
from planhat_tui.store import entries
from planhat_tui.store.dropping import hand_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from planhat_tui.model.outbox import Entry
    from planhat_tui.store.connection import Database

_TELLS: Final = (
    *(State.SENDING, State.QUEUED, State.HELD, State.NOT_SURE, State.CONFLICT, State.REFUSED),
    *(State.DELIVERED, State.DROPPED),
)
"""The states, that of what goes on first, then what needs a hand, then what is settled."""
_WHEN: Final = " ".join(f"WHEN '{state}' THEN {n}" for n, state in enumerate(_TELLS))
_TELLING: Final = f"CASE state {_WHEN} ELSE {_TELLS.index(State.REFUSED)} END"
"""How much a state tells; one in which a bit has flipped is that of a refused entry."""
_ON_ITS_WAY: Final = "('sending', 'not sure')"
_SETTLES: Final = f"(state = 'not sure' AND looked < {LOOKED_IN_VAIN})"
"""What isn't sure and is looked up by itself: no step of many logs calls."""


class Steps:
    """The steps of one tenant. ``wall`` gives seconds since the epoch.

    What changes entries returns the ids of their records, if it says nothing else.
    """

    def __init__(self, database: Database, wall: Callable[[], float]) -> None:
        self._database = database
        self._wall = wall

    def counts(self, step: str) -> Mapping[State, int]:
        """Return how many records of a step stand in each state."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT tells, count(*) FROM (SELECT min({_TELLING}) AS tells FROM entry"  # noqa: S608 -- our names
                " WHERE step = ? GROUP BY place) GROUP BY tells",
                (step,),
            )
            return {_TELLS[tells]: count for tells, count in rows}

    def entries(
        self, step: str, states: Iterable[State] | None = None, limit: int = -1
    ) -> tuple[Entry, ...]:
        """Return the entries of a step, oldest first; only those in some states, if given."""
        wanted = [*State] if states is None else [*states]
        among = ", ".join("?" * len(wanted))
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {entries.COLUMNS} FROM entry WHERE step = ?"  # noqa: S608 -- our names
                f" AND {entries.STANDS} IN ({among}) ORDER BY place, n LIMIT ?",
                (step, *wanted, limit),
            ).fetchall()
        return tuple(map(entries.entry_of, rows))

    def window(self, step: str, offset: int, count: int) -> tuple[Entry, ...]:
        """Return some entries of a step, one for each record: of what was split, what tells most.

        All from ``offset`` on, if ``count`` is -1.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {entries.COLUMNS} FROM entry WHERE step = ? AND place IN"  # noqa: S608 -- our names
                " (SELECT DISTINCT place FROM entry WHERE step = ? ORDER BY place LIMIT ? OFFSET ?)"
                f" ORDER BY place, {_TELLING} DESC, n DESC",
                (step, step, count, offset),
            ).fetchall()
        return tuple({entry.place: entry for entry in map(entries.entry_of, rows)}.values())

    def unsure(self, step: str) -> int:
        """Count the records of a step that aren't sure and are looked up by themselves."""
        with self._database.reading() as connection:
            (found,) = connection.execute(
                "SELECT count(*) FROM (SELECT 1 FROM entry WHERE step = ? GROUP BY place"  # noqa: S608 -- our names
                f" HAVING min({_TELLING}) = ? AND max({_SETTLES}))",
                (step, _TELLS.index(State.NOT_SURE)),
            ).fetchone()
        return int(found)

    def last_going(self, step: str, *, unsure: bool) -> Entry | None:
        """Return the last entry of a step that goes on by itself, ``None`` if none does.

        ``unsure``: one that isn't sure and is looked up by itself goes on as well.
        """
        going = f"(state IN (?, ?) OR {_SETTLES})" if unsure else "state IN (?, ?)"
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT {entries.COLUMNS} FROM entry WHERE step = ? AND {going}"  # noqa: S608 -- our names
                " ORDER BY place DESC, n DESC LIMIT 1",
                (step, State.QUEUED, State.SENDING),
            ).fetchone()
        return None if row is None else entries.entry_of(row)

    def newest(self, start: str) -> str:
        """Return the newest step whose name starts so; empty if there is none."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT step FROM entry WHERE substr(step, 1, ?) = ? AND place = n"  # no piece
                " ORDER BY n DESC LIMIT 1",
                (len(start), start),
            ).fetchone()
        return "" if row is None else str(row[0])

    def hold(self, step: str) -> tuple[str, ...]:
        """Keep back what is queued, and what comes back of what is on its way."""
        with self._database.writing():
            self._stop(step, State.HELD)
            return self._move(step, [State.QUEUED], State.HELD)

    def go_on(self, step: str) -> tuple[str, ...]:
        """Queue what is held; what was to be held when it comes back, goes on as well."""
        with self._database.writing() as connection:
            rows = connection.execute(
                "UPDATE entry SET stopped = '' WHERE step = ? AND stopped = 'held'"  # noqa: S608 -- our names
                f" AND state IN {_ON_ITS_WAY} RETURNING record_id",
                (step,),
            ).fetchall()
            moved = self._move(step, [State.HELD], State.QUEUED)
        return tuple(dict.fromkeys((*moved, *(record_id for (record_id,) in rows))))

    def retry(self, step: str) -> tuple[str, ...]:
        """Queue what was refused once more; what may have arrived is looked up by itself."""
        return self._move(step, [State.REFUSED], State.QUEUED)

    def take_back(self, step: str) -> tuple[Entry, ...]:
        """Drop what hasn't been sent: queued or held; what was built on it starts from before.

        So is what comes back of what is on its way. Returns what is dropped, as it was.
        """
        unsent = (State.QUEUED, State.HELD)
        with self._database.writing() as connection:
            self._stop(step, State.DROPPED)
            dropped = [e for e in self.entries(step, unsent) if e.reason != DAMAGED]
            self._move(step, unsent, State.DROPPED)
            hand_on(connection, dropped, self._wall())
        return tuple(dropped)

    def is_stopped(self, step: str) -> bool:
        """Tell whether something of a step is on its way that is held if it comes back."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT 1 FROM entry WHERE step = ? AND stopped = 'held'"  # noqa: S608 -- our names
                f" AND state IN {_ON_ITS_WAY} LIMIT 1",
                (step,),
            ).fetchone()
        return found is not None

    def _stop(self, step: str, becomes: State) -> None:
        """Note what becomes of what is on its way, if it comes back; what is given up stays so."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE entry SET stopped = ? WHERE step = ? AND stopped <> 'dropped'"  # noqa: S608 -- our names
                f" AND state IN {_ON_ITS_WAY}",
                (becomes, step),
            )

    def _move(self, step: str, from_states: Iterable[State], to: State) -> tuple[str, ...]:
        wanted = [*from_states]
        among = ", ".join("?" * len(wanted))
        with self._database.writing() as connection:
            rows = connection.execute(
                "UPDATE entry SET state = ?, reason = '', stopped = '', state_at = ? WHERE step = ?"  # noqa: S608 -- our names
                f" AND state IN ({among}) AND reason <> ? RETURNING record_id",
                (to, self._wall(), step, *wanted, DAMAGED),
            ).fetchall()
        return tuple(dict.fromkeys(record_id for (record_id,) in rows))
