"""How often something happens: a rate that is learnt and slowly forgotten."""

from __future__ import annotations

import math
from typing import Final

import msgspec

MEMORY: Final = 600.0
"""Seconds after which what was seen counts a third."""


class Pace(msgspec.Struct, frozen=True):
    """Calls seen within seconds watched, both fading."""

    calls: float = 0.0
    seconds: float = 0.0

    def after(self, seconds: float, calls: float) -> Pace:
        """Return the pace after watching for some more seconds."""
        kept = math.exp(-max(0.0, seconds) / MEMORY)
        return Pace(self.calls * kept + calls, self.seconds * kept + MEMORY * (1 - kept))

    def rate(self, calls: float, seconds: float) -> float:
        """Return calls a second; ``calls`` in ``seconds`` are presumed before anything is seen."""
        return (self.calls + calls) / (self.seconds + seconds)
