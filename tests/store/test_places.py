"""Row numbers sort as lists do, there is room for all, and what they cost on the disk."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.records import Kind, Received
from planhat_tui.model.text import fold
from planhat_tui.sandbox import DemoTenant
from planhat_tui.sandbox.demo import Maker
from planhat_tui.store.places import place
from tests.store.conftest import received

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.store.tenant import TenantStore

CROWD = 3_000
"""Three times as many as have room at one place."""


def rows(store: TenantStore) -> dict[str, int]:
    with store.mirror._database.reading() as connection:
        return dict(connection.execute("SELECT id, row FROM company"))


def test_larger_ones_stand_first_then_names_in_their_order() -> None:
    keys = [
        fold(name) for name in " ! 7 acme acne ærø berg zoo Ωmega Ягода 한국 あき 会社".split(" ")
    ]
    places = [place(key, arr) for arr in (10**13, 10**6, 9 * 10**5, 0, None) for key in keys]
    assert all(one <= other for one, other in pairwise(places))
    assert len({place(key, 1.0) for key in keys}) > len(keys) - 3


@pytest.mark.parametrize("name", ["会社", "The Same", ""])
def test_many_of_one_place_find_room_quickly_and_stay_there(store: TenantStore, name: str) -> None:
    crowd = [received(f"c{n}", name=name, arr=12_000) for n in range(CROWD)]
    store.mirror.put(Kind.COMPANY, [received("d", name="A", arr=1), *crowd], 1.0)
    asked: list[str] = []
    with store.mirror._database.writing() as connection:
        connection.set_trace_callback(asked.append)
        store.mirror.put(Kind.COMPANY, [received("new", name=name, arr=12_000)], 2.0)
        connection.set_trace_callback(None)
    assert sum(one.startswith("SELECT 1 FROM company WHERE row") for one in asked) < 20
    before = rows(store)
    assert len({*before.values()}) == CROWD + 2
    store.mirror.put(Kind.COMPANY, crowd, 3.0)
    assert rows(store) == before


@pytest.mark.parametrize(("many", "with_contacts"), [(2_500, False), (500, True)])
def test_a_copy_takes_at_most_four_times_the_json_as_it_came(
    open_store: Callable[[], TenantStore], folder: Path, *, many: int, with_contacts: bool
) -> None:
    open_store().close()
    empty = (folder / "mirror.db").stat().st_size
    store = open_store()
    maker = Maker(DemoTenant("t", "1", "Northwind", "max123"), "1:0", 1_780_000_000.0)
    owners = [str(user["_id"]) for user in maker.team()]
    companies = list(maker.companies(many, owners, lambda _slug: False))
    contacts = list(maker.contacts(companies)) if with_contacts else []
    came = 0
    for kind, records in ((Kind.COMPANY, companies), (Kind.CONTACT, contacts)):
        texts = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in records]
        came += sum(len(text.encode()) for text in texts)
        news = [Received(text, one) for text, one in zip(texts, records, strict=True)]
        for at in range(0, len(news), 1_000):
            store.mirror.put(kind, news[at : at + 1_000], 1.0)
    while not store.mirror.is_tidy():
        store.mirror.tidy()
    store.close()
    assert (folder / "mirror.db").stat().st_size - empty <= 4 * came
