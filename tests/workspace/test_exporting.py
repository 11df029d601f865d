from __future__ import annotations

import csv
import io
import json
import stat
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from planhat_tui.errors import InputError, StorageError
from planhat_tui.model.records import Kind
from planhat_tui.workspace import sheets
from planhat_tui.workspace.exporting import FORMATS, Table, export
from planhat_tui.workspace.sheets import read_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planhat_tui.model.values import Raw

PATHS = ("_id", "name", "owner", "arr", "renewalDate", "tags", "custom.Beta")
RECORDS: tuple[dict[str, Any], ...] = (
    {
        "_id": "a1",
        "name": "=HYPERLINK(1)",
        "owner": "u1",
        "arr": 1200.5,
        "renewalDate": "2026-03-01T00:00:00.000Z",
        "tags": ["vip", "east"],
        "custom": {"Beta": True},
    },
    {"_id": "+46 70 1", "name": "\x1b[2J\ud800", "arr": 10**20, "renewalDate": "1899-01-01"},
)


def _table(records: Any = RECORDS, paths: tuple[str, ...] = PATHS, **more: Any) -> Table:  # noqa: ANN401 -- Table's own
    return Table(Kind.COMPANY, records, paths, more.get("picked", ()), {"u1": "Anna Lind"})


@pytest.mark.parametrize("end", FORMATS)
def test_a_file_is_its_owners_alone_and_has_every_record(tmp_path: Path, end: str) -> None:
    path = tmp_path / f"out{end}"
    assert export(path, _table()).records == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == [path.name]


def test_csv_and_json_say_the_same(tmp_path: Path) -> None:
    export(tmp_path / "a.csv", _table())
    export(tmp_path / "a.json", _table())
    export(tmp_path / "a.jsonl", _table(picked=("_id", "custom.Beta")))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8"))))
    assert rows[0]["owner"] == "Anna Lind"
    assert rows[0]["name"] == "'=HYPERLINK(1)"
    assert rows[1]["_id"] == "+46 70 1"
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == list(RECORDS)
    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0]) == {"_id": "a1", "custom.Beta": True}


def test_a_sheet_has_numbers_days_and_texts_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert export(path, _table()).cut == 0
    sheet = openpyxl.load_workbook(path).worksheets[0]
    header, first, second = sheet.iter_rows()
    assert [one.value for one in header] == list(PATHS)
    assert [one.data_type for one in first] == ["s", "s", "s", "n", "d", "s", "b"]
    assert first[1].value == "=HYPERLINK(1)"
    assert first[4].value == datetime(2026, 3, 1)  # noqa: DTZ001 -- a sheet knows no zones
    assert [one.value for one in second[:5]] == [
        "+46 70 1",
        "\u241b[2J\ufffd",
        None,
        "100000000000000000000",
        "1899-01-01",
    ]


def test_a_sheet_is_read_as_the_texts_that_a_csv_would_have(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    export(path, _table())
    rows = list(read_sheet(path))
    assert rows[1] == [
        "a1",
        "=HYPERLINK(1)",
        "Anna Lind",
        "1200.5",
        "2026-03-01",
        "vip, east",
        "true",
    ]


def test_what_a_sheet_cant_hold_goes_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "ROWS", 3)
    records = [{"_id": str(n)} for n in range(5)]
    export(tmp_path / "a.xlsx", _table(records, ("_id",)))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [[row[0].value for row in sheet.iter_rows()] for sheet in book.worksheets] == [
        ["_id", "0", "1"],
        ["_id", "2", "3"],
        ["_id", "4"],
    ]


def test_cells_that_are_too_long_are_counted(tmp_path: Path) -> None:
    records = [{"_id": "x" * 40_000}]
    assert export(tmp_path / "a.xlsx", _table(records, ("_id",))).cut == 1
    assert export(tmp_path / "a.csv", _table(records, ("_id",))).cut == 0


def test_what_is_there_is_replaced_only_on_purpose(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine")
    with pytest.raises(InputError, match=r"is there already; it was left as it is\.  --force"):
        export(path, _table())
    assert path.read_text() == "mine"
    export(path, _table(), replace=True)
    assert path.read_text().startswith("_id,")


@pytest.mark.parametrize("end", FORMATS)
def test_a_failure_in_the_middle_leaves_what_was_there(
    tmp_path: Path, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking() -> Iterator[Raw]:
        yield from RECORDS
        raise StorageError("The copy is damaged.")

    path = tmp_path / f"a{end}"
    path.write_text("mine")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(StorageError, match="damaged"):
        export(path, _table(breaking()), replace=True)
    assert path.read_text() == "mine"
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == [path.name]


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StorageError, match="No space left"):
        export(tmp_path / "a.csv", _table())
    assert not [one for one in tmp_path.iterdir() if one.is_file()]


def test_places_that_are_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        export(tmp_path / "folder.csv", _table())
    with pytest.raises(InputError, match="There is no folder"):
        export(tmp_path / "none" / "a.csv", _table())
    with pytest.raises(InputError, match=r"Did you mean \.xlsx\?"):
        export(tmp_path / "a.xls", _table())
    (tmp_path / "null.csv").symlink_to("/dev/null")
    with pytest.raises(InputError, match="no plain file"):
        export(tmp_path / "null.csv", _table(), replace=True)
