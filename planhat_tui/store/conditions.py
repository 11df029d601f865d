"""The terms of a query as SQL: each a piece of a condition with its values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold
from planhat_tui.store.indexing import needle, typed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from planhat_tui.model.query import Query, Term
    from planhat_tui.store.indexing import Words


class Condition(NamedTuple):
    """A piece of SQL that is true or false, and the values of its question marks."""

    sql: str
    values: tuple[Any, ...] = ()


ALWAYS: Final = Condition("1")


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Demand all of them; none: always true."""
    return _joined(" AND ", conditions, "1")


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Demand one of them; none: never true."""
    return _joined(" OR ", conditions, "0")


def reads_as(readings: Iterable[Words], before: str = "") -> Condition:
    """Demand one of the readings of the record's search text, with ``before`` each word."""
    return any_of(
        all_of(
            Condition("instr(search, ?)", (before + word if before else needle(word),))
            for word in words
        )
        for words in readings
    )


def of_terms(connection: sqlite3.Connection, kind: Kind, query: Query) -> Condition:
    """Demand the query's fields and what is negated; words to be found are left to the index.

    Beside words, each row that the index gives is asked; without them, a list of ids leads.
    """
    leads = not query.words
    return all_of(
        _signed(_of_term(connection, kind, term, leads=leads), term)
        for term in query.terms
        if term.field or term.negated
    )


def _signed(condition: Condition, term: Term) -> Condition:
    return Condition(f"NOT ({condition.sql})", condition.values) if term.negated else condition


def _of_term(connection: sqlite3.Connection, kind: Kind, term: Term, *, leads: bool) -> Condition:
    match term.field:
        case "":
            return reads_as(typed([term.value]).readings)
        case "tag":
            tagged = "SELECT record FROM tag WHERE kind = ? AND key = ?"
            mine = f"id IN ({tagged})" if leads else f"EXISTS ({tagged} AND record = id)"
            return Condition(mine, (kind, fold(term.value)))
        case "id":
            external = "(external_id <> '' AND external_id = ? COLLATE NOCASE AND external_id = ?)"
            return Condition(f"(id = ? OR {external})", (term.value,) * 3)
        case "owner":
            ids = [term.value, *_users_called(connection, fold(term.value))]
            owned = any_of([_among("owner", ids), _among("co_owner", ids)])
            return _of_company(kind, owned, leads=leads)
        case column:
            same = _among(column, _written(connection, column, term.value))
            return _of_company(kind, same, leads=leads)


def _of_company(kind: Kind, condition: Condition, *, leads: bool) -> Condition:
    """Ask a contact's company: its phase, status and owner count for its contacts."""
    if kind is Kind.COMPANY:
        return condition
    theirs = f"SELECT id FROM company WHERE ({condition.sql})"  # noqa: S608 -- our names
    if leads:
        return Condition(f"company_id IN ({theirs})", condition.values)
    return Condition(f"EXISTS ({theirs} AND company.id = contact.company_id)", condition.values)


def _written(connection: sqlite3.Connection, column: str, wanted: str) -> list[str]:
    """Return how a value is written in a column, in whatever case: there are few different ones.

    The index is walked from one value to the next, not from row to row.
    """
    rows = connection.execute(
        f"WITH RECURSIVE one(x) AS (SELECT min({column}) FROM company UNION ALL"  # noqa: S608 -- our names
        f" SELECT (SELECT min({column}) FROM company WHERE {column} > x) FROM one"
        " WHERE x IS NOT NULL) SELECT x FROM one WHERE x IS NOT NULL"
    )
    folded = fold(wanted)
    return [value for (value,) in rows.fetchall() if fold(value) == folded]


def _users_called(connection: sqlite3.Connection, wanted: str) -> list[str]:
    """Return the ids of the users with that name or e-mail; ``me`` is the token's."""
    ids = [
        user
        for user, text in connection.execute("SELECT id, json FROM user").fetchall()
        if wanted in _called(json.loads(text))
    ]
    if wanted == "me":
        me = connection.execute("SELECT value FROM fact WHERE key = 'me'").fetchone()
        ids += [me[0]] if me else []
    return ids


def _called(user: dict[str, object]) -> set[str]:
    first, last = str(user.get("firstName") or ""), str(user.get("lastName") or "")
    names = (first, last, f"{first} {last}", str(user.get("nickName") or ""))
    return {fold(name) for name in (*names, str(user.get("email") or "")) if name.strip()}


def _among(column: str, values: list[str]) -> Condition:
    marks = ", ".join("?" * len(values))
    return Condition(f"({column} <> '' AND {column} IN ({marks}))", tuple(values))


def _joined(word: str, conditions: Iterable[Condition], empty: str) -> Condition:
    given = tuple(conditions)
    if len(given) == 1:
        return given[0]
    sql = word.join(f"({c.sql})" for c in given) or empty
    return Condition(sql, tuple(value for c in given for value in c.values))
