"""Servers on a loopback port of their own: a sandbox, or one that misbehaves in some way."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn

from planhat_tui.sandbox import SandboxOptions, create_app
from tests.journeys.conftest import MOMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send


TOKEN = SandboxOptions().token
TENANT = SandboxOptions().tenant
SMALL_TENANT = SandboxOptions(companies=12, limit=1_000_000)

STEADY = {b"x-rate-limit-limit": b"200", b"x-rate-limit-remaining": b"150"}

PATIENCE = 5.0
"""Seconds that a server may take to end; nothing is measured by it."""


@contextlib.contextmanager
def serving(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Serve an app until the end of the block; its base URL. It accepts requests at once."""
    listener = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none")
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@dataclass
class Elsewhere:
    """A sandbox on a port, and somebody else who works in it.

    ``asked`` is what it was asked, by all: ``GET /companies/ID``.
    """

    url: str
    asked: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 -- JSON
        """Ask it as somebody else does; what it answers."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        url = f"{self.url}{path}"
        answer = httpx.request(method, url, headers=headers, json=body, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.text else None


@contextlib.contextmanager
def sandbox(
    options: SandboxOptions = SMALL_TENANT, clock: Callable[[], float] = MOMENT.timestamp
) -> Iterator[Elsewhere]:
    """Serve a sandbox until the end of the block; ``clock`` is its time."""
    app = create_app(options, clock=clock)
    asked: list[str] = []
    with contextlib.closing(app), serving(_heard(app, asked)) as url:
        yield Elsewhere(url, asked)


def _heard(app: ASGIApp, asked: list[str]) -> ASGIApp:
    async def listening(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(f"{scope['method']} {scope['path']}")
        await app(scope, receive, send)

    return listening


def steady(app: ASGIApp) -> ASGIApp:
    """Return the app, saying always that as much is left: so that pictures don't count reads."""
    return _telling(app, STEADY)


def silent(app: ASGIApp) -> ASGIApp:
    """Return an app whose answers say nothing of the rate limit."""
    return _telling(app, {})


def _telling(app: ASGIApp, limits: Mapping[bytes, bytes]) -> ASGIApp:
    """Return the app, with other headers of the rate limit."""

    async def telling(scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                others = [pair for pair in message["headers"] if pair[0].lower() not in STEADY]
                message = {**message, "headers": [*others, *limits.items()]}
            await send(message)

        await app(scope, receive, told)

    return telling


def answering(text: str, status: int = 200, kind: str = "application/json") -> ASGIApp:
    """Return an app that gives one answer to everything."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 -- ASGI's signature
        headers = [(b"content-type", kind.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})

    return app


def configure(home: Path, text: str) -> None:
    """Write a config that only its owner can read."""
    file = home / "config.yaml"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)


def profile(name: str, url: str, *lines: str, token: str = TOKEN) -> str:
    """Return a profile for the config, with more lines where they are given."""
    own = "".join(f"    {line}\n" for line in lines)
    return f"  {name}:\n    base_url: {url}\n    token: {token}\n{own}"
