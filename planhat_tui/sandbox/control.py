"""The trainer's door: ``/_sandbox/*`` looks in, breaks things and drives the clock.

It takes no token and isn't limited. What changes something is taken from this machine only.
"""

from __future__ import annotations

import ipaddress
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from planhat_tui.sandbox import bodies
from planhat_tui.sandbox.faults import BadFaultError, Faults
from planhat_tui.sandbox.fields import RefusalError, moment
from planhat_tui.sandbox.rules import iso

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from planhat_tui.sandbox.clock import DrivenClock
    from planhat_tui.sandbox.operations import Operation
    from planhat_tui.sandbox.stats import Stats

PREFIX: Final = "/_sandbox/"
_STATS, _FAULTS, _OPENAPI = (f"{PREFIX}{name}" for name in ("stats", "faults", "openapi.json"))
_MOST_BYTES: Final = 64 * 1024
_FIRST, _LAST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (1, 9000))
"""How far the clock goes: what runs on from there has a calendar for a while."""


class Control:
    """Answers the trainer. ``faults`` are those of today."""

    def __init__(
        self, stats: Stats, clock: DrivenClock, faults: Faults, operations: list[Operation]
    ) -> None:
        self.faults = faults
        self._stats = stats
        self._clock = clock
        self._operations = operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        known = scope["path"] in {_STATS, _FAULTS, _OPENAPI}
        scope["pattern"] = scope["path"] if known else "unknown"
        try:
            answer = await self._answer(request)
        except (RefusalError, BadFaultError) as error:
            answer = PlainTextResponse(str(error), getattr(error, "status", 400))
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path, method = request.url.path, request.method
        if path == _FAULTS and method == "PUT":
            return await self._change(request)
        if method not in {"GET", "HEAD"}:
            raise RefusalError(405 if request.scope["pattern"] == path else 404, "Not Found")
        if path == _STATS:
            return JSONResponse(self._stats.report())
        if path == _FAULTS:
            return self._told()
        if path == _OPENAPI:
            from planhat_tui.sandbox.openapi import describe

            return JSONResponse(describe(self._operations))
        raise RefusalError(404, "Not Found")

    async def _change(self, request: Request) -> Response:
        """``PUT /_sandbox/faults``: ``faults`` and ``seed`` replace those of today."""
        if not _is_near(request):
            raise RefusalError(403, "Faults are taken from this machine only")
        wanted = await bodies.read_object(request, _MOST_BYTES)
        texts, seed = wanted.get("faults"), wanted.get("seed", self.faults.seed)
        if texts is not None and not _are_texts(texts):
            raise RefusalError(400, 'faults is a list of texts, such as ["429=5%"]')
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise RefusalError(400, "seed is a whole number")
        faults = self.faults if texts is None else Faults(texts, seed)
        _drive(self._clock, wanted.get("clock", {}))
        self.faults = faults
        return self._told()

    def _told(self) -> Response:
        clock = {"at": iso(self._clock()), "stands": self._clock.stands}
        told = {"faults": self.faults.report(), "seed": self.faults.seed, "clock": clock}
        return JSONResponse(told)


def _are_texts(texts: object) -> bool:
    return isinstance(texts, list) and all(isinstance(text, str) for text in texts)


def _is_near(request: Request) -> bool:
    try:
        return request.client is None or ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _drive(clock: DrivenClock, wanted: Any) -> None:  # noqa: ANN401 -- JSON
    if not isinstance(wanted, dict) or set(wanted) - {"at", "advance", "stands"}:
        raise RefusalError(400, f"clock takes at, advance and stands: {json.dumps(wanted)}")
    at, advance, stands = wanted.get("at"), wanted.get("advance", 0), wanted.get("stands")
    read = moment(at) if isinstance(at, str) else None
    if at is not None and read is None:
        raise RefusalError(400, "clock.at is a moment, such as 2026-01-31T12:00:00Z")
    if not isinstance(advance, int | float) or isinstance(advance, bool):
        raise RefusalError(400, "clock.advance is a number of seconds")
    start = read.timestamp() if read else clock()
    if not _FIRST - start <= advance <= _LAST - start:
        raise RefusalError(400, "clock goes too far: its calendar is from the year 1 to 9000")
    if stands is not None and not isinstance(stands, bool):
        raise RefusalError(400, "clock.stands is true or false")
    if not wanted:
        return
    clock.drive(at=read.timestamp() if read else None, advance=advance, stands=stands)
