"""How a write ends, whatever befalls it, over a real connection: done, refused or unknown."""

from __future__ import annotations

import asyncio
import gzip
import socket
from typing import TYPE_CHECKING

import pytest

from planhat_tui.api import PlanhatClient, connect
from planhat_tui.errors import PlanhatTuiError
from planhat_tui.model.limits import Lane
from planhat_tui.model.outcomes import Outcome, may_resend, outcome_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.api.conftest import Server
    from tests.budgets import MemoryBudgets

USER = Lane.USER
DONE, REFUSED, UNKNOWN = Outcome.DONE, Outcome.REFUSED, Outcome.UNKNOWN
RECORD = b'{"_id":"a","name":"x"}'
OK = b"HTTP/1.1 200 OK\r\n"

STATUSES = {
    200: DONE,
    **dict.fromkeys((400, 401, 403, 404, 405, 409, 410, 413, 418, 422, 429), REFUSED),
    **dict.fromkeys((301, 302, 304, 307, 408, 500, 502, 503, 504, 599), UNKNOWN),
}
"""Each status, and how a write ends that is answered with it."""

BODIES = {
    "a record": (RECORD, DONE),
    "nothing": (b"", UNKNOWN),
    "a web page": (b"<html>Sign in</html>", UNKNOWN),
    "a text": (b"Accepted", UNKNOWN),
    "a list": (b"[" + RECORD + b"]", UNKNOWN),
    "half a record": (RECORD[:-1], UNKNOWN),
    "another record": (b'{"_id":"b"}', UNKNOWN),
    "no record": (b'{"ok":1}', UNKNOWN),
    "NaN": (b'{"_id":"a","x":NaN}', UNKNOWN),
    "the same key twice": (b'{"_id":"a","_id":"a"}', UNKNOWN),
}
"""Each body of a 200, and how an update ends that is answered with it."""

BREAKS = {
    "hangs up": (),
    "hangs up in the head": (b"HTTP/1.1 200",),
    "speaks something else": (b"220 smtp ready\r\n\r\n",),
    "cuts the body": (OK + b"Content-Length: 99\r\n\r\n" + RECORD,),
    "cuts a chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{",),
    "cuts what is packed": (OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(RECORD)[:-5],),
    "packs in another way": (OK + b"Content-Encoding: br\r\n\r\n" + RECORD,),
}
"""What a server does that has the whole request: nobody can tell what became of it."""

WRITES: dict[str, Callable[[PlanhatClient], Awaitable[object]]] = {
    "make": lambda c: c.create_company({"name": "x"}, lane=USER),
    "change": lambda c: c.update_company("a", {"name": "x"}, lane=USER),
    "delete": lambda c: c.delete_company("a", lane=USER),
    "open call": lambda c: c.create_open_call("t", {"nr": "1"}, lane=USER),
    "typed": lambda c: c.request("PUT", "/companies/a", {}, lane=USER),
}


async def _ended(asked: Awaitable[object]) -> tuple[Outcome, bool]:
    """Return how a write ended, and whether it may go again blindly."""
    try:
        await asked
    except PlanhatTuiError as error:
        return outcome_of(error), may_resend(error)
    return DONE, False


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
@pytest.mark.parametrize(("status", "outcome"), STATUSES.items())
async def test_each_status(
    status: int,
    outcome: Outcome,
    write: Callable[[PlanhatClient], Awaitable[object]],
    server: Server,
    client: PlanhatClient,
) -> None:
    server.answers(status, RECORD)
    assert await _ended(write(client)) == (outcome, status == 429)
    assert len(server.heads) == 1, "it was sent again"


@pytest.mark.parametrize(("body", "outcome"), BODIES.values(), ids=BODIES.keys())
async def test_each_body(
    body: bytes, outcome: Outcome, server: Server, client: PlanhatClient
) -> None:
    server.answers(200, body)
    assert await _ended(client.update_company("a", {"name": "x"}, lane=USER)) == (outcome, False)


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
@pytest.mark.parametrize("pieces", BREAKS.values(), ids=BREAKS.keys())
async def test_each_break(
    pieces: tuple[bytes, ...],
    write: Callable[[PlanhatClient], Awaitable[object]],
    server: Server,
    client: PlanhatClient,
) -> None:
    async def say(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    server.say = say
    assert await _ended(write(client)) == (UNKNOWN, False)
    assert len(server.heads) == 1, "it was sent again"


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
async def test_an_answer_that_never_comes(
    write: Callable[[PlanhatClient], Awaitable[object]],
    server: Server,
    budgets: MemoryBudgets,
    token: str,
) -> None:
    async def silent(writer: asyncio.StreamWriter) -> None:
        await writer.drain()
        await asyncio.Event().wait()

    server.say = silent
    client = connect(server.url, token, budget=budgets, deadline=0.1)
    assert await _ended(write(client)) == (UNKNOWN, False)
    await client.close()


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
async def test_a_server_that_is_not_there(
    write: Callable[[PlanhatClient], Awaitable[object]], budgets: MemoryBudgets, token: str
) -> None:
    with socket.socket() as held:  # bound and not listening: nobody else gets the port
        held.bind(("127.0.0.1", 0))
        client = connect(f"http://127.0.0.1:{held.getsockname()[1]}", token, budget=budgets)
        assert await _ended(write(client)) == (REFUSED, True)
        await client.close()


async def test_a_connection_that_was_kept_and_is_gone_is_not_written_to(
    server: Server, client: PlanhatClient
) -> None:
    server.answers(200, RECORD)
    await client.company("a", lane=USER)
    await server.close()
    assert await _ended(client.update_company("a", {"name": "x"}, lane=USER)) == (DONE, False)
