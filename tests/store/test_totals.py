from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model import query
from planhat_tui.model.records import Kind
from planhat_tui.store import leads, totals
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


def test_of_a_very_large_limit_nothing_is_summed_but_marks_are_counted(
    full: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "MOST_SUMMED", 4)
    assert told(full, "@acme phase:won", "c7", "none") == (0, 0)
    assert told(full, "sort:-arr limit:4", "c7", "c1") == (30, 1)
    assert told(full, "sort:-arr limit:5", "c7", "c1") == (None, 1)
    assert told(full, "acme", "c7", "none") == (45, 2)
    assert told(full, '"acme 7"', "c7", "none") == (7, 1)
    assert told(full, "phase:won", "c7", "c4") == (25, 1)
    assert told(full, "", "c7") == (45, 1)


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
