"""What a question is asked in: where, of which kind of record, on which day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from planhat_tui.model.outbox import State
    from planhat_tui.model.records import Kind

Bounds: TypeAlias = "Sequence[tuple[str, float]]"
"""Comparisons that all hold, each with what it is compared with: ``>=``, ``>``, ``<=``, ``<``."""
Told: TypeAlias = "Sequence[tuple[str, float]]"
"""Records by id, each with a moment: seconds since the epoch."""


class Occurrences(Protocol):
    """When something last happened to records, as it's known beside the mirror."""

    def within(self, kind: Kind, bounds: Bounds) -> Sequence[str]:
        """Return the ids of records whose moment is within bounds."""
        ...

    def in_order(self, kind: Kind, *, descending: bool, most: int | None = None) -> Told:
        """Return the first of records by their moments, and all that have the last one's."""
        ...


class Asking(NamedTuple):
    """The circumstances of a query: ``today`` is the day in the place, ``utc`` that in UTC.

    ``moments`` gives what is known beside the mirror, by the field's name: ``lastcall`` when the
    last call was logged here with each record, ``changed`` when it was last seen to change.
    ``unseen`` gives the ids of those that others have changed since
    the person last looked, ``in_state`` those with an edit in a state. They are called only if
    somebody asks. ``lately`` has the ids of the records that the person opened last, the last
    first: they stand first among equals. ``me`` gives the id of the user for whom it is asked,
    empty while that isn't known.
    ``counted`` gives the number that a statement counts, ``ordered`` the row numbers that one gives
    in their order; both may be known from before.
    """

    connection: sqlite3.Connection
    kind: Kind
    today: date
    utc: date
    moments: Mapping[str, Occurrences]
    unseen: Callable[[Kind], Iterable[str]]
    in_state: Callable[[Kind, State], Iterable[str]]
    counted: Callable[[str, tuple[Any, ...]], int]
    ordered: Callable[[str, tuple[Any, ...]], Sequence[int]]
    me: Callable[[], str]
    lately: tuple[str, ...] = ()

    def of(self, kind: Kind) -> Asking:
        """Return the same for another kind."""
        return self._replace(kind=kind, lately=self.lately if kind is self.kind else ())


class Condition(NamedTuple):
    """A piece of SQL that is true or false, never NULL, and the values of its question marks."""

    sql: str
    values: tuple[Any, ...] = ()


ALWAYS: Final = Condition("1")
NEVER: Final = Condition("0")


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Demand all of them; none: always true."""
    return _joined(" AND ", (one for one in conditions if one != ALWAYS), ALWAYS)


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Demand one of them; none: never true."""
    return _joined(" OR ", conditions, NEVER)


def _joined(word: str, conditions: Iterable[Condition], empty: Condition) -> Condition:
    given = tuple(conditions)
    if len(given) < 2:
        return given[0] if given else empty
    sql = word.join(f"({one.sql})" for one in given)
    return Condition(sql, tuple(value for one in given for value in one.values))
