"""Calls logged from here, or fetched by their id: the API has no list of calls."""

from __future__ import annotations

import json
import operator
from typing import TYPE_CHECKING, Final

from planhat_tui.model.records import Call, Kind
from planhat_tui.store.columns import seconds
from planhat_tui.store.overlay import lay
from planhat_tui.store.remembering import Remembered
from planhat_tui.store.rows import LoggedCall

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from planhat_tui.store.asking import Bounds, Told
    from planhat_tui.store.connection import Database
    from planhat_tui.store.outbox import Outbox
    from planhat_tui.store.remembering import Moments


_MEETS: Final = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
_ALL: Final = "SELECT id, json, note, contact_id, company_id, logged_at, seen_at FROM call_log"


class CallLog:
    """The call log of one tenant, in the outbox's file: it can't be read anew from Planhat."""

    def __init__(self, database: Database, outbox: Outbox, wall: Callable[[], float]) -> None:
        self._database = database
        self._outbox = outbox
        self._wall = wall
        self._last = Remembered(self._read_last)

    def put(
        self, call: dict[str, Json], *, note: str = "", contact_id: str = "", company_id: str = ""
    ) -> None:
        """Keep a call; an empty note, contact or company leaves the one that was kept before."""
        self._put(call, note, contact_id, company_id, 0.0)

    def take_in(self, call: dict[str, Json], seen_at: float) -> None:
        """Keep a call as Planhat has it; ``seen_at`` is seconds since the epoch.

        One that was read later stays.
        """
        with self._database.writing() as connection:
            (later,) = connection.execute(
                "SELECT count(*) FROM call_log WHERE id = ? AND seen_at > ? AND seen_at <= ?",
                (call["_id"], seen_at, self._wall()),
            ).fetchone()
            if not later:
                self._put(call, "", "", "", seen_at)

    def _put(
        self, call: dict[str, Json], note: str, contact_id: str, company_id: str, seen_at: float
    ) -> None:
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO call_log VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                " json = excluded.json, seen_at = excluded.seen_at,"
                " note = CASE excluded.note WHEN '' THEN note ELSE excluded.note END,"
                " contact_id = CASE excluded.contact_id WHEN '' THEN contact_id"
                " ELSE excluded.contact_id END,"
                " company_id = CASE excluded.company_id WHEN '' THEN company_id"
                " ELSE excluded.company_id END",
                (
                    call["_id"],
                    json.dumps(call),
                    note,
                    contact_id,
                    company_id,
                    self._wall(),
                    seen_at,
                ),
            )

    def note(self, call_id: str, text: str) -> None:
        """Keep another note of a call; an empty one takes it away."""
        with self._database.writing() as connection:
            connection.execute("UPDATE call_log SET note = ? WHERE id = ?", (text, call_id))

    def rename(self, new_id: str, call: dict[str, Json], seen_at: float = 0.0) -> None:
        """Replace a call made here by what Planhat made of it, if it told so: by its id, if not."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE OR REPLACE call_log SET id = ?, json = ?, seen_at = ? WHERE id = ?",
                (call["_id"], json.dumps(call), seen_at, new_id),
            )

    def follow(self, kind: Kind, names: Mapping[str, str]) -> None:
        """Let calls that were meant for records made here know their ids from Planhat."""
        column = "company_id" if kind is Kind.COMPANY else "contact_id"
        with self._database.writing() as connection:
            for table in ("call_log", "call_kept"):
                connection.executemany(
                    f"UPDATE {table} SET {column} = ? WHERE {column} = ?",  # noqa: S608 -- our names
                    [(server_id, new_id) for new_id, server_id in names.items()],
                )

    def list(self, company_id: str = "") -> tuple[LoggedCall, ...]:
        """Return the calls, newest first by their own time; of a company, whom one meant."""
        with self._database.reading() as connection:
            rows = connection.execute(f"{_ALL} ORDER BY logged_at DESC, id").fetchall()
        edits = self._outbox.open_by_record(Kind.CALL)
        calls = [_logged(row, edits.get(row[0], ())) for row in rows]
        calls.sort(key=_moment, reverse=True)
        return tuple(
            one for one in calls if company_id in {"", one.company_id, one.call.company_id}
        )

    def get(self, call_id: str) -> LoggedCall | None:
        """Return a call, ``None`` if it isn't in the log."""
        with self._database.reading() as connection:
            row = connection.execute(f"{_ALL} WHERE id = ?", (call_id,)).fetchone()
        edits = self._outbox.open_by_record(Kind.CALL, [call_id])
        return _logged(row, edits.get(call_id, ())) if row else None

    def last(self, kind: Kind) -> Moments:
        """Return when the last call was that was logged with each company, or each contact.

        Seconds since the epoch, by id: the call's start, or when it was logged.
        """
        return self._last.of(kind, self._database)

    def within(self, kind: Kind, bounds: Bounds) -> Sequence[str]:
        """Return which companies, or which contacts, had their last call within bounds."""
        wanted = [(_MEETS[compare], moment) for compare, moment in bounds]
        moments = self.last(kind).items()
        return [one for one, at in moments if all(meets(at, moment) for meets, moment in wanted)]

    def in_order(self, kind: Kind, *, descending: bool, most: int | None = None) -> Told:
        """Return when their last calls were, the first or the last ones first, all there are."""
        del most  # they are those that were logged here: few
        return sorted(self.last(kind).items(), key=operator.itemgetter(1), reverse=descending)

    def _read_last(self, kind: Kind) -> Moments:
        moments: dict[str, float] = {}
        for one in self.list():
            at = _moment(one)
            theirs = (one.company_id, one.call.company_id)
            if kind is Kind.CONTACT:
                theirs = (one.contact_id, one.call.contact_id)
            for record in filter(None, theirs):
                moments[record] = max(at, moments.get(record, at))
        return moments

    def server(self, call_id: str) -> dict[str, Json] | None:
        """Return a call as Planhat has it, without pending edits; ``None`` if it isn't here."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT json FROM call_log WHERE id = ?", (call_id,)
            ).fetchone()
        return dict(json.loads(row[0])) if row else None

    def remove(self, call_id: str) -> None:
        """Take a call out of the log; what Planhat never had of it is kept for :meth:`again`."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO call_kept"
                " SELECT id, note, contact_id, company_id FROM call_log WHERE id = ?",
                (call_id,),
            )
            connection.execute("DELETE FROM call_log WHERE id = ?", (call_id,))

    def again(self, call: dict[str, Json], was: str) -> None:
        """Put a call back that was taken out as ``was``, with its note and whom one meant."""
        with self._database.writing() as connection:
            kept = connection.execute(
                "SELECT note, contact_id, company_id FROM call_kept WHERE id = ?", (was,)
            ).fetchone()
            note, contact_id, company_id = kept or ("", "", "")
            self.put(call, note=note, contact_id=contact_id, company_id=company_id)


def _logged(
    row: tuple[str, str, str, str, str, float, float], entries: Sequence[Entry]
) -> LoggedCall:
    call_id, text, note, contact_id, company_id, logged_at, seen_at = row
    laid = lay(call_id, json.loads(text), entries)
    call = Call.from_raw(laid.data or {})
    return LoggedCall(call, note, contact_id, company_id, laid.state, logged_at, seen_at or None)


def _moment(one: LoggedCall) -> float:
    """Return when a call was, in seconds since the epoch: its start, or when it was logged."""
    started = seconds(one.call.start)
    return one.logged_at if started is None else started
