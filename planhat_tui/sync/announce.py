"""Telling what changed, not too often: a pull changes hundreds of records a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.events import Changed

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from planhat_tui.model.events import Topic

EVERY: Final = 0.1
"""Seconds for which changes are collected."""


class Announcer:
    """Collects changes and tells them together. Used inside one event loop only."""

    def __init__(self, loop: asyncio.AbstractEventLoop, tell: Callable[[Changed], None]) -> None:
        self._loop = loop
        self._tell = tell
        self._waiting: dict[Topic, frozenset[str]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def announce(self, topic: Topic, ids: frozenset[str] = frozenset()) -> None:
        """Tell soon that records of a topic changed; no ids: any of them may have."""
        known = self._waiting.get(topic)
        everything = not ids or (known is not None and not known)
        self._waiting[topic] = frozenset() if everything else ids | (known or frozenset())
        if self._timer is None:
            self._timer = self._loop.call_later(EVERY, self.flush)

    def flush(self) -> None:
        """Tell now what has been collected."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting = self._waiting, {}
        for topic, ids in waiting.items():
            self._tell(Changed(topic, ids))
