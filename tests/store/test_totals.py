from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model import query
from planhat_tui.model.records import Kind
from planhat_tui.store import leads
from planhat_tui.store.rows import Totals
from tests.store.conftest import received

if TYPE_CHECKING:
    from planhat_tui.store.tenant import TenantStore


def told(store: TenantStore, text: str, *marked: str) -> tuple[float | None, int]:
    totals = store.mirror.totals(query.parse(text), marked)
    assert totals.lean == 0
    return totals.arr, totals.marked


@pytest.fixture
def full(store: TenantStore) -> TenantStore:
    rows = [
        received(f"c{n}", name=f"Acme {n}", arr=n, phase="won" if n % 2 else "lost", tags=["vip"])
        for n in range(10)
    ]
    store.mirror.put(Kind.COMPANY, [*rows, received("none", name="Berg", domains=["acme.io"])], 1.0)
    people = [received("p1", name="Eve", email="eve@mail.test", companyId="c4")]
    store.mirror.put(Kind.CONTACT, people, 1.0)
    return store


@pytest.mark.parametrize(
    ("text", "arr", "marked"),
    [
        ("", 45, 3),
        ("acme", 45, 3),
        ('"acme 7"', 7, 1),
        ("phase:won", 25, 1),
        ("tag:vip -phase:won arr:4..", 18, 1),
        ("acme phase:lost", 20, 1),
        ("eve@mail.test", 4, 1),
        ("-phase:won", 20, 2),
        ("domain:acme.io", 0, 1),
        ("sort:-arr limit:2", 17, 0),
        ("xyzzy", 0, 0),
    ],
)
def test_what_is_shown_is_summed_and_marks_in_it_are_counted(
    full: TenantStore, text: str, arr: float, marked: int
) -> None:
    assert told(full, text, "c7", "c4", "none", "gone") == (arr, marked)


def test_a_limit_leaves_those_that_were_opened_lately_first(full: TenantStore) -> None:
    asked = query.parse("acme limit:2")
    lately = ["c3"]
    shown = [row.arr for row in full.mirror.search_companies(asked, lately=lately).rows]
    assert shown == [3, 9]
    assert full.mirror.totals(asked, lately, lately=lately) == Totals(12, 1, 0, 2)


@pytest.mark.parametrize("limit", [4, 5, 2_000, 30_000, 999_999])
@pytest.mark.parametrize("text", ["", "acme", "phase:won", "sort:-arr", "acme sort:name", "eve"])
def test_a_limit_is_summed_and_counted_as_it_is_listed_however_large(
    full: TenantStore, text: str, limit: int
) -> None:
    asked = query.parse(f"{text} limit:{limit}")
    listed = full.mirror.search_companies(asked, limit=100).rows
    arr = sum(row.arr or 0 for row in listed)
    marked = sum(row.id == "c7" for row in listed)
    assert listed
    assert full.mirror.totals(asked, ["c7"]) == Totals(arr, marked, 0, len(listed))


def test_so_large_a_limit_that_more_than_a_screen_ever_shows_is_in_it_is_summed(
    store: TenantStore,
) -> None:
    many = 20_010
    store.mirror.put_lean([received(f"c{n}", name=f"A{n}") for n in range(many)], 1.0)
    store.mirror.put(Kind.COMPANY, [received("c5", name="A5", arr=7)], 2.0)
    asked = query.parse(f"sort:name limit:{many - 1}")
    assert store.mirror.totals(asked, ["c5"]) == Totals(7, 1, many - 2, many - 1)


def test_many_facts_are_summed_without_walking_the_list(store: TenantStore) -> None:
    many = leads.FEW + 100
    rows = [received(f"c{n}", name=f"A{n}", arr=1, phase="won") for n in range(many)]
    store.mirror.put(Kind.COMPANY, rows, 1.0)
    assert told(store, "phase:won", "c3") == (many, 1)


def test_companies_of_which_only_the_name_is_here_are_counted(full: TenantStore) -> None:
    full.mirror.put_lean([received("lean1", name="Acme Lean"), received("lean2", name="Crux")], 2.0)
    assert full.mirror.totals(query.parse(""), ()) == Totals(45, 0, 2, 13)
    assert full.mirror.totals(query.parse("acme lean"), ()) == Totals(0, 0, 1, 1)
    assert full.mirror.totals(query.parse("phase:won"), ()) == Totals(25, 0, 0, 5)
