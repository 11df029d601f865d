"""Which part of a query leads: the one that leaves few rows, from its own index.

A lead is a SELECT of row numbers: all that a part finds, or more than that; the conditions are
asked of what it gives.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from planhat_tui.model.phone import SHARED
from planhat_tui.model.query import Group, Not, located, type_of
from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold
from planhat_tui.store.asking import Condition, all_of
from planhat_tui.store.conditions import custom_meant, custom_named, of_node, phone_digits
from planhat_tui.store.indexing import match, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planhat_tui.model.query import Node, Term
    from planhat_tui.store.asking import Asking

FEW: Final = 2_000
"""A part that finds no more than this leads; what it finds is read and sorted whole."""

_INDEXED: Final = {
    Kind.COMPANY: frozenset(
        "phase status arr mrr health csmscore renewal lastactive created updated city country"
        " external owner coowner id lastcall changed".split()
    ),
    Kind.CONTACT: frozenset({"external", "id", "lastcall", "changed"}),
}
_IN_TEXT: Final = frozenset({"name", "slug", "domain", "email", "title"})
_GRAM: Final = 3
_MOST_IN_A_ROW: Final = 100
"""Of 500 that SQLite joins by UNION: two such rows within each other are more than ever needed."""


def best(asking: Asking, nodes: Sequence[Node]) -> list[int] | None:
    """Return the row numbers of the part that finds the fewest; ``None`` if all find many."""
    smallest: tuple[int, Condition] | None = None
    for node in nodes:
        lead = _lead(asking, node)
        if lead is None:
            continue
        many = _count(asking, lead, smallest[0] if smallest else FEW)
        if many <= FEW and (smallest is None or many < smallest[0]):
            smallest = many, lead
    if smallest is None:
        return None
    rows = asking.connection.execute(smallest[1].sql, smallest[1].values)
    return [*{number for (number,) in rows}]


def _count(asking: Asking, lead: Condition, most: int) -> int:
    counted = f"SELECT count(*) FROM (SELECT 1 FROM ({lead.sql}) LIMIT ?)"  # noqa: S608 -- our names
    rows = asking.connection.execute(counted, (*lead.values, most + 1))
    return int(rows.fetchone()[0])


def _lead(asking: Asking, node: Node) -> Condition | None:  # noqa: PLR0911 -- one for each sort of node
    if isinstance(node, Not):
        return None
    if isinstance(node, Group):
        leads = [_lead(asking, part) for part in node.parts]
        known = [lead for lead in leads if lead is not None]
        if node.every:
            return known[0] if known else None
        if len(known) < len(leads):
            return None
        return _union(known)
    if not node.field:
        return _of_word(asking, str(node.value))
    if node.field == "is":
        return _select(asking.kind, of_node(asking, node))
    if node.field == "has":
        return None
    return _of_field(asking, node)


def _of_word(asking: Asking, word: str) -> Condition | None:
    own = _of_text(asking.kind, word)
    if own is None or asking.kind is Kind.CONTACT or not typed([word]).reach_contacts:
        return own
    theirs = _of_text(Kind.CONTACT, word)
    through = _of_companies_of(asking, theirs) if theirs is not None else None
    return _union([own, through]) if through is not None else None


def _of_field(asking: Asking, term: Term) -> Condition | None:
    side, name = located(asking.kind, term.field)
    own = _of_own(asking.of(side), term._replace(field=_named(side, name)), name)
    if own is None or side is asking.kind:
        return own
    if side is Kind.CONTACT:
        return _of_companies_of(asking, own)
    across = "company CROSS JOIN contact ON contact.company_id = company.id"
    return Condition(
        f"SELECT contact.row FROM {across} WHERE company.row IN ({own.sql})",  # noqa: S608 -- our names
        own.values,
    )


def _of_companies_of(asking: Asking, contacts: Condition) -> Condition | None:
    """Return the lead of the companies of a few contacts."""
    if _count(asking, contacts, FEW) > FEW:  # told by the index, without a look at their companies
        return None
    across = "contact CROSS JOIN company ON company.id = contact.company_id"
    return Condition(
        f"SELECT company.row FROM {across} WHERE contact.row IN ({contacts.sql})",  # noqa: S608 -- our names
        contacts.values,
    )


def _named(side: Kind, name: str) -> str:
    return f"contacts.{name}" if side is Kind.CONTACT else name


def _of_own(asking: Asking, term: Term, name: str) -> Condition | None:
    """Return the lead of a field that records of this kind have themselves."""
    if name in _INDEXED[asking.kind]:
        return _select(asking.kind, of_node(asking, term))
    if name in _IN_TEXT:
        return _of_text(asking.kind, str(term.value), inside=True)
    match type_of(term.field):
        case "phone":
            number = phone_digits(str(term.value))[-SHARED:]
            return _of_text(asking.kind, number, inside=True)
        case "tags":
            tagged = Condition("key = ?", (fold(str(term.value)),))
            return _select(f"{asking.kind}_tag", tagged)
        case "custom":
            named = custom_named(name)
            meant = custom_meant(asking, term.value)
            return _union(_select(f"{asking.kind}_custom", all_of([named, one])) for one in meant)
        case _:
            return None


def _select(table: str, condition: Condition) -> Condition:
    return Condition(f"SELECT row FROM {table} WHERE {condition.sql}", condition.values)  # noqa: S608 -- our names


def _union(leads: Iterable[Condition]) -> Condition:
    """Return all that they give; those in a row are few, so rows of rows are made of many."""
    given = list(leads)
    while len(given) > _MOST_IN_A_ROW:
        starts = range(0, len(given), _MOST_IN_A_ROW)
        rows = [_in_a_row(given[start : start + _MOST_IN_A_ROW]) for start in starts]
        given = [row._replace(sql=f"SELECT * FROM ({row.sql})") for row in rows]  # noqa: S608 -- our names
    return _in_a_row(given)


def _in_a_row(leads: Sequence[Condition]) -> Condition:
    values = tuple(value for lead in leads for value in lead.values)
    return Condition(" UNION ALL ".join(lead.sql for lead in leads), values)


def _of_text(kind: Kind, value: str, *, inside: bool = False) -> Condition | None:
    """Look a word up in the text index; what stands inside needs three letters, and no blank."""
    readings = typed([value]).readings
    if not readings or (inside and (" " in fold(value) or len(fold(value)) < _GRAM)):
        return None
    found = match(readings[:1] if inside else readings)
    return Condition(f"SELECT rowid AS row FROM {kind}_text WHERE {kind}_text MATCH ?", (found,))  # noqa: S608 -- our names


def numbered(numbers: Sequence[int]) -> Condition:
    """Demand one of these row numbers."""
    return Condition("row IN (SELECT value FROM json_each(?))", (json.dumps([*numbers]),))
