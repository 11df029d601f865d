from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.edits import Change
from planhat_tui.model.query import parse
from planhat_tui.model.records import Kind
from planhat_tui.store import planning
from tests.store.conftest import received, update

if TYPE_CHECKING:
    from planhat_tui.store.tenant import TenantStore

COMPANIES = 1_300


@pytest.fixture
def crowd(store: TenantStore) -> TenantStore:
    phases = ("onboarding", "won", "lost")
    records = [
        received(
            f"c{n:05}",
            name=f"Company {n * 7919 % COMPANIES:05}",
            phase=phases[n % 3],
            arr=n * 37 % 1000,
            tags=["vip"] if n % 5 == 0 else [],
        )
        for n in range(COMPANIES)
    ]
    store.mirror.put(Kind.COMPANY, records, 1.0)
    people = [
        received(
            f"p{n:03}",
            name=f"Person {n}",
            companyId=f"c{n % 3:05}",
            email=f"p{n}@c.com",
            featured=n == 8,
        )
        for n in range(9)
    ]
    store.mirror.put(Kind.CONTACT, people, 1.0)
    return store


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sort:-arr",
        "sort:phase,-arr",
        "company",
        "001",
        "tag:vip",
        "tag:vip sort:arr",
        "phase:won -tag:vip arr:500..",
        "company sort:-name limit:700",
        "limit:3",
        "nobody",
        "p4@c.com",
    ],
)
def test_it_gives_what_the_list_has_in_its_order(crowd: TenantStore, text: str) -> None:
    listed = crowd.mirror.search_companies(parse(text), COMPANIES)
    streamed = [one["_id"] for one in crowd.mirror.stream(Kind.COMPANY, parse(text))]
    assert streamed == [row.id for row in listed.rows]


def test_many_are_walked_and_not_looked_up(
    crowd: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [one["_id"] for one in crowd.mirror.stream(Kind.COMPANY, parse("company tag:vip"))]
    monkeypatch.setattr(planning, "MOST_COUNTED", 3)
    for text in ("company tag:vip", "p4@c.com"):
        monkeypatch.setattr(planning, "MOST_COUNTED", 0)
        many = [one["_id"] for one in crowd.mirror.stream(Kind.COMPANY, parse(text))]
        if text.startswith("company"):
            assert many == few
        else:
            assert many == ["c00001"]


def test_records_are_as_they_are_shown(crowd: TenantStore) -> None:
    crowd.outbox.add(update("c00000", Change("phase", "onboarding", "renewal")))
    crowd.refresh_overlay(Kind.COMPANY, "c00000")
    (shown,) = crowd.mirror.stream(Kind.COMPANY, parse("id:c00000"))
    assert shown["phase"] == "renewal"


def test_all_are_of_one_moment(crowd: TenantStore) -> None:
    streamed = crowd.mirror.stream(Kind.COMPANY, parse(""))
    first = next(streamed)
    crowd.mirror.put(Kind.COMPANY, [received("zz", name="Zz")], 2.0)
    crowd.mirror.remove(Kind.COMPANY, ["c00001"])
    rest = [one["_id"] for one in streamed]
    assert len({first["_id"], *rest}) == COMPANIES
    assert "zz" not in rest


def test_the_contacts_of_a_company_stand_as_in_its_pane(crowd: TenantStore) -> None:
    streamed = [
        one["_id"] for one in crowd.mirror.stream(Kind.CONTACT, parse(""), company_id="c00002")
    ]
    assert streamed == [row.id for row in crowd.mirror.contacts_of("c00002")]
    assert streamed[0] == "p008"
    everybody = [one["_id"] for one in crowd.mirror.stream(Kind.CONTACT, parse("sort:-name"))]
    assert everybody == [f"p{n:03}" for n in range(8, -1, -1)]
