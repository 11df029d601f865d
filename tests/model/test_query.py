from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from planhat_tui.errors import QueryError
from planhat_tui.model.query import (
    Days,
    Group,
    Node,
    Not,
    Numbers,
    Relative,
    Sort,
    Term,
    names,
    parse,
    reading,
    type_of,
)
from planhat_tui.model.query.fields import SPECIAL, canonical
from planhat_tui.model.query.writing import write


def terms(text: str) -> list[tuple[str, object, bool]]:
    return [_flat(part) for part in parse(text).parts]


def _flat(node: Node) -> tuple[str, object, bool]:
    if isinstance(node, Not):
        assert isinstance(node.part, Term)
        return node.part.field, node.part.value, True
    assert isinstance(node, Term)
    return node.field, node.value, False


def value(text: str) -> object:
    (part,) = parse(text).parts
    assert isinstance(part, Term)
    return part.value


def test_a_query_is_words_and_terms_of_fields() -> None:
    assert terms('acme tag:vip -phase:churned "north sea"') == [
        ("", "acme", False),
        ("tag", "vip", False),
        ("phase", "churned", True),
        ("", "north sea", False),
    ]


def test_nothing_typed_finds_everything() -> None:
    for text in ("", " \t "):
        assert parse(text).where is None
        assert parse(text).parts == ()


def test_the_text_is_kept_as_it_was_typed() -> None:
    query = parse("  Acme  ")
    assert (query.text, query.where) == ("  Acme  ", Term("", "Acme", 2))


def test_the_words_are_those_that_must_be_found_anywhere() -> None:
    assert parse('acme -churned tag:vip "north sea" (a OR b)').words == ("acme", "north sea")
    assert parse("acme north").only_words
    assert not parse("acme -north").only_words
    assert not parse("acme sort:name").only_words
    assert not parse("").only_words


def test_every_known_field_can_stand_before_the_colon_in_any_case() -> None:
    for field in names():
        if field in SPECIAL:
            continue
        known = canonical(field)
        text = {"number": "1", "date": "2026", "boolean": "yes", "phone": "1"}
        if type_of(known) != "any":
            assert terms(f"{field.upper()}:{text.get(type_of(known), 'x')}")[0][0] == known


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("-acme", ("", "acme", True)),
        ("not:acme", ("", "acme", True)),
        ("not:tag:vip", ("tag", "vip", True)),
        ('-"north sea"', ("", "north sea", True)),
        ('tag:"at risk"', ("tag", "at risk", False)),
        ('"a ""b"" c"', ("", 'a "b" c', False)),
        ("-", ("", "-", False)),
        ("--", ("", "-", True)),
        ("north-sea", ("", "north-sea", False)),
        ("https://acme.com", ("", "https://acme.com", False)),
        ("10:30", ("", "10:30", False)),
        ("tag:a:b", ("tag", "a:b", False)),
        ("müller:x", ("", "müller:x", False)),
        ("tag:-vip", ("tag", "-vip", False)),
        ("a>b", ("", "a>b", False)),
        ("tag>b", ("", "tag>b", False)),
        ("or", ("", "or", False)),
        ('"OR"', ("", "OR", False)),
        ("ORacle", ("", "ORacle", False)),
        ("foo)", ("", "foo)", False)),
        ("f(o)o", ("", "f(o)o", False)),
        ("(070)", ("", "(070)", False)),
        ("h:7", ("health", Numbers(7, 7), False)),
        ("company:acme", ("company.name", "acme", False)),
        ("contacts.title:cfo", ("contacts.title", "cfo", False)),
        ("Custom.Plan:gold", ("custom.Plan", "gold", False)),
        ('custom."Kick: off":x', ("custom.Kick: off", "x", False)),
        ("custom.CRM.Account.ID:1", ("custom.CRM.Account.ID", "1", False)),
        ("custom.契約:年間", ("custom.契約", "年間", False)),
        ("contacts.custom.Role:x", ("contacts.custom.Role", "x", False)),
        ('custom.Note:"1..2"', ("custom.Note", "1..2", False)),
        ("custom.Seats:1..2", ("custom.Seats", Numbers(1, 2), False)),
        ("custom.Seats>5", ("custom.Seats", Numbers(5, None, strict=True), False)),
        ("custom.Start:last2w", ("custom.Start", Relative("last", 2, "w"), False)),
        ("has:phone", ("has", "phone", False)),
        ('has:custom."a b"', ("has", "custom.a b", False)),
        ("-has:Contacts", ("has", "contacts", True)),
        ("is:Conflict", ("is", "conflict", False)),
        ("featured:yes", ("featured", "true", False)),
    ],
)
def test_a_term_is_read_to_the_letter(text: str, term: tuple[str, object, bool]) -> None:
    assert terms(text) == [term]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("arr:1000", Numbers(1000, 1000)),
        ("arr:1000..5000", Numbers(1000, 5000)),
        ("arr:10k..", Numbers(10_000, None)),
        ("arr:..1.5M", Numbers(None, 1_500_000)),
        ("arr:>=5", Numbers(5, None)),
        ("arr<=5", Numbers(None, 5)),
        ("arr>5", Numbers(5, None, strict=True)),
        ("nrr30:-5..", Numbers(-5, None)),
        ("created:2026", Days(date(2026, 1, 1), date(2026, 12, 31))),
        ("created:2024-02", Days(date(2024, 2, 1), date(2024, 2, 29))),
        ("created:2026-01..2026-03", Days(date(2026, 1, 1), date(2026, 3, 31))),
        ("created:..2026-01-05", Days(None, date(2026, 1, 5))),
        ("created:>2026-01", Days(date(2026, 2, 1), None)),
        ("created:>=2026-01", Days(date(2026, 1, 1), None)),
        ("created<2026-01", Days(None, date(2025, 12, 31))),
        ("created:<=2026-01", Days(None, date(2026, 1, 31))),
        ("renewal:next90d", Relative("next", 90, "d")),
        ("updated:OVER3M", Relative("over", 3, "m")),
        ("changed:7d", Relative("last", 7, "d")),
        ("lastcall:2W", Relative("last", 2, "w")),
        ("renewal:30d", Relative("next", 30, "d")),
    ],
)
def test_numbers_and_days_are_spans(text: str, wanted: object) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    ("relative", "low", "high"),
    [
        (Relative("next", 90, "d"), date(2026, 3, 31), date(2026, 6, 29)),
        (Relative("last", 30, "d"), date(2026, 3, 1), date(2026, 3, 31)),
        (Relative("over", 30, "d"), None, date(2026, 2, 28)),
        (Relative("last", 1, "m"), date(2026, 2, 28), date(2026, 3, 31)),
        (Relative("last", 2, "w"), date(2026, 3, 17), date(2026, 3, 31)),
        (Relative("next", 1, "y"), date(2026, 3, 31), date(2027, 3, 31)),
        (Relative("next", 9999, "y"), date(2026, 3, 31), date.max),
        (Relative("over", 9999, "y"), None, date.min),
    ],
)
def test_relative_days_are_counted_from_today(
    relative: Relative, low: date | None, high: date | None
) -> None:
    today = date(2026, 3, 31)
    assert relative.days(today, today) == Days(low, high)


@pytest.mark.parametrize("utc", [date(2026, 3, 30), date(2026, 4, 1)])
def test_where_it_is_another_day_in_utc_last_takes_it_in_and_next_is_the_places(utc: date) -> None:
    today = date(2026, 3, 31)
    assert Relative("next", 1, "d").days(today, utc) == Days(today, date(2026, 4, 1))
    first = min(today, utc)
    assert Relative("last", 0, "d").days(today, utc) == Days(first, max(today, utc))
    assert Relative("over", 0, "d").days(today, utc) == Days(None, first - timedelta(days=1))


def test_or_binds_less_than_side_by_side_and_parentheses_most() -> None:
    a, b, c = (Term("", letter, at) for letter, at in (("a", 0), ("b", 2), ("c", 7)))
    assert parse("a b OR c").where == Group(every=False, parts=(Group(every=True, parts=(a, b)), c))
    query = parse("a (b OR -(c tag:x))").where
    assert isinstance(query, Group)
    assert query.every
    assert write(parse("a (b OR -(c tag:x))")) == "a (b OR -(c tag:x))"
    assert write(parse("((a)) (b c)")) == "a b c"


def test_order_and_limit_stand_beside_the_conditions() -> None:
    query = parse('acme sort:-arr,name limit:50 sort:custom."a,b"')
    assert query.sort == (Sort("arr", descending=True), Sort("name"), Sort("custom.a,b"))
    assert (query.limit, query.words) == (50, ("acme",))


def test_a_number_with_its_trunk_zero_is_no_group() -> None:
    assert parse("+46 (0)70 123").words == ("+46", "(0)70", "123")


def test_a_term_knows_where_it_starts() -> None:
    parts = parse('  a -tag:b "c d"  e').parts
    assert [p.column if isinstance(p, Term) else None for p in parts] == [2, None, 11, 18]
    assert isinstance(parts[1], Not)
    assert isinstance(parts[1].part, Term)
    assert parts[1].part.column == 4


def test_a_quote_ends_its_term() -> None:
    assert terms('tag:"a b"c') == [("tag", "a b", False), ("", "c", False)]


def test_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(QueryError, match="phse") as refusal:
        parse("acme -phse:churned")
    assert "phase" in refusal.value.advice
    assert refusal.value.column == 6


def test_a_field_that_is_near_to_none_lists_them_all() -> None:
    with pytest.raises(QueryError) as refusal:
        parse("zzzzzz:1")
    assert all(field in refusal.value.advice for field in ("tag", "phase", "arr", "renewal"))


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("acme tag:", 5, "needs a value"),
        ("tag: vip", 0, "needs a value"),
        ('tag:""', 0, "needs a value"),
        ("-tag:", 0, "needs a value"),
        ('acme "north', 5, "quote"),
        ('tag:"x', 4, "quote"),
        ('"', 0, "quote"),
        ("a arr:many", 6, "no number"),
        ("arr:1..x", 7, "no number"),
        ("arr:>", 5, "no number"),
        ("arr:..", 4, "neither end"),
        ("arr:5..1", 4, "ends before"),
        ("created:2026-13", 8, "no date"),
        ("created:2026-02-30", 8, "no date"),
        ("created:2026-03..2026-01", 8, "ends before"),
        ("renewal:next90", 8, "no date"),
        ("custom.Seats:many..", 13, "no date"),
        ("featured:perhaps", 9, "true or false"),
        ("phone:none", 6, "digits"),
        ("a (b", 2, "isn't closed"),
        ("a )", 2, "Nothing was opened"),
        ("a ()", 2, "nothing in here"),
        ('acme ""', 5, "nothing to look for"),
        ('tag:vip -" "', 8, "nothing to look for"),
        ("(a not:)", 3, "nothing to look for"),
        ('-"\u200d"', 0, "nothing to look for"),
        ("a OR", 2, "both sides"),
        ("OR a", 0, "both sides"),
        ("(a OR) b", 3, "both sides"),
        ("a (b sort:arr)", 5, "outside"),
        ("-limit:5", 0, "outside"),
        ("limit:0", 6, "no limit"),
        ("a (acme limit:3", 2, "isn't closed"),
        ("(acme limit:3)", 6, "outside"),
        ("(limit:3)", 1, "outside"),
        ('a custom."Pl:x', 9, "A quote isn't closed"),
        ('has:custom."Pl', 11, "A quote isn't closed"),
        ('sort:contacts.custom."Pl', 21, "A quote isn't closed"),
        ("custom.:x", 0, "needs the name of a field"),
        ("has:custom.", 4, "needs the name of a field"),
        ("sort:", 0, "needs a field"),
        ("sort:-tag", 6, "can't be sorted"),
        ("sort:arr,", 0, "needs a field"),
        ("sort:arr;name", 8, "commas"),
        ("has:phon", 4, "no field"),
        ("has:", 0, "needs a value"),
        ("is:pendin", 3, "Nothing is"),
        ("contacts:5", 9, "no value of its own"),
        ("contacts.arr:5", 0, "no field"),
        ("foo.bar:5", 0, "no field"),
        ("a " * 250 + "b", 500, "at most 250"),
        ("a OR " * 250 + "-(b)", 1_252, "at most 250"),
        ("-(" * 13 + "a" + ")" * 13, 26, "parentheses"),
        ("(" * 51 + "a" + ")" * 51, 50, "parentheses"),
        ("sort:" + "arr," * 16 + "-name", 70, "at most 16"),
        ("a" * 10_001, 10_000, "10,000 characters"),
    ],
)
def test_a_mistake_is_shown_where_it_stands(text: str, column: int, words: str) -> None:
    with pytest.raises(QueryError, match=words) as refusal:
        parse(text)
    assert refusal.value.column == column
    assert refusal.value.field == "query"


@pytest.mark.parametrize(
    "text",
    [
        "a " * 250,
        "-(" * 12 + "a" + ")" * 12,
        "(" * 50 + "a" + ")" * 50,
        "sort:" + "arr," * 15 + "h",
    ],
)
def test_what_is_just_not_too_much_is_read(text: str) -> None:
    assert parse(text).text == text


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("renewal<30d", "From today on: next30d; up to today: last30d or over30d."),
        ("renewal<+2w", "From today on: next2w; up to today: last2w or over2w."),
        ("renewal:31.12.2026", "Type it as 2026-12-31, if that is the day."),
        ("renewal<3/4/2026", "Type it as 2026-04-03, if that is the day."),
        ("renewal<tomorrow", "Type one like 2026-03-01, 2026-03, next30d or last30d."),
    ],
)
def test_a_day_that_is_typed_otherwise_is_told_how(text: str, advice: str) -> None:
    with pytest.raises(QueryError, match="is no date") as refusal:
        parse(text)
    assert refusal.value.advice == advice


@pytest.mark.parametrize(
    "field",
    [
        *(one for one in names() if one not in {"sort", "not"}),
        "custom.Plan",
        'contacts.custom."Kick-off"',
    ],
)
def test_a_field_without_a_value_is_told_one_that_it_may_have(field: str) -> None:
    with pytest.raises(QueryError, match=r"needs a|no value of its own") as refusal:
        parse(f"{field}:")
    given = re.search(r"(?:as in|Try) (.+?)(?:, |\.$)", refusal.value.advice)
    assert given is not None
    parse(given[1])


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("arr:", "Type one, as in arr:1000..5000."),
        ("limit:", "Type one, as in limit:50."),
        ("renewal:", "Type one, as in renewal:next90d."),
        ("h:", "Type one, as in h:1..5."),
        ("phase:", "Type one, as in phase:x."),
        ("contacts:", "Try has:contacts, or contacts.title:cfo."),
        ("custom.:x", "Type one, as in custom.Plan."),
        ("custm.Plan:x", "Did you mean custom.Plan: ?"),
        ("cotnacts.title:x", "Did you mean contacts.title: ?"),
    ],
)
def test_what_is_advised_is_read(text: str, advice: str) -> None:
    with pytest.raises(QueryError) as refusal:
        parse(text)
    assert refusal.value.advice == advice


def test_an_unknown_field_may_be_a_custom_one() -> None:
    with pytest.raises(QueryError, match="There's no field fitness to find by") as refusal:
        parse("fitness:gold")
    assert "A custom field is written custom.fitness: here." in refusal.value.advice


@pytest.mark.parametrize("text", ["-not:tag:x", "has:is", "sort:has"])
def test_what_is_no_field_there_is_never_advised_as_one(text: str) -> None:
    with pytest.raises(QueryError, match="There's no field") as refusal:
        parse(text)
    assert not re.search(r"Did you mean (has|is|sort|limit|not)\b", refusal.value.advice)


def test_a_slip_in_what_stands_before_a_colon_is_told() -> None:
    for text, meant in (("limi:3", "limit"), ("sotr:arr", "sort"), ("pahse:won", "phase")):
        with pytest.raises(QueryError, match="There's no field") as refusal:
            parse(text)
        assert refusal.value.advice == f"Did you mean {meant}: ?"


def test_a_field_that_is_only_begun_is_told_to_its_end() -> None:
    for text, meant in (("has:ph", "phase"), ("sort:-renew", "renewal"), ("own:me", "owner")):
        with pytest.raises(QueryError, match="There's no field") as refusal:
            parse(text)
        assert refusal.value.advice == f"Did you mean {meant}: ?"


def test_bytes_that_are_no_text_are_shown_where_they_stand() -> None:
    with pytest.raises(QueryError, match="There are bytes here that are no text") as refusal:
        parse("acme id:\udcff")
    assert refusal.value.column == 8


def test_digits_in_a_parenthesis_are_read_once_however_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "LONGEST", 10**6)
    assert terms(f"({'1' * 300_000})") == [("", f"({'1' * 300_000})", False)]
    with pytest.raises(QueryError, match="A parenthesis isn't closed"):
        parse("(" + "1" * 300_000)  # takes minutes where each digit is a new beginning
