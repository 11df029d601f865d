"""Edits that are dropped: what was built on one of them starts from where that one did.

A deletion behind them means the record without them, likewise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.edits import Change, apply, fold, same, value_at
from planhat_tui.model.outbox import DAMAGED, Action, State
from planhat_tui.store import entries

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json

_BUILT_ON: Final = frozenset({State.QUEUED, State.HELD, State.REFUSED, State.CONFLICT})
"""Edits that Planhat doesn't have: only these can start from another value."""


def hand_on(connection: sqlite3.Connection, dropped: Iterable[Entry], now: float) -> None:
    """Let the next edit of each field start where the dropped one, as it was before, did.

    Else it would find a value at Planhat that nobody there has changed, and call it a conflict.
    One that is left with nothing to change is settled. Of one that isn't sure it isn't known which
    value Planhat has: it hands nothing on. Tags are merged as sets and need none of it.
    """
    for entry in sorted(dropped, key=lambda one: (one.place, one.n), reverse=True):
        if entry.action is not Action.UPDATE or entry.state is State.NOT_SURE:
            continue
        moved = {change.field: (change.after, change.before) for change in entry.changes}
        start_from(connection, entry, moved, now)


def start_from(
    connection: sqlite3.Connection,
    entry: Entry,
    moved: Mapping[str, tuple[Json, Json]],
    now: float,
) -> None:
    """Let the next edit of each field behind an entry start from another value.

    ``moved`` has the value that it was built on, by field, and the one that it starts from now.
    """
    behind = _behind(connection, entry)
    for deletion in (one for one in behind if one.action is Action.DELETE):
        _mean_without(connection, deletion, moved)
    later = [one for one in behind if one.action is Action.UPDATE]
    for path, (built_on, value) in moved.items():
        follower = next((one for one in later if _names(one, path)), None)
        if follower is None or path == "tags" or follower.state not in _BUILT_ON:
            continue
        started = follower._replace(
            changes=tuple(_started(c, path, built_on, value) for c in follower.changes)
        )
        if started == follower:
            continue
        entries.rewrite(connection, started)
        later = [started if one.n == started.n else one for one in later]
        if started.state is State.QUEUED and not (started.attempts or fold(started.changes)):
            connection.execute(
                "UPDATE entry SET state = ?, reason = ?, state_at = ? WHERE n = ?",
                (State.DELIVERED, entries.AS_IT_WAS, now, started.n),
            )


def _mean_without(
    connection: sqlite3.Connection, deletion: Entry, moved: Mapping[str, tuple[Json, Json]]
) -> None:
    """Let a deletion mean the record as it stands without an edit: nobody else has changed that."""
    stood = deletion.body or {}
    changes = [
        Change(path, built_on, value)
        for path, (built_on, value) in moved.items()
        if path == "tags" or same(value_at(stood, path), built_on)
    ]
    if changes and deletion.state in _BUILT_ON and deletion.reason != DAMAGED:
        entries.rewrite(connection, deletion._replace(body=apply(stood, changes)))


def _behind(connection: sqlite3.Connection, entry: Entry) -> Sequence[Entry]:
    """Return what is open of the same record and came after, oldest first."""
    rows = connection.execute(
        f"SELECT {entries.COLUMNS} FROM entry WHERE kind = ? AND record_id = ?"  # noqa: S608 -- our names
        " AND action <> 'create' AND state NOT IN ('delivered', 'dropped')"
        " AND (place, n) > (?, ?) ORDER BY place, n",
        (entry.kind, entry.record_id, entry.place, entry.n),
    ).fetchall()
    return [entries.entry_of(row) for row in rows]


def _names(entry: Entry, path: str) -> bool:
    return any(change.field == path for change in entry.changes)


def _started(change: Change, path: str, built_on: Json, value: Json) -> Change:
    """Return a change of that field that was built on a value as one that starts from another."""
    if change.field != path or not same(change.before, built_on):
        return change
    return Change(change.field, value, change.after)
