"""Lists: stored JSON text joined by SQLite itself, not decoded, unless fields are selected.

``limit``, ``offset``, ``sort=field`` or ``-field``, ``select=a,b``; a larger limit is clamped and
unknown parameters are ignored, both silently. A page is bounded by its cap; a list
without a cap goes out piece by piece, so that memory doesn't grow with the tenant.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.sandbox.database import dump

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planhat_tui.sandbox.database import Database

_COLUMNS: Final = {"_id": "id", "updatedAt": "updated_at"}
_FILTERS: Final = {
    "id": "id",
    "company_id": "company_id",
    "external_id": "external_id",
    "source_id": "source_id",
    "email": "email",
    "any_email": "casefold(email)",
    "status": "json_extract(json, '$.status')",
    "parent": "json_extract(json, '$.parent')",
    "archived": "iif(json_extract(json, '$.archived'), 'true', 'false')",
}
_DEFAULT: Final = 100
ALL: Final = 2**31
"""The default limit of lists that are whole unless a limit is sent."""
_MOST_DIGITS: Final = 20
_PIECE: Final = 100
"""Records in a piece of a list without a cap."""
_LEAN_FIELDS: Final = ("_id", "externalId", "sourceId", "name", "slug")
_LEAN: Final = (
    "'{' || "
    + " || ',' || ".join(
        f"'\"{name}\":' || coalesce(nullif(json -> '$.{name}', 'null'), '\"\"')"
        for name in _LEAN_FIELDS
    )
    + " || '}'"
)
"""An item of the lean list, of pieces of the stored text: a decoded one would end at a NUL."""


class Page(NamedTuple):
    """Which part of a list, in which order, with which fields."""

    limit: int
    offset: int
    sort: str
    select: frozenset[str]


def page_of(query: Mapping[str, str], most: int, default: int = _DEFAULT) -> Page:
    """Read the paging parameters; what can't be read counts as not given.

    A limit above ``most`` is clamped; without one it is ``default``.
    """
    limit = _number(query.get("limit"), -1)
    names = {name.strip() for name in query.get("select", "").split(",") if name.strip()}
    return Page(
        limit=default if limit < 0 else min(limit, most),
        offset=_number(query.get("offset"), 0),
        sort=query.get("sort", "").strip(),
        select=frozenset() if "ALL" in names else frozenset(names),
    )


class Listing:
    """The records of one kind of one tenant. Filters are columns with the values that may be."""

    def __init__(self, database: Database, tenant: str, kind: str) -> None:
        self._database = database
        self._tenant = tenant
        self._kind = kind

    def page(self, page: Page, **wanted: Sequence[str]) -> bytes:
        """Return a page as a JSON array."""
        order, by = _order(page.sort)
        where, bound = self._where(wanted)
        rows = f"SELECT json FROM record WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608 -- our names
        values = (*bound, *by, page.limit, page.offset)
        if page.select:
            found = self._database.all(rows, values)
            return b"[%s]" % b",".join(_selected(text, page.select) for (text,) in found)

        def read() -> bytes:
            query = f"SELECT CAST(group_concat(json) AS BLOB) FROM ({rows})"  # noqa: S608 -- our names
            ((joined,),) = self._database.all(query, values)
            return b"[%s]" % (joined or b"")

        return self._database.pages.get((rows, values), read)

    def whole(self, **wanted: Sequence[str]) -> Iterator[bytes]:
        """Return all records as pieces of a JSON array."""
        return self._pieces("json", wanted, limit=None, offset=0)

    def lean(self, query: Mapping[str, str]) -> Iterator[bytes]:
        """Return the lean list in pieces, filtered by ``externalId``, ``sourceId``, ``status``."""
        columns = {"externalId": "external_id", "sourceId": "source_id", "status": "status"}
        wanted = {column: [query[name]] for name, column in columns.items() if query.get(name)}
        limit = _number(query.get("limit"), -1)
        return self._pieces(
            _LEAN, wanted, None if limit < 0 else limit, _number(query.get("offset"), 0)
        )

    def _pieces(
        self, item: str, wanted: Mapping[str, Sequence[str]], limit: int | None, offset: int
    ) -> Iterator[bytes]:
        """Read by id from piece to piece; records made or deleted meanwhile may be in it or not."""
        where, bound = self._where(wanted)
        query = (
            "SELECT count(*), max(id), CAST(group_concat(item) AS BLOB) FROM"  # noqa: S608 -- our names
            f" (SELECT id, {item} AS item FROM record WHERE {where} AND id > ?"
            " ORDER BY id LIMIT ? OFFSET ?)"
        )
        last, opening = "", b"["
        while limit is None or limit > 0:
            most = _PIECE if limit is None else min(limit, _PIECE)
            ((count, last_id, joined),) = self._database.all(query, [*bound, last, most, offset])
            if count:
                yield opening + joined
                last, opening, offset = last_id, b",", 0
            if count < most:
                break
            limit = None if limit is None else limit - count
        yield b"]" if opening == b"," else b"[]"

    def _where(self, wanted: Mapping[str, Sequence[str]]) -> tuple[str, list[str]]:
        where, bound = "tenant = ? AND kind = ?", [self._tenant, self._kind]
        for column, values in wanted.items():
            if len(values) == 1:
                where += f" AND {_FILTERS[column]} = ?"
                bound.append(values[0])
            elif values:
                where += f" AND {_FILTERS[column]} IN (SELECT value FROM json_each(?))"  # noqa: S608 -- our names
                bound.append(json.dumps(values))
        return where, bound


def _order(sort: str) -> tuple[str, list[str]]:
    """Return the order and what is bound in it. ``custom.KEY`` sorts by a custom field."""
    name = sort.removeprefix("-")
    direction = "DESC" if sort.startswith("-") else "ASC"
    if name in _COLUMNS:
        return f"{_COLUMNS[name]} {direction}, id", []
    if not name or '"' in name or not name.isprintable():
        return "id", []
    inner, dot, key = name.partition(".")
    path = f'$."custom"."{key}"' if dot and inner == "custom" else f'$."{name}"'
    return f"json_extract(json, ?) {direction}, id", [path]


def _selected(text: str, names: frozenset[str]) -> bytes:
    record = json.loads(text)
    kept = {name: value for name, value in record.items() if name in names or name == "_id"}
    return dump(kept).encode()


def _number(text: str | None, default: int) -> int:
    if text is None or not text.strip().isdecimal():
        return default
    return min(int(text.strip()[:_MOST_DIGITS]), ALL)
