"""A clock in a test's hand: it stands until it's moved, and all its hands move together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from planhat_tui.model.clock import Clock
from tests.journeys.conftest import MOMENT


@dataclass
class Watch:
    """The time of a journey."""

    now: datetime = MOMENT
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = Clock(self._wall, self._wall, lambda: self.now)

    def wait(self, **span: float) -> None:
        """Let so much time go by: ``seconds``, ``minutes``, ``hours``."""
        self.now += timedelta(**span)

    def _wall(self) -> float:
        return self.now.timestamp()
