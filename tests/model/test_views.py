from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.errors import QueryError
from planhat_tui.model.query import Sort
from planhat_tui.model.views import (
    NARROWEST,
    WIDEST,
    View,
    by_alone,
    by_also,
    parted,
    read_order,
    usual,
    wide,
)

FIELDS = st.sampled_from(
    ("name", "arr", "phase", "renewal", "updated", "custom.Plan", "custom.Kick-off day")
)


@given(st.lists(st.builds(Sort, FIELDS, st.booleans()), unique_by=lambda one: one.field))
def test_an_order_is_read_as_it_was_written(sort: list[Sort]) -> None:
    assert read_order(View(sort=tuple(sort)).order) == tuple(sort)


@pytest.mark.parametrize("text", ["nothing", "-", "arr limit:3", "arr acme"])
def test_what_is_no_order_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        read_order(text)


@pytest.mark.parametrize(
    ("field", "descending"),
    [("name", False), ("phase", False), ("arr", True), ("updated", True), ("renewal", False)],
)
def test_what_is_large_or_new_stands_first(field: str, *, descending: bool) -> None:
    assert usual(field) == Sort(field, descending)


def test_the_same_field_again_turns_the_order() -> None:
    once = by_alone((), "arr")
    assert once == (Sort("arr", descending=True),)
    assert by_alone(once, "arr") == (Sort("arr"),)
    assert by_alone((Sort("name"), *once), "arr") == once


@given(st.lists(FIELDS, unique=True), FIELDS)
def test_a_further_field_is_added_turned_and_taken_away(fields: list[str], one: str) -> None:
    others = tuple(usual(field) for field in fields if field != one)
    added = by_also(others, one)
    assert added == (*others, usual(one))
    turned = by_also(added, one)
    assert turned == (*others, Sort(one, not usual(one).descending))
    assert by_also(turned, one) == others


@given(st.text(), st.integers(NARROWEST, WIDEST))
def test_a_column_keeps_its_width_as_text(key: str, cells: int) -> None:
    if key:
        assert parted(wide(key, cells)) == (key, cells)
        assert View(columns=(wide(key, cells),)).keys == (key,)


@pytest.mark.parametrize(
    ("text", "query", "order"),
    [
        ("acme sort:-arr", "acme", "-arr"),
        ('sort:-arr,name acme "sort:x"  sort:phase', 'acme "sort:x"', "-arr,name,phase"),
        ('(a OR b) sort:custom."Go live" limit:5', "(a OR b) limit:5", 'custom."Go live"'),
        ("SORT:name", "", "name"),
        (" acme ", " acme ", "updated"),
        ("sort:nothing", "sort:nothing", "updated"),
    ],
)
def test_the_order_that_a_query_says_is_told_beside_it(text: str, query: str, order: str) -> None:
    view = View(text, (Sort("updated"),), ("name",)).arranged
    assert (view.query, view.order, view.columns) == (query, order, ("name",))


def test_a_column_without_a_width_is_as_wide_as_it_fits() -> None:
    assert parted("custom.Plan") == ("custom.Plan", 0)
    assert parted("name=") == ("name=", 0)
    assert wide("name", 0) == "name"


def test_no_column_is_too_narrow_or_too_wide() -> None:
    assert parted("name=1") == ("name", NARROWEST)
    assert parted("name=999") == ("name", WIDEST)
    assert wide("name", 1) == f"name={NARROWEST}"
