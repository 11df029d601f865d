"""Answers as text: a table for people, JSON, JSON lines, CSV, or ids alone.

Data goes to stdout, notes and sentences to stderr. ``json`` is always one document, in the API's
own field names; a text that is no record is a string.
"""

from __future__ import annotations

import sys
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from planhat_tui.commands.narrowing import cells, fitted, padded, row
from planhat_tui.commands.results import (
    Column,
    Done,
    Exported,
    Groups,
    Listing,
    Planned,
    Single,
    Text,
    Watching,
)
from planhat_tui.errors import InputError
from planhat_tui.model.edits import value_at
from planhat_tui.model.fields import FIELDS, custom_key
from planhat_tui.model.tables import as_json, cell, csv_line, csv_lines, json_lines, picked
from planhat_tui.model.text import nearest, visible, visible_block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from planhat_tui.commands.results import Result
    from planhat_tui.model.values import Json, Raw

Format: TypeAlias = Literal["table", "facts", "json", "jsonl", "csv", "id"]
_LOOKED_AT = 500
"""Records of a long answer by which it is told which fields there are."""


class Style(NamedTuple):
    """How answers are written. ``width`` is the terminal's cells, 0 where there's none.

    ``facts`` is a table read aloud: ``TITLE: value``, one a line, records parted by an empty one.
    """

    format: Format = "table"
    fields: tuple[str, ...] = ()
    quiet: bool = False
    width: int = 0


def write(
    result: Result, style: Style, out: Callable[[str], None], note: Callable[[str], None]
) -> None:
    """Write an answer: lines for stdout to ``out``, sentences for stderr to ``note``."""
    if isinstance(result, Watching):
        _watch(result, style, out)
        return
    left: list[str] = []
    for line in lines(result, style, left.append):
        out(line)
    for told in (*(left if not style.quiet else ()), note_of(result, quiet=style.quiet)):
        if told:
            note(visible_lines(told))
    if isinstance(result, Done) and (wrong := _wrong_field(result, style.fields)):
        note(visible_lines(str(wrong)))  # what was done isn't undone by how it's shown


def note_of(result: Result, *, quiet: bool = False) -> str:
    """Return the sentence that goes with an answer; empty if none does.

    Who wishes it ``quiet`` hears of what went wrong alone.
    """
    if quiet and not getattr(result, "exit_status", 0):
        return ""
    match result:
        case Text():
            return ""
        case Done():
            return result.text
        case Groups() | Planned():
            return result.listing.note
        case _:
            return result.note


def lines(
    result: Result, style: Style, tell: Callable[[str], None] = lambda _: None
) -> Iterable[str]:
    """Return the data of an answer that ends; a JSON document is one text of several lines.

    So is a row of a table that has prose. ``tell`` hears what a terminal has no room for.
    """
    match result:
        case Text(text):
            is_json = style.format in {"json", "jsonl"}
            return (as_json(text) if is_json else text.rstrip("\n"),)
        case Done(text="", records=()):  # all was shown before: lines of a script, a server's
            return ()
        case Exported():
            return _export(result, style)
        case Groups() | Planned():
            return _data(result.listing, style, tell)
        case Watching():
            raise InputError("This never ends.", "Use --jsonl in a shell.")
        case _:
            return _data(result, style, tell)


def _data(
    result: Listing | Single | Done, style: Style, tell: Callable[[str], None]
) -> Iterable[str]:
    if not isinstance(result, Done) and (wrong := _wrong_field(result, style.fields)):
        raise wrong
    if isinstance(result, Single) and result.document and style.format == "table":
        style = style._replace(format="json")
    if not isinstance(result, Done) and result.table is not None and not style.fields:
        result = result.table if style.format in {"table", "facts"} else result
    if style.format == "table":
        return _table(result, style, tell)
    if style.format == "facts":
        return _facts(result, style)
    records: Sequence[Raw] = (result.record,) if isinstance(result, Single) else result.records
    return _lines(result, records, style)


def _wrong_field(result: Listing | Single | Done, wanted: Sequence[str]) -> InputError | None:
    """Return what is wrong with a field that none of the records has, or could have.

    Of no records at all it's known by their kind alone; Planhat's inner fields begin with ``_``.
    """
    records = (result.record,) if isinstance(result, Single) else result.records
    kind = None if isinstance(result, Done) else result.kind
    if not wanted or not (records or kind):
        return None
    known = {path for record in records for path in (*record, *(path for path, _ in _flat(record)))}
    if isinstance(result, Listing):
        known |= {column.path for column in result.columns}
    kinds = (kind,) if kind is not None else tuple(FIELDS)
    known |= {field.name for kind in kinds for field in FIELDS[kind]}
    for path in wanted:
        if path in known or custom_key(path) is not None or (path[0] == "_" and not records):
            continue
        near = nearest(path, known)
        advice = f"Did you mean {near}?" if near else f"There are: {', '.join(sorted(known))}."
        return InputError(f"Nothing here has a field {visible(path)}.", advice, field="fields")
    return None


def _watch(result: Watching, style: Style, out: Callable[[str], None]) -> None:
    """Write records as they come. Raises :class:`InputError` for a form that needs an end."""
    if style.format not in {"table", "jsonl"}:
        raise InputError(f"This never ends, so it can't be {style.format}.", "Use --jsonl.")
    for record in result.records:
        line = as_json(picked(record, style.fields))
        out(visible(result.line(record)) if style.format == "table" else line)


def _export(result: Exported, style: Style) -> Iterable[str]:
    """Return records as they are read: as CSV where no other form is asked for."""
    match style.format:
        case "json":
            return json_lines(result.records, style.fields or result.picked)
        case "jsonl":
            paths = style.fields or result.picked
            records = _checked(result, style.fields)
            return (as_json(picked(record, paths)) for record in records)
        case "id":
            return filter(None, map(_id_of, result.records))
        case _:
            paths = style.fields or result.columns
            return csv_lines(result.kind, paths, result.records, result.users)


def _checked(result: Exported, wanted: Sequence[str]) -> Iterator[Raw]:
    """Return records as they are read, once the fields are known from the first of them."""
    first = tuple(islice(result.records, _LOOKED_AT)) if wanted else ()
    if wrong := _wrong_field(Listing(first, (), kind=result.kind), wanted):
        raise wrong
    return chain(first, result.records)


def visible_lines(text: str) -> str:
    """Return a text of several lines, fit for a terminal."""
    return "\n".join(visible(line) for line in text.splitlines())


def _lines(result: Result, records: Sequence[Raw], style: Style) -> Iterable[str]:
    given = [picked(record, style.fields) for record in records]
    match style.format:
        case "json":
            one = isinstance(result, Single) or (isinstance(result, Done) and not result.many)
            document = (given[0] if given else None) if one else given
            yield as_json(document, indent=2)
        case "jsonl":
            for record in given:
                yield as_json(record)
        case "csv":
            yield from _csv(result, records, style.fields)
        case _:
            yield from filter(None, map(_id_of, records))


def _id_of(record: Raw) -> str:
    """Return what a record is named by in other commands; empty where nothing names it."""
    named = (record.get(path) for path in ("_id", "n", "id", "name"))
    return visible(str(next(filter(None, named), "")))


def _columns(result: Result, fields: Sequence[str]) -> tuple[Column, ...]:
    if fields:
        return tuple(Column(path, visible(path.upper())) for path in fields)
    return result.columns if isinstance(result, Listing) else ()


def _csv(result: Result, records: Sequence[Raw], fields: Sequence[str]) -> Iterable[str]:
    paths = [column.path for column in _columns(result, fields)]
    if not paths:
        paths = list(dict.fromkeys(path for record in records for path in record))
    if not paths:  # nothing was asked about records
        return
    yield csv_line(visible(path) for path in paths)
    for record in records:
        yield csv_line(visible_block(cell(value_at(record, path))) for path in paths)


def _table(result: Result, style: Style, tell: Callable[[str], None]) -> Iterable[str]:
    match result:
        case Listing(records=records):
            if records:
                yield from _rows(_columns(result, style.fields), records, style.width, tell)
        case Single(record):
            fields = _flat(picked(record, style.fields))
            if result.brief and not style.fields:
                fields = [(path, value) for path, value in fields if _holds(value)]
            labels = [visible(_label(result, path)) for path, _ in fields]
            width = max((cells(label) for label in labels), default=0)
            for label, (_, value) in zip(labels, fields, strict=True):
                yield f"{padded(label, width)}  {_shown(value)}"
        case Done():
            return


def _facts(result: Result, style: Style) -> Iterable[str]:
    """Return one fact a line; what is empty isn't told."""
    match result:
        case Listing():
            yield from _listed_facts(result, style.fields)
        case Single(record):
            for path, value in _flat(picked(record, style.fields)):
                if value not in ("", [], None):
                    yield f"{visible(_label(result, path))}: {_shown(value)}"
        case Done():
            return


def _listed_facts(result: Listing, fields: Sequence[str]) -> Iterable[str]:
    """Return the facts of each record, and before those of a group whose they are.

    The name is heard before the id, unless the fields are named.
    """
    columns = sorted(_columns(result, fields), key=lambda one: one.path == "_id" and not fields)
    by = next((one for one in columns if one.path == result.by), None)
    grouped = groupby(result.records, lambda record: value_at(record, by.path) if by else None)
    parted = False
    for value, group in grouped:
        records = tuple(group)
        if by is not None:
            yield from (*([""] if parted else []), f"{by.title}: {_shown(value)}, {len(records)}")
            parted = True
        for record in records:
            yield from [""] if parted else []
            parted = True
            for column in columns:
                told = value_at(record, column.path)
                if column != by and told not in ("", [], None):
                    yield f"{column.title}: {_shown(told)}"


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


def _rows(
    columns: Sequence[Column], records: Sequence[Raw], width: int, tell: Callable[[str], None]
) -> Iterable[str]:
    """Give titles and a text for each record; it has several lines where it must.

    What there's no room for is told.
    """
    rows = [[one.title for one in columns]]
    rows += [[_shown(value_at(record, one.path)) for one in columns] for record in records]
    layout = fitted(columns, rows, width or sys.maxsize)
    if left := layout.left_out(columns):
        tell(f"No room for {', '.join(left)}: --fields chooses what is shown, -o csv has all.")
    return (row(columns, texts, layout, width or sys.maxsize) for texts in rows)


def _shown(value: Json) -> str:
    """Return a value for people: a day without its midnight, nothing as ``-``."""
    if value in ("", [], None):
        return "-"
    text = cell(value)
    head, _, tail = text.partition("T")
    return visible(head if tail == "00:00:00.000Z" and len(head) == 10 else text)


def _holds(value: Json) -> bool:
    return value is not False and value not in ("", [], {}, None)
