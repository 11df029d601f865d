"""Calls logged from here, or fetched by their id: the API has no list of calls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from planhat_tui.model.records import Call, Kind
from planhat_tui.store.columns import seconds
from planhat_tui.store.overlay import lay
from planhat_tui.store.rows import LoggedCall

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from planhat_tui.store.connection import Database
    from planhat_tui.store.outbox import Outbox


class CallLog:
    """The call log of one tenant, in the outbox's file: it can't be read anew from Planhat."""

    def __init__(self, database: Database, outbox: Outbox, wall: Callable[[], float]) -> None:
        self._database = database
        self._outbox = outbox
        self._wall = wall

    def put(
        self, call: dict[str, Json], *, note: str = "", contact_id: str = "", company_id: str = ""
    ) -> None:
        """Keep a call; an empty note, contact or company leaves the one that was kept before."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO call_log VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                " json = excluded.json,"
                " note = CASE excluded.note WHEN '' THEN note ELSE excluded.note END,"
                " contact_id = CASE excluded.contact_id WHEN '' THEN contact_id"
                " ELSE excluded.contact_id END,"
                " company_id = CASE excluded.company_id WHEN '' THEN company_id"
                " ELSE excluded.company_id END",
                (call["_id"], json.dumps(call), note, contact_id, company_id, self._wall()),
            )

    def rename(self, new_id: str, call: dict[str, Json]) -> None:
        """Replace a call made here by what Planhat made of it."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE OR REPLACE call_log SET id = ?, json = ? WHERE id = ?",
                (call["_id"], json.dumps(call), new_id),
            )

    def follow(self, kind: Kind, new_id: str, server_id: str) -> None:
        """Let calls that were meant for a record made here know its id from Planhat."""
        column = "company_id" if kind is Kind.COMPANY else "contact_id"
        with self._database.writing() as connection:
            connection.execute(
                f"UPDATE call_log SET {column} = ? WHERE {column} = ?",  # noqa: S608 -- our names
                (server_id, new_id),
            )

    def list(self, company_id: str = "") -> tuple[LoggedCall, ...]:
        """Return the calls, newest first; of a company, whom the person or Planhat meant."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, json, note, contact_id, company_id, logged_at FROM call_log"
                " ORDER BY logged_at DESC, id"
            ).fetchall()
        edits = self._outbox.open_by_record(Kind.CALL)
        calls = [_logged(row, edits.get(row[0], ())) for row in rows]
        return tuple(
            one for one in calls if company_id in {"", one.company_id, one.call.company_id}
        )

    def get(self, call_id: str) -> LoggedCall | None:
        """Return a call, ``None`` if it isn't in the log."""
        return next((one for one in self.list() if one.call.id == call_id), None)

    def last(self, kind: Kind) -> dict[str, float]:
        """Return when the last call was that was logged with each company, or each contact.

        Seconds since the epoch, by id: the call's start, or when it was logged.
        """
        moments: dict[str, float] = {}
        for one in self.list():
            started = seconds(one.call.start)
            at = one.logged_at if started is None else started
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
        """Take a call out of the log."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM call_log WHERE id = ?", (call_id,))


def _logged(row: tuple[str, str, str, str, str, float], entries: Sequence[Entry]) -> LoggedCall:
    call_id, text, note, contact_id, company_id, logged_at = row
    laid = lay(call_id, json.loads(text), entries)
    return LoggedCall(
        Call.from_raw(laid.data or {}), note, contact_id, company_id, laid.state, logged_at
    )
