"""The endpoints of both editions.

``seed`` has what the 2016 reference has; ``modern`` adds what was observed since. What was there in
2016 refuses in plain text, what was observed since in JSON, as the live service does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from planhat_tui.sandbox.calls import Calls
from planhat_tui.sandbox.companies import Companies
from planhat_tui.sandbox.contacts import Contacts
from planhat_tui.sandbox.definitions import Definitions
from planhat_tui.sandbox.fields import RefusalError
from planhat_tui.sandbox.stored import KINDS, Stored
from planhat_tui.sandbox.team import Team

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from planhat_tui.sandbox.operations import Operation
    from planhat_tui.sandbox.service import Service


def table(service: Service) -> list[Operation]:
    """Return the operations of the service's edition."""
    rooms = (
        *(room(service) for room in (Companies, Contacts, Calls, Team, Definitions)),
        *(Stored(service, kind) for kind in KINDS),
    )
    operations = [operation for room in rooms for operation in room.operations()]
    return [one for one in operations if service.modern or not one.modern]


def routes(operations: list[Operation]) -> list[Route]:
    """Return the routes: a path with its methods each."""
    paths: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = operation
    return [_route(path, methods) for path, methods in paths.items()]


def _route(path: str, operations: Mapping[str, Operation]) -> Route:
    """Bind operations by method to a path, and remember the pattern for the counts."""
    pattern = re.sub(r"\{(\w+)\}", r":\1", path)

    async def endpoint(request: Request) -> Response:
        request.scope["pattern"] = pattern
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
