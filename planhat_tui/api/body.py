"""A response's body, read with a cap: 300 kB of gzip can inflate to 300 MB.

So the bytes are taken as they come from the socket and inflated here, piece by piece; httpx would
inflate them unasked and whole.
"""

from __future__ import annotations

import asyncio
import zlib
from contextlib import aclosing
from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator

MAX_BODY: Final = 64 * 1024 * 1024
"""Bytes of a body that is held whole, inflated, at most."""

MAX_FLOW: Final = 1024 * 1024 * 1024
"""The same of one that is taken as it comes: the names of five million companies."""

_PIECE: Final = 64 * 1024
"""Bytes that are given at once, and looked through by whoever takes them, while all else waits."""
_CRUMBS: Final = 64
"""Chunks, or pieces of one, after which others get their turn, and the deadline is looked at: a
server may send bytes by ones, and thousands of them are here at once."""
MAX_RATIO: Final = 200
"""Bytes that one byte inflates to on the average, at most: lists of records take a tenth or a
thirtieth of their size, what's made to burst a thousandth."""
_FREE: Final = 8 * 1024 * 1024
"""Bytes from which on that is asked: so much of anything does no harm."""
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS
_INFLATED: Final = {"gzip", "x-gzip", "deflate"}


class BodyError(Exception):
    """A body can't be read; its text says why, as half a sentence. Never leaves this room."""


class LargeBodyError(BodyError):
    """A body is larger than what is read."""


async def read_body(chunks: AsyncIterator[bytes], encoding: str, cap: int = MAX_BODY) -> bytes:
    """Read a whole body, inflated; raises as :func:`inflated` does."""
    body = BytesIO()  # it gives its bytes away without a copy
    async with aclosing(inflated(chunks, encoding, cap)) as pieces:
        async for piece in pieces:
            body.write(piece)
    return body.getvalue()


async def inflated(
    chunks: AsyncIterator[bytes], encoding: str, cap: int
) -> AsyncGenerator[bytes, None]:
    """Give a body as it comes, inflated, in pieces that aren't empty.

    Raises :class:`BodyError` for a broken one, :class:`LargeBodyError` for one that is too large.

    ``encoding`` is the header ``Content-Encoding``, ``cap`` counts bytes, before inflating and
    after it. One that inflates to more than :data:`MAX_RATIO` of itself is a broken one.
    """
    inflater = _inflater(encoding)
    taken = given = number = 0
    async for chunk in chunks:
        taken += len(chunk)
        for piece in _parted(chunk) if inflater is None else _inflate(inflater, chunk):
            number += 1
            if number % _CRUMBS == 0:
                await asyncio.sleep(0)
            given += len(piece)
            if max(given, taken) > cap:
                raise LargeBodyError(f"the answer is larger than {cap // 1024} KiB")
            if given > max(_FREE, MAX_RATIO * taken):
                raise BodyError("the answer is packed as no answer of Planhat's is")
            if piece:
                yield piece
    if inflater is not None and taken and not inflater.eof:
        raise BodyError("the answer broke off")


def _parted(chunk: bytes) -> Iterator[bytes]:
    """Part a chunk: from a server within this process, a body comes as one."""
    return (chunk[start : start + _PIECE] for start in range(0, len(chunk), _PIECE))


def _inflater(encoding: str) -> zlib._Decompress | None:
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return None
    if name in _INFLATED:
        return zlib.decompressobj(_GZIP_OR_ZLIB)
    raise BodyError("the answer is packed in a way that nobody asked for")


def _inflate(inflater: zlib._Decompress, chunk: bytes) -> Iterator[bytes]:
    """Inflate a chunk in pieces, so that a bomb is noticed before it has gone off.

    There is at least one, though it may be empty: what follows the end counts as well.
    """
    rest = chunk
    if inflater.eof:
        yield b""
    while rest and not inflater.eof:
        try:
            piece = inflater.decompress(rest, _PIECE)
        except zlib.error:
            raise BodyError("the answer isn't packed as it says") from None
        rest = inflater.unconsumed_tail
        yield piece
