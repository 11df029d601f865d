"""Entries of the outbox as rows, each under a seal: a flipped bit is never sent.

The seal is a checksum of all that decides what is sent, and to whom: what is asked, of which
record, of which tenant, with which values.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import DAMAGED, Action, Entry, State
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from planhat_tui.model.outbox import NewEntry

COLUMNS: Final = (
    "n, kind, action, record_id, title, changes, body, step, open_tenant, state, reason,"
    " created_at, state_at, attempts, result_id, place, tenant, who, takes_back, sent_at, undone,"
    " looked, let_go, checksum"
)
_STATES: Final = ", ".join(f"'{state}'" for state in State)
STANDS: Final = f"CASE WHEN state IN ({_STATES}) THEN state ELSE '{State.REFUSED}' END"
"""The state of a row in SQL, as :func:`entry_of` has it: one that is damaged is a refused one."""
AS_IT_WAS: Final = "It is back as it was: there was nothing to send."


class Owner(NamedTuple):
    """Whose edits these are: the tenant's identity, and the person; each empty until it's known.

    ``author`` names the credential by which that person speaks, and can't be turned back into it.
    """

    tenant: str = ""
    who: str = ""
    author: str = ""


def insert(connection: sqlite3.Connection, entry: NewEntry, owner: Owner, now: float) -> int:
    """Add an entry as queued; return its number."""
    payload = _payload(entry.changes, entry.body)
    checksum = _checksum(
        entry.kind, entry.action, entry.record_id, entry.open_tenant, owner.tenant, *payload
    )
    cursor = connection.execute(
        "INSERT INTO entry (kind, action, record_id, title, changes, body, checksum, step,"
        " open_tenant, state, created_at, state_at, tenant, who, takes_back, author)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.kind,
            entry.action,
            entry.record_id,
            entry.title,
            *payload,
            checksum,
            entry.step,
            entry.open_tenant,
            State.QUEUED,
            now,
            now,
            owner.tenant,
            owner.who,
            entry.takes_back,
            owner.author,
        ),
    )
    n = int(cursor.lastrowid or 0)
    connection.execute("UPDATE entry SET place = n WHERE n = ?", (n,))
    return n


def split_off(connection: sqlite3.Connection, entry: Entry, changes: Iterable[Change]) -> int:
    """Make an entry of its own of some of an update's changes, in the same place; its number."""
    cursor = connection.execute(
        "INSERT INTO entry (kind, action, record_id, title, changes, checksum, step, open_tenant,"
        " state, reason, created_at, state_at, attempts, place, tenant, who, takes_back, sent_at,"
        " undone, stopped, author)"
        " SELECT kind, action, record_id, title, '[]', '', step, open_tenant, state, reason,"
        " created_at, state_at, attempts, place, tenant, who, takes_back, sent_at, undone,"
        " stopped, author FROM entry WHERE n = ?",
        (entry.n,),
    )
    n = int(cursor.lastrowid or 0)
    rewrite(connection, entry._replace(n=n, changes=tuple(changes)))
    return n


def rewrite(connection: sqlite3.Connection, entry: Entry) -> None:
    """Let the row of an intact entry have this record, tenant and payload, under a new seal."""
    payload = _payload(entry.changes, entry.body)
    checksum = _checksum(
        entry.kind, entry.action, entry.record_id, entry.open_tenant, entry.tenant, *payload
    )
    connection.execute(
        "UPDATE entry SET record_id = ?, tenant = ?, changes = ?, body = ?, checksum = ?"
        " WHERE n = ?",
        (entry.record_id, entry.tenant, *payload, checksum, entry.n),
    )


def entry_of(row: Sequence[Any]) -> Entry:
    """Map a row of :data:`COLUMNS`.

    One that doesn't fit its seal comes without what it asked for, as refused while it's open: so
    the others go on, and this one can be discarded.
    """
    (
        n, kind, action, record_id, title, changes, body, step, open_tenant, state, reason,
        created_at, state_at, attempts, result_id, place, tenant, who, takes_back, sent_at, undone,
        looked, let_go, checksum,
    ) = row  # fmt: skip
    intact = checksum in {
        _checksum(kind, action, record_id, open_tenant, tenant, changes, body),
        _first_checksum(changes, body),
    } and _known(State, state)
    if not intact:
        changes, body = "[]", None
        settled = state in {State.DELIVERED, State.DROPPED}
        state, reason = (state if settled else State.REFUSED), DAMAGED
    return Entry(
        n,
        Kind(kind) if _known(Kind, kind) else Kind.COMPANY,
        Action(action) if _known(Action, action) else Action.UPDATE,
        str(record_id),
        str(title),
        tuple(Change(**change) for change in json.loads(changes)),
        json.loads(body) if body is not None else None,
        str(step),
        str(open_tenant),
        State(state),
        str(reason),
        _number(created_at),
        _number(state_at),
        int(_number(attempts)),
        str(result_id),
        int(_number(place)),
        str(tenant),
        str(who),
        int(_number(takes_back)),
        _number(sent_at),
        int(_number(undone)),
        int(_number(looked)),
        bool(_number(let_go)),
    )


def _payload(changes: Iterable[Change], body: Mapping[str, Any] | None) -> tuple[str, str | None]:
    told = json.dumps([{"field": c.field, "before": c.before, "after": c.after} for c in changes])
    return told, None if body is None else json.dumps(dict(body))


def _checksum(*parts: object) -> str:
    return hashlib.sha256(json.dumps([_told(part) for part in parts]).encode()).hexdigest()


def _told(part: object) -> str | None:
    """Return a cell as text; what a flipped bit has made of another type is no text of ours."""
    return part if part is None or isinstance(part, str) else f"\0{part!r}"


def _first_checksum(changes: object, body: object) -> str:
    """Return the checksum that the first version wrote, over less."""
    return hashlib.sha256(f"{changes}\0{body}".encode(errors="replace")).hexdigest()


def _known(words: type[State | Kind | Action], text: object) -> bool:
    return text in set(words)


def _number(cell: object) -> float:
    """Return a number that isn't under the seal; 0 for what a flipped bit has made no number."""
    return cell if isinstance(cell, int | float) else 0.0
