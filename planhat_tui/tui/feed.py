"""Changes from the engine's threads, brought to the screen's thread in one piece.

A pull announces hundreds of changes; the screen is told once, and takes all that has come until it
looks.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from planhat_tui.tui.messages import Arrived

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.message_pump import MessagePump

    from planhat_tui.model.events import Changed, Topic


class Feed:
    """Collects :class:`Changed` from any thread and posts one :class:`Arrived` to ``screen``."""

    def __init__(
        self,
        subscribe: Callable[[Callable[[Changed], None]], Callable[[], None]],
        screen: MessagePump,
    ) -> None:
        self._screen = screen
        self._lock = threading.Lock()
        self._changes: dict[Topic, frozenset[str]] = {}
        self._posted = False
        self.stop = subscribe(self._collect)

    def _collect(self, changed: Changed) -> None:
        with self._lock:
            known = self._changes.get(changed.topic)
            everything = not changed.ids or (known is not None and not known)
            ids = frozenset() if everything else changed.ids | (known or frozenset())
            self._changes[changed.topic] = ids
            post, self._posted = not self._posted, True
        if post:
            self._screen.post_message(Arrived())

    def take(self) -> Mapping[Topic, frozenset[str]]:
        """Return what has changed since the last time; no ids: anything of the topic may have."""
        with self._lock:
            changes, self._changes, self._posted = self._changes, {}, False
        return changes
