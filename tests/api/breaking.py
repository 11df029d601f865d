"""A proxy on loopback before a sandbox in this process, which breaks answers in every way we know.

What it does to an answer is drawn from a seeded generator: the same seed breaks the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from random import Random

    from planhat_tui.sandbox.app import Sandbox

    Pieces = Iterator[bytes]

MIB: Final = 1024 * 1024
_KEPT: Final = ("authorization", "content-type")
HANG: Final = b""
"""A piece that stands for nothing at all, until the client goes away."""


class Truth(NamedTuple):
    """What the sandbox answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def records(self) -> list[bytes] | None:
        """The items of a list, ``None`` if it's something else."""
        data = json.loads(self.body) if self.body[:1] in {b"[", b"{"} else None
        return [json.dumps(item).encode() for item in data] if isinstance(data, list) else None


def _answer(status: int, body: bytes, *lines: str, sized: bool = True) -> bytes:
    """Write an answer; ``lines`` are more headers."""
    head = [f"HTTP/1.1 {status} Words", "Connection: close", *lines]
    head += [f"Content-Length: {len(body)}"] if sized else []
    return "\r\n".join([*head, "", ""]).encode("latin-1", "replace") + body


def _limits(truth: Truth) -> list[str]:
    return [f"{name}: {value}" for name, value in truth.headers.items() if name.startswith("x-")]


def _noise(rng: Random, most: int) -> bytes:
    return rng.randbytes(rng.randint(0, most))


def _cut(rng: Random, whole: bytes) -> bytes:
    return whole[: rng.randint(0, max(0, len(whole) - 1))]


def _flipped(rng: Random, body: bytes, count: int) -> bytes:
    torn = bytearray(body)
    for _ in range(count if torn else 0):
        torn[rng.randrange(len(torn))] = rng.randrange(256)
    return bytes(torn)


# -- answers that are as they should be


def whole(_rng: Random, truth: Truth) -> Pieces:
    yield _answer(truth.status, truth.body, *_limits(truth))


def packed(_rng: Random, truth: Truth) -> Pieces:
    yield _answer(truth.status, gzip.compress(truth.body), "Content-Encoding: gzip")


def chunked(rng: Random, truth: Truth) -> Pieces:
    yield _answer(truth.status, b"", "Transfer-Encoding: chunked", sized=False)
    rest = truth.body
    while rest:
        size = rng.randint(1, max(1, len(rest)))
        yield f"{size:x}\r\n".encode() + rest[:size] + b"\r\n"
        rest = rest[size:]
    yield b"0\r\n\r\n"


def told_early(rng: Random, truth: Truth) -> Pieces:
    for _ in range(rng.randint(1, 5)):
        yield f"HTTP/1.1 {rng.choice([100, 102, 103])} Wait\r\n\r\n".encode()
    yield _answer(truth.status, truth.body)


def lying_limits(rng: Random, truth: Truth) -> Pieces:
    words = ["", "-1", "1e9", "nan", "9" * 40, "many", "0", "7", "\u0667", "150"]
    yield _answer(
        truth.status,
        truth.body,
        f"X-Rate-Limit-Limit: {rng.choice(words)}",
        f"X-Rate-Limit-Remaining: {rng.choice(words)}",
        f"Retry-After: {rng.choice(words)}",
    )


# -- answers that are broken on their way


def cut(rng: Random, truth: Truth) -> Pieces:
    yield _cut(rng, _answer(truth.status, truth.body))


def cut_unsized(rng: Random, truth: Truth) -> Pieces:
    yield _answer(truth.status, _cut(rng, truth.body), sized=False)


def cut_packed(rng: Random, truth: Truth) -> Pieces:
    body = _cut(rng, gzip.compress(truth.body))
    yield _answer(truth.status, body, "Content-Encoding: gzip")


def flip(rng: Random, truth: Truth) -> Pieces:
    yield _answer(truth.status, _flipped(rng, truth.body, 1))


def flips(rng: Random, truth: Truth) -> Pieces:
    yield _answer(truth.status, _flipped(rng, truth.body, rng.randint(2, 40)))


def flips_packed(rng: Random, truth: Truth) -> Pieces:
    body = _flipped(rng, gzip.compress(truth.body), rng.randint(1, 5))
    yield _answer(truth.status, body, "Content-Encoding: gzip")


def flips_everywhere(rng: Random, truth: Truth) -> Pieces:
    yield _flipped(rng, _answer(truth.status, truth.body), rng.randint(1, 10))


def repeated(rng: Random, truth: Truth) -> Pieces:
    at = rng.randint(0, len(truth.body))
    torn = truth.body[:at] + truth.body[max(0, at - rng.randint(1, 200)) :]
    yield _answer(truth.status, torn)


def noise(rng: Random, _truth: Truth) -> Pieces:
    yield _noise(rng, 4000)


def noisy_body(rng: Random, truth: Truth) -> Pieces:
    yield _answer(truth.status, _noise(rng, 4000))


def wrong_length(rng: Random, truth: Truth) -> Pieces:
    length = rng.choice(["-1", "x", "1e3", "9" * 30, str(len(truth.body) + 7), "1", "0", ""])
    yield _answer(truth.status, truth.body, f"Content-Length: {length}", sized=rng.random() < 0.3)


def broken_chunks(rng: Random, truth: Truth) -> Pieces:
    yield _answer(truth.status, b"", "Transfer-Encoding: chunked", sized=rng.random() < 0.2)
    yield rng.choice([b"zz\r\n", b"-5\r\n", b"ffffffffffff\r\n", b"5\r\n", b"5\r\n123456789\r\n"])
    yield _cut(rng, truth.body)


def wrong_encoding(rng: Random, truth: Truth) -> Pieces:
    name = rng.choice(["gzip", "br", "zstd", "gzip, gzip", "deflate", "x", "identity"])
    yield _answer(truth.status, truth.body, f"Content-Encoding: {name}")


def huge_header(rng: Random, truth: Truth) -> Pieces:
    yield _answer(truth.status, truth.body, f"X-Large: {'y' * rng.randint(10_000, 300_000)}")


def hang_up(_rng: Random, _truth: Truth) -> Pieces:
    yield from ()


def silence(rng: Random, truth: Truth) -> Pieces:
    yield _cut(rng, _answer(truth.status, truth.body))
    yield HANG


def dribble(rng: Random, truth: Truth) -> Pieces:
    text = _answer(truth.status, truth.body)
    for at in range(min(len(text), rng.randint(1, 60))):
        yield text[at : at + 1]
    yield HANG


# -- answers that somebody else gave


def web_page(rng: Random, _truth: Truth) -> Pieces:
    page = rng.choice([b"<html>Sign in</html>", b"\xef\xbb\xbf <!doctype html>", b"<"])
    yield _answer(rng.choice([200, 200, 403, 404, 502]), page)


def other_json(rng: Random, _truth: Truth) -> Pieces:
    words = [b"", b" ", b"null", b"1", b'"OK"', b"{}", b"[]", b"[[]]", b"[null]", b'{"error":"x"}']
    yield _answer(200, rng.choice(words))


def other_record(rng: Random, _truth: Truth) -> Pieces:
    yield _answer(200, json.dumps({"_id": rng.choice(["x", "", " ", "0" * 24])}).encode())


def redirect(rng: Random, _truth: Truth) -> Pieces:
    to = rng.choice(["//evil.example/", "/", "http://[::1", "https://evil.example/?x=1", "\x00"])
    yield _answer(rng.choice([301, 302, 303, 307, 308, 304]), b"", f"Location: {to}")


def failure(rng: Random, truth: Truth) -> Pieces:
    yield _answer(rng.choice([408, 500, 502, 503, 504, 599]), truth.body)


def backslashes(rng: Random, _truth: Truth) -> Pieces:
    """Write a run of what begins an escape: a search that begins anew at each takes for ever."""
    run = b"\\" * (2 * rng.randint(1, 100_000))
    yield _answer(rng.choice([200, 206, 400, 500]), b'{"_id":"a","error":"' + run + b'"}')


# -- bombs


def _bomb(unit: bytes, size: int, start: bytes = b"", end: bytes = b"") -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed, piece = packer.compress(start), unit * (MIB // len(unit))
    for _ in range(size // len(piece)):
        packed += packer.compress(piece)
    return packed + packer.compress(end) + packer.flush()


_NEST: Final = b"[" * 60 + b"]" * 60
_RICH: Final = b'{"_id":"r","x":[' + (_NEST + b",") * 4000 + b"1]},"
"""A record of half a megabyte that costs fifty times as much."""
_BOMBS: Final[dict[str, bytes]] = {}
_UNITS: Final = {
    "blanks": (b" ", 600 * MIB, b"", b""),
    "numbers": (b"1,", 60 * MIB, b"[", b"1]"),
    "lists": (b"[],", 60 * MIB, b"[", b"[]]"),
    "one list": (b"[],", 60 * MIB, b'{"_id":"a","x":[', b"[]]}"),
    "keys": (b'"k":0,', 60 * MIB, b'[{"_id":"a",', b'"k":0}]'),
    "nests": (b"[", 60 * MIB, b"", b""),
    "rich": (_RICH, 60 * MIB, b"[", b'{"_id":"a"}]'),
    "rich enough to be taken": (_RICH, 4 * MIB, b"[", b'{"_id":"a"}]'),
    "rich enough to be shown": (_RICH, 2 * MIB, b"[", b'{"_id":"a"}]'),
    "records": (b'{"_id":"%024d"},' % 7, 60 * MIB, b"[", b'{"_id":"a"}]'),
}


def bomb(rng: Random, _truth: Truth) -> Pieces:
    name = rng.choice(sorted(_UNITS))
    if name not in _BOMBS:
        unit, size, start, end = _UNITS[name]
        _BOMBS[name] = _bomb(unit, size, start, end)
    yield _answer(200, _BOMBS[name], "Content-Encoding: gzip")


# -- one record of a list that nobody can keep

BAD_RECORDS: Final = (
    b'{"_id":"n","x":NaN}',
    b'{"_id":"n","x":1e999}',
    b'{"_id":"s","x":"\\ud800"}',
    b'{"_id":"d","x":' + b"[" * 65 + b"]" * 65 + b"}",
    b'{"_id":"d","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"_id":"l","x":9223372036854775808}',
    b'{"_id":"l","x":-' + b"9" * 5000 + b"}",
    b'{"_id":"t","name":"a","name":"b"}',
    b'{"name":"no id"}',
    b'{"_id":7}',
    b'{"_id":""}',
    b"null",
    b"[]",
    b'"text"',
    b'{"_id":"u","x":"\xff\xfe"}',
    b'{"_id":"c","x":"\x01"}',
    b'{"_id":"x",}',
    b"{,}",
    b'{"_id":"m","x":"' + b"y" * (4 * MIB) + b'"}',
)


def bad_record(rng: Random, truth: Truth) -> Pieces:
    records = truth.records
    bad = rng.choice(BAD_RECORDS)
    if records is None:
        yield _answer(truth.status, bad)
        return
    records.insert(rng.randint(0, len(records)), bad)
    yield _answer(truth.status, rng.choice([b",", b" ,\n", b", "]).join(records).join([b"[", b"]"]))


KEEPING: Final = (whole, packed, chunked, told_early, lying_limits)
"""What leaves an answer as it was meant."""

STRICT: Final = (*KEEPING, bad_record, cut, cut_unsized, cut_packed, flip, flips_packed)
"""What may cost an answer, or a record with its reason, and never a record without."""

FAULTS: Final[tuple[Callable[[Random, Truth], Pieces], ...]] = (
    *STRICT, flips, flips_everywhere, repeated, noise, noisy_body, wrong_length, broken_chunks,
    wrong_encoding, huge_header, hang_up, silence, dribble, web_page, other_json, other_record,
    redirect, failure, bomb, backslashes,
)  # fmt: skip


class Breaker:
    """The proxy. ``breaks`` decides what is done to the next answer; ``carried`` counts requests.

    ``before`` says whether the request is lost before it's carried out; ``too_many`` that it gets a
    429 instead.
    """

    def __init__(self, app: Sandbox, rng: Random) -> None:
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://sandbox.planhat"
        )
        self._rng = rng
        self.breaks: Callable[[Random, Truth], Pieces] = whole
        self.draw: Callable[[], Callable[[Random, Truth], Pieces]] = lambda: self.breaks
        self.before = False
        self.too_many = False
        self.answered = 0
        self.carried: list[tuple[str, str, int]] = []
        self.truth: Truth | None = None
        self.url = ""
        self._running: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[Breaker]:
        """Listen on loopback while the block runs."""
        server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            await self._http.aclose()

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
        finally:
            writer.transport.abort() if self._rng.random() < 0.1 else writer.close()
            with contextlib.suppress(ConnectionError, OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.answered += 1
        if self.too_many:
            writer.write(_answer(429, b"Too many requests", "Retry-After: 1"))
            await writer.drain()
            return
        if self.before:
            return
        method, path, _ = first.split(" ")
        self.truth = await self._ask(method, path, headers, body)
        self.carried.append((method, path, self.truth.status))
        for piece in self.draw()(self._rng, self.truth):
            if piece == HANG:
                await reader.read(1)  # until the client goes away
                return
            writer.write(piece)
            await writer.drain()

    async def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Truth:
        kept: dict[str, str] = {n: headers[n] for n in _KEPT if n in headers}
        answer = await self._http.request(method, path, headers=kept, content=body)
        return Truth(answer.status_code, dict(answer.headers), answer.content)
