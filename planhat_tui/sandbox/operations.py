"""What an endpoint is: the one table from which the routes and the description come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from planhat_tui.sandbox.tenants import Tenant

if TYPE_CHECKING:
    from planhat_tui.sandbox.fields import Schema

Handler = Callable[[Request, Tenant], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Operation:
    """A method on a path (``/companies/{id}``), who does it, and what it takes and gives.

    ``modern`` is false of what the 2016 reference has. ``query`` are the parameters it knows,
    ``says`` the statuses that it may answer besides those that every door has.
    """

    method: str
    path: str
    handle: Handler
    does: str
    gives: Schema
    takes: Schema | None = None
    query: tuple[str, ...] = ()
    says: tuple[int, ...] = ()
    modern: bool = True
    is_open: bool = False


def array(of: Schema) -> Schema:
    """Describe a list."""
    return {"type": "array", "items": of}


DELETED: dict[str, Any] = {"n": 1, "ok": 1, "deletedCount": 1}
DELETED_SCHEMA: Schema = {
    "type": "object",
    "properties": {name: {"const": 1} for name in DELETED},
    "required": list(DELETED),
}
PAGING = ("limit", "offset", "sort", "select")
