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
    from starlette.types import Receive, Scope, Send

MOST_BYTES: Final = 32 * 1024 * 1024
MOST_OPEN_BYTES: Final = 16 * 1024
_JSON: Final = "application/json"
_LARGE: Final = 64 * 1024
_DIGITS: Final = 20


async def read_object(request: Request, most: int = MOST_BYTES) -> dict[str, Any]:
    """Read a JSON object of at most so many bytes."""
    fields = await read_json(request, most)
    if not isinstance(fields, dict):
        raise RefusalError(400, "The body must be a JSON object")
    return fields


async def read_json(request: Request, most: int = MOST_BYTES) -> object:
    """Read any JSON of at most so many bytes; NaN and half letters are none."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:_DIGITS]) > most:
        raise RefusalError(413, "Request body is too large")
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
    """Answer a record."""
    return Response(text, media_type=_JSON)


def array(joined: bytes) -> Response:
    """Answer a list of records that commas join."""
    return _Array(joined) if len(joined) > _LARGE else record(b"[%s]" % joined)


class _Array(Response):
    """A large list: its brackets go out by themselves, which is less work than a copy of it."""

    def __init__(self, joined: bytes) -> None:
        super().__init__(None, 200, {"Content-Length": str(len(joined) + 2)}, _JSON)
        self._joined = joined

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI's
        """Send it."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        for piece, more in ((b"[", True), (self._joined, True), (b"]", False)):
            await send({"type": "http.response.body", "body": piece, "more_body": more})


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
