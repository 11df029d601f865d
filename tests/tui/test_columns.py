from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model.query import Sort, parse
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.columns import GAP, Column, lay_out

LISTS = (
    columns.COMPANIES,
    columns.CONTACTS,
    columns.FIELDS,
    columns.CALLS,
    columns.OUTBOX,
    columns.PROFILES,
    columns.ORDER,
    columns.COLUMNS,
)
ALL = pytest.mark.parametrize("wanted", LISTS, ids=lambda wanted: wanted[0].key)


def used(laid: tuple[Column, ...]) -> int:
    return sum(column.width for column in laid) + GAP * (len(laid) - 1)


@st.composite
def _columns(draw: st.DrawFn) -> tuple[Column, ...]:
    keys = draw(st.lists(st.text("abcdef", min_size=1), min_size=1, max_size=8, unique=True))
    ranks = draw(st.permutations(range(len(keys))))
    made = []
    for key, rank in zip(keys, ranks, strict=True):
        width = draw(st.integers(1, 30))
        most = width + draw(st.integers(0, 40))
        made.append(Column(key, key, width, rank=rank, grow=draw(st.integers(0, 5)), most=most))
    return tuple(made)


@given(_columns(), st.integers(1, 300))
def test_columns_fit_into_the_width_in_their_own_order(
    wanted: tuple[Column, ...], width: int
) -> None:
    laid = lay_out(wanted, width)
    assert 0 < used(laid) <= width
    places = [[column.key for column in wanted].index(column.key) for column in laid]
    assert places == sorted(places)


@given(_columns(), st.integers(1, 300))
def test_a_column_is_as_wide_as_it_may_be(wanted: tuple[Column, ...], width: int) -> None:
    laid = lay_out(wanted, width)
    by_key = {column.key: column for column in wanted}
    for column in laid:
        assert column.width <= by_key[column.key].most
        assert column.width >= by_key[column.key].width or len(laid) == 1
    if any(column.grow and column.width < column.most for column in laid):
        assert used(laid) == width, "cells are left that a column could use"


@given(_columns(), st.integers(1, 300))
def test_a_cell_more_never_takes_a_column_away(wanted: tuple[Column, ...], width: int) -> None:
    before = {column.key for column in lay_out(wanted, width)}
    assert before <= {column.key for column in lay_out(wanted, width + 1)}


def test_columns_of_a_lower_rank_are_kept() -> None:
    wanted = (Column("c", "C", 5, rank=2), Column("a", "A", 5, rank=0), Column("b", "B", 5, rank=1))
    assert [column.key for column in lay_out(wanted, 18)] == ["a", "b"]
    assert [column.key for column in lay_out(wanted, 3)] == ["a"]


@pytest.mark.parametrize("width", [0, -4])
def test_without_room_one_column_is_left(width: int) -> None:
    (column,) = lay_out(columns.COMPANIES, width)
    assert (column.key, column.width) == ("name", 1)


def test_wide_screens_add_columns() -> None:
    usual = columns.chosen(columns.COMPANIES, ())
    five = ["name", "phase", "health", "arr", "renews"]
    assert [column.key for column in lay_out(usual, 62)] == five
    assert [column.key for column in lay_out(usual, 73)] == five
    assert len(lay_out(usual, 193)) == len(usual) == 9
    here = [column.key for column in lay_out(usual, 88)]
    assert here == [*five, "owner", "called"], "at 200 columns the pane has 88"


@pytest.mark.parametrize("inner", [44, 50, 62, 74])
def test_a_phone_number_is_whole_wherever_contacts_are_shown(inner: int) -> None:
    shown = {column.key: column.width for column in lay_out(columns.CONTACTS, inner)}
    assert shown["phone"] >= len("+46 (0) 701 234 56")
    assert ("email" in shown) == (inner >= 50), "at 200 columns the pane has 50"


def test_chosen_columns_stand_in_their_order_and_the_first_are_kept() -> None:
    chosen = columns.chosen(columns.COMPANIES, ("mrr", "name", "nothing", "mrr", "status"))
    assert [column.key for column in chosen] == ["mrr", "name", "status"]
    assert [column.key for column in lay_out(chosen, 36)] == ["mrr", "name"]
    assert [column.key for column in lay_out(chosen, 200)] == ["mrr", "name", "status"]


def test_every_field_that_a_column_names_can_be_sorted_by() -> None:
    fields = [column.field for column in columns.COMPANIES if column.field]
    assert parse(f"sort:{','.join(fields)}").sort == tuple(Sort(field) for field in fields)


@ALL
def test_titles_fit_into_their_columns(wanted: tuple[Column, ...]) -> None:
    assert all(len(column.title) <= column.width <= column.most for column in wanted)


@ALL
def test_keys_and_ranks_of_a_list_are_each_there_once(wanted: tuple[Column, ...]) -> None:
    assert len({column.key for column in wanted}) == len(wanted)
    assert sorted(column.rank for column in wanted) == list(range(len(wanted)))


def test_a_custom_field_is_a_column_under_its_own_name() -> None:
    plan, name = columns.chosen(columns.COMPANIES, ("custom.Plan\x1b[31m", "name", "custom."))
    assert (plan.key, plan.field) == ("custom.Plan\x1b[31m", "custom.Plan\x1b[31m")
    assert "PLAN" in plan.title
    assert "\x1b" not in plan.title
    assert name.key == "name"
    assert columns.custom_paths(["name", "custom.Seats"]) == ("custom.Seats",)


def test_a_column_with_a_width_of_its_own_neither_grows_nor_gives_way() -> None:
    shown = columns.chosen(columns.COMPANIES, ("name=30", "arr", "custom.Plan=8"))
    for width in (60, 100, 200):
        cells = {one.key: one.width for one in columns.lay_out(shown, width)}
        assert cells == {"name": 30, "arr": 7, "custom.Plan": 8}
    assert columns.custom_paths(("name=30", "custom.Plan=8")) == ("custom.Plan",)


def test_a_narrow_journal_keeps_what_became_of_an_edit() -> None:
    laid = [column.key for column in lay_out(columns.JOURNAL, 54)]
    assert laid == ["title", "what", "state"]


def test_narrow_tenants_keep_their_calls_rather_than_their_hosts() -> None:
    laid = [column.key for column in lay_out(columns.PROFILES, 54)]
    assert laid == ["name", "synced", "waiting", "limit"]
    label = next(column for column in columns.PROFILES if column.key == "label")
    assert label.width >= len("practice data")
