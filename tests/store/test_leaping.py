"""The first of a list by a custom field are those that sorting all of it would give."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model import query
from planhat_tui.model.records import Kind
from planhat_tui.store import leaping, planning
from planhat_tui.store.tenant import TenantStore
from tests.store.conftest import received

if TYPE_CHECKING:
    from pathlib import Path

    from planhat_tui.model.values import Json

VALUES = st.none() | st.sampled_from(
    [1, 2.5, -3, 10**12, True, False, "gold", "Gold", "silver", "", "1", "2026-01-01", [],
     "2026-01-01T00:00:00.000Z", "2025-06-30", ["b", "a"], ["2026-01-01", "x"], [1, 2], {"a": 1}]
)  # fmt: skip
RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["Acme", "Beta", "Ceta"]),
        st.sampled_from([None, 10, 500]),
        VALUES,
        st.none() | VALUES,
    ),
    max_size=14,
)
PEOPLE = st.lists(
    st.tuples(
        st.integers(0, 13),
        st.sampled_from(["", "CFO", "cfo", "Buyer"]),
        st.sampled_from(["", "a@x.io", "b@x.io"]),
    ),
    max_size=9,
)
SHARED = ("phase", "owner", "coOwner", "csmScore", "domains", "mrr")
ORDERS = (
    "custom.x", "-custom.x", "custom.x,-arr", "-custom.x,name", "custom.x,-custom.x",
    "lastcall", "-lastcall", "-lastcall,name", "company.lastcall,-custom.x",
    "title", "-title,name", "title,-arr", "email", "-email,custom.x",
    "phase", "-phase", "phase,-arr", "-phase,name", "owner", "-owner", "owner,-custom.x", "coowner",
    "csmscore", "-csmscore,name", "domain", "-domain,-arr", "mrr", "-mrr",
)  # fmt: skip


@pytest.fixture(scope="module")
def mirror_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("leaping")


@given(
    records=RECORDS,
    sort=st.sampled_from(ORDERS),
    where=st.sampled_from(["", "arr:100.. ", "acme "]),
    window=st.tuples(st.integers(0, 5), st.integers(1, 8)),
    few=st.sampled_from([0, 2, 2_000]),
    leaps=st.sampled_from([1, 1_000]),
    people=PEOPLE,
    shared=st.lists(
        st.tuples(
            st.sampled_from(["", "won", "Won", "lost"]),
            st.sampled_from(["", "u1", "u2", "u3", "gone"]),
            st.sampled_from(["", "u1", "u3"]),
            st.sampled_from([None, 1, 3.5, 5]),
            st.sampled_from([None, ["a.io"], ["b.io", "a.io"], ["c.io"]]),
            st.sampled_from([None, 7, 100, -1]),
        ),
        min_size=14,
        max_size=14,
    ),
)
def test_a_window_is_the_same_as_of_all_sorted(
    mirror_file: Path,
    *,
    records: list[tuple[str, int | None, Json, Json]],
    sort: str,
    where: str,
    window: tuple[int, int],
    few: int,
    leaps: int,
    people: list[tuple[int, str, str]],
    shared: list[tuple[Json, ...]],
) -> None:
    store = TenantStore.open(mirror_file / "tenant")
    team = (("u1", "Zoe"), ("u2", "Anna"), ("u3", "anna"))
    store.mirror.put_users([received(one, firstName=name) for one, name in team])
    offset, limit = window
    asked = query.parse(f"{where}sort:{sort}")
    try:
        store.mirror.remove(Kind.COMPANY, [f"c{n}" for n in range(20)])
        store.mirror.put(
            Kind.COMPANY,
            [
                received(
                    f"c{n}",
                    name=name,
                    arr=arr,
                    custom={"X": value, "x": other},
                    **{field: one for field, one in zip(SHARED, shared[n], strict=True) if one},
                )
                for n, (name, arr, value, other) in enumerate(records)
            ],
            1.0,
        )
        store.mirror.remove(Kind.CONTACT, [f"p{n}" for n in range(9)])
        contacts = [
            received(f"p{n}", companyId=f"c{at}", position=title, email=email)
            for n, (at, title, email) in enumerate(people)
        ]
        store.mirror.put(Kind.CONTACT, contacts, 1.0)
        for company, day in (("c0", 1), ("c2", 3), ("c3", 1), ("c5", 2), ("gone", 2)):
            store.calls.put({"_id": company, "start": f"2026-01-0{day}"}, company_id=company)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(leaping, "MOST", -1)
            whole = store.mirror.search_companies(asked, limit, offset)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(leaping, "_FEW", few)
            patch.setattr(leaping, "_FEW_OF_ONE", few)
            patch.setattr(leaping, "_MOST_LEAPS", leaps)
            patch.setattr("planhat_tui.store.leads.FEW", 0)
            leapt = store.mirror.search_companies(asked, limit, offset)
        assert leapt.rows == whole.rows
    finally:
        store.close()


@pytest.mark.parametrize(
    "text", ["sort:-changed", "acme sort:changed", "changed:7d", "-changed:2026"]
)
def test_what_is_known_of_many_is_not_looked_through_for_each(
    store: TenantStore, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planhat_tui.store.leads.FEW", 0)

    def work(many: int) -> int:
        ids = [f"c{n}" for n in range(many)]
        store.mirror.put(Kind.COMPANY, [received(one, name="Acme", phase="a") for one in ids], 1.0)
        store.history.note(
            Kind.COMPANY, [(one, {"phase": "a"}, {"phase": "b"}) for one in ids], 2.0
        )
        steps = count()
        with store.mirror._database.reading() as connection:
            connection.set_progress_handler(lambda: next(steps) < 0, 100)
            store.mirror.search_companies(query.parse(text), 5)
            connection.set_progress_handler(None, 0)
        return next(steps)

    assert work(1_200) < 3 * work(600)


@pytest.mark.parametrize(
    "text",
    [
        "sort:phase",
        "sort:-owner",
        "-tag:x arr:1.. sort:-phase",
        "sort:-csmscore",
        "sort:-mrr",
        "sort:domain",
    ],
)
def test_the_first_by_what_many_share_are_found_without_a_look_at_the_others(
    store: TenantStore, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planhat_tui.store.leads.FEW", 0)
    monkeypatch.setattr(planning, "CAP", 10)
    monkeypatch.setattr(planning, "MOST_COUNTED", 10)

    def work(many: int) -> int:
        rows = [
            received(
                f"c{n}",
                name=f"A{n}",
                arr=n + 1,
                phase=f"p{n % 3}",
                owner=f"u{n % 3}",
                csmScore=n % 3,
                mrr=n,
                domains=[f"{n}.io"],
            )
            for n in range(many)
        ]
        store.mirror.put(Kind.COMPANY, rows, 1.0)
        steps = count()
        with store.mirror._database.reading() as connection:
            connection.set_progress_handler(lambda: next(steps) < 0, 100)
            store.mirror.search_companies(query.parse(text), 5)
            connection.set_progress_handler(None, 0)
        return next(steps)

    assert 2 * work(4_000) < 3 * work(1_000)


@pytest.mark.parametrize("few", [-1, 2_000])
def test_owners_are_sorted_by_their_names(
    store: TenantStore, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = (("u1", "Zoe"), ("u2", "Anna"), ("u3", "Max"))
    store.mirror.put_users([received(one, firstName=name) for one, name in team])
    owners = {"a": "u1", "b": "u2", "c": "u3", "d": "", "e": "none-such"}
    rows = [received(one, name=one, owner=owner) for one, owner in owners.items()]
    store.mirror.put(Kind.COMPANY, rows, 1.0)
    monkeypatch.setattr(leaping, "MOST", few)
    assert store.mirror.ids(query.parse("sort:owner"), 9) == ("b", "c", "e", "a", "d")
    assert store.mirror.ids(query.parse("sort:-owner"), 9) == ("a", "e", "c", "b", "d")
