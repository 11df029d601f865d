from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.commands.output import Format, Style, visible_lines, write
from planhat_tui.commands.results import Column, Done, Exported, Listing, Single
from planhat_tui.errors import InputError
from planhat_tui.model.records import Kind
from planhat_tui.model.tables import cell, defused
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planhat_tui.commands.results import Result
    from planhat_tui.model.values import Json, Raw

COLUMNS = (Column("_id", "ID"), Column("name", "NAME"), Column("arr", "ARR", right=True))
ACME: dict[str, Any] = {"_id": "a1", "name": "Acme", "arr": 1200, "custom": {"Plan": "Gold"}}
LUND: dict[str, Any] = {"_id": "b2", "name": "Łund", "arr": 7.5, "tags": ["a", "b"]}
BOTH = Listing((ACME, LUND), COLUMNS, "local copy, just read")
HOSTILE = (
    "\x1b]0;owned\x07\x1b[31m[bold]x[/] \u202egnp.exe\u2066 \u200b\x9b2J\x7f\ud800\r\n\U000e0041"
)


def _written(result: Result, **style: Any) -> tuple[str, str]:  # noqa: ANN401 -- Style's own
    """Return what goes to stdout and to stderr."""
    out: list[str] = []
    notes: list[str] = []
    write(result, Style(**style), out.append, notes.append)
    return "\n".join(out), "\n".join(notes)


def _raw(text: str) -> set[str]:
    """Return the characters that a terminal would act upon, or hide."""
    return {char for char in text if char != "\n" and visible(char) != char}


# -- tables


def test_a_list_is_a_table_with_titles_numbers_to_the_right() -> None:
    out, note = _written(BOTH)
    assert out.splitlines() == ["ID  NAME   ARR", "a1  Acme  1200", "b2  Łund   7.5"]
    assert note == "local copy, just read"


def test_no_records_are_no_table() -> None:
    assert _written(Listing((), COLUMNS, "nothing")) == ("", "nothing")


def test_nothing_is_shown_as_a_dash() -> None:
    empty: dict[str, Json] = {"_id": "a", "name": "", "arr": None}
    assert _written(Listing((empty,), COLUMNS))[0].splitlines()[1].split() == ["a", "-", "-"]
    assert "Tags  -" in _written(Single({"tags": []}, Kind.COMPANY))[0]


def test_zero_and_no_are_shown_as_they_are() -> None:
    record: dict[str, Json] = {"_id": "a", "name": False, "arr": 0}
    assert _written(Listing((record,), COLUMNS))[0].splitlines()[1].split() == ["a", "false", "0"]


def test_a_record_is_shown_field_by_field_custom_ones_by_their_key() -> None:
    out, _ = _written(Single({"externalId": "x", "custom": {"Plan": "Gold"}}, Kind.COMPANY))
    assert out.splitlines() == ["External id  x", "Plan         Gold"]


def test_a_day_is_shown_without_its_midnight() -> None:
    record: dict[str, Json] = {"renewalDate": "2026-03-01T00:00:00.000Z"}
    assert _written(Single(record))[0] == "renewalDate  2026-03-01"
    assert _written(Single({"at": "2026-03-01T09:30:00.000Z"}))[0].endswith("T09:30:00.000Z")


def test_letters_that_take_two_cells_and_those_that_take_none_are_counted_so() -> None:
    wide: dict[str, Json] = {"_id": "a", "name": "契約", "arr": 1}
    marked: dict[str, Json] = {"_id": "b", "name": "e\u0301te\u0301", "arr": 2}
    lines = _written(Listing((wide, marked), COLUMNS))[0].splitlines()
    assert lines == ["ID  NAME  ARR", "a   契約    1", "b   e\u0301te\u0301     2"]


def test_a_line_fits_the_terminal() -> None:
    long: dict[str, Json] = {"_id": "a" * 60, "name": "契" * 60, "arr": 1}
    for line in _written(Listing((long,), COLUMNS), width=40)[0].splitlines():
        assert sum(2 if char == "契" else 1 for char in line) <= 40


def test_a_terminal_is_told_once_what_it_has_no_room_for() -> None:
    many = Listing((ACME | {"name": "Acme" * 20}, LUND), (*COLUMNS, Column("tags", "TAGS")), "age")
    out, note = _written(many, width=24)
    assert "TAGS" not in out
    assert note == "No room for TAGS: --fields chooses what is shown, -o csv has all.\nage"
    assert _written(many, width=24, quiet=True) == (out, "")
    assert _written(many) == (_written(many, width=240)[0], "age")


def test_records_of_several_kinds_are_read_aloud_kind_by_kind_names_first() -> None:
    found: list[dict[str, Json]] = [
        {"kind": "company", "_id": "a1", "name": "Acme"},
        {"kind": "contact", "_id": "b1", "name": "Ada"},
        {"kind": "contact", "_id": "b2", "name": "Bo"},
    ]
    columns = (Column("kind", "KIND"), Column("_id", "ID"), Column("name", "NAME"))
    out, _ = _written(Listing(tuple(found), columns, by="kind"), format="facts")
    assert out.split("\n\n") == [
        "KIND: company, 1",
        "NAME: Acme\nID: a1",
        "KIND: contact, 2",
        "NAME: Ada\nID: b1",
        "NAME: Bo\nID: b2",
    ]
    plain, _ = _written(Listing(tuple(found[:1]), columns[1:]), format="facts")
    assert plain == "NAME: Acme\nID: a1"


def test_outside_a_terminal_nothing_is_cut() -> None:
    long: dict[str, Json] = {"_id": "a" * 300, "name": "x", "arr": 1}
    assert "a" * 300 in _written(Listing((long,), COLUMNS))[0]


# -- documents


def test_json_is_one_document_in_the_apis_own_names() -> None:
    assert json.loads(_written(BOTH, format="json")[0]) == [ACME, LUND]
    assert json.loads(_written(Single(ACME, Kind.COMPANY), format="json")[0]) == ACME
    assert json.loads(_written(Listing((), COLUMNS), format="json")[0]) == []


def test_json_of_a_deed_is_the_record_or_a_list_where_there_may_be_several() -> None:
    assert json.loads(_written(Done("done", (ACME,)), format="json")[0]) == ACME
    assert json.loads(_written(Done("done", (ACME,), many=True), format="json")[0]) == [ACME]
    assert json.loads(_written(Done("nothing to change"), format="json")[0]) is None
    assert json.loads(_written(Done("nothing", many=True), format="json")[0]) == []


def test_jsonl_is_a_record_a_line() -> None:
    lines = _written(BOTH, format="jsonl")[0].splitlines()
    assert [json.loads(line) for line in lines] == [ACME, LUND]


def test_letters_of_any_script_stay_readable_in_json() -> None:
    assert "Łund" in _written(BOTH, format="json")[0]


def test_ids_alone_one_a_line() -> None:
    assert _written(BOTH, format="id")[0].splitlines() == ["a1", "b2"]
    edits = Listing(({"n": 7, "id": "a1"}, {"name": "acme"}, {"text": "none"}), COLUMNS)
    assert _written(edits, format="id")[0].splitlines() == ["7", "acme"]


def test_csv_has_the_columns_of_the_table_named_as_in_the_api() -> None:
    assert _written(BOTH, format="csv")[0].splitlines() == [
        "_id,name,arr",
        "a1,Acme,1200",
        "b2,Łund,7.5",
    ]


def test_csv_of_one_record_has_all_of_its_fields() -> None:
    rows = list(csv.reader(io.StringIO(_written(Single(LUND, Kind.COMPANY), format="csv")[0])))
    assert rows == [["_id", "name", "arr", "tags"], ["b2", "Łund", "7.5", "a, b"]]


def test_csv_keeps_lines_quotes_and_commas() -> None:
    text = 'a "b", c\nd'
    out, _ = _written(Listing(({"_id": text, "name": "", "arr": None},), COLUMNS), format="csv")
    assert list(csv.reader(io.StringIO(out)))[1] == [text, "", ""]


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+2", "@x", "\tx", '=HYPERLINK("x")'])
def test_no_spreadsheet_takes_a_cell_for_a_formula(text: str) -> None:
    out, _ = _written(Listing(({"_id": text, "name": "x", "arr": 0},), COLUMNS), format="csv")
    assert next(csv.reader(io.StringIO(out.split("\n", 1)[1])))[0][0] not in "=+-@\t\r"
    assert defused(text) == f"'{text}"


def test_a_cell_that_is_no_formula_stays_as_it_is() -> None:
    assert defused("a=b") == "a=b"
    assert defused("") == ""


def test_neither_is_a_title_of_a_column_one() -> None:
    out, _ = _written(Single({"=cmd": 1, HOSTILE: 2}), format="csv")
    assert next(csv.reader(io.StringIO(out)))[0] == "'=cmd"
    assert not _raw(out)


# -- what is picked, and what is left out


def test_only_the_fields_that_were_asked_for() -> None:
    fields = ("name", "custom.Plan")
    picked = [{"name": "Acme", "custom.Plan": "Gold"}, {"name": "Łund", "custom.Plan": None}]
    assert json.loads(_written(BOTH, format="json", fields=fields)[0]) == picked
    lines = _written(BOTH, format="jsonl", fields=fields)[0].splitlines()
    assert [json.loads(line) for line in lines] == picked
    assert _written(BOTH, format="csv", fields=fields)[0].splitlines() == [
        "name,custom.Plan",
        "Acme,Gold",
        "Łund,",
    ]
    assert _written(BOTH, fields=fields)[0].splitlines() == [
        "NAME  CUSTOM.PLAN",
        "Acme  Gold",
        "Łund  -",
    ]
    assert json.loads(_written(Single(ACME), format="json", fields=("arr",))[0]) == {"arr": 1200}
    assert _written(Single(ACME, Kind.COMPANY), fields=("custom.Plan",))[0] == "Plan  Gold"


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_field_that_nothing_could_have_is_refused_with_the_nearest(form: Format) -> None:
    with pytest.raises(InputError, match="Nothing here has a field nmae"):
        _written(BOTH, format=form, fields=("nmae",))
    assert _written(BOTH, format="csv", fields=("city",))[0].splitlines()[0] == "city"


def test_a_field_is_looked_at_where_nothing_is_found_as_well() -> None:
    nothing = Listing((), (), kind=Kind.COMPANY)
    with pytest.raises(InputError, match="Did you mean name"):
        _written(nothing, format="json", fields=("nmae",))
    assert _written(nothing, format="json", fields=("name", "__v", "custom.Plan"))[0] == "[]"


def test_what_was_done_is_told_though_a_field_of_the_answer_is_not_there() -> None:
    out, told = _written(Done("Done.", (ACME,)), format="json", fields=("nmae",))
    assert json.loads(out) == {"nmae": None}
    assert told.splitlines() == ["Done.", "Nothing here has a field nmae.  Did you mean name?"]


def test_fields_that_hold_a_dot_in_their_name() -> None:
    record: dict[str, Json] = {"_id": "a", "custom": {"CRM.Account.ID": "7"}}
    out, _ = _written(Single(record), format="json", fields=("custom.CRM.Account.ID",))
    assert json.loads(out) == {"custom.CRM.Account.ID": "7"}


def test_records_are_written_as_they_are_read() -> None:
    written: list[str] = []

    def read() -> Iterator[Raw]:
        yield ACME
        assert len(written) == 1, "the first isn't kept until the next is read"
        yield LUND

    write(Exported(Kind.COMPANY, read(), ()), Style("jsonl"), written.append, written.append)
    assert [json.loads(line) for line in written] == [ACME, LUND]


def test_a_field_that_there_cannot_be_is_told_before_the_first_record_is_written() -> None:
    streamed = Exported(Kind.COMPANY, iter((ACME, LUND)), ())
    with pytest.raises(InputError, match="has a field nme"):
        _written(streamed, format="jsonl", fields=("nme",))
    streamed = streamed._replace(records=iter((ACME, LUND)))
    out, _ = _written(streamed, format="jsonl", fields=("name", "phase"))
    assert [json.loads(line)["name"] for line in out.splitlines()] == ["Acme", "Łund"]


def test_quiet_leaves_data_and_no_sentence() -> None:
    out, note = _written(BOTH, quiet=True)
    assert out
    assert note == ""


def test_quiet_still_tells_what_went_wrong() -> None:
    refused = Done("Two: refused. It has that external id.", exit_status=4)
    assert _written(refused, quiet=True) == ("", refused.text)
    assert _written(refused._replace(exit_status=0), quiet=True) == ("", "")


def test_a_deed_tells_on_stderr_alone() -> None:
    assert _written(Done("Tag x on Acme: delivered.", (ACME,))) == ("", "Tag x on Acme: delivered.")


# -- cells


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (1200.0, "1200"),
        (7.5, "7.5"),
        (1e300, "1e+300"),
        (float("inf"), "Infinity"),
        (["a", "b"], "a, b"),
        (["a, b"], '["a, b"]'),
        ({"x": [1]}, '{"x": [1]}'),
    ],
)
def test_a_value_as_the_text_of_a_cell(value: Json, text: str) -> None:
    assert cell(value) == text


# -- hostile text


texts = st.text(
    alphabet=st.sampled_from(
        [*HOSTILE, "\u2028", "\ufeff", "\u0085", "=", ",", '"', "é", "\u0301"]
    ),
    max_size=8,
).map(lambda text: json.loads(json.dumps(text)))  # as JSON gives it: no split pairs
values = st.recursive(
    texts | st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, width=16),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
records = st.dictionaries(texts | st.sampled_from(["_id", "name", "custom"]), values, max_size=4)


def _results(found: list[dict[str, Json]], text: str) -> list[Result]:
    columns = (Column("_id", "ID"), Column("name", "NAME"), Column("custom", "CUSTOM"))
    single: list[Result] = [Single(record, Kind.COMPANY, text) for record in found[:1]]
    return [Listing(tuple(found), columns, text), Done(text, tuple(found)), *single]


@given(found=st.lists(records, max_size=3), text=texts)
@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "id"])
@pytest.mark.parametrize("width", [0, 30])
def test_nothing_hostile_reaches_a_terminal(
    form: str, width: int, found: list[dict[str, Json]], text: str
) -> None:
    for result in _results(found, text):
        out, note = _written(result, format=form, width=width)
        assert not _raw(out)
        assert not _raw(note)
        out.encode()


@given(found=st.lists(records, max_size=3))
def test_and_json_loses_nothing_of_it(found: list[dict[str, Json]]) -> None:
    listing = Listing(tuple(found), COLUMNS)
    assert json.loads(_written(listing, format="json")[0]) == found
    lines = _written(listing, format="jsonl")[0].splitlines()
    assert [json.loads(line) for line in lines] == found


def test_markup_is_text() -> None:
    out, _ = _written(Single({"name": "[bold red]x[/]"}))
    assert out == "name  [bold red]x[/]"


def test_a_sentence_of_several_lines_keeps_them() -> None:
    assert visible_lines("one\ntwo\x1b[0m") == "one\ntwo␛[0m"
