from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from planhat_tui.errors import InputError
from planhat_tui.workspace import tablefiles
from planhat_tui.workspace.tablefiles import TableFile

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [["name", "phase"], ["Acmé; Inc", "on"], ["", ""], ['Say "hi"\nthere', "won"]]
WANTED = [
    (2, {"name": "Acmé; Inc", "phase": "on"}),
    (4, {"name": 'Say "hi"\nthere', "phase": "won"}),
]


def _rows(path: Path, encoding: str = "") -> list[tuple[int, dict[str, Any]]]:
    file = TableFile(path, encoding)
    first = [(row.number, dict(row.cells)) for row in file.rows()]
    assert [(row.number, dict(row.cells)) for row in file.rows()] == first, "it is read twice"
    return first


def _csv(between: str = ",") -> str:
    told = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in ROWS]
    return "".join(f"{between.join(row)}\r\n" for row in told)


@pytest.mark.parametrize("between", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom"])
def test_csv_is_read_whatever_stands_between_and_in_any_unicode(
    tmp_path: Path, between: str, encoding: str
) -> None:
    path = tmp_path / "a.csv"
    text = _csv(between)
    if encoding == "utf-16-le-bom":
        path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    else:
        path.write_bytes(text.encode(encoding))
    assert _rows(path) == WANTED


def test_another_encoding_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(_csv().encode("latin-1"))
    with pytest.raises(InputError, match=r"isn't UTF-8\.  Name its encoding, such as --encoding"):
        _rows(path)
    assert _rows(path, "latin-1") == WANTED
    with pytest.raises(InputError, match="There is no encoding klingon"):
        TableFile(path, "klingon")
    with pytest.raises(InputError, match="isn't ascii"):
        _rows(path, "ascii")


def test_a_first_line_may_say_what_stands_between(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=;\nname;phase\nAcme, Inc;on\n")
    assert _rows(path) == [(2, {"name": "Acme, Inc", "phase": "on"})]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "The file is empty"),
        ("a,a\n1,2\n", "Two columns are called a"),
        ("a,,b\n", "Column 2 has no name"),
        ('a,b\n"1,2\n', "Line 2 isn't proper CSV"),
    ],
)
def test_what_is_no_table_says_why(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=why):
        list(TableFile(path).rows())


def test_a_row_that_is_too_wide_is_a_fault_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2,3\n4\n5,6,\n")
    wide, narrow, fits = TableFile(path).rows()
    assert wide.fault == "It has 3 cells, the header 2."
    assert (dict(narrow.cells), narrow.fault, fits.fault) == ({"a": "4"}, "", "")


def test_json_keeps_types_and_spreads_custom_fields(tmp_path: Path) -> None:
    records = [{"name": "A", "custom": {"Seats": 5}}, {"arr": 1.5, "tags": ["x"], "custom": {}}]
    wanted = [
        (1, {"name": "A", "custom.Seats": 5}),
        (2, {"arr": 1.5, "tags": ["x"]}),
    ]
    (tmp_path / "a.json").write_text(json.dumps(records, indent=1), encoding="utf-8-sig")
    (tmp_path / "a.jsonl").write_text("\n\n".join(map(json.dumps, records)))
    assert _rows(tmp_path / "a.json") == wanted
    assert [cells for _, cells in _rows(tmp_path / "a.jsonl")] == [cells for _, cells in wanted]
    assert TableFile(tmp_path / "a.json").columns == ("name", "custom.Seats", "arr", "tags")


def test_json_is_read_a_piece_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tablefiles, "_CHUNK", 3)
    records = [{"name": f"A {n}", "custom": {"n": n}} for n in range(20)]
    (tmp_path / "a.json").write_text(f" \n[{', '.join(map(json.dumps, records))} ]\n ")
    assert [cells["custom.n"] for _, cells in _rows(tmp_path / "a.json")] == list(range(20))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1}', "isn't a JSON list"),
        ('[{"a": 1}', "After record 1"),
        ('[{"a": 1} {"a": 2}]', "After record 1"),
        ('[{"a": 1},]', "Record 2 isn't proper"),
        ('[{"a": nix}]', "Record 1 isn't proper"),
        ('[{"a": NaN}]', "Record 1 isn't proper"),
        ('[{"a": 1}] x', "goes on after"),
        ("[1]", "Record 1 is no object"),
        ("[]", "holds no records"),
        ("", "isn't a JSON list"),
        ("[" + '{"a":' * 100_000, "Record 1 isn't proper"),
    ],
)
def test_what_is_no_json_list_says_where(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InputError, match=why):
        list(TableFile(path).rows())


def test_a_sheet_gives_values_days_and_numbers_as_texts(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["name", "renewalDate", "seats", "ratio", "beta", "sum", "at"])
    day = datetime(2026, 3, 1)  # noqa: DTZ001 -- a sheet knows no zones
    sheet.append(["Acmé", day, 5.0, 0.5, True, "=1+1", day.replace(hour=7)])
    sheet.append([None] * 7)
    sheet.append(["Lund"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    (first_number, first), (second_number, second) = _rows(path)
    assert first == {
        "name": "Acmé",
        "renewalDate": "2026-03-01",
        "seats": "5",
        "ratio": "0.5",
        "beta": "true",
        "sum": "",  # nobody has calculated it yet; a formula is never taken
        "at": "2026-03-01T07:00:00Z",
    }
    assert (first_number, second_number, second["name"]) == (2, 4, "Lund")


def test_what_is_no_sheet_and_no_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(InputError, match="is no XLSX file"):
        TableFile(tmp_path / "a.xlsx")
    with pytest.raises(InputError, match="can't be read: No such file"):
        TableFile(tmp_path / "none.csv")
    with pytest.raises(InputError, match="doesn't tell its format"):
        TableFile(tmp_path / "a.pdf")
