"""Bits that flip in the outbox's file: whatever is sent still is what was typed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from planhat_tui.errors import PlanhatTuiError
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, NewEntry
from planhat_tui.model.records import Kind
from planhat_tui.store.connection import Database
from planhat_tui.store.outbox import Outbox
from planhat_tui.store.schema import OUTBOX
from planhat_tui.sync.delivery import parcels
from tests.conftest import EFFORT

if TYPE_CHECKING:
    from pathlib import Path

    from planhat_tui.model.outbox import Entry

FLIPS = int(250 * EFFORT)
"""1,000 in a long run (effort 4)."""


def opened(path: Path) -> tuple[Database, Outbox]:
    database = Database(path, OUTBOX, durable=True)
    return database, Outbox(database, lambda: 1000.0)


def meant(entry: Entry) -> tuple[object, ...]:
    """Return what decides what is sent, and to whom."""
    return (
        entry.kind,
        entry.action,
        entry.record_id,
        entry.changes,
        entry.body,
        entry.open_tenant,
        entry.tenant,
    )


def fill(path: Path) -> dict[int, tuple[object, ...]]:
    database, outbox = opened(path)
    outbox.know("tenant-1", "Ada")
    for n in range(30):
        change = Change("phase", f"before {n}", f"after {n}")
        outbox.add(
            NewEntry(Kind.COMPANY, Action.UPDATE, f"c{n}", "Acme", changes=(change,)),
            NewEntry(Kind.CONTACT, Action.CREATE, f"new-{n}", "Kim", body={"name": f"Kim {n}"}),
            NewEntry(Kind.CALL, Action.DELETE, f"call{n}", "a call", body={"nr": str(n)}),
        )
    entries = outbox.open_entries()
    database.close()
    return {entry.n: meant(entry) for entry in entries}


def test_no_flipped_bit_is_ever_sent(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    typed = fill(path)
    whole = path.read_bytes()
    assert not path.with_name("outbox.db-wal").exists()
    draw = random.Random(1)  # noqa: S311 -- a game, no secret
    sent = refused = unreadable = 0
    for _ in range(FLIPS):
        spoilt = bytearray(whole)
        spoilt[draw.randrange(len(spoilt))] ^= 1 << draw.randrange(8)
        path.write_bytes(spoilt)
        try:
            database, outbox = opened(path)
            try:
                entries = outbox.open_entries()
                for parcel in parcels(entries):
                    for entry in parcel.entries:
                        assert meant(entry) in typed.values()
                        sent += 1
                refused += sum("damaged" in entry.reason for entry in entries)
            finally:
                database.close()
        except PlanhatTuiError:
            unreadable += 1  # it says so, and nothing is sent
        for rest in ("outbox.db-wal", "outbox.db-shm"):
            path.with_name(rest).unlink(missing_ok=True)
    print(f"{FLIPS} bits: {sent} edits intact, {refused} refused, {unreadable} files said so")
    assert refused > 0
    assert sent > FLIPS
