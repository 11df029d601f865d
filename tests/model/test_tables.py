from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.errors import InputError
from planhat_tui.model import tables
from planhat_tui.model.records import Kind
from planhat_tui.model.tables import csv_lines
from planhat_tui.tui.presentation import columns

if TYPE_CHECKING:
    from planhat_tui.model.values import Json, Raw

USERS = {"u1": "Anna Lind"}


def test_nothing_named_is_the_usual_columns() -> None:
    assert tables.columns_of(Kind.COMPANY, [], ["Plan"]) == tables.USUAL[Kind.COMPANY]


def test_columns_are_named_by_field_by_word_by_list_and_custom_fields_by_their_name() -> None:
    names = ["name", "Renewal", " arr ", "custom.Plan", "kick-off", "domain"]
    paths = tables.columns_of(Kind.COMPANY, names, ["Plan", "Kick-off"])
    assert paths == ("name", "renewalDate", "arr", "custom.Plan", "custom.Kick-off", "domains")


def test_all_is_every_field_and_every_custom_one_each_once() -> None:
    paths = tables.columns_of(Kind.CONTACT, ["email", "all"], ["Plan"])
    assert paths[0] == "email"
    assert {"_id", "companyId", "otherEmails", "custom.Plan"} <= set(paths)
    assert "custom" not in paths
    assert len(paths) == len(set(paths))


def test_a_slip_names_the_nearest_column() -> None:
    with pytest.raises(InputError, match=r"There is no column fase\.  Did you mean phase\?"):
        tables.columns_of(Kind.COMPANY, ["fase"], [])


def test_each_column_of_the_lists_on_screen_is_one_of_a_table() -> None:
    for kind, known in ((Kind.COMPANY, columns.COMPANIES), (Kind.CONTACT, columns.CONTACTS)):
        keys = [column.key for column in known if column.key not in tables.BESIDE]
        assert tables.columns_of(kind, keys, [])


@pytest.mark.parametrize(
    "text", ["-5", "+46 70 123 45 67", "+46701234567", "-12.50", "+46 (0)70 12", "1,200.5", "a=b"]
)
def test_numbers_and_phone_numbers_stay_as_they_are(text: str) -> None:
    assert tables.defused(text) == text


@pytest.mark.parametrize(
    "text", ["=1", "+1+1", "-1-2", "@SUM(A1)", "\t=1", "\r=1", "-cmd|' /C'!A1"]
)
def test_what_could_be_a_formula_is_text_and_read_back_as_it_was(text: str) -> None:
    assert tables.defused(text) == f"'{text}"
    assert tables.plain(tables.defused(text)) == text


@given(st.text(max_size=12))
def test_no_cell_begins_like_a_formula_but_numbers_do(text: str) -> None:
    safe = tables.defused(text)
    assert not safe.startswith(("=", "@", "\t", "\r"))
    assert (
        not safe.startswith(("+", "-"))
        or set(safe[1:]) <= set("0123456789 .,()")
        or (safe[1:].isdecimal())
    )
    if not text.startswith("'"):
        assert tables.plain(safe) == text


def test_an_owner_is_told_by_name_if_only_one_is_called_so() -> None:
    users = tables.names_of([("u1", "Anna Lind"), ("u2", "Bo Ek"), ("u3", "bo ek"), ("u4", "")])
    assert users == {"u1": "Anna Lind"}
    assert tables.told(Kind.COMPANY, "owner", "u1", users) == "Anna Lind"
    assert tables.told(Kind.COMPANY, "owner", "u2", users) == "u2"
    assert tables.told(Kind.COMPANY, "name", "u1", users) == "u1"
    assert tables.told(Kind.COMPANY, "custom.owner", "u1", users) == "u1"


def test_csv_has_its_columns_and_no_control_characters() -> None:
    records: list[dict[str, Json]] = [
        {"_id": "a", "name": 'A "b", c\nd', "owner": "u1", "arr": 5.0, "tags": ["x", "y"]},
        {"_id": "b", "name": "=1\x1b[2J", "custom": {"Plan": True}},
    ]
    paths = ("_id", "name", "owner", "arr", "tags", "custom.Plan")
    text = "\n".join(tables.csv_lines(Kind.COMPANY, paths, records, USERS))
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [
        list(paths),
        ["a", 'A "b", c\nd', "Anna Lind", "5", "x, y", ""],
        ["b", "'=1\u241b[2J", "", "", "", "true"],
    ]


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=3), min_size=1, max_size=4))
def test_csv_gives_back_each_cell_whatever_stands_in_it(rows: list[list[str]]) -> None:
    text = "\n".join(map(tables.csv_line, rows))
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [[tables.plain(cell) for cell in row] for row in read] == [
        [tables.plain(tables.defused(cell)) for cell in row] for row in rows
    ]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_cell_with_nothing_but_a_line_break_in_it_is_one_cell(end: str) -> None:
    text = tables.csv_line([f"one{end}two", "won"])
    assert list(csv.reader(io.StringIO(text, newline=""))) == [[f"one{end}two", "won"]]


def test_json_is_one_array_of_what_was_picked() -> None:
    records: list[dict[str, Json]] = [{"_id": "a", "custom": {"Plan": 1}}, {"_id": "b"}]
    lines = list(tables.json_lines(records, ("_id", "custom.Plan")))
    assert json.loads("\n".join(lines)) == [
        {"_id": "a", "custom.Plan": 1},
        {"_id": "b", "custom.Plan": None},
    ]
    assert json.loads("\n".join(tables.json_lines(records))) == records
    assert list(tables.json_lines([])) == ["[]"]


@given(st.text(max_size=8))
def test_json_loses_nothing_and_shows_a_terminal_nothing(text: str) -> None:
    told = tables.as_json({"name": text})
    assert json.loads(told) == {"name": text}
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_a_list_of_nothing_is_an_empty_cell() -> None:
    tagged: list[Raw] = [{"_id": "c1", "tags": []}, {"_id": "c2", "tags": ["a", "b"]}]
    told = [*csv_lines(Kind.COMPANY, ["_id", "tags"], tagged, {})]
    assert told[1:] == ["c1,", 'c2,"a, b"']
