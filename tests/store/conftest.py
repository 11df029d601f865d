from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.outbox import Action, NewEntry
from planhat_tui.model.records import Kind, Received
from planhat_tui.store.tenant import TenantStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from planhat_tui.model.edits import Change
    from planhat_tui.model.values import Json

_TICKS = count(1_000)


def tick() -> float:
    """Return a wall clock that moves a second with each look at it."""
    return float(next(_TICKS))


def received(_id: str, **fields: Json) -> Received:
    data: dict[str, Json] = {"_id": _id, **fields}
    return Received(json.dumps(data), data)


def update(record_id: str, *changes: Change, kind: Kind = Kind.COMPANY, step: str = "") -> NewEntry:
    return NewEntry(kind, Action.UPDATE, record_id, "Acme", changes=changes, step=step)


def create(record_id: str, kind: Kind = Kind.COMPANY, **body: Json) -> NewEntry:
    return NewEntry(kind, Action.CREATE, record_id, str(body.get("name", "")), body=body)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tenants" / "one"


@pytest.fixture
def open_store(folder: Path) -> Iterator[Callable[[], TenantStore]]:
    opened: list[TenantStore] = []

    def open_it() -> TenantStore:
        opened.append(TenantStore.open(folder, wall=tick))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], TenantStore]) -> TenantStore:
    return open_store()
