"""Taking back the last step: what is still queued is dropped, what is delivered is edited back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import InputError
from planhat_tui.model.edits import Change, same, value_at
from planhat_tui.model.fields import FIELDS, label_of
from planhat_tui.model.outbox import Action, NewEntry, State
from planhat_tui.model.records import NEW_ID_PREFIX, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.workspace.actions import Actions

_UNDO: Final = "undo:"


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the entries, and a sentence."""

    entries: tuple[Entry, ...]
    text: str


class Undo:
    """Takes back steps of one profile."""

    def __init__(self, store: TenantStore, actions: Actions) -> None:
        self._store = store
        self._actions = actions

    def would_delete(self) -> tuple[str, ...]:
        """Return the titles of what taking back the last step deletes in Planhat."""
        step = self._store.outbox.last_step()
        made = Action.CREATE, State.DELIVERED
        return tuple(entry.title for entry in step if (entry.action, entry.state) == made)

    def last(self) -> Undone:
        """Take back the last step. Raises :class:`InputError` if there is none, or it can't be."""
        step = [e for e in self._store.outbox.last_step() if e.state is not State.DROPPED]
        if not step:
            raise InputError("There is nothing to take back.")
        if any(entry.state is State.SENDING for entry in step):
            raise InputError("That is being sent right now.", "Try again in a moment.")
        if any(entry.state is State.NOT_SURE for entry in step):
            raise InputError(
                "It isn't known whether Planhat has that.", "Settle it in the outbox first."
            )
        queued = [entry for entry in step if entry.state.is_open]
        delivered = [entry for entry in step if not entry.state.is_open]
        made, sentences = self._inverse(delivered)
        self._actions.check(made)
        told = [self._dropped(entry) for entry in reversed(queued)]
        entries = self._actions.queue(made) if made else ()
        self._store.outbox.mark_undone([entry.n for entry in step])
        return Undone(entries or tuple(step), "  ".join([*told, *sentences]))

    def _dropped(self, entry: Entry) -> str:
        self._actions.discard(entry.n)
        return f"{_deed(entry)} is taken back: it was not delivered yet."

    def _inverse(self, delivered: Sequence[Entry]) -> tuple[list[NewEntry], list[str]]:
        step = _UNDO + uuid.uuid4().hex
        made: list[NewEntry] = []
        told: list[str] = []
        for entry in reversed(delivered):
            inverse, sentence = self._inverse_of(entry, step)
            made += [inverse] if inverse else []
            told.append(sentence)
        return made, told

    def _inverse_of(self, entry: Entry, step: str) -> tuple[NewEntry | None, str]:
        match entry.action:
            case Action.UPDATE:
                return self._edited_back(entry, step)
            case Action.CREATE:
                return self._deleted_again(entry, step)
            case Action.DELETE:
                return self._made_again(entry, step)

    def _edited_back(self, entry: Entry, step: str) -> tuple[NewEntry | None, str]:
        """Edit back the fields that still are as this edit left them; name the others."""
        now = self._raw(entry.kind, entry.record_id)
        if now is None:
            raise InputError(f"{entry.title} is no longer here.", "It can't be edited back.")
        back, left = [], []
        for change in entry.changes:
            inverse = _back(change, now)
            if inverse:
                back.append(inverse)
            else:
                left.append(label_of(entry.kind, change.field))
        kept = f" {', '.join(left)} was changed since and stays." if left else ""
        if not back:
            raise InputError(f"{entry.title} was changed since.{kept}", "Nothing was taken back.")
        fields = ", ".join(label_of(entry.kind, change.field) for change in back)
        made = NewEntry(
            entry.kind, Action.UPDATE, entry.record_id, entry.title, tuple(back), step=step
        )
        return made, f"{fields} of {entry.title} goes back; the edit is queued.{kept}"

    def _deleted_again(self, entry: Entry, step: str) -> tuple[NewEntry | None, str]:
        record_id = entry.result_id or entry.record_id
        if not record_id or record_id.startswith(NEW_ID_PREFIX):
            raise InputError(
                f"{entry.title} was logged without an id.", "It can't be taken back from here."
            )
        body = dict(self._raw(entry.kind, record_id) or entry.body or {})
        made = NewEntry(entry.kind, Action.DELETE, record_id, entry.title, body=body, step=step)
        return made, f"{entry.title} is deleted again; the edit is queued."

    def _made_again(self, entry: Entry, step: str) -> tuple[NewEntry | None, str]:
        body = _recreated(entry.kind, entry.body or {})
        record_id = NEW_ID_PREFIX + uuid.uuid4().hex
        made = NewEntry(entry.kind, Action.CREATE, record_id, entry.title, body=body, step=step)
        lost = "its id and the values that Planhat sets"
        if entry.kind is Kind.COMPANY:
            lost += ", and its contacts"
        return made, f"{entry.title} is made again with a new id; what can't come back: {lost}."

    def _raw(self, kind: Kind, record_id: str) -> Raw | None:
        if kind is Kind.CALL:
            call = self._store.calls.get(record_id)
            return call.call.raw if call else None
        mirror = self._store.mirror
        shown = (mirror.company if kind is Kind.COMPANY else mirror.contact)(record_id)
        return shown.raw if shown else None


def _back(change: Change, now: Raw) -> Change | None:
    """Return the inverse of a change; ``None`` if somebody has changed the field since."""
    current = value_at(now, change.field)
    if change.field == "tags":
        before, after = _texts(change.before), _texts(change.after)
        tags = [tag for tag in _texts(current) if tag in before or tag not in after]
        tags += [tag for tag in before if tag not in after and tag not in tags]
        return Change("tags", current, list(tags))
    return Change(change.field, current, change.before) if same(current, change.after) else None


def _texts(value: Json) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _recreated(kind: Kind, body: Raw) -> dict[str, Json]:
    """Return what of a deleted record can be sent again."""
    names = {field.name for field in FIELDS[kind] if field.editable} | {"custom"}
    return {name: value for name, value in body.items() if name in names and value is not None}


def _deed(entry: Entry) -> str:
    match entry.action:
        case Action.CREATE:
            return f"Making {entry.title}" if entry.kind is not Kind.CALL else f"The {entry.title}"
        case Action.DELETE:
            return f"Deleting {entry.title}"
        case Action.UPDATE:
            fields = ", ".join(label_of(entry.kind, change.field) for change in entry.changes)
            return f"{fields} of {entry.title}"
