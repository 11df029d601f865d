"""Records into a file, all of them or nothing.

The format is told by the end of the file's name.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import InputError
from planhat_tui.model.tables import as_json, csv_lines, json_lines, picked
from planhat_tui.model.text import nearest
from planhat_tui.workspace.wholefile import check_place, whole_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from planhat_tui.model.records import Kind
    from planhat_tui.model.values import Raw

FORMATS: Final = (".csv", ".json", ".jsonl", ".xlsx")
"""The ends of names of files that can be written and read."""


class Table(NamedTuple):
    """What is written: records with the columns of a table.

    ``picked`` are the fields of each record in JSON, all if it's empty. ``users`` are names of the
    team by id; a table tells names where JSON has ids, as the API has.
    """

    kind: Kind
    records: Iterable[Raw]
    columns: tuple[str, ...]
    picked: tuple[str, ...]
    users: Mapping[str, str]


class Written(NamedTuple):
    """What became of it: how many records, and how many cells were too long for the format."""

    records: int
    cut: int = 0


def format_of(path: Path) -> str:
    """Return the format that a name tells. Raises :class:`InputError`."""
    end = path.suffix.casefold()
    if end in FORMATS:
        return end
    near = nearest(end, FORMATS)
    advice = f"Did you mean {near}?" if near else f"End it with {', '.join(FORMATS)}."
    raise InputError(f"{path.name} doesn't tell its format.", advice, field="to")


def export(path: Path, table: Table, *, replace: bool = False) -> Written:
    """Write a table into a file.

    Raises :class:`InputError` if something is there already and ``replace`` isn't wanted, and
    :class:`StorageError` if it can't be written; then what was there is as it was.
    """
    end = format_of(path)
    check_free(path, replace=replace)
    with whole_file(path) as file:
        if end == ".xlsx":
            from planhat_tui.workspace.sheets import write_sheet

            return write_sheet(file, table)
        return _write_text(file, end, table)


def check_free(path: Path, *, replace: bool) -> None:
    """Raise :class:`InputError` where a file can't be put, or stands already."""
    check_place(path)
    if not replace and os.path.lexists(path):
        raise InputError(
            f"{path} is there already; it was left as it is.",
            "--force replaces it.",
            field="to",
        )


def _write_text(file: IO[bytes], end: str, table: Table) -> Written:
    records = _Counted(table.records)
    if end == ".csv":
        lines = csv_lines(table.kind, table.columns, records, table.users)
    elif end == ".json":
        lines = json_lines(records, table.picked)
    else:
        lines = (as_json(picked(record, table.picked)) for record in records)
    for line in lines:
        file.write(f"{line}\n".encode())
    return Written(records.count)


class _Counted:
    """Records, and how many of them were taken."""

    def __init__(self, records: Iterable[Raw]) -> None:
        self._records = records
        self.count = 0

    def __iter__(self) -> Iterator[Raw]:
        for record in self._records:
            self.count += 1
            yield record
