"""A mirror with the layout of an earlier version: what it holds is kept, and found."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from planhat_tui.model import query
from planhat_tui.store import rebuilding
from planhat_tui.store.schema import MIRROR
from tests.store.conftest import update

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.store.tenant import TenantStore

OLD = 1_030
COMPANY = (
    "INSERT INTO company (row, id, json, shown, state, complete, seen_at, name, name_key, slug,"
    " external_id, phase, status, owner, co_owner, renewal_date, domain, tags, search)"
    " VALUES (?, ?, ?, ?, ?, 1, 5.0, '', '', '', '', '', '', '', '', '', '', '[]', '')"
)
CONTACT = (
    "INSERT INTO contact (id, json, complete, seen_at, company_id, company_name, name, name_key,"
    " email, phone, position, featured, external_id, tags, search)"
    " VALUES ('p1', ?, 1, 5.0, 'c1', '', '', '', '', '', '', 0, '', '[]', '')"
)


@pytest.fixture
def old(folder: Path, open_store: Callable[[], TenantStore]) -> Path:
    """Make a mirror of version 1, beside an outbox with an edit."""
    store = open_store()
    store.outbox.add(update("c7"))
    store.close()
    path = folder / "mirror.db"
    for name in ("mirror.db", "mirror.db-wal", "mirror.db-shm"):
        (folder / name).unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    for statement in MIRROR[0].split(";\n"):
        connection.execute(statement)
    connection.execute("PRAGMA user_version = 1")
    connection.execute("BEGIN")
    for n in range(OLD):
        raw = {"_id": f"c{n}", "name": f"Acme {n}", "arr": n, "custom": {"Plan": "Gold"}}
        connection.execute(COMPANY, (n + 1, f"c{n}", json.dumps(raw), None, None))
    person = {"_id": "p1", "name": "Eve", "position": "CFO", "companyId": "c1"}
    connection.execute(CONTACT, (json.dumps(person),))
    connection.execute("INSERT INTO fact VALUES ('lean_at', '5.0')")
    connection.commit()
    connection.close()
    path.chmod(0o600)
    return path


def everything_is_there(store: TenantStore) -> None:
    def ids(text: str) -> list[str]:
        return [row.id for row in store.mirror.search_companies(query.parse(text)).rows]

    assert store.mirror.progress().companies_known == OLD
    assert ids("acme 1029") == ["c1029"]
    assert ids("arr:1028.. custom.Plan:gold sort:arr") == ["c1028", "c1029"]
    assert ids("contacts.title:cfo") == ["c1"]
    assert ids("is:pending") == ["c7"]
    assert store.mirror.noted("lean_at") == "5.0"
    shown = store.mirror.company("c5")
    assert shown is not None
    assert (shown.raw["name"], shown.seen_at, shown.complete) == ("Acme 5", 5.0, True)


@pytest.mark.usefixtures("old")
def test_an_older_mirror_is_read_into_the_new_layout(
    open_store: Callable[[], TenantStore],
) -> None:
    everything_is_there(open_store())
    everything_is_there(open_store())


def test_a_rebuild_that_is_cut_short_goes_on_at_the_next_open(
    old: Path, open_store: Callable[[], TenantStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = rebuilding._move_some
    times = iter(range(10))

    def cut(*args: object) -> None:
        if next(times) == 1:
            raise KeyboardInterrupt
        moved(*args)  # type: ignore[arg-type] # handed through

    with monkeypatch.context() as patched:
        patched.setattr(rebuilding, "_move_some", cut)
        with pytest.raises(KeyboardInterrupt):
            open_store()
    connection = sqlite3.connect(old)
    left = connection.execute("SELECT count(*) FROM company_before").fetchone()
    connection.close()
    assert left == (OLD - 1_000,)
    everything_is_there(open_store())
