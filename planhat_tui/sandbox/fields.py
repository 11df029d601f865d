"""What fields may hold: how a value is taken, how it is described, and how it comes back.

Types on the way out are steady: numbers as external ids become text, lists are never null.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Schema = dict[str, Any]


class RefusalError(Exception):
    """The service says no: a status and a plain text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class FieldType(NamedTuple):
    """A type of field: ``check`` takes name and value and returns what is stored.

    ``takes`` and ``gives`` are JSON schemas of what comes in and what goes out.
    """

    check: Callable[[str, object], object]
    takes: Schema
    gives: Schema


Fields = dict[str, FieldType]
MOST_DEPTH: Final = 100
"""Lists and objects inside each other that a record may have."""


def moment(text: str) -> datetime | None:
    """Read an ISO 8601 date or moment, in UTC if it doesn't say; ``None`` if it is neither."""
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # a moment near the calendar's ends has no UTC
        return None


def written(at: datetime) -> str:
    """Write a moment in UTC as the service does: milliseconds, ``Z``."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def nested(value: object) -> int:
    """Tell how many lists and objects are inside each other; past :data:`MOST_DEPTH` no more."""
    level, depth = [value], 0
    while level := [one for one in level if isinstance(one, dict | list)]:
        depth += 1
        if depth > MOST_DEPTH:
            break
        held = (one.values() if isinstance(one, dict) else one for one in level)
        level = [*chain.from_iterable(held)]
    return depth


def accepted(fields: Fields, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that are known, checked; the others are dropped without a word."""
    return {name: kind.check(name, given[name]) for name, kind in fields.items() if name in given}


def takes(fields: Fields, *required: str) -> Schema:
    """Describe a body."""
    properties = {name: kind.takes for name, kind in fields.items()}
    for name in required:
        properties[name] = {"type": "string", "minLength": 1}
    return {"type": "object", "properties": properties, "required": list(required)}


def only(schema: Schema, names: frozenset[str]) -> Schema:
    """Describe a body or a record that has these fields and its ``_id`` alone."""
    kept = {name: of for name, of in schema["properties"].items() if name in names | {"_id"}}
    return schema | {"properties": kept}


def gives(fields: Fields, **more: Schema) -> Schema:
    """Describe a record, with the fields that the service makes."""
    properties = {name: kind.gives for name, kind in fields.items()} | more
    return {"type": "object", "properties": properties, "required": ["_id"]}


def _any_text(name: str, value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        return str(int(value) if whole else value)  # numbers are taken and turned into text
    raise RefusalError(400, f"{name} must be a string")


def _only_text(name: str, value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    raise RefusalError(400, f"{name} must be a string")


def _texts(name: str, value: object) -> object:
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return list(dict.fromkeys(value))
    raise RefusalError(400, f"{name} must be an array of strings")


def _boolean(name: str, value: object) -> object:
    if isinstance(value, bool):
        return value
    raise RefusalError(400, f"{name} must be a boolean")


def _date(name: str, value: object) -> object:
    """Keep a date as the service gives it back: UTC, milliseconds, ``Z``."""
    if value is None:
        return None
    read = moment(value) if isinstance(value, str) else None
    if read is None:
        raise RefusalError(400, f"{name} must be an ISO 8601 date")
    return written(read)


def _seconds(name: str, value: object) -> object:
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9:
        return value
    raise RefusalError(400, f"{name} must be a number of seconds")


def _number(name: str, value: object) -> object:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise RefusalError(400, f"{name} must be a number")


def _custom(name: str, value: object) -> object:
    """Check a one-level map of date, text, boolean, number; null removes a key."""
    if not isinstance(value, dict):
        raise RefusalError(400, f"{name} must be an object")
    for key, item in value.items():
        if isinstance(item, dict | list):
            raise RefusalError(400, f"{name}.{key} must be a date, string, boolean or number")
    return value


def _anything(_name: str, value: object) -> object:
    return value


STRING: Final[Schema] = {"type": "string"}
INTEGER: Final[Schema] = {"type": "integer"}
REAL: Final[Schema] = {"type": "number"}
LIST: Final[Schema] = {"type": "array"}
_TEXT_OUT: Final[Schema] = {"type": ["string", "null"]}
_TEXTS_OUT: Final[Schema] = {"type": "array", "items": {"type": "string"}}
_SCALAR: Final = ["string", "number", "boolean"]

TEXT: Final = FieldType(_any_text, {"type": ["string", "number", "null"]}, _TEXT_OUT)
"""Text; a number is turned into one."""
ONLY_TEXT: Final = FieldType(_only_text, _TEXT_OUT, _TEXT_OUT)
"""Text; a number is refused."""
TEXTS: Final = FieldType(_texts, _TEXTS_OUT | {"type": ["array", "null"]}, _TEXTS_OUT)
BOOLEAN: Final = FieldType(_boolean, {"type": "boolean"}, {"type": "boolean"})
DATE: Final = FieldType(_date, _TEXT_OUT | {"description": "ISO 8601"}, _TEXT_OUT)
SECONDS: Final = FieldType(
    _seconds,
    {"type": ["number", "null"], "minimum": 0, "exclusiveMaximum": 1e9},
    {"type": ["number", "null"]},
)
NUMBER: Final = FieldType(_number, {"type": ["number", "null"]}, {"type": ["number", "null"]})
CUSTOM: Final = FieldType(
    _custom,
    {"type": "object", "additionalProperties": {"type": [*_SCALAR, "null"]}},
    {"type": "object", "additionalProperties": {"type": _SCALAR}},
)
ANYTHING: Final = FieldType(_anything, {}, {})

COMPANY: Final[Fields] = {
    **dict.fromkeys(("name", "slug", "owner", "coOwner", "phase", "status"), ONLY_TEXT),
    **dict.fromkeys(("description", "web", "city", "country"), ONLY_TEXT),
    **dict.fromkeys(("externalId", "sourceId", "phone", "zip"), TEXT),
    **dict.fromkeys(("tags", "domains"), TEXTS),
    **dict.fromkeys(("renewalDate", "customerFrom", "customerTo"), DATE),
    "custom": CUSTOM,
}
CONTACT: Final[Fields] = {
    **dict.fromkeys(("companyId", "companyName", "position", "email"), ONLY_TEXT),
    **dict.fromkeys(("name", "firstName", "lastName"), ONLY_TEXT),
    **dict.fromkeys(("externalId", "sourceId", "phone"), TEXT),
    **dict.fromkeys(("tags", "otherEmails"), TEXTS),
    **dict.fromkeys(("featured", "archived"), BOOLEAN),
    "createDate": DATE,
    "custom": CUSTOM,
}
CALL: Final[Fields] = {
    **dict.fromkeys(("nr", "externalUserId"), TEXT),
    **dict.fromkeys(("start", "end"), DATE),
    "waiting": SECONDS,
}
FIRST_COMPANY: Final = frozenset(
    {"name", "slug", "owner", "coOwner", "externalId", "phase", "tags", "custom"}
)
FIRST_CONTACT: Final = frozenset(
    {"companyId", "companyName", "createDate", "externalId", "position", "phone", "email"}
    | {"featured", "tags"}
)
"""What the tables of 2016 have: no more is taken or given in that edition."""
DEFINITION: Final[Fields] = {
    **dict.fromkeys(("name", "parent", "type"), ONLY_TEXT),
    "listValues": TEXTS,
    **dict.fromkeys(("isMandatory", "isHidden", "isLocked", "isFormula"), BOOLEAN),
}
STORED: Final[Fields] = {
    **dict.fromkeys(("companyId", "externalId", "sourceId"), TEXT),
    "custom": CUSTOM,
}
"""The fields of plain stored records that keep a type; the others are stored as they come."""
