"""Edits that Planhat doesn't have yet: durable when :meth:`Outbox.add` returns.

A row is never deleted when it is settled: it is the journal, from which undo reads. Each carries a
checksum of its payload, so that a flipped bit is never sent.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.errors import InputError, NotFoundError, StorageError
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, Entry, State
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from planhat_tui.model.outbox import NewEntry
    from planhat_tui.store.connection import Database

_COLUMNS: Final = (
    "n, kind, action, record_id, title, changes, body, step, open_tenant, state, reason,"
    " created_at, state_at, attempts, result_id, checksum"
)
_OPEN: Final = "state NOT IN ('delivered', 'dropped')"
LOST_WITH_THE_PROCESS: Final = "The program ended before the answer came."


class Outbox:
    """The queue and the journal of one tenant. ``wall`` gives seconds since the epoch."""

    def __init__(self, database: Database, wall: Callable[[], float]) -> None:
        self._database = database
        self._wall = wall

    def add(self, *entries: NewEntry) -> tuple[Entry, ...]:
        """Commit entries in one transaction; they are on the disk when this returns."""
        now = self._wall()
        with self._database.writing() as connection:
            numbers = [_insert(connection, entry, now) for entry in entries]
        return tuple(self.get(n) for n in numbers)

    def get(self, n: int) -> Entry:
        """Return an entry, open or not. Raises :class:`NotFoundError`."""
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM entry WHERE n = ?",  # noqa: S608 -- our names
                (n,),
            ).fetchone()
        if row is None:
            raise NotFoundError(f"There is no edit {n}.", "outbox list shows what there is.")
        return _entry(row)

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
        with self._database.writing() as connection:
            marks = ", ".join("?" * len(ns))
            (free,) = connection.execute(
                f"SELECT count(*) FROM entry WHERE state = 'queued' AND n IN ({marks})",  # noqa: S608 -- our names
                ns,
            ).fetchone()
            if free != len(ns):
                return False
            self.mark(ns, State.SENDING, attempt=True)
        return True

    def discard(self, n: int) -> Entry:
        """Drop an entry that isn't being sent; what was made here goes with its later edits."""
        entry = self._change(n, State.DROPPED, "be discarded", set(State) - {State.SENDING})
        if entry.action is Action.CREATE:
            later = [e.n for e in self.open_entries(entry.kind, entry.record_id)]
            self.mark(later, State.DROPPED)
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

        Only for the holder of the lease: another process may be sending right now.
        """
        with self._database.writing():
            lost = self._select("state = 'sending'", [])
            self.mark([e.n for e in lost], State.NOT_SURE, LOST_WITH_THE_PROCESS)
        return lost

    def claim(self, name: str, owner: str, seconds: float) -> bool:
        """Take or renew a lease; ``False`` while another living owner has it."""
        now = self._wall()
        with self._database.writing() as connection:
            taken = connection.execute(
                "INSERT INTO lease VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
                " SET owner = excluded.owner, expires_at = excluded.expires_at"
                " WHERE lease.owner = excluded.owner OR lease.expires_at < ?",
                (name, owner, now + seconds, now),
            )
            return taken.rowcount > 0

    def release(self, name: str, owner: str) -> None:
        """Give a lease back."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM lease WHERE name = ? AND owner = ?", (name, owner))

    def rename(self, new_id: str, real_id: str) -> None:
        """Let every entry speak of the real id, also where it is a company of a contact."""
        with self._database.writing() as connection:
            for entry in self._select("record_id = ? OR body LIKE ?", [new_id, f"%{new_id}%"]):
                body = dict(entry.body) if entry.body is not None else None
                if body is not None and body.get("companyId") == new_id:
                    body["companyId"] = real_id
                record = real_id if entry.record_id == new_id else entry.record_id
                payload = _payload(entry.changes, body)
                connection.execute(
                    "UPDATE entry SET record_id = ?, changes = ?, body = ?, checksum = ?"
                    " WHERE n = ?",
                    (record, *payload, _checksum(*payload), entry.n),
                )

    def last_step(self, *, undone: bool = False) -> tuple[Entry, ...]:
        """Return the entries of the newest step that wasn't undone (or, for redo, that was)."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT step FROM entry WHERE undone = ? AND step NOT LIKE 'undo:%'"
                " AND (state <> 'dropped' OR undone) ORDER BY n DESC LIMIT 1",
                (int(undone),),
            ).fetchone()
        return self._select("step = ?", [row[0]]) if row else ()

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

    def _select(self, where: str, values: Sequence[str]) -> tuple[Entry, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM entry WHERE {where} ORDER BY n",  # noqa: S608 -- our names
                values,
            ).fetchall()
        return tuple(map(_entry, rows))


def _insert(connection: sqlite3.Connection, entry: NewEntry, now: float) -> int:
    payload = _payload(entry.changes, entry.body)
    cursor = connection.execute(
        "INSERT INTO entry (kind, action, record_id, title, changes, body, checksum, step,"
        " open_tenant, state, created_at, state_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.kind,
            entry.action,
            entry.record_id,
            entry.title,
            *payload,
            _checksum(*payload),
            entry.step,
            entry.open_tenant,
            State.QUEUED,
            now,
            now,
        ),
    )
    return int(cursor.lastrowid or 0)


def _entry(row: Sequence[Any]) -> Entry:
    n, kind, action, record_id, title, changes, body, step, tenant, state, *rest, checksum = row
    if _checksum(changes, body) != checksum:
        raise StorageError(
            f"Edit {n} is damaged on this disk: it is never sent.", "Discard it and type it anew."
        )
    return Entry(
        n,
        Kind(kind),
        Action(action),
        record_id,
        title,
        tuple(Change(**change) for change in json.loads(changes)),
        json.loads(body) if body is not None else None,
        step,
        tenant,
        State(state),
        *rest,
    )


def _payload(changes: Iterable[Change], body: Mapping[str, Any] | None) -> tuple[str, str | None]:
    told = json.dumps([asdict(change) for change in changes])
    return told, None if body is None else json.dumps(body)


def _checksum(changes: str, body: str | None) -> str:
    return hashlib.sha256(f"{changes}\0{body}".encode()).hexdigest()
