"""What people type to find something: words, and ``field:value`` terms.

``acme tag:vip -phase:churned "north sea"``. A term that starts with ``-`` or ``not:`` is negated;
quotes keep blanks together. Every term must hold.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from planhat_tui.errors import QueryError
from planhat_tui.model.text import nearest

FIELDS: Final = ("tag", "phase", "status", "owner", "id")
"""What can stand before the colon."""

_FIELD = re.compile(r"([A-Za-z_][A-Za-z_.]*):(?!//)")


class Term(NamedTuple):
    """One condition. ``field`` is empty for a word that may stand anywhere.

    ``column`` is where the term starts, counted in characters from 0.
    """

    field: str
    value: str
    negated: bool
    column: int


class Query(NamedTuple):
    """A query as it was typed, and its terms."""

    text: str
    terms: tuple[Term, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The words that must be found anywhere in the record."""
        return tuple(t.value for t in self.terms if not t.field and not t.negated)


def parse(text: str) -> Query:
    """Read a query. Raises :class:`QueryError` with the column, and nothing else."""
    terms: list[Term] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        term, at = _read_term(text, at)
        if term.value or term.field:
            terms.append(term)
    return Query(text, tuple(terms))


def _read_term(text: str, start: int) -> tuple[Term, int]:
    at, negated = start, False
    if text.startswith("not:", at):
        at, negated = at + 4, True
    elif text[at] == "-" and at + 1 < len(text) and not text[at + 1].isspace():
        at, negated = at + 1, True
    name = ""
    match = _FIELD.match(text, at)
    if match:
        name = _known(match[1].casefold(), at)
        at = match.end()
    value, end = _read_value(text, at)
    if name and not value:
        raise QueryError(f"{name}: needs a value.", f"Type one, as in {name}:x.", column=start)
    return Term(name, value, negated, start), end


def _known(name: str, column: int) -> str:
    if name in FIELDS:
        return name
    near = nearest(name, FIELDS)
    advice = f"Did you mean {near}: ?" if near else f"Known are {', '.join(FIELDS)}."
    raise QueryError(f"There's no field {name} to find by.", advice, column=column)


def _read_value(text: str, at: int) -> tuple[str, int]:
    if at < len(text) and text[at] == '"':
        end = text.find('"', at + 1)
        if end < 0:
            raise QueryError("A quote isn't closed.", 'Add a ".', column=at)
        return text[at + 1 : end], end + 1
    end = at
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[at:end], end
