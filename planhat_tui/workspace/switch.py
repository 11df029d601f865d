"""All tenants that were opened in this run: one is on screen, the others go on delivering."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from planhat_tui.config.profiles import Profile
    from planhat_tui.model.limits import Limits
    from planhat_tui.model.outbox import State
    from planhat_tui.workspace.rests import Rest
    from planhat_tui.workspace.workspace import Deeds, Workspace


class Standing(NamedTuple):
    """How a tenant stands, whether it is open or not.

    ``synced_at`` is when Planhat was last asked what has changed there, in seconds since the epoch,
    ``None`` if it never was; ``waiting`` counts what it doesn't have yet, by state.
    """

    synced_at: float | None
    waiting: Mapping[State, int]
    limits: Limits


def only_other(here: str, *groups: Iterable[str]) -> str:
    """Name the only profile that isn't ``here``, in the first group that has any other.

    Empty where there is none, or where one would have to choose.
    """
    others = ([name for name in group if name != here] for group in groups)
    found = next(filter(None, others), [])
    return found[0] if len(found) == 1 else ""


class Workspaces:
    """Opens profiles by name, once each. ``opener`` raises our errors if one can't be opened.

    Any thread may open one; which one is on screen is for the screen's thread.
    """

    def __init__(self, opener: Callable[[str], Workspace]) -> None:
        self._opener = opener
        self._open: dict[str, Workspace] = {}
        self._order: list[str] = []
        self._lock = threading.Lock()
        self._opening: dict[str, threading.Lock] = {}

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
        opened = self.reach(name)
        self._order = [one for one in self._order if one != name] + [name]
        return opened

    def reach(self, name: str) -> Workspace:
        """Open a profile if it wasn't; what is on screen stays there.

        One that is open never waits for another that is being opened, which may ask for a token.
        """
        if name in self._open:
            return self._open[name]
        with self._lock:
            opening = self._opening.setdefault(name, threading.Lock())
        with opening:
            if name not in self._open:
                opened = self._opener(name)
                with self._lock:
                    self._open = {**self._open, name: opened}  # others may go through it
            return self._open[name]

    def is_open(self, name: str) -> bool:
        """Tell whether a profile was opened in this run."""
        return name in self._open

    def get(self, name: str) -> Workspace:
        """Return a profile that is open."""
        return self._open[name]

    def go_by(self, profiles: Mapping[str, Profile]) -> None:
        """Let what is open go by what the config says now: its guardrails, its looks."""
        for name, one in self._open.items():
            if name in profiles:
                one.go_by(profiles[name])

    def others_waiting(self) -> Mapping[State, int]:
        """Return how many edits other open tenants haven't delivered yet, by their states."""
        counts: Counter[State] = Counter()
        for name, one in self._of_each_tenant.items():
            if name != self._order[-1]:
                counts.update(one.status().counts)
        return {state: count for state, count in counts.items() if count}

    def not_delivered(self) -> Mapping[str, Mapping[State, int]]:
        """Return what all open tenants haven't delivered yet, by profile; only those with some."""
        counts = {name: one.status().counts for name, one in self._of_each_tenant.items()}
        return {name: count for name, count in counts.items() if count}

    def rest_of_plans(self) -> Mapping[str, Rest]:
        """Return what of plans isn't even in the outbox yet, by profile; only those with some."""
        rests = {name: one.rest_of_plans for name, one in self._of_each_tenant.items()}
        return {name: rest for name, rest in rests.items() if any(rest)}

    @property
    def _of_each_tenant(self) -> Mapping[str, Workspace]:
        """One profile of each tenant, since they share its outbox: that on screen goes first."""
        here = self._order[-1:]
        names = {self._open[name].tenant: name for name in [*reversed(self._open), *here]}
        return {name: self._open[name] for name in self._open if name in names.values()}

    def halt(self, ns: Iterable[int] = ()) -> tuple[Deeds, ...]:
        """End what speaks to Planhat; return what this run has done in each profile.

        ``ns`` are edits of the one on screen that count as well.
        """
        here = self._order[-1:]
        return tuple(one.halt(ns if [name] == here else ()) for name, one in self._open.items())

    def close_all(self) -> None:
        """Close every profile."""
        for one in self._open.values():
            one.close()
        self._open.clear()
        self._order.clear()
