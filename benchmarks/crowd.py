"""A mirror of as many companies as one likes, written straight into the file, without a server.

The records are those of the sandbox's demo data; two names of three get a coined word, since a
million companies don't share sixty first words.
"""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import time
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.model.records import Kind, Received
from planhat_tui.sandbox import DemoTenant
from planhat_tui.sandbox.demo import Maker
from planhat_tui.store.schema import MIRROR, migrate
from planhat_tui.store.tenant import TenantStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW: Final = 1_780_000_000.0
_BATCH: Final = 5_000
_SYLLABLES: Final = (
    "ka lo mi ter ven dor sal pri qua bex tor nim rel fos gar hul jan kes lum mor nor pel ras sto"
    " tri und vor wes xan yor zel bro cla dre fle gri hav ist jol kro lin mar nev oss pan rud sev"
).split()


def filled(folder: Path, companies: int, *, contacts: bool = False) -> TenantStore:
    """Return a store of that many companies, made now if the folder hasn't got it yet.

    ``contacts``: with those that each of them has, about eight.
    """
    store = TenantStore.open(folder, wall=lambda: NOW)
    known = store.mirror.progress().companies_known
    if known < companies:
        maker = Maker(DemoTenant("bench-token", "1", "Northwind", "max123"), "1:0", NOW)
        team = list(maker.team())
        store.mirror.put_users([_received(user) for user in team])
        store.mirror.note("me", str(team[0]["_id"]))
        slugs: set[str] = set()

        def taken(slug: str) -> bool:
            known = slug in slugs
            slugs.add(slug)
            return known

        owners = [str(user["_id"]) for user in team]
        records = _named(maker.companies(companies, owners, taken))
        with _in_bulk(store):
            _fill(store, Kind.COMPANY, islice(records, known, None))  # what was cut short goes on
    done = store.mirror.progress().contacts_done
    if contacts and not done:
        maker = Maker(DemoTenant("bench-token", "1", "Northwind", "max123"), "1:0", NOW)
        with _in_bulk(store):
            _fill(store, Kind.CONTACT, maker.contacts(_made(store)))
    while not store.mirror.is_tidy():  # as a pull does at its end
        store.mirror.tidy()
    return store


@contextlib.contextmanager
def _in_bulk(store: TenantStore) -> Iterator[None]:
    """Fill with room in memory, and without the indexes that are made faster at the end."""
    connection = store._mirror_db._writer  # noqa: SLF001 -- only to get there sooner
    connection.execute("PRAGMA cache_size = -2000000")
    for name in _indexes(connection):
        if not name.endswith("_row"):  # by which old values are taken out
            connection.execute(f"DROP INDEX {name}")
    yield
    with contextlib.closing(sqlite3.connect(":memory:")) as whole:  # who was cut short lacks some
        migrate(whole, store.folder, MIRROR)
        for name, sql in _indexes(whole).items():
            if name not in _indexes(connection):
                connection.execute(sql)
    connection.execute("PRAGMA cache_size = -8000")


def _indexes(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(
        connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        )
    )


def _made(store: TenantStore) -> Iterator[dict[str, Any]]:
    """Give the companies that are there, a thousand at a time."""
    ids = sorted(store.mirror.company_ids())
    for start in range(0, len(ids), 1_000):
        yield from store.mirror.raws(Kind.COMPANY, ids[start : start + 1_000])


def _fill(store: TenantStore, kind: Kind, records: Iterator[dict[str, object]]) -> None:
    began, done = time.perf_counter(), 0
    while batch := [_received(record) for record in islice(records, _BATCH)]:
        store.mirror.put(kind, batch, NOW)
        done += len(batch)
        print(f"\r{done:,} records, {time.perf_counter() - began:.0f} s ", end="", flush=True)
    print()


def _named(records: Iterator[dict[str, object]]) -> Iterator[dict[str, object]]:
    draw = random.Random(7)  # noqa: S311 -- practice data
    for record in records:
        if draw.random() < 2 / 3:
            coined = "".join(draw.choices(_SYLLABLES, k=draw.randint(2, 4))).capitalize()
            words = str(record["name"]).split()
            record["name"] = " ".join([coined, *words[1:]])
        yield record


def _received(record: dict[str, object]) -> Received:
    return Received(json.dumps(record, ensure_ascii=False), record)  # type: ignore[arg-type] # JSON
