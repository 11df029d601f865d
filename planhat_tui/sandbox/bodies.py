"""Bodies in and out: JSON that a list can hold later, and never more of it than is allowed."""

from __future__ import annotations

import asyncio
import json
import math
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response, StreamingResponse

from planhat_tui.sandbox.database import dump
from planhat_tui.sandbox.fields import RefusalError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.requests import Request

MOST_BYTES: Final = 32 * 1024 * 1024
MOST_OPEN_BYTES: Final = 16 * 1024
_JSON: Final = "application/json"


async def read_object(request: Request, most: int = MOST_BYTES) -> dict[str, Any]:
    """Read a JSON object of at most so many bytes."""
    fields = await read_json(request, most)
    if not isinstance(fields, dict):
        raise RefusalError(400, "The body must be a JSON object")
    return fields


async def read_json(request: Request, most: int = MOST_BYTES) -> object:
    """Read any JSON of at most so many bytes; NaN and half letters are none."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise RefusalError(413, "Request body is too large")
    try:
        read: object = json.loads(body.decode(), parse_constant=_refuse, parse_float=_finite)
        if b"\\u" in body:
            dump(read).encode()  # a lone surrogate fails here
    except (ValueError, RecursionError):
        raise RefusalError(400, "Malformed JSON") from None
    return read


def _refuse(text: str) -> float:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def record(text: bytes) -> Response:
    """Answer a record, or a list that is whole."""
    return Response(text, media_type=_JSON)


def pieces(texts: Iterator[bytes]) -> Response:
    """Answer a list in pieces; one that is short at once."""
    first = next(texts)
    second = next(texts, None)
    if second is None or second == b"]":
        return record(first + (second or b""))

    async def stream() -> AsyncIterator[bytes]:
        yield first
        yield second
        for piece in texts:
            yield piece
            await asyncio.sleep(0)  # others get their turn

    return StreamingResponse(stream(), media_type=_JSON)
