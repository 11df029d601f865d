"""Tables in files, read a row at a time: CSV, JSON, JSON lines, XLSX.

A row has its number as a spreadsheet counts, the header being 1; in JSON it's the record's place,
from 1. Cells of CSV and XLSX are texts, those of JSON what they are there; one that
failed in XLSX is a :class:`SheetError`.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import json
import re
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from planhat_tui.errors import InputError
from planhat_tui.model.edits import custom_path
from planhat_tui.model.text import visible
from planhat_tui.workspace.exporting import format_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from planhat_tui.model.values import Json

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BETWEEN: Final = ",;\t|"
_SEPARATOR: Final = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_LONGEST: Final = 16 * 2**20
"""Characters that a cell, or a record of JSON, may have."""
_CHUNK: Final = 2**16


class SheetError(str):
    """What stands in a cell of a sheet that failed, such as ``#REF!``: it is no value."""

    __slots__ = ()


class Row(NamedTuple):
    """A row: its number, and its cells by their columns. ``fault`` says why it can't be read."""

    number: int
    cells: Mapping[str, Json]
    fault: str = ""


class TableFile:
    """A file that can be read over and over. ``columns`` are in the file's order.

    ``encoding`` is told by the file's first bytes, or else UTF-8, unless somebody names it.
    Raises :class:`InputError` for what can't be read, with the row where that is known.
    """

    def __init__(self, path: Path, encoding: str = "") -> None:
        self.path = path
        self._format = format_of(path)
        self._encoding = encoding
        if encoding:
            _check_encoding(encoding)
        with self._translated():
            self.columns = self._columns()

    def rows(self) -> Iterator[Row]:
        """Give the rows, without those that are empty."""
        with self._translated():
            if self._format in {".csv", ".xlsx"}:
                yield from self._cells()
            else:
                for number, record in self._records():
                    yield Row(number, _flat(record))

    def _columns(self) -> tuple[str, ...]:
        if self._format in {".csv", ".xlsx"}:
            _, header = next(self._lines(), (0, []))
            names = [visible(name.strip()) for name in header]
            while names and not names[-1]:
                names.pop()
            _check_header(names)
            return tuple(names)
        found: dict[str, None] = {}
        for _, record in self._records():
            found |= dict.fromkeys(_flat(record))
        if not found:
            raise InputError(f"{self.path.name} holds no records.", "A JSON list of objects.")
        return tuple(found)

    # -- tables

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """Give the rows that aren't empty, with their numbers."""
        lines = self._csv() if self._format == ".csv" else self._sheet()
        for number, cells in enumerate(lines, start=1):
            if any(cell.strip() for cell in cells):
                yield number, cells

    def _cells(self) -> Iterator[Row]:
        lines = self._lines()
        next(lines, None)
        width = len(self.columns)
        for number, cells in lines:
            more = [cell for cell in cells[width:] if cell.strip()]
            fault = f"It has {len(cells)} cells, the header {width}." if more else ""
            yield Row(number, dict(zip(self.columns, cells, strict=False)), fault)

    def _csv(self) -> Iterator[list[str]]:
        with self._text() as file:
            first = file.readline(_CHUNK)
            file.seek(0)
            told = _SEPARATOR.fullmatch(first)
            between = told[1] if told else _between(first)
            csv.field_size_limit(_LONGEST)
            reader = csv.reader(file, delimiter=between, strict=True)
            try:
                for cells in reader:
                    if not (told and reader.line_num == 1):
                        yield cells
            except csv.Error as why:
                raise InputError(f"Line {reader.line_num} isn't proper CSV: {why}.") from None

    def _sheet(self) -> Iterator[list[str]]:
        from planhat_tui.workspace.sheets import DAMAGED, read_sheet

        try:
            yield from read_sheet(self.path)
        except DAMAGED:
            name = visible(self.path.name)
            raise InputError(f"{name} is no XLSX file.", "Save it as XLSX or CSV.") from None

    # -- JSON

    def _records(self) -> Iterator[tuple[int, dict[str, Json]]]:
        with self._text() as file:
            found = _json_lines(file) if self._format == ".jsonl" else _json_list(file)
            for number, record in found:
                if not isinstance(record, dict):
                    raise InputError(f"Record {number} is no object.", "Give a list of objects.")
                yield number, record

    # -- text

    def _text(self) -> IO[str]:
        encoding = self._encoding
        if not encoding:
            with self.path.open("rb") as file:
                start = file.read(4)
            encoding = next((name for bom, name in _BOMS if start.startswith(bom)), "utf-8")
        return self.path.open(encoding=encoding, newline="")

    def _translated(self) -> AbstractContextManager[None]:
        return _translated(visible(self.path.name), self._encoding or "UTF-8")


@contextlib.contextmanager
def _translated(name: str, encoding: str) -> Iterator[None]:
    """Let what goes wrong with a file be an :class:`InputError`."""
    try:
        yield
    except UnicodeError:
        advice = "Name its encoding, such as --encoding latin-1."
        raise InputError(f"{name} isn't {encoding}.", advice, field="encoding") from None
    except OSError as error:
        raise InputError(f"{name} can't be read: {error.strerror or error}.") from None


def _check_encoding(name: str) -> None:
    try:
        codecs.lookup(name)
    except LookupError:
        raise InputError(
            f"There is no encoding {visible(name)}.",
            "Such as utf-8, utf-16, latin-1, cp1252.",
            field="encoding",
        ) from None


def _check_header(names: Sequence[str]) -> None:
    if not names:
        raise InputError("The file is empty.", "Its first row has the names of the columns.")
    for place, name in enumerate(names, start=1):
        if not name:
            raise InputError(f"Column {place} has no name.", "Give it one in the first row.")
        if name in names[: place - 1]:
            raise InputError(f"Two columns are called {name}.", "Rename one of them.")


def _between(header: str) -> str:
    """Return what stands between the cells of a header: what is there most often, unquoted."""
    bare = re.sub(r'"[^"]*"', "", header)
    return max(_BETWEEN, key=lambda one: (bare.count(one), one == ","))


def _flat(record: Mapping[str, Json]) -> dict[str, Json]:
    """Return the fields of a record, those of ``custom`` one by one."""
    found: dict[str, Json] = {}
    for name, value in record.items():
        if name == "custom" and isinstance(value, dict):
            found |= {custom_path(key): one for key, one in value.items()}
        else:
            found[name] = value
    return found


def _json_lines(file: IO[str]) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(file, start=1):
        if line.strip():
            yield number, _decoded(line, number)


def _decoded(text: str, number: int) -> object:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise InputError(f"Line {number} isn't proper JSON.") from None


def _no_number(name: str) -> object:
    """Refuse what is no JSON, such as ``NaN``: it can't be sent."""
    raise ValueError(name)


def _json_list(file: IO[str]) -> Iterator[tuple[int, Any]]:
    """Give the items of a JSON list, read as they are needed."""
    text, number = _Ahead(file), 0
    if text.take() != "[":
        raise InputError("The file isn't a JSON list.", "For a record a line: .jsonl")
    while (char := text.peek()) != "]":
        if number and char == ",":
            text.take()
        elif number or not char:
            raise InputError(f"After record {number} the file isn't proper JSON.")
        number += 1
        yield number, text.value(number)
    text.take()
    if text.peek():
        raise InputError("The file goes on after its JSON list.")


class _Ahead:
    """A text that is read a piece at a time, and looked at before it's taken."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._text = ""
        self._decoder = json.JSONDecoder(parse_constant=_no_number)

    def peek(self) -> str:
        """Return the next character that isn't blank; empty at the end."""
        self._text = self._text.lstrip()
        while not self._text and self._more():
            self._text = self._text.lstrip()
        return self._text[:1]

    def take(self) -> str:
        """Return it, and go on after it."""
        char = self.peek()
        self._text = self._text[1:]
        return char

    def value(self, number: int) -> object:
        """Return the next value whole. Raises :class:`InputError` with its number."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text)
            except (ValueError, RecursionError):
                if len(self._text) > _LONGEST or not self._more():
                    raise InputError(f"Record {number} isn't proper JSON.") from None
            else:
                self._text = self._text[end:]
                return value

    def _more(self) -> bool:
        piece = self._file.read(_CHUNK)
        self._text += piece
        return bool(piece)
