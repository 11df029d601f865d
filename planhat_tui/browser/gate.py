"""Who may come in. Pure, but for what it has let in; randomness comes in as an argument.

A port of loopback is open to every program and every person of the machine, and to every page that
a browser shows. So:

- The address with the token opens one browser. From then on a cookie is the key, and the token
  opens nothing any more: what stands in a history or a scrollback is worth nothing.
- ``Host`` must be a name of loopback itself, so that a name that somebody lets point here
  (DNS rebinding) is refused, and ``Origin`` must be this very page.
- Cookies know no ports: whatever listens on another port of 127.0.0.1 would be sent ours. So its
  path is a word that nobody else can name.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COOKIE: Final = "planhat-tui"
HOSTS: Final = ("127.0.0.1", "localhost")
_PRINTED: Final = "Open the address that planhat-tui serve printed, as a whole."
_ANEW: Final = "For another browser: end planhat-tui serve, and start it again."


class Entry(NamedTuple):
    """Where a browser that had the token goes; ``cookie`` is its key, empty if it's given away."""

    place: str
    cookie: str


class Gate:
    """The gate before what listens on ``port``; ``secret`` gives words that can't be guessed."""

    def __init__(self, port: int, secret: Callable[[], str]) -> None:
        self._hosts = frozenset(f"{host}:{port}" for host in HOSTS)
        self._token = secret()
        self._cookie = secret()
        self._given = False
        self.place = f"/{secret()}/"
        self.address = f"http://{HOSTS[0]}:{port}/?token={self._token}"

    def check(self, hosts: Sequence[str], origins: Sequence[str], *, socket: bool = False) -> None:
        """Let a request go on by the values of its ``Host`` and ``Origin`` headers.

        A browser that opens a ``socket`` always says its origin. Raises :class:`RefusedError`.
        """
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            raise RefusedError("This answers to 127.0.0.1 and localhost alone.", _PRINTED)
        if not origins and not socket:
            return
        if list(origins) != [f"http://{hosts[0]}"]:
            raise RefusedError("Another page has asked, and pages of others are refused.", _PRINTED)

    def enter(self, token: str) -> Entry:
        """Change the token for a cookie, the first time. Raises :class:`RefusedError`."""
        if not token:
            raise RefusedError("planhat-tui is behind this, and the key is missing.", _PRINTED)
        if not _same(token, self._token):
            raise RefusedError("That key doesn't fit.", _PRINTED)
        cookie = "" if self._given else self._cookie
        self._given = True
        return Entry(self.place, cookie)

    def admit(self, cookie: str) -> None:
        """Let in whoever has the cookie. Raises :class:`RefusedError`."""
        if not (self._given and _same(cookie, self._cookie)):
            raise RefusedError("This address has opened another browser, and opens one.", _ANEW)


def _same(given: str, kept: str) -> bool:
    """Whether both are the same, in a time that tells nothing."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), kept.encode())
