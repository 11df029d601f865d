"""Many rows in few steps of SQLite.

Other threads run while SQLite takes a step, but wait in between; so a row for each step would let
two threads hinder each other at every one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from planhat_tui.store.columns import Value

_SIZES: Final = (1_000, 100, 10, 1)
"""Rows of a step: few sizes, so that each statement is read once and kept."""
_MOST_VALUES: Final = 30_000
"""Values of a step; SQLite takes a few more."""


def insert(
    connection: sqlite3.Connection,
    into: str,
    rows: Sequence[Sequence[Value | bytes]],
    then: str = "",
) -> None:
    """Insert rows; ``into`` names table and columns, ``then`` follows their values.

    A row may have up to 300 values.
    """
    done = 0
    for size in _SIZES:
        while len(rows) - done >= size and size * len(rows[done]) <= _MOST_VALUES:
            some = rows[done : done + size]
            marks = f"({', '.join('?' * len(some[0]))})"
            connection.execute(
                f"{into} VALUES {', '.join([marks] * size)}{then}",
                [value for row in some for value in row],
            )
            done += size
