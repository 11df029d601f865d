"""Taking a step back: what becomes of each of its edits, known before anything is done. Pure.

What Planhat doesn't have yet is dropped. What it has is edited back, field by field, where it still
is as the edit left it; what somebody has changed since stays. What was made is deleted, what was
deleted is made again, with a new id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from planhat_tui.errors import InputError
from planhat_tui.model.edits import Change, same, value_at
from planhat_tui.model.fields import FIELDS, label_of
from planhat_tui.model.outbox import Action, NewEntry, State
from planhat_tui.model.records import NEW_ID_PREFIX, Kind, texts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json, Raw

    Now = Callable[[Kind, str], Raw | None]


class Way(StrEnum):
    """How an edit is taken back."""

    DROP = "drop"
    EDIT = "edit"
    DELETE = "delete"
    MAKE = "make"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Back:
    """What becomes of one edit.

    ``changes`` lead from how the record is now to how it was; ``stays`` are the labels of the
    fields that somebody has changed since. ``now`` is the record as it is shown, if it is here.
    ``why`` says why an edit stays as it is.
    """

    entry: Entry
    way: Way
    changes: tuple[Change, ...] = ()
    stays: tuple[str, ...] = ()
    now: Raw | None = field(default=None, compare=False)
    why: str = ""


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What taking a step back does."""

    backs: tuple[Back, ...]

    @property
    def reaches_planhat(self) -> bool:
        """Whether Planhat hears of it; if not, edits are only dropped."""
        return any(back.way is not Way.DROP for back in self.backs)

    @property
    def deletes(self) -> tuple[str, ...]:
        """The titles of what is deleted in Planhat."""
        return tuple(back.entry.title for back in self.backs if back.way is Way.DELETE)

    @property
    def size(self) -> int:
        """How many records are edited, deleted or made at Planhat."""
        return sum(back.way not in {Way.DROP, Way.STAY} for back in self.backs)

    def entries(self, step: str, make_id: Callable[[], str]) -> tuple[NewEntry, ...]:
        """Return the edits that do it, as one step."""
        made = (_entry(back, step, make_id) for back in self.backs)
        return tuple(entry for entry in made if entry is not None)


def plan(step: Sequence[Entry], now: Now) -> UndoPlan:
    """Plan to take back a step; ``now`` gives a record as it is shown, ``None`` if it isn't here.

    Raises :class:`InputError` if there is nothing to take back, or nothing of it can be.
    """
    left = [entry for entry in step if entry.state is not State.DROPPED]
    if not left:
        raise InputError("There is nothing to take back.")
    if any(entry.state is State.SENDING for entry in left):
        raise InputError("That is being sent right now.", "Try again in a moment.")
    if any(entry.state is State.NOT_SURE for entry in left):
        raise InputError(
            "It isn't known whether Planhat has that.", "Settle it in the outbox first."
        )
    left.reverse()
    drops = [Back(entry, Way.DROP) for entry in left if entry.state.is_open]
    delivered = [_back(entry, now) for entry in left if not entry.state.is_open]
    if delivered and all(back.way is Way.STAY for back in delivered):
        raise InputError(delivered[0].why, "Nothing was taken back.")
    return UndoPlan((*drops, *delivered))


def cant_come_back(kind: Kind) -> str:
    """Return what is lost of a record that was deleted and is made again."""
    lost = "its id and the values that Planhat sets"
    return f"{lost}, and its contacts" if kind is Kind.COMPANY else lost


def _back(entry: Entry, now: Now) -> Back:
    match entry.action:
        case Action.UPDATE:
            return _edited_back(entry, now(entry.kind, entry.record_id))
        case Action.CREATE:
            record_id = _made_id(entry)
            if record_id:
                return Back(entry, Way.DELETE, now=now(entry.kind, record_id))
            return Back(entry, Way.STAY, why=f"{entry.title} was logged without an id.")
        case Action.DELETE:
            return Back(entry, Way.MAKE)


def _edited_back(entry: Entry, now: Raw | None) -> Back:
    """Edit back the fields that still are as this edit left them; the others stay."""
    if now is None:
        return Back(entry, Way.STAY, why=f"{entry.title} is no longer here.")
    inverses = {change.field: _inverse(change, now) for change in entry.changes}
    back = tuple(inverse for inverse in inverses.values() if inverse is not None)
    left = tuple(label_of(entry.kind, name) for name, found in inverses.items() if found is None)
    if not back:
        told = f"{', '.join(left)} of {entry.title} was changed since and stays."
        return Back(entry, Way.STAY, stays=left, why=told)
    return Back(entry, Way.EDIT, back, left, now)


def _inverse(change: Change, now: Raw) -> Change | None:
    """Return the inverse of a change; ``None`` if somebody has changed the field since."""
    current = value_at(now, change.field)
    if change.field == "tags":
        before, after = _tags(change.before), _tags(change.after)
        tags = [tag for tag in _tags(current) if tag in before or tag not in after]
        tags += [tag for tag in before if tag not in after and tag not in tags]
        return None if set(tags) == set(_tags(current)) else Change("tags", current, list(tags))
    return Change(change.field, current, change.before) if same(current, change.after) else None


def _tags(value: Json) -> tuple[str, ...]:
    return texts_of({"tags": value}, "tags")


def _made_id(entry: Entry) -> str:
    """Return the id of what was made, empty if Planhat told none."""
    record_id = entry.result_id or entry.record_id
    return "" if record_id.startswith(NEW_ID_PREFIX) else record_id


def _entry(back: Back, step: str, make_id: Callable[[], str]) -> NewEntry | None:
    entry = back.entry
    kind, title = entry.kind, entry.title
    match back.way:
        case Way.EDIT:
            return NewEntry(kind, Action.UPDATE, entry.record_id, title, back.changes, step=step)
        case Way.DELETE:
            body = dict(back.now or entry.body or {})
            return NewEntry(kind, Action.DELETE, _made_id(entry), title, body=body, step=step)
        case Way.MAKE:
            body = _recreated(kind, entry.body or {})
            record_id = NEW_ID_PREFIX + make_id()
            return NewEntry(kind, Action.CREATE, record_id, title, body=body, step=step)
        case Way.DROP | Way.STAY:
            return None


def _recreated(kind: Kind, body: Raw) -> dict[str, Json]:
    """Return what of a deleted record can be sent again."""
    names = {field.name for field in FIELDS[kind] if field.editable} | {"custom"}
    return {name: value for name, value in body.items() if name in names and value is not None}
