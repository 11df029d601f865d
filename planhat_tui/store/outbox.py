"""Edits that Planhat doesn't have yet: durable when :meth:`Outbox.add` returns.

A row is never deleted when it is settled: it is the journal (:mod:`planhat_tui.store.journal`),
from which undo reads. Each carries the tenant that it was made for, and a seal over its payload:
neither another tenant's nor one with a flipped bit is ever sent.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final, TypeVar

from planhat_tui.errors import InputError, NotFoundError
from planhat_tui.model.doubts import lands_until, may_land
from planhat_tui.model.edits import fold
from planhat_tui.model.fields import label_of
from planhat_tui.model.outbox import (
    DAMAGED,
    LOOKED_IN_VAIN,
    Action,
    State,
    companies_of,
    decides_itself,
    related,
    renamed,
)
from planhat_tui.model.records import NEW_ID_PREFIX, Kind
from planhat_tui.store import aliases, entries, lease
from planhat_tui.store.dropping import hand_on, start_from
from planhat_tui.store.entries import Owner
from planhat_tui.store.strays import COMPANY_DISCARDED, called_now, strays

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from planhat_tui.model.edits import Change, Parted
    from planhat_tui.model.outbox import Entry, Made, NewEntry
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.store.connection import Database

T = TypeVar("T")

_OPEN: Final = "state NOT IN ('delivered', 'dropped')"
_SENDING: Final = f"{_OPEN} AND state = 'sending'"
_SHOWN: Final = f"{_OPEN} AND let_go = 0"
_NAMING_NEW: Final = (
    f"{_OPEN} AND (instr(record_id, '{NEW_ID_PREFIX}') = 1"
    f""" OR instr(changes, '"{NEW_ID_PREFIX}') OR instr(body, '"{NEW_ID_PREFIX}'))"""
)
_AT_ONCE: Final = 500
"""Ids of one question."""
LOST_WITH_THE_PROCESS: Final = "The program ended before the answer came."
DELETED_ANEW: Final = "It was deleted anew."
LET_GO: Final = "It was dropped; its first try may still arrive."
NOT_ARRIVED: Final = "It was dropped, and didn't arrive."
UNKNOWN: Final = "It was dropped while nobody knew whether Planhat has it."
_COMES_BACK: Final = frozenset({State.QUEUED, State.REFUSED})
"""What one that didn't arrive becomes, unless it was taken back meanwhile: then it's dropped."""
_ENDS: Final = frozenset({State.DELIVERED, State.QUEUED, State.REFUSED})
"""What one that isn't sure becomes when it is known what became of it."""


class Outbox:
    """The queue and the journal of one tenant. ``wall`` gives seconds since the epoch.

    ``author`` names the credential by which edits are made here: a tenant may have several.
    """

    def __init__(self, database: Database, wall: Callable[[], float], author: str = "") -> None:
        self._database = database
        self._wall = wall
        self._author = author

    def add(self, *new: NewEntry) -> tuple[Entry, ...]:
        """Commit entries in one transaction; they are on the disk when this returns.

        What names a record by the id that it had while it was to be made is led to the one that it
        has by now. A deletion takes the place of one that was refused.
        """
        now = self._wall()
        with self._database.writing() as connection:
            owner = self.owner()
            new = tuple(called_now(connection, entry) for entry in new)
            for kind in {entry.kind for entry in new if entry.action is Action.DELETE}:
                deleted = (e for e in new if (e.kind, e.action) == (kind, Action.DELETE))
                self._replace_refused(kind, [entry.record_id for entry in deleted])
            numbers = [entries.insert(connection, entry, owner, now) for entry in new]
            for kind in {entry.kind for entry in new}:
                ids = dict.fromkeys(entry.record_id for entry in new if entry.kind is kind)
                for record_id in _crowded(connection, kind, [*ids]):
                    self._fold(kind, record_id)
            if not numbers:
                return ()
            return self._select("n BETWEEN ? AND ?", [numbers[0], numbers[-1]])

    def _replace_refused(self, kind: Kind, deleted: Sequence[str]) -> None:
        """Drop the deletions of records that were refused: each is deleted anew."""
        for some in _pieces(deleted):
            where = f"{_OPEN} AND action = 'delete' AND kind = ? AND {_among(some)}"
            found = self._select(where, [kind, *some])
            refused = [entry.n for entry in found if entry.state is State.REFUSED]
            self.mark(refused, State.DROPPED, DELETED_ANEW)

    def note(self, new: NewEntry, reason: str, state: State = State.DELIVERED) -> None:
        """Keep an edit for which nothing is to be sent.

        It's a step that undo can take back, or what of one was left out, if it is ``DROPPED``.
        """
        with self._database.writing() as connection:
            entry = called_now(connection, new)
            n = entries.insert(connection, entry, self.owner(), self._wall())
            self.mark([n], state, reason)

    def leave_out(self, n: int, changes: Sequence[Change], reason: str) -> None:
        """Note what was left out of an update, in its place."""
        with self._database.writing() as connection:
            left = entries.split_off(connection, self.get(n), changes)
            self.mark([left], State.DROPPED, reason)

    def owner(self) -> Owner:
        """Return whose edits those are that are made here, as far as it's known."""
        with self._database.reading() as connection:
            known = dict(connection.execute("SELECT key, value FROM owner").fetchall())
        return Owner(known.get("tenant", ""), known.get(self._who, ""), self._author)

    @property
    def _who(self) -> str:
        return f"who:{self._author}"

    def know(self, tenant: str, who: str) -> None:
        """Note whose edits those are that are made here.

        Those that were made before that was known are the tenant's too, and this person's if they
        were made by the same credential.
        """
        with self._database.writing() as connection:
            if not self.owner().who:
                connection.execute(
                    "UPDATE entry SET who = ? WHERE who = '' AND author = ?", (who, self._author)
                )
            connection.executemany(
                "INSERT OR REPLACE INTO owner VALUES (?, ?)",
                [("tenant", tenant), (self._who, who)],
            )
            for entry in self._select(f"{_OPEN} AND tenant = ''", []):
                if entry.reason != DAMAGED:
                    entries.rewrite(connection, entry._replace(tenant=tenant))

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

    def making(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, Entry]:
        """Return what is to make records here, by their ids, shown or let go."""
        found = (
            entry
            for some in _pieces(ids)
            for entry in self._select(
                f"{_OPEN} AND action = 'create' AND kind = ? AND {_among(some)}", [kind, *some]
            )
        )
        return {entry.record_id: entry for entry in found}

    def deleting(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, Entry]:
        """Return what is to delete records, by their ids: not what was refused or let go."""
        found = (
            entry
            for some in _pieces(ids)
            for entry in self._select(
                f"{_SHOWN} AND action = 'delete' AND kind = ? AND {_among(some)}", [kind, *some]
            )
        )
        return {entry.record_id: entry for entry in found if entry.state is not State.REFUSED}

    def open_by_record(
        self, kind: Kind, ids: Sequence[str] | None = None
    ) -> Mapping[str, Sequence[Entry]]:
        """Return the open entries of a kind by record, oldest first; of these records, if given.

        That is what is shown of a record: but for what a person has let go.
        """
        if ids is None:
            entries_found = self._select(f"{_SHOWN} AND kind = ?", [kind])
        else:
            entries_found = tuple(
                entry
                for some in _pieces(ids)
                for entry in self._select(
                    f"{_SHOWN} AND kind = ? AND {_among(some)}", [kind, *some]
                )
            )
        found: dict[str, list[Entry]] = {}
        for entry in entries_found:
            found.setdefault(entry.record_id, []).append(entry)
        return found

    def in_state(self, kind: Kind, state: State) -> tuple[str, ...]:
        """Return the records of a kind that have an edit in a state."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT DISTINCT record_id FROM entry WHERE {_SHOWN} AND kind = ? AND state = ?",  # noqa: S608 -- our names
                (str(kind), str(state)),
            )
            return tuple(record_id for (record_id,) in rows)

    def on_their_way(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, Sequence[Entry]]:
        """Return the edits that were sent and not answered, by record; let go or not."""
        state = "state IN ('sending', 'not sure')"
        found: dict[str, list[Entry]] = {}
        for some in _pieces(ids):
            for entry in self._select(
                f"{_OPEN} AND {state} AND action = 'update' AND kind = ? AND {_among(some)}",
                [kind, *some],
            ):
                found.setdefault(entry.record_id, []).append(entry)
        return found

    def let_go(self) -> tuple[int, ...]:
        """Return the numbers of what a person has dropped and may still land, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT n FROM entry WHERE {_OPEN} AND let_go ORDER BY n")  # noqa: S608 -- our names
            return tuple(n for (n,) in rows)

    def counts(self) -> Mapping[State, int]:
        """Return how many entries stand in each open state; a damaged state is a refused entry."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {entries.STANDS} AS stands, count(*) FROM entry"  # noqa: S608 -- our names
                f" WHERE {_OPEN} GROUP BY stands"
            )
            return {State(stands): count for stands, count in rows}

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

        What was taken back while it was on its way, or let go, and didn't arrive, is dropped: it
        neither goes again nor keeps its way back waiting. What comes back of a step that was
        stopped meanwhile is dropped or held (:mod:`planhat_tui.store.steps`).
        """
        now, ns = self._wall(), list(ns)
        with self._database.writing() as connection:
            let_go = self._among_let_go(ns) if state in _ENDS else ()
            given_up = self._given_up(ns, state, was) if state in _COMES_BACK else ()
            connection.executemany(
                "UPDATE entry SET state = CASE WHEN (undone > 0 OR let_go) AND ?1 IN ('queued',"
                " 'refused') THEN 'dropped' WHEN stopped <> '' AND ?1 = 'queued' THEN stopped"
                " ELSE ?1 END, reason = CASE WHEN stopped <> '' AND ?1 = 'queued' THEN '' ELSE ?2"
                " END, state_at = ?3,"
                " attempts = attempts + ?4,"
                " result_id = CASE WHEN ?5 <> '' THEN ?5 ELSE result_id END WHERE n = ?6"
                " AND (?7 IS NULL OR state = ?7)",
                [(state, reason, now, int(attempt), result_id, n, was) for n in ns],
            )
            if let_go:
                self._let_go_settled(connection, let_go, arrived=state is State.DELIVERED)
            if given_up:
                gone = [*given_up, *self._ways_back(given_up)]
                hand_on(connection, [e._replace(state=State.DROPPED) for e in gone], now)
                self._go_along(given_up)

    def _given_up(self, ns: Sequence[int], state: State, was: State | None) -> list[Entry]:
        """Return which of these, that come back so, were taken back meanwhile, alone or all."""
        stopped = "stopped = 'dropped'" if state is State.QUEUED else "0"
        return [
            entry
            for some in _pieces(ns)
            for entry in self._select(
                f"n IN ({', '.join('?' * len(some))}) AND (undone > 0 OR {stopped}) AND {_SHOWN}",
                [*some],
            )
            if was in {None, entry.state}
        ]

    def _ways_back(self, dropped: Sequence[Entry]) -> list[Entry]:
        """Settle what was to edit these back; what of it edits others back goes on."""
        fields = {entry.n: [change.field for change in entry.changes] for entry in dropped}
        backs = [
            back
            for some in _pieces([*fields])
            for back in self._select(
                f"{_OPEN} AND state = 'queued' AND takes_back IN ({', '.join('?' * len(some))})",
                some,
            )
        ]
        parts = (self.split(back.n, fields[back.takes_back]) for back in backs)
        gone = [self.get(n) for n in parts if n is not None]
        self.mark([back.n for back in gone], State.DELIVERED, entries.AS_IT_WAS)
        return gone

    def _among_let_go(self, ns: Sequence[int]) -> list[Entry]:
        """Return which of these are let go and not settled yet."""
        return [
            entry
            for some in _pieces(ns)
            for entry in self._select(
                f"n IN ({', '.join('?' * len(some))}) AND let_go AND state = 'not sure'", [*some]
            )
        ]

    def _let_go_settled(
        self, connection: sqlite3.Connection, let_go: Sequence[Entry], *, arrived: bool
    ) -> None:
        """Say what became of what was let go; what was built on it, or beside it, follows."""
        for entry in let_go:
            told = f"It was dropped, and arrived all the same. undo {entry.n} takes it back."
            connection.execute(
                "UPDATE entry SET let_go = 0, reason = ? WHERE n = ?",
                (told if arrived else NOT_ARRIVED, entry.n),
            )
            if arrived:
                self._build_on(connection, entry)
        if not arrived:
            dropped = [entry._replace(state=State.DROPPED) for entry in let_go]
            hand_on(connection, dropped, self._wall())

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
                "UPDATE entry SET looked = ?1, reason = CASE WHEN let_go AND ?1 < ?4 THEN reason"
                " ELSE ?2 END WHERE n = ?3 AND state = 'not sure'",
                [(times, reason, n, LOOKED_IN_VAIN) for n in ns],
            )

    def amend(self, n: int, changes: Sequence[Change], state: State, reason: str = "") -> None:
        """Let an update ask for other changes, and give it a state."""
        with self._database.writing() as connection:
            entries.rewrite(connection, self.get(n)._replace(changes=tuple(changes)))
            self.mark([n], state, reason)

    def means_now(self, n: int, there: Raw) -> None:
        """Let a deletion that was refused, once it's sent again, mean the record as it is now.

        A person has been told by then what has changed in it.
        """
        with self._database.writing() as connection:
            if (entry := self.get(n)).state is State.REFUSED and entry.reason != DAMAGED:
                entries.rewrite(connection, entry._replace(body=there))

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

    def found_so(self, n: int, parts: Parted) -> int | None:
        """Note that Planhat has a part of an update without it: it's delivered and wasn't sent.

        It's an entry of its own, so that it isn't taken back with the rest. Returns the number of
        the rest; ``None`` if there is none.
        """
        with self._database.writing() as connection:
            entry, found = self.get(n), n
            if parts.left:
                entries.rewrite(connection, entry._replace(changes=parts.left))
                found = entries.split_off(connection, entry, parts.found)
            self.mark([found], State.DELIVERED)
        return n if parts.left else None

    def taken(self, n: int, lost: AbstractSet[str]) -> None:
        """Note that Planhat has taken an update. The fields that it didn't keep are refused.

        What it kept is delivered, as an entry of its own where it's only a part.
        """
        with self._database.writing():
            entry = self.get(n)
            fields = {change.field for change in entry.changes}
            missing = sorted(label_of(entry.kind, field) for field in fields & lost)
            kept = self.split(n, fields - lost) if missing else n
            if kept is not None:
                self.mark([kept], State.DELIVERED)
            if missing:
                why = f"Planhat took the edit and didn't keep {', '.join(missing)}."
                self.mark([n], State.REFUSED, why)

    def made_ids(self, kind: Kind) -> frozenset[str]:
        """Return the ids that Planhat gave to what was made here."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT result_id FROM entry WHERE kind = ? AND result_id <> ''", (kind,)
            )
            return frozenset(made for (made,) in rows)

    def discard(self, n: int) -> Entry:
        """Drop an entry as :meth:`discard_all` does; the entry as it is now."""
        return self.discard_all([n])[0]

    def discard_all(self, ns: Sequence[int]) -> tuple[Entry, ...]:
        """Drop entries that aren't being sent, or none; what was built on them starts from before.

        What was to be made here goes with its later edits; contacts that were to be made at a
        company that now isn't, are refused. One that may still land is let go: it stays "not sure"
        until that is known. Returns these as they are now, and then what went with them. Raises
        :class:`InputError`.
        """
        with self._database.writing() as connection:
            before = [self.get(n) for n in ns]
            for entry in before:
                _check(entry, set(State) - {State.SENDING}, "be discarded")
            dropped = [entry for entry in before if not decides_itself(entry)]
            for reason in (UNKNOWN, ""):
                mine = [e.n for e in dropped if (e.state is State.NOT_SURE) == bool(reason)]
                self.mark(mine, State.DROPPED, reason)
            for entry in before:
                if decides_itself(entry):
                    self._left_alone(connection, entry.n, let_go=True, reason=LET_GO)
            hand_on(connection, dropped, self._wall())
            along = self._go_along(before)
            return tuple(map(self.get, (*ns, *along)))

    def go_along(self, dropped: Sequence[Entry]) -> tuple[Entry, ...]:
        """Let what was built on what a step was to make follow it; what that was, as it is now."""
        with self._database.writing():
            return tuple(map(self.get, self._go_along(dropped)))

    def _go_along(self, dropped: Sequence[Entry]) -> list[int]:
        """Drop the edits of what was to be made and isn't; refuse what was to be at it."""
        own = {entry.n for entry in dropped}
        making = [entry for entry in dropped if entry.action is Action.CREATE]
        later: list[int] = []
        for kind in {entry.kind for entry in making}:
            for some in _pieces([entry.record_id for entry in making if entry.kind is kind]):
                found = self._select(f"{_OPEN} AND kind = ? AND {_among(some)}", [kind, *some])
                later += [entry.n for entry in found if entry.n not in own]
        self.mark(later, State.DROPPED)
        companies = {entry.record_id for entry in making if entry.kind is Kind.COMPANY}
        orphans = [e.n for e in self._pointing_at(companies)] if companies else []
        self.mark(orphans, State.REFUSED, COMPANY_DISCARDED)
        return [*later, *orphans]

    def hold(self, n: int) -> Entry:
        """Keep a queued entry back."""
        return self._change(n, State.HELD, "be held", {State.QUEUED})

    def retry(self, n: int) -> Entry:
        """Queue an entry again that was refused, held, in conflict or not sure.

        What can be looked up is looked up first, at once, and stays "not sure": while it may still
        land it doesn't go again (:mod:`planhat_tui.model.doubts`). What a person decides can't be
        sent again before, either: then :class:`InputError`.
        """
        allowed = {State.REFUSED, State.HELD, State.CONFLICT, State.NOT_SURE}
        with self._database.writing() as connection:
            entry, now = self.get(n), self._wall()
            connection.execute("UPDATE entry SET stopped = '' WHERE n = ?", (n,))
            if decides_itself(entry):
                reason = "" if entry.let_go else entry.reason
                if entry.let_go:
                    self._build_on(connection, entry)
                return self._left_alone(connection, n, let_go=False, reason=reason)
            if entry.state is State.NOT_SURE and may_land(entry, now):
                raise InputError(
                    f"Edit {n} may still arrive in the next {lands_until(entry) - now:.0f} s.",
                    "Look then whether it is there, and send it again if it isn't.",
                )
            self._left_alone(connection, n, let_go=False, reason=entry.reason)
            return self._change(n, State.QUEUED, "be sent again", allowed)

    def _build_on(self, connection: sqlite3.Connection, entry: Entry) -> None:
        """Let what was typed while an edit was let go start from it: it counts after all."""
        moved = {change.field: (change.before, change.after) for change in entry.changes}
        start_from(connection, entry, moved, self._wall())

    def _left_alone(
        self, connection: sqlite3.Connection, n: int, *, let_go: bool, reason: str
    ) -> Entry:
        """Leave one that isn't sure as it is, to be looked up at once: wanted still, or let go."""
        connection.execute(
            "UPDATE entry SET let_go = ?, looked = 0, reason = ? WHERE n = ?"
            " AND state = 'not sure'",
            (let_go, reason, n),
        )
        return self.get(n)

    def recover(self) -> tuple[Entry, ...]:
        """Put right what nobody else will, and return what that was.

        What was being sent when its process died is "not sure" now; what waits for a record that
        isn't to be made any more is led to the id that this has, or refused. Only for the holder of
        the lease to send: another process may be sending right now.
        """
        lost = self._select(_SENDING, [])
        with self._database.reading() as connection:
            stray = strays(connection, self._select(_NAMING_NEW, []))
        if not (lost or stray):
            return ()
        with self._database.writing() as connection:
            lost = self._select(_SENDING, [])
            self.mark([e.n for e in lost], State.NOT_SURE, LOST_WITH_THE_PROCESS)
            stray = strays(connection, self._select(_NAMING_NEW, []))
            for entry, why in stray:
                entries.rewrite(connection, entry)
                if why:
                    self.mark([entry.n], State.REFUSED, why)
        return (*lost, *(entry for entry, _ in stray))

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
                if entry.reason != DAMAGED:
                    entries.rewrite(connection, renamed(entry, names))
            connection.executemany(
                "UPDATE entry SET record_id = ? WHERE kind = ? AND record_id = ?",
                [(real, kind, new) for new, real in names.items()],
            )
            aliases.note(connection, kind, names)

    def now_called(self, kind: Kind, record_id: str) -> str:
        """Return the id by which a record goes now: made here, or again, it had another before."""
        with self._database.reading() as connection:
            return aliases.now_of(connection, kind, record_id)

    def start_from(self, entry: Entry, field: str, built_on: Json, value: Json) -> None:
        """Let the next edit of a field behind this one, built on a value, start from another."""
        with self._database.writing() as connection:
            start_from(connection, entry, {field: (built_on, value)}, self._wall())

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
                if entry.reason != DAMAGED:
                    entries.rewrite(connection, entry._replace(record_id=new.record_id))
            aliases.note(connection, old.kind, {old.record_id: new.record_id})

    def called_now(self, entry: NewEntry) -> NewEntry:
        """Return an entry that names what was to be made here by the ids that it has by now."""
        with self._database.reading() as connection:
            return called_now(connection, entry)

    def followers(self, kind: Kind, record_id: str) -> tuple[Entry, ...]:
        """Return the open edits of a record that is to be made, and those that name it."""
        own = self.open_entries(kind, record_id)
        named = self._pointing_at([record_id]) if kind is Kind.COMPANY else ()
        edits = {entry.n: entry for entry in (*own, *named)}
        return tuple(e for e in edits.values() if (e.kind, e.action) != (kind, Action.CREATE))

    def _fold(self, kind: Kind, record_id: str) -> None:
        """Settle the newest edits of a record that take each other back, while none was sent.

        Only those that stand one right behind the other, of all that change the same fields: what
        is behind one that is kept back, or on its way, starts from that one's value.
        """
        updates = (e for e in self.open_entries(kind, record_id) if e.action is Action.UPDATE)
        for group in related(updates):
            newest = [*takewhile(_waits_unsent, reversed(group))][::-1]
            if len(newest) > 1 and not fold(c for entry in newest for c in entry.changes):
                self.mark([entry.n for entry in newest], State.DELIVERED, entries.AS_IT_WAS)

    def _change(self, n: int, state: State, deed: str, allowed: AbstractSet[State]) -> Entry:
        with self._database.writing():
            _check(self.get(n), allowed, deed)
            self.mark([n], state)
            return self.get(n)

    def _pointing_at(self, companies: Collection[str]) -> tuple[Entry, ...]:
        """Return the intact open entries whose payload names one of these companies."""
        text = next(iter(companies)) if len(companies) == 1 else '"companyId"'
        found = self._select(f"{_OPEN} AND (instr(body, ?) OR instr(changes, ?))", [text, text])
        return tuple(
            entry
            for entry in found
            if entry.reason != DAMAGED and companies_of(entry) & {*companies}
        )

    def _select(self, where: str, values: Sequence[str | int]) -> tuple[Entry, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {entries.COLUMNS} FROM entry WHERE {where} ORDER BY place, n",  # noqa: S608 -- ours
                values,
            ).fetchall()
        return tuple(map(entries.entry_of, rows))


def _check(entry: Entry, allowed: AbstractSet[State], deed: str) -> None:
    """Raise :class:`InputError` unless an entry is open and stands as it's allowed to."""
    if not entry.state.is_open or entry.state not in allowed:
        raise InputError(f"Edit {entry.n} is {entry.state}: it can't {deed}.")


def _waits_unsent(entry: Entry) -> bool:
    return entry.state is State.QUEUED and not entry.attempts


def _pieces(ids: Sequence[T]) -> Iterable[Sequence[T]]:
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
