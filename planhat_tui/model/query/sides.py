"""Whether what a query finds hangs on records beside those that are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.query.fields import located
from planhat_tui.model.query.tree import Group, Not
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planhat_tui.model.query.tree import Node, Query, Sort, Term

_MIN_DIGITS: Final = 4
"""Digits from which on a word may be a piece of somebody's number."""


def asks_contacts(query: Query, sort: Iterable[Sort] = ()) -> bool:
    """Tell whether companies are found, or sorted, by what their contacts have.

    ``sort`` is the order of the list, where the query has none. A name finds them through their
    contacts only where no company has it: that isn't known before.
    """
    return any(map(_is_theirs, _terms(query.parts))) or any(
        _is_of_contacts(one.field) for one in query.sort or sort
    )


def _is_theirs(term: Term) -> bool:
    if term.field == "has":
        return _is_of_contacts(str(term.value))
    if term.field == "is":
        return False
    if term.field:
        return _is_of_contacts(term.field)
    word = str(term.value)
    return "@" in word or sum(map(str.isdecimal, word)) >= _MIN_DIGITS


def _is_of_contacts(field: str) -> bool:
    return field == "contacts" or located(Kind.COMPANY, field)[0] is Kind.CONTACT


def _terms(nodes: Iterable[Node]) -> Iterator[Term]:
    for node in nodes:
        if isinstance(node, Group):
            yield from _terms(node.parts)
        elif isinstance(node, Not):
            yield from _terms((node.part,))
        else:
            yield node
