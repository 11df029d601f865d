from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model import duplicates
from planhat_tui.model.duplicates import Party, core, similar


def _companies(*names: str, **domains: str) -> list[tuple[str, set[str]]]:
    parties = [Party(name, name, "", tuple(domains.get(name, "").split(","))) for name in names]
    return [(g.why, {one.id for one in g.members}) for g in duplicates.companies(parties)]


def _contacts(*parties: Party) -> list[tuple[str, set[str]]]:
    return [(g.why, {one.id for one in g.members}) for g in duplicates.contacts(parties)]


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("Acme Inc.", "acme"),
        ("The ACME Company, Ltd", "acme"),
        ("Łódź Söhne GmbH & Co. KG", "lodz sohne"),
        ("A.B.C. AB", "abc"),
        ("AB", "ab"),
        ("", ""),
    ],
)
def test_what_a_name_is_about_has_no_legal_form(name: str, about: str) -> None:
    assert core(name) == about


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("northwind", "nortwhind"),
        ("globex services", "globx servics"),
        ("initech", "inittech"),
        ("north wind", "northwind"),
    ],
)
def test_a_slip_or_two_are_forgiven(a: str, b: str) -> None:
    assert similar(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("stark", "start"),  # too short for a slip
        ("branch 1041", "branch 1042"),  # numbers are no slips
        ("acme nordic", "acme"),
        ("umbrella", "unbrexla"),
        ("acme biotech", "cafe biotech"),  # two slips in a short word
        ("delta airways", "volta airways"),
    ],
)
def test_other_names_are_others(a: str, b: str) -> None:
    assert not similar(a, b)


def test_companies_are_grouped_by_name_without_form_order_and_slips() -> None:
    assert _companies("Acme Inc", "ACME Ltd.", "Globex", "North Sea Oil", "Oil North-Sea") == [
        ("name", {"Acme Inc", "ACME Ltd."}),
        ("name", {"North Sea Oil", "Oil North-Sea"}),
    ]
    assert _companies("Northwind Traders", "Nortwind Traders AB", "Initech") == [
        ("name", {"Northwind Traders", "Nortwind Traders AB"})
    ]
    assert _companies("Zorthwind Traders", "Northwind Traders", "Initech") == [
        ("name", {"Zorthwind Traders", "Northwind Traders"})
    ]


def test_companies_are_grouped_by_domain_but_not_by_everybodys() -> None:
    found = _companies(
        "Acme",
        "Globex",
        "Hooli",
        "Initech",
        Acme="www.acme.com",
        Globex="acme.com,globex.com",
        Hooli="gmail.com",
        Initech="gmail.com",
    )
    assert found == [("domain acme.com", {"Acme", "Globex"})]


def test_the_same_members_are_one_group_of_two_reasons() -> None:
    found = _companies("Acme Inc", "Acme Ltd", **{"Acme Inc": "a.com", "Acme Ltd": "a.com"})
    assert found == [("domain a.com, name", {"Acme Inc", "Acme Ltd"})]


def test_contacts_are_grouped_by_any_of_their_emails() -> None:
    found = _contacts(
        Party("1", "Ada", addresses=("ada@a.com",)),
        Party("2", "Ada J", addresses=("aj@b.com", "ADA@a.com")),
        Party("3", "Bo", addresses=("bo@a.com",)),
    )
    assert found == [("e-mail ada@a.com", {"1", "2"})]


def test_contacts_are_grouped_by_what_their_numbers_dial() -> None:
    found = _contacts(
        Party("1", "Ada", phones=("46701234567",)),
        Party("2", "Ada J", phones=("0701234567",)),
        Party("3", "Bo", phones=("46709999999",)),
        Party("4", "Cy", phones=("123",)),
        Party("5", "Di", phones=("123",)),
        Party("6", "Ed", phones=("49701234567",)),
    )
    assert {"1", "2"} in [ids for _, ids in found]
    assert all(not {"4", "5"} & ids for _, ids in found)


@given(st.lists(st.sampled_from(["acme", "acme inc", "acne nord", "globex", "bolt"]), max_size=9))
def test_no_group_has_one_member_and_none_stands_twice_under_name(names: list[str]) -> None:
    parties = [Party(str(n), name) for n, name in enumerate(names)]
    members = [one.id for group in duplicates.companies(parties) for one in group.members]
    assert len(members) == len(set(members))
    assert all(len(group.members) > 1 for group in duplicates.companies(parties))


def test_each_planted_slip_among_many_is_found() -> None:
    draw = random.Random(7)  # noqa: S311 -- names, not secrets
    names = ["".join(draw.choices(string.ascii_lowercase, k=14)) for _ in range(3_000)]
    planted = draw.sample(range(len(names)), 60)
    slipped = []
    for place in planted:
        name, at = names[place], draw.randrange(14)
        slipped.append(name[:at] + draw.choice(string.ascii_lowercase) + name[at + 1 :])
    parties = [Party(f"{n}", name) for n, name in enumerate([*names, *slipped])]
    pairs = {frozenset(one.id for one in g.members) for g in duplicates.companies(parties)}
    missed = [
        place
        for n, place in enumerate(planted)
        if slipped[n] != names[place] and frozenset({str(place), str(3_000 + n)}) not in pairs
    ]
    assert len(missed) <= 1
