"""All tenants that were opened in this run: one is on screen, the others go on delivering."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from planhat_tui.model.outbox import State
    from planhat_tui.workspace.workspace import Workspace


def only_other(here: str, *groups: Iterable[str]) -> str:
    """Name the only profile that isn't ``here``, in the first group that has any other.

    Empty where there is none, or where one would have to choose.
    """
    others = ([name for name in group if name != here] for group in groups)
    found = next(filter(None, others), [])
    return found[0] if len(found) == 1 else ""


class Workspaces:
    """Opens profiles by name, once each. ``opener`` raises our errors if one can't be opened."""

    def __init__(self, opener: Callable[[str], Workspace]) -> None:
        self._opener = opener
        self._open: dict[str, Workspace] = {}
        self._order: list[str] = []

    @property
    def current(self) -> Workspace:
        """The one on screen. Open one first."""
        return self._open[self._order[-1]]

    @property
    def last(self) -> str:
        """The name of the one that was on screen before; empty if there was none."""
        return self._order[-2] if len(self._order) > 1 else ""

    def open(self, name: str) -> Workspace:
        """Put a profile on screen, opened if it wasn't; the others stay open."""
        if name not in self._open:
            self._open[name] = self._opener(name)
        self._order = [one for one in self._order if one != name] + [name]
        return self._open[name]

    def is_open(self, name: str) -> bool:
        """Tell whether a profile was opened in this run."""
        return name in self._open

    def get(self, name: str) -> Workspace:
        """Return a profile that is open."""
        return self._open[name]

    def others_waiting(self) -> Mapping[State, int]:
        """Return how many edits other open profiles haven't delivered yet, by their states."""
        counts: Counter[State] = Counter()
        for name, one in self._open.items():
            if name != self._order[-1]:
                counts.update(one.status().counts)
        return {state: count for state, count in counts.items() if count}

    def not_delivered(self) -> Mapping[str, Mapping[State, int]]:
        """Return what all open profiles haven't delivered yet, by name; only those with some."""
        counts = {name: one.status().counts for name, one in self._open.items()}
        return {name: count for name, count in counts.items() if count}

    def close_all(self) -> None:
        """Close every profile."""
        for one in self._open.values():
            one.close()
        self._open.clear()
        self._order.clear()
