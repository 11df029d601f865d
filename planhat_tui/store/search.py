"""From a query to rows: candidates from the index, conditions, ranks.

Order: the name is it, the name starts with it, a word starts with it, it stands inside; then by
``arr``, then by name. bm25 is too slow for one letter and not what people expect of names. Where
the index gives more than a thousand candidates, the best ranks are looked up by name besides, and
the count is capped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold
from planhat_tui.store.indexing import match, typed_words, verify
from planhat_tui.store.rows import CompanyRow, CompanyRows, ContactRow, ContactRows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from planhat_tui.model.query import Query, Term

CAP: Final = 1000
_LAST: Final = "\U0010ffff"
_COMPANY: Final = (
    "id, name, phase, status, health, arr, renewal_date, owner, external_id, domain, tags, state,"
    " complete"
)
_CONTACT: Final = (
    "id, company_id, company_name, name, email, phone, position, featured, tags, state"
)


@dataclass
class Where:
    """A growing condition and its values."""

    parts: list[str] = field(default_factory=list)
    values: list[str | float] = field(default_factory=list)

    def add(self, part: str, *values: str | float) -> None:
        """Demand one more thing."""
        self.parts.append(part)
        self.values += values

    @property
    def sql(self) -> str:
        """The condition, true if nothing is demanded."""
        return " AND ".join(self.parts) or "1"


def companies(connection: sqlite3.Connection, query: Query, limit: int, offset: int) -> CompanyRows:
    """Find companies; words with ``@`` or digits find them through their contacts too."""
    where, capped = _where(connection, Kind.COMPANY, query)
    rows, total = _run(connection, Kind.COMPANY, query, where, (limit, offset))
    return CompanyRows(tuple(map(company_row, rows)), total, capped)


def contacts(
    connection: sqlite3.Connection, query: Query, limit: int, company_id: str
) -> ContactRows:
    """Find contacts, of one company if it's given."""
    where, capped = _where(connection, Kind.CONTACT, query)
    if company_id:
        where.add("company_id = ?", company_id)
    rows, total = _run(connection, Kind.CONTACT, query, where, (limit, 0))
    return ContactRows(tuple(map(contact_row, rows)), total, capped)


def company_row(row: Sequence[Any]) -> CompanyRow:
    """Map a row of :data:`_COMPANY`."""
    *plain, tags, state, complete = row
    return CompanyRow(*[*plain, tuple(json.loads(tags)), _state(state), bool(complete)])


def contact_row(row: Sequence[Any]) -> ContactRow:
    """Map a row of :data:`_CONTACT`."""
    *plain, featured, tags, state = row
    return ContactRow(*[*plain, bool(featured), tuple(json.loads(tags)), _state(state)])


def contacts_of(connection: sqlite3.Connection, company_id: str) -> tuple[ContactRow, ...]:
    """Return all contacts of a company, featured ones first, then by name."""
    rows = connection.execute(
        f"SELECT {_CONTACT} FROM contact WHERE company_id = ?"  # noqa: S608 -- our names
        " ORDER BY featured DESC, name_key, row",
        (company_id,),
    )
    return tuple(map(contact_row, rows))


def _state(value: str | None) -> State | None:
    return State(value) if value else None


def _run(
    connection: sqlite3.Connection,
    kind: Kind,
    query: Query,
    where: Where,
    window: tuple[int, int],
) -> tuple[list[Sequence[Any]], int]:
    columns = _COMPANY if kind is Kind.COMPANY else _CONTACT
    order, values = _order(kind, typed_words(query.words))
    rows = connection.execute(
        f"SELECT {columns} FROM {kind} WHERE {where.sql}"  # noqa: S608 -- our names
        f" ORDER BY {order} LIMIT ? OFFSET ?",
        (*where.values, *values, *window),
    ).fetchall()
    (total,) = connection.execute(
        f"SELECT count(*) FROM {kind} WHERE {where.sql}",  # noqa: S608 -- our names
        where.values,
    ).fetchone()
    return rows, int(total)


def _order(kind: Kind, words: Sequence[str]) -> tuple[str, list[str | float]]:
    size = "arr DESC NULLS LAST, " if kind is Kind.COMPANY else ""
    if not words:
        return "name_key, row", []
    name = " ".join(words).replace("  ", " ")
    starts = " AND ".join("instr(search, ?) > 0" for _ in words)
    rank = f"CASE WHEN name_key = ? THEN 0 WHEN substr(name_key, 1, ?) = ? THEN 1 WHEN {starts}"
    values: list[str | float] = [name, len(name), name, *(f"  {word}" for word in words)]
    return f"{rank} THEN 2 ELSE 3 END, {size}name_key, row", values


def _where(connection: sqlite3.Connection, kind: Kind, query: Query) -> tuple[Where, bool]:
    where = Where()
    words = typed_words(query.words)
    capped = False
    for term in query.terms:
        if term.field or term.negated:
            _condition(connection, kind, term, where)
    if words:
        capped = _candidates(connection, kind, words, where, cap=not where.parts)
    return where, capped


def _candidates(
    connection: sqlite3.Connection, kind: Kind, words: Sequence[str], where: Where, *, cap: bool
) -> bool:
    """Demand the words; tell whether only the first thousand candidates were taken."""
    through = [word for word in words if _finds_contacts(kind, word)]
    if through:
        for word in words:
            _either(kind, word, where)
        return False
    found = f"SELECT rowid FROM {kind}_text WHERE {kind}_text MATCH ?"  # noqa: S608 -- our names
    expression = match(words)
    capped = (
        cap and len(connection.execute(f"{found} LIMIT {CAP + 1}", (expression,)).fetchall()) > CAP
    )
    if capped:
        name = " ".join(words).replace("  ", " ")
        where.add(
            f"row IN (SELECT row FROM (SELECT row FROM {kind} WHERE name_key >= ? AND name_key < ?"  # noqa: S608 -- our names
            f" ORDER BY name_key LIMIT {CAP // 2}) UNION SELECT * FROM ({found} LIMIT {CAP}))",
            name,
            name + _LAST,
            expression,
        )
    else:
        where.add(f"row IN ({found})", expression)
    for word in verify(words):
        where.add("instr(search, ?) > 0", word)
    return capped


def _finds_contacts(kind: Kind, word: str) -> bool:
    return kind is Kind.COMPANY and ("@" in word or (word.isdecimal() and len(word) > 3))


def _either(kind: Kind, word: str, where: Where) -> None:
    """Demand a word of the company, or of one of its contacts."""
    own = f"row IN (SELECT rowid FROM {kind}_text WHERE {kind}_text MATCH ?) AND instr(search, ?)"  # noqa: S608 -- our names
    theirs = (
        "id IN (SELECT company_id FROM contact WHERE instr(search, ?) AND row IN"
        " (SELECT rowid FROM contact_text WHERE contact_text MATCH ?))"
    )
    grams = match([word])
    where.add(f"({own} OR {theirs})", grams, word, word, grams)


def _condition(connection: sqlite3.Connection, kind: Kind, term: Term, where: Where) -> None:
    part, values = _field_condition(connection, kind, term)
    where.add(f"NOT ({part})" if term.negated else part, *values)


def _field_condition(
    connection: sqlite3.Connection, kind: Kind, term: Term
) -> tuple[str, list[str | float]]:
    wanted = fold(term.value)
    match term.field:
        case "":
            words = typed_words([term.value])
            return (" AND ".join("instr(search, ?) > 0" for _ in words) or "1"), list(words)
        case "tag":
            return "id IN (SELECT record FROM tag WHERE kind = ? AND key = ?)", [kind, wanted]
        case "id":
            return "(id = ? OR external_id = ?)", [term.value, term.value]
        case "owner":
            return _owned(connection, kind, wanted)
        case name:
            return _one_of(connection, kind, name, wanted)


def _one_of(
    connection: sqlite3.Connection, kind: Kind, name: str, wanted: str
) -> tuple[str, list[str | float]]:
    """Compare a column by its folded values: there are few different ones."""
    if kind is not Kind.COMPANY:
        return f"company_id IN (SELECT id FROM company WHERE {name} = ? COLLATE NOCASE)", [wanted]  # noqa: S608 -- our names
    query = f"SELECT DISTINCT {name} FROM company"  # noqa: S608 -- our names
    values = [value for (value,) in connection.execute(query) if fold(value) == wanted]
    return f"{name} IN ({', '.join('?' * len(values))})", values


def _owned(
    connection: sqlite3.Connection, kind: Kind, wanted: str
) -> tuple[str, list[str | float]]:
    """Compare owner and co-owner with the users whose name, e-mail or id it is; ``me`` is known."""
    ids = [
        user
        for user, text in connection.execute("SELECT id, json FROM user")
        if wanted in {user, *_called(json.loads(text))}
    ]
    if wanted == "me":
        me = connection.execute("SELECT value FROM fact WHERE key = 'me'").fetchone()
        ids += [me[0]] if me else []
    marks = ", ".join("?" * len(ids))
    part = f"owner IN ({marks}) OR co_owner IN ({marks})"
    if kind is not Kind.COMPANY:
        part = f"company_id IN (SELECT id FROM company WHERE {part})"  # noqa: S608 -- our names
    return f"({part})", [*ids, *ids]


def _called(user: dict[str, object]) -> set[str]:
    first, last = str(user.get("firstName") or ""), str(user.get("lastName") or "")
    names = (first, last, f"{first} {last}", str(user.get("nickName") or ""))
    return {fold(name) for name in (*names, str(user.get("email") or "")) if name.strip()}
