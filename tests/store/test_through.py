"""Companies that are found through contacts, where many contacts have what is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model import query
from planhat_tui.model.records import Kind
from planhat_tui.store import planning, through
from tests.store.conftest import received

if TYPE_CHECKING:
    from planhat_tui.store.rows import CompanyRows
    from planhat_tui.store.tenant import TenantStore

FIRMS = 12


@pytest.fixture
def crowd(store: TenantStore, monkeypatch: pytest.MonkeyPatch) -> TenantStore:
    """Twelve companies; all contacts but one have 4670, of each second company 1415 as well."""
    monkeypatch.setattr(planning, "MOST", 3)
    monkeypatch.setattr(planning, "MOST_COUNTED", 6)
    monkeypatch.setattr(planning, "_PAGE", 2)
    names = [f"Globex {n}" if n >= FIRMS - 2 else f"Acme {n}" for n in range(FIRMS)]
    companies = [received(f"c{n:02}", name=name, arr=n) for n, name in enumerate(names)]
    store.mirror.put(Kind.COMPANY, companies, 1.0)
    people = [
        received(f"p{n:02}", companyId=f"c{n % FIRMS:02}", name=f"Eve {n}", phone=f"4670{number}")
        for n, number in enumerate([f"{n % 2 and 1415}99{n:02}" for n in range(FIRMS - 1)])
    ]
    store.mirror.put(Kind.CONTACT, people, 1.0)
    return store


def asked(store: TenantStore, text: str, limit: int = 50) -> CompanyRows:
    return store.mirror.search_companies(query.parse(text), limit)


def ids(rows: CompanyRows) -> list[str]:
    return sorted(row.id for row in rows.rows)


@pytest.mark.parametrize("few", [300, 0])
@pytest.mark.parametrize(
    ("text", "found"),
    [("4670 globex", ["c10"]), ("globex 4670", ["c10"]), ("4670 9903", ["c03"]), ("99 globex", [])],
)
def test_what_few_have_is_looked_for_first_so_nothing_is_cut_off(
    crowd: TenantStore, monkeypatch: pytest.MonkeyPatch, text: str, found: list[str], few: int
) -> None:
    monkeypatch.setattr(through, "_FEW", few)
    rows = asked(crowd, text)
    assert (ids(rows), rows.total, rows.capped) == (found, len(found), False)


def test_what_many_have_is_said_to_be_cut_off(crowd: TenantStore) -> None:
    rows = asked(crowd, "4670")
    assert (rows.total, rows.capped) == (3, True)
    both = asked(crowd, "4670 1415")
    assert set(ids(both)) <= {f"c{n:02}" for n in range(1, FIRMS, 2)}


@pytest.mark.parametrize(
    ("text", "found", "total"),
    [
        ("4670 sort:-arr", ["c10", "c09", "c08"], 11), ("eve sort:-arr", ["c10", "c09", "c08"], 11),
        ("4670 sort:-arr limit:2", ["c10", "c09"], 2), ("4670 limit:2", ["c10", "c09"], 2),
        ("eve arr:..8 limit:7", ["c08", "c07", "c06"], 7), ("4670 limit:20", ["c10", "c09"], 11),
    ],
)  # fmt: skip
def test_an_order_or_a_limit_is_of_all_that_many_contacts_find(
    crowd: TenantStore, text: str, found: list[str], total: int
) -> None:
    rows = asked(crowd, text, 500)
    assert [row.id for row in rows.rows][: len(found)] == found
    assert (rows.total, rows.capped) == (total, False)


@pytest.mark.parametrize("soon", [0, 4, 50])
@pytest.mark.parametrize("text", ["4670 sort:-arr", "eve sort:name", "eve arr:2.. sort:arr"])
def test_windows_of_what_many_contacts_find_join_wherever_they_end(
    crowd: TenantStore, monkeypatch: pytest.MonkeyPatch, text: str, soon: int
) -> None:
    monkeypatch.setattr(planning, "_SOON_READ", 4)
    monkeypatch.setattr(planning, "_SOON", soon)
    whole = [row.id for row in asked(crowd, text, 500).rows]
    joined: list[str] = []
    while len(joined) < asked(crowd, text, len(joined) + 2).total:
        rows = crowd.mirror.search_companies(query.parse(text), 2, len(joined))
        assert rows.total >= min(len(whole), len(joined) + 2)
        joined += [row.id for row in rows.rows]
    assert joined == whole


def test_the_first_of_a_list_are_met_without_a_look_at_all_contacts(
    crowd: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_SOON_READ", 4)
    for text in ("4670 sort:-arr", "eve sort:-arr"):
        rows = asked(crowd, text, 2)
        assert [row.id for row in rows.rows] == ["c10", "c09"]
        assert (rows.total, rows.capped) == (4, True)


def test_nothing_is_said_to_be_there_only_when_all_were_looked_at(crowd: TenantStore) -> None:
    for arr, found in ((0, ["c00"]), (7, ["c07"]), (10, ["c10"])):
        assert ids(asked(crowd, f"4670 arr:{arr}")) == found
    rows = asked(crowd, "4670 arr:11")
    assert (rows.total, rows.capped) == (0, False)


def test_what_is_changed_exported_or_summed_is_never_cut_off(crowd: TenantStore) -> None:
    for text, many in (("4670", FIRMS - 1), ("eve", FIRMS - 1), ("4670 1415", 5)):
        parsed = query.parse(text)
        assert len(crowd.mirror.ids(parsed, 10_000)) == many
        assert len([*crowd.mirror.stream(Kind.COMPANY, parsed)]) == many
        assert crowd.mirror.totals(parsed, ["c00", "c01"]).marked == (1 if many == 5 else 2)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("vip", ["c1"]), ("ip", []), ("vi", ["c1"]), ("key acc", ["c1"]), ("acc ada", ["c1"]),
        ("acc eve", []), ("chief", []), ("gold", ["c2"]),
    ],
)  # fmt: skip
def test_a_company_is_found_by_a_contacts_tag_where_none_has_it_itself(
    store: TenantStore, text: str, found: list[str]
) -> None:
    companies = [received("c1", name="Acme"), received("c2", name="Berg", tags=["Gold"])]
    store.mirror.put(Kind.COMPANY, companies, 1.0)
    people = [
        received("p1", companyId="c1", name="Ada", tags=["VIP", "Key account"], position="Chief"),
        received("p2", companyId="c1", name="Eve", tags=["gold"]),
    ]
    store.mirror.put(Kind.CONTACT, people, 1.0)
    rows = asked(store, text)
    assert ids(rows) == found
    assert rows.through is (found == ["c1"])


def test_people_who_are_called_so_are_cut_off_too(crowd: TenantStore) -> None:
    rows = asked(crowd, "eve")
    assert (rows.total, rows.capped, rows.through) == (3, True, True)


@pytest.mark.parametrize("text", ["@crowd eve", "eve @crowd", "eve 4670", "@crowd eve phase:won"])
def test_all_that_is_shown_of_somebody_there_is_streamed_and_summed_too(
    store: TenantStore, text: str
) -> None:
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme", phase="won", arr=5)], 1.0)
    store.mirror.put(
        Kind.CONTACT,
        [received("p1", companyId="c1", name="Eve", email="e@crowd.example", phone="4670")],
        1.0,
    )
    found = query.parse(text)
    assert ids(asked(store, text)) == ["c1"]
    assert [raw["_id"] for raw in store.mirror.stream(Kind.COMPANY, found)] == ["c1"]
    assert store.mirror.totals(found, ["c1"]).arr == 5
