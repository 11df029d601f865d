from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.commands.narrowing import cells, cut, fitted, row, wrapped
from planhat_tui.commands.results import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

ID = "4d88a16b49e2fdfd08b1eed4"
COMPANIES = (
    Column("_id", "ID"),
    Column("name", "NAME"),
    Column("phase", "PHASE"),
    Column("arr", "ARR", right=True),
    Column("renewalDate", "RENEWAL"),
    Column("tags", "TAGS"),
)
ACME = (ID, "Acme Robotics International AB", "onboarding", "916200", "2027-01-31", "vip, gold")
FINDINGS = (
    Column("state", "STATE"),
    Column("subject", "OF"),
    Column("text", "FOUND", prose=True),
    Column("todo", "WHAT TO DO", prose=True),
)
WRONG = ("bad", "/home/ada/.config/planhat-tui/config.yaml:5:3", "There is no key theem here.", "-")
UNSET = ("bad", "acme", "The environment has no ACME.", "Set it: export ACME=... and try again.")


def _table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int
) -> tuple[list[str], tuple[str, ...]]:
    """Return the lines of a table, and what there is no room for."""
    every = [[one.title for one in columns], *rows]
    layout = fitted(columns, every, width)
    lines = [row(columns, texts, layout, width) for texts in every]
    return "\n".join(lines).split("\n"), layout.left_out(columns)


def test_where_all_fits_nothing_is_cut_or_broken() -> None:
    lines, left = _table(COMPANIES, [ACME], 120)
    assert lines[1].split("  ")[:2] == [ID, ACME[1]]
    assert not left
    lines, left = _table(FINDINGS, [UNSET], 120)
    assert lines[1].endswith("has no ACME.  Set it: export ACME=... and try again.")
    assert not left


def test_a_name_shrinks_before_anything_is_left_out_and_what_is_exact_stays_whole() -> None:
    lines, left = _table(COMPANIES, [ACME], 90)
    assert lines == [
        "ID                        NAME                   PHASE          ARR  RENEWAL     TAGS",
        f"{ID}  Acme Robotics Intern…  onboarding  916200  2027-01-31  vip, gold",
    ]
    assert not left


def test_the_last_columns_are_left_out_and_named() -> None:
    lines, left = _table(COMPANIES, [ACME], 76)
    assert lines == [
        "ID                        NAME                PHASE          ARR  RENEWAL",
        f"{ID}  Acme Robotics Int…  onboarding  916200  2027-01-31",
    ]
    assert left == ("TAGS",)


def test_a_narrow_one_has_more_of_a_record_than_its_id() -> None:
    lines, left = _table(COMPANIES, [ACME], 40)
    assert lines == [
        "NAME                  PHASE          ARR",
        "Acme Robotics Inter…  onboarding  916200",
    ]
    assert left == ("ID", "RENEWAL", "TAGS")


def test_prose_goes_on_in_its_own_column() -> None:
    lines, left = _table(FINDINGS, [WRONG, UNSET], 60)
    assert lines == [
        "STATE  OF                 FOUND",
        "                          WHAT TO DO",
        "bad    …/config.yaml:5:3  There is no key theem here.",
        "bad    acme               The environment has no ACME.",
        "                          Set it: export ACME=... and try",
        "                          again.",
    ]
    assert not left


def test_in_few_cells_prose_stands_beneath_its_row() -> None:
    lines, left = _table(FINDINGS, [WRONG, UNSET], 36)
    assert lines == [
        "STATE  OF",
        "  FOUND",
        "  WHAT TO DO",
        "bad    …/planhat-tui/config.yaml:5:3",
        "  There is no key theem here.",
        "bad    acme",
        "  The environment has no ACME.",
        "  Set it: export ACME=... and try",
        "  again.",
    ]
    assert not left


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("Acme Robotics", 8, "Acme Ro…"),
        ("契約契約", 6, "契約…"),
        ("/home/ada/.config/config.yaml:5:3", 16, "…config.yaml:5:3"),
        ("~/config.yaml", 8, "…ig.yaml"),
        ("as it is", 8, "as it is"),
    ],
)
def test_a_cut_text_has_an_ellipsis_and_a_path_keeps_its_end(
    text: str, width: int, shown: str
) -> None:
    assert cut(text, width) == shown


def test_a_text_is_broken_at_blanks_and_a_long_word_where_it_must_be() -> None:
    assert [*wrapped("Run it: chmod 600 /a/long/path", 10)] == [
        "Run it:",
        "chmod 600",
        "/a/long/pa",
        "th",
    ]
    assert [*wrapped("契約契約 x", 5)] == ["契約", "契約", "x"]


words = st.text(st.sampled_from("ab契é/ -1"), max_size=30)
exact = st.sampled_from([ID, "2027-01-31", "916200", "-", "+1 (415) 747-7774"])


@given(
    rows=st.lists(st.tuples(exact, words, exact, words, words), min_size=1, max_size=3),
    prose=st.sets(st.sampled_from([1, 3, 4])),
    width=st.integers(30, 130),
)
def test_every_line_fits_and_nothing_is_lost_unsaid(
    rows: list[tuple[str, ...]], prose: set[int], width: int
) -> None:
    columns = [Column(f"c{n}", f"T{n}", prose=n in prose) for n in range(5)]
    lines, left = _table(columns, rows, width)
    assert all(cells(line) <= width for line in lines)
    text = "\n".join(lines)
    for n, one in enumerate(columns):
        assert (one.title in text) != (one.title in left)
        for texts in rows:
            if n in {0, 2} and one.title not in left:
                assert texts[n] in text
    for letter in "ab契é":
        assert text.count(letter) >= sum(one[n].count(letter) for one in rows for n in prose)
