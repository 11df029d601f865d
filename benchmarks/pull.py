"""A whole pull from a sandbox on loopback without a limit, beside a bare script in the same run.

    ./dev run python -m benchmarks.pull [--companies N]

Printed: the time of the pull (HTTP, JSON, rows, index) against a script that decodes the same bytes
and inserts the rows without an index, with and without fetching them, and what the script takes
once it adds the index by which pieces of words are found; calls against the fewest that paging
allows; how late a loop in the screen's thread is meanwhile; what is resident after the pull
and 100 searches; the size of ``mirror.db`` against the JSON as it came.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import sqlite3
import sys
import threading
import time
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

import httpx
import msgspec

from benchmarks.tenant import sandbox
from planhat_tui.api.connection import connect
from planhat_tui.model import query
from planhat_tui.runtime import SWITCH
from planhat_tui.store.machine import MachineState
from planhat_tui.store.tenant import TenantStore
from planhat_tui.sync.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN: Final = "sandbox-token"  # noqa: S105 -- the sandbox's own
PAGES: Final = (("companies", 5000), ("endusers", 2000))
BARE: Final = """
DROP TABLE IF EXISTS record;
DROP TABLE IF EXISTS found;
CREATE TABLE record (id TEXT, name TEXT, json TEXT);
CREATE VIRTUAL TABLE found USING fts5 (
    text, content = '', tokenize = 'trigram', detail = none, columnsize = 0
);
"""
FOUND_BY: Final = (
    "name", "firstName", "lastName", "email", "phone", "slug", "domains", "externalId", "sourceId",
    "tags", "position",
)  # fmt: skip
"""Fields whose pieces find a record."""
TICK: Final = 0.001
SEARCHES: Final = 100


class Pulled(NamedTuple):
    """What one pull cost: seconds, calls, and how late the screen's loop was, in milliseconds.

    ``busy`` is seconds of the processor, without those of the loop that is asked to be on time.
    """

    seconds: float
    busy: float
    calls: int
    late: list[float]


def pages(url: str) -> Iterator[bytes]:
    """Fetch every page as it comes."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        for name, size in PAGES:
            offset = 0
            while True:
                answer = client.get(f"/{name}?limit={size}&offset={offset}&sort=_id").content
                yield answer
                offset += size
                if len(msgspec.json.decode(answer, type=list[msgspec.Raw])) < size:
                    break


class Inserted(NamedTuple):
    """What the bare script cost, likewise, and how many records there were."""

    seconds: float
    busy: float
    records: int


def insert(
    bodies: Iterator[bytes] | list[bytes], folder: Path, *, indexed: bool = False
) -> Inserted:
    """Decode pages and insert their records, nothing else; ``indexed``: what is found by, too."""
    began, busy, count = time.perf_counter(), time.process_time(), 0
    with contextlib.closing(sqlite3.connect(folder / f"bare-{indexed}.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(BARE)
        for body in bodies:
            raws = msgspec.json.decode(body, type=list[msgspec.Raw])
            rows, texts = [], []
            for number, raw in enumerate(raws, start=count):
                data = msgspec.json.decode(raw)
                rows.append((data["_id"], data.get("name"), bytes(raw).decode()))
                if indexed:
                    found = (str(data[name]).casefold() for name in FOUND_BY if name in data)
                    texts.append((number, " ".join(found)))
            with connection:
                connection.executemany("INSERT INTO record VALUES (?, ?, ?)", rows)
                connection.executemany("INSERT INTO found (rowid, text) VALUES (?, ?)", texts)
            count += len(rows)
    return Inserted(time.perf_counter() - began, time.process_time() - busy, count)


def pull(url: str, folder: Path) -> tuple[Pulled, TenantStore]:
    """Fill a new copy from end to end, with a loop in this thread that is asked to be on time."""
    machine = MachineState.open(folder / "state")
    store = TenantStore.open(folder / "tenant")
    calls: list[object] = []
    engine = Engine(
        connect=lambda on_limits: connect(
            url, TOKEN, budget=machine, log=calls.append, on_limits=on_limits
        ),
        store=store,
        on_change=lambda _changed: None,
        pull=False,
    )
    began, busy = time.perf_counter(), _busy_elsewhere()
    filling = engine.fill()
    late = asyncio.run(_late(filling.done))
    filling.result()
    seconds, busy = time.perf_counter() - began, _busy_elsewhere() - busy
    engine.stop()
    machine.close()
    return Pulled(seconds, busy, len(calls), late), store


def _busy_elsewhere() -> float:
    """Return the seconds of the processor that the other threads of this process have taken."""
    return time.process_time() - time.thread_time()


async def _late(done: Callable[[], bool]) -> list[float]:
    """Return by how many milliseconds each millisecond's sleep was too long."""
    found = []
    while not done():
        began = time.perf_counter()
        await asyncio.sleep(TICK)
        found.append((time.perf_counter() - began - TICK) * 1000)
    return found


def resident() -> float:
    """Return the megabytes of this process that are in memory (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=5000)
    wanted = parser.parse_args()
    sys.setswitchinterval(SWITCH)
    with TemporaryDirectory() as name, sandbox(wanted.companies) as url:
        folder = Path(name)
        warmed = list(pages(url))  # the sandbox has read its pages once, for both sides
        received = sum(map(len, warmed))
        decoded = insert(warmed, folder)
        indexed = insert(warmed, folder, indexed=True)
        del warmed
        fetched = insert(pages(url), folder)
        before = resident()
        pulled, store = pull(url, folder)
        _tell_time(pulled, decoded, fetched)
        times, busy = indexed.seconds / decoded.seconds, indexed.busy / decoded.busy
        print(f"the script with an index of pieces of words: {times:.1f}, processor {busy:.1f}")
        _tell_calls(pulled, store)
        _tell_late(pulled.late)
        _tell_memory(store, before)
        store.close()
        size = (folder / "tenant" / "mirror.db").stat().st_size
        print(f"disk: {size / 1e6:.1f} MB of {received / 1e6:.1f} MB JSON: {size / received:.2f}")
        print(f"threads left: {threading.active_count()}, cores: {os.cpu_count()}")


def _tell_time(pulled: Pulled, decoded: Inserted, fetched: Inserted) -> None:
    rate = decoded.records / pulled.seconds
    print(f"pull: {pulled.seconds:.1f} s for {decoded.records} records ({rate:.0f} a second)")
    for what, bare in (("decoding and inserting", decoded), ("fetching as well", fetched)):
        ratio, busy = pulled.seconds / bare.seconds, pulled.busy / bare.busy
        print(f"  against {what} ({bare.seconds:.2f} s): {ratio:.1f}, of the processor {busy:.1f}")


def _tell_calls(pulled: Pulled, store: TenantStore) -> None:
    progress = store.mirror.progress()
    fewest = ceil(progress.companies_known / 5000) + ceil(progress.contacts_done / 2000)
    print(f"calls: {pulled.calls}, pages at least {fewest} (companies / 5000 + contacts / 2000)")


def _tell_late(late: list[float]) -> None:
    ordered = sorted(late)
    p99 = ordered[int(len(ordered) * 0.99)]
    print(f"screen's loop: p99 {p99:.1f} ms late, at most {ordered[-1]:.1f} ms, {len(late)} looks")


def _tell_memory(store: TenantStore, before: float) -> None:
    import planhat_tui.tui.app  # noqa: F401 -- what the explorer loads counts

    names = [row.name for row in store.mirror.search_companies(query.parse("a"), 50).rows]
    for n in range(SEARCHES):
        name = names[n % len(names)]
        store.mirror.search_companies(query.parse(name[: 1 + n % 6].strip() or "a"), 50)
    print(f"resident: {resident():.0f} MB, {before:.0f} MB before the pull")


if __name__ == "__main__":
    main()
