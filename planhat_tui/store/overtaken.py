"""What was changed from here just now: an answer that was asked for before tells how it was."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from planhat_tui.store.removed import KEPT_FOR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planhat_tui.model.records import Kind
    from planhat_tui.store.ready import Incoming


class Overtaken:
    """Who was changed, and when, in seconds since the epoch; by this process alone."""

    def __init__(self) -> None:
        self._at: dict[tuple[Kind, str], float] = {}

    def note(self, kind: Kind, ids: Iterable[str], now: float) -> None:
        """Note that these were changed; what is long past is forgotten."""
        past = takewhile(lambda who: abs(now - self._at[who]) >= KEPT_FOR, self._at)
        for who in [*past]:
            del self._at[who]
        for one in ids:
            self._at.pop((kind, one), None)  # the latest stands last
            self._at[kind, one] = now

    def since(self, kind: Kind, batch: Iterable[Incoming], now: float) -> frozenset[str]:
        """Return which of these were changed after they were asked for."""
        if not self._at:
            return frozenset()
        return frozenset(
            item.id
            for item in batch
            if item.seen_at is not None
            and item.seen_at < self._at.get((kind, item.id), item.seen_at) <= now
        )
