"""From an address and a token to a client: everything is checked before a single byte is sent."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

from planhat_tui.api.auth import Auth, Credentials, clean_base_url, clean_token
from planhat_tui.api.client import PlanhatClient
from planhat_tui.api.exchange import DEADLINE, PATIENCE, Exchange
from planhat_tui.api.governor import Governor
from planhat_tui.api.proxy import proxy_for
from planhat_tui.api.transport import open_transport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from planhat_tui.api.log import RequestLogLine
    from planhat_tui.api.transport import Asgi
    from planhat_tui.model.limits import Limits
    from planhat_tui.model.ports import BudgetStore


def connect(
    base_url: str,
    token: str,
    *,
    auth: Auth = "bearer",
    budget: BudgetStore,
    budget_key: str = "",
    app: Asgi | None = None,
    proxy: str = "",
    clock: Callable[[], float] = time.monotonic,
    wall: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    log: Callable[[RequestLogLine], None] | None = None,
    on_limits: Callable[[Limits], None] | None = None,
    deadline: float = DEADLINE,
    patience: float = PATIENCE,
    env: Mapping[str, str] = os.environ,
) -> PlanhatClient:
    """Return a client for one tenant; nothing is sent yet. Use it inside one event loop.

    ``app`` is a server inside this process, reached without a network. ``proxy`` is used if given;
    the one of ``env`` only if it says :data:`planhat_tui.api.proxy.ENVIRONMENT`. ``budget_key``
    names the rate limit's budget in ``budget``; without one it's a hash of the base URL and the
    token. ``on_limits`` is called in the loop after each answer. ``deadline`` is seconds for a
    whole exchange, ``patience`` those for which the user's request goes again after a 429. Raises
    :class:`TokenError` or :class:`InputError`, neither of which quotes the token.
    """
    address = clean_base_url(base_url, in_process=app is not None)
    credentials = Credentials(clean_token(token), auth)
    transport = open_transport(app, proxy_for(address, proxy, env))
    key = budget_key or credentials.key(address)

    def governor(key: str, on_limits: Callable[[Limits], None] | None) -> Governor:
        return Governor(
            store=budget, key=key, clock=clock, wall=wall, sleep=sleep, on_limits=on_limits
        )

    main = governor(key, on_limits)
    exchange = Exchange(
        base_url=address,
        credentials=credentials,
        transport=transport,
        governor=main,
        open_governor=governor(f"{key}/open", None),
        clock=clock,
        wall=wall,
        log=log,
        deadline=deadline,
        patience=patience,
    )
    return PlanhatClient(exchange, main)
