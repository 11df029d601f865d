"""Writing into the mirror: records in, rows, side tables and index out, a batch at a time."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.records import Kind
from planhat_tui.store import facts
from planhat_tui.store.inserting import insert
from planhat_tui.store.places import free_rows, is_at, place
from planhat_tui.store.ready import Incoming, Ready, ready, unknown

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from planhat_tui.model.values import Json
    from planhat_tui.store.columns import Value
    from planhat_tui.store.overlay import Pending
    from planhat_tui.store.ready import Sides

_MOST_VARIABLES: Final = 500
SHOWN_KINDS: Final = (Kind.COMPANY, Kind.CONTACT)


class Indexed(NamedTuple):
    """What the indexes know of a record: its row number with its text, and with its facts."""

    row: int
    text: tuple[int, str]
    facts: tuple[int, bytes]


def stored(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> dict[str, Incoming]:
    """Read records as they came in, without their edits; those that are here."""
    found: dict[str, Incoming] = {}
    for some in _chunks(ids):
        query = (
            f"SELECT {kind}.id, json, complete, seen_at FROM {kind}"  # noqa: S608 -- ours
            f" JOIN {kind}_body ON {kind}_body.id = {kind}.id WHERE {kind}.id IN ({_marks(some)})"
        )
        for one, text, complete, seen_at in connection.execute(query, some):
            found[one] = (
                Incoming(one, text, json.loads(text), bool(complete), seen_at)
                if text
                else unknown(one)
            )
    return found


def told(
    connection: sqlite3.Connection, kind: Kind, ids: Sequence[str], fields: Sequence[str]
) -> dict[str, list[Json]]:
    """Read a few fields of records as they came in, without decoding the rest of them.

    One that isn't here, or that SQLite can't take apart, is left out.
    """
    found: dict[str, list[Json]] = {}
    paths = ", ".join(f"'$.{name}'" for name in fields)
    for some in _chunks(ids):
        query = (
            f"SELECT id, CASE WHEN json_valid(json) THEN json_extract(json, {paths}) END"  # noqa: S608 -- ours
            f" FROM {kind}_body WHERE id IN ({_marks(some)})"
        )
        found |= {one: json.loads(text) for one, text in connection.execute(query, some) if text}
    return found


def read_later(
    connection: sqlite3.Connection, kind: Kind, batch: Sequence[Incoming], now: float
) -> frozenset[str]:
    """Return which of these have a whole copy here that was read after they were asked for.

    One from the future doesn't count: the clock was set back since.
    """
    asked = {item.id: item.seen_at for item in batch if item.seen_at is not None}
    oldest = min(asked.values(), default=now)
    if oldest >= now:
        return frozenset()
    found = []
    for some in _chunks(list(asked)):
        query = (
            f"SELECT id, seen_at FROM {kind} WHERE complete = 1"  # noqa: S608 -- our names
            f" AND seen_at > ? AND seen_at <= ? AND id IN ({_marks(some)})"
        )
        found += connection.execute(query, (oldest, now, *some)).fetchall()
    return frozenset(one for one, seen_at in found if seen_at > asked[one])


def replaced(
    connection: sqlite3.Connection, kind: Kind, batch: Sequence[Incoming]
) -> list[tuple[str, dict[str, Json], dict[str, Json]]]:
    """Return id, before and after of whole records whose copy a batch of whole ones changes."""
    news = {item.id: item for item in batch if item.data is not None}
    found = []
    for some in _chunks(list(news)):
        query = (
            f"SELECT {kind}.id, json FROM {kind} JOIN {kind}_body"  # noqa: S608 -- our names
            f" ON {kind}_body.id = {kind}.id WHERE complete = 1 AND {kind}.id IN ({_marks(some)})"
        )
        for one, text in connection.execute(query, some):
            item = news[one]
            if text and text != item.json:
                found.append((one, json.loads(text), item.data or {}))
    return found


def write(
    connection: sqlite3.Connection, kind: Kind, batch: Sequence[Ready], pending: Pending
) -> None:
    """Insert or replace the batch, with tags, custom keys and index.

    Those with open edits are worked out anew, since one may have been made meanwhile. Of a record
    that comes twice, the last one counts.
    """
    edits = pending.open_by_record(kind, [one.item.id for one in batch])
    kept: dict[str, Ready] = {}
    gone: list[str] = []
    for one in {one.item.id: one for one in batch}.values():
        record_id = one.item.id
        made = ready(kind, one.item, edits[record_id]) if record_id in edits else one
        if made.columns is None:
            gone.append(record_id)
        else:
            kept[record_id] = made
    if gone:
        erase(connection, kind, gone)
    if kept:
        _replace(connection, kind, kept)


def erase(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> None:
    """Take records out of the rows, the side tables and the index."""
    for some in _chunks(ids):
        old = _indexed(connection, kind, some)
        _count(connection, kind, -len(old))
        _unindex(connection, kind, old.values())
        if kind is Kind.COMPANY:
            _unindex_facts(connection, old.values())
        for table in (kind, f"{kind}_body"):
            connection.execute(f"DELETE FROM {table} WHERE id IN ({_marks(some)})", some)  # noqa: S608 -- ours
        _clear_sides(connection, kind, [one.row for one in old.values()])


def _replace(connection: sqlite3.Connection, kind: Kind, kept: Mapping[str, Ready]) -> None:
    """Insert or replace rows, with side tables and index."""
    rows = {one: made.columns for one, made in kept.items() if made.columns}
    old: dict[str, Indexed] = {}
    for some in _chunks(list(rows)):
        old |= _indexed(connection, kind, some)
    _count(connection, kind, len(rows) - len(old))
    _place(connection, kind, rows, old)
    moved = [i for i, row in rows.items() if i not in old or old[i].text != _text(row)]
    _unindex(connection, kind, [old[i] for i in moved if i in old])
    stated: list[str] = []
    if kind is Kind.COMPANY:
        told = {i: (int(row["row"] or 0), kept[i].facts) for i, row in rows.items()}
        stated = [i for i, fact in told.items() if i not in old or old[i].facts != fact]
        _unindex_facts(connection, [old[i] for i in stated if i in old])
    names = list(next(iter(rows.values())))
    _upsert(connection, kind, names, [tuple(row.values()) for row in rows.values()])
    bodies = [made.body for made in kept.values()]
    _upsert(connection, f"{kind}_body", ("id", "json", "shown"), bodies)
    texts = sorted(_text(rows[i]) for i in moved)
    insert(connection, f"INSERT INTO {kind}_text (rowid, search)", texts)
    indexed = sorted((rows[i]["row"], facts.indexed(kept[i].facts)) for i in stated)
    insert(connection, "INSERT INTO company_facts (rowid, facts)", indexed)
    _clear_sides(connection, kind, [one.row for one in old.values()])
    sides = {int(row["row"] or 0): kept[i].sides for i, row in rows.items()}
    _put_sides(connection, kind, sides)


def _count(connection: sqlite3.Connection, kind: Kind, more: int) -> None:
    """Keep how many there are: counting a million takes longer than a screen may wait."""
    if more:
        connection.execute(
            "UPDATE fact SET value = value + ? WHERE key = ?", (more, f"count_{kind}")
        )


def _upsert(
    connection: sqlite3.Connection,
    table: str,
    names: Sequence[str],
    rows: Sequence[tuple[Value | bytes, ...]],
) -> None:
    updates = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    insert(
        connection,
        f"INSERT INTO {table} ({', '.join(names)})",
        rows,
        f" ON CONFLICT (id) DO UPDATE SET {updates}",
    )


def _text(row: Mapping[str, Value]) -> tuple[int, str]:
    return int(row["row"] or 0), str(row["search"])


def _place(
    connection: sqlite3.Connection,
    kind: Kind,
    rows: Mapping[str, dict[str, Value]],
    old: Mapping[str, Indexed],
) -> None:
    """Give each row its number; one that still belongs where it stands stays there.

    Contacts are numbered as they come: they are many, and have no ``arr`` to be sorted by.
    """
    if kind is Kind.CONTACT:
        (last,) = connection.execute("SELECT coalesce(max(row), 0) FROM contact").fetchone()
        numbers = itertools.count(last + 1)
        for record_id, row in rows.items():
            row["row"] = old[record_id].row if record_id in old else next(numbers)
        return
    wanted: dict[str, int] = {}
    for record_id, row in rows.items():
        known = old.get(record_id)
        arr = row["arr"]
        at = place(str(row["name_key"]), arr if isinstance(arr, float) else None)
        if known and is_at(known.row, at, record_id):
            row["row"] = known.row
        else:
            wanted[record_id] = at
    for record_id, number in free_rows(connection, kind, wanted).items():
        rows[record_id]["row"] = number


def _indexed(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> dict[str, Indexed]:
    rows = connection.execute(
        f"SELECT id, row, search FROM {kind} WHERE id IN ({_marks(ids)})",  # noqa: S608 -- ours
        ids,
    ).fetchall()
    told = _facts(connection, [row for _, row, _ in rows]) if kind is Kind.COMPANY else {}
    return {
        one: Indexed(row, (row, search), (row, told.get(row, b""))) for one, row, search in rows
    }


def _facts(connection: sqlite3.Connection, rows: Sequence[int]) -> dict[int, bytes]:
    """Return the facts of companies that are here, worked out of what the tables hold."""
    these = "row IN (SELECT value FROM json_each(?))"
    wanted = (json.dumps(rows),)
    tags: dict[int, list[str]] = {row: [] for row in rows}
    for row, key in connection.execute(f"SELECT row, key FROM company_tag WHERE {these}", wanted):  # noqa: S608 -- ours
        tags[row].append(key)
    custom: dict[int, list[tuple[str, str]]] = {row: [] for row in rows}
    values = f"SELECT row, name, text FROM company_custom WHERE {these}"  # noqa: S608 -- ours
    for row, name, text in connection.execute(values, wanted):
        custom[row].append((name, text))
    columns = f"SELECT row, {', '.join(facts.COLUMNS)} FROM company WHERE {these}"  # noqa: S608 -- ours
    return {
        row: facts.facts_of(dict(zip(facts.COLUMNS, told, strict=True)), tags[row], custom[row])
        for row, *told in connection.execute(columns, wanted)
    }


def _unindex(connection: sqlite3.Connection, kind: Kind, old: Iterable[Indexed]) -> None:
    """Take texts out of the index, by row: FTS5 begins a part anew at each that isn't behind."""
    into = f"INSERT INTO {kind}_text ({kind}_text, rowid, search)"
    insert(connection, into, [("delete", *text) for text in sorted(one.text for one in old)])


def _unindex_facts(connection: sqlite3.Connection, old: Iterable[Indexed]) -> None:
    insert(
        connection,
        "INSERT INTO company_facts (company_facts, rowid, facts)",
        [("delete", row, facts.indexed(told)) for row, told in sorted(one.facts for one in old)],
    )


def _put_sides(connection: sqlite3.Connection, kind: Kind, sides: Mapping[int, Sides]) -> None:
    """Insert what the side tables hold of records, by their row numbers."""
    tags = [(*tag, row) for row, one in sides.items() for tag in one.tags]
    custom = [(*value, row) for row, one in sides.items() for value in one.custom]
    insert(connection, f"INSERT OR IGNORE INTO {kind}_tag (key, tag, row)", tags)
    insert(
        connection,
        f"INSERT OR IGNORE INTO {kind}_custom (name, text, key, type, number, row)",
        custom,
    )


def _clear_sides(connection: sqlite3.Connection, kind: Kind, rows: Sequence[int]) -> None:
    for table in (f"{kind}_tag", f"{kind}_custom"):
        connection.execute(
            f"DELETE FROM {table} WHERE row IN (SELECT value FROM json_each(?))",  # noqa: S608 -- our names
            (json.dumps(rows),),
        )


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + _MOST_VARIABLES] for at in range(0, len(ids), _MOST_VARIABLES))


def _marks(ids: Sequence[str]) -> str:
    return ", ".join("?" * len(ids))
