"""Memory doesn't grow with the tenant: lists without a cap are never whole in it."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.sandbox import SandboxOptions, create_app
from tests.sandbox.asking import Clock

if TYPE_CHECKING:
    from pathlib import Path

    from planhat_tui.sandbox import Dialect
    from planhat_tui.sandbox.app import Sandbox


async def _streamed(app: Sandbox, path: str) -> tuple[int, int]:
    """Ask for a list; return its bytes, and the most that were held to answer it."""
    total, tail = 0, b""
    query = path.partition("?")

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:  # noqa: ANN401 -- ASGI's
        nonlocal total, tail
        body = message.get("body", b"")
        total += len(body)
        tail = body[-1:] or tail

    scope = {
        "type": "http",
        "asgi": {"spec_version": "2.4"},
        "method": "GET",
        "path": query[0],
        "query_string": query[2].encode(),
        "headers": [(b"authorization", b"Bearer sandbox-token")],
    }
    tracemalloc.start()
    await app(scope, receive, send)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert tail == b"]"
    return total, most


@pytest.mark.parametrize(("dialect", "path"), [("modern", "/leancompanies"), ("seed", "/endusers")])
async def test_a_whole_list_is_never_whole_in_memory(
    tmp_path: Path, dialect: Dialect, path: str
) -> None:
    options = SandboxOptions(db=tmp_path / "large.db", companies=1500, dialect=dialect)
    app = create_app(options, clock=Clock())
    await _streamed(app, "/users")  # what is loaded once
    total, most = await _streamed(app, path)
    assert total > 150_000
    assert most < total / 2
    app.close()


async def test_the_pieces_make_one_list() -> None:
    app = create_app(SandboxOptions(companies=230, dialect="seed"), clock=Clock())
    got = b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:  # noqa: ANN401 -- ASGI's
        nonlocal got
        got += message.get("body", b"")

    scope = {
        "type": "http",
        "asgi": {"spec_version": "2.4"},
        "method": "GET",
        "path": "/leancompanies",
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer sandbox-token")],
    }
    await app(scope, receive, send)
    listed = json.loads(got)
    assert len(listed) == len({one["_id"] for one in listed}) == 230
    app.close()
