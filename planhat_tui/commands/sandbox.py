"""``sandbox``: a Planhat of your own, as a server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planhat_tui.commands.context import Door
from planhat_tui.commands.numbers import whole
from planhat_tui.commands.registry import flag, option, options, verb
from planhat_tui.commands.results import Done
from planhat_tui.errors import InputError
from planhat_tui.sandbox import DEMO_TENANTS, SandboxOptions
from planhat_tui.workspace.wholefile import named

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context

_WINDOW = re.compile(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")


@verb(
    "sandbox",
    option("--host", "where it listens", "HOST", default="127.0.0.1"),
    option("--port", "0 takes any that is free", "PORT", default="8787"),
    option("--db", "keep the data in this file", "FILE"),
    flag("--empty", "without practice data"),
    option("--companies", "how many companies", "N", default="1200"),
    option("--seed", "another seed makes other data", "N", default="1"),
    option("--dialect", "the API's edition", "D", default="modern", choices=("modern", "seed")),
    option("--limit", "calls in a window", "N", default="200"),
    option("--window", "seconds until the count starts anew", "A-B", default="60-120"),
    option("--per-second", "calls within a second, 0 for any number", "N", default="150"),
    option("--parallel", "calls at once, 0 for any number", "N", default="50"),
    options("--fault", "faults", "break things, such as 429=5%; may be repeated", "SPEC"),
    option("--token", "of the first tenant", default=DEMO_TENANTS[0].token),
    option("--tenant", "id of the first tenant", "UUID", default=DEMO_TENANTS[0].tenant_id),
    doors=Door.SHELL,
    needs_profile=False,
    goes_on=True,
)
def sandbox(  # noqa: PLR0917 -- the options of one command
    ctx: Context,
    host: str,
    port: str,
    db: str,
    empty: bool,  # noqa: FBT001 -- a flag of the command line
    companies: str,
    seed: str,
    dialect: str,
    limit: str,
    window: str,
    per_second: str,
    parallel: str,
    faults: tuple[str, ...],
    token: str,
    tenant: str,
) -> Done:
    """Run a Planhat-compatible server with practice data, until SIGTERM or ctrl+c.

    Prints one line when it accepts requests: ready URL token=TOKEN tenant=UUID
    """
    second = DEMO_TENANTS[1]
    for name, given in (("token", token), ("tenant", tenant)):
        if given in {second.token, second.tenant_id}:
            raise InputError(f"--{name} {given} is the second tenant's.", "Give another.")
    settings = SandboxOptions(
        db=named(db, "db") if db else None,
        empty=empty,
        companies=whole("--companies", companies),
        seed=whole("--seed", seed),
        dialect="seed" if dialect == "seed" else "modern",
        limit=whole("--limit", limit, least=1),
        window=_window(window),
        per_second=whole("--per-second", per_second),
        parallel=whole("--parallel", parallel),
        faults=_faults(faults),
        token=_piece("token", token),
        tenant=_piece("tenant", tenant),
    )
    return Done("", exit_status=ctx.serve(settings, host, whole("--port", port, most=65535)))


def _piece(name: str, text: str) -> str:
    """Return what can stand in a header and in a path as it is. Raises :class:`InputError`."""
    if not re.fullmatch(r"[A-Za-z0-9._~-]+", text):
        raise InputError(f"--{name} needs letters, digits and . _ ~ - alone.", "Give another.")
    return text


def _faults(texts: tuple[str, ...]) -> tuple[str, ...]:
    from planhat_tui.sandbox.faults import BadFaultError, parse

    try:
        return tuple(parse(text).text for text in texts)
    except BadFaultError as error:
        raise InputError(f"--fault {error}.", "For example: --fault latency=200ms.") from None


def _window(text: str) -> tuple[float, float]:
    found = _WINDOW.fullmatch(text)
    shortest = float(found[1]) if found else 0.0
    longest = float(found[2] or found[1]) if found else 0.0
    if not 0 < shortest <= longest:
        raise InputError(f"--window {text} is no window.", "Give seconds, such as 60-120.")
    return shortest, longest
