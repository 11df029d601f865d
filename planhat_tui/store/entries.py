"""Entries of the outbox as rows, each with a checksum: a flipped bit is never sent."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, Entry, State
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from planhat_tui.model.outbox import NewEntry
    from planhat_tui.model.values import Json

COLUMNS: Final = (
    "n, kind, action, record_id, title, changes, body, step, open_tenant, state, reason,"
    " created_at, state_at, attempts, result_id, checksum"
)
DAMAGED: Final = "It is damaged on this disk and is never sent: discard it and type it anew."


def insert(connection: sqlite3.Connection, entry: NewEntry, now: float) -> int:
    """Add an entry as queued; return its number."""
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


def rewrite(connection: sqlite3.Connection, entry: Entry, new_id: str, real_id: str) -> None:
    """Let the payload of an entry name a company by its real id."""
    body = None if entry.body is None else dict(entry.body)
    if body is not None and body.get("companyId") == new_id:
        body["companyId"] = real_id
    names = {new_id: real_id}
    changes = [
        Change(c.field, _renamed(c.before, names), _renamed(c.after, names))
        if c.field == "companyId"
        else c
        for c in entry.changes
    ]
    payload = _payload(changes, body)
    connection.execute(
        "UPDATE entry SET changes = ?, body = ?, checksum = ? WHERE n = ?",
        (*payload, _checksum(*payload), entry.n),
    )


def entry_of(row: Sequence[Any]) -> Entry:
    """Map a row of :data:`COLUMNS`.

    One that doesn't fit its checksum comes without what it asked for, as refused while it's open:
    so the others go on, and this one can be discarded.
    """
    n, kind, action, record_id, title, changes, body, step, tenant, state, *rest, checksum = row
    if _checksum(changes, body) != checksum:
        changes, body = "[]", None
        state = State.REFUSED if State(state).is_open else state
        rest[0] = DAMAGED
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
    return told, None if body is None else json.dumps(dict(body))


def _checksum(changes: str, body: str | None) -> str:
    return hashlib.sha256(f"{changes}\0{body}".encode(errors="replace")).hexdigest()


def _renamed(value: Json, names: Mapping[str, str]) -> Json:
    return names.get(value, value) if isinstance(value, str) else value
