"""Definitions of custom fields (observed): what they say, and many from a file. Pure."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import InputError
from planhat_tui.model.custom import CustomType
from planhat_tui.model.records import Kind, text_of, texts_of
from planhat_tui.model.text import fold, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planhat_tui.model.values import Json, Raw

PARENTS: Final = {"company": "company", "enduser": "enduser", "contact": "enduser"}
"""What a definition may hang on, and how the API calls it."""

TYPES: Final = (
    *("text", "rich text", "number", "checkbox", "day", "date", "list", "multipicklist"),
    *("rating", "phone", "email", "url", "team member"),
)
"""The types that were observed."""

_KINDS: Final = {"company": Kind.COMPANY, "enduser": Kind.CONTACT, "contact": Kind.CONTACT}
_READ_AS: Final = {
    "number": CustomType.NUMBER,
    "rating": CustomType.NUMBER,
    "checkbox": CustomType.BOOLEAN,
    "day": CustomType.DATE,
    "date": CustomType.DATE,
    "multipicklist": CustomType.LIST,
}
"""What the values of a type are; those of all others are texts."""

_WITH_VALUES: Final = ("list", "multipicklist")
_COLUMNS: Final = ("name", "parent", "type", "values")


class Definition(NamedTuple):
    """A custom field to be made. ``values`` are those of a list."""

    name: str
    parent: str
    type: str
    values: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What two definitions can't have in common."""
        return (self.parent, self.name)

    def body(self) -> dict[str, Json]:
        """Return it as the API takes it."""
        body: dict[str, Json] = {"name": self.name, "parent": self.parent, "type": self.type}
        return body | ({"listValues": list(self.values)} if self.values else {})


class Defined(NamedTuple):
    """A custom field that is defined. ``values`` can be picked, if it's a list.

    ``offered``: people set it; else it's hidden, locked, or worked out by Planhat.
    """

    kind: Kind
    key: str
    type: CustomType
    values: tuple[str, ...]
    offered: bool


def defined(raw: Raw) -> Defined | None:
    """Read a definition as Planhat has it; ``None`` for one of what isn't kept here."""
    kind = _KINDS.get(fold(text_of(raw, "parent")))
    key = text_of(raw, "name")
    if kind is None or not key:
        return None
    kept = any(raw.get(word) is True for word in ("isHidden", "isLocked", "isFormula"))
    word = fold(text_of(raw, "type"))
    values = texts_of(raw, "listValues") if word == "list" else ()
    return Defined(kind, key, _READ_AS.get(word, CustomType.TEXT), tuple(values), not kept)


def with_defined(
    occurring: Iterable[tuple[str, CustomType, int]], known: Sequence[Defined]
) -> tuple[tuple[str, CustomType, int], ...]:
    """Return custom fields with the types that are defined, and those that nobody uses yet.

    Given and returned are keys, types and how many records have them.
    """
    types = {one.key: one.type for one in known}
    used = [(key, types.get(key, found), uses) for key, found, uses in occurring]
    keys = {key for key, _, _ in used}
    unused = (one for one in known if one.offered and one.key not in keys)
    more = sorted(unused, key=lambda one: fold(one.key))
    return (*used, *((one.key, one.type, 0) for one in more))


def definition(name: str, parent: str, kind: str, values: Iterable[str] = ()) -> Definition:
    """Return a checked definition. Raises :class:`InputError` that says what is allowed."""
    name = name.strip()
    if not name:
        raise InputError("A custom field needs a name.", field="name")
    kept = tuple(value.strip() for value in values if value.strip())
    parent, kind = _one_of(parent, PARENTS, "parent"), _one_of(kind, TYPES, "type")
    if kept and kind not in _WITH_VALUES:
        raise InputError(f"A custom field of type {kind} has no values to choose from.")
    return Definition(name, PARENTS[parent], kind, kept)


def read_definitions(text: str) -> tuple[Definition, ...]:
    """Read many definitions: a JSON list of objects, or CSV with a header.

    The fields are ``name``, ``parent``, ``type`` and, for lists, ``values`` (in CSV with ``;``
    between them). Raises :class:`InputError` that names the row, 1 being the first after the
    header; then none of them is good.
    """
    rows = _from_json(text) if text.lstrip()[:1] == "[" else _from_csv(text)
    read: dict[tuple[str, str], Definition] = {}
    for number, row in enumerate(rows, 1):
        try:
            one = definition(row["name"], row["parent"], row["type"], row["values"].split(";"))
        except InputError as error:
            raise InputError(f"Row {number}: {error.message}", error.advice) from None
        if one.key in read:
            raise InputError(f"Row {number}: {one.name} of {one.parent} is there twice.")
        read[one.key] = one
    if not read:
        raise InputError("The file holds no custom fields.", f"Columns: {', '.join(_COLUMNS)}.")
    return tuple(read.values())


def _from_csv(text: str) -> list[Mapping[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(text), restval="", strict=True)
        names = [(name or "").strip().casefold() for name in reader.fieldnames or ()]
        reader.fieldnames = names
        rows = list(reader)
    except csv.Error as why:
        raise InputError(f"The file isn't proper CSV: {why}.") from None
    _see_that_known(names)
    if crowded := next((n for n, row in enumerate(rows, 1) if None in row), 0):
        raise InputError(f"Row {crowded} has more fields than the header.", "Quote commas.")
    return [{name: row.get(name, "") for name in _COLUMNS} for row in rows]


def _from_json(text: str) -> list[Mapping[str, str]]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("The file isn't proper JSON.") from None
    read: list[Mapping[str, str]] = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not all(_is_plain(value) for value in row.values()):
            raise InputError(f"Row {number} isn't an object of texts and lists of texts.")
        _see_that_known(row, number)
        told = {k: ";".join(v) if isinstance(v, list) else v for k, v in row.items()}
        read.append({name: told.get(name, "") for name in _COLUMNS})
    return read


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) and ";" not in one for one in value)
    return isinstance(value, str)


def _see_that_known(names: Iterable[str], row: int = 0) -> None:
    """Refuse a column that nothing is known of: it would be lost without a word."""
    where = f"Row {row}" if row else "The header"
    for name in names:
        if name not in _COLUMNS:
            raise InputError(f"{where} has {name!r}.", f"There are: {', '.join(_COLUMNS)}.")


def _one_of(text: str, known: Iterable[str], field: str) -> str:
    word, names = " ".join(text.split()).casefold(), tuple(known)
    if word in names:
        return word
    near = nearest(word, names)
    raise InputError(
        f"{text.strip() or 'Nothing'} is no {field} of a custom field.",
        f"Did you mean {near}?" if near else f"There are: {', '.join(names)}.",
        field=field,
    )
