"""Connections that are kept open: a server may close one in the very moment in which it's used.

Then nothing comes back, and most often nobody has read what was sent. What certainly was of no
effect goes again at once: a read always, a write if not all of it had left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import httpx


class Way(Protocol):
    """What takes a request somewhere and brings its response; httpx's transports do."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raises what httpx raises."""
        ...

    async def aclose(self) -> None:
        """Give the connections back."""
        ...


class Renewing:
    """A way that goes again where a kept connection turns out to be closed."""

    def __init__(self, way: Way) -> None:
        self._way = way

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raises what httpx raises.

        Each connection that was closed is gone for good, so this ends on a new one.
        """
        import httpx

        while True:
            course = _Course()
            request.extensions = {**request.extensions, "trace": course.note}
            try:
                return await self._way.handle_async_request(request)
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                if course.is_new or (course.is_sent and request.method != "GET"):
                    raise

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._way.aclose()


@dataclass(slots=True)
class _Course:
    """How far a request came: over a new connection or a kept one, all of it sent or not."""

    is_new: bool = False
    is_sent: bool = False

    async def note(self, event: str, _about: dict[str, Any]) -> None:
        """Take an event of httpx's (its extension ``trace``)."""
        self.is_new |= event == "connection.connect_tcp.started"
        self.is_sent |= event == "http11.send_request_body.complete"
