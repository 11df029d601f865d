"""Lists: stored JSON text joined, not decoded, unless fields are selected.

``limit``, ``offset``, ``sort=field`` or ``-field``, ``select=a,b``; a larger limit is clamped and
unknown parameters are ignored, both silently.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planhat_tui.sandbox.database import dump

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planhat_tui.sandbox.database import Database

_COLUMNS: Final = {"_id": "id", "updatedAt": "updated_at", "lastUpdated": "updated_at"}
_FILTERS: Final = {
    "id": "id",
    "company_id": "company_id",
    "email": "email",
    "archived": "iif(json_extract(json, '$.archived'), 'true', 'false')",
}
_FIELD: Final = re.compile(r"[A-Za-z_]\w*")
_DEFAULT: Final = 100
_MOST_DIGITS: Final = 20
_LEAN_FIELDS: Final = ("_id", "externalId", "sourceId", "name", "slug")
_LEAN: Final = """
SELECT json_extract(json, '$._id', '$.externalId', '$.sourceId', '$.name', '$.slug')
FROM record WHERE tenant = ? AND kind = ?"""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list, in which order, with which fields."""

    limit: int
    offset: int
    sort: str
    select: frozenset[str]


def page_of(query: Mapping[str, str], most: int) -> Page:
    """Read the paging parameters; what can't be read counts as not given."""
    names = {name.strip() for name in query.get("select", "").split(",") if name.strip()}
    return Page(
        limit=min(_number(query.get("limit"), _DEFAULT), most),
        offset=_number(query.get("offset"), 0),
        sort=query.get("sort", "").strip(),
        select=frozenset() if "ALL" in names else frozenset(names),
    )


class Listing:
    """The records of one kind of one tenant."""

    def __init__(self, database: Database, tenant: str, kind: str) -> None:
        self._database = database
        self._tenant = tenant
        self._kind = kind

    def page(self, page: Page | None, **wanted: Sequence[str]) -> list[str]:
        """Return records as JSON text; ``None`` for all, columns with their values to filter."""
        where, bound = "tenant = ? AND kind = ?", [self._tenant, self._kind]
        for column, values in wanted.items():
            if values:
                where += f" AND {_FILTERS[column]} IN ({', '.join('?' * len(values))})"
                bound += values
        query = f"SELECT json FROM record WHERE {where} ORDER BY {_order(page)}"  # noqa: S608 -- our names
        if page is None:
            return [text for (text,) in self._database.all(query, bound)]
        rows = self._database.all(f"{query} LIMIT ? OFFSET ?", [*bound, page.limit, page.offset])
        return [_selected(text, page.select) for (text,) in rows]

    def lean(self, query: Mapping[str, str]) -> list[str]:
        """Return the lean list, filtered by ``externalId``, ``sourceId`` or ``status``."""
        where, bound = "", [self._tenant, self._kind]
        for name, column in (("externalId", "external_id"), ("sourceId", "source_id")):
            if query.get(name):
                where += f" AND {column} = ?"
                bound.append(query[name])
        if query.get("status"):
            where += " AND json_extract(json, '$.status') = ?"
            bound.append(query["status"])
        limit = _number(query.get("limit"), -1) if "limit" in query else -1
        offset = _number(query.get("offset"), 0)
        rows = self._database.all(
            f"{_LEAN}{where} ORDER BY id LIMIT ? OFFSET ?", [*bound, limit, offset]
        )
        return [_lean(text) for (text,) in rows]


def _order(page: Page | None) -> str:
    if page is None or not page.sort:
        return "id"
    name = page.sort.removeprefix("-")
    direction = "DESC" if page.sort.startswith("-") else "ASC"
    if name in _COLUMNS:
        return f"{_COLUMNS[name]} {direction}, id"
    if _FIELD.fullmatch(name):
        return f"json_extract(json, '$.{name}') {direction}, id"
    return "id"


def _lean(values: str) -> str:
    """Make an item from a list of values: SQLite's own ``json_object`` would cut text at a NUL."""
    found = zip(_LEAN_FIELDS, json.loads(values), strict=True)
    return dump({name: value or "" for name, value in found})


def _selected(text: str, names: frozenset[str]) -> str:
    if not names:
        return text
    record = json.loads(text)
    return dump({name: value for name, value in record.items() if name in names or name == "_id"})


def _number(text: str | None, default: int) -> int:
    if text is None or not text.strip().isdecimal():
        return default
    return min(int(text.strip()[:_MOST_DIGITS]), 2**31)
