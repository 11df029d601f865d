"""Edits as records: the outbox and the journal tell the same of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.custom import format as shown
from planhat_tui.model.days import spoken
from planhat_tui.model.doubts import told_let_go
from planhat_tui.model.fields import label_of
from planhat_tui.model.outbox import Action

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json

WORDS: Final = {
    "n": "Edit",
    "state": "State",
    "title": "Record",
    "what": "Does",
    "changes": "Changes",
    "reason": "Because",
    "waits": "Waits",
    "attempts": "Sent, times",
    "createdAt": "Typed",
    "stateAt": "So since",
    "who": "By",
    "takesBack": "Takes back",
    "takenBack": "Taken back",
}
"""What people read of one edit, in this order."""


def told(entry: Entry) -> dict[str, Json]:
    """Return an entry as JSON; times are ISO 8601, ``null`` for what never was."""
    return {
        "n": entry.n,
        "state": entry.state.value,
        "kind": entry.kind.value,
        "action": entry.action.value,
        "id": entry.result_id or entry.record_id,
        "title": entry.title,
        "what": what(entry),
        "changes": [
            {"field": c.field, "before": c.before, "after": c.after} for c in entry.changes
        ],
        "reason": entry.reason,
        "attempts": entry.attempts,
        "createdAt": moment(entry.created_at),
        "stateAt": moment(entry.state_at),
        "who": entry.who,
        "takesBack": entry.takes_back or None,
        "takenBack": bool(entry.undone),
    }


def in_words(entry: Entry, row: Mapping[str, Json], now: datetime) -> dict[str, Json]:
    """Return what :func:`told` gives as people read it: changes in words, local times."""
    changes = [
        f"{label_of(entry.kind, one.field)}: {shown(one.before) or '-'} → {shown(one.after) or '-'}"
        for one in entry.changes
    ]
    said: dict[str, Json] = {
        "changes": "; ".join(changes),
        "createdAt": when(entry.created_at, now),
        "stateAt": when(entry.state_at, now),
        "takenBack": "yes" if entry.undone else "",
        "attempts": entry.attempts or "",
    }
    return {name: said.get(name, row.get(name)) for name in WORDS}


def when(seconds: float, now: datetime) -> str:
    """Return seconds since the epoch by the clock on the wall; empty for 0."""
    from datetime import UTC, datetime

    return spoken(datetime.fromtimestamp(seconds, UTC), now) if seconds else ""


def may_arrive(entry: Entry, now: datetime) -> str:
    """Say of one that was dropped while it wasn't sure what is still to be known of it."""
    if not entry.let_go:
        return entry.reason
    may = told_let_go(entry, lambda moment: when(moment, now))
    return f"{may} Whether it did: outbox show {entry.n}"


def what(entry: Entry) -> str:
    """Return what an edit does, in a few words: its fields, or ``create company``."""
    if entry.action is Action.UPDATE:
        return ", ".join(label_of(entry.kind, change.field) for change in entry.changes)
    return f"{entry.action} {entry.kind}"


def moment(seconds: float) -> str | None:
    """Return seconds since the epoch as ISO 8601, ``None`` for 0."""
    from datetime import UTC, datetime

    from planhat_tui.model.calls import iso

    return iso(datetime.fromtimestamp(seconds, UTC)) if seconds else None
