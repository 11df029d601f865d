from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.records import Kind
from planhat_tui.store.connection import Database
from planhat_tui.store.remembering import Remembered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE = ("CREATE TABLE moment (record TEXT PRIMARY KEY, at REAL)",)


class Rig:
    """A file of moments, and how often it was read."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path, TABLE, durable=False)
        self.remembered = Remembered(self._read)
        self.reads = 0

    def _read(self, _kind: Kind) -> dict[str, float]:
        self.reads += 1
        with self.database.reading() as connection:
            return dict(connection.execute("SELECT record, at FROM moment"))

    def of(self, kind: Kind = Kind.COMPANY) -> dict[str, float]:
        return dict(self.remembered.of(kind, self.database))


def note(database: Database, record: str, at: float) -> None:
    with database.writing() as connection:
        connection.execute("INSERT OR REPLACE INTO moment VALUES (?, ?)", (record, at))


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path / "moments.db")
    yield rig
    rig.database.close()


def test_what_is_remembered_is_read_once_until_somebody_writes(rig: Rig, tmp_path: Path) -> None:
    note(rig.database, "c1", 1.0)
    assert rig.of() == rig.of() == {"c1": 1.0}
    assert rig.reads == 1
    note(rig.database, "c2", 2.0)
    assert rig.of() == {"c1": 1.0, "c2": 2.0}
    other = Database(tmp_path / "moments.db", TABLE, durable=False)
    note(other, "c1", 3.0)
    other.close()
    assert rig.of() == {"c1": 3.0, "c2": 2.0}
    assert rig.reads == 3


def test_each_kind_is_remembered_by_itself(rig: Rig) -> None:
    rig.of(Kind.COMPANY), rig.of(Kind.CONTACT), rig.of(Kind.COMPANY)
    assert rig.reads == 2


def test_what_is_read_while_one_writes_is_not_remembered(rig: Rig) -> None:
    with rig.database.writing() as connection:
        connection.execute("INSERT INTO moment VALUES ('c1', 1)")
        assert rig.of() == {"c1": 1.0}
        connection.execute("DELETE FROM moment")
        assert rig.of() == {}
    assert rig.of() == {}
    assert rig.reads == 3
