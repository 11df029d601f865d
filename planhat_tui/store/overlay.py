"""Pending edits, laid over what Planhat has: this is what people see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from planhat_tui.model.edits import apply, same_at, value_at
from planhat_tui.model.outbox import Action, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.records import Kind
    from planhat_tui.model.values import Json, Raw

_URGENCY: Final = (
    State.CONFLICT,
    State.REFUSED,
    State.NOT_SURE,
    State.HELD,
    State.SENDING,
    State.QUEUED,
)


class Pending(Protocol):
    """Where the open edits of a kind are asked for; the outbox is one."""

    def open_by_record(
        self, kind: Kind, ids: Sequence[str] | None = None
    ) -> Mapping[str, Sequence[Entry]]:
        """Return the open entries by record, oldest first; of these records, if they are given."""
        ...

    def in_state(self, kind: Kind, state: State) -> Iterable[str]:
        """Return the records of a kind that have an open entry in a state."""
        ...

    def on_their_way(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, Sequence[Entry]]:
        """Return the edits that were sent and not answered, by record, oldest first."""
        ...


class Laid(NamedTuple):
    """A record with its open edits. ``data`` is ``None`` when nothing is left to show."""

    data: dict[str, Json] | None
    state: State | None


def lay(record_id: str, server: dict[str, Json] | None, entries: Sequence[Entry]) -> Laid:
    """Lay the open entries of a record over what Planhat has (``None``: nothing is known of it).

    What isn't known is told by the entries: what was made here by its body, what was edited before
    the mirror was lost by its title. A record that waits to be deleted stays.
    """
    if not entries:  # nearly all records
        return Laid(server, None)
    data = server
    for entry in entries:
        if data is None:
            data = {**(entry.body or {"name": entry.title}), "_id": record_id}
        if entry.action is Action.UPDATE:
            data = apply(data, entry.changes)
    return Laid(data, most_urgent(entry.state for entry in entries))


def arrived(before: Raw, after: Raw, entries: Iterable[Entry]) -> frozenset[str]:
    """Return the fields of a record that have become what these edits, one by one, make of them."""
    found: set[str] = set()
    for entry in entries:
        before = apply(before, entry.changes)
        fields = {change.field for change in entry.changes}
        found |= {f for f in fields if same_at(f, value_at(before, f), value_at(after, f))}
    return frozenset(found)


def most_urgent(states: Iterable[State]) -> State | None:
    """Return the state that most needs a hand."""
    present = set(states)
    return next((state for state in _URGENCY if state in present), None)
