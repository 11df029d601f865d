"""XLSX, written and read a row at a time."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, time
from typing import IO, TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from planhat_tui.model.custom import is_date
from planhat_tui.model.edits import value_at
from planhat_tui.model.tables import LONGEST, cell, told
from planhat_tui.model.text import visible, visible_block
from planhat_tui.workspace.exporting import Written
from planhat_tui.workspace.tablefiles import SheetError
from planhat_tui.workspace.valuing import MIDNIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.cell import Cell

    from planhat_tui.model.values import Json
    from planhat_tui.workspace.exporting import Table

ROWS: Final = 1_048_576
"""Rows that a sheet can hold, its header with them."""

DAMAGED: Final = (BadZipFile, ParseError, KeyError, ValueError, IndexError)
"""What openpyxl lets through for a file that is no XLSX."""

_FAILED: Final = "e"
"""The type of a cell that holds an error."""

_LARGEST: Final = 10**15
"""Larger whole numbers lose digits in a spreadsheet."""

_OLDEST: Final = date(1900, 3, 1)
"""Earlier days are counted in two ways by spreadsheets."""


def write_sheet(file: IO[bytes], table: Table) -> Written:
    """Write a table as XLSX; what one sheet can't hold goes on in the next."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    try:
        written = _fill(book, table)
        book.save(file)
    except BaseException:
        _forget(book)
        raise
    return written


def _fill(book: Workbook, table: Table) -> Written:
    from openpyxl.cell import WriteOnlyCell

    title = f"{table.kind}"
    sheet = book.create_sheet(title)
    count = cut = row = 0

    def made(value: Json) -> Cell:
        nonlocal cut
        fit, shorter = _fit(value)
        cut += shorter
        one = WriteOnlyCell(sheet, value=fit)
        if isinstance(fit, str):
            one.data_type = "s"  # a text, also where it begins like a formula or an error
        elif isinstance(fit, datetime):
            one.number_format = "yyyy-mm-dd"
        return one

    header = [visible(path) for path in table.columns]
    sheet.append([made(title) for title in header])
    for record in table.records:
        if row == ROWS - 1:
            sheet, row = book.create_sheet(f"{title} {len(book.sheetnames) + 1}"), 0
            sheet.append([made(one) for one in header])
        values = (
            told(table.kind, path, value_at(record, path), table.users) for path in table.columns
        )
        sheet.append([made(value) for value in values])
        count, row = count + 1, row + 1
    return Written(count, cut)


def _forget(book: Workbook) -> None:
    """Close what was begun, and remove the files in which openpyxl keeps rows meanwhile."""
    from openpyxl.utils.exceptions import WorkbookAlreadySaved

    for sheet in book.worksheets:
        with contextlib.suppress(WorkbookAlreadySaved, OSError, ValueError):
            sheet.close()
            sheet._writer.cleanup()  # type: ignore[attr-defined] # noqa: SLF001 -- else at the exit


def _fit(value: Json) -> tuple[str | float | datetime | None, bool]:
    """Return a value as a cell has it, and whether it was too long for that."""
    if value is None or isinstance(value, bool):
        return value, False
    if isinstance(value, int | float) and abs(value) < _LARGEST:
        return value, False
    text = visible_block(cell(value))
    if is_date(text) and (len(text) == 10 or MIDNIGHT.fullmatch(text)):
        day = date.fromisoformat(text[:10])
        if day >= _OLDEST:
            return datetime.combine(day, time()), False
    return text[:LONGEST], len(text) > LONGEST


def read_sheet(path: Path) -> Iterator[list[str]]:
    """Give the rows of the first sheet as texts: values alone, never formulas.

    A cell that failed is a :class:`SheetError`. Raises what is in :data:`DAMAGED`.
    """
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # files of other programs may tell them wrong
        for row in sheet.iter_rows():
            yield [
                SheetError(one.value) if one.data_type == _FAILED else _text(one.value)
                for one in row
            ]
    finally:
        book.close()


def _text(value: Any) -> str:  # noqa: ANN401 -- whatever a cell may hold
    """Return a cell as it would stand in a text file: days and moments as ISO 8601."""
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            moment = value.replace(tzinfo=value.tzinfo or UTC)
            return moment.isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case str() | bool() | int() | float():
            return cell(value)
    return str(value)
