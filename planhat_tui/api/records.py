"""One record as Planhat sends it, read with care: what can't be kept is refused with its reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

import msgspec

from planhat_tui.model.records import Received

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

MAX_DEPTH: Final = 64
"""Lists and maps inside each other, at most; deeper ones break what comes after us."""

MAX_ID: Final = 500
"""Letters of an ``_id``; a longer one couldn't be asked for again. Planhat's have 24."""

MAX_RECORD: Final = 4 * 1024 * 1024
"""Bytes of a record. Two of them (``[]``) can cost sixty in memory, once they are decoded."""

INT64: Final = range(-(2**63), 2**63)
"""What SQLite holds as a whole number."""

_STRING: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


class BadRecordError(Exception):
    """A record can't be kept; its text says why. Never leaves this room."""


def read_value(text: bytes) -> Json:
    """Decode any JSON.

    Raises :class:`BadRecordError` if it's larger than :data:`MAX_RECORD`, nested deeper than
    :data:`MAX_DEPTH`, or holds a whole number beyond :data:`INT64`, NaN, a lone surrogate or the
    same key twice.
    """
    if len(text) > MAX_RECORD:
        raise BadRecordError(f"it is larger than {MAX_RECORD // 1024} KiB")
    try:
        data = msgspec.json.decode(text)
        kept = text.decode("utf-8")
    except RecursionError:
        raise BadRecordError("it is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadRecordError("it isn't proper JSON") from None
    keys = _count_keys(data)
    if kept.count(":") != keys and _STRING.sub("", kept).count(":") != keys:
        raise BadRecordError("it has the same key twice")
    return cast("Json", data)


def read_record(text: bytes, *, with_id: bool = True) -> Received:
    """Decode one record: an object with a text ``_id``.

    Raises :class:`BadRecordError` for anything else, and where :func:`read_value` does.
    """
    data = read_value(text)
    if not isinstance(data, dict):
        raise BadRecordError("it isn't an object")
    if with_id:
        _check_id(data)
    return Received(json=text.decode("utf-8"), data=data)


def _check_id(data: dict[str, Json]) -> None:
    record_id = data.get("_id")
    if not isinstance(record_id, str) or not record_id.strip():
        raise BadRecordError("it has no _id")
    if len(record_id) > MAX_ID:
        raise BadRecordError("its _id is too long")


def _count_keys(data: object, depth: int = 1) -> int:
    """Count the keys of all maps in ``data``, and refuse what is too deep or too large.

    A text with more colons outside its strings than this says one key twice: the decoder keeps the
    last of them without a word.
    """
    if isinstance(data, dict):
        _check_depth(depth)
        return len(data) + sum(_count_keys(value, depth + 1) for value in data.values())
    if isinstance(data, list):
        _check_depth(depth)
        return sum(_count_keys(value, depth + 1) for value in data)
    if isinstance(data, int) and data not in INT64:
        raise BadRecordError("a number in it is too large")
    return 0


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise BadRecordError("it is nested too deeply")
