"""How many contacts there are: the API doesn't say, so it's narrowed down by a few looks. Pure.

A look asks for one record far down the list: either there is one, or the list ends before.
"""

from __future__ import annotations

from math import sqrt
from typing import Final, NamedTuple

NEAR_ENOUGH: Final = 1.5
"""The upper bound over the lower one at which it isn't looked any further."""
_STEP: Final = 4


class Bounds(NamedTuple):
    """There are at least ``low``, and no more than ``high`` (``None``: nobody knows)."""

    low: int
    high: int | None = None

    @classmethod
    def from_text(cls, noted: str) -> Bounds | None:
        """Read what :meth:`to_text` has written."""
        if not noted:
            return None
        low, _, high = noted.partition(" ")
        return cls(int(low), int(high) if high else None)

    def to_text(self) -> str:
        """Return it as text to be noted."""
        return f"{self.low} {'' if self.high is None else self.high}"

    @property
    def about(self) -> int:
        """How many there are, about."""
        return self.low if self.high is None else (self.low + self.high) // 2

    def next_look(self) -> int | None:
        """Return the offset to look at; ``None`` when it's known well enough."""
        if self.high is None:
            return self.low * _STEP
        if self.high <= self.low * NEAR_ENOUGH:
            return None
        return round(sqrt(self.low * self.high))

    def after(self, offset: int, *, found: bool) -> Bounds:
        """Return what is known after a look at an offset."""
        return self._replace(low=offset + 1) if found else self._replace(high=offset)
