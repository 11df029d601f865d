"""A mirror with the layout of an earlier version: what it holds is kept, and found."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from planhat_tui.model import query, text
from planhat_tui.model.edits import Change
from planhat_tui.model.records import Kind, Received
from planhat_tui.store import indexing, rebuilding
from planhat_tui.store.connection import Database
from planhat_tui.store.disk import FullError
from planhat_tui.store.schema import MIRROR
from tests.store.conftest import received, update

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from planhat_tui.model.values import Json
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
    def ids(asked: str) -> list[str]:
        return [row.id for row in store.mirror.search_companies(query.parse(asked)).rows]

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


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize("older", [True, False])
def test_no_table_goes_while_another_process_may_make_its_first_search(
    folder: Path,
    open_store: Callable[[], TenantStore],
    older: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    path = folder / "mirror.db"
    if not older:
        path.unlink()
    Database(path, MIRROR, durable=False).close()

    def version() -> int:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            return int(connection.execute("PRAGMA schema_version").fetchone()[0])

    before = version()
    open_store()
    assert version() == before


@pytest.fixture
def folded_before(
    open_store: Callable[[], TenantStore], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Make a mirror by a program to which ø was no o."""

    def forget_folds() -> None:
        text._fold_piece.cache_clear()
        indexing.fold_once.cache_clear()

    forget_folds()
    with monkeypatch.context() as patched:
        patched.setattr(text, "_AS_TYPED", {})
        store = open_store()
        custom: Json = {"Ort": "Malmø"}
        named = received("c1", name="Øresund", tags=["Nørd"], custom=custom, city="Tromsø")
        escaped = Received('{"_id": "c2", "name": "L\\u00f8k"}', {"_id": "c2", "name": "Løk"})
        store.mirror.put(Kind.COMPANY, [named, escaped, received("c3", name="Plain")], 5.0)
        store.mirror.put(Kind.CONTACT, [received("p1", companyId="c3", name="Bjørn")], 5.0)
        store.outbox.add(update("c3", Change("name", "Plain", "Sørby")))
        store.refresh_overlay(Kind.COMPANY, "c3")
        assert found(store, "oresund") == []
        with store.mirror._database.writing() as connection:
            connection.execute("DELETE FROM fact WHERE key = 'folded'")
        store.close()
    forget_folds()
    yield
    forget_folds()


def found(store: TenantStore, asked: str) -> list[str]:
    return [row.id for row in store.mirror.search_companies(query.parse(asked)).rows]


def all_is_folded_anew(store: TenantStore) -> None:
    for asked in ("oresund", "tag:nord", "custom.Ort:malmo", "city:tromso", "nord"):
        assert found(store, asked) == ["c1"]
    assert found(store, "lok") == ["c2"]
    assert found(store, "sorby") == found(store, "bjorn") == found(store, "is:pending") == ["c3"]
    assert store.mirror.progress().companies_known == 3
    with store.mirror._database.writing() as connection:
        connection.execute("INSERT INTO company_text (company_text) VALUES ('integrity-check')")
        connection.execute("INSERT INTO contact_text (contact_text) VALUES ('integrity-check')")


@pytest.mark.usefixtures("folded_before")
def test_what_was_folded_in_another_way_is_folded_anew(
    open_store: Callable[[], TenantStore],
) -> None:
    all_is_folded_anew(open_store())
    all_is_folded_anew(open_store())


@pytest.mark.usefixtures("folded_before")
@pytest.mark.parametrize("cut_at", range(5))
def test_folding_anew_goes_on_where_it_was_cut_short(
    open_store: Callable[[], TenantStore], monkeypatch: pytest.MonkeyPatch, cut_at: int
) -> None:
    folded, times, batches = rebuilding._fold_some, iter(range(20)), []
    monkeypatch.setattr(rebuilding, "_BATCH", 1)

    def cut(*args: object) -> None:
        folded(*args)  # type: ignore[arg-type] # handed through
        batches.append(args)
        if next(times) == cut_at:
            raise KeyboardInterrupt

    monkeypatch.setattr(rebuilding, "_fold_some", cut)
    with pytest.raises(KeyboardInterrupt):
        open_store()
    all_is_folded_anew(open_store())
    assert len(batches) == 4 + 2 + 1  # the records, the end of each kind, what was rolled back


@pytest.mark.usefixtures("folded_before")
def test_what_finds_no_room_to_be_folded_anew_is_read_and_goes_on_at_the_next_open(
    open_store: Callable[[], TenantStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise FullError("The disk is full: nothing was saved.", "Make room.")

    with monkeypatch.context() as patched:
        patched.setattr(rebuilding, "_fold_some", no_room)
        assert found(open_store(), "plain OR sorby") == ["c3"]
    all_is_folded_anew(open_store())
