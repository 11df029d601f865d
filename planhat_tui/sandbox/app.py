"""The sandbox as one ASGI callable: limit, authentication, routes, in the service's order.

Authentication comes before routing: an unknown path without a good token is 401, not 404. Both
limit headers stand on every response.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Router

from planhat_tui.sandbox import demo
from planhat_tui.sandbox.database import Database
from planhat_tui.sandbox.limits import Limits, Taken
from planhat_tui.sandbox.routes import routes, table
from planhat_tui.sandbox.service import Service
from planhat_tui.sandbox.stats import Stats
from planhat_tui.sandbox.tenants import Tenants

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from planhat_tui.sandbox import SandboxOptions

_STATS = "/_sandbox/stats"
_STRANGERS = "strangers"


class Sandbox:
    """The ASGI app. ``clock`` gives seconds since the epoch."""

    def __init__(self, options: SandboxOptions, clock: Callable[[], float]) -> None:
        self._database = Database(options.db)
        demo.prepare(self._database, options, clock())
        self._tenants = Tenants(self._database, [known.tenant_id for known in options.tenants])
        self._limits = Limits(self._database, options.limit, options.window, options.seed)
        self._clock = clock
        self.stats = Stats()
        service = Service(self._database, clock, modern=options.dialect == "modern")
        self._router = Router(routes(table(service)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._router.lifespan(scope, receive, send)
            return
        taken, answer = self._door(scope)
        if answer is None:
            scope["pattern"], scope["failing"] = "unknown", ()
            answer = self._router
        await answer(scope, receive, self._counted(scope, taken, send))

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _door(self, scope: Scope) -> tuple[Taken, ASGIApp | None]:
        """Decide who may come in; an answer means: no further."""
        now = self._clock()
        path: str = scope["path"]
        if path == _STATS:
            scope["pattern"] = _STATS
            return self._limits.peek(_STRANGERS, now), JSONResponse(self.stats.report())
        tenant = self._open_tenant(scope["method"], path)
        if tenant is not None:
            taken = self._limits.take(f"{tenant}/open", now)
            scope["tenant"], scope["open"] = self._tenants.with_id(tenant), True
        else:
            found = self._tenants.let_in(_header(scope, b"authorization"))
            taken = self._limits.take(found.id if found else _STRANGERS, now)
            if found is None and taken.allowed:
                scope["pattern"] = "unauthorized"
                return taken, PlainTextResponse("Unauthorized", 401)
            scope["tenant"], scope["open"] = found, False
        if not taken.allowed:
            scope["pattern"] = "limited"
            return taken, PlainTextResponse("429 Too many requests", 429)
        return taken, None

    def _open_tenant(self, method: str, path: str) -> str | None:
        first, _, rest = path.removeprefix("/").partition("/")
        if method == "POST" and rest == "calls" and self._tenants.with_id(first):
            return first
        return None

    def _counted(self, scope: Scope, taken: Taken, send: Send) -> Send:
        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.stats.count(scope["method"], scope["pattern"], message["status"])
                headers = [(k.lower().encode(), v.encode()) for k, v in taken.headers.items()]
                message["headers"] = [*message.get("headers", []), *headers]
            await send(message)

        return counting


def _header(scope: Scope, name: bytes) -> str:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    return next((value.decode("latin-1") for key, value in headers if key == name), "")
