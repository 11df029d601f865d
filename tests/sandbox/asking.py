"""A clock that moves when told, and a sandbox in this process to ask."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from planhat_tui.sandbox import SandboxOptions, create_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOON = 1_700_000_000.0


@dataclass
class Clock:
    """Seconds since the epoch, as the test says."""

    now: float = NOON

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@dataclass
class Asking:
    """A sandbox, its clock, and a connection with a tenant's token."""

    http: httpx.AsyncClient
    options: SandboxOptions
    clock: Clock

    async def ask(
        self, method: str, path: str, body: object = None, token: str | None = None
    ) -> httpx.Response:
        """Send a request; with the first tenant's token if none is given, without if it's empty."""
        token = self.options.token if token is None else token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.http.request(method, path, json=body, headers=headers)

    async def get(self, path: str, token: str | None = None) -> Any:  # noqa: ANN401 -- JSON
        """Return what a path answers."""
        answer = await self.ask("GET", path, token=token)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def make(self, path: str, body: object, token: str | None = None) -> dict[str, Any]:
        """Make a record."""
        answer = await self.ask("POST", path, body, token)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def left(self, token: str | None = None) -> int:
        """Ask for the profile; return how many calls are left, -1 past the limit."""
        answer = await self.ask("GET", "/myprofile", token=token)
        if answer.status_code == 429:
            return -1
        return int(answer.headers["X-Rate-Limit-Remaining"])


@contextlib.asynccontextmanager
async def asking(
    options: SandboxOptions | None = None, clock: Clock | None = None
) -> AsyncIterator[Asking]:
    """Open a sandbox in this process, an empty one if nothing is said."""
    options = options or SandboxOptions(empty=True)
    clock = clock or Clock()
    app = create_app(options, clock=clock)
    transport = httpx.ASGITransport(app=app)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http:
            yield Asking(http, options, clock)
    finally:
        app.close()
