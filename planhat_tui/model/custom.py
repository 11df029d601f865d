"""Custom values and their types (API reference 2016, "Companies": date, string, boolean, number).

JSON has no dates: a text that is an ISO 8601 date or moment counts as one. :func:`format` writes a
value as a person edits it, and :func:`parse` reads exactly that back.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import InputError
from planhat_tui.model import days, numbers
from planhat_tui.model.text import bare, but_for_slips

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planhat_tui.model.values import Json

_LARGEST = 2**53 - 1
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII
)
_NUMBER = re.compile(numbers.PLAIN, re.ASCII)
_DIGITS = re.compile(r"\d+")
_TRUE = frozenset({"true", "yes", "on", "y", "1"})
_FALSE = frozenset({"false", "no", "off", "n", "0"})


class CustomType(StrEnum):
    """What a value is. ``list`` and ``other`` are shown, and edited as a list of texts or not."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    LIST = "list"
    OTHER = "other"


EXAMPLES: Final[Mapping[CustomType, Json]] = {
    CustomType.TEXT: "x",
    CustomType.NUMBER: 1,
    CustomType.BOOLEAN: True,
    CustomType.DATE: "2026-01-01",
    CustomType.LIST: ["x"],
}
"""A value of each type that can be edited: a field without one is read as these are."""


def type_of(value: Json) -> CustomType:
    """Return the type of a value; ``None`` counts as text."""
    if isinstance(value, bool):
        return CustomType.BOOLEAN
    if isinstance(value, int | float):
        return CustomType.NUMBER
    if isinstance(value, str):
        return CustomType.DATE if is_date(value) else CustomType.TEXT
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return CustomType.LIST
    return CustomType.TEXT if value is None else CustomType.OTHER


def guess(text: str) -> CustomType:
    """Guess the type of a new value from what was typed."""
    word = text.strip()
    if is_date(word):
        return CustomType.DATE
    if word.casefold() in {"true", "false", "yes", "no"}:
        return CustomType.BOOLEAN
    looks_like_a_code = re.match(r"\+|-?0\d", word)  # a phone number, a postcode
    if _NUMBER.fullmatch(word) and not looks_like_a_code and abs(float(word)) <= _LARGEST:
        return CustomType.NUMBER
    return CustomType.TEXT


def twin(key: str, known: Iterable[str]) -> str:
    """Return the known name that a new one is taken for; empty if it is known, or like no other.

    ``seats`` and ``Seatz`` are taken for ``Seats``: a field is made by the first value that is
    saved under its name, so a slip would make another one.
    """
    known = tuple(known)
    if key in known:
        return ""
    plain = bare(key)
    names = {bare(name): name for name in known}
    digits = _DIGITS.findall(plain)
    near = [name for name in names if _DIGITS.findall(name) == digits]  # 2025 is no slip of 2026
    return names.get(plain) or names.get(but_for_slips(plain, near), "")


def parse(text: str, type: CustomType, now: datetime | None = None) -> Json:  # noqa: A002 -- the field's own word
    """Read a value of that type as a person types it. Raises :class:`InputError`.

    With ``now``, a date may be words: ``tomorrow``, ``in 3 weeks``.
    """
    match type:
        case CustomType.TEXT:
            return text
        case CustomType.NUMBER:
            return _parse_number(numbers.plain(text.strip()))
        case CustomType.BOOLEAN:
            return _parse_boolean(text.strip())
        case CustomType.DATE:
            return _parse_date(text.strip(), now)
        case CustomType.LIST:
            return _parse_list(text)
        case CustomType.OTHER:
            raise InputError("This value is too deep to be edited here.", "Use Planhat's own page.")


def format(value: Json) -> str:  # noqa: A001 -- the counterpart of parse
    """Write a value as it is edited: ``parse(format(v), type_of(v)) == v`` if it can be edited."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, list) and type_of(value) is CustomType.LIST:
        simple = all(
            isinstance(item, str) and item == item.strip() and item and not set(item) & {",", '"'}
            for item in value
        )
        line = ", ".join(str(item) for item in value)
        if simple and line and not line.startswith("["):
            return line
    return json.dumps(value, ensure_ascii=False)


def is_date(text: str) -> bool:
    """Tell whether a text is an ISO 8601 date or moment."""
    return moment_of(text) is not None


def moment_of(text: str) -> datetime | None:
    """Return the moment that a text says in ISO 8601, a date's first one; UTC if it doesn't say.

    ``None`` for any other text.
    """
    if not text[:4].isdecimal() or not (_MOMENT.fullmatch(text) or _DATE.fullmatch(text)):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def check_exact(value: Json) -> None:
    """Raise :class:`InputError` for a number of JSON, on its own or within, that can't be kept."""
    if isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            check_exact(one)
    elif (isinstance(value, float) and not math.isfinite(value)) or (
        isinstance(value, int) and abs(value) > _LARGEST
    ):
        raise _too_large()


def _too_large() -> InputError:
    return InputError("That number is too large to be kept exactly.", "Keep it as text instead.")


def _parse_number(word: str) -> Json:
    if not _NUMBER.fullmatch(word):
        raise InputError(f"{word or 'Nothing'} is no number.", "Type one like 1200 or 0.5.")
    number = float(word)
    exact = abs(number) <= _LARGEST or "e" in word.casefold() or word == repr(number)
    if not math.isfinite(number) or not exact:
        raise _too_large()
    return int(number) if word.lstrip("+-").isdecimal() else number


def _parse_boolean(word: str) -> bool:
    if word.casefold() in _TRUE:
        return True
    if word.casefold() in _FALSE:
        return False
    raise InputError(f"{word or 'Nothing'} is neither yes nor no.", "Type true or false.")


def _parse_date(word: str, now: datetime | None) -> str:
    if is_date(word):
        return word
    if now is not None:
        return days.read(word, now)
    raise InputError(f"{word or 'Nothing'} is no date.", "Type one like 2026-03-01.")


def _parse_list(text: str) -> Json:
    word = text.strip()
    if word.startswith("["):
        try:
            items = json.loads(word)
        except (ValueError, RecursionError):
            items = None
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return [str(item) for item in items]
    return [item.strip() for item in text.split(",") if item.strip()]
