"""What the outbox holds: edits that Planhat doesn't have yet, and what became of them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from planhat_tui.model.edits import Change
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planhat_tui.model.values import Json

ALREADY_GONE: Final = "It was already gone."
"""How the reason begins why a deletion counts as delivered whose record was no longer there.

What follows says that it was deleted from here, or with what it went.
"""
TAKEN: Final = "Somebody else had just made it under that external id, and this changed it."
"""How the reason begins why what was to be made is there and isn't ours."""
DAMAGED: Final = "It is damaged on this disk and is never sent: discard it and type it anew."
"""Why an entry is refused whose seal is broken: nothing of it but its number is sure."""
LOOKED_IN_VAIN: Final = 2
"""What ``looked`` is where looking doesn't tell what became of an entry: a person decides."""


class Action(StrEnum):
    """What an entry asks of Planhat."""

    UPDATE = "update"
    CREATE = "create"
    DELETE = "delete"


class State(StrEnum):
    """Where an entry stands. The value is the word that people see."""

    QUEUED = "queued"
    SENDING = "sending"
    NOT_SURE = "not sure"
    REFUSED = "refused"
    CONFLICT = "conflict"
    HELD = "held"
    DELIVERED = "delivered"
    DROPPED = "dropped"

    @property
    def is_open(self) -> bool:
        """Whether Planhat may still lack it and somebody has to act: all but the last two."""
        return self not in {State.DELIVERED, State.DROPPED}


class NewEntry(NamedTuple):
    """An entry before it is committed.

    An update has ``changes``; a create has ``body``, the JSON object to POST (a call's body too);
    a delete has ``body`` as the record stood, so that it can be shown. ``step`` groups what one
    key press did, so that one undo takes it back. ``open_tenant`` is the tenant's id when a call
    goes through the open endpoint, else empty. ``record_id`` of a create is ``new-<uuid>``.
    ``takes_back`` is the number of the entry that undo or redo takes back with it, else 0.
    """

    kind: Kind
    action: Action
    record_id: str
    title: str
    changes: tuple[Change, ...] = ()
    body: Mapping[str, Json] | None = None
    step: str = ""
    open_tenant: str = ""
    takes_back: int = 0


class Entry(NamedTuple):
    """An entry as it is kept.

    Times are seconds since the epoch. ``reason`` is a sentence: why it is refused, not sure, in
    conflict, or which fields Planhat dropped. ``attempts`` counts the times that it was sent.
    ``result_id`` is the id that Planhat gave to what was created. ``place`` orders the entries of a
    record: one that was split off another keeps the other's. ``tenant`` is the identity of whom it
    was made for, empty before the first contact; ``who`` the name of the person. ``sent_at`` is
    when it was first sent, by Planhat's clock if that is known, 0 if never. ``undone`` numbers the
    undo that took it back, else 0. ``looked`` counts how often Planhat was asked what became of one
    that isn't sure. ``let_go``: a person has dropped one that isn't sure, and it may still land.
    """

    n: int
    kind: Kind
    action: Action
    record_id: str
    title: str
    changes: tuple[Change, ...]
    body: Mapping[str, Json] | None
    step: str
    open_tenant: str
    state: State
    reason: str
    created_at: float
    state_at: float
    attempts: int
    result_id: str
    place: int = 0
    tenant: str = ""
    who: str = ""
    takes_back: int = 0
    sent_at: float = 0.0
    undone: int = 0
    looked: int = 0
    let_go: bool = False

    @property
    def stands(self) -> str:
        """How it stands, in words: its state, unless it was taken back or nothing was sent."""
        if self.undone:
            return "taken back"
        if self.let_go:
            return "dropped, not sure"
        if self.state is State.DELIVERED and not self.attempts:
            return "not needed"
        return self.state.value


def was_found_so(entry: Entry) -> bool:
    """Tell whether somebody else had done what an update asked for: nothing was sent for it."""
    settled = entry.state is State.DELIVERED and not entry.reason
    return settled and entry.action is Action.UPDATE and is_known_unsent(entry)


def is_known_unsent(entry: Entry) -> bool:
    """Tell whether what Planhat has of an edit can't come from here: it was never sent.

    Of undo's and redo's own that isn't known: what they take back may not have arrived.
    """
    return not (entry.attempts or entry.takes_back)


def was_gone(entry: Entry) -> bool:
    """Tell whether a deletion found its record gone already."""
    return entry.action is Action.DELETE and entry.reason.startswith(ALREADY_GONE)


def was_taken(entry: Entry) -> bool:
    """Tell whether somebody else had just made what an entry was to make under an external id."""
    return entry.action is Action.CREATE and entry.reason.startswith(TAKEN)


def left_out(entry: Entry) -> bool:
    """Tell whether what takes something back was dropped since somebody had changed that."""
    return entry.state is State.DROPPED and bool(entry.takes_back and entry.reason)


E = TypeVar("E", Entry, NewEntry)


class Made(NamedTuple):
    """What Planhat has made: which entry asked for it, under which id, and the id from there.

    ``reason`` is a sentence, such as what Planhat didn't keep, else empty.
    """

    n: int
    new_id: str
    id: str
    reason: str = ""


def companies_of(entry: Entry | NewEntry) -> set[str]:
    """Return the ids by which an entry's payload names companies."""
    named = [(entry.body or {}).get("companyId")]
    for change in entry.changes:
        if change.field == "companyId":
            named += [change.before, change.after]
    return {one for one in named if isinstance(one, str)}


def renamed(entry: E, names: Mapping[str, str]) -> E:
    """Return an entry that names records by other ids, also where one is its company."""
    body = None if entry.body is None else dict(entry.body)
    if body is not None and "companyId" in body:
        body["companyId"] = _renamed(body["companyId"], names)
    changes = tuple(
        Change(c.field, _renamed(c.before, names), _renamed(c.after, names))
        if c.field == "companyId"
        else c
        for c in entry.changes
    )
    record_id = names.get(entry.record_id, entry.record_id)
    return entry._replace(record_id=record_id, changes=changes, body=body)


def _renamed(value: Json, names: Mapping[str, str]) -> Json:
    return names.get(value, value) if isinstance(value, str) else value


def decides_itself(entry: Entry) -> bool:
    """Tell whether it can be found out what became of an entry that isn't sure."""
    if entry.state is not State.NOT_SURE or entry.looked >= LOOKED_IN_VAIN:
        return False
    return entry.action is not Action.CREATE or entry.kind is not Kind.CALL


def can_go_again(entry: Entry) -> bool:
    """Tell whether an entry was refused, and isn't one that is never sent."""
    return entry.state is State.REFUSED and entry.reason != DAMAGED


def related(updates: Iterable[Entry]) -> list[list[Entry]]:
    """Return updates of a record in groups that share no field, each in its order."""
    groups: list[tuple[set[str], list[Entry]]] = []
    for entry in updates:
        fields = {change.field for change in entry.changes}
        joined = [group for group in groups if group[0] & fields]
        groups = [group for group in groups if group not in joined]
        members = [one for _, group in joined for one in group]
        merged = fields.union(*(group[0] for group in joined))
        groups.append((merged, sorted([*members, entry], key=lambda one: (one.place, one.n))))
    return [group for _, group in groups]
