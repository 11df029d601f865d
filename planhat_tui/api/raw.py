"""The answer to a request that a person typed: any JSON, or any text, read as safely as records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.api.records import MAX_RECORD, BadRecordError, read_value
from planhat_tui.api.wire import check_cost, json_text, pieces_of
from planhat_tui.errors import ServerError
from planhat_tui.model.raw import RawAnswer

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

MAX_COST: Final = 128 * 1024 * 1024
"""Bytes of memory that a list may take once it's decoded: it's held whole."""


def read_raw(status: int, body: bytes) -> RawAnswer:
    """Read whatever came. Raises :class:`ServerError` for a web page and for what is too large."""
    text = body.strip()
    if text[:1] == b"[":
        return _read_list(status, json_text(text))
    if text[:1] == b"<":
        json_text(text)  # raises: a web page
    if len(text) > MAX_RECORD:
        raise ServerError(f"Planhat's answer is larger than {MAX_RECORD // 1024} KiB.")
    try:
        return RawAnswer(status, read_value(text) if text else "")
    except BadRecordError:
        return RawAnswer(status, text.decode("utf-8", "replace"))


def _read_list(status: int, text: bytes) -> RawAnswer:
    check_cost(text, MAX_COST)
    data: list[Json] = []
    set_aside: list[str] = []
    pieces = pieces_of(text)
    for number, piece in enumerate(pieces, 1):
        try:
            data.append(read_value(bytes(piece)))
        except BadRecordError as reason:
            set_aside.append(f"item {number} of {len(pieces)}: {reason}")
    return RawAnswer(status, data, tuple(set_aside))
