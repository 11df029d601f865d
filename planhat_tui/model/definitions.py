"""Definitions of custom fields (observed): what they say, and many from a file. Pure."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import InputError
from planhat_tui.model import custom
from planhat_tui.model.custom import CustomType
from planhat_tui.model.edits import CUSTOM_PREFIX, custom_key, dropped, same
from planhat_tui.model.records import Kind, text_of, texts_of
from planhat_tui.model.text import bare, fold, nearest

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

    def lost(self, made: Raw) -> tuple[str, ...]:
        """Return the fields that were sent and that the answer, ``made``, doesn't have so.

        Parent and type mean the same in any case.
        """
        words = {name: fold(text_of(made, name)) for name in ("parent", "type")}
        return dropped(self.body(), {**made, **words})

    def body(self) -> dict[str, Json]:
        """Return it as the API takes it."""
        body: dict[str, Json] = {"name": self.name, "parent": self.parent, "type": self.type}
        return body | ({"listValues": list(self.values)} if self.values else {})


class Defined(NamedTuple):
    """A custom field that is defined. ``values`` can be picked, if it's a list.

    ``offered``: people set it; else it's hidden, locked, or a ``formula``, worked out by Planhat.
    """

    kind: Kind
    key: str
    type: CustomType
    values: tuple[str, ...]
    offered: bool
    formula: bool = False

    @property
    def why_barred(self) -> str:
        """Why nobody sets it, a sentence; empty for most. A locked one is for programs to set."""
        return f"{self.key} is worked out by Planhat (a formula)." if self.formula else ""


def defined(raw: Raw) -> Defined | None:
    """Read a definition as Planhat has it; ``None`` for one of what isn't kept here."""
    kind = _KINDS.get(fold(text_of(raw, "parent")))
    key = text_of(raw, "name")
    if kind is None or not key:
        return None
    kept = any(raw.get(word) is True for word in ("isHidden", "isLocked", "isFormula"))
    word = fold(text_of(raw, "type"))
    values = texts_of(raw, "listValues") if word in _WITH_VALUES else ()
    type_ = _READ_AS.get(word, CustomType.TEXT)
    return Defined(kind, key, type_, tuple(values), not kept, raw.get("isFormula") is True)


def defined_of(kind: Kind, raws: Iterable[Raw]) -> tuple[Defined, ...]:
    """Read the definitions of a kind's custom fields."""
    return tuple(one for one in map(defined, raws) if one is not None and one.kind is kind)


def barred(known: Iterable[Defined]) -> dict[str, str]:
    """Return the paths of the fields that nobody sets, each with the reason."""
    return {f"{CUSTOM_PREFIX}{one.key}": one.why_barred for one in known if one.why_barred}


def check_defined(known: Iterable[Defined], path: str, value: Json, present: Json = None) -> None:
    """Raise :class:`InputError` for a value that a field of listed ones doesn't have, or a formula.

    ``path`` may be any field's. What the record has at ``present`` may stay.
    """
    key = custom_key(path)
    field = next((one for one in known if one.key == key), None)
    if field is None or same(value, present):
        return
    if field.why_barred:
        raise InputError(field.why_barred, "It follows the fields that it is made of.", field=path)
    values = field.values
    if not values or value is None:
        return
    may = {*values, *_texts(present)}
    for text in _texts(value):
        if text not in may:
            by_bare = {bare(one): one for one in values}
            near = by_bare.get(bare(text)) or nearest(text, values)
            raise InputError(
                f"{key} has no value {text or 'that is empty'}.",
                f"Did you mean {near}?" if near else f"There are: {', '.join(values)}.",
                field=path,
            )


def _texts(value: Json) -> list[str]:
    return [
        one if isinstance(one, str) else custom.format(one)
        for one in (value if isinstance(value, list) else [value])
    ]


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
