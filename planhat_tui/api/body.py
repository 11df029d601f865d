"""A response's body, read with a cap: 300 kB of gzip can inflate to 300 MB.

So the bytes are taken as they come from the socket and inflated here, piece by piece; httpx would
inflate them unasked and whole.
"""

from __future__ import annotations

import asyncio
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

MAX_BODY: Final = 64 * 1024 * 1024
"""Bytes of a body, inflated, at most."""

_PIECE: Final = 1024 * 1024
_CRUMBS: Final = 64
"""Chunks after which others get their turn, and the deadline is looked at: a server may send bytes
by ones, and thousands of them are here at once."""
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS
_INFLATED: Final = {"gzip", "x-gzip", "deflate"}


class BodyError(Exception):
    """A body can't be read; its text says why, as half a sentence. Never leaves this room."""


class LargeBodyError(BodyError):
    """A body is larger than what is read."""


async def read_body(chunks: AsyncIterator[bytes], encoding: str, cap: int = MAX_BODY) -> bytes:
    """Read a whole body, inflated.

    Raises :class:`BodyError` for a broken one, :class:`LargeBodyError` for one that is too large.

    ``encoding`` is the header ``Content-Encoding``, ``cap`` counts bytes, before inflating and
    after it.
    """
    inflater = _inflater(encoding)
    body = BytesIO()  # it gives its bytes away without a copy
    taken = number = 0
    async for chunk in chunks:
        taken += len(chunk)
        number += 1
        if number % _CRUMBS == 0:
            await asyncio.sleep(0)
        for piece in (chunk,) if inflater is None else _inflate(inflater, chunk):
            body.write(piece)
            if body.tell() > cap:
                break
        if body.tell() > cap or taken > cap:
            raise LargeBodyError(f"the answer is larger than {cap // 1024} KiB")
    if inflater is not None and taken and not inflater.eof:
        raise BodyError("the answer broke off")
    return body.getvalue()


def _inflater(encoding: str) -> zlib._Decompress | None:
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return None
    if name in _INFLATED:
        return zlib.decompressobj(_GZIP_OR_ZLIB)
    raise BodyError("the answer is packed in a way that nobody asked for")


def _inflate(inflater: zlib._Decompress, chunk: bytes) -> Iterator[bytes]:
    """Inflate a chunk in pieces, so that a bomb is noticed before it has gone off."""
    rest = chunk
    while rest and not inflater.eof:
        try:
            piece = inflater.decompress(rest, _PIECE)
        except zlib.error:
            raise BodyError("the answer isn't packed as it says") from None
        rest = inflater.unconsumed_tail
        yield piece
