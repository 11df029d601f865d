"""What can go wrong between here and Planhat, over real sockets on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import logging
import socket
import traceback
import tracemalloc
from email.utils import formatdate
from time import time as wall
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.api import PlanhatClient, connect
from planhat_tui.api.auth import Credentials
from planhat_tui.api.body import MAX_BODY
from planhat_tui.api.exchange import PATIENCE, read_told
from planhat_tui.api.window import Told
from planhat_tui.api.wire import MAX_BAD
from planhat_tui.errors import (
    ForbiddenError,
    NotFoundError,
    OfflineError,
    PlanhatTuiError,
    RateLimitedError,
    RefusedError,
    RejectedError,
    ServerError,
    StorageError,
    StrangerError,
    TokenError,
    TooMuchError,
    UnknownOutcomeError,
)
from planhat_tui.model.limits import Lane

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping

    from planhat_tui.api import RequestLogLine
    from planhat_tui.model.ports import Slice
    from tests.api.conftest import FakeTime, Server
    from tests.budgets import MemoryBudgets

USER = Lane.USER
LIMITS = "X-Rate-Limit-Limit: 200\r\nX-Rate-Limit-Remaining: 150\r\n"
OK = b"HTTP/1.1 200 OK\r\n"


def _says(*pieces: bytes) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    """A server that writes these pieces and hangs up."""

    async def say(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return say


async def _settle() -> None:
    """Let every task go as far as it can without I/O."""
    for _ in range(20):
        await asyncio.sleep(0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_gzip_body_is_inflated(server: Server, client: PlanhatClient) -> None:
    server.answers(200, gzip.compress(b'{"_id":"a"}'), "Content-Encoding: gzip\r\n")
    assert (await client.company("a", lane=USER)).id == "a"


async def test_how_far_off_the_clock_is_stays_known(server: Server, client: PlanhatClient) -> None:
    assert client.skew() is None
    server.answers(200, b'{"_id":"a"}', "Date: Thu, 28 May 2026 20:26:40 GMT\r\n")
    await client.company("a", lane=USER)
    told = client.skew()
    assert told is not None
    server.answers(200, b'{"_id":"a"}')
    await client.company("a", lane=USER)
    assert client.skew() == told


async def test_a_gzip_bomb_is_bounded(
    server: Server, client: PlanhatClient, lines: list[RequestLogLine]
) -> None:
    bomb = gzip.compress(b" " * (MAX_BODY + 1))
    server.answers(200, bomb, "Content-Encoding: gzip\r\n" + LIMITS)
    with pytest.raises(ServerError, match="packed as no answer of Planhat's is"):
        await client.lean_companies(lane=Lane.BACKGROUND)
    assert lines[-1].error == "ServerError"
    assert client.limits().remaining == 150


async def test_an_endless_body_is_bounded(
    server: Server, client: PlanhatClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"\r\n")
        while True:
            writer.write(b" " * 100_000)
            await writer.drain()

    monkeypatch.setattr("planhat_tui.api.body.read_body.__defaults__", (1_000_000,))
    server.say = endless
    with pytest.raises(ServerError, match="larger"):
        await client.lean_companies(lane=USER)


async def test_the_names_of_any_number_of_companies_are_taken_as_they_come(
    server: Server, client: PlanhatClient
) -> None:
    """A list that is larger than what is held whole costs no more memory than a short one."""
    many, filler = 800, b"x" * 100_000
    assert many * len(filler) > MAX_BODY

    async def names(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"\r\n[")
        for n in range(many):
            writer.write(b'%s{"_id":"%d","name":"%s"}' % (b"," if n else b"", n, filler))
            await writer.drain()
        writer.write(b"]")

    found: list[str] = []

    async def take(piece: Slice) -> None:
        found.extend(record.id for record in piece.records)

    server.say = names
    tracemalloc.start()
    try:
        page = await client.lean_companies(lane=USER, take=take)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == [str(n) for n in range(many)]
    assert (page.count, list(page.slices())) == (many, [])
    assert most < 20_000_000


async def test_what_is_done_with_a_list_as_it_comes_takes_nothing_of_its_deadline(
    server: Server, budgets: MemoryBudgets, token: str
) -> None:
    async def take(_piece: Slice) -> None:
        await asyncio.sleep(0.3)

    server.answers(200, b'[{"_id":"a"},' + b" " * 70_000 + b'{"_id":"b"}]')
    planhat = connect(server.url, token, budget=budgets, deadline=0.2)
    assert (await planhat.lean_companies(lane=USER, take=take)).count == 2
    await planhat.close()


async def test_a_list_that_stops_in_the_middle_meets_its_deadline(
    server: Server, budgets: MemoryBudgets, token: str
) -> None:
    async def stop(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Content-Length: 1000000\r\n\r\n[")
        await writer.drain()
        await asyncio.sleep(1)

    async def take(_piece: Slice) -> None:
        raise AssertionError("nothing came")

    server.say = stop
    planhat = connect(server.url, token, budget=budgets, deadline=0.1)
    with pytest.raises(TooMuchError, match="didn't come in time"):
        await planhat.lean_companies(lane=USER, take=take)
    await planhat.close()


async def test_a_list_that_drips_has_no_whole_deadline_for_each_piece(
    server: Server, budgets: MemoryBudgets, token: str
) -> None:
    piece = b'{"_id":"a","name":"%s"},' % (b"x" * 1024 * 1024)

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"\r\n[")
        for _ in range(40):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.3)
        writer.write(b"{}]")

    async def take(_piece: Slice) -> None:
        pass

    server.say = drip
    planhat = connect(server.url, token, budget=budgets, deadline=0.4)
    with pytest.raises(TooMuchError, match="didn't come in time"):
        await planhat.lean_companies(lane=USER, take=take)
    await planhat.close()


async def test_a_list_ends_in_time_whatever_is_done_with_it(
    server: Server, budgets: MemoryBudgets, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"\r\n[")
        while True:
            writer.write(b'{"_id":"a","name":"%s"},' % (b"x" * 100_000))
            await writer.drain()

    monkeypatch.setattr("planhat_tui.api.exchange._MOST_DEADLINES", 3)
    taken = 0

    async def take(piece: Slice) -> None:
        nonlocal taken
        taken += len(piece.records)
        await asyncio.sleep(0.1)

    server.say = endless
    planhat = connect(server.url, token, budget=budgets, deadline=0.5)
    with pytest.raises(TooMuchError, match="didn't come in time"):
        await planhat.lean_companies(lane=USER, take=take)
    assert taken < 100
    await planhat.close()


async def test_others_get_their_turn_after_each_slice_of_a_list(
    server: Server, client: PlanhatClient
) -> None:
    turns, at = 0, []

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def take(_piece: Slice) -> None:
        at.append(turns)

    records = b",".join(b'{"_id":"%d"}' % n for n in range(2000))
    server.answers(200, gzip.compress(b"[" + records + b"]"), "Content-Encoding: gzip\r\n")
    running = asyncio.create_task(other())
    await client.lean_companies(lane=USER, take=take)
    running.cancel()
    assert len(at) >= 10
    assert len({*at}) == len(at)


async def test_a_list_may_come_packed_and_byte_by_byte(
    server: Server, client: PlanhatClient
) -> None:
    """The first bytes of what is packed inflate to nothing, which isn't the end."""
    packed = gzip.compress(b'[{"_id":"a"}]')

    async def crumbs(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Content-Encoding: gzip\r\n\r\n")
        for at in range(len(packed)):
            writer.write(packed[at : at + 1])
            await writer.drain()
            await _settle()

    found: list[str] = []

    async def take(piece: Slice) -> None:
        found.extend(record.id for record in piece.records)

    server.say = crumbs
    await client.lean_companies(lane=USER, take=take)
    assert found == ["a"]


async def test_a_list_of_what_nobody_can_keep_is_refused(
    server: Server, client: PlanhatClient
) -> None:
    aside = 0

    async def take(piece: Slice) -> None:
        nonlocal aside
        aside += len(piece.set_aside)

    bomb = gzip.compress(b"[" + b"1," * 3_000_000 + b"1]")
    server.answers(200, bomb, "Content-Encoding: gzip\r\n")
    with pytest.raises(ServerError, match="more than 10,000 records can't be read"):
        await client.lean_companies(lane=USER, take=take)
    assert 0 < aside <= MAX_BAD


async def test_backslashes_without_end_are_looked_through_at_once(
    server: Server, client: PlanhatClient
) -> None:
    text = b"\\" * 400_000
    server.answers(200, b'{"_id":"a","note":"' + text + b'"}')
    answer = await client.request("GET", "/companies/a", lane=USER)
    assert answer.data == {"_id": "a", "note": "\\" * 200_000}
    server.answers(400, b"\\" * 60_000)
    with pytest.raises(RejectedError):
        await client.company("a", lane=USER)


async def test_a_list_that_breaks_off_is_no_list(server: Server, client: PlanhatClient) -> None:
    found: list[str] = []

    async def take(piece: Slice) -> None:
        found.extend(record.id for record in piece.records)

    item = b'{"_id":"a","name":"%s"}' % (b"x" * 70_000)
    for body in (b"[" + item + b',{"_id"', b"[" + item + b","):
        server.answers(200, body)
        with pytest.raises(ServerError, match="isn't JSON, or only with a part"):
            await client.lean_companies(lane=USER, take=take)
    assert found == ["a", "a"]


async def test_who_takes_a_list_may_fail(
    server: Server, client: PlanhatClient, lines: list[RequestLogLine]
) -> None:
    async def take(_piece: Slice) -> None:
        raise StorageError("The disk is full: nothing was saved.")

    server.answers(200, b'[{"_id":"a"}]')
    with pytest.raises(StorageError, match="full"):
        await client.lean_companies(lane=USER, take=take)
    assert lines[-1].error == "StorageError"


async def test_a_server_that_dribbles_meets_the_deadline(
    server: Server, budgets: MemoryBudgets, token: str
) -> None:
    hung_up = asyncio.Event()

    async def dribble(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Content-Length: 1000000\r\n\r\n")
        try:
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.01)
        finally:
            hung_up.set()

    server.say = dribble
    planhat = connect(server.url, token, budget=budgets, deadline=0.2)
    with pytest.raises(UnknownOutcomeError, match="didn't come in time"):
        await planhat.update_company("a", {"phase": "x"}, lane=USER)
    await asyncio.wait_for(hung_up.wait(), 10)
    await planhat.close()


async def test_a_silent_server_meets_the_deadline(
    server: Server, budgets: MemoryBudgets, token: str
) -> None:
    async def silent(writer: asyncio.StreamWriter) -> None:
        await writer.drain()
        await asyncio.sleep(1)

    server.say = silent
    planhat = connect(server.url, token, budget=budgets, deadline=0.1)
    with pytest.raises(UnknownOutcomeError, match="Not sure whether Planhat saved the call"):
        await planhat.create_call({"nr": "1"}, lane=USER)
    await planhat.close()


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"HTTP/1.1 200 O",),
        (b"nonsense\r\n\r\n",),
        (OK + b"Content-Length: 100\r\n\r\n{",),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{",),
        (OK + b"Content-Length: x\r\n\r\n{}",),
        (OK + b"X: " + b"y" * 200_000 + b"\r\n\r\n{}",),
    ],
)
async def test_a_connection_that_breaks_leaves_the_outcome_open(
    pieces: tuple[bytes, ...], server: Server, client: PlanhatClient
) -> None:
    server.say = _says(*pieces)
    with pytest.raises(UnknownOutcomeError, match="Not sure"):
        await client.create_company({"name": "x"}, lane=USER)


async def test_a_broken_gzip_body_cannot_be_read(server: Server, client: PlanhatClient) -> None:
    server.answers(200, b"plain", "Content-Encoding: gzip\r\n")
    with pytest.raises(ServerError, match="company may have been saved"):
        await client.update_company("a", {}, lane=USER)


async def test_a_refused_connection_sent_nothing(
    budgets: MemoryBudgets, token: str, lines: list[RequestLogLine]
) -> None:
    planhat = connect(f"http://127.0.0.1:{_free_port()}", token, budget=budgets, log=lines.append)
    with pytest.raises(OfflineError, match=r"it refused the connection\. Nothing was sent"):
        await planhat.create_company({"name": "x"}, lane=USER)
    assert (lines[-1].status, lines[-1].error) == (0, "OfflineError")
    assert planhat.limits().last_error.startswith("127.0.0.1 wasn't reached")
    await planhat.close()


async def test_a_proxy_that_is_not_there_sent_nothing(budgets: MemoryBudgets, token: str) -> None:
    proxy = f"http://me:{token}@127.0.0.1:{_free_port()}"
    planhat = connect("https://api.planhat.com", token, budget=budgets, proxy=proxy)
    with pytest.raises(OfflineError) as refused:
        await planhat.my_profile(lane=USER)
    assert token not in str(refused.value)
    await planhat.close()


async def test_a_proxy_that_says_no_sent_nothing(
    server: Server, budgets: MemoryBudgets, token: str
) -> None:
    server.answers(407)
    planhat = connect("https://api.planhat.com", token, budget=budgets, proxy=server.url)
    with pytest.raises(OfflineError, match="proxy opened no way"):
        await planhat.create_company({}, lane=USER)
    assert token not in "".join(server.heads)
    await planhat.close()


async def test_the_environments_proxy_is_asked_if_the_profile_says_so(
    server: Server, budgets: MemoryBudgets, token: str
) -> None:
    server.answers(407)
    env = {"HTTPS_PROXY": server.url}
    planhat = connect(
        "https://api.planhat.com", token, budget=budgets, proxy="environment", env=env
    )
    with pytest.raises(OfflineError, match="proxy opened no way"):
        await planhat.my_profile(lane=USER)
    assert server.heads[0].startswith("CONNECT api.planhat.com:443")
    await planhat.close()


async def test_a_server_that_speaks_no_tls_sent_nothing(budgets: MemoryBudgets, token: str) -> None:
    hung_up = asyncio.Event()

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad\r\n\r\n")
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        hung_up.set()

    speaker = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = speaker.sockets[0].getsockname()[1]
    planhat = connect(f"https://127.0.0.1:{port}", token, budget=budgets)
    with pytest.raises(OfflineError, match="no secure connection"):
        await planhat.create_company({}, lane=USER)
    await planhat.close()
    await asyncio.wait_for(hung_up.wait(), 10)
    speaker.close()
    await speaker.wait_closed()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(
    status: int, server: Server, client: PlanhatClient
) -> None:
    server.answers(status, b"", f"Location: {server.url}/elsewhere?x=1\r\n")
    with pytest.raises(ServerError, match=r"redirect .* to 127\.0\.0\.1"):
        await client.company("a", lane=USER)
    assert len(server.heads) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RejectedError),
        (401, TokenError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (408, ServerError),
        (409, RejectedError),
        (422, RejectedError),
        (500, ServerError),
        (503, ServerError),
    ],
)
async def test_each_status_with_its_words(
    status: int,
    kind: type[PlanhatTuiError],
    server: Server,
    client: PlanhatClient,
    lines: list[RequestLogLine],
) -> None:
    server.answers(status, b'{"error":"because"}', LIMITS)
    with pytest.raises(kind) as refused:
        await client.update_company("a", {}, lane=USER)
    assert status == 404 or "because" in refused.value.message
    line = lines[-1]
    assert (line.method, line.path, line.status) == ("PUT", "/companies/a", status)
    assert (line.remaining, line.error) == (150, kind.__name__)


@pytest.mark.parametrize("ahead", [-3600, 0, 3600])
async def test_a_date_to_wait_for_is_meant_by_the_servers_own_clock(
    ahead: int, server: Server, client: PlanhatClient
) -> None:
    now = wall() + ahead
    told, at = (formatdate(moment, usegmt=True) for moment in (now, now + 30))
    server.answers(429, b"Too many requests", f"Date: {told}\r\nRetry-After: {at}\r\n")
    with pytest.raises(RateLimitedError) as refused:
        await client.company("a", lane=USER)
    assert refused.value.retry_after == 30


async def test_a_429_stops_the_lanes_and_says_for_how_long(
    server: Server, client: PlanhatClient
) -> None:
    server.answers(429, b"Too many requests", "Retry-After: 30\r\n")
    with pytest.raises(RateLimitedError) as refused:
        await client.company("a", lane=USER)
    assert refused.value.retry_after == 30
    assert client.limits().stopped_until is not None
    waiting = asyncio.create_task(client.company("a", lane=USER))
    await _settle()
    assert client.limits().waiting == {USER: 1}
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert len(server.heads) == 1


@pytest.fixture
async def patient(
    server: Server, token: str, budgets: MemoryBudgets, time: FakeTime
) -> AsyncIterator[PlanhatClient]:
    planhat = connect(
        server.url, token, budget=budgets, clock=time.clock, wall=time.wall, sleep=time.sleep
    )
    yield planhat
    await planhat.close()


async def _until_it_waits(planhat: PlanhatClient) -> None:
    async with asyncio.timeout(20):
        while not planhat.limits().waiting:  # noqa: ASYNC110 -- a real answer on a real socket
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("status", [200, 400])
async def test_what_the_user_waits_for_goes_again_after_a_429(
    status: int, server: Server, patient: PlanhatClient, time: FakeTime
) -> None:
    server.answers(429, b"Too many requests", "Retry-After: 30\r\n")
    waiting = asyncio.create_task(patient.update_company("a", {"name": "x"}, lane=USER))
    await _until_it_waits(patient)
    assert patient.limits().waiting == {USER: 1}
    assert len(server.heads) == 1
    stopped = patient.limits().stopped_until
    assert stopped is not None
    assert stopped - time.now == pytest.approx(30)  # that is how it's told how long
    server.answers(status, b'{"_id": "a", "name": "x"}')
    await time.pass_on(29.0)
    assert not waiting.done()
    await time.pass_on(1.1)
    await asyncio.wait([waiting], timeout=20)
    assert (waiting.exception() is None) == (status == 200)
    assert len(server.heads) == 2
    assert server.bodies[0] == server.bodies[1]


async def test_a_read_whose_turn_is_told_goes_again_too(
    server: Server, patient: PlanhatClient, time: FakeTime
) -> None:
    server.answers(429, b"Too many requests", "Retry-After: 30\r\n")
    turns: list[float] = []
    asked = patient.my_profile(lane=USER, before=lambda: turns.append(time.now))
    waiting = asyncio.create_task(asked)
    await _until_it_waits(patient)
    server.answers(200, b'{"_id": "a"}')
    await time.pass_on(30.1)
    assert (await waiting).id == "a"
    assert len(turns) == len(server.heads) == 2


async def test_a_429_without_an_end_is_an_error_after_two_minutes(
    server: Server, patient: PlanhatClient, time: FakeTime
) -> None:
    server.answers(429, b"Too many requests")
    began = time.now
    waiting = asyncio.create_task(patient.company("a", lane=USER))
    while not waiting.done():
        await asyncio.sleep(0.001)
        if patient.limits().waiting:
            await time.pass_on(1.0)
    assert isinstance(waiting.exception(), RateLimitedError)
    assert PATIENCE <= time.now - began <= PATIENCE + 20
    assert len(server.heads) < 40


async def test_who_is_not_the_user_hears_of_a_429_at_once(
    server: Server, patient: PlanhatClient
) -> None:
    server.answers(429, b"Too many requests")
    with pytest.raises(RateLimitedError):
        await patient.company("a", lane=Lane.OUTBOX)
    assert len(server.heads) == 1


@pytest.mark.parametrize("lane", list(Lane))
async def test_a_read_that_was_to_find_out_whether_there_are_calls_waits_on(
    lane: Lane, server: Server, patient: PlanhatClient, time: FakeTime
) -> None:
    used_up = "X-Rate-Limit-Limit: 200\r\nX-Rate-Limit-Remaining: 0\r\n"
    server.answers(200, b'{"_id": "a"}', used_up)
    await patient.company("a", lane=lane)
    server.answers(429, b"Too many requests", used_up)
    waiting = asyncio.create_task(patient.company("a", lane=lane))
    while len(server.heads) < 3 and not waiting.done():
        await asyncio.sleep(0.001)
        if patient.limits().waiting:
            await time.pass_on(1.0)
    server.answers(200, b'{"_id": "a", "name": "x"}')
    while not waiting.done():
        await asyncio.sleep(0.001)
        if patient.limits().waiting:
            await time.pass_on(1.0)
    assert (await waiting).data["name"] == "x"


async def test_a_read_whose_turn_is_told_hears_of_a_429_unless_it_is_the_users(
    server: Server, patient: PlanhatClient, time: FakeTime
) -> None:
    """Whoever is more urgent than it may take it back only while it hasn't left."""
    server.answers(429, b"Too many requests", "Retry-After: 1\r\n")
    for _ in range(2):  # the second one finds out
        asked = asyncio.create_task(patient.my_profile(lane=Lane.SCREEN, before=lambda: None))
        while not asked.done() and len(server.heads) < 3:
            await asyncio.sleep(0.001)
            if patient.limits().waiting:
                await time.pass_on(1.0)
        assert isinstance(asked.exception(), RateLimitedError)
    assert len(server.heads) == 2


async def test_a_refusal_counts_though_its_words_cannot_be_read(
    server: Server, client: PlanhatClient
) -> None:
    server.say = _says(b"HTTP/1.1 401 No\r\nContent-Length: 99\r\nContent-Encoding: br\r\n\r\nx")
    with pytest.raises(TokenError):
        await client.my_profile(lane=USER)
    server.answers(403, b"x" * 1_000_000)
    server.say = None
    with pytest.raises(ForbiddenError):
        await client.my_profile(lane=USER)


async def test_an_error_keeps_no_body_alive(server: Server, client: PlanhatClient) -> None:
    said = b'{"_id":"a","x":"' + b"a long story " * 1000 + b'"'
    server.answers(200, said)
    for ask in (client.company("a", lane=USER), client.lean_companies(lane=USER)):
        with pytest.raises(ServerError) as refused:
            await ask
        assert refused.value.__context__ is None
        ours = [
            f
            for f, _ in traceback.walk_tb(refused.value.__traceback__)
            if "planhat_tui" in f.f_code.co_filename
        ]
        assert ours
        assert not any("a long story" in repr(frame.f_locals) for frame in ours)


async def test_a_web_page_where_data_was_expected(
    server: Server, client: PlanhatClient, lines: list[RequestLogLine]
) -> None:
    server.answers(200, b"<!doctype html><title>Sign in</title>")
    for ask, doubt in (
        (client.company("a", lane=USER), False),
        (client.delete_company("a", lane=USER), True),
        (client.create_company({"name": "x"}, lane=USER), True),
    ):
        with pytest.raises(ServerError, match="web page") as told:
            await ask
        assert ("the company may have been saved" in told.value.message) == doubt
        assert lines[-1].error == "StrangerError"
    assert "web page" in client.limits().last_error


async def test_a_web_page_that_says_not_found(server: Server, client: PlanhatClient) -> None:
    server.answers(404, b"<html><h1>404 Not Found</h1><hr>nginx</html>")
    for ask in (client.company("a", lane=USER), client.delete_company("a", lane=USER)):
        with pytest.raises(ServerError, match="web page"):
            await ask
    with pytest.raises(NotFoundError):
        await client.companies(limit=5, offset=0, lane=USER)
    server.answers(404, b'{"error": "no such company"}')
    with pytest.raises(NotFoundError):
        await client.company("a", lane=USER)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_proxys_page_is_not_the_tokens_fault(
    status: int, server: Server, client: PlanhatClient
) -> None:
    server.answers(status, b"<html><h1>Who are you?</h1><hr>proxy</html>")
    for ask in (client.my_profile(lane=USER), client.create_call({"nr": "1"}, lane=USER)):
        with pytest.raises(StrangerError, match=rf"a web page \(HTML, {status}\), not data"):
            await ask
    server.answers(status, b'{"error": "no"}')
    with pytest.raises(RefusedError, match=str(status)):
        await client.my_profile(lane=USER)


@pytest.mark.parametrize("body", [b"", b"nonsense", b'{"_id":', b"[]", b'{"name":"no id"}'])
async def test_a_body_that_is_no_record(body: bytes, server: Server, client: PlanhatClient) -> None:
    server.answers(200, body)
    with pytest.raises(ServerError):
        await client.create_company({"name": "x"}, lane=USER)


@pytest.mark.parametrize(
    ("limit", "remaining", "told"),
    [
        ("200", "192", Told(200, 200, 192)),
        (" 200 ", " 0 ", Told(200, 200, 0)),
        ("0", "-1", Told(200)),
        ("many", "1e3", Told(200)),
        ("9" * 40, "9" * 10, Told(200)),
        ("1000000", "999999", Told(200, 1_000_000, 999_999)),
        ("999999999", "999999998", Told(200)),
        ("٢٠٠", "²", Told(200)),
        ("", "", Told(200)),
    ],
)
def test_headers_that_make_no_sense_say_nothing(limit: str, remaining: str, told: Told) -> None:
    headers = {"x-rate-limit-limit": limit, "x-rate-limit-remaining": remaining}
    assert read_told(200, headers, 0.0) == told


async def test_the_log_has_neither_queries_nor_bodies(
    server: Server, client: PlanhatClient, lines: list[RequestLogLine], token: str
) -> None:
    server.answers(200, b'[{"_id":"secret-record"}]', LIMITS)
    await client.users(email="ada@example.com", lane=USER)
    (line,) = lines
    assert (line.method, line.path, line.status, line.bytes) == ("GET", "/users", 200, 25)
    assert line.error == ""
    assert line.ms >= 0
    for word in ("ada", "secret-record", token):
        assert word not in repr(line)


async def test_a_write_that_is_withdrawn_in_its_turn_isnt_sent_and_isnt_logged(
    server: Server, client: PlanhatClient, lines: list[RequestLogLine]
) -> None:
    def withdraw() -> None:
        raise KeyError

    for write in (
        client.update_company("a", {"phase": "won"}, lane=Lane.OUTBOX, before=withdraw),
        client.create_contact({"name": "Ada"}, lane=Lane.OUTBOX, before=withdraw),
        client.upsert_companies([{"externalId": "a"}], lane=Lane.OUTBOX, before=withdraw),
        client.create_open_call("a", {"nr": "1"}, lane=Lane.OUTBOX, before=withdraw),
        client.delete_call("a", lane=Lane.OUTBOX, before=withdraw),
    ):
        with pytest.raises(KeyError):
            await write
    assert (server.heads, lines) == ([], [])


async def test_a_server_in_this_process(budgets: MemoryBudgets, token: str) -> None:
    seen: list[MutableMapping[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 -- ASGI's own
        await receive()
        seen.append(scope)
        if scope["path"] == "/calls/bug":
            raise RuntimeError("a bug of the server's")
        start = {"type": "http.response.start", "status": 200, "headers": []}
        await send(start)
        await send({"type": "http.response.body", "body": b'{"_id":"a"}'})

    planhat = connect("http://demo.planhat", token, budget=budgets, app=app)
    assert (await planhat.company("a", lane=USER)).id == "a"
    assert seen[0]["path"] == "/companies/a"
    with pytest.raises(ServerError, match="500"):
        await planhat.call("bug", lane=USER)
    await planhat.close()


def _everything(error: BaseException) -> Iterator[str]:
    """Every text that hangs on an error: its own, its chain's, its frames' and its attributes'."""
    yield "".join(traceback.format_exception(error))
    seen: list[BaseException | None] = [error]
    while (link := seen.pop()) is not None:
        yield from (str(link), repr(link), repr(vars(link)), repr(link.args))
        for name in ("request", "response"):
            assert not hasattr(link, name), "an exception that holds the request got out"
        seen.append(link.__cause__ or link.__context__)


ECHOES = [401, 403, 400, 422, 429, 500, 302, 418]


@pytest.mark.parametrize("auth", ["bearer", "basic"])
@pytest.mark.parametrize("status", ECHOES)
async def test_a_server_that_repeats_the_token_gets_it_nowhere(  # noqa: PLR0917 -- fixtures
    status: int,
    auth: Any,  # noqa: ANN401 -- one of two words
    server: Server,
    budgets: MemoryBudgets,
    token: str,
    lines: list[RequestLogLine],
    caplog: pytest.LogCaptureFixture,
) -> None:
    secrets = (token, Credentials(token, "basic").header.removeprefix("Basic "))
    echo = f"bad {secrets[0]} and {secrets[1]}"
    server.answers(status, echo.encode(), f"Location: https://{token}.example/{token}\r\n")
    planhat = connect(server.url, token, auth=auth, budget=budgets, log=lines.append, patience=0.0)
    with caplog.at_level(logging.DEBUG), pytest.raises(PlanhatTuiError) as refused:
        await planhat.update_company("a", {}, lane=USER)
    texts = [*_everything(refused.value), repr(lines), repr(planhat.limits()), repr(budgets.kept)]
    texts += [record.getMessage() for record in caplog.records]
    assert not [text for text in texts for secret in secrets if secret in text]
    await planhat.close()


BREAKS = {
    "hangs up": (),
    "nonsense": (b"nonsense\r\n\r\n",),
    "cut": (OK + b"Content-Length: 9\r\n\r\n{",),
    "web page": (OK + b"\r\n<html>",),
    "not JSON": (OK + b"\r\nnonsense",),
    "bad gzip": (OK + b"Content-Encoding: gzip\r\n\r\nnonsense",),
    "bad encoding": (OK + b"Content-Encoding: br\r\n\r\nnonsense",),
}


@pytest.mark.parametrize("pieces", BREAKS.values(), ids=BREAKS.keys())
async def test_no_broken_exchange_shows_the_token(
    pieces: tuple[bytes, ...],
    server: Server,
    client: PlanhatClient,
    token: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.say = _says(*pieces)
    with caplog.at_level(logging.DEBUG), pytest.raises(PlanhatTuiError) as refused:
        await client.company("a", lane=USER)
    texts = [*_everything(refused.value), caplog.text, repr(client.limits())]
    assert not [text for text in texts if token in text]


async def test_no_failed_connection_shows_the_token(
    budgets: MemoryBudgets, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    planhat = connect(f"http://127.0.0.1:{_free_port()}", token, budget=budgets)
    with caplog.at_level(logging.DEBUG), pytest.raises(OfflineError) as refused:
        await planhat.company("a", lane=USER)
    assert not [text for text in (*_everything(refused.value), caplog.text) if token in text]
    await planhat.close()
