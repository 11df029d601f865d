"""Edits that Planhat doesn't have yet: durable when :meth:`Outbox.add` returns.

A row is never deleted when it is settled: it is the journal, from which undo reads. Each carries a
checksum of its payload, so that a flipped bit is never sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.errors import InputError, NotFoundError
from planhat_tui.model.outbox import Action, State
from planhat_tui.store import entries, lease

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from planhat_tui.model.outbox import Entry, NewEntry
    from planhat_tui.model.records import Kind
    from planhat_tui.store.connection import Database

_OPEN: Final = "state NOT IN ('delivered', 'dropped')"
LOST_WITH_THE_PROCESS: Final = "The program ended before the answer came."
COMPANY_DISCARDED: Final = "Its company was to be made here and has been discarded."


class Outbox:
    """The queue and the journal of one tenant. ``wall`` gives seconds since the epoch."""

    def __init__(self, database: Database, wall: Callable[[], float]) -> None:
        self._database = database
        self._wall = wall

    def add(self, *new: NewEntry) -> tuple[Entry, ...]:
        """Commit entries in one transaction; they are on the disk when this returns."""
        now = self._wall()
        with self._database.writing() as connection:
            numbers = [entries.insert(connection, entry, now) for entry in new]
        return tuple(self.get(n) for n in numbers)

    def get(self, n: int) -> Entry:
        """Return an entry, open or not. Raises :class:`NotFoundError`."""
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT {entries.COLUMNS} FROM entry WHERE n = ?",  # noqa: S608 -- our names
                (n,),
            ).fetchone()
        if row is None:
            raise NotFoundError(f"There is no edit {n}.", "outbox list shows what there is.")
        return entries.entry_of(row)

    def open_entries(self, kind: Kind | None = None, record_id: str = "") -> tuple[Entry, ...]:
        """Return what isn't settled, oldest first; of a kind, or of one record."""
        where, values = [_OPEN], []
        if kind is not None:
            where.append("kind = ?")
            values.append(str(kind))
        if record_id:
            where.append("record_id = ?")
            values.append(record_id)
        return self._select(" AND ".join(where), values)

    def open_by_record(self, kind: Kind) -> Mapping[str, Sequence[Entry]]:
        """Return the open entries of a kind by record, oldest first."""
        found: dict[str, list[Entry]] = {}
        for entry in self.open_entries(kind):
            found.setdefault(entry.record_id, []).append(entry)
        return found

    def counts(self) -> Mapping[State, int]:
        """Return how many entries stand in each open state."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT state, count(*) FROM entry WHERE {_OPEN} GROUP BY state"  # noqa: S608 -- our names
            )
            return {State(state): count for state, count in rows}

    def mark(
        self,
        ns: Iterable[int],
        state: State,
        reason: str = "",
        *,
        result_id: str = "",
        attempt: bool = False,
    ) -> None:
        """Set the state and the reason; ``attempt`` counts one more time that it was sent."""
        now = self._wall()
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE entry SET state = ?, reason = ?, state_at = ?, attempts = attempts + ?,"
                " result_id = CASE WHEN ? <> '' THEN ? ELSE result_id END WHERE n = ?",
                [(state, reason, now, int(attempt), result_id, result_id, n) for n in ns],
            )

    def mark_sending(self, ns: Sequence[int]) -> bool:
        """Claim queued entries for sending, all or none; durable when this returns."""
        with self._database.writing():
            if any(self.get(n).state is not State.QUEUED for n in ns):
                return False
            self.mark(ns, State.SENDING, attempt=True)
        return True

    def discard(self, n: int) -> Entry:
        """Drop an entry that isn't being sent.

        What was to be made here goes with its later edits; contacts that were to be made at a
        company that now isn't, are refused.
        """
        with self._database.writing():
            entry = self._change(n, State.DROPPED, "be discarded", set(State) - {State.SENDING})
            if entry.action is Action.CREATE:
                later = self.open_entries(entry.kind, entry.record_id)
                self.mark([e.n for e in later], State.DROPPED)
                orphans = [e.n for e in self._pointing_at(entry.record_id)]
                self.mark(orphans, State.REFUSED, COMPANY_DISCARDED)
        return entry

    def hold(self, n: int) -> Entry:
        """Keep a queued entry back."""
        return self._change(n, State.HELD, "be held", {State.QUEUED})

    def retry(self, n: int) -> Entry:
        """Queue an entry again that was refused, held, in conflict or not sure."""
        allowed = {State.REFUSED, State.HELD, State.CONFLICT, State.NOT_SURE}
        return self._change(n, State.QUEUED, "be sent again", allowed)

    def recover(self) -> tuple[Entry, ...]:
        """Turn what was being sent when its process died into "not sure"; return those.

        Only for the holder of the lease to send: another process may be sending right now.
        """
        with self._database.writing():
            lost = self._select("state = 'sending'", [])
            self.mark([e.n for e in lost], State.NOT_SURE, LOST_WITH_THE_PROCESS)
        return lost

    def claim(self, name: str, owner: str, seconds: float) -> bool:
        """Take or renew a lease; ``False`` while another living owner has it."""
        with self._database.writing() as connection:
            return lease.claim(connection, name, owner, self._wall(), seconds)

    def release(self, name: str, owner: str) -> None:
        """Give a lease back."""
        with self._database.writing() as connection:
            lease.release(connection, name, owner)

    def made(self, n: int, new_id: str, real_id: str, reason: str = "") -> None:
        """Note that Planhat made a record, and let every entry know its id, in one transaction."""
        with self._database.writing():
            self.mark([n], State.DELIVERED, reason, result_id=real_id)
            self.rename(new_id, real_id)

    def rename(self, new_id: str, real_id: str) -> None:
        """Let every entry speak of the real id, also where it is a company of a contact."""
        with self._database.writing() as connection:
            for entry in self._pointing_at(new_id):
                entries.rewrite(connection, entry, new_id, real_id)
            connection.execute(
                "UPDATE entry SET record_id = ? WHERE record_id = ?", (real_id, new_id)
            )

    def step_of(self, step: str) -> tuple[Entry, ...]:
        """Return the entries of a step, oldest first."""
        return self._select("step = ?", [step])

    def last_step(self, *, undone: bool = False) -> tuple[Entry, ...]:
        """Return the newest step that wasn't undone (or, for redo, the one undone last).

        Steps whose name starts with ``undo:`` are undo's own. What was undone before something new
        was done can't be redone.
        """
        done = "step <> '' AND step NOT LIKE 'undo:%' AND undone = 0 AND state <> 'dropped'"
        sql = f"SELECT step FROM entry WHERE {done} ORDER BY n DESC LIMIT 1"  # noqa: S608 -- ours
        if undone:
            newest = f"SELECT coalesce(max(n), 0) FROM entry WHERE {done}"  # noqa: S608 -- ours
            sql = f"SELECT step FROM entry WHERE undone = 1 AND n > ({newest}) ORDER BY n LIMIT 1"  # noqa: S608 -- ours
        with self._database.reading() as connection:
            row = connection.execute(sql).fetchone()
        return self.step_of(row[0]) if row else ()

    def mark_undone(self, ns: Iterable[int]) -> None:
        """Remember that these were taken back."""
        with self._database.writing() as connection:
            connection.executemany("UPDATE entry SET undone = 1 WHERE n = ?", [(n,) for n in ns])

    def _change(self, n: int, state: State, deed: str, allowed: set[State]) -> Entry:
        with self._database.writing():
            entry = self.get(n)
            if not entry.state.is_open or entry.state not in allowed:
                raise InputError(f"Edit {n} is {entry.state}: it can't {deed}.")
            self.mark([n], state)
            return self.get(n)

    def _pointing_at(self, company_id: str) -> tuple[Entry, ...]:
        """Return the intact open entries whose payload names a company."""
        named = self._select(
            f"{_OPEN} AND (instr(body, ?) OR instr(changes, ?))", [company_id, company_id]
        )
        return tuple(entry for entry in named if entry.reason != entries.DAMAGED)

    def _select(self, where: str, values: Sequence[str]) -> tuple[Entry, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {entries.COLUMNS} FROM entry WHERE {where} ORDER BY n",  # noqa: S608 -- our names
                values,
            ).fetchall()
        return tuple(map(entries.entry_of, rows))
