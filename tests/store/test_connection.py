"""A file's connections: nobody reads on one that is closed, and those who write take turns."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import StorageError
from planhat_tui.store import connection
from planhat_tui.store.connection import Database

if TYPE_CHECKING:
    from pathlib import Path


def test_who_reads_while_it_is_closed_gets_an_error_and_no_closed_connection(
    tmp_path: Path,
) -> None:
    database = Database(tmp_path / "x.db", ["CREATE TABLE t (x)"], durable=False)
    begun, told = threading.Event(), []
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"

    def read() -> None:
        with database.reading() as reader:
            reader.execute("SELECT 1").fetchone()
            begun.set()
            reader.execute(endless).fetchone()

    def reading() -> None:
        try:
            read()
        except StorageError as error:
            told.append(error)

    thread = threading.Thread(target=reading)
    thread.start()
    begun.wait()
    while thread.is_alive():  # what was asked between two looks ends with the next
        database.close()
        thread.join(0.01)
    assert len(told) == 1
    with pytest.raises(StorageError, match="has been closed"), database.reading():
        pass


def test_who_writes_asks_again_until_those_who_write_have_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_TURN_MS", 1)
    mine, other = (Database(tmp_path / "x.db", ["CREATE TABLE t (x)"], durable=False) for _ in "12")
    other._writer.execute("BEGIN IMMEDIATE")
    asked: list[str] = []

    def ask(told: str) -> None:
        if told == "BEGIN IMMEDIATE":
            asked.append(told)
            if len(asked) == 3:
                other._writer.commit()

    mine._writer.set_trace_callback(ask)
    with mine.writing() as writer:
        writer.execute("INSERT INTO t VALUES (1)")
    assert len(asked) == 3
    mine.close()
    other.close()


def test_who_writes_and_never_ends_is_told_of_at_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_TURN_MS", 1)
    monkeypatch.setattr(connection, "_TURNS", 5)
    mine, other = (Database(tmp_path / "x.db", ["CREATE TABLE t (x)"], durable=False) for _ in "12")
    other._writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="writing for too long"), mine.writing():
        pass
    other._writer.rollback()
    with mine.writing():
        pass
    mine.close()
    other.close()


def test_what_a_thread_reads_with_ends_with_the_thread(tmp_path: Path) -> None:
    database = Database(tmp_path / "x.db", ["CREATE TABLE t (x)"], durable=False)

    def read() -> None:
        with database.reading() as reader:
            assert reader.execute("SELECT count(*) FROM t").fetchone() == (0,)
        assert len(database._all) == 2

    for _ in range(3):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
        assert len(database._all) == 1  # the one that writes
    database.close()
    assert not database._all


def test_who_rests_gives_memory_back_and_misses_nothing(tmp_path: Path) -> None:
    mine, other = (Database(tmp_path / "x.db", ["CREATE TABLE t (x)"], durable=False) for _ in "12")
    with mine.writing() as writer:
        writer.execute("INSERT INTO t VALUES (1)")
    mine.rest()
    assert mine._writer is not writer
    assert not mine.changed_elsewhere()
    with other.writing() as writer:
        writer.execute("INSERT INTO t VALUES (2)")
    mine.rest()
    assert mine.changed_elsewhere()
    assert not mine.changed_elsewhere()
    with mine.writing() as writer:
        mine.rest()  # not now
        assert writer.execute("SELECT count(*) FROM t").fetchone() == (2,)
    mine.close()
    other.close()


def test_who_has_not_read_for_a_while_keeps_no_pages(tmp_path: Path) -> None:
    database = Database(tmp_path / "x.db", ["CREATE TABLE t (x)"], durable=False)
    asked: list[str] = []
    with database.reading() as reader:
        reader.set_trace_callback(asked.append)
        database.let_go_of_pages()
        database.let_go_of_pages()  # it reads just now
    database.let_go_of_pages()  # it has read a moment ago
    assert not asked
    database.let_go_of_pages()
    assert asked == ["PRAGMA shrink_memory"]
    with database.reading() as again:
        assert again is reader
        assert again.execute("SELECT count(*) FROM t").fetchone() == (0,)
    database.let_go_of_pages()
    assert asked.count("PRAGMA shrink_memory") == 1
    database.close()
    database.let_go_of_pages()
