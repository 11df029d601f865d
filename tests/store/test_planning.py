"""Windows of a list join, whatever plan each of them takes."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model import query
from planhat_tui.model.records import Kind
from planhat_tui.store import finding, leads, leaping, planning, ranking
from planhat_tui.store.tenant import TenantStore
from tests.memory import MEMORY
from tests.store.conftest import received, tick

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planhat_tui.store.finding import Hit, Search
    from planhat_tui.store.rows import CompanyRows

COMPANIES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["ab", "ba", "aab", "bab", "caab"]), min_size=1, max_size=3),
        st.none() | st.integers(0, 3),
    ),
    min_size=6,
    max_size=30,
)
TEXTS = st.sampled_from(
    ["a", "ab", "b a", "aab", "a arr:1..", "a sort:name", "ab sort:-arr", "ba arr:1.. sort:phase",
     "arr:1..", "sort:slug", "has:web sort:-custom.Seats", "-phase:won", "has:web", "",
     "arr:1.. has:web", "sort:-changed", "has:web sort:-lastcall", "has:web sort:-custom.Seats"]
)  # fmt: skip


@contextlib.contextmanager
def crowded() -> Iterator[None]:
    """Let a few be many."""
    with pytest.MonkeyPatch.context() as patch:
        for room, name, few in (
            (planning, "CAP", 9), (planning, "_FIRST", 3), (planning, "MOST_COUNTED", 12),
            (leads, "FEW", 9), (leaping, "MOST", 5), (ranking, "_MOST_AMONG", 4),
        ):  # fmt: skip
            patch.setattr(room, name, few)
        yield


@given(COMPANIES, TEXTS, st.integers(1, 5), st.sets(st.integers(0, 9), max_size=3))
def test_windows_join_and_come_to_the_end_of_the_list(
    companies: list[tuple[list[str], int | None]], text: str, lines: int, opened: set[int]
) -> None:
    with crowded(), tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        store = TenantStore.open(Path(folder) / "t", wall=tick)
        records = [
            received(f"c{n}", name=" ".join(words), arr=arr, web="x.io", custom={"Seats": arr})
            for n, (words, arr) in enumerate(companies)
        ]
        store.mirror.put(Kind.COMPANY, records, 1.0)
        lately = [f"c{n}" for n in opened]

        def window(limit: int, offset: int) -> CompanyRows:
            asked = query.parse(text)
            return store.mirror.search_companies(asked, limit, offset, lately=lately)

        parsed = query.parse(text)
        is_ranked = bool(parsed.words) and not parsed.sort
        try:
            seen: list[str] = []
            told = window(lines, 0)
            while len(seen) < told.total and told.rows:
                told = window(lines, len(seen))
                seen += [row.id for row in told.rows]
            whole = window(9 if is_ranked else max(told.total, 1), 0)
        finally:
            store.close()
    ids = [row.id for row in whole.rows]
    assert len(set(seen)) == len(seen)
    assert seen[: len(ids)] == ids
    if not is_ranked:
        assert (len(seen), told.capped) == (whole.total, False)


@pytest.mark.parametrize(
    "text", ["mrr:9..", "csmscore:9..", "customerfrom:2099", "web:zzz", "slug:qz", "-has:web"]
)
def test_what_few_meet_is_not_looked_for_row_by_row_in_the_order_of_the_list(
    store: TenantStore, text: str
) -> None:
    store.mirror.put(Kind.COMPANY, [received(f"c{n}", name=f"A {n}", web="x") for n in "12"], 1.0)
    asked: list[str] = []
    with store._mirror_db.reading() as connection:
        connection.set_trace_callback(asked.append)
        store.mirror.search_companies(query.parse(text), 50)
        connection.set_trace_callback(None)
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall() for sql in asked]
    steps = [step for plan in plans for *_, step in plan]
    assert not [step for step in steps if "company_name" in step]
    indexed = text.startswith(("mrr", "csm"))
    assert [step for step in steps if step == "SCAN company"] == ["SCAN company"] * (not indexed)


def test_the_same_finds_are_looked_at_for_all_windows(
    store: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [received(f"c{n}", name=f"Acme {n}") for n in range(finding.CAP + 2)]
    store.mirror.put(Kind.COMPANY, records, 1.0)
    looked_for = []

    def best(search: Search, hits: Sequence[Hit], limit: int) -> list[Hit]:
        looked_for.append((len(hits), limit))
        return ranking.best(search, hits, limit)

    monkeypatch.setattr(planning, "best", best)
    for offset in (0, 60, 960):
        assert store.mirror.search_companies(query.parse("acme"), 60, offset).rows
    assert len(looked_for) == 3
    assert len(set(looked_for)) == 1
