"""What was asked of Planhat and what came back, without headers and without bodies.

The request log is shown on screen and written to files that people send to each other: so a line
as text holds no token, no e-mail address of a query, and no record.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

KEPT: Final = 500
"""How many requests the log remembers."""


@dataclass(frozen=True, slots=True)
class RequestLogLine:
    """One request.

    ``path`` comes without its query. ``status`` is 0 if there was no answer, ``ms`` the time from
    sending to the last byte, ``bytes`` the size of the body after inflating, ``cost`` the calls of
    the rate limit that it took (a 429 and what was never sent cost none), ``remaining`` what the
    rate limit's header said (``None``: nothing), ``error`` the class of the error, empty if none.
    ``query`` is for a copy of the request alone: it isn't shown, nor written anywhere.
    ``open`` requests go without a token. ``tenant`` is the profile that asked, ``at`` the seconds
    since the epoch at which the answer was here; both are for the screen. ``skew`` is by how many
    seconds the server's clock is ahead of ours, ``None`` where it doesn't tell.
    """

    method: str
    path: str
    status: int
    ms: float
    bytes: int
    cost: int
    remaining: int | None
    error: str
    query: str = field(default="", repr=False)
    open: bool = False
    tenant: str = ""
    at: float = 0.0
    skew: float | None = None

    def __str__(self) -> str:
        left = "?" if self.remaining is None else self.remaining
        text = (
            f"{self.method} {self.path} {self.status or 'no answer'} {self.ms:.0f} ms,"
            f" {self.bytes} bytes, cost {self.cost}, {left} left"
        )
        return f"{text}, {self.error}" if self.error else text


class RequestLog:
    """The last requests, the newest last. Appending and reading are safe from any thread."""

    def __init__(self, kept: int = KEPT) -> None:
        self._lines: deque[RequestLogLine] = deque(maxlen=kept)

    def add(self, line: RequestLogLine) -> None:
        """Remember a request; the oldest one goes when the log is full."""
        self._lines.append(line)

    def lines(self) -> tuple[RequestLogLine, ...]:
        """Return what is remembered, in the order in which the answers came."""
        return tuple(self._lines.copy())
