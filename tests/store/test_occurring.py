from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model import query
from planhat_tui.model.records import Kind, Received
from planhat_tui.store import occurring
from tests.store.conftest import received

if TYPE_CHECKING:
    from planhat_tui.store.tenant import TenantStore


@pytest.fixture
def full(store: TenantStore) -> TenantStore:
    store.mirror.put_users(
        [
            received("u1", firstName="Zoë", lastName="Ek"),
            received("u2", firstName="Al"),
            received("u3", firstName="Bo"),
        ]
    )
    companies = [
        received(
            "c1",
            name="A",
            phase="On boarding",
            owner="u1",
            tags=["VIP", "Old"],
            domains=["acme.example", "acme.org"],
        ),
        received(
            "c2",
            name="B",
            phase="on Boarding",
            owner="u1",
            coOwner="u2",
            custom={"Plan": "Gold"},
            domains=["acme.org"],
        ),
        received(
            "c3",
            name="C",
            phase="won",
            city="Malmö",
            owner="u1",
            coOwner="u1",
            custom={"Plan": "Gold", "Seats": 5},
        ),
        received("c4", name="D", city="São Paulo", custom={"Ports": ["Zürich", "Bergen, NO"]}),
    ]
    store.mirror.put(Kind.COMPANY, companies, 1.0)
    people = [
        received("p1", name="P", tags=["buyer"], position="Head of IT"),
        received("p2", name="Q", position="head of it"),
        received("p3", name="R", position="CFO"),
    ]
    store.mirror.put(Kind.CONTACT, people, 1.0)
    return store


@pytest.mark.parametrize(
    ("field", "typed", "found"),
    [
        ("phase", "", (("On boarding", 2), ("won", 1))),
        ("phase", "W", (("won", 1),)),
        ("tag", "v", (("VIP", 1),)),
        ("contacts.tag", "", (("buyer", 1),)),
        ("city", "mal", (("Malmö", 1),)),
        ("city", "SAO p", (("São Paulo", 1),)),
        ("title", "", (("Head of IT", 2), ("CFO", 1))),
        ("contacts.title", "HEAD o", (("Head of IT", 2),)),
        ("domain", "", (("acme.org", 2), ("acme.example", 1))),
        ("domain", "acme.e", (("acme.example", 1),)),
        ("domain", "org", ()),
        ("owner", "", (("Zoë Ek", 3), ("Al", 1), ("Bo", 0))),
        ("owner", "ek", (("Zoë Ek", 3),)),
        ("coowner", "", (("Al", 1), ("Zoë Ek", 1), ("Bo", 0))),
        ("custom.plan", "g", (("Gold", 2),)),
        ("custom.ports", "zur", (("Zürich", 1),)),
        ("custom.ports", "b", (("Bergen, NO", 1),)),
        ("custom.Seats", "", (("5", 1),)),
        ("name", "a", ()),
        ("arr", "", ()),
        ("external", "", ()),
    ],
)
def test_values_that_occur_are_counted(
    full: TenantStore, field: str, typed: str, found: tuple[tuple[str, int], ...]
) -> None:
    assert full.mirror.values(Kind.COMPANY, field, typed) == found


@pytest.mark.parametrize("field", ["owner", "coowner"])
def test_as_many_companies_are_counted_for_a_person_as_a_query_finds(
    full: TenantStore, field: str
) -> None:
    for name, uses in full.mirror.values(Kind.COMPANY, field, ""):
        found = full.mirror.search_companies(query.parse(f'{field}:"{name}"'))
        assert len(found.rows) == uses, name


def test_a_value_is_written_as_it_is_mostly(store: TenantStore) -> None:
    def company(number: int, word: str) -> Received:
        return received(
            f"c{number}", name="A", phase=word, city=word, custom={"Plan": word}, tags=[word]
        )

    spelled = ["VIP", *["vip"] * 3]
    store.mirror.put(Kind.COMPANY, [company(n, word) for n, word in enumerate(spelled)], 1.0)
    for field in ("phase", "city", "custom.Plan", "tag"):
        assert store.mirror.values(Kind.COMPANY, field, "VI") == (("vip", 4),)


def test_a_record_that_has_a_tag_in_two_spellings_counts_once(store: TenantStore) -> None:
    tags = (["VIP", "vip"], ["VIP", "new"], ["new"])
    companies = [received(f"c{n}", name="A", tags=[*some]) for n, some in enumerate(tags)]
    store.mirror.put(Kind.COMPANY, companies, 1.0)
    assert store.mirror.values(Kind.COMPANY, "tag", "") == (("new", 2), ("VIP", 2))
    assert store.mirror.search_companies(query.parse("tag:vip")).total == 2


def test_tags_are_found_by_any_part_of_them_each_spelling_for_itself(store: TenantStore) -> None:
    tags = (["VIP", "vip"], ["VIP", "Q1 renewal"], ["q2-renewal", "Ångström"])
    companies = [received(f"c{n}", name="A", tags=[*some]) for n, some in enumerate(tags)]
    store.mirror.put(Kind.COMPANY, companies, 1.0)
    assert store.mirror.tags_with(Kind.COMPANY, ["vip"]) == ("VIP", "vip")
    assert store.mirror.tags_with(Kind.COMPANY, ["new", "1"]) == ("Q1 renewal",)
    assert store.mirror.tags_with(Kind.COMPANY, ["ngstr"]) == ("Ångström",)
    assert store.mirror.tags_with(Kind.COMPANY, ["xyzzy"]) == ()
    assert len(store.mirror.tags_with(Kind.COMPANY, [])) == 5
    assert store.mirror.tags_with(Kind.CONTACT, ["vip"]) == ()
    assert [store.mirror.uses(Kind.COMPANY, tag) for tag in ("VIP", "vip", "xyzzy")] == [2, 1, 0]


def test_all_domains_are_counted_however_many_companies_have_others(
    store: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(occurring, "_MOST_READ", 5)
    alone = [received(f"a{n}", name="A", arr=9, domains=[f"{n}.example"]) for n in range(20)]
    several = [
        received(f"b{n}", name="B", domains=["shared.example", f'o"{n}\\.example'])
        for n in range(3)
    ]
    more = [received(f"c{n}", name="C", domains=["shared.example"]) for n in range(4)]
    store.mirror.put(Kind.COMPANY, [*alone, *several, *more], 1.0)
    for typed in ("", "sh"):
        assert store.mirror.values(Kind.COMPANY, "domain", typed)[0] == ("shared.example", 7)
    assert store.mirror.values(Kind.COMPANY, "domain", "o")[0] == ('o"0\\.example', 1)


def test_scores_are_counted_in_their_order_where_they_are_few(store: TenantStore) -> None:
    given = [(10, 3), (2, 3), (10, 2.5), (None, 1)]
    companies = [received(f"c{n}", name="A", h=h, csmScore=c) for n, (h, c) in enumerate(given)]
    store.mirror.put(Kind.COMPANY, companies, 1.0)
    assert store.mirror.values(Kind.COMPANY, "health", "") == (("2", 1), ("10", 2))
    assert store.mirror.values(Kind.COMPANY, "health", "1") == (("10", 2),)
    assert store.mirror.values(Kind.COMPANY, "csmscore", "") == ()
    assert store.mirror.values(Kind.COMPANY, "arr", "") == ()
    store.mirror.put(Kind.COMPANY, [received(f"m{n}", name="A", h=n) for n in range(30)], 1.0)
    assert store.mirror.values(Kind.COMPANY, "health", "") == ()


def test_custom_fields_that_occur_are_counted(full: TenantStore) -> None:
    assert full.mirror.custom_fields(Kind.COMPANY, "") == (("Plan", 2), ("Ports", 1), ("Seats", 1))
    assert full.mirror.custom_fields(Kind.COMPANY, "se") == (("Seats", 1),)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("custom.Paln:gold", "No company has a custom field Paln.  Did you mean custom.Plan?"),
        (
            "acme -has:custom.Kickoff",
            'No company has a custom field Kickoff.  Did you mean custom."Kick-off day"?',
        ),
        ("(a OR custom.xyzzy:1) b", "No company has a custom field xyzzy."),
        ("sort:custom.plann", "No company has a custom field plann.  Did you mean custom.Plan?"),
        ("custom.plan:gold", ""),
        ("contacts.custom.Plan:x", ""),
        ("acme", ""),
    ],
)
def test_a_custom_field_that_nobody_has_names_the_nearest(
    store: TenantStore, text: str, hint: str
) -> None:
    assert store.mirror.search_companies(query.parse("custom.Paln:x")).hint == ""
    one = received("c1", name="Acme", custom={"Plan": "gold", "Kick-off day": "2026-01-01"})
    store.mirror.put(Kind.COMPANY, [one], 1.0)
    assert store.mirror.search_companies(query.parse(text)).hint == hint
