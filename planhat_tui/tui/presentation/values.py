"""Field values as text: short in lists, whole in the detail; ISO dates in the detail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from planhat_tui.model import custom, fields
from planhat_tui.model.fields import FieldType
from planhat_tui.model.text import visible, visible_block
from planhat_tui.tui.presentation.amounts import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.records import Kind
    from planhat_tui.model.values import Json

EMPTY = "-"
"""What an empty value looks like. What isn't loaded yet has a glyph of its own."""


_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d(?:\.\d+)?))?Z", re.ASCII)

DEEPEST: Final = 20
"""Levels of a nested value that are shown; what lies deeper is ``...``."""


def value_text(value: Json) -> str:
    """Return any JSON value as one line of safe text."""
    return _text(value, DEEPEST)


def _text(value: Json, levels: int) -> str:
    if value is None or value in ("", [], {}):
        return EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return whole(value)
    if isinstance(value, str):
        return visible(_moment(value))
    return ", ".join(_parts(value, levels)) if levels else "..."


def _parts(value: list[Json] | dict[str, Json], levels: int) -> list[str]:
    if isinstance(value, list):
        return [_text(item, levels - 1) for item in value]
    return [f"{visible(key)}: {_text(item, levels - 1)}" for key, item in value.items()]


def _moment(text: str) -> str:
    """Return an ISO moment to the minute, ``2026-02-03 10:30Z``; one at midnight is a day.

    Nobody reads the milliseconds, and with them the column has no room for the year.
    """
    found = _MOMENT.fullmatch(text)
    if found is None:
        return text
    day, minute, seconds = found.groups()
    return day if minute == "00:00" and not float(seconds or 0) else f"{day} {minute}Z"


def field_text(kind: Kind, path: str, value: Json, users: Mapping[str, str]) -> str:
    """Return a field's value; an owner's id as the name that ``users`` gives it."""
    if isinstance(value, str) and value and is_user(kind, path):
        return visible(users.get(value, value))
    return value_text(value)


def copied_text(shown: str, value: Json) -> str:
    """Return what is copied of a value that is shown so: of a text of several lines, these."""
    return visible_block(value) if isinstance(value, str) and "\n" in value else shown


def person_text(user_id: str, users: Mapping[str, str], not_loaded: str) -> str:
    """Return the name of somebody in the team; ``not_loaded`` while the team isn't here."""
    if not user_id:
        return EMPTY
    return visible(users.get(user_id, user_id)) if users else not_loaded


def is_user(kind: Kind, path: str) -> bool:
    """Whether a field holds the id of somebody in the team."""
    known = {field.name: field for field in fields.FIELDS[kind]}
    return path in known and known[path].type is FieldType.USER


def type_word(kind: Kind, path: str, value: Json) -> str:
    """Return the word for a field's type: ``text``, ``number``, ``yes/no``, ``date``, ``list``."""
    if fields.custom_key(path) is not None:
        return WORDS.get(custom.type_of(value).value, "other")
    known = {field.name: field for field in fields.FIELDS[kind]}
    return WORDS.get(known[path].type.value, "other") if path in known else "other"


WORDS: Mapping[str, str] = {
    "text": "text",
    "email": "e-mail",
    "phone": "phone",
    "number": "number",
    "boolean": "yes/no",
    "date": "date",
    "moment": "time, such as 14:05 or -10m",
    "tags": "tags",
    "user": "person",
    "company": "company",
    "list": "list",
    "map": "map",
    "other": "other",
}
"""What the types are called on screen."""

AUTO: Final = "what it looks like"
"""The word for a new custom value whose type is guessed."""


def word_for(word: str, text: str) -> str:
    """Return the word of the type that ``text`` is read as: where it's guessed, what it is."""
    return WORDS[custom.guess(text).value] if word == AUTO and text.strip() else word
