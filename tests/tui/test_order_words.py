from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.query import parse
from planhat_tui.model.views import read_order
from planhat_tui.store.rows import CompanyRows, Totals
from planhat_tui.tui.presentation.order_words import SORTABLE, label, order
from planhat_tui.tui.presentation.summary_words import marks, told

if TYPE_CHECKING:
    from planhat_tui.model.records import Kind


@pytest.mark.parametrize(
    ("sort", "query", "words"),
    [
        ("", "", "by name"),
        ("", "tag:vip", "by name"),
        ("", "acme", "best match first"),
        ("-arr", "acme", "by ARR, largest first"),
        ("arr", "", "by ARR, smallest first"),
        ("-name", "", "by Name, Z to A"),
        ("renewal", "", "by Renews, earliest first"),
        ("-updated", "", "by Updated, latest first"),
        ("phase,-arr,name", "", "by Phase, then ARR, then Name"),
        ("-arr", "acme sort:health", "by Health, smallest first"),
        ("custom.Plan", "", "by Plan, upwards"),
        ("-custom.Plan", "", "by Plan, downwards"),
        ("lastcall", "", "by Last call, earliest first"),
        ("web", "", "by web, A to Z"),
        ("-featured", "", "by Featured, yes first"),
        ("title", "", "by Position, A to Z"),
    ],
)
def test_the_order_is_said_in_words(sort: str, query: str, words: str) -> None:
    assert order(read_order(sort), parse(query)) == words


@pytest.mark.parametrize("kind", SORTABLE)
def test_what_is_offered_can_be_sorted_by_and_has_a_name_of_its_own(kind: Kind) -> None:
    offered = SORTABLE[kind]
    assert [one.field for one in read_order(",".join(offered))] == list(offered)
    assert len({label(field) for field in offered}) == len(offered)


def test_the_foot_of_the_list_tells_marks_sums_and_order() -> None:
    rows = CompanyRows((), 37)
    assert told(rows, Totals(14_200_000, 1, 0, 37), 2, "by name", wide=True) == (
        "2 marked, 1 not shown", "37 companies, ARR 14M", "by name",
    )  # fmt: skip
    assert told(rows, Totals(1200, 0, 0, 1), 0, "by name", wide=False) == (
        "ARR shown 1.2k",
        "by name",
    )


def test_what_isnt_loaded_yet_is_no_zero() -> None:
    rows = CompanyRows((), 100)
    assert told(rows, Totals(0, 0, 100, 100), 0, "", wide=False) == ("ARR shown not loaded yet",)
    assert told(rows, Totals(0, 0, 99, 100), 0, "", wide=False) == ("ARR shown 0, 99 not loaded",)
    assert told(rows, Totals(5e6, 0, 1, 100), 0, "", wide=True) == (
        "100 companies, ARR 5M, 1 not loaded",
    )


def test_what_isnt_known_is_left_out_and_a_sum_that_isnt_made_yet_is_said() -> None:
    assert told(CompanyRows((), 1), None, 0, "by name", wide=True) == ("1 company", "by name")
    many = CompanyRows((), 1000, capped=True)
    assert told(many, None, 0, "best match first", wide=True) == (
        "more than 1,000 companies, ARR not summed", "best match first",
    )  # fmt: skip
    assert told(many, None, 0, "by name", wide=False) == ("ARR not summed", "by name")
    assert told(many, Totals(5e6, 0, 0, 1_234), 0, "by name", wide=True) == (
        "1,234 companies, ARR 5M", "by name",
    )  # fmt: skip
    assert told(CompanyRows((), 0), Totals(0, 0, 0, 0), 3, "by name", wide=True) == (
        "3 marked, 3 not shown",
    )


@pytest.mark.parametrize(
    ("marked", "shown", "words"),
    [
        (0, 0, ""),
        (3, 3, "3 marked"),
        (3, None, "3 marked"),
        (1200, 200, "1,200 marked, 1,000 not shown"),
    ],
)
def test_marks_that_arent_shown_are_said(marked: int, shown: int | None, words: str) -> None:
    assert marks(marked, shown) == words
