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
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
_BY_ID: Final = frozenset({"id", "id ASC, id"})
_DEFAULT: Final = 100
_ENDLESS: Final = 2**31
_MOST_DIGITS: Final = 20
_PIECE: Final = 100
"""Records in a piece of a list without a cap."""
LEAN_FILTERS: Final = ("externalId", "sourceId", "status")
"""What the lean list can be filtered by; in 2016, by the first alone."""
_LEAN_COLUMNS: Final = ("external_id", "source_id", "status")
_LEAN_FIELDS: Final = ("_id", "externalId", "sourceId", "name", "slug")


def lean_fields(*, modern: bool) -> tuple[str, ...]:
    """Return what an item of the lean list has; 2016 knew no ``sourceId``."""
    return tuple(name for name in _LEAN_FIELDS if modern or name != "sourceId")


def _lean_item(names: Iterable[str]) -> str:
    """Return an item of pieces of the stored text: a decoded one would end at a NUL."""
    values = (
        f"'\"{name}\":' || coalesce(nullif(json -> '$.{name}', 'null'), '\"\"')" for name in names
    )
    return "'{' || " + " || ',' || ".join(values) + " || '}'"


class Page(NamedTuple):
    """Which part of a list, in which order, with which fields."""

    limit: int
    offset: int
    sort: str
    select: frozenset[str]


WHOLE: Final = Page(_ENDLESS, 0, "", frozenset())
"""All of a list at once, as 2016 had it."""


def page_of(query: Mapping[str, str], most: int) -> Page:
    """Read the paging parameters; what can't be read counts as not given.

    A limit above ``most`` is clamped; without one it is 100, whatever the list.
    """
    limit = _number(query.get("limit"), -1)
    names = {name.strip() for name in query.get("select", "").split(",") if name.strip()}
    return Page(
        limit=_DEFAULT if limit < 0 else min(limit, most),
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
        """Return the records of a page, joined by commas."""
        some = tuple((column, tuple(values)) for column, values in wanted.items() if values)
        order, by = _order(page.sort)

        def read() -> bytes:
            plain = not some and order in _BY_ID
            joined = self._by_id(page) if plain else self._sorted(page, order, by, wanted)
            return cut(joined, page.select) if joined and page.select else joined

        return self._database.pages.get((self._tenant, self._kind, page, some), read)

    def skip(self, after: str, count: int) -> str | None:
        """Return the id of the record so many behind another; ``None`` past the list's end."""
        query = (
            "SELECT id FROM record WHERE tenant = ? AND kind = ? AND id > ?"
            " ORDER BY id LIMIT 1 OFFSET ?"
        )
        found = self._database.one(query, (self._tenant, self._kind, after, count - 1))
        return found[0] if found else None

    def joined(self, after: str, until: str) -> bytes:
        """Return the records behind an id, up to another and with it, joined by commas."""
        query = (
            "SELECT CAST(group_concat(json) AS BLOB) FROM record"
            " WHERE tenant = ? AND kind = ? AND id > ? AND id <= ?"
        )
        ((found,),) = self._database.all(query, (self._tenant, self._kind, after, until))
        return found or b""

    def _by_id(self, page: Page) -> bytes:
        """Read a page of all records."""
        with self._database.reading():
            name = self._tenant, self._kind
            return self._database.shelves.page(name, page.offset, page.limit, self)

    def _sorted(
        self, page: Page, order: str, by: Sequence[str], wanted: Mapping[str, Sequence[str]]
    ) -> bytes:
        """Read a page in any order, of the records that are wanted."""
        where, bound = self._where(wanted)
        query = (
            "SELECT CAST(group_concat(json) AS BLOB) FROM"  # noqa: S608 -- our names
            f" (SELECT json FROM record WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?)"
        )
        ((joined,),) = self._database.all(query, (*bound, *by, page.limit, page.offset))
        return joined or b""

    def whole(self, names: frozenset[str], **wanted: Sequence[str]) -> Iterator[bytes]:
        """Return all records, with these fields alone, as pieces of a JSON array."""
        return _array(cut(piece, names) for piece in self._pieces("json", wanted, None, 0))

    def lean(self, query: Mapping[str, str], *, modern: bool) -> Iterator[bytes]:
        """Return the lean list in pieces, filtered by what the edition can filter by."""
        known = [*zip(LEAN_FILTERS, _LEAN_COLUMNS, strict=True)][: None if modern else 1]
        wanted = {column: [query[name]] for name, column in known if query.get(name)}
        limit = _number(query.get("limit"), -1)
        item = _lean_item(lean_fields(modern=modern))
        offset = _number(query.get("offset"), 0)
        return _array(self._pieces(item, wanted, None if limit < 0 else limit, offset))

    def _pieces(
        self, item: str, wanted: Mapping[str, Sequence[str]], limit: int | None, offset: int
    ) -> Iterator[bytes]:
        """Give records joined by commas, some at a time and by their ids.

        Those that are made or deleted meanwhile may be in it or not.
        """
        where, bound = self._where(wanted)
        query = (
            "SELECT count(*), max(id), CAST(group_concat(item) AS BLOB) FROM"  # noqa: S608 -- our names
            f" (SELECT id, {item} AS item FROM record WHERE {where} AND id > ?"
            " ORDER BY id LIMIT ? OFFSET ?)"
        )
        last = ""
        while limit is None or limit > 0:
            most = _PIECE if limit is None else min(limit, _PIECE)
            ((count, last_id, joined),) = self._database.all(query, [*bound, last, most, offset])
            if count:
                yield joined
                last, offset = last_id, 0
            if count < most:
                break
            limit = None if limit is None else limit - count

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


def cut(joined: bytes, names: frozenset[str]) -> bytes:
    """Return records that commas join with their ids and these fields alone."""
    kept = names | {"_id"}
    return dump(
        [
            {name: value for name, value in record.items() if name in kept}
            for record in json.loads(b"[%s]" % joined)
        ]
    )[1:-1].encode()


def _array(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Make one JSON array of pieces, which hold at least a record each."""
    opening = b"["
    for piece in pieces:
        yield opening + piece
        opening = b","
    yield b"]" if opening == b"," else b"[]"


def _number(text: str | None, default: int) -> int:
    if text is None or not text.strip().isdecimal():
        return default
    return min(int(text.strip()[:_MOST_DIGITS]), _ENDLESS)
