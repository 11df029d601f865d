"""How Planhat speaks: endpoints, authentication, rate limit, wire format, errors translated.

httpx lives in this room and nowhere else. Importing the room is cheap: what needs httpx is loaded
when :func:`~planhat_tui.api.connection.connect` is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planhat_tui.api.client import PlanhatClient
    from planhat_tui.api.connection import connect
    from planhat_tui.api.log import RequestLog, RequestLogLine

__all__ = ["PlanhatClient", "RequestLog", "RequestLogLine", "connect"]

_HOMES = {
    "PlanhatClient": "planhat_tui.api.client",
    "RequestLog": "planhat_tui.api.log",
    "RequestLogLine": "planhat_tui.api.log",
    "connect": "planhat_tui.api.connection",
}


def __getattr__(name: str) -> object:
    """Load a public name from its module when it's first used (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
