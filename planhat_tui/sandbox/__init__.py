"""A Planhat of your own: the demo, the test double, the training ground.

It shares no code with ``api`` or ``model``, so that the two can't agree on the same mistake.
Importing this loads neither Starlette nor uvicorn; :func:`create_app` and :func:`serve` do.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.sandbox.app import Sandbox

Dialect = Literal["modern", "seed"]


@dataclass(frozen=True, slots=True)
class DemoTenant:
    """A tenant of the sandbox, the token that opens it, and the external id of its user."""

    token: str
    tenant_id: str
    name: str
    user: str


DEMO_TENANTS: Final = (
    DemoTenant(
        "sandbox-token", "00000000-0000-4000-8000-000000000001", "Northwind Software", "max123"
    ),
    DemoTenant(
        "sandbox-token-2", "00000000-0000-4000-8000-000000000002", "Harbour Analytics", "liam42"
    ),
)


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """How a sandbox behaves.

    ``db`` is a file, ``None`` for memory. ``limit`` is calls per window, ``window`` the shortest
    and the longest window in seconds. ``per_second`` and ``parallel`` are calls that are let in
    within a second and at once, 0 for any number. ``token`` and ``tenant`` are the first tenant's.
    ``faults`` are written as ``faults.py`` says.
    """

    db: Path | None = None
    empty: bool = False
    companies: int = 1200
    seed: int = 1
    dialect: Dialect = "modern"
    limit: int = 200
    window: tuple[float, float] = (60.0, 120.0)
    per_second: int = 0
    parallel: int = 0
    token: str = DEMO_TENANTS[0].token
    tenant: str = DEMO_TENANTS[0].tenant_id
    faults: tuple[str, ...] = ()

    @property
    def tenants(self) -> tuple[DemoTenant, ...]:
        """Both tenants, the first as it was asked for."""
        first = replace(DEMO_TENANTS[0], token=self.token, tenant_id=self.tenant)
        return first, DEMO_TENANTS[1]


def create_app(options: SandboxOptions, *, clock: Callable[[], float] = time.time) -> Sandbox:
    """Make the ASGI app over its prepared database. ``clock`` gives seconds since the epoch.

    Close it with ``close()``. Raises ``OSError`` or ``sqlite3.Error`` if the file can't be used,
    ``ValueError`` if a fault can't be read.
    """
    from planhat_tui.sandbox.app import Sandbox

    return Sandbox(options, clock)


def serve(options: SandboxOptions, host: str = "127.0.0.1", port: int = 8787) -> int:
    """Serve it until SIGTERM or SIGINT; port 0 takes any that is free. Returns the exit status.

    Prints one line on stdout when it accepts requests: ``ready URL token=TOKEN tenant=UUID``.
    """
    from planhat_tui.sandbox.server import run

    return run(options, host, port)
