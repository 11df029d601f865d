"""The sandbox as one ASGI callable: limit, authentication, routes, in the service's order.

Authentication comes before routing: an unknown path without a good token is 401, not 404. Both
limit headers stand on every response.
"""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse
from starlette.routing import Router

from planhat_tui.sandbox.breaking import answer_badly
from planhat_tui.sandbox.clock import DrivenClock
from planhat_tui.sandbox.control import PREFIX, Control
from planhat_tui.sandbox.database import Database
from planhat_tui.sandbox.faults import Faults, Plan
from planhat_tui.sandbox.filling import prepare
from planhat_tui.sandbox.limits import Crowd, Limits, Taken
from planhat_tui.sandbox.routes import keep_slashes, pattern_of, routes, table
from planhat_tui.sandbox.service import Service
from planhat_tui.sandbox.stats import NO_ANSWER, Stats
from planhat_tui.sandbox.tenants import Tenants

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from planhat_tui.sandbox import SandboxOptions

_NO_FAULTS = Plan()
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
            counted = self._counted(_NO_FAULTS, scope, taken, send)
            await self._control(scope, receive, counted)
            return
        keep_slashes(scope)
        faults = self._control.faults
        plan = faults.plan(scope["method"], scope["path"]) if faults else _NO_FAULTS
        scope["pattern"] = "unknown"
        scope["failing"] = plan.draw if "bulk-206" in plan.kinds else None
        if plan.latency:
            await self._sleep(plan.latency)
        await self._answer(plan, scope, receive, send)

    async def _answer(self, plan: Plan, scope: Scope, receive: Receive, send: Send) -> None:
        budget = self._budget(scope)
        crowded = not self._crowd.enter(budget, self._real())
        try:
            taken, answer = self._door(plan, scope, budget, crowded=crowded)
            counted = self._counted(plan, scope, taken, send)
            if answer is None and plan.kinds:
                scope["pattern"] = pattern_of(scope, self._router.routes)
                broken = partial(self.stats.count, scope["method"], scope["pattern"], NO_ANSWER)
                await answer_badly(plan, self._router, scope, receive, counted, broken)
            else:
                await (answer or self._router)(scope, receive, counted)
        finally:
            if not crowded:
                self._crowd.leave(budget)

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

    def _door(
        self, plan: Plan, scope: Scope, budget: str, *, crowded: bool
    ) -> tuple[Taken, ASGIApp | None]:
        """Decide who may come in; an answer means: no further. What is refused as planned is free.

        The limit stands in front: what meets a fault behind it has cost a call.
        """
        if crowded or "429" in plan.kinds:
            scope["pattern"] = "crowded" if crowded else "limited"
            later = {"Retry-After": "1"} if crowded else None
            refusal = PlainTextResponse(_TOO_MANY, 429, later)
            return self._limits.peek(budget, self._clock()), refusal
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

    def _counted(self, plan: Plan, scope: Scope, taken: Taken, send: Send) -> Send:
        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.stats.count(scope["method"], scope["pattern"], message["status"])
                told = plan.headers(taken.headers, message["status"])
                headers = [(k.lower().encode(), v.encode()) for k, v in told.items()]
                message["headers"] = [*message.get("headers", []), *headers]
            await send(message)

        return counting


def _header(scope: Scope, name: bytes) -> str:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    return next((value.decode("latin-1") for key, value in headers if key == name), "")
