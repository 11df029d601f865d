from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from planhat_tui.model import query
from planhat_tui.model.records import Kind
from planhat_tui.store.tenant import TenantStore
from tests.store.conftest import received, tick

if TYPE_CHECKING:
    import pytest

    from planhat_tui.model.overview import Group, Overview

COMPANY = st.fixed_dictionaries(
    {},
    optional={
        "phase": st.sampled_from(["won", "Won", "on boarding", "last30d", 'a "b"', ""]),
        "h": st.sampled_from([-1, 0, 3, 3.5, 10, 39.5, 99, 100, 250]),
        "renewalDate": st.sampled_from(
            ["1969-12-31", "1970-01-01", "1970-02-28T23:59:59.000Z", "1971-01-01", "2031-05-05"]
        ),
        "owner": st.sampled_from(["u1", "u2", "u3", "gone"]),
        "coOwner": st.sampled_from(["u1", "u2"]),
        "tags": st.lists(st.sampled_from(["vip", "VIP", "east coast", "OR"]), max_size=3),
    },
)
TEAM = [
    received("u1", firstName="Zoë", lastName="Ek"),
    received("u2", firstName="Al"),
    received("u3", firstName="al"),
]


def group(seen: Overview, field: str) -> Group:
    return next(one for one in seen.groups if one.field == field)


def counts(seen: Overview, field: str) -> dict[str, int]:
    return {bar.label: bar.companies for bar in group(seen, field).bars if bar.companies}


@settings(max_examples=30, deadline=None)
@given(companies=st.lists(COMPANY, max_size=12))
def test_each_bar_counts_what_its_query_finds(
    tmp_path_factory: pytest.TempPathFactory, companies: list[dict[str, object]]
) -> None:
    store = TenantStore.open(tmp_path_factory.mktemp("tenant") / "one", wall=tick)
    try:
        store.mirror.put_users(TEAM)
        rows = [received(f"c{n}", name=f"C{n}", **raw) for n, raw in enumerate(companies)]  # type: ignore[arg-type] # hypothesis' objects
        store.mirror.put(Kind.COMPANY, rows, 1.0)
        seen = store.mirror.overview()
        assert seen.companies == len(companies)
        for one in seen.groups:
            found = [set(store.mirror.ids(query.parse(bar.query), 100)) for bar in one.bars]
            assert [len(ids) for ids in found] == [bar.companies for bar in one.bars], one.field
            if one.field in {"phase", "health", "renewal"}:
                assert sum(map(len, found)) == len(companies)
    finally:
        store.close()


def test_the_most_used_come_first_and_those_without_last(store: TenantStore) -> None:
    store.mirror.put_users(TEAM)
    rows = [
        received("c1", name="A", phase="won", owner="u1", coOwner="u2", h=7),
        received("c2", name="B", phase="lost", owner="u1"),
        received("c3", name="C", phase="lost"),
        received("c4", name="D"),
    ]
    store.mirror.put(Kind.COMPANY, rows, 1.0)
    seen = store.mirror.overview()
    assert [(bar.label, bar.companies) for bar in group(seen, "phase").bars] == [
        ("lost", 2),
        ("won", 1),
        ("", 1),
    ]
    assert counts(seen, "owner") == {"Zoë Ek": 2, "Al": 1, "": 2}
    assert [one.more for one in seen.groups] == [0] * 5
    assert counts(seen, "health") == {"7": 1, "": 3}
    assert counts(seen, "tag") == {"": 4}


def test_who_shares_a_name_is_asked_for_by_the_id(store: TenantStore) -> None:
    store.mirror.put_users(TEAM)
    rows = [received("c1", name="A", owner="u2"), received("c2", name="B", owner="u1")]
    store.mirror.put(Kind.COMPANY, rows, 1.0)
    asked = {bar.label: bar.query for bar in group(store.mirror.overview(), "owner").bars}
    assert asked == {"Zoë Ek": 'owner:"Zoë Ek"', "Al": "owner:u2"}


def test_owners_who_are_not_in_the_team_are_told_by_their_ids(store: TenantStore) -> None:
    store.mirror.put_users(TEAM[:1])
    rows = [
        received("c1", name="A", owner="gone"),
        received("c2", name="B", owner="u1", coOwner="gone"),
        received("c3", name="C", owner="left it"),
    ]
    store.mirror.put(Kind.COMPANY, rows, 1.0)
    bars = group(store.mirror.overview(), "owner").bars
    assert [(bar.label, bar.query, bar.companies) for bar in bars] == [
        ("gone", "owner:gone", 2),
        ("Zoë Ek", 'owner:"Zoë Ek"', 1),
        ("left it", 'owner:"left it"', 1),
    ]


def test_what_has_no_bar_is_counted(store: TenantStore) -> None:
    rows = [
        received(f"c{n}", name=f"C{n}", phase=f"p{n}", tags=[f"t{n}"], owner=f"o{n}")
        for n in range(53)
    ]
    store.mirror.put(Kind.COMPANY, rows, 1.0)
    seen = store.mirror.overview()
    for field in ("phase", "owner", "tag"):
        found = group(seen, field)
        assert (len(found.bars), found.more) == (50, 3)


def test_an_empty_copy_is_counted_too(store: TenantStore) -> None:
    seen = store.mirror.overview()
    assert seen.companies == 0
    assert all(bar.companies == 0 for one in seen.groups for bar in one.bars)
