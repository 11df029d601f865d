"""Taking a step back: what becomes of each of its edits, known before anything is done. Pure.

What Planhat doesn't have yet is dropped. What it has is edited back, field by field, where it still
is as the edit left it; what somebody has changed since, or had set before, stays. What was made is
deleted, with what others have put there since, which is named; what was deleted is made again, with
a new id. An edit that is on its way is edited back behind it; what else is on its way, or isn't
sure, waits until that is known. Redo is an undo of the undo: what that edited is edited back, what
it dropped is queued again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import InputError
from planhat_tui.model.edits import (
    Change,
    apply,
    custom_path,
    deciding,
    fold,
    same,
    same_at,
    value_at,
)
from planhat_tui.model.fields import FIELDS, are_several, label_of, stay_words
from planhat_tui.model.outbox import (
    ALREADY_GONE,
    DAMAGED,
    Action,
    NewEntry,
    State,
    renamed,
    was_found_so,
    was_gone,
    was_taken,
)
from planhat_tui.model.records import NEW_ID_PREFIX, Kind, map_of, texts_of
from planhat_tui.model.tags import tag_diff
from planhat_tui.model.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json, Raw

    Now = Callable[[Kind, str], Raw | None]
    Lost = Callable[[Entry], tuple[str, ...]]

_WHY: Final = {
    State.SENDING: "That is being sent right now.",
    State.NOT_SURE: "It isn't known whether Planhat has that.",
}
_ADVICE: Final = {
    State.SENDING: "Try again in a moment.",
    State.NOT_SURE: "Settle it in the outbox first.",
}


class Way(StrEnum):
    """How an edit is taken back."""

    DROP = "drop"
    EDIT = "edit"
    DELETE = "delete"
    MAKE = "make"
    AGAIN = "again"
    STAY = "stay"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Back:
    """What becomes of one edit.

    ``changes`` lead from how the record is now to how it was; ``stays`` are the labels of the
    fields that somebody has changed since. ``now`` is the record as it is shown, if it is here.
    ``why`` says why an edit stays as it is, or waits; ``whom`` with whom a call was, if it's known.
    ``lost`` names what of others goes with a record that is deleted: the labels of the fields that
    they have changed since it was made, and how many contacts it has.
    """

    entry: Entry
    way: Way
    changes: tuple[Change, ...] = ()
    stays: tuple[str, ...] = ()
    now: Raw | None = field(default=None, compare=False)
    why: str = ""
    lost: tuple[str, ...] = ()
    whom: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What taking a step back does, or, with ``redo``, what doing it again does.

    ``as_of``: the oldest of what is shown as "now" was read then, in seconds since the epoch;
    ``None`` if all of it was read just now. ``many``: the profile has so many looked at first.
    ``rest`` are the records of a plan that aren't in the outbox yet: they go no further, or go on.
    """

    backs: tuple[Back, ...]
    redo: bool = False
    as_of: float | None = field(default=None, compare=False)
    many: bool = field(default=False, compare=False)
    rest: int = 0

    @property
    def reaches_planhat(self) -> bool:
        """Whether Planhat hears of it: not if edits are only dropped."""
        return not all(back.way in {Way.DROP, Way.WAIT} for back in self.backs)

    @property
    def asks(self) -> bool:
        """Whether it is looked at first: not where a few edits are only dropped or queued again."""
        here = {Way.DROP, Way.WAIT}
        again = all(back.way in here or _is_edited_again(back) for back in self.backs)
        return self.reaches_planhat and (self.many or not again)

    @property
    def deletes(self) -> tuple[str, ...]:
        """The titles of what is deleted in Planhat."""
        return tuple(back.entry.title for back in self.backs if _deletes(back))

    @property
    def unseen(self) -> str:
        """What may go along with what is deleted without being named, as a sentence, or empty.

        That is so where a company's contacts weren't read just now: it takes a call for each. A
        record itself is read before it is deleted.
        """
        takes = any(b.way is Way.DELETE and b.entry.kind is Kind.COMPANY for b in self.backs)
        unread = takes and self.as_of is not None
        return "Contacts that others have put there since then go too, unnamed." if unread else ""

    @property
    def size(self) -> int:
        """How many records are edited, deleted or made at Planhat."""
        going = sum(back.way not in {Way.DROP, Way.STAY, Way.WAIT} for back in self.backs)
        return going + (self.rest if self.redo else 0)

    @property
    def told_rest(self) -> str:
        """What becomes of what isn't in the outbox yet, as a sentence, or empty."""
        if not self.rest:
            return ""
        one, of = self.rest == 1, f"{plural(self.rest, 'record')} of the plan"
        if self.redo:
            return f"{of} {'is' if one else 'are'} queued after that."
        left = "isn't queued yet, and is left" if one else "aren't queued yet, and are left"
        return f"{of} {left} as {'it is' if one else 'they are'}."

    @property
    def reads(self) -> tuple[tuple[Kind, str], ...]:
        """The records whose values now decide what is edited, or what is lost."""
        decide = (
            (b.entry.kind, made_id(b.entry) if b.way is Way.DELETE else b.entry.record_id)
            for b in self.backs
            if b.way is Way.DELETE or (b.entry.action is Action.UPDATE and b.now)
        )
        return tuple(dict.fromkeys(decide))

    def does(self, shown: UndoPlan) -> bool:
        """Tell whether it does what was ``shown``, though some edits went their way meanwhile."""
        told = {back.entry.n: back for back in shown.backs}
        return (
            self.redo == shown.redo
            and len(self.backs) == len(told)
            and all(b.entry.n in told and _does(b, told[b.entry.n]) for b in self.backs)
        )

    def entries(
        self, step_of: Callable[[Entry], str], make_id: Callable[[], str]
    ) -> tuple[NewEntry, ...]:
        """Return the edits that do it; ``step_of`` names the step that takes an entry back."""
        made: list[NewEntry] = []
        names: dict[str, str] = {}
        for back in self.backs:
            entry = _entry(back, make_id)
            if entry is None:
                continue
            if back.way in {Way.AGAIN, Way.MAKE}:
                names[back.entry.record_id] = entry.record_id
            step = step_of(back.entry)
            made.append(entry._replace(step=step, takes_back=back.entry.n))
        return tuple(renamed(entry, names) for entry in made)


def _does(back: Back, shown: Back) -> bool:
    """Tell whether an edit goes back as shown: dropped, or edited back since it's delivered by now.

    What is on its way by now may also be left, and named.
    """
    ours, theirs = back.entry, shown.entry
    if (ours.record_id, ours.changes, ours.body) != (theirs.record_id, theirs.changes, theirs.body):
        return False
    if back.way is Way.EDIT and shown.way is Way.DROP:
        return not back.stays
    if back.way is Way.DROP and shown.way is Way.EDIT:
        return not shown.stays
    if back.way is Way.WAIT and shown.way is Way.DROP:
        return True
    told = (back.way, back.changes, back.stays, back.why, back.lost)
    return told == (shown.way, shown.changes, shown.stays, shown.why, shown.lost)


def _is_edited_again(back: Back) -> bool:
    return back.way is Way.AGAIN and back.entry.action is Action.UPDATE


def _deletes(back: Back) -> bool:
    again = back.way is Way.AGAIN and back.entry.action is Action.DELETE
    return again or back.way is Way.DELETE


def _nothing(_entry: Entry) -> tuple[str, ...]:
    return ()


def plan(step: Sequence[Entry], now: Now, lost: Lost = _nothing) -> UndoPlan:
    """Plan to take back a step; ``now`` gives a record as it is shown, ``None`` if it isn't here.

    ``lost`` names what others have put into what an entry made. Raises :class:`InputError` if there
    is nothing to take back, or nothing of it can be.
    """
    left = [entry for entry in step if entry.state is not State.DROPPED]
    if not left:
        raise InputError("There is nothing to take back.")
    left.reverse()
    backs = sorted(
        (_back(entry, now, lost) for entry in left), key=lambda back: back.way is not Way.DROP
    )
    reached = [back for back in backs if back.way is not Way.DROP]
    stuck = reached and all(back.way in {Way.STAY, Way.WAIT} for back in reached)
    if stuck and not any(entry.state is State.QUEUED for entry in left):
        first = reached[0]
        raise InputError(first.why, _ADVICE.get(first.entry.state, "Nothing was taken back."))
    return UndoPlan(tuple(backs))


def only_stays(step: Sequence[Entry], now: Now) -> bool:
    """Tell whether nothing of a step can be taken back, since others have set what it set."""
    return all(_back(entry, now, _nothing).way is Way.STAY for entry in step)


def plan_again(
    taken: Sequence[Entry], made: Sequence[Entry], now: Now, lost: Lost = _nothing
) -> UndoPlan:
    """Plan to do again what an undo has ``taken`` back by what it ``made``.

    Raises :class:`InputError` if nothing of it can be.
    """
    backs = plan(made, now, lost).backs if made else ()
    for back in backs:
        if back.way is Way.WAIT:
            raise InputError(back.why, _ADVICE[back.entry.state])
    covered = {back.entry.takes_back for back in backs if back.way is not Way.DROP}
    dropped = [e for e in taken if e.state is State.DROPPED and e.n not in covered]
    made_again = {
        (entry.kind, entry.record_id) for entry in dropped if entry.action is Action.CREATE
    }
    again = [
        Back(entry, Way.AGAIN, entry.changes)
        if (entry.kind, entry.record_id) in made_again
        else _again(entry, now)
        for entry in dropped
    ]
    if not (backs or again):
        raise InputError("There is nothing to do again.")
    if again and all(back.way is Way.STAY for back in (*backs, *again)):
        raise InputError(again[0].why, "Nothing was done again.")
    return UndoPlan((*backs, *again), redo=True)


def cant_come_back(kind: Kind) -> str:
    """Return what is lost of a record that was deleted and is made again."""
    lost = "its id and the values that Planhat sets"
    return f"{lost}, and its contacts" if kind is Kind.COMPANY else lost


def changed_since(
    kind: Kind, made: Raw, mine: Iterable[Change], theirs: Iterable[Change], now: Raw
) -> tuple[str, ...]:
    """Return the labels of the fields that others have changed since a record was made.

    ``made`` is what was sent to make it, ``mine`` what was edited from here since, and ``theirs``
    what was seen to change and wasn't, each in its order. Of a field that was never set from here
    only the latter tells: a server sets some by itself.
    """
    left = apply(made, mine)
    seen = {change.field for change in fold(theirs)}
    paths = [field.name for field in FIELDS[kind] if field.editable]
    paths += map(custom_path, dict.fromkeys((*map_of(left, "custom"), *map_of(now, "custom"))))
    return tuple(
        label_of(kind, path)
        for path in paths
        if not same_at(path, value_at(left, path), value_at(now, path))
        and (path in seen or value_at(left, path) is not None)
    )


def _back(entry: Entry, now: Now, lost: Lost) -> Back:
    goes = entry.state is State.SENDING
    if entry.state is State.NOT_SURE or (goes and entry.action is not Action.UPDATE):
        return Back(entry, Way.WAIT, why=_WHY[entry.state])
    if entry.state.is_open and not goes:
        return Back(entry, Way.DROP)
    if why := _why_it_stays(entry):
        return Back(entry, Way.STAY, why=why)
    match entry.action:
        case Action.UPDATE:
            return _edited_back(entry, now(entry.kind, entry.record_id))
        case Action.CREATE:
            there = now(entry.kind, made_id(entry))
            return Back(entry, Way.DELETE, now=there, lost=lost(entry) if there else ())
        case Action.DELETE:
            return Back(entry, Way.MAKE)


def _why_it_stays(entry: Entry) -> str:
    """Return why an edit itself keeps it from being taken back at Planhat; empty if it doesn't."""
    if entry.reason == DAMAGED:  # of which record it was isn't sure
        return f"Edit {entry.n} is damaged on this disk, and stays."
    if was_gone(entry):
        told = entry.reason.removeprefix(ALREADY_GONE).strip()
        by_others = f"{entry.title} was deleted by somebody else, and stays so."
        return f"{entry.title}: {told[0].lower()}{told[1:]}" if told else by_others
    if was_taken(entry):
        return f"{entry.title} was made by somebody else, and stays with what this changed of it."
    if entry.action is not Action.CREATE or made_id(entry):
        return ""
    if entry.result_id:
        return f"{entry.title} is to be made again: take that back first."
    return f"{entry.title} was logged without an id."


def _edited_back(entry: Entry, now: Raw | None) -> Back:
    """Edit back the fields that still are as this edit left them; the others stay."""
    if now is None or was_found_so(entry):
        gone = f"{entry.title} is no longer here."
        return Back(entry, Way.STAY, why=gone if now is None else _found_so(entry))
    decides = deciding(entry.changes)
    inverses = {
        change.field: _inverse(change, now)
        if decides(change) is change
        else _along(change, _inverse(decides(change), now), now)
        for change in entry.changes
    }
    back = tuple(inverse for inverse in inverses.values() if inverse is not None)
    left = tuple(label_of(entry.kind, name) for name, found in inverses.items() if found is None)
    if not back:
        told = stay_words(left, f" of {entry.title}")
        return Back(entry, Way.STAY, stays=left, why=told)
    return Back(entry, Way.EDIT, back, left, now)


def _again(entry: Entry, now: Now) -> Back:
    """Queue again what was dropped; of an update, what nobody has changed since."""
    if entry.action is not Action.UPDATE:
        return Back(entry, Way.AGAIN)
    forth = entry._replace(changes=tuple(Change(c.field, c.after, c.before) for c in entry.changes))
    back = _edited_back(forth, now(entry.kind, entry.record_id))
    return replace(back, entry=entry, way=Way.AGAIN if back.way is Way.EDIT else Way.STAY)


def _found_so(entry: Entry) -> str:
    labels = [label_of(entry.kind, change.field) for change in entry.changes]
    verbs = "were set by somebody else and stay" if are_several(labels) else ""
    verbs = verbs or "was set by somebody else and stays"
    told = [f"{label}{_signed(c)}" for label, c in zip(labels, entry.changes, strict=True)]
    return f"{', '.join(told)} of {entry.title} {verbs}."


def _signed(change: Change) -> str:
    """Return which tags a change is about, as in `` (+vip)``; empty if it's of another field."""
    if change.field != "tags":
        return ""
    added, removed = tag_diff(_tags(change.before), _tags(change.after))
    return f" ({', '.join([*(f'+{tag}' for tag in added), *(f'-{tag}' for tag in removed)])})"


def by_loss(backs: Iterable[Back]) -> list[Back]:
    """Return first what takes something of others along, for where only the first are told."""
    return sorted(backs, key=lambda back: not back.lost)


def lost_words(lost: tuple[str, ...]) -> str:
    """Return what of others goes with a record, such as ``Phase, 2 contacts``, in a sentence."""
    return f"What others have put there goes too: {', '.join(lost)}." if lost else ""


def _inverse(change: Change, now: Raw) -> Change | None:
    """Return the inverse of a change; ``None`` if somebody has changed the field since."""
    current = value_at(now, change.field)
    if change.field == "tags":
        before, after = _tags(change.before), _tags(change.after)
        tags = [tag for tag in _tags(current) if tag in before or tag not in after]
        tags += [tag for tag in before if tag not in after and tag not in tags]
        return None if set(tags) == set(_tags(current)) else Change("tags", current, list(tags))
    return Change(change.field, current, change.before) if same(current, change.after) else None


def _along(change: Change, decided: Change | None, now: Raw) -> Change | None:
    """Return the inverse of a change that goes back if another one does."""
    return Change(change.field, value_at(now, change.field), change.before) if decided else None


def _tags(value: Json) -> tuple[str, ...]:
    return texts_of({"tags": value}, "tags")


def is_unmade(entry: Entry) -> bool:
    """Tell whether an entry waits to make a record: what is dropped then takes its edits along."""
    waits = entry.state.is_open and entry.state not in {State.SENDING, State.NOT_SURE}
    return waits and entry.action is Action.CREATE


def made_id(entry: Entry) -> str:
    """Return the id that what was made has now, empty if it has none at Planhat.

    That is the one under the entry's seal: no flipped bit makes it another record's.
    """
    return "" if entry.record_id.startswith(NEW_ID_PREFIX) else entry.record_id


def _entry(back: Back, make_id: Callable[[], str]) -> NewEntry | None:
    entry = back.entry
    kind, title = entry.kind, entry.title
    match back.way:
        case Way.EDIT:
            return NewEntry(kind, Action.UPDATE, entry.record_id, title, back.changes)
        case Way.DELETE:
            body = dict(back.now or entry.body or {})
            return NewEntry(kind, Action.DELETE, made_id(entry), title, body=body)
        case Way.MAKE:
            body = _recreated(kind, entry.body or {})
            return NewEntry(kind, Action.CREATE, NEW_ID_PREFIX + make_id(), title, body=body)
        case Way.AGAIN:
            making = entry.action is Action.CREATE
            return NewEntry(
                kind,
                entry.action,
                NEW_ID_PREFIX + make_id() if making else entry.record_id,
                title,
                back.changes,
                entry.body,
                open_tenant=entry.open_tenant,
            )
        case Way.DROP | Way.STAY | Way.WAIT:
            return None


def _recreated(kind: Kind, body: Raw) -> dict[str, Json]:
    """Return what of a deleted record can be sent again."""
    names = {field.name for field in FIELDS[kind] if field.editable} | {"custom"}
    return {name: value for name, value in body.items() if name in names and value is not None}
