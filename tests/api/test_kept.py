"""A kept connection that the server has closed: who goes again, and who doesn't."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from planhat_tui.api.kept import Renewing
from planhat_tui.errors import UnknownOutcomeError
from planhat_tui.model.limits import Lane

if TYPE_CHECKING:
    import asyncio

    from planhat_tui.api import PlanhatClient, RequestLogLine
    from tests.api.conftest import Server

USER = Lane.USER
CONNECTED = "connection.connect_tcp.started"
SENT = "http11.send_request_body.complete"


async def test_a_read_on_a_connection_that_was_closed_goes_again_at_once(
    server: Server, client: PlanhatClient, lines: list[RequestLogLine]
) -> None:
    server.answers(200, b'{"_id":"a"}')
    await client.company("a", lane=USER)

    async def hang_up(_writer: asyncio.StreamWriter) -> None:
        server.say = None

    server.say = hang_up
    assert (await client.company("a", lane=USER)).id == "a"
    assert len(server.heads) == 3
    assert len(server.running) == 2  # connections: the kept one, and one that is new
    assert [line.status for line in lines] == [200, 200]


async def test_a_read_on_a_new_connection_that_breaks_is_told(
    server: Server, client: PlanhatClient
) -> None:
    async def hang_up(_writer: asyncio.StreamWriter) -> None:
        pass

    server.say = hang_up
    with pytest.raises(UnknownOutcomeError, match="What it held isn't read"):
        await client.company("a", lane=USER)
    assert len(server.heads) == 1


async def test_a_write_that_was_sent_is_never_sent_twice(
    server: Server, client: PlanhatClient
) -> None:
    server.answers(200, b'{"_id":"a"}')
    await client.company("a", lane=USER)

    async def hang_up(_writer: asyncio.StreamWriter) -> None:
        server.say = None

    server.say = hang_up
    with pytest.raises(UnknownOutcomeError, match="Not sure"):
        await client.update_company("a", {"phase": "won"}, lane=USER)
    assert len(server.heads) == 2


class Way(httpx.AsyncBaseTransport):
    """A network in which each try ends as it's told: the events of it, and the error."""

    def __init__(self, *tries: tuple[tuple[str, ...], Exception | None]) -> None:
        self.tries = list(tries)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        events, error = self.tries.pop(0)
        for event in events:
            await request.extensions["trace"](event, {})
        if error is not None:
            raise error
        return httpx.Response(200)


CLOSED = httpx.RemoteProtocolError("Server disconnected without sending a response.")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("error", [CLOSED, httpx.ReadError(""), httpx.WriteError("")], ids=repr)
async def test_a_write_of_which_not_all_had_left_goes_again(method: str, error: Exception) -> None:
    way = Way(((), error), ((), error), ((CONNECTED, SENT), None))
    request = httpx.Request(method, "http://planhat", content=b"{}")
    assert (await Renewing(way).handle_async_request(request)).status_code == 200
    for tries in (((SENT,), error), ((CONNECTED,), error), ((CONNECTED, SENT), error)):
        with pytest.raises(type(error)):
            await Renewing(Way(tries)).handle_async_request(request)


@pytest.mark.parametrize("error", [httpx.ReadTimeout(""), httpx.WriteTimeout("")], ids=repr)
async def test_what_took_too_long_isnt_asked_again(error: Exception) -> None:
    with pytest.raises(httpx.TimeoutException):
        await Renewing(Way(((SENT,), error))).handle_async_request(
            httpx.Request("GET", "http://planhat")
        )
