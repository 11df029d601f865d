from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model.query import parse
from planhat_tui.model.text import fold, visible
from planhat_tui.tui.presentation.matched import (
    by_digits,
    is_found,
    neighbour,
    sought,
    sought_in_people,
    spans,
)
from tests.tui.texts import TEXTS


def letters(text: str, *words: str) -> list[str]:
    return [text[start:end] for start, end in spans(text, words)]


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Malmö Energi", ["malmo"], ["Malmö"]),
        ("Malmo\u0308 Energi", ["malmo"], ["Malmo\u0308"[:5]]),
        ("STRASSE Straße", ["strasse"], ["STRASSE", "Straße"]),
        ("Acme Acme", ["acme"], ["Acme", "Acme"]),
        ("Acme Inc", ["inc", "acme"], ["Acme", "Inc"]),
        ("Acmeacme", ["acme", "meac"], ["Acmeacme"]),
        ("Balsea Seaside", ["se"], ["Se"]),
        ("North Sea", ["th"], []),
        ("North Sea", ["ort"], ["ort"]),
        ("東京電気株式会社", ["京"], ["京"]),
        ("東京電気株式会社", ["式会"], ["式会"]),
        ("Big Spender", ["big spender"], ["Big Spender"]),
        ("", ["a"], []),
        ("Acme", [], []),
    ],
)
def test_letters_are_found_whatever_their_case_and_accents(
    text: str, words: list[str], found: list[str]
) -> None:
    assert letters(text, *words) == found


@given(TEXTS, st.lists(TEXTS.map(fold), max_size=3))
def test_what_is_lit_lies_in_the_text_and_apart(text: str, words: list[str]) -> None:
    shown = visible(text)
    places = [place for span in spans(shown, words) for place in span]
    assert places == sorted(set(places))
    assert all(0 <= place <= len(shown) for place in places)


@given(TEXTS, st.integers(0, 20), st.integers(3, 8))
def test_a_piece_of_a_folded_text_is_lit(text: str, start: int, length: int) -> None:
    shown = visible(text)
    one = "".join(fold(letter) or " " for letter in shown)
    piece = one[start : start + length].strip()
    if len(piece) >= 3 and "  " not in piece and fold(shown) == one:
        assert spans(shown, [piece])


def test_words_are_sought_in_names_and_fields_where_they_belong() -> None:
    wanted = sought(parse("Malmö -acme tag:VIP phase:won (a OR title:cfo) -(b c) arr:1.."))
    assert wanted == {
        "name": ["malmo", "a"],
        "domain": ["malmo", "a"],
        "tags": ["malmo", "vip", "a"],
        "external": ["malmo", "a"],
        "phase": ["won"],
    }


def test_in_contacts_what_is_no_piece_of_their_companys_name_is_sought() -> None:
    query = parse("acme Ada tag:vip contacts.tag:Boss title:CFO contacts.custom.Role:x -bo")
    assert sought_in_people(query, "Acme Inc") == {
        "name": ["ada"],
        "email": ["ada"],
        "tags": ["ada", "boss"],
        "position": ["cfo"],
        "custom.Role": ["x"],
    }
    assert sought_in_people(parse("acme inc"), "Acme Inc") == {}


@pytest.mark.parametrize(
    ("typed", "phone", "lit"),
    [
        ("0701234567", "+46 70 123 45 67", ["70 123 45 67"]),
        ("+46-70-123", "+46 (70) 123 45 67", ["46 (70) 123"]),
        ("4567", "070/1234567", ["4567"]),
        ("999", "+46 70 123 45 67", []),
        ("ada", "+46 70 123 45 67", []),
    ],
)
def test_a_number_is_lit_however_it_is_written(typed: str, phone: str, lit: list[str]) -> None:
    wanted = by_digits(sought_in_people(parse(typed), "Acme"), phone)
    assert letters(phone, *wanted.get("phone", ())) == lit


def test_the_words_that_were_meant_are_sought_instead() -> None:
    wanted = sought(parse("nodic tag:vip"), "nordic")
    assert wanted["name"] == ["nordic"]
    assert wanted["tags"] == ["vip", "nordic"]


def test_what_was_meant_by_a_field_is_sought_in_its_cell() -> None:
    wanted = sought(parse('name:acmr "nodic sea" phase:won'), 'name:acme "nordic sea"')
    assert wanted["name"] == ["acme", "nordic sea"]
    assert wanted["phase"] == ["won"]


@pytest.mark.parametrize(
    ("here", "found", "after", "before"),
    [
        ("b", {"a", "d"}, "d", "a"),
        ("d", {"a", "d"}, "a", "a"),
        ("a", {"a"}, "a", "a"),
        ("a", {"b", "c"}, "b", "c"),
        ("gone", {"b", "c"}, "b", "c"),
        ("a", set(), "", ""),
    ],
)
def test_the_next_match_is_found_round_the_end(
    here: str, found: set[str], after: str, before: str
) -> None:
    assert neighbour("abcd", here, found, back=False) == after
    assert neighbour("abcd", here, found, back=True) == before


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("renewal", True),
        ("RENEWAL berg", True),
        ("renewal nobody", False),
        ("phase:won", False),
        ("phase:won renewal", True),
    ],
)
def test_a_row_is_found_by_the_words_of_a_query(query: str, found: bool) -> None:  # noqa: FBT001 -- a case
    assert is_found(parse(query), ["2 Mar 10:00", "Max Berg", "asked for the Renewal"]) is found
