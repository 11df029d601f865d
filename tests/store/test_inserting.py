from __future__ import annotations

import contextlib
import sqlite3

from hypothesis import example, given
from hypothesis import strategies as st

from planhat_tui.store.inserting import insert


@given(st.integers(0, 350), st.integers(0, 350))
@example(1_200, 2_340)
def test_every_row_is_inserted_once_and_one_that_is_there_follows_the_rule(
    before: int, count: int
) -> None:
    into, then = "INSERT INTO t", " ON CONFLICT (id) DO UPDATE SET x = excluded.x"
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)")
        insert(connection, into, [(n, "old") for n in range(before)], then)
        insert(connection, into, [(n, f"new {n}") for n in range(count)], then)
        rows = connection.execute("SELECT id, x FROM t ORDER BY id").fetchall()
    kept = [(n, "old") for n in range(count, before)]
    assert rows == [(n, f"new {n}") for n in range(count)] + kept


def test_rows_of_many_values_fit_into_a_step() -> None:
    wide = [tuple(range(n, n + 300)) for n in range(1_111)]
    names = ", ".join(f"c{n}" for n in range(300))
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE TABLE t ({names})")
        insert(connection, "INSERT INTO t", wide)
        assert connection.execute("SELECT * FROM t").fetchall() == wide
