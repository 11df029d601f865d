"""Writing into the mirror: records in, rows, side tables and index out, a batch at a time.

What is shown is computed here, at write time, from what Planhat sent and the open edits: so the
columns, the counts and the index always speak of the record as it is shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from planhat_tui.model.custom import type_of
from planhat_tui.model.records import Company, Contact, Kind
from planhat_tui.model.text import fold, visible
from planhat_tui.store.indexing import company_text, contact_text
from planhat_tui.store.overlay import lay

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json
    from planhat_tui.store.overlay import Pending

Value: TypeAlias = "str | float | None"

_MOST_VARIABLES: Final = 500
SHOWN_KINDS: Final = (Kind.COMPANY, Kind.CONTACT)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record on its way in. ``json`` is ``None`` for one that Planhat doesn't have yet."""

    id: str
    json: str | None
    data: dict[str, Json] | None
    complete: bool
    seen_at: float | None


def received(records: Iterable[Received], seen_at: float) -> list[Incoming]:
    """Take whole records as they came; one without an id is left out."""
    return [Incoming(r.id, r.json, r.data, complete=True, seen_at=seen_at) for r in records if r.id]


def write(
    connection: sqlite3.Connection, kind: Kind, batch: Sequence[Incoming], pending: Pending
) -> None:
    """Insert or replace the batch, with its overlay, tags, custom keys and index."""
    edits = pending.open_by_record(kind)
    rows: dict[str, dict[str, Value]] = {}
    gone: list[str] = []
    tags: list[tuple[str, str, str, str]] = []
    keys: list[tuple[str, str, str, str]] = []
    for item in batch:
        laid = lay(item.id, item.data, edits.get(item.id, ()))
        if laid.data is None:
            gone.append(item.id)
            continue
        row, record = _row(kind, laid.data)
        rows[item.id] = row | _common(item, laid.data, edits.get(item.id, ()), laid.state)
        tags += [(kind, fold(tag), tag, item.id) for tag in record.tags]
        keys += [(kind, key, type_of(value), item.id) for key, value in record.custom.items()]
    erase(connection, kind, gone)
    if rows:
        _replace(connection, kind, rows)
        _clear_sides(connection, kind, list(rows))
        connection.executemany("INSERT OR IGNORE INTO tag VALUES (?, ?, ?, ?)", tags)
        connection.executemany("INSERT OR IGNORE INTO custom_key VALUES (?, ?, ?, ?)", keys)


def erase(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> None:
    """Take records out of the rows, the side tables and the index."""
    for some in _chunks(ids):
        old = _indexed(connection, kind, some)
        _unindex(connection, kind, old.values())
        marks = _marks(some)
        connection.execute(f"DELETE FROM {kind} WHERE id IN ({marks})", some)  # noqa: S608 -- ours
    _clear_sides(connection, kind, ids)


def _row(kind: Kind, data: dict[str, Json]) -> tuple[dict[str, Value], Company | Contact]:
    if kind is Kind.COMPANY:
        company = Company.from_raw(data)
        return _company_row(company), company
    contact = Contact.from_raw(data)
    return _contact_row(contact), contact


def _company_row(company: Company) -> dict[str, Value]:
    return {
        "name": visible(company.name),
        "name_key": fold(company.name),
        "slug": visible(company.slug),
        "external_id": visible(company.external_id),
        "phase": visible(company.phase),
        "status": visible(company.status),
        "owner": visible(company.owner),
        "co_owner": visible(company.co_owner),
        "health": company.health,
        "arr": company.arr,
        "renewal_date": visible(company.renewal_date),
        "domain": visible(company.domains[0]) if company.domains else "",
        "tags": _texts(company.tags),
        "search": company_text(company),
    }


def _contact_row(contact: Contact) -> dict[str, Value]:
    return {
        "company_id": contact.company_id,
        "company_name": visible(contact.company_name),
        "name": visible(contact.name),
        "name_key": fold(contact.name or contact.email),
        "email": visible(contact.email),
        "phone": visible(contact.phone),
        "position": visible(contact.position),
        "featured": int(contact.featured),
        "external_id": visible(contact.external_id),
        "tags": _texts(contact.tags),
        "search": contact_text(contact),
    }


def _texts(texts: Iterable[str]) -> str:
    return json.dumps([visible(text) for text in texts], ensure_ascii=False)


def _common(
    item: Incoming, shown: dict[str, Json], entries: Sequence[Entry], state: str | None
) -> dict[str, Value]:
    laid = bool(entries) or item.json is None
    return {
        "id": item.id,
        "json": item.json,
        "shown": json.dumps(shown) if laid else None,
        "state": state,
        "complete": int(item.complete),
        "seen_at": item.seen_at,
    }


def _replace(
    connection: sqlite3.Connection, kind: Kind, rows: Mapping[str, Mapping[str, Value]]
) -> None:
    old: dict[str, tuple[int, str]] = {}
    for some in _chunks(list(rows)):
        old |= _indexed(connection, kind, some)
    names = list(next(iter(rows.values())))
    values = ", ".join(f":{name}" for name in names)
    updates = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    moved = {i for i, row in rows.items() if i not in old or old[i][1] != row["search"]}
    _unindex(connection, kind, [old[i] for i in moved if i in old])
    connection.executemany(
        f"INSERT INTO {kind} ({', '.join(names)}) VALUES ({values})"  # noqa: S608 -- our names
        f" ON CONFLICT (id) DO UPDATE SET {updates}",
        rows.values(),
    )
    for some in _chunks(list(moved)):
        connection.execute(
            f"INSERT INTO {kind}_text (rowid, search)"  # noqa: S608 -- our names
            f" SELECT row, search FROM {kind} WHERE id IN ({_marks(some)}) ORDER BY row",
            some,
        )


def _indexed(
    connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]
) -> dict[str, tuple[int, str]]:
    query = f"SELECT id, row, search FROM {kind} WHERE id IN ({_marks(ids)})"  # noqa: S608 -- ours
    return {i: (row, search) for i, row, search in connection.execute(query, ids)}


def _unindex(connection: sqlite3.Connection, kind: Kind, old: Iterable[tuple[int, str]]) -> None:
    connection.executemany(
        f"INSERT INTO {kind}_text ({kind}_text, rowid, search)"  # noqa: S608 -- our names
        " VALUES ('delete', ?, ?)",
        list(old),
    )


def _clear_sides(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> None:
    for table in ("tag", "custom_key"):
        connection.executemany(
            f"DELETE FROM {table} WHERE kind = ? AND record = ?",  # noqa: S608 -- our names
            [(kind, record) for record in ids],
        )


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + _MOST_VARIABLES] for at in range(0, len(ids), _MOST_VARIABLES))


def _marks(ids: Sequence[str]) -> str:
    return ", ".join("?" * len(ids))
