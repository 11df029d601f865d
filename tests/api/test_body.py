from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.api.body import BodyError, read_body

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence


async def _chunks(pieces: Sequence[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def _cut(text: bytes, size: int) -> list[bytes]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@given(st.binary(max_size=400), st.integers(1, 50))
async def test_a_body_comes_back_whole_however_it_is_packed_and_cut(text: bytes, size: int) -> None:
    assert await read_body(_chunks(_cut(text, size)), "") == text
    assert await read_body(_chunks(_cut(gzip.compress(text), size)), "gzip") == text
    assert await read_body(_chunks(_cut(zlib.compress(text), size)), "Deflate") == text


@pytest.mark.parametrize("encoding", ["", "gzip"])
async def test_the_cap_counts_what_is_inflated(encoding: str) -> None:
    def packed(size: int) -> bytes:
        return gzip.compress(b"x" * size) if encoding else b"x" * size

    assert len(await read_body(_chunks([packed(1000)]), encoding, 1000)) == 1000
    with pytest.raises(BodyError, match="larger"):
        await read_body(_chunks([packed(1001)]), encoding, 1000)


async def test_a_bomb_is_stopped_before_it_has_gone_off() -> None:
    bomb = gzip.compress(b"\0" * 30_000_000)
    taken = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal taken
        for piece in _cut(bomb, 1000):
            taken += 1
            yield piece

    with pytest.raises(BodyError):
        await read_body(counted(), "gzip", 3_000_000)
    assert taken < len(bomb) / 1000 / 5


async def test_what_inflates_beyond_measure_is_no_answer() -> None:
    """It's known after the first few MiB, and lists of records are far from it."""
    bomb = gzip.compress(b" " * (9 * 1024 * 1024))
    with pytest.raises(BodyError, match="packed as no answer"):
        await read_body(_chunks([bomb]), "gzip")
    little = b" " * (7 * 1024 * 1024)
    assert await read_body(_chunks([gzip.compress(little)]), "gzip") == little
    companies = b",".join(b'{"_id":"%024d","name":"Company"}' % n for n in range(250_000))
    assert await read_body(_chunks([gzip.compress(companies)]), "gzip") == companies


@pytest.mark.parametrize("encoding", ["gzip", ""])
async def test_one_chunk_that_is_long_meets_the_deadline(encoding: str) -> None:
    companies = b",".join(b'{"_id":"%024d","name":"Company"}' % n for n in range(250_000))
    chunk = gzip.compress(companies) if encoding else companies
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await read_body(_chunks([chunk]), encoding)


@pytest.mark.parametrize(
    ("pieces", "encoding"),
    [
        ([gzip.compress(b"abc")[:-4]], "gzip"),
        ([b"plain"], "gzip"),
        ([b"x"], "br"),
        ([b"x"], "gzip, gzip"),
    ],
)
async def test_what_is_not_packed_as_it_says_is_refused(pieces: list[bytes], encoding: str) -> None:
    with pytest.raises(BodyError):
        await read_body(_chunks(pieces), encoding)


async def test_an_empty_body_needs_no_packing() -> None:
    assert await read_body(_chunks([]), "gzip") == b""


async def test_a_body_that_comes_in_crumbs_meets_the_deadline() -> None:
    async def crumbs() -> AsyncIterator[bytes]:
        for _ in range(10_000):
            yield b" "
        pytest.fail("nobody looked at the deadline")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await read_body(crumbs(), "")
