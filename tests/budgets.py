"""A budget store in memory, for tests that don't share one among processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class MemoryBudgets:
    """What the governors of one test share."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def change(self, key: str, step: Callable[[str], str]) -> None:
        before = self.kept.get(key, "")
        if (after := step(before)) != before:
            self.kept[key] = after
