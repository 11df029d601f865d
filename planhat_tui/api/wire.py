"""What Planhat sends, read with care: text of unknown size, depth and truth.

A page is split into raw records first and decoded slice by slice, so that five thousand companies
stall nobody. A record that can't be kept (see :func:`read_record`) is set aside with its reason,
and the others go on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

import msgspec

from planhat_tui.api.splitter import BrokenListError, split_list
from planhat_tui.api.translate import WEB_PAGE_ADVICE
from planhat_tui.errors import ServerError
from planhat_tui.model.ports import Slice
from planhat_tui.model.records import Received

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planhat_tui.model.values import Json

MAX_DEPTH: Final = 64
"""Lists and maps inside each other, at most; deeper ones break what comes after us."""

MAX_ID: Final = 500
"""Letters of an ``_id``; a longer one couldn't be asked for again. Planhat's have 24."""

INT64: Final = range(-(2**63), 2**63)
"""What SQLite holds as a whole number."""

_BOM: Final = b"\xef\xbb\xbf"
_STRING: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])


class BadRecordError(Exception):
    """A record can't be kept; its text says why. Never leaves this module."""


class RecordPage:
    """A list that Planhat answered. Implements :class:`planhat_tui.model.ports.Page`."""

    def __init__(self, pieces: Sequence[bytes | memoryview | msgspec.Raw]) -> None:
        self._pieces = pieces

    @property
    def count(self) -> int:
        """How many records the answer holds, bad ones included."""
        return len(self._pieces)

    def slices(self, size: int = 200) -> Iterator[Slice]:
        """Decode the records, ``size`` at a time."""
        for start in range(0, len(self._pieces), size):
            records: list[Received] = []
            set_aside: list[str] = []
            for number, piece in enumerate(self._pieces[start : start + size], start + 1):
                try:
                    records.append(read_record(bytes(piece)))
                except BadRecordError as reason:
                    set_aside.append(f"record {number} of {self.count}: {reason}")
            yield Slice(tuple(records), tuple(set_aside))

    def joined(self, other: RecordPage) -> RecordPage:
        """Return one page of both."""
        return RecordPage([*self._pieces, *other._pieces])

    def starts_like(self, other: RecordPage) -> bool:
        """Tell whether both begin with the same record: then an offset was ignored."""
        return bytes(self._pieces[0]) == bytes(other._pieces[0])


def read_page(body: bytes) -> RecordPage:
    """Read a list of records; anything else is a :class:`ServerError`."""
    text = _json_text(body)
    if text[:1] != b"[":
        raise ServerError(
            "Planhat answered something else where a list was expected.",
            "Check base_url: it may be the address of another service.",
        )
    try:
        return RecordPage(_LIST.decode(text))
    except (msgspec.DecodeError, RecursionError):
        pass  # one bad record makes msgspec refuse them all: look at each
    try:
        return RecordPage(split_list(text))
    except BrokenListError:
        raise _not_json() from None


def read_one(body: bytes) -> Received:
    """Read the answer that is one record; anything else is a :class:`ServerError`."""
    text = _json_text(body)
    try:
        return read_record(text)
    except BadRecordError as reason:
        raise ServerError(
            f"Planhat answered with a record that can't be read: {reason}.",
            "Refresh to see what Planhat has.",
        ) from None


def read_receipt(body: bytes) -> Received:
    """Read the answer to an open call, which may tell as little as it likes.

    The open endpoint answers strangers, so an empty body, or one without ``_id``, is good.
    """
    text = body.removeprefix(_BOM).strip()
    if not text or text == b"OK":
        return Received(json="{}", data={})
    try:
        return read_record(_json_text(text), with_id=False)
    except BadRecordError:
        return Received(json="{}", data={})


def check_done(body: bytes) -> None:
    """Refuse a web page where a plain acknowledgement was expected."""
    if looks_like_html(body):
        raise _html()


def read_record(text: bytes, *, with_id: bool = True) -> Received:
    """Decode one record: an object with a text ``_id``.

    Raises :class:`BadRecordError` if it's nested deeper than :data:`MAX_DEPTH`, holds a whole
    number beyond :data:`INT64`, NaN, a lone surrogate or the same key twice.
    """
    try:
        data = msgspec.json.decode(text)
        kept = text.decode("utf-8")
    except RecursionError:
        raise BadRecordError("it is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadRecordError("it isn't proper JSON") from None
    if not isinstance(data, dict):
        raise BadRecordError("it isn't an object")
    keys = _count_keys(data)
    if kept.count(":") != keys and _STRING.sub("", kept).count(":") != keys:
        raise BadRecordError("it has the same key twice")
    if with_id:
        _check_id(data)
    return Received(json=kept, data=cast("dict[str, Json]", data))


def message_of(body: bytes) -> str:
    """Return what a refusal says: plain text, ``{"error"}`` or ``{"message"}``; else empty.

    The text is as the server wrote it: whoever shows it cleans and cuts it.
    """
    if looks_like_html(body):
        return ""
    try:
        data = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body.decode("utf-8", "replace").strip()
    if isinstance(data, dict):
        data = data.get("error") or data.get("message")
        if isinstance(data, dict):
            data = data.get("message")
    return data.strip() if isinstance(data, str) else ""


def _check_id(data: dict[str, object]) -> None:
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


def _json_text(body: bytes) -> bytes:
    text = body.removeprefix(_BOM).strip()
    if not text:
        raise ServerError("Planhat answered with nothing where data was expected.")
    if looks_like_html(text):
        raise _html()
    if text[:1] not in b"{[":
        raise _not_json()
    return text


def looks_like_html(body: bytes) -> bool:
    """Tell whether a body is a web page: no JSON and no plain refusal starts so."""
    return body.removeprefix(_BOM).lstrip()[:1] == b"<"


def _html() -> ServerError:
    return ServerError(
        "Planhat's address answered with a web page (HTML), not data.", WEB_PAGE_ADVICE
    )


def _not_json() -> ServerError:
    return ServerError(
        "Planhat answered with something that isn't JSON, or only with a part of it.",
        "Try again; if it stays, check base_url and the proxy.",
    )
