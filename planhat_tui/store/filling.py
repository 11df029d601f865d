"""Writing into the mirror: records in, rows, side tables and index out, a batch at a time.

What is shown is computed here, at write time, from what Planhat sent and the open edits: so the
columns, the counts and the index always speak of the record as it is shown.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from planhat_tui.model.records import Kind
from planhat_tui.store.columns import columns_of, custom_rows, storable
from planhat_tui.store.facts import facts_of, indexed
from planhat_tui.store.indexing import fold_once
from planhat_tui.store.overlay import lay
from planhat_tui.store.places import free_row, is_at, place

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json
    from planhat_tui.store.columns import Value
    from planhat_tui.store.overlay import Pending

Body: TypeAlias = "tuple[str, str | None, str | None, bytes]"
"""The id, the JSON as it came, the JSON as it is shown, the facts."""

_MOST_VARIABLES: Final = 500
SHOWN_KINDS: Final = (Kind.COMPANY, Kind.CONTACT)


class Incoming(NamedTuple):
    """A record on its way in. ``json`` is ``None`` for one that Planhat doesn't have yet."""

    id: str
    json: str | None
    data: dict[str, Json] | None
    complete: bool
    seen_at: float | None


class Indexed(NamedTuple):
    """What the indexes know of a record: its row number with its text, and with its facts."""

    row: int
    text: tuple[int, str]
    facts: tuple[int, bytes]


def received(records: Iterable[Received], seen_at: float, *, complete: bool) -> list[Incoming]:
    """Take records as they came; one without an id that can be kept is left out."""
    return [
        Incoming(r.id, r.json, r.data, complete, seen_at)
        for r in records
        if r.id and storable(r.id) == r.id
    ]


def unknown(record_id: str) -> Incoming:
    """Speak of a record that Planhat hasn't shown us: its edits tell what there is."""
    return Incoming(record_id, None, None, complete=False, seen_at=None)


def stored(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> dict[str, Incoming]:
    """Read records as they came in, without their edits; those that are here."""
    found: dict[str, Incoming] = {}
    for some in _chunks(ids):
        query = (
            f"SELECT {kind}.id, json, complete, seen_at FROM {kind}"  # noqa: S608 -- ours
            f" JOIN {kind}_body ON {kind}_body.id = {kind}.id WHERE {kind}.id IN ({_marks(some)})"
        )
        for one, text, complete, seen_at in connection.execute(query, some):
            data = json.loads(text) if text else None
            found[one] = Incoming(one, text, data, bool(complete), seen_at)
    return found


def write(
    connection: sqlite3.Connection, kind: Kind, batch: Sequence[Incoming], pending: Pending
) -> None:
    """Insert or replace the batch, with its overlay, tags, custom keys and index.

    Of a record that comes twice, the last one counts.
    """
    edits = pending.open_by_record(kind)
    rows: dict[str, dict[str, Value]] = {}
    bodies: list[Body] = []
    gone: list[str] = []
    tags: list[tuple[str, str, str, str]] = []
    custom: list[tuple[Value, ...]] = []
    for item in {item.id: item for item in batch}.values():
        laid = lay(item.id, item.data, edits.get(item.id, ()))
        if laid.data is None:
            gone.append(item.id)
            continue
        entries = edits.get(item.id, ())
        columns, record = columns_of(kind, laid.data)
        row = rows[item.id] = columns | _common(item, entries, laid.state)
        values = list(custom_rows(kind, item.id, record.custom))
        facts = facts_of(row, record.tags, values) if kind is Kind.COMPANY else b""
        shown = json.dumps(laid.data) if row["laid"] else None
        bodies.append((item.id, item.json, shown, facts))
        tags += [(kind, fold_once(tag), storable(tag), item.id) for tag in record.tags]
        custom += values
    erase(connection, kind, gone)
    if rows:
        _replace(connection, kind, rows, bodies)
        _clear_sides(connection, kind, list(rows))
        connection.executemany("INSERT OR IGNORE INTO tag VALUES (?, ?, ?, ?)", tags)
        connection.executemany(
            "INSERT OR IGNORE INTO custom_value VALUES (?, ?, ?, ?, ?, ?, ?)", custom
        )


def erase(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> None:
    """Take records out of the rows, the side tables and the index."""
    for some in _chunks(ids):
        old = _indexed(connection, kind, some)
        _unindex(connection, kind, old.values())
        _unindex_facts(connection, kind, old.values())
        for table in (kind, f"{kind}_body"):
            connection.execute(f"DELETE FROM {table} WHERE id IN ({_marks(some)})", some)  # noqa: S608 -- ours
    _clear_sides(connection, kind, ids)


def _common(item: Incoming, entries: Sequence[Entry], state: str | None) -> dict[str, Value]:
    return {
        "id": item.id,
        "known": int(item.json is not None),
        "laid": int(bool(entries) or item.json is None),
        "state": state,
        "complete": int(item.complete),
        "seen_at": item.seen_at,
    }


def _replace(
    connection: sqlite3.Connection,
    kind: Kind,
    rows: Mapping[str, dict[str, Value]],
    bodies: Sequence[Body],
) -> None:
    old: dict[str, Indexed] = {}
    for some in _chunks(list(rows)):
        old |= _indexed(connection, kind, some)
    _place(connection, kind, rows, old)
    facts = {one: facts for one, _, _, facts in bodies}
    moved = [i for i, row in rows.items() if i not in old or old[i].text != _text(row)]
    stated = [
        i for i, row in rows.items() if i not in old or old[i].facts != (row["row"], facts[i])
    ]
    _unindex(connection, kind, [old[i] for i in moved if i in old])
    _unindex_facts(connection, kind, [old[i] for i in stated if i in old])
    names = list(next(iter(rows.values())))
    _upsert(connection, kind, names, [tuple(row.values()) for row in rows.values()])
    _upsert(connection, f"{kind}_body", ("id", "json", "shown", "facts"), bodies)
    for some in _chunks(moved):
        connection.execute(
            f"INSERT INTO {kind}_text (rowid, search)"  # noqa: S608 -- our names
            f" SELECT row, search FROM {kind} WHERE id IN ({_marks(some)}) ORDER BY row",
            some,
        )
    if kind is Kind.COMPANY:
        connection.executemany(
            "INSERT INTO company_facts (rowid, facts) VALUES (?, ?)",
            sorted((rows[i]["row"], indexed(facts[i])) for i in stated),
        )


def _upsert(
    connection: sqlite3.Connection,
    table: str,
    names: Sequence[str],
    rows: Sequence[tuple[Value | bytes, ...]],
) -> None:
    updates = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({_marks(names)})"  # noqa: S608 -- ours
        f" ON CONFLICT (id) DO UPDATE SET {updates}",
        rows,
    )


def _text(row: Mapping[str, Value]) -> tuple[Value, Value]:
    return row["row"], row["search"]


def _place(
    connection: sqlite3.Connection,
    kind: Kind,
    rows: Mapping[str, dict[str, Value]],
    old: Mapping[str, Indexed],
) -> None:
    """Give each row its number; one that still belongs where it stands stays there.

    Contacts are numbered as they come: they are many, and have no ``arr`` to be sorted by.
    """
    given: set[int] = set()
    for record_id, row in rows.items():
        if kind is Kind.CONTACT:
            row["row"] = old[record_id].row if record_id in old else None
            continue
        arr = row["arr"]
        at = place(str(row["name_key"]), arr if isinstance(arr, float) else None)
        if record_id in old and is_at(old[record_id].row, at):
            row["row"] = old[record_id].row
        else:
            row["row"] = free_row(connection, kind, at, record_id, given)


def _indexed(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> dict[str, Indexed]:
    query = (
        f"SELECT {kind}.id, row, search, facts FROM {kind}"  # noqa: S608 -- ours
        f" JOIN {kind}_body ON {kind}_body.id = {kind}.id WHERE {kind}.id IN ({_marks(ids)})"
    )
    return {
        one: Indexed(row, (row, search), (row, facts))
        for one, row, search, facts in connection.execute(query, ids)
    }


def _unindex(connection: sqlite3.Connection, kind: Kind, old: Iterable[Indexed]) -> None:
    connection.executemany(
        f"INSERT INTO {kind}_text ({kind}_text, rowid, search)"  # noqa: S608 -- our names
        " VALUES ('delete', ?, ?)",
        [one.text for one in old],
    )


def _unindex_facts(connection: sqlite3.Connection, kind: Kind, old: Iterable[Indexed]) -> None:
    if kind is Kind.COMPANY:
        connection.executemany(
            "INSERT INTO company_facts (company_facts, rowid, facts) VALUES ('delete', ?, ?)",
            [(row, indexed(facts)) for row, facts in (one.facts for one in old)],
        )


def _clear_sides(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> None:
    for table in ("tag", "custom_value"):
        connection.executemany(
            f"DELETE FROM {table} WHERE kind = ? AND record = ?",  # noqa: S608 -- our names
            [(kind, record) for record in ids],
        )


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + _MOST_VARIABLES] for at in range(0, len(ids), _MOST_VARIABLES))


def _marks(ids: Sequence[str]) -> str:
    return ", ".join("?" * len(ids))
