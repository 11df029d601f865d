from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model import query
from planhat_tui.model.records import Kind
from planhat_tui.store import guessing
from planhat_tui.store.indexing import start_grams
from tests.store.conftest import received

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planhat_tui.store.tenant import TenantStore


@pytest.fixture
def full(store: TenantStore) -> TenantStore:
    names = ("Nordic Security", "Nordic Foods", "Enterprise Partners", "Åkerlund Söner", "Zebra 77")
    store.mirror.put(
        Kind.COMPANY, [received(f"c{n}", name=name) for n, name in enumerate(names)], 1.0
    )
    store.mirror.put(Kind.CONTACT, [received("p1", name="Katharina Berg", companyId="c1")], 1.0)
    return store


def guessed(store: TenantStore, text: str) -> tuple[list[str], str]:
    rows = store.mirror.search_companies(query.parse(text), guess=True)
    return [row.id for row in rows.rows], rows.meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kathrina", "katharina"),
        ("katharnia", "katharina"),
        ("katarina berg", "katharina berg"),
        ("berg katahrina", "berg katharina"),
    ],
)
def test_a_slip_in_a_contacts_name_is_forgiven_where_companies_are_looked_for(
    full: TenantStore, typed: str, meant: str
) -> None:
    rows = full.mirror.search_companies(query.parse(typed), guess=True)
    assert ([row.id for row in rows.rows], rows.meant, rows.through) == (["c1"], meant, True)
    assert full.mirror.search_companies(query.parse(f"{typed} phase:won"), guess=True).total == 0
    assert full.mirror.search_companies(query.parse(typed)).total == 0


@pytest.mark.parametrize(
    ("typed", "found", "meant"),
    [
        ("nodic", ["c1", "c0"], "nordic"),
        ("nordicc", ["c1", "c0"], "nordic"),
        ("nrodic", ["c1", "c0"], "nordic"),
        ("nordoc", ["c1", "c0"], "nordic"),
        ("mordic", ["c1", "c0"], "nordic"),
        ("enterprize", ["c2"], "enterprise"),
        ("entreprise", ["c2"], "enterprise"),
        ("akerlnud", ["c3"], "akerlund"),
        ("nordic secuirty", ["c0"], "nordic security"),
        ("nodic secuirty", ["c0"], "nordic security"),
        ("enterpise par", ["c2"], "enterprise par"),
        ("seucr", ["c0"], "secur"),
    ],
)
def test_a_slip_is_forgiven_when_nothing_is_found(
    full: TenantStore, typed: str, found: list[str], meant: str
) -> None:
    assert guessed(full, typed) == (found, meant)


def test_a_word_isnt_there_because_its_trigrams_are(store: TenantStore) -> None:
    store.mirror.put(Kind.COMPANY, [received("c0", name="Stock Tornado")], 1.0)
    buyer = received("p1", name="Bo Stern", email="bo@stock-tornado.example", companyId="c0")
    store.mirror.put(Kind.CONTACT, [buyer], 1.0)
    assert guessed(store, "storn") == (["c0"], "stern")


@pytest.mark.parametrize("typed", ["jons", "jnas", "jomas", "ionas", "jonash"])
def test_whoever_is_meant_stands_before_a_beginning_in_a_companys_name(
    store: TenantStore, typed: str
) -> None:
    names = ("Jonson Foods", "Jonast Trading", "Jomastic", "Ionase", "Jon Sonnet")
    companies = [received(f"c{n}", name=name) for n, name in enumerate(names)]
    store.mirror.put(Kind.COMPANY, companies, 1.0)
    store.mirror.put(Kind.CONTACT, [received("p1", name="Jonas Ek", companyId="c4")], 1.0)
    rows = store.mirror.search_companies(query.parse(f"{typed} ek"), guess=True)
    assert ([row.id for row in rows.rows], rows.meant) == (["c4"], "jonas ek")


@pytest.mark.parametrize("typed", ["omma", "emna", "emm", "amma", "eemma", "temma", "emmr", "eama"])
def test_of_four_letters_each_may_be_wrong(store: TenantStore, typed: str) -> None:
    store.mirror.put(Kind.CONTACT, [received("p1", name="Emma Berg", companyId="c0")], 1.0)
    found = store.mirror.search_contacts(query.parse(typed), guess=True)
    assert found.total == 1
    assert found.meant == ("" if typed == "emm" else "emma")


def test_what_begins_alike_is_likelier(store: TenantStore) -> None:
    names = ("Greta Foods", "Beta One", "Beta Two", "Beta Three")
    companies = [received(f"c{n}", name=name) for n, name in enumerate(names)]
    store.mirror.put(Kind.COMPANY, companies, 1.0)
    assert guessed(store, "geta") == (["c0"], "greta")


@pytest.fixture
def signs(store: TenantStore) -> TenantStore:
    acme = received(
        "c0", name="Acme Robotics AB", domains=["acme-robotics-ab.example"], externalId="C-1009z"
    )
    store.mirror.put(Kind.COMPANY, [acme, received("c1", name="Robotics Acme")], 1.0)
    ada = received("p1", name="Ada Jensen", email="ada.jensen@acme.example", companyId="c0")
    store.mirror.put(Kind.CONTACT, [ada], 1.0)
    return store


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("acme-robtics-ab.example", "acme-robotics-ab.example"),
        ("acmr-robtics-ab.exampel", "acme-robotics-ab.example"),
        ('"acmr robotics"', '"acme robotics"'),
        ("ada.jensn@acme", "ada.jensen@acme"),
        ('name:"acmr robotics"', 'name:"acme robotics"'),
        ("name:acmr domain:robtics", "name:acme domain:robotics"),
        ("email:jensn", "email:jensen"),
        ("contacts.name:jensn", "contacts.name:jensen"),
        ("-name:acmr", ""),
        ("(name:acmr OR name:xyz)", ""),
        ("C-1008z", ""),
        ("external:C-1008z", ""),
        ("tag:acmr", ""),
    ],
)
def test_a_slip_among_signs_and_in_a_field_is_forgiven(
    signs: TenantStore, typed: str, meant: str
) -> None:
    ids, told = guessed(signs, typed)
    assert told == meant
    assert ("c0" in ids) is (bool(meant) or typed.startswith("-"))


def test_what_is_found_is_never_changed(full: TenantStore) -> None:
    assert guessed(full, "nordic") == (["c1", "c0"], "")
    assert guessed(full, "zebra 78") == ([], "")
    assert guessed(full, "nordic zebra") == ([], "")
    assert guessed(full, "xyzzy") == ([], "")
    assert guessed(full, "noz") == ([], "")


def test_nobody_guesses_unasked(full: TenantStore) -> None:
    assert full.mirror.search_companies(query.parse("nodic")).total == 0


def test_conditions_hold_for_guesses_too(full: TenantStore) -> None:
    assert guessed(full, "nodic -foods") == (["c0"], "nordic")
    assert guessed(full, "nodic tag:vip") == ([], "")


def test_people_are_guessed_too(full: TenantStore) -> None:
    rows = full.mirror.search_contacts(query.parse("katarina"), guess=True)
    assert [(row.id, rows.meant) for row in rows.rows] == [("p1", "katharina")]


def test_a_guess_is_ended_from_another_thread(
    full: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    grams = guessing._whole_grams
    other = threading.Timer(0.01, full.mirror.stop_guessing)

    def endless(word: str) -> Iterator[list[str]]:
        other.start()
        while True:
            yield from grams(word)

    monkeypatch.setattr(guessing, "_whole_grams", endless)
    assert guessed(full, "nodic") == ([], "")
    other.join()
    assert full.mirror.search_companies(query.parse("nordic")).total == 2


@pytest.mark.parametrize(
    ("text", "looked_up"),
    [
        ("qqqqqq wwwwww xxxxxx", ["qqqqqq"] * 2),
        ("nodic secuirty enterpise patners akerlnud", ["nodic", "secuirty", "enterpise"]),
        ("nordic security nodic", ["nodic"]),
    ],
)
def test_no_more_is_guessed_than_a_person_may_have_meant(
    full: TenantStore, monkeypatch: pytest.MonkeyPatch, text: str, looked_up: list[str]
) -> None:
    grams, guesses = guessing._whole_grams, list[str]()

    def counted(word: str) -> Iterator[list[str]]:
        guesses.append(word)
        return grams(word)

    monkeypatch.setattr(guessing, "_MOST_GUESSED", 2)
    monkeypatch.setattr(guessing, "_whole_grams", counted)
    guessed(full, text)
    assert guesses[: len(looked_up)] == looked_up
    assert set(guesses) == set(looked_up)


WORDS = st.text("abcdeo", min_size=6, max_size=10)


@given(WORDS, st.data())
def test_each_slip_leaves_trigrams_whole(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("xyz"))
    slips = [
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    ]
    held = set(start_grams(word))
    for slip in slips:
        assert any(held.issuperset(grams) for grams in guessing._whole_grams(slip))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("enteprize", "enterprise"),
        ("entreprize", "enterprise"),
        ("nterprize", "enterprise"),
        ("partnerrsz", "partners"),
        ("akerlnuud", "akerlund"),
        ("entrprize", "enterprise"),
        ("enteprizes", ""),
        ("nrodoc", ""),
    ],
)
def test_two_slips_are_forgiven_in_long_words(full: TenantStore, typed: str, meant: str) -> None:
    assert guessed(full, typed)[1] == meant


LONG = st.text("abcdefgh", min_size=10, max_size=14)


@given(LONG, st.data())
def test_what_two_slips_leave_is_in_the_word(word: str, data: st.DataObject) -> None:
    slipped = word
    for _ in range(2):
        at = data.draw(st.integers(0, len(slipped) - 2))
        slipped = data.draw(
            st.sampled_from(
                (
                    slipped[:at] + slipped[at + 1 :],
                    slipped[:at] + "x" + slipped[at:],
                    slipped[:at] + "y" + slipped[at + 1 :],
                    slipped[:at] + slipped[at : at + 2][::-1] + slipped[at + 2 :],
                )
            )
        )
    left = guessing._grams_left(slipped)
    held = set(start_grams(word))
    assert [len(grams) for grams in left] == sorted(map(len, left), reverse=True)
    if len(slipped) >= 13:
        assert any(held.issuperset(grams) for grams in left)
