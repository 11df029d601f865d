from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.query import parse
from planhat_tui.model.records import Kind, Received
from planhat_tui.store.tenant import TenantStore
from planhat_tui.workspace.completing import MOST, completion
from planhat_tui.workspace.queries import Queries
from tests.store.conftest import received

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def reads(tmp_path: Path) -> Iterator[Queries]:
    store = TenantStore.open(tmp_path / "t", wall=lambda: 1.0)
    rows: list[Received] = [
        received(
            f"c{n}",
            name=f"Acme {n}",
            phase="At risk" if n % 3 else "Won",
            tags=["vip", f"t{n}"],
            custom={"Plan": "Gold", "Kick-off day": "x"} if n else {"Plan": "Silver"},
        )
        for n in range(30)
    ]
    store.mirror.put(Kind.COMPANY, rows, 1.0)
    store.mirror.put_users([received("u1", firstName="Mia", lastName="Ek")])
    yield Queries(store)
    store.close()


def offered(reads: Queries, text: str) -> list[tuple[str, int]]:
    found = completion(reads, text, len(text))
    return [(one.text, one.uses) for one in found.candidates] if found is not None else []


def taken(reads: Queries, text: str, place: int = 0) -> str:
    found = completion(reads, text, len(text))
    assert found is not None
    return found.done(text, found.candidates[place])[0]


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("phase:", [("At risk", 20), ("Won", 10)]),
        ("acme phase:w", [("Won", 10)]),
        ("custom.P", [("custom.Plan", 30)]),
        ("custom.k", [('custom."Kick-off day"', 29)]),
        ("custom.Plan:", [("Gold", 29), ("Silver", 1)]),
        ("tag:v", [("vip", 30)]),
        ("pha", [("phase", 0)]),
        ("is:con", [("conflict", 0)]),
        ("owner:", [("me", 0), ("Mia Ek", 0)]),
        ("-coowner:m", [("me", 0), ("Mia Ek", 0)]),
        ("owner:mi", [("Mia Ek", 0)]),
        ("sort:-custom.k", [('custom."Kick-off day"', 29)]),
        ("sort:arr,custom.P", [("custom.Plan", 30)]),
        ("has:custom.P", [("custom.Plan", 30)]),
        ("p", []),
        ("acme ", []),
        ("phase:x", []),
        ("acme", []),
        ("has:phase", []),
    ],
)
def test_fields_and_values_that_occur_are_offered(
    reads: Queries, text: str, candidates: list[tuple[str, int]]
) -> None:
    found = offered(reads, text)
    assert found[: len(candidates)] == candidates
    assert bool(found) == bool(candidates)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("phase:", 'phase:"At risk" '),
        ("custom.k", 'custom."Kick-off day":'),
        ("acme -tag:v", "acme -tag:vip "),
        ("pha", "phase:"),
        ("sort:-custom.k", 'sort:-custom."Kick-off day" '),
    ],
)
def test_what_is_taken_is_a_query(reads: Queries, text: str, after: str) -> None:
    assert taken(reads, text) == after
    if after.endswith(" "):
        query = parse(after)
        assert query.where is not None or query.sort


def test_few_are_offered_of_many(reads: Queries) -> None:
    assert len(offered(reads, "tag:")) == MOST
