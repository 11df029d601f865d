"""Faults done: answers that are late, cut, wrong, or never come.

A connection is broken by the server (``server.py`` lends its ``sandbox.drop`` extension). Within
this process there is none to break: :class:`DroppedError` is raised to whoever asked instead.
"""

from __future__ import annotations

import functools
import zlib
from typing import TYPE_CHECKING, Final

from starlette.responses import HTMLResponse, PlainTextResponse

from planhat_tui.sandbox.faults import wrong_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from planhat_tui.sandbox.faults import Plan

DROP: Final = "sandbox.drop"
"""The server's extension: a callable that breaks the connection at once."""

_BLOCK: Final = b" " * (1 << 20)
_BLOCKS: Final = 300
_PAGE: Final = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class DroppedError(ConnectionError):
    """The connection was dropped, where there is no server that could drop it."""


async def answer_badly(  # noqa: PLR0917 -- ASGI takes three
    plan: Plan,
    app: ASGIApp,
    scope: Scope,
    receive: Receive,
    send: Send,
    broken: Callable[[], None],
) -> None:
    """Answer a request as planned. ``app`` answers it well; ``broken`` hears that nothing does."""
    if "drop" in plan.kinds:
        broken()
        await _drop(scope, receive)
    elif "html" in plan.kinds:
        await HTMLResponse(_PAGE, 502)(scope, receive, send)
    elif "500" in plan.kinds:
        await PlainTextResponse("Internal Server Error", 500)(scope, receive, send)
    else:
        await _altered(plan, app, scope, receive, send, broken)


async def _altered(  # noqa: PLR0917 -- likewise
    plan: Plan,
    app: ASGIApp,
    scope: Scope,
    receive: Receive,
    send: Send,
    broken: Callable[[], None],
) -> None:
    start, body = await _answer(app, scope, receive)
    if "drop-after" in plan.kinds:
        broken()
        await _drop(scope, receive)
        return
    if "500-after" in plan.kinds:
        await PlainTextResponse("Internal Server Error", 500)(scope, receive, send)
        return
    if "gzip-bomb" in plan.kinds:
        body = bomb()
        start["headers"] += [(b"content-encoding", b"gzip")]
    elif "wrong-json" in plan.kinds:
        body = wrong_json(body, plan.draw)
    start["headers"] = [
        *((name, value) for name, value in start["headers"] if name != b"content-length"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send(start)
    if "cut" in plan.kinds:
        await send(
            {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
        )
        if DROP not in scope.get("extensions", {}):
            raise DroppedError("the body was cut")
        return  # the server closes a connection whose answer isn't complete
    await send({"type": "http.response.body", "body": body})


async def _answer(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    """Let the request be answered, and hold the answer back."""
    messages: list[Message] = []

    async def hold(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, hold)
    start, *rest = messages
    start["headers"] = list(start.get("headers", []))
    return start, b"".join(message.get("body", b"") for message in rest)


async def _drop(scope: Scope, receive: Receive) -> None:
    drop = scope.get("extensions", {}).get(DROP)
    if drop is None:
        raise DroppedError("the connection was dropped")
    drop()
    while (await receive())["type"] != "http.disconnect":
        pass


@functools.cache
def bomb() -> bytes:
    """Return 300 kB of gzip that inflate to 300 MiB: an empty list with very many blanks."""
    press = zlib.compressobj(9, zlib.DEFLATED, 31)
    pressed = press.compress(b"[") + b"".join(press.compress(_BLOCK) for _ in range(_BLOCKS))
    return pressed + press.compress(b"]") + press.flush()
