"""A field that was changed on both sides: what it was, what I want, what they have. Pure.

A person settles it field by field: mine goes out over theirs, theirs stays, or another value takes
the place of both.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from planhat_tui.errors import InputError
from planhat_tui.model.edits import Change, Conflict
from planhat_tui.model.outbox import State
from planhat_tui.model.records import texts_of
from planhat_tui.model.tags import merge_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.records import Kind
    from planhat_tui.model.values import Json


class Choice(StrEnum):
    """How a field is settled."""

    MINE = "mine"
    THEIRS = "theirs"
    BEFORE = "before"
    VALUE = "value"


class Theirs(NamedTuple):
    """What Planhat had for a field. ``seen_at`` is seconds since the epoch."""

    value: Json
    seen_at: float


class Standoff(NamedTuple):
    """The fields of one record that are in conflict.

    ``n`` is the number of the first edit that waits for it; ``mine_at`` is when that was made,
    ``theirs_at`` when theirs was read, both seconds since the epoch. ``kept`` are fields that both
    sides changed without a conflict: they were merged.
    """

    n: int
    kind: Kind
    record_id: str
    title: str
    fields: tuple[Conflict, ...]
    mine_at: float
    theirs_at: float
    kept: tuple[Conflict, ...] = ()


def standoff(entries: Iterable[Entry], theirs: Mapping[str, Theirs]) -> Standoff | None:
    """Return what a record's edits wait for; ``None`` if none of them is in conflict."""
    parked = [entry for entry in entries if entry.state is State.CONFLICT]
    if not parked:
        return None
    first = parked[0]
    fields = []
    for change in _folded(parked):
        known = theirs.get(change.field)
        value = known.value if known is not None else None
        fields.append(Conflict(change.field, change.before, change.after, value))
    seen = [known.seen_at for known in theirs.values()]
    return Standoff(
        first.n,
        first.kind,
        first.record_id,
        first.title,
        tuple(fields),
        first.created_at,
        max(seen, default=0.0),
    )


def merged_tags(edits: Iterable[Entry], now: Sequence[str]) -> Conflict | None:
    """Return the tags that both sides have changed; ``None`` if one side alone did.

    ``edits`` are mine, oldest first; ``now`` is what Planhat has, mine in it or not yet.
    """
    changes = [change for edit in edits for change in edit.changes if change.field == "tags"]
    if not changes:
        return None
    before, mine = _texts(changes[0].before), _texts(changes[-1].after)
    theirs = merge_tags(mine, before, now)
    if set(theirs) == set(before) or set(mine) == set(before):
        return None
    return Conflict("tags", [*before], [*mine], [*theirs])


def _texts(value: Json) -> tuple[str, ...]:
    return texts_of({"tags": value}, "tags")


def settled(
    entries: Iterable[Entry], conflict: Conflict, choice: Choice, value: Json = None
) -> tuple[tuple[Entry, tuple[Change, ...]], ...]:
    """Return what becomes of the edits that wait for a field: each with the changes that it keeps.

    What goes out starts from theirs, so that it goes through unless they change it once more. One
    change carries it; the other edits of the field are contained in that.
    """
    wanted = outcome_of(conflict, choice, value)
    carried = choice is Choice.THEIRS
    kept = []
    for entry in entries:
        changes: list[Change] = []
        for change in entry.changes:
            if change.field != conflict.field:
                changes.append(change)
            elif not carried:
                carried = True
                changes.append(Change(conflict.field, conflict.theirs, wanted))
        if any(change.field == conflict.field for change in entry.changes):
            kept.append((entry, tuple(changes)))
    return tuple(kept)


def outcome_of(conflict: Conflict, choice: Choice, value: Json = None) -> Json:
    """Return the value that a field has once it is settled so."""
    return {
        Choice.MINE: conflict.mine,
        Choice.BEFORE: conflict.before,
        Choice.VALUE: value,
        Choice.THEIRS: conflict.theirs,
    }[choice]


def field_in(standoff: Standoff, field: str) -> Conflict:
    """Return the conflict about a field. Raises :class:`InputError` with those that there are."""
    for conflict in standoff.fields:
        if conflict.field == field:
            return conflict
    names = ", ".join(conflict.field for conflict in standoff.fields)
    raise InputError(f"{field} isn't in conflict there.", f"There is: {names}.", field="field")


def _folded(parked: Sequence[Entry]) -> tuple[Change, ...]:
    """Return the changes of the edits, folded; one that is back where it was still needs a word."""
    once: dict[str, Change] = {}
    for entry in parked:
        for change in entry.changes:
            first = once.get(change.field, change)
            once[change.field] = Change(change.field, first.before, change.after)
    return tuple(once.values())
