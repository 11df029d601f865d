"""Where a query may have slips: in its words, and in what a text is to hold.

What is asked for by the whole value (a phase, a tag), within alternatives or behind a minus isn't
guessed at: it's meant as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.query.fields import type_of
from planhat_tui.model.query.reading import parse
from planhat_tui.model.query.tree import Group, Term
from planhat_tui.model.query.writing import write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planhat_tui.model.query.tree import Node, Query


def slippery(query: Query) -> tuple[Term, ...]:
    """Return the terms that may have slips, in their order."""
    return tuple(part for part in query.parts if isinstance(part, Term) and may_slip(part.field))


def may_slip(field: str) -> bool:
    """Tell whether a term of this field may have slips; for a word, it's empty."""
    return not field or (field not in {"has", "is"} and type_of(field) == "part")


def corrected(query: Query, values: Iterable[str]) -> Query:
    """Return a query with other values of the terms that may have slips, in their order."""
    slips, other = slippery(query), iter(values)
    return _of(query, (p._replace(value=next(other)) if p in slips else p for p in query.parts))


def told(query: Query) -> str:
    """Write the terms of a query that may have slips, and nothing else of it."""
    return write(_of(query, slippery(query))._replace(sort=(), limit=None))


def as_meant(query: Query, meant: str) -> str:
    """Write a query with the terms that :func:`told` has written of what was meant."""
    return write(corrected(query, (str(term.value) for term in slippery(parse(meant)))))


def _of(query: Query, parts: Iterable[Node]) -> Query:
    return query._replace(where=Group(every=True, parts=tuple(parts)))
