"""The endpoints of both editions.

``seed`` has what the 2016 reference has; ``modern`` adds what was observed since. What was there in
2016 refuses in plain text, what was observed since in JSON, as the live service does.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Match, Route

from planhat_tui.sandbox.calls import Calls
from planhat_tui.sandbox.companies import Companies
from planhat_tui.sandbox.contacts import Contacts
from planhat_tui.sandbox.definitions import Definitions
from planhat_tui.sandbox.fields import RefusalError
from planhat_tui.sandbox.stored import KINDS, Stored
from planhat_tui.sandbox.team import Team

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import Scope

    from planhat_tui.sandbox.operations import Operation
    from planhat_tui.sandbox.service import Service
    from planhat_tui.sandbox.tenants import Tenant


_SLASH: Final = "\udc2f"
"""Stands for an encoded slash between the door and the endpoint: half a letter, which no path has
that was decoded."""


def keep_slashes(scope: Scope) -> None:
    """Decode a path so that an encoded slash doesn't part it: external ids hold some."""
    raw: bytes = scope.get("raw_path") or b""
    if b"%2f" in raw.lower():
        parts = raw.partition(b"?")[0].decode("latin-1").split("/")
        scope["path"] = "/".join(unquote(part).replace("/", _SLASH) for part in parts)


def table(service: Service) -> tuple[list[Operation], list[Operation]]:
    """Return the operations of the service's edition, and those that it doesn't have yet."""
    rooms = (
        *(room(service) for room in (Companies, Contacts, Calls, Team, Definitions)),
        *(Stored(service, kind) for kind in KINDS),
    )
    operations = [operation for room in rooms for operation in room.operations()]
    later = [one for one in operations if one.modern and not service.modern]
    return [one for one in operations if one not in later], later


def routes(operations: list[Operation], later: Iterable[Operation] = ()) -> list[Route]:
    """Return the routes: a path with its methods each.

    What an edition gets ``later`` is 404 in it, on a path that it has too: 405 is what never was.
    """
    paths: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = operation
    gone: dict[str, dict[str, Operation]] = {}
    for operation in later:
        if operation.method not in paths.get(operation.path, {operation.method: operation}):
            never = replace(operation, handle=_not_there, modern=False)
            gone.setdefault(operation.path, {})[operation.method] = never
    every = [*paths.items(), *gone.items()]  # in routes of their own, so that Allow names none
    return [_route(path, methods) for path, methods in every]


def pattern_of(scope: Scope, routes: Iterable[BaseRoute]) -> str:
    """Return the path's pattern as it is counted, of a request that reaches no endpoint."""
    found = (r for r in routes if isinstance(r, Route) and r.matches(scope)[0] is Match.FULL)
    return next((_shown(route.path) for route in found), "unknown")


def _shown(path: str) -> str:
    return re.sub(r"\{(\w+)\}", r":\1", path)


async def _not_there(_request: Request, _tenant: Tenant) -> Response:
    raise RefusalError(404, "Not Found")


def _route(path: str, operations: Mapping[str, Operation]) -> Route:
    """Bind operations by method to a path, and remember the pattern for the counts."""
    pattern = _shown(path)

    async def endpoint(request: Request) -> Response:
        scope = request.scope
        scope["pattern"] = pattern
        given = scope["path_params"].items()
        scope["path_params"] = {name: value.replace(_SLASH, "/") for name, value in given}
        operation = operations["GET" if request.method == "HEAD" else request.method]
        try:
            return await operation.handle(request, request.scope["tenant"])
        except (RefusalError, RecursionError) as error:
            deep = RefusalError(400, "Malformed JSON")
            refusal = error if isinstance(error, RefusalError) else deep
            if operation.modern:
                return JSONResponse({"error": refusal.text}, refusal.status)
            return PlainTextResponse(refusal.text, refusal.status)

    return Route(path, endpoint, methods=list(operations))
