from __future__ import annotations

import pytest

from planhat_tui.errors import QueryError
from planhat_tui.model.query import FIELDS, Query, Term, parse


def terms(text: str) -> list[tuple[str, str, bool]]:
    return [(term.field, term.value, term.negated) for term in parse(text).terms]


def test_a_query_is_words_and_terms_of_fields() -> None:
    assert terms('acme tag:vip -phase:churned "north sea"') == [
        ("", "acme", False),
        ("tag", "vip", False),
        ("phase", "churned", True),
        ("", "north sea", False),
    ]


def test_nothing_typed_finds_everything() -> None:
    assert parse("").terms == ()
    assert parse(" \t ").terms == ()
    assert parse('""').terms == ()


def test_the_text_is_kept_as_it_was_typed() -> None:
    assert parse("  Acme  ") == Query("  Acme  ", (Term("", "Acme", negated=False, column=2),))


def test_the_words_are_those_that_must_be_found_anywhere() -> None:
    assert parse('acme -churned tag:vip "north sea"').words == ("acme", "north sea")


def test_every_known_field_can_stand_before_the_colon_in_any_case() -> None:
    for field in FIELDS:
        assert terms(f"{field.upper()}:x") == [(field, "x", False)]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("-acme", ("", "acme", True)),
        ("not:acme", ("", "acme", True)),
        ("not:tag:vip", ("tag", "vip", True)),
        ('-"north sea"', ("", "north sea", True)),
        ('tag:"at risk"', ("tag", "at risk", False)),
        ("-", ("", "-", False)),
        ("--", ("", "-", True)),
        ("north-sea", ("", "north-sea", False)),
        ("https://acme.com", ("", "https://acme.com", False)),
        ("10:30", ("", "10:30", False)),
        ("tag:a:b", ("tag", "a:b", False)),
        ("müller:x", ("", "müller:x", False)),
        ("tag:-vip", ("tag", "-vip", False)),
    ],
)
def test_a_term_is_read_to_the_letter(text: str, term: tuple[str, str, bool]) -> None:
    assert terms(text) == [term]


def test_a_term_knows_where_it_starts() -> None:
    assert [term.column for term in parse('  a -tag:b "c d"  e').terms] == [2, 4, 11, 18]


def test_a_quote_ends_its_term() -> None:
    assert terms('tag:"a b"c') == [("tag", "a b", False), ("", "c", False)]


def test_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(QueryError, match="phse") as refusal:
        parse("acme -phse:churned")
    assert "phase" in refusal.value.advice
    assert refusal.value.column == 6


def test_a_field_that_is_near_to_none_lists_them_all() -> None:
    with pytest.raises(QueryError) as refusal:
        parse("zzz:1")
    assert all(field in refusal.value.advice for field in FIELDS)


@pytest.mark.parametrize(
    ("text", "column"), [("acme tag:", 5), ("tag: vip", 0), ('tag:""', 0), ("-tag:", 0)]
)
def test_a_field_needs_a_value(text: str, column: int) -> None:
    with pytest.raises(QueryError, match="needs a value") as refusal:
        parse(text)
    assert refusal.value.column == column


@pytest.mark.parametrize(("text", "column"), [('acme "north', 5), ('tag:"x', 4), ('"', 0)])
def test_an_open_quote_is_shown_where_it_stands(text: str, column: int) -> None:
    with pytest.raises(QueryError, match="quote") as refusal:
        parse(text)
    assert refusal.value.column == column
    assert refusal.value.field == "query"
