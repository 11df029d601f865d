"""The text indexes are put together once a copy is filled, in small steps."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from planhat_tui.model import query
from planhat_tui.model.records import Kind
from planhat_tui.store import tidying
from tests.conftest import EFFORT
from tests.store.conftest import received

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.store.tenant import TenantStore

BATCHES = 21
TIDY = """
import sys
from pathlib import Path
from planhat_tui.store import tidying
from planhat_tui.store.tenant import TenantStore

tidying._PAGES = 1
store = TenantStore.open(Path(sys.argv[1]))
while not store.mirror.is_tidy():
    store.mirror.tidy()
    print("a little", flush=True)
    sys.stdin.readline()
"""


def fill(store: TenantStore) -> None:
    """Fill a copy from the beginning, a batch at a time."""
    store.mirror.expect_many()
    for n in range(BATCHES):
        more = [f"{n}-{k}" for k in range(10)]
        store.mirror.put(
            Kind.COMPANY,
            [received(f"c{one}", name=f"Acme {one}", phase="won", arr=n) for one in more],
            1.0,
        )
        store.mirror.put(
            Kind.CONTACT,
            [received(f"p{one}", name=f"Ada {one}", companyId=f"c{one}") for one in more],
            1.0,
        )


def tidy(store: TenantStore) -> None:
    """Put all of it together."""
    while not store.mirror.is_tidy():
        store.mirror.tidy()


def parts(folder: Path, table: str) -> int:
    """Return in how many parts an index is."""
    connection = sqlite3.connect(folder / "mirror.db")
    try:
        counted = f"SELECT count(DISTINCT segid) FROM {table}_idx"  # noqa: S608 -- our names
        return int(connection.execute(counted).fetchone()[0])
    finally:
        connection.close()


def found(store: TenantStore, text: str) -> list[str]:
    """Return the names of all companies that a query finds."""
    rows = store.mirror.search_companies(query.parse(text), 1_000).rows
    return sorted(row.name for row in rows)


@pytest.mark.parametrize("table", ["company_text", "contact_text", "company_facts"])
def test_a_filled_copy_is_put_together(store: TenantStore, folder: Path, table: str) -> None:
    fill(store)
    assert not store.mirror.is_tidy()
    assert parts(folder, table) > 4
    tidy(store)
    assert parts(folder, table) == 1


def test_what_is_found_stays_the_same(store: TenantStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "_PAGES", 1)
    fill(store)
    asked = ("acme", "acme 1", "phase:won arr:10..", "20-9", "contacts.name:ada")
    before = [found(store, text) for text in asked]
    assert all(before)
    while not store.mirror.is_tidy():
        store.mirror.tidy()
        assert [found(store, text) for text in asked] == before


def test_records_that_come_meanwhile_are_found(
    store: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "_PAGES", 1)
    fill(store)
    steps = 0
    while not store.mirror.is_tidy():
        store.mirror.tidy()
        steps += 1
        store.mirror.put(Kind.COMPANY, [received("c0-0", name=f"Zeta {steps}", phase="won")], 2.0)
        assert found(store, "zeta") == [f"Zeta {steps}"]
        assert steps < 1_000
    assert store.check() == {"mirror.db": "", "outbox.db": ""}


def test_a_copy_that_is_filled_anew_is_put_together_again(store: TenantStore, folder: Path) -> None:
    fill(store)
    tidy(store)
    fill(store)
    assert not store.mirror.is_tidy()
    tidy(store)
    assert parts(folder, "company_text") == 1


@pytest.mark.crash
@pytest.mark.parametrize("kill", range(max(2, int(4 * EFFORT))))
def test_killed_at_any_step_it_goes_on(
    open_store: Callable[[], TenantStore], folder: Path, kill: int
) -> None:
    store = open_store()
    fill(store)
    before = found(store, "acme")
    store.close()
    with subprocess.Popen(
        [sys.executable, "-c", TIDY, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(1 + kill):
            assert process.stdout.readline() == "a little\n"
            process.stdin.write("\n")
            process.stdin.flush()
        process.send_signal(signal.SIGKILL)
    store = open_store()
    assert not store.mirror.is_tidy()
    assert found(store, "acme") == before
    tidy(store)
    assert parts(folder, "company_text") == 1
    assert store.check() == {"mirror.db": "", "outbox.db": ""}


def test_what_is_free_at_the_end_is_given_back(store: TenantStore) -> None:
    store.mirror.expect_many()
    records = [received(f"c{n}", name=f"Acme {n}", city="x" * 900) for n in range(400)]
    store.mirror.put(Kind.COMPANY, records, 1.0)
    store.mirror.remove(Kind.COMPANY, [record.id for record in records[50:]])
    database = store.mirror._database
    writer, free = database._writer, "PRAGMA freelist_count"
    assert writer.execute(free).fetchone()[0] > 50
    steps = 0
    while not store.mirror.is_tidy():
        store.mirror.tidy()
        steps += 1
    assert steps < 20  # many pages in each
    assert database._writer is not writer
    assert database._writer.execute(free).fetchone() == (0,)
    assert len(store.mirror.search_companies(query.parse("acme")).rows) == 50
