"""What a question is asked in: where, of which kind of record, on which day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from planhat_tui.model.records import Kind


class Asking(NamedTuple):
    """The circumstances of a query.

    ``last_calls`` gives the moments of the last call that was logged here with each record, in
    seconds since the epoch by id; it's called only if somebody asks.
    """

    connection: sqlite3.Connection
    kind: Kind
    today: date
    last_calls: Callable[[Kind], Mapping[str, float]]

    def of(self, kind: Kind) -> Asking:
        """Return the same for another kind."""
        return self._replace(kind=kind)


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
