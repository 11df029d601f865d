"""What goes together: which edits, in calls of what size. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from planhat_tui.model.bulk import AT_LEAST, MAX_ROWS, can_be_repeated, keys_of
from planhat_tui.model.edits import fold
from planhat_tui.model.outbox import Action
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from planhat_tui.model.edits import Change
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from planhat_tui.sync.delivery import Parcel

T = TypeVar("T")

MAX_BYTES: Final = 16_000_000
"""Letters of one call's rows: half of what the API takes."""
SLICE: Final = 200
"""Records that are written at once: no longer does anybody wait for the file."""


class Load(NamedTuple):
    """One record on its way, and what is sent of it."""

    parcel: Parcel
    entries: tuple[Entry, ...]
    body: dict[str, Json]

    @property
    def id(self) -> str:
        """The record's id."""
        return self.parcel.record_id

    @property
    def row(self) -> dict[str, Json]:
        """What is sent: what is to be made is known by its external id."""
        return self.body if self.parcel.action is Action.CREATE else {"_id": self.id, **self.body}

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is changed by it, folded."""
        return fold(change for entry in self.entries for change in entry.changes)


def batches(
    ready: Sequence[Parcel], alone: AbstractSet[int] = frozenset()
) -> tuple[list[list[Parcel]], list[Parcel]]:
    """Return the parcels that go together, by kind, action and step; and those that go one by one.

    Together go edits of one step, and what one step makes under external ids, if they are many; but
    none of the entries ``alone``. What may have been sent before is read before it goes, as all is.
    """
    steps: dict[tuple[Kind, Action, str], list[Parcel]] = {}
    keys: set[tuple[Kind, object]] = set()
    for parcel in ready:
        step = {entry.step for entry in parcel.entries}
        joins = len(step) == 1 and "" not in step and alone.isdisjoint(parcel.ns)
        if joins and _fits(parcel, keys):
            steps.setdefault((parcel.kind, parcel.action, step.pop()), []).append(parcel)
    together = [some for (_, action, _), some in steps.items() if len(some) >= AT_LEAST[action]]
    gone = {parcel.ns for parcels in together for parcel in parcels}
    return together, [parcel for parcel in ready if parcel.ns not in gone]


def _fits(parcel: Parcel, keys: set[tuple[Kind, object]]) -> bool:
    """Tell whether a parcel may be one row of a list; no two of a list have a key in common."""
    if parcel.action is Action.CREATE and can_be_repeated(parcel.kind, parcel.body):
        mine = {(parcel.kind, key) for key in keys_of(parcel.body)}
        twice = bool(mine & keys)
        keys |= mine
        return not twice
    return parcel.action is Action.UPDATE and parcel.kind is not Kind.CALL


def slices(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Part items into what is written at once."""
    return (items[at : at + SLICE] for at in range(0, len(items), SLICE))


def calls(loads: Iterable[Load], unanswered: Mapping[int, int]) -> Iterator[list[Load]]:
    """Part what is to be sent into calls that a server takes.

    ``unanswered`` counts by entry the lists of which nobody told what became. A list goes whole
    once more, and then in ever smaller parts: so the record that a server fails on is found, and
    keeps no other waiting.
    """
    alike: dict[int, list[Load]] = {}
    for load in loads:
        alike.setdefault(unanswered.get(load.entries[0].n, 0), []).append(load)
    for times, some in alike.items():
        parts = 2 ** max(0, times - 1)
        yield from _filled(some, min(MAX_ROWS, -(-len(some) // parts)))


def _filled(loads: Iterable[Load], rows: int) -> Iterator[list[Load]]:
    """Fill calls, each with so many rows at most."""
    some: list[Load] = []
    size = 0
    for load in loads:
        length = len(json.dumps(load.row))
        if some and (len(some) == rows or size + length > MAX_BYTES):
            yield some
            some, size = [], 0
        some.append(load)
        size += length
    if some:
        yield some
