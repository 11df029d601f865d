"""What a query that is being typed may become: fields, and values that occur, with counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.query import SPECIAL
from planhat_tui.model.query import completing as grammar
from planhat_tui.model.query.writing import path
from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from planhat_tui.model.query.completing import Completing
    from planhat_tui.workspace.queries import Queries

LEAST: Final = 2
"""Letters of a word from which on it may be a field: before that, it's a word."""

MOST: Final = 20


class Candidate(NamedTuple):
    """Something that may be meant. ``uses`` counts the records that have it; 0: nobody counts."""

    text: str
    label: str
    uses: int = 0


class Completion(NamedTuple):
    """What is being typed, and what it may become, the likeliest first."""

    at: Completing
    candidates: tuple[Candidate, ...]

    def done(self, text: str, candidate: Candidate) -> tuple[str, int]:
        """Return the text with a candidate in it, and where the cursor stands then."""
        return grammar.done(text, self.at, candidate.text)


def completion(reads: Queries, text: str, cursor: int) -> Completion | None:
    """Return what may stand at the cursor of a query, ``None`` if there's nothing to offer."""
    at = grammar.at(text, cursor)
    if at is None:
        return None
    custom = grammar.custom_typed(at)
    if custom is not None:
        found = _custom(reads, custom)
    else:
        found = _values(reads, at) if at.field else _fields(at)
    offered = tuple(one for one in found if one.text != at.typed)[:MOST]
    return Completion(at, offered) if offered else None


def _custom(reads: Queries, typed: str) -> list[Candidate]:
    return [
        Candidate(path(f"custom.{name}"), visible(name), uses)
        for name, uses in reads.custom_counts(typed)
    ]


def _fields(at: Completing) -> list[Candidate]:
    if len(at.typed) < LEAST:
        return []
    start = at.typed.casefold()
    return [Candidate(one, one) for one in grammar.known(at) if one.startswith(start)]


def _values(reads: Queries, at: Completing) -> list[Candidate]:
    known = [Candidate(one, one) for one in grammar.known(at)]
    if at.field in SPECIAL:
        return known
    counted = reads.values(Kind.COMPANY, at.field, at.typed)
    return [*known, *(Candidate(value, visible(value), uses) for value, uses in counted)]
