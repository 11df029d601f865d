"""Records on their way into the mirror: what is kept of each is worked out without the file.

What is shown is computed here, from what Planhat sent and the open edits: so the columns, the
counts and the index always speak of the record as it is shown.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from planhat_tui.model.records import NEW_ID_PREFIX, Kind
from planhat_tui.store.columns import columns_of, custom_rows, storable
from planhat_tui.store.facts import facts_of
from planhat_tui.store.indexing import fold_once
from planhat_tui.store.overlay import lay

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json
    from planhat_tui.store.columns import CustomRow, Value

Body: TypeAlias = "tuple[str, str | None, str | None]"
"""The id, the JSON as it came, the JSON as it is shown."""


class Incoming(NamedTuple):
    """A record on its way in. ``json`` is ``None`` for one that Planhat doesn't have yet."""

    id: str
    json: str | None
    data: dict[str, Json] | None
    complete: bool
    seen_at: float | None


class Sides(NamedTuple):
    """What the side tables hold of a record: each tag with its folded form, custom values."""

    tags: list[tuple[str, str]]
    custom: list[CustomRow]


class Ready(NamedTuple):
    """A record as it is kept. ``columns`` is ``None`` if nothing is left to show of it."""

    item: Incoming
    columns: dict[str, Value] | None
    body: Body
    sides: Sides
    facts: bytes


_NO_SIDES: Final = Sides([], [])


def received(records: Iterable[Received], seen_at: float, *, complete: bool) -> list[Incoming]:
    """Take records as they came; one without an id that can be kept is left out."""
    return [
        Incoming(one, r.json, r.data, complete, seen_at)
        for r in records
        if (one := r.id) and storable(one) == one
    ]


def unknown(record_id: str) -> Incoming:
    """Speak of a record that Planhat hasn't shown us: its edits tell what there is.

    Of one that was made here they tell everything: nothing is left to be read of it.
    """
    made_here = record_id.startswith(NEW_ID_PREFIX)
    return Incoming(record_id, None, None, complete=made_here, seen_at=None)


def ready(kind: Kind, item: Incoming, entries: Sequence[Entry] = ()) -> Ready:
    """Work out what is kept of a record with these open edits."""
    laid = lay(item.id, item.data, entries)
    if laid.data is None:
        return Ready(item, None, (item.id, None, None), _NO_SIDES, b"")
    columns, record = columns_of(kind, laid.data)
    has_edits = bool(entries) or item.json is None
    columns |= {
        "id": item.id,
        "known": int(item.json is not None),
        "laid": int(has_edits),
        "state": laid.state,
        "complete": int(item.complete),
        "seen_at": item.seen_at,
    }
    sides = Sides(
        [(fold_once(tag), storable(tag)) for tag in record.tags],
        list(custom_rows(record.custom)) if record.custom else [],
    )
    facts = b""
    if kind is Kind.COMPANY:
        tags, custom = (
            (key for key, _ in sides.tags),
            ((one.name, one.text) for one in sides.custom),
        )
        facts = facts_of(columns, tags, custom)
    shown = json.dumps(laid.data) if has_edits else None
    return Ready(item, columns, (item.id, item.json, shown), sides, facts)
