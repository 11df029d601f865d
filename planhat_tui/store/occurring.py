"""Which values a field has, and how often: what a query can be completed with."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final

from planhat_tui.model.query import Group, Not, Term, located, type_of
from planhat_tui.model.query.fields import SCORES
from planhat_tui.model.query.writing import path
from planhat_tui.model.records import Kind, User, text_of
from planhat_tui.model.text import fold, nearest, visible
from planhat_tui.store import facts
from planhat_tui.store.columns import written
from planhat_tui.store.conditions import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from planhat_tui.model.query import Node, Query
    from planhat_tui.model.values import Json
    from planhat_tui.store.asking import Asking

Counted = tuple[str, int]

_LAST: Final = "\U0010ffff"
_MOST: Final = 50
_MOST_READ: Final = 1_000
"""Of so many domains at most it's asked which most companies have."""
_MOST_SCORES: Final = 20
_FEW: Final = 9
"""So many records are looked at for how a value is written mostly; a stray spelling is rare."""
_SHARED: Final = frozenset({"phase", "status", "city", "country", "title"})
"""Fields with a text that many records have."""
_IN_COLUMNS: Final = {"phase_key": "phase", "status_key": "status", "title_key": "position"}
"""The column in which a value stands as it is written; others are only in the whole record."""
_OWNED: Final = {
    "owner": "SELECT count(*) FROM company_facts WHERE company_facts MATCH ?",
    "coowner": "SELECT count(*) FROM company WHERE co_owner <> '' AND co_owner = ?",
}
"""What counts somebody's companies. An owner's are those that they co-own, too."""


def values(asking: Asking, field: str, typed: str) -> tuple[Counted, ...]:  # noqa: PLR0911 -- a table of types
    """Return values of a field that start as typed, with their counts, the most used first.

    ``field`` is one that a query's term has. Empty for fields whose values hardly occur twice, and
    for numbers and days; scores, of which there are few, come in their order.
    """
    side, name = located(asking.kind, field)
    there = asking.of(side)
    start = fold(typed)
    match type_of(name if side is Kind.COMPANY else f"contacts.{name}"):
        case "tags":
            return _tags(there, start)
        case "whole" | "part" if name in _SHARED:
            return _wholes(there, COLUMNS[side][name], start)
        case "part" if name == "domain":
            return _domains(there, start)
        case "number" if name in SCORES:
            return _scores(there, COLUMNS[side][name], start)
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
        f"SELECT key, count(DISTINCT row) AS uses FROM {asking.kind}_custom"  # noqa: S608 -- our names
        " WHERE name >= ? AND name < ? GROUP BY key ORDER BY uses DESC, name LIMIT ?",
        (start, start + _LAST, _MOST),
    )


def unknown_custom(asking: Asking, query: Query) -> str:
    """Return a sentence about a custom field of a query that no record has; empty if all are had.

    Its nearest is named. Before custom fields are loaded, none is unknown.
    """
    for field in _custom_in([*query.parts, *(Term(one.field, "") for one in query.sort)]):
        side, name = located(asking.kind, field)
        there = asking.of(side)
        key = name.partition(".")[2]
        has = f"SELECT 1 FROM {side}_custom WHERE name = ? LIMIT 1"  # noqa: S608 -- our names
        if _read(there, has, (fold(key),)):
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
    table = f"{asking.kind}_custom"
    names = ask(
        f"WITH RECURSIVE known (name) AS (SELECT min(name) FROM {table}"  # noqa: S608 -- our names
        f" UNION ALL SELECT (SELECT min(name) FROM {table} WHERE name > known.name)"
        " FROM known WHERE known.name IS NOT NULL)"
        " SELECT name FROM known WHERE name IS NOT NULL",
    ).fetchall()
    one = f"SELECT key, type FROM {table} WHERE name = ? LIMIT 1"  # noqa: S608 -- our names
    return tuple(ask(one, (name,)).fetchone() for (name,) in names)


def tags_with(asking: Asking, words: Sequence[str]) -> tuple[str, ...]:
    """Return the tags in which all these folded words are, each spelling for itself, uncounted.

    It leaps from one tag to the next in the index, however many records have it.
    """
    table, ask = f"{asking.kind}_tag", asking.connection.execute
    has = "".join(" AND instr(key, ?)" for _ in words)
    keys = ask(
        f"WITH RECURSIVE known (key) AS (SELECT min(key) FROM {table}"  # noqa: S608 -- our names
        f" UNION ALL SELECT (SELECT min(key) FROM {table} WHERE key > known.key)"
        " FROM known WHERE known.key IS NOT NULL)"
        f" SELECT key FROM known WHERE key IS NOT NULL{has}",
        (*words,),
    ).fetchall()
    spelled = (
        f"WITH RECURSIVE known (tag) AS (SELECT min(tag) FROM {table} WHERE key = :key"  # noqa: S608 -- our names
        f" UNION ALL SELECT (SELECT min(tag) FROM {table} WHERE key = :key AND tag > known.tag)"
        " FROM known WHERE known.tag IS NOT NULL) SELECT tag FROM known WHERE tag IS NOT NULL"
    )
    return tuple(tag for (key,) in keys for (tag,) in ask(spelled, {"key": key}))


def _tags(asking: Asking, start: str) -> tuple[Counted, ...]:
    """Count as a query finds them, in any spelling; each is written as it's written mostly.

    A record that has a tag in several spellings counts once: where there are several, the rows are
    told apart, which takes longer.
    """
    table = f"{asking.kind}_tag"
    return _read(
        asking,
        "SELECT tag, uses FROM (SELECT key, tag, max(some), CASE count(*) WHEN 1 THEN some"  # noqa: S608 -- our names
        f" ELSE (SELECT count(DISTINCT row) FROM {table} WHERE key = spelled.key) END AS uses FROM"
        f" (SELECT key, tag, count(*) AS some FROM {table} WHERE key >= ? AND key < ?"
        " GROUP BY key, tag) AS spelled GROUP BY key) ORDER BY uses DESC, key LIMIT ?",
        (start, start + _LAST, _MOST),
    )


def _wholes(asking: Asking, column: str, start: str) -> tuple[Counted, ...]:
    """Count by the index, then look up how each value is written: by some records of each."""
    counted = _read(
        asking,
        f"SELECT {column}, count(*) AS uses FROM {asking.kind}"  # noqa: S608 -- our names
        f" WHERE {column} <> '' AND {column} >= ? AND {column} < ?"
        f" GROUP BY {column} ORDER BY uses DESC, {column} LIMIT ?",
        (start, start + _LAST, _MOST),
    )
    if column in _IN_COLUMNS:
        shown = _IN_COLUMNS[column]
        some = f"{column} <> '' AND {column} = ?"  # the index leaves out empty ones
        few = f"SELECT {shown} FROM {asking.kind} WHERE {some} LIMIT {_FEW}"  # noqa: S608 -- our names
        ask = asking.connection.execute
        return tuple((_mostly(text for (text,) in ask(few, (key,))), uses) for key, uses in counted)
    field = column.removesuffix("_key")
    few = f"SELECT coalesce(shown, json) FROM {_whole(asking)} WHERE {column} = ? LIMIT {_FEW}"  # noqa: S608 -- our names
    return tuple(
        (_mostly(text_of(one, field) for one in _records(asking, few, key)), uses)
        for key, uses in counted
    )


def _domains(asking: Asking, start: str) -> tuple[Counted, ...]:
    """Count by the index: companies with one domain as they stand there, others by each of theirs.

    Of each sort, the domains that most have are looked at.
    """
    within = "domains_key <> '' AND domains_key >= ? AND domains_key < ?"
    alone = _read(
        asking,
        "SELECT domains_key, count(*) AS uses FROM company INDEXED BY company_domains"  # noqa: S608 -- our names
        f" WHERE {within} GROUP BY domains_key ORDER BY uses DESC, domains_key LIMIT ?",
        (start, start + _LAST, _MOST_READ),
    )
    several = _read(
        asking,
        "SELECT value, count(*) AS uses FROM (SELECT domains_key FROM company"
        " INDEXED BY company_domains WHERE domains_key <> '' AND instr(domains_key, ' '))"
        " CROSS JOIN json_each('[' || replace(json_quote(domains_key), ' ', '\",\"') || ']')"
        " WHERE value >= ? AND value < ? GROUP BY value ORDER BY uses DESC, value LIMIT ?",
        (start, start + _LAST, _MOST_READ),
    )
    counted = Counter(dict(several))
    counted.update({domain: uses for domain, uses in alone if " " not in domain})
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0])))[:_MOST]


def _scores(asking: Asking, column: str, start: str) -> tuple[Counted, ...]:
    """Count by the index, the smallest first; nothing where they are many, or have fractions."""
    counted = asking.connection.execute(
        f"SELECT {column}, count(*) FROM {asking.kind} WHERE {column} IS NOT NULL"  # noqa: S608 -- our names
        f" GROUP BY {column} ORDER BY {column} LIMIT ?",
        (_MOST_SCORES + 1,),
    ).fetchall()
    if len(counted) > _MOST_SCORES or any(score != int(score) for score, _ in counted):
        return ()
    named = ((str(int(score)), uses) for score, uses in counted)
    return tuple((score, uses) for score, uses in named if score.startswith(start))


def _custom(asking: Asking, name: str, start: str) -> tuple[Counted, ...]:
    """Count by the index, then look up how each value is written: by some records of each."""
    folded = fold(name.partition(".")[2])
    table = f"{asking.kind}_custom"
    counted = _read(
        asking,
        f"SELECT text, count(*) AS uses FROM {table}"  # noqa: S608 -- our names
        " WHERE name = ? AND text <> '' AND text >= ? AND text < ?"
        " GROUP BY text ORDER BY uses DESC, text LIMIT ?",
        (folded, start, start + _LAST, _MOST),
    )
    few = (
        f"SELECT coalesce(shown, json) FROM {_whole(asking)} JOIN {table} USING (row)"  # noqa: S608 -- our names
        f" WHERE {table}.name = ? AND {table}.text = ? LIMIT {_FEW}"
    )
    return tuple(
        (
            _mostly(
                written(one.get("custom"), folded, text)
                for one in _records(asking, few, folded, text)
            ),
            uses,
        )
        for text, uses in counted
    )


def _mostly(spellings: Iterable[str]) -> str:
    """Return how a value is written mostly, of how some records have it."""
    return Counter(spellings).most_common(1)[0][0]


def _whole(asking: Asking) -> str:
    return f"{asking.kind} JOIN {asking.kind}_body USING (id)"


def _records(asking: Asking, few: str, *values: str) -> Iterator[dict[str, Json]]:
    return (json.loads(text) for (text,) in asking.connection.execute(few, values))


def _people(asking: Asking, name: str, start: str) -> tuple[Counted, ...]:
    """Count what each member of the team owns, by name; those who own nothing come last."""
    ask = asking.connection.execute
    team = [User.from_raw(json.loads(text)) for (text,) in ask("SELECT json FROM user").fetchall()]
    named = []
    for user in team:
        if _called(user.name, start):
            wanted = facts.indexed(facts.token(name, user.id)) if name == "owner" else user.id
            (uses,) = ask(_OWNED[name], (wanted,)).fetchone()
            named.append((user.name, int(uses)))
    return tuple(sorted(named, key=lambda one: (-one[1], fold(one[0]))))[:_MOST]


def _called(name: str, start: str) -> bool:
    folded = fold(name)
    return folded.startswith(start) or any(word.startswith(start) for word in folded.split())


def _read(asking: Asking, sql: str, values: Iterable[str | int]) -> tuple[Counted, ...]:
    return tuple(asking.connection.execute(sql, (*values,)).fetchall())
