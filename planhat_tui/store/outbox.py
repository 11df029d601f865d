"""Edits that Planhat doesn't have yet: durable when :meth:`Outbox.add` returns.

A row is never deleted when it is settled: it is the journal (:mod:`planhat_tui.store.journal`),
from which undo reads. Each carries the tenant that it was made for, and a seal over its payload:
neither another tenant's nor one with a flipped bit is ever sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.errors import InputError, NotFoundError
from planhat_tui.model.edits import fold
from planhat_tui.model.outbox import Action, State, decides_itself, related
from planhat_tui.model.records import Kind
from planhat_tui.store import aliases, entries, lease
from planhat_tui.store.dropping import hand_on
from planhat_tui.store.entries import Owner

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from planhat_tui.model.edits import Change
    from planhat_tui.model.outbox import Entry, Made, NewEntry
    from planhat_tui.store.connection import Database

_OPEN: Final = "state NOT IN ('delivered', 'dropped')"
_AT_ONCE: Final = 500
"""Ids of one question."""
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
            owner = self.owner()
            numbers = [entries.insert(connection, entry, owner, now) for entry in new]
            for kind in {entry.kind for entry in new}:
                ids = dict.fromkeys(entry.record_id for entry in new if entry.kind is kind)
                for record_id in _crowded(connection, kind, [*ids]):
                    self._fold(kind, record_id)
            if not numbers:
                return ()
            return self._select("n BETWEEN ? AND ?", [numbers[0], numbers[-1]])

    def owner(self) -> Owner:
        """Return whose edits these are, as far as it's known."""
        with self._database.reading() as connection:
            known = dict(connection.execute("SELECT key, value FROM owner").fetchall())
        return Owner(known.get("tenant", ""), known.get("who", ""))

    def know(self, owner: Owner) -> None:
        """Note whose edits these are; those that were made before that was known are theirs too."""
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO owner VALUES (?, ?)",
                [("tenant", owner.tenant), ("who", owner.who)],
            )
            for entry in self._select(f"{_OPEN} AND tenant = ''", []):
                if entry.reason != entries.DAMAGED:
                    entries.rewrite(connection, entry._replace(tenant=owner.tenant))

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

    def open_by_record(
        self, kind: Kind, ids: Sequence[str] | None = None
    ) -> Mapping[str, Sequence[Entry]]:
        """Return the open entries of a kind by record, oldest first; of these records, if given."""
        if ids is None:
            entries_found = self.open_entries(kind)
        else:
            entries_found = tuple(
                entry
                for some in _pieces(ids)
                for entry in self._select(f"{_OPEN} AND kind = ? AND {_among(some)}", [kind, *some])
            )
        found: dict[str, list[Entry]] = {}
        for entry in entries_found:
            found.setdefault(entry.record_id, []).append(entry)
        return found

    def counts(self) -> Mapping[State, int]:
        """Return how many entries stand in each open state."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT state, count(*) FROM entry WHERE {_OPEN} GROUP BY state"  # noqa: S608 -- our names
            )
            return {State(state): count for state, count in rows}

    def newest_queued(self) -> float:
        """Return when the newest of what is queued was queued, in seconds since the epoch; or 0."""
        with self._database.reading() as connection:
            (newest,) = connection.execute(
                f"SELECT max(state_at) FROM entry WHERE {_OPEN} AND state = 'queued'"  # noqa: S608 -- our names
            ).fetchone()
        return float(newest or 0.0)

    def mark(
        self,
        ns: Iterable[int],
        state: State,
        reason: str = "",
        *,
        result_id: str = "",
        attempt: bool = False,
        was: State | None = None,
    ) -> None:
        """Set the state and the reason; ``attempt`` counts one more time that it was sent.

        ``was`` leaves alone what stands otherwise by now: somebody has settled it meanwhile.

        What was taken back while it was on its way, and didn't arrive, is dropped: it neither goes
        again nor keeps its way back waiting.
        """
        now = self._wall()
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE entry SET state = CASE WHEN undone > 0 AND ?1 IN ('queued', 'refused')"
                " THEN 'dropped' ELSE ?1 END, reason = ?2, state_at = ?3, attempts = attempts + ?4,"
                " result_id = CASE WHEN ?5 <> '' THEN ?5 ELSE result_id END WHERE n = ?6"
                " AND (?7 IS NULL OR state = ?7)",
                [(state, reason, now, int(attempt), result_id, n, was) for n in ns],
            )

    def mark_sending(self, ns: Sequence[int], skew: float | None = None) -> bool:
        """Claim queued entries for sending, all or none; durable when this returns.

        ``skew`` are the seconds by which Planhat's clock is ahead, ``None`` if that isn't known.
        """
        now = self._wall()
        with self._database.writing() as connection:
            if any(self.get(n).state is not State.QUEUED for n in ns):
                return False
            self.mark(ns, State.SENDING, attempt=True)
            connection.executemany(
                "UPDATE entry SET looked = 0, sent_at = CASE sent_at WHEN 0 THEN ? ELSE sent_at END"
                " WHERE n = ?",
                [(now + (skew or 0.0), n) for n in ns],
            )
        return True

    def looked(self, ns: Iterable[int], times: int, reason: str) -> None:
        """Note that Planhat was asked what became of these, and what that told.

        What is no longer "not sure" stays as it is.
        """
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE entry SET looked = ?, reason = ? WHERE n = ? AND state = 'not sure'",
                [(times, reason, n) for n in ns],
            )

    def amend(self, n: int, changes: Sequence[Change], state: State, reason: str = "") -> None:
        """Let an update ask for other changes, and give it a state."""
        with self._database.writing() as connection:
            entries.rewrite(connection, self.get(n)._replace(changes=tuple(changes)))
            self.mark([n], state, reason)

    def split(self, n: int, fields: Iterable[str]) -> int | None:
        """Take fields out of an update into an entry of its own, in the same place and state.

        Returns its number; ``None`` if the update has none of them. One that has no other fields
        stays as it is, and it's that one's number.
        """
        wanted = set(fields)
        entry = self.get(n)
        taken = [change for change in entry.changes if change.field in wanted]
        left = tuple(change for change in entry.changes if change.field not in wanted)
        if not taken:
            return None
        if not left:
            return n
        with self._database.writing() as connection:
            entries.rewrite(connection, entry._replace(changes=left))
            return entries.split_off(connection, entry, taken)

    def made_ids(self, kind: Kind) -> frozenset[str]:
        """Return the ids that Planhat gave to what was made here."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT result_id FROM entry WHERE kind = ? AND result_id <> ''", (kind,)
            )
            return frozenset(made for (made,) in rows)

    def discard(self, n: int) -> Entry:
        """Drop an entry that isn't being sent; what was built on it starts from before it.

        What was to be made here goes with its later edits; contacts that were to be made at a
        company that now isn't, are refused.
        """
        with self._database.writing() as connection:
            before = self.get(n)
            entry = self._change(n, State.DROPPED, "be discarded", set(State) - {State.SENDING})
            hand_on(connection, [before], self._wall())
            if entry.action is Action.CREATE:
                later = self.open_entries(entry.kind, entry.record_id)
                self.mark([e.n for e in later], State.DROPPED)
                orphans = [e.n for e in self._pointing_at([entry.record_id])]
                self.mark(orphans, State.REFUSED, COMPANY_DISCARDED)
        return entry

    def hold(self, n: int) -> Entry:
        """Keep a queued entry back."""
        return self._change(n, State.HELD, "be held", {State.QUEUED})

    def retry(self, n: int) -> Entry:
        """Queue an entry again that was refused, held, in conflict or not sure.

        What may have been made and can be looked up is looked up first, at once: it stays "not
        sure" until then.
        """
        allowed = {State.REFUSED, State.HELD, State.CONFLICT, State.NOT_SURE}
        with self._database.writing():
            entry = self.get(n)
            if entry.action is Action.CREATE and decides_itself(entry):
                self.looked([n], 0, entry.reason)
                return self.get(n)
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

    def is_held(self, name: str) -> bool:
        """Tell whether somebody who lives has a lease, this process or another."""
        with self._database.reading() as connection:
            return lease.is_held(connection, name, self._wall())

    def made(self, kind: Kind, made: Sequence[Made]) -> None:
        """Note that Planhat made records, and let every entry know their ids, in one step."""
        with self._database.writing():
            for one in made:
                self.mark([one.n], State.DELIVERED, one.reason, result_id=one.id)
            self.rename(kind, {one.new_id: one.id for one in made})

    def rename(self, kind: Kind, names: Mapping[str, str]) -> None:
        """Let every entry speak of the real ids, also where they are companies of contacts."""
        with self._database.writing() as connection:
            named: dict[int, Entry] = {}
            for some in _pieces([*names]):
                for entry in self._select(f"kind = ? AND {_among(some)}", [kind, *some]):
                    named[entry.n] = entry
            if kind is Kind.COMPANY:
                named |= {entry.n: entry for entry in self._pointing_at(names)}
            for entry in named.values():
                if entry.reason != entries.DAMAGED:
                    entries.rewrite(connection, entries.renamed(entry, names))
            connection.executemany(
                "UPDATE entry SET record_id = ? WHERE kind = ? AND record_id = ?",
                [(real, kind, new) for new, real in names.items()],
            )
            aliases.note(connection, kind, names)

    def now_called(self, kind: Kind, record_id: str) -> str:
        """Return the id by which a record goes now: made here, or again, it had another before."""
        with self._database.reading() as connection:
            return aliases.now_of(connection, kind, record_id)

    def carry(self, old: Entry, new: Entry) -> None:
        """Let what was done to a record that is made again speak of its new id.

        ``old`` and ``new`` are the deletion and the making, or the other way round where a making
        is dropped: these two keep their ids.
        """
        with self._database.writing() as connection:
            named = self._select(
                "kind = ? AND record_id = ? AND n <> ?", [old.kind, old.record_id, str(old.n)]
            )
            for entry in named:
                if entry.reason != entries.DAMAGED:
                    entries.rewrite(connection, entry._replace(record_id=new.record_id))
            aliases.note(connection, old.kind, {old.record_id: new.record_id})

    def _fold(self, kind: Kind, record_id: str) -> None:
        """Settle the edits of a record that take each other back, while none of them was sent."""
        waiting = [
            entry
            for entry in self.open_entries(kind, record_id)
            if entry.action is Action.UPDATE and entry.state is State.QUEUED and not entry.attempts
        ]
        for group in related(waiting):
            if len(group) > 1 and not fold(c for entry in group for c in entry.changes):
                self.mark([entry.n for entry in group], State.DELIVERED, entries.AS_IT_WAS)

    def _change(self, n: int, state: State, deed: str, allowed: set[State]) -> Entry:
        with self._database.writing():
            entry = self.get(n)
            if not entry.state.is_open or entry.state not in allowed:
                raise InputError(f"Edit {n} is {entry.state}: it can't {deed}.")
            self.mark([n], state)
            return self.get(n)

    def _pointing_at(self, companies: Collection[str]) -> tuple[Entry, ...]:
        """Return the intact open entries whose payload names one of these companies."""
        text = next(iter(companies)) if len(companies) == 1 else '"companyId"'
        found = self._select(f"{_OPEN} AND (instr(body, ?) OR instr(changes, ?))", [text, text])
        return tuple(
            entry
            for entry in found
            if entry.reason != entries.DAMAGED and entries.companies_of(entry) & {*companies}
        )

    def _select(self, where: str, values: Sequence[str | int]) -> tuple[Entry, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {entries.COLUMNS} FROM entry WHERE {where} ORDER BY place, n",  # noqa: S608 -- ours
                values,
            ).fetchall()
        return tuple(map(entries.entry_of, rows))


def _pieces(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))


def _among(ids: Sequence[str]) -> str:
    return f"record_id IN ({', '.join('?' * len(ids))})"


def _crowded(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> list[str]:
    """Return which of these records have several open entries."""
    return [
        record_id
        for some in _pieces(ids)
        for (record_id,) in connection.execute(
            f"SELECT record_id FROM entry WHERE {_OPEN} AND kind = ? AND {_among(some)}"  # noqa: S608 -- our names
            " GROUP BY record_id HAVING count(*) > 1",
            [kind, *some],
        )
    ]
