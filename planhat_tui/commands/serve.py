"""``serve``: the explorer in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.browser import PORT, Browsing
from planhat_tui.commands.context import Door
from planhat_tui.commands.numbers import whole
from planhat_tui.commands.registry import option, verb
from planhat_tui.commands.results import Done

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context

MOST = 16
"""As many explorers at a time as anybody has a use for."""


@verb(
    "serve",
    option("--port", "0 takes any that is free", "PORT", default=str(PORT)),
    option("--sessions", "how many tabs at a time", "N", default="1"),
    doors=Door.SHELL,
    needs_profile=False,
    goes_on=True,
)
def serve(ctx: Context, port: str, sessions: str) -> Done:
    """Open the explorer to a browser on this machine, until SIGTERM or ctrl+c.

    Prints one line when it can be opened: ready URL

    The URL opens one browser. Needs one more package: pip install 'planhat-tui[web]'
    """
    browsing = Browsing(
        port=whole("--port", port, most=65535),
        sessions=whole("--sessions", sessions, least=1, most=MOST),
    )
    return Done("", exit_status=ctx.browse(browsing))
