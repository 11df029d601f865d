"""The sandbox as a process: uvicorn on loopback, one line when it's ready, a clean end."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import sys
from typing import TYPE_CHECKING, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from planhat_tui.sandbox import create_app
from planhat_tui.sandbox.breaking import DROP

if TYPE_CHECKING:
    import asyncio
    from types import FrameType

    from starlette.types import Receive, Scope, Send

    from planhat_tui.sandbox import SandboxOptions

_BACKLOG: Final = 2048
_LARGEST: Final = 16 * 1024 * 1024
_PATIENCE: Final = 2
"""Seconds at the end for requests under way; a body that never comes doesn't hold it up."""


def run(options: SandboxOptions, host: str, port: int) -> int:
    """Serve until a signal ends it; 1 if the file or the port can't be had."""
    _keep_memory()
    try:
        sandbox = create_app(options)
    except (OSError, sqlite3.Error) as error:
        _complain(f"The sandbox can't use {options.db}: {error}.  Give another file with --db")
        return 1
    with contextlib.closing(sandbox):
        try:
            listener = _listen(host, port)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            _complain(
                f"Port {port} on {host} can't be had: {reason}.  Give another one with --port"
            )
            return 1
        with listener:
            config = uvicorn.Config(
                sandbox,
                log_level="critical",
                access_log=False,
                lifespan="off",
                backlog=_BACKLOG,
                timeout_graceful_shutdown=_PATIENCE,
                http=_Protocol,
            )
            _Server(config, _ready(options, listener)).run(sockets=[listener])
    return 0


def _keep_memory() -> None:
    """Let the C library keep what a large answer took, instead of giving it back each time.

    glibc learns from the first block that is freed: up to its size, memory stays in the process. A
    list of 2,000 costs half the CPU then; the block itself is never touched.
    """
    bytes(_LARGEST)


class _Protocol(H11Protocol):
    """HTTP, and a way for the app to break its own connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Lend the app what breaks this connection."""
        super().connection_made(transport)
        answer = self.app

        async def breakable(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[DROP] = transport.abort
            await answer(scope, receive, send)

        self.app = breakable


class _Server(uvicorn.Server):
    """A server that says when it accepts requests, and takes a signal as its normal end."""

    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        sys.stdout.write(f"{self._ready}\n")
        sys.stdout.flush()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 -- uvicorn's signature
        """Take a signal as the normal end: it isn't raised again afterwards."""
        self.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's waiting (40 ms an answer) off only where the protocol is said
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)  # now: two that bind at once are told apart here
    except BaseException:
        listener.close()
        raise
    return listener


def _ready(options: SandboxOptions, listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    return f"ready http://{name}:{port} token={options.token} tenant={options.tenant}"


def _complain(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
