"""Answers as text: a table for people, JSON, JSON lines, CSV, or ids alone.

Data goes to stdout, notes and sentences to stderr. ``json`` is always one document, in the API's
own field names.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from planhat_tui.commands.results import Column, Done, Listing, Single
from planhat_tui.model import custom
from planhat_tui.model.edits import value_at
from planhat_tui.model.text import visible, visible_block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from planhat_tui.commands.results import Result
    from planhat_tui.model.values import Json, Raw

Format: TypeAlias = Literal["table", "json", "jsonl", "csv", "id"]
_WIDEST = 44
_EXACT = 2.0**53
"""Above it a float isn't every whole number any more; it's written as the float that it is."""


@dataclass(frozen=True, slots=True)
class Style:
    """How answers are written. ``width`` is the terminal's cells, 0 where there's none."""

    format: Format = "table"
    fields: tuple[str, ...] = ()
    quiet: bool = False
    width: int = 0


def write(
    result: Result, style: Style, out: Callable[[str], None], note: Callable[[str], None]
) -> None:
    """Write an answer: lines for stdout to ``out``, sentences for stderr to ``note``."""
    told = result.text if isinstance(result, Done) else result.note
    records: Sequence[Raw] = (result.record,) if isinstance(result, Single) else result.records
    if style.format == "table":
        for line in _table(result, style):
            out(line)
    else:
        for line in _lines(result, records, style):
            out(line)
    if told and not style.quiet:
        note(visible_lines(told))


def visible_lines(text: str) -> str:
    """Return a text of several lines, fit for a terminal."""
    return "\n".join(visible(line) for line in text.splitlines())


def _lines(result: Result, records: Sequence[Raw], style: Style) -> Iterable[str]:
    picked = [_picked(record, style.fields) for record in records]
    match style.format:
        case "json":
            one = isinstance(result, Single) or (isinstance(result, Done) and not result.many)
            document = (picked[0] if picked else None) if one else picked
            yield _json(document, indent=2)
        case "jsonl":
            for record in picked:
                yield _json(record)
        case "csv":
            yield from _csv(result, records, style.fields)
        case _:
            for record in records:
                yield visible(str(record.get("_id") or record.get("id") or record.get("n") or ""))


def _json(document: object, indent: int | None = None) -> str:
    """Return JSON that a terminal may show: what it would act upon is escaped, nothing is lost."""
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(document, ensure_ascii=False, indent=indent, separators=separators)
    return "".join(c if c == "\n" or visible(c) == c else json.dumps(c)[1:-1] for c in text)


def _picked(record: Raw, fields: Sequence[str]) -> Raw:
    return {path: value_at(record, path) for path in fields} if fields else record


def _columns(result: Result, fields: Sequence[str]) -> tuple[Column, ...]:
    if fields:
        return tuple(Column(path, visible(path.upper())) for path in fields)
    return result.columns if isinstance(result, Listing) else ()


def _csv(result: Result, records: Sequence[Raw], fields: Sequence[str]) -> Iterable[str]:
    import csv
    import io

    paths = [column.path for column in _columns(result, fields)]
    if not paths:
        paths = list(dict.fromkeys(path for record in records for path in record))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([defused(visible(path)) for path in paths])
    for record in records:
        writer.writerow([defused(visible_block(cell(value_at(record, path)))) for path in paths])
    yield text.getvalue().rstrip("\n")


def defused(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def cell(value: Json) -> str:
    """Return a value as the text of a cell; nothing for ``null``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return custom.format(value)


def _table(result: Result, style: Style) -> Iterable[str]:
    match result:
        case Listing(records, _, _):
            if records:
                yield from _rows(_columns(result, style.fields), records, style.width)
        case Single(record):
            fields = _flat(_picked(record, style.fields))
            labels = [visible(_label(result, path)) for path, _ in fields]
            width = max((_cells(label) for label in labels), default=0)
            for label, (_, value) in zip(labels, fields, strict=True):
                yield f"{_padded(label, width)}  {_shown(value)}"
        case Done():
            return


def _label(result: Single, path: str) -> str:
    if path in result.labels or result.kind is None:
        return result.labels.get(path, path)
    from planhat_tui.model.fields import label_of

    return label_of(result.kind, path)


def _flat(record: Raw) -> list[tuple[str, Json]]:
    """Return the fields, those of ``custom`` one by one."""
    fields: list[tuple[str, Json]] = []
    for path, value in record.items():
        if path == "custom" and isinstance(value, dict):
            fields += [(f"custom.{key}", inner) for key, inner in value.items()]
        else:
            fields.append((path, value))
    return fields


def _rows(columns: Sequence[Column], records: Sequence[Raw], width: int) -> Iterable[str]:
    cells = [[_shown(value_at(r, c.path)) for c in columns] for r in records]
    titles = [column.title for column in columns]
    widths = [
        max(_cells(title), *(_cells(row[place]) for row in cells))
        for place, title in enumerate(titles)
    ]
    if width:
        widths = [min(one, _WIDEST) for one in widths]
    for row in [titles, *cells]:
        line = "  ".join(
            _padded(_cut(text, size), size, right=column.right)
            for text, size, column in zip(row, widths, columns, strict=True)
        )
        yield _cut(line.rstrip(), width) if width else line.rstrip()


def _shown(value: Json) -> str:
    """Return a value for people: a day without its midnight, nothing as ``-``."""
    if value in ("", [], None):
        return "-"
    text = cell(value)
    head, _, tail = text.partition("T")
    return visible(head if tail == "00:00:00.000Z" and len(head) == 10 else text)


def _cells(text: str) -> int:
    """Return how many cells a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cell_width(char) for char in text)


def _cell_width(char: str) -> int:
    import unicodedata

    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _padded(text: str, width: int, *, right: bool = False) -> str:
    blanks = " " * max(0, width - _cells(text))
    return blanks + text if right else text + blanks


def _cut(text: str, width: int) -> str:
    if _cells(text) <= width:
        return text
    kept, used = "", 0
    for char in text:
        if used + _cell_width(char) > width - 1:
            break
        kept, used = kept + char, used + _cell_width(char)
    return f"{kept}…"
