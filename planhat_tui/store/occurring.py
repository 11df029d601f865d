"""Which values a field has, and how often: what a query can be completed with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from planhat_tui.model.query import Group, Not, Term, located, type_of
from planhat_tui.model.query.writing import path
from planhat_tui.model.records import Kind, User
from planhat_tui.model.text import fold, nearest, visible
from planhat_tui.store.conditions import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planhat_tui.model.query import Node, Query
    from planhat_tui.store.asking import Asking

Counted = tuple[str, int]

_LAST: Final = "\U0010ffff"
_MOST: Final = 50


def values(asking: Asking, field: str, typed: str) -> tuple[Counted, ...]:
    """Return values of a field that start as typed, with their counts, the most used first.

    ``field`` is one that a query's term has. Empty for fields whose values hardly occur twice, and
    for numbers and days.
    """
    side, name = located(asking.kind, field)
    there = asking.of(side)
    start = fold(typed)
    match type_of(name if side is Kind.COMPANY else f"contacts.{name}"):
        case "tags":
            return _tags(there, start)
        case "whole" if name != "external":
            return _wholes(there, COLUMNS[side][name], start)
        case "custom":
            return _custom(there, name, start)
        case "user":
            return _people(there, name, start)
        case _:
            return ()


def custom_fields(asking: Asking, typed: str) -> tuple[Counted, ...]:
    """Return names of custom fields that start as typed, with the number of records."""
    start = fold(typed)
    return _read(
        asking,
        "SELECT key, count(DISTINCT record) AS uses FROM custom_value"
        " WHERE kind = ? AND name >= ? AND name < ? GROUP BY key ORDER BY uses DESC, name LIMIT ?",
        (asking.kind, start, start + _LAST, _MOST),
    )


def unknown_custom(asking: Asking, query: Query) -> str:
    """Return a sentence about a custom field of a query that no record has; empty if all are had.

    Its nearest is named. Before custom fields are loaded, none is unknown.
    """
    for field in _custom_in([*query.parts, *(Term(one.field, "") for one in query.sort)]):
        side, name = located(asking.kind, field)
        there = asking.of(side)
        key = name.partition(".")[2]
        has = "SELECT 1 FROM custom_value WHERE kind = ? AND name = ? LIMIT 1"
        if _read(there, has, (side, fold(key))):
            continue
        known = [one for one, _ in custom_names(there)]
        if known:
            near = nearest(key, known)
            advice = f"  Did you mean {path(f'custom.{near}')}?" if near else ""
            return f"No {side} has a custom field {visible(key)}.{visible(advice)}"
    return ""


def _custom_in(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Group):
            yield from _custom_in(node.parts)
        elif isinstance(node, Not):
            yield from _custom_in([node.part])
        else:
            field = str(node.value) if node.field == "has" else node.field
            if "custom." in field:
                yield field


def custom_names(asking: Asking) -> tuple[tuple[str, str], ...]:
    """Return the names and types of all custom fields that occur, by name, uncounted.

    It leaps from one name to the next in the index, whatever the number of records.
    """
    ask = asking.connection.execute
    names = ask(
        "WITH RECURSIVE known (name) AS ("
        " SELECT min(name) FROM custom_value WHERE kind = ?1"
        " UNION ALL SELECT (SELECT min(name) FROM custom_value"
        " WHERE kind = ?1 AND name > known.name) FROM known WHERE known.name IS NOT NULL)"
        " SELECT name FROM known WHERE name IS NOT NULL",
        (asking.kind,),
    ).fetchall()
    one = "SELECT key, type FROM custom_value WHERE kind = ? AND name = ? LIMIT 1"
    return tuple(ask(one, (asking.kind, name)).fetchone() for (name,) in names)


def _tags(asking: Asking, start: str) -> tuple[Counted, ...]:
    return _read(
        asking,
        "SELECT min(tag), count(*) AS uses FROM tag WHERE kind = ? AND key >= ? AND key < ?"
        " GROUP BY key ORDER BY uses DESC, key LIMIT ?",
        (asking.kind, start, start + _LAST, _MOST),
    )


def _wholes(asking: Asking, column: str, start: str) -> tuple[Counted, ...]:
    """Count by the index, then look up how each value is written: one row of each."""
    counted = _read(
        asking,
        f"SELECT {column}, count(*) AS uses FROM {asking.kind}"  # noqa: S608 -- our names
        f" WHERE {column} <> '' AND {column} >= ? AND {column} < ?"
        f" GROUP BY {column} ORDER BY uses DESC, {column} LIMIT ?",
        (start, start + _LAST, _MOST),
    )
    shown = column if column in {"city_key", "country_key"} else column.removesuffix("_key")
    one = f"SELECT {shown} FROM {asking.kind} WHERE {column} = ? LIMIT 1"  # noqa: S608 -- our names
    ask = asking.connection.execute
    return tuple((str(ask(one, (key,)).fetchone()[0]), uses) for key, uses in counted)


def _custom(asking: Asking, name: str, start: str) -> tuple[Counted, ...]:
    return _read(
        asking,
        "SELECT text, count(*) AS uses FROM custom_value"
        " WHERE kind = ? AND name = ? AND text <> '' AND text >= ? AND text < ?"
        " GROUP BY text ORDER BY uses DESC, text LIMIT ?",
        (asking.kind, fold(name.partition(".")[2]), start, start + _LAST, _MOST),
    )


def _people(asking: Asking, name: str, start: str) -> tuple[Counted, ...]:
    """Count what each member of the team owns, by name; those who own nothing come last."""
    column = COLUMNS[Kind.COMPANY][name]
    team = [
        User.from_raw(json.loads(text))
        for (text,) in asking.connection.execute("SELECT json FROM user")
    ]
    owned = dict(
        _read(
            asking,
            f"SELECT {column}, count(*) FROM company WHERE {column} <> '' GROUP BY {column}",  # noqa: S608 -- our names
            (),
        )
    )
    named = [(user.name, owned.get(user.id, 0)) for user in team if _called(user.name, start)]
    return tuple(sorted(named, key=lambda one: (-one[1], fold(one[0]))))[:_MOST]


def _called(name: str, start: str) -> bool:
    folded = fold(name)
    return folded.startswith(start) or any(word.startswith(start) for word in folded.split())


def _read(asking: Asking, sql: str, values: Iterable[str | int]) -> tuple[Counted, ...]:
    return tuple(asking.connection.execute(sql, (*values,)).fetchall())
