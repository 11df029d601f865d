"""The sandbox as one ASGI callable: limit, authentication, routes, in the service's order.

Authentication comes before routing: an unknown path without a good token is 401, not 404. Both
limit headers stand on every response.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse
from starlette.routing import Router

from planhat_tui.sandbox.breaking import answer_badly
from planhat_tui.sandbox.clock import DrivenClock
from planhat_tui.sandbox.control import PREFIX, Control
from planhat_tui.sandbox.database import Database
from planhat_tui.sandbox.faults import FailingRows, Faults
from planhat_tui.sandbox.filling import prepare
from planhat_tui.sandbox.limits import Crowd, Limits, Taken
from planhat_tui.sandbox.routes import keep_slashes, routes, table
from planhat_tui.sandbox.service import Service
from planhat_tui.sandbox.stats import Stats
from planhat_tui.sandbox.tenants import Tenants

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from planhat_tui.sandbox import SandboxOptions

_STRANGERS = "strangers"
_TOO_MANY = "429 Too many requests"
_METRICS = re.compile(r"/(?:analytics|dimensiondata)/[^/]+")
"""Open endpoints of the service that aren't here: they need no token to be missing."""


class Sandbox:
    """The ASGI app. ``clock`` gives seconds since the epoch, ``sleep`` waits for some."""

    def __init__(
        self,
        options: SandboxOptions,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        faults = Faults(options.faults, options.seed)
        self._database = Database(options.db)
        self._clock = DrivenClock(clock)
        prepare(self._database, options, self._clock())
        self._tenants = Tenants(self._database, [known.tenant_id for known in options.tenants])
        self._limits = Limits(self._database, options.limit, options.window, options.seed)
        self._crowd = Crowd(options.per_second, options.parallel)
        self._real = clock
        self._sleep = sleep
        self.stats = Stats()
        service = Service(self._database, self._clock, modern=options.dialect == "modern")
        operations, later = table(service)
        self._router = Router(routes(operations, later), redirect_slashes=False)
        self._control = Control(self.stats, self._clock, faults, operations)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._router.lifespan(scope, receive, send)
            return
        if scope["path"].startswith(PREFIX):
            taken = self._limits.peek(_STRANGERS, self._clock())
            await self._control(scope, receive, self._counted(scope, taken, send))
            return
        keep_slashes(scope)
        scope["pattern"], scope["failing"] = "unknown", ()
        faults = self._control.faults
        if not faults:
            await self._answer(scope, receive, send)
            return
        plan = faults.plan(scope["method"], scope["path"])
        scope["failing"] = FailingRows(plan.draw) if "bulk-206" in plan.kinds else ()
        app = self._refuse if "429" in plan.kinds else self._answer
        await answer_badly(plan, app, scope, receive, send, self._sleep)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        budget = self._budget(scope)
        if not self._crowd.enter(budget, self._real()):
            scope["pattern"] = "crowded"
            counted = self._counted(scope, self._limits.peek(budget, self._clock()), send)
            crowded = PlainTextResponse(_TOO_MANY, 429, {"Retry-After": "1"})
            await crowded(scope, receive, counted)
            return
        try:
            taken, answer = self._door(scope, budget)
            await (answer or self._router)(scope, receive, self._counted(scope, taken, send))
        finally:
            self._crowd.leave(budget)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 429 although the limit isn't reached; it isn't counted."""
        found = self._tenants.let_in(_header(scope, b"authorization"))
        taken = self._limits.peek(found.id if found else _STRANGERS, self._clock())
        scope["pattern"] = "limited"
        counted = self._counted(scope, taken, send)
        await PlainTextResponse(_TOO_MANY, 429)(scope, receive, counted)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _budget(self, scope: Scope) -> str:
        """See who asks, and return under whose limit that goes."""
        tenant = self._open_tenant(scope["method"], scope["path"])
        if tenant is not None:
            scope["tenant"], scope["open"] = self._tenants.with_id(tenant), True
            return f"{tenant}/open"
        found = self._tenants.let_in(_header(scope, b"authorization"))
        scope["tenant"], scope["open"] = found, False
        return found.id if found else _STRANGERS

    def _door(self, scope: Scope, budget: str) -> tuple[Taken, ASGIApp | None]:
        """Decide who may come in; an answer means: no further."""
        taken = self._limits.take(budget, self._clock())
        if scope["tenant"] is None and taken.allowed:
            if scope["method"] == "POST" and _METRICS.fullmatch(scope["path"]):
                return taken, PlainTextResponse("Not Found", 404)
            scope["pattern"] = "unauthorized"
            return taken, PlainTextResponse("Unauthorized", 401)
        if not taken.allowed:
            scope["pattern"] = "limited"
            return taken, PlainTextResponse(_TOO_MANY, 429)
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
