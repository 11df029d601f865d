"""The explorer in a browser on this machine.

A page of ours (``page/``) holds the terminal that textual-serve brings, and each page has an
explorer of its own as a process (``explorer.py``). textual-serve's own server isn't used: whoever
reaches its port is let in, it runs a shell, and its page asks an outside host for a font. Who may
come in here is decided by ``gate.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import PlanhatTuiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PORT: Final = 8788
"""The one after the sandbox's."""

_EXTRA: Final = frozenset({"aiohttp", "textual_serve"})


@dataclass(frozen=True, slots=True)
class Browsing:
    """How it's served: on which port of loopback, and how many explorers at the same time."""

    port: int = PORT
    sessions: int = 1


def serve(
    browsing: Browsing,
    command: Sequence[str],
    env: Mapping[str, str],
    ready: Callable[[str], None],
) -> int:
    """Serve explorers until SIGINT, SIGTERM or SIGHUP; port 0 takes any that is free.

    ``command`` starts one, in ``env``; ``ready`` is told the address that opens it once. Returns
    the exit status. Raises :class:`PlanhatTuiError` if the extra isn't installed or the port can't
    be had.
    """
    try:
        from planhat_tui.browser.server import run
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise PlanhatTuiError(
            "The explorer in a browser needs one more package, and it isn't installed.",
            "Run: pip install 'planhat-tui[web]'",
        ) from None
    return run(browsing, command, env, ready)
