"""One record as Planhat sends it, read with care: what can't be kept is refused with its reason."""

from __future__ import annotations

import contextlib
import re
from itertools import chain
from typing import TYPE_CHECKING, Final

import msgspec

from planhat_tui.model.records import Received

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planhat_tui.model.values import Json

MAX_DEPTH: Final = 64
"""Lists and maps inside each other, at most; deeper ones break what comes after us."""

MAX_ID: Final = 500
"""Letters of an ``_id``; a longer one couldn't be asked for again. Planhat's have 24."""

MAX_RECORD: Final = 4 * 1024 * 1024
"""Bytes of a record."""

MAX_COST: Final = 8 * 1024 * 1024
"""Bytes of memory that a record may take once it's decoded, by :func:`cost_of`, but for what its
strings hold: 80,000 values, which no record has. It's decoded while all else waits."""

INT64: Final = range(-(2**63), 2**63)
"""What SQLite holds as a whole number."""

_LEAST: Final = INT64.start
_MOST: Final = INT64.stop - 1
_SHORT: Final = MAX_COST // 251
"""Bytes that can't cost :data:`MAX_COST`, whatever they are: a map's bracket costs the most."""
_DIGITS: Final = bytes.maketrans(b"123456789", b"0" * 9)
_LONG_NUMBER: Final = b"0" * len(str(_MOST))
"""As many digits, all made alike, as a number has that may lie beyond :data:`INT64`."""
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_PLAIN: Final = frozenset({str, float, bool, type(None)})
"""What holds no keys and has no bounds: most values are of these."""
_decode: Final = msgspec.json.Decoder().decode
_encode: Final = msgspec.json.Encoder().encode


class _Named(msgspec.Struct):
    id: str = msgspec.field(name="_id", default="")


_only_id: Final = msgspec.json.Decoder(_Named).decode


class BadRecordError(Exception):
    """A record can't be kept; its text says why. Never leaves this room."""


def cost_of(text: bytes) -> int:
    """Return about how many bytes a JSON text takes once it's decoded, without decoding it.

    A few bytes of text can be an object of a hundred; commas and brackets within strings count as
    well.
    """
    lists, maps, more = text.count(b"["), text.count(b"{"), text.count(b",")
    return len(text) + 100 * (lists + more) + 250 * maps


def read_value(text: bytes) -> Json:
    """Decode any JSON.

    Raises :class:`BadRecordError` if it's larger than :data:`MAX_RECORD`, costs more than
    :data:`MAX_COST`, is nested deeper than :data:`MAX_DEPTH`, or holds a whole number beyond
    :data:`INT64`, NaN, a lone surrogate or the same key twice.
    """
    return _read(text)[0]


def _read(text: bytes) -> tuple[Json, str]:
    """Decode, and return the text as well."""
    if len(text) > MAX_RECORD:
        raise BadRecordError(f"it is larger than {MAX_RECORD // 1024} KiB")
    if len(text) > _SHORT and _costs_too_much(text):
        raise BadRecordError("it holds too many values")
    try:
        data = _decode(text)
        kept = text.decode()
    except RecursionError:
        raise BadRecordError("it is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadRecordError("it isn't proper JSON") from None
    if not _is_plain(text, data) and not _says_once(text, _count_keys(data)):
        raise BadRecordError("it has the same key twice")
    return data, kept


def _costs_too_much(text: bytes) -> bool:
    return cost_of(text) > MAX_COST and cost_of(_STRING.sub(b"", text)) > MAX_COST


def _is_plain(text: bytes, data: object) -> bool:
    """Tell, at a glance, that there's nothing in a text to refuse; ``False`` where it may be.

    Nearly every text is the one that its value is written as, so no key is in it twice; with few
    brackets nothing is nested deeply, and without many digits in a row no number is too large.
    """
    return (
        text.count(b"[") + text.count(b"{") <= MAX_DEPTH
        and _LONG_NUMBER not in text.translate(_DIGITS)
        and _encode(data) == text
    )


def read_record(text: bytes, *, with_id: bool = True) -> Received:
    """Decode one record: an object with a text ``_id``.

    Raises :class:`BadRecordError` for anything else, and where :func:`read_value` does.
    """
    data, kept = _read(text)
    if not isinstance(data, dict):
        raise BadRecordError("it isn't an object")
    if with_id:
        _check_id(data)
    return Received(kept, data)


def id_in(text: bytes) -> str:
    """Return the ``_id`` of a record that can't be kept; empty if that can't be told for sure."""
    if len(text) > MAX_RECORD:
        return ""
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = _only_id(text).id
        return found if found.strip() and len(found) <= MAX_ID else ""
    return ""


def _check_id(data: dict[str, Json]) -> None:
    record_id = data.get("_id")
    if not isinstance(record_id, str) or not record_id.strip():
        raise BadRecordError("it has no _id")
    if len(record_id) > MAX_ID:
        raise BadRecordError("its _id is too long")


def _says_once(text: bytes, keys: int) -> bool:
    """Tell whether a text has no more keys than were decoded from it.

    Where no colon stands apart from what is before it, there are no more keys than quotes with a
    colon behind them; so most texts needn't be freed of their strings first.
    """
    apart = b"\n" in text or b"\t" in text or b"\r" in text or b" :" in text
    if not apart and text.count(b'":') == keys:
        return True
    return text.count(b":") == keys or _STRING.sub(b"", text).count(b":") == keys


def _count_keys(data: object) -> int:
    """Count the keys of maps in a value; refuse what is too deep or too large.

    A text with more colons outside its strings than this says one key twice: the decoder keeps the
    last of them without a word. One level of the nest after the other is looked at: a record may
    be nothing but lists.
    """
    keys, level = 0, [data]
    for _ in range(MAX_DEPTH):
        maps = [value for value in level if type(value) is dict]
        lists = [value for value in level if type(value) is list]
        if len(maps) + len(lists) < len(level):
            _check_numbers(level)
        keys += sum(map(len, maps))
        held = chain(chain.from_iterable(map(dict.values, maps)), chain.from_iterable(lists))
        level = [value for value in held if type(value) not in _PLAIN]
        if not level:
            return keys
    if any(isinstance(value, dict | list) for value in level):
        raise BadRecordError("it is nested too deeply")
    _check_numbers(level)
    return keys


def _check_numbers(values: Iterable[object]) -> None:
    if not all(_LEAST <= value <= _MOST for value in values if isinstance(value, int)):
        raise BadRecordError("a number in it is too large")
