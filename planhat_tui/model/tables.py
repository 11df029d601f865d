"""Records as tables: which columns one has, and its cells as text for files and spreadsheets.

A cell that a spreadsheet would take for a formula is written as text, and read back as it was
(:func:`defused`, :func:`plain`). Numbers and phone numbers are no formulas and stay as they are.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import InputError
from planhat_tui.model import custom
from planhat_tui.model.edits import custom_key, custom_path, value_at
from planhat_tui.model.fields import FIELDS, FieldType, field_of
from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold, nearest, visible, visible_block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from planhat_tui.model.values import Json, Raw

USUAL: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.COMPANY: tuple("_id name phase h arr renewalDate owner externalId tags".split()),
    Kind.CONTACT: tuple("_id name position phone email companyId companyName tags".split()),
    Kind.CALL: tuple("_id nr externalUserId start end waiting companyId enduserId note".split()),
}
"""The columns of a table where nobody chooses."""

ALL: Final = "all"
"""The name that stands for all columns that there are."""

LISTED: Final[Mapping[str, str]] = {
    "health": "h",
    "renews": "renewalDate",
    "renewal": "renewalDate",
    "domain": "domains",
    "active": "lastActive",
    "lastactive": "lastActive",
    "updated": "updatedAt",
    "created": "createDate",
    "external": "externalId",
    "tag": "tags",
    "title": "position",
    "company": "companyName",
    "id": "_id",
}
"""Columns of the lists on screen, and words of the query language, by the fields that they show."""

BESIDE: Final = frozenset({"called"})
"""Columns of the lists on screen that show no field of the record: when it was called last."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?[\d(][\d .,()]*")
LONGEST: Final = 32_767
"""Characters that a cell of a spreadsheet can hold."""
_EXACT: Final = 2.0**53
"""Above it a float isn't every whole number any more; it's written as the float that it is."""


def columns_of(kind: Kind, names: Sequence[str], custom_names: Iterable[str]) -> tuple[str, ...]:
    """Return the paths of the columns that are named: a field, its word for people, a custom field.

    Nothing named: the usual ones; ``all``: every field that is known, and every custom one.
    Raises :class:`InputError` with the nearest name.
    """
    own = tuple(custom_names)
    paths: list[str] = []
    for name in (one.strip() for one in names if one.strip()):
        if name == ALL:
            paths += [field.name for field in FIELDS[kind] if field.type is not FieldType.MAP]
            paths += map(custom_path, own)
        else:
            paths.append(_column(kind, name, own))
    return tuple(dict.fromkeys(paths)) or USUAL[kind]


def of_records(columns: Iterable[str]) -> tuple[str, ...]:
    """Return those columns of a list on screen that show fields of its records."""
    return tuple(column for column in columns if column not in BESIDE)


def _column(kind: Kind, name: str, own: Sequence[str]) -> str:
    known = {field.name for field in FIELDS[kind]}
    listed = LISTED.get(name.casefold(), "")
    if listed in known:
        return listed
    if kind is Kind.CALL and name == "note":
        return name
    by_name = {fold(key): key for key in own}
    if fold(name) in by_name:
        return custom_path(by_name[fold(name)])
    try:
        return field_of(kind, name).name
    except InputError as error:
        near = nearest(name, [*known, *own])
        advice = f"Did you mean {near}?" if near else f"all stands for every column. {error.advice}"
        raise InputError(f"There is no column {name}.", advice, field="columns") from None


# -- cells


def cell(value: Json) -> str:
    """Return a value as the text of a cell; nothing for ``null``, and for a list of nothing."""
    if value == []:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return custom.format(value)


def told(kind: Kind, path: str, value: Json, users: Mapping[str, str]) -> Json:
    """Return a value as a table tells it: a member of the team by the name, if only one has it."""
    if custom_key(path) is None and isinstance(value, str) and path in _PEOPLE.get(kind, ()):
        return users.get(value, value)
    return value


def names_of(team: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the names of a team by id, without those that several people have."""
    known = dict(team)
    by_name: dict[str, list[str]] = {}
    for user_id, name in known.items():
        by_name.setdefault(fold(name), []).append(user_id)
    return {ids[0]: known[ids[0]] for key, ids in by_name.items() if key and len(ids) == 1}


_PEOPLE: Final = {
    kind: {field.name for field in known if field.type is FieldType.USER}
    for kind, known in FIELDS.items()
}


def text_cell(kind: Kind, path: str, value: Json, users: Mapping[str, str]) -> str:
    """Return a value as a cell of a text file has it, before it is defused."""
    text = cell(told(kind, path, value, users))
    return text if text.isascii() and text.isprintable() else visible_block(text)


def defused(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    if not text.startswith(_FORMULA) or _NUMBER.fullmatch(text):
        return text
    return f"'{text}"


def plain(text: str) -> str:
    """Return what was :func:`defused` as it was before; everything else stays."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


# -- lines

_END: Final = "\r\n"


def csv_lines(
    kind: Kind, paths: Sequence[str], records: Iterable[Raw], users: Mapping[str, str]
) -> Iterator[str]:
    """Give a table as lines of CSV, the first with the names of its columns, as they come."""
    yield csv_line(visible(path) for path in paths)
    for record in records:
        yield csv_line(text_cell(kind, path, value_at(record, path), users) for path in paths)


def tsv_lines(
    kind: Kind, paths: Sequence[str], records: Iterable[Raw], users: Mapping[str, str]
) -> Iterator[str]:
    """Give a table as lines to be pasted into a sheet: a tab between cells, none within."""
    for record in records:
        cells = (text_cell(kind, path, value_at(record, path), users) for path in paths)
        yield "\t".join(defused(" ".join(text.split())) for text in cells)


def csv_line(cells: Iterable[str]) -> str:
    """Return cells as a line of CSV, without its end; a cell with a line's end in it is quoted."""
    import csv

    taken: list[str] = []
    # What a line ends with is what the writer quotes: with no end, line breaks would part the cell.
    csv.writer(_Taker(taken), lineterminator=_END).writerow([defused(text) for text in cells])
    return taken[0].removesuffix(_END)


class _Taker:
    """What a CSV writer writes to."""

    def __init__(self, taken: list[str]) -> None:
        self._taken = taken

    def write(self, text: str) -> None:
        """Keep the line."""
        self._taken.append(text)


def json_lines(records: Iterable[Raw], paths: Sequence[str] = ()) -> Iterator[str]:
    """Give records as one JSON array, a piece at a time; ``paths`` picks fields."""
    begun = False
    for record in records:
        yield f"{',' if begun else '['}{as_json(picked(record, paths))}"
        begun = True
    yield "]" if begun else "[]"


def picked(record: Raw, paths: Sequence[str]) -> Raw:
    """Return the fields of a record that are asked for; all of them if none is named."""
    return {path: value_at(record, path) for path in paths} if paths else record


def as_json(document: object, indent: int | None = None) -> str:
    """Return JSON that a terminal may show: what it would act upon is escaped, nothing is lost."""
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(document, ensure_ascii=False, indent=indent, separators=separators)
    if visible_block(text) == text:
        return text
    return "".join(c if c == "\n" or visible(c) == c else json.dumps(c)[1:-1] for c in text)
