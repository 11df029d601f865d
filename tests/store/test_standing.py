from __future__ import annotations

import tempfile
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model import query
from planhat_tui.model.records import Kind
from planhat_tui.store import finding, leaping
from planhat_tui.store.tenant import TenantStore
from tests.memory import MEMORY
from tests.store.conftest import received, tick

if TYPE_CHECKING:
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json

ORDERS = (
    "", "sort:name", "sort:-name", "sort:arr", "sort:-arr", "sort:phase,-arr",
    "sort:-renewal,phase", "sort:owner", "sort:custom.Plan,-name",
)  # fmt: skip

CUSTOM: tuple[Json, ...] = ({}, {"Plan": "gold"}, {"Plan": 3})


def listed(store: TenantStore, text: str) -> tuple[str, ...]:
    return store.mirror.ids(query.parse(text), 10_000)


@st.composite
def companies(draw: st.DrawFn) -> list[Received]:
    count = draw(st.integers(1, 12))
    some = st.none() | st.integers(0, 3)
    made = []
    for number in range(count):
        fields: dict[str, Json] = {
            "name": draw(st.sampled_from(("a", "b", "c", ""))),
            "arr": draw(some),
        }
        fields["phase"] = draw(st.sampled_from(("", "won", "lost")))
        fields["renewalDate"] = draw(st.sampled_from((None, "2026-01-01", "2026-05-01")))
        fields["custom"] = draw(st.sampled_from(CUSTOM))
        made.append(received(f"c{number}", **fields))
    return made


@given(companies(), st.sampled_from(ORDERS))
def test_a_place_is_where_the_list_has_the_record(made: list[Received], order: str) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        store = TenantStore.open(Path(folder) / "t", wall=tick)
        try:
            store.mirror.put(Kind.COMPANY, made, 1.0)
            ids = listed(store, order)
            asked = query.parse(order)
            assert [store.mirror.place(asked, one) for one in ids] == [*range(len(ids))]
            assert store.mirror.place(asked, "nobody") is None
            found = listed(store, f"-phase:won {order}".strip())
            for one, after in pairwise(found):
                matches = query.parse(f"-phase:won {order}")
                assert store.mirror.neighbour(matches, one, back=False) == after
                assert store.mirror.neighbour(matches, after, back=True) == one
        finally:
            store.close()


@pytest.fixture
def many(store: TenantStore) -> TenantStore:
    rows = [received(f"c{n:04}", name=f"Acme {n:04}", arr=n) for n in range(finding.CAP + 200)]
    store.mirror.put(Kind.COMPANY, rows, 1.0)
    store.mirror.put(Kind.COMPANY, [received("z", name="Zebra", arr=1)], 1.0)
    return store


def test_of_what_is_looked_for_the_first_thousand_have_a_place(many: TenantStore) -> None:
    assert many.mirror.place(query.parse("acme sort:name"), "c0007") == 7
    assert many.mirror.place(query.parse("acme sort:name"), "c1100") is None
    assert many.mirror.place(query.parse(""), "c1100") == 1100
    assert many.mirror.place(query.parse("acme"), "z") is None


def test_of_what_conditions_find_each_has_a_place(many: TenantStore) -> None:
    assert many.mirror.place(query.parse("-phase:won sort:name"), "c1100") == 1100
    assert many.mirror.place(query.parse("-phase:won sort:name"), "z") == finding.CAP + 200
    assert many.mirror.place(query.parse("arr:2.. sort:name"), "c1100") == 1098
    assert many.mirror.place(query.parse("arr:2.. sort:name"), "z") is None


def test_every_find_has_a_next_one_however_many_there_are(many: TenantStore) -> None:
    last = f"c{finding.CAP + 199:04}"
    for text, after in (("acme sort:name", "c1101"), ("-phase:won sort:-arr", "c1099")):
        asked = query.parse(text)
        assert many.mirror.neighbour(asked, "c1100", back=False) == after
        assert many.mirror.neighbour(asked, after, back=True) == "c1100"
    by_name = query.parse("acme sort:name")
    assert many.mirror.neighbour(by_name, last, back=False) == "c0000"
    assert many.mirror.neighbour(by_name, "c0000", back=True) == last
    assert many.mirror.neighbour(by_name, "z", back=True) == last
    few = query.parse("acme sort:name limit:3")
    assert many.mirror.neighbour(few, "c0002", back=False) == "c0000"


@given(
    companies(),
    st.sampled_from(["a", "b phase:won", "abc", "a limit:3"]),
    st.permutations(range(4)),
)
def test_rows_places_and_what_is_next_are_of_one_order(
    made: list[Received], text: str, opened: list[int]
) -> None:
    lately = [f"c{n}" for n in opened[:2]]
    asked = query.parse(text)
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        store = TenantStore.open(Path(folder) / "t", wall=tick)
        try:
            store.mirror.put(Kind.COMPANY, made, 1.0)
            rows = store.mirror.search_companies(asked, guess=True, lately=lately).rows
            ids = [row.id for row in rows]
            place = partial(store.mirror.place, asked, guess=True, lately=lately)
            next_of = partial(store.mirror.neighbour, asked, guess=True, lately=lately)
            assert [*store.mirror.ids(asked, 50, guess=True, lately=lately)] == ids
            assert [place(one) for one in ids] == [*range(len(ids))]
            for one, after in pairwise([*ids, *ids[:1]]):
                assert next_of(one, back=False) == after
                assert next_of(after, back=True) == one
        finally:
            store.close()


def test_where_a_slip_is_forgiven_it_is_for_the_whole_list(many: TenantStore) -> None:
    slip = query.parse("acmme")
    rows = [row.id for row in many.mirror.search_companies(slip, guess=True).rows]
    assert rows
    assert [*many.mirror.ids(slip, 500, guess=True)] == rows
    assert many.mirror.place(slip, rows[7], guess=True) == 7
    assert many.mirror.neighbour(slip, rows[7], back=False, guess=True) == rows[8]
    by_name = query.parse("acmme sort:name")
    assert many.mirror.neighbour(by_name, "c0007", back=False, guess=True) == "c0008"
    assert many.mirror.ids(slip, 500) == ()


def test_a_count_of_a_far_window_is_made_once_until_somebody_writes(many: TenantStore) -> None:
    def counted() -> int:
        told: list[str] = []
        with many.mirror._database.reading() as connection:
            connection.set_trace_callback(told.append)
            try:
                rows = many.mirror.search_companies(query.parse("-phase:won"), 50, finding.CAP)
            finally:
                connection.set_trace_callback(None)
        assert (rows.total, rows.capped) == (finding.CAP + 201 - gone, False)
        return sum(one.startswith("SELECT count(*) FROM company") for one in told)

    gone = 0
    assert [counted(), counted()] == [1, 0]
    many.mirror.remove(Kind.COMPANY, ["c0001"])
    gone = 1
    assert [counted(), counted()] == [1, 0]


@pytest.mark.parametrize("text", ["sort:slug", "-phase:won sort:city"])
def test_what_no_index_puts_in_order_is_sorted_once_for_all_far_windows(
    many: TenantStore, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(leaping, "MOST", 100)

    def sorted_anew() -> int:
        told: list[str] = []
        with many.mirror._database.reading() as connection:
            connection.set_trace_callback(told.append)
            try:
                for offset in (200, 400):
                    assert many.mirror.search_companies(query.parse(text), 50, offset).rows
            finally:
                connection.set_trace_callback(None)
        return sum(" ORDER BY " in one and "LIMIT" not in one for one in told)

    assert [sorted_anew(), sorted_anew()] == [1, 0]
    many.mirror.remove(Kind.COMPANY, ["c0001"])
    assert [sorted_anew(), sorted_anew()] == [1, 0]


def test_after_the_last_find_comes_the_first_and_before_it_the_last(store: TenantStore) -> None:
    names = ("Acme b", "Acme a", "Berg", "Zen Acme")
    rows = [received(f"c{n}", name=name) for n, name in enumerate(names)]
    store.mirror.put(Kind.COMPANY, rows, 1.0)
    asked = query.parse("acme sort:name")
    assert store.mirror.neighbour(asked, "c1", back=False) == "c0"
    assert store.mirror.neighbour(asked, "c0", back=False) == "c3"
    assert store.mirror.neighbour(asked, "c3", back=False) == "c1"
    assert store.mirror.neighbour(asked, "c1", back=True) == "c3"
    assert store.mirror.neighbour(asked, "c2", back=False) == "c3"
    assert store.mirror.neighbour(asked, "c2", back=True) == "c0"
    assert store.mirror.neighbour(query.parse("xyzzy"), "c2", back=False) == ""
