from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model.query import parse
from planhat_tui.model.query.completing import Completing, at, done, finished, known


def typing(marked: str) -> Completing | None:
    """Return what is completed where the bar stands."""
    return at(marked.replace("|", ""), marked.index("|"))


@pytest.mark.parametrize(
    ("marked", "field", "typed"),
    [
        ("ph|", "", "ph"),
        ("acme -ph|", "", "ph"),
        ("acme (not:ph|", "", "ph"),
        ("contacts.ti|", "", "contacts.ti"),
        ("custom.Pl|", "", "custom.Pl"),
        ("ph|ase:won x", "", "ph"),
        ("phase:|", "phase", ""),
        ("phase:on|", "phase", "on"),
        ('phase:"at r|', "phase", "at r"),
        ("-tag:v|ip acme", "tag", "v"),
        ("h:|", "health", ""),
        ("arr:|", None, ""),
        ("custom.Plan:g|", "custom.Plan", "g"),
        ('custom."Last note":g|', "custom.Last note", "g"),
        ("contacts.title:c|", "contacts.title", "c"),
        ("has:ph|", "has", "ph"),
        ("is:|", "is", ""),
        ("sort:-arr,na|", "sort", "na"),
        ("renewal:ne|", "renewal", "ne"),
        ("|", None, ""),
        ("acme | x", None, ""),
        ("12|", None, ""),
        ("nosuch:x|", None, ""),
        ('"ph|', None, ""),
    ],
)
def test_what_is_typed_at_the_cursor(marked: str, field: str | None, typed: str) -> None:
    found = typing(marked)
    assert (found and (found.field, found.typed)) == (field if field is None else (field, typed))


@pytest.mark.parametrize(
    ("marked", "first"),
    [
        ("pha|", "phase"),
        ("own|", "owner"),
        ("cont|", "contacts"),
        ("is:con|", "conflict"),
        ("has:pho|", "phone"),
        ("sort:-upd|", "updated"),
        ("sort:t|", "title"),
        ("renewal:nex|", "next30d"),
        ("featured:t|", "true"),
    ],
)
def test_the_grammar_knows_what_may_follow(marked: str, first: str) -> None:
    found = typing(marked)
    assert found is not None
    assert known(found)[0] == first


def test_what_is_offered_to_sort_by_is_sorted_by() -> None:
    found = typing("sort:|")
    assert found is not None
    *offered, custom = known(found)
    assert custom == "custom."
    assert {"arr", "name", "updated"} <= {*offered}
    assert all(parse(f"sort:{one}").sort[0].field == one for one in offered)


def test_values_of_records_are_not_the_grammars_business() -> None:
    found = typing("phase:o|")
    assert found is not None
    assert known(found) == ()


@pytest.mark.parametrize(
    ("marked", "chosen", "after"),
    [
        ("acme ph|", "phase", "acme phase:|"),
        ("acme ph|xx:won", "phase", "acme phase:|won"),
        ("acme cus|", "custom.", "acme custom.|"),
        ("phase:o| x", "onboarding", "phase:onboarding| x"),
        ("phase:o|", "at risk", 'phase:"at risk" |'),
        ("(phase:o|)", "won", "(phase:won |)"),
        ("(has:pho|)", "phone", "(has:phone |)"),
        ("(acme sort:na|)", "name", "(acme sort:name |)"),
        ("sort:-a|", "arr", "sort:-arr |"),
        ("sort:arr,-cu|", "custom.", "sort:arr,-custom.|"),
        ("sort:-custom.k|", 'custom."Kick-off"', 'sort:-custom."Kick-off" |'),
        ("renewal:n|", "next90d", "renewal:next90d |"),
        ('tag:"at r|', "at risk", 'tag:"at risk" |'),
    ],
)
def test_what_was_chosen_takes_its_place(marked: str, chosen: str, after: str) -> None:
    found = typing(marked)
    assert found is not None
    text, cursor = done(marked.replace("|", ""), found, chosen)
    assert f"{text[:cursor]}|{text[cursor:]}" == after


@given(st.text('phase:"( )-tagcustom.', max_size=20), st.integers(0, 20))
def test_nothing_typed_breaks_it(text: str, cursor: int) -> None:
    found = at(text, min(cursor, len(text)))
    if found is not None:
        assert 0 <= found.start <= found.end <= len(text)
        known(found)


@given(st.text(min_size=1).filter(str.strip))
def test_a_completed_value_is_read_as_it_is(value: str) -> None:
    text, _ = done("tag:x", Completing("tag", "x", 4, 5), value)
    (part,) = parse(text).parts
    assert part == ("tag", value, 0)


@pytest.mark.parametrize(
    ("marked", "left"),
    [
        ("arr:|", ""),
        ("acme tag:|", "acme"),
        ("acme -tag:| x", "acme  x"),
        ("acme not:tag:|", "acme"),
        ("fase:|", ""),
        ("acme sort:|", "acme"),
        ("custom.|", ""),
        ("acme contacts.custom.Pl|", "acme"),
        ('acme custom."Kick o|', "acme"),
        ("acme custom.Plan:|", "acme"),
    ],
)
def test_a_field_that_is_being_typed_says_nothing_yet(marked: str, left: str) -> None:
    assert finished(marked.replace("|", ""), marked.index("|")) == left


@pytest.mark.parametrize(
    "marked",
    [
        "ph|",
        "contacts.ti|",
        "tag:v|",
        'tag:"a b|',
        "tag: acme|",
        "acme |",
        "|",
        "tag|:",
        "customer|",
        'custom."a b":x|',
        "custom.Plan:x|",
        '"custom.|',
        "http://x|",
    ],
)
def test_all_else_is_asked_as_it_stands(marked: str) -> None:
    text = marked.replace("|", "")
    assert finished(text, marked.index("|")) == text
