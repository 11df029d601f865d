"""The way a request takes: over the network, or into a server inside this process.

A bare httpx transport, without the client around it: a client adds redirects, cookies, ``.netrc``,
proxies from the environment and a base URL that an absolute address leaves. None of it is wanted.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.api.kept import Renewing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from planhat_tui.api.kept import Way

    Asgi = Callable[
        [
            MutableMapping[str, Any],
            Callable[[], Awaitable[MutableMapping[str, Any]]],
            Callable[[MutableMapping[str, Any]], Awaitable[None]],
        ],
        Awaitable[None],
    ]
    """An ASGI 3 application."""

MAX_CONNECTIONS: Final = 50
"""Planhat bears 50 requests at once (observed)."""

TIMEOUTS: Final = {"connect": 10.0, "pool": 10.0, "read": 30.0, "write": 30.0}
"""Seconds for each step; the whole exchange has a deadline of its own."""


def open_transport(app: Asgi | None = None, proxy: str = "") -> Way:
    """Build the transport: to ``app`` if there is one, else to the network, over ``proxy`` if set.

    ``proxy`` was checked by :func:`planhat_tui.api.proxy.clean_proxy`.
    """
    import httpx

    if app is not None:
        return httpx.ASGITransport(app=app, raise_app_exceptions=False)
    # It writes response headers to its debug log, and a server may repeat the token in one.
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    network = httpx.AsyncHTTPTransport(
        trust_env=False,
        proxy=httpx.Proxy(proxy) if proxy else None,
        limits=httpx.Limits(
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_CONNECTIONS,
            keepalive_expiry=30.0,
        ),
    )
    return Renewing(network)
