"""The side of one process of a rate limit that all processes of the machine share.

Calls are taken from the shared window in one short transaction before they are sent, a few at a
time while there are many, and what was learnt from the answers goes back with the next one. Until
then a call counts as taken, so nothing is overspent by what the others haven't heard yet. Nobody
holds a lock: calls that a process took and died with are free again after :data:`HOLD`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from planhat_tui.api import budget, lanes
from planhat_tui.api import window as rules
from planhat_tui.api.window import Held, Window
from planhat_tui.errors import StorageError
from planhat_tui.model.limits import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.api.window import Ticket, Told
    from planhat_tui.model.ports import BudgetStore

    Event = Callable[[Window], Window]

HOLD: Final = 15.0
"""Seconds for which calls are held without a word from who took them."""

FRESH: Final = 1.0
"""Seconds within which calls that were taken must be sent, and what is known of others is used."""

_REMEMBERED: Final = 500
"""Answers that are kept for the others while the disk can't be written."""


class Ledger:
    """The window as it is known here, and the calls that this process holds.

    ``key`` names the limit in ``store``, ``owner`` this process among those that share it.
    ``clock`` is monotonic seconds, ``wall`` seconds since 1970. ``trouble`` says why nothing could
    be shared; then this process goes on by what it knows itself.
    """

    def __init__(
        self,
        store: BudgetStore,
        key: str,
        owner: str,
        clock: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        self._store, self._key, self._owner = store, key, owner
        self._clock, self._wall = clock, wall
        self._events: list[Event] = []
        self._unanswered = 0
        self._ready = 0
        self._probe = False
        self._shared_at = -rules.NEVER
        self.window = Window()
        self.trouble = ""
        self.share()

    @property
    def unshared(self) -> bool:
        """Whether something is known or held here that the others should hear of."""
        return bool(self._events or self._ready)

    def asked(self, lane: Lane) -> None:
        """Note that a request of a lane came up."""
        now = self._clock()
        self._note(lambda window: lanes.asked(window, lane, now))

    def take(self, lane: Lane, wanted: int) -> Ticket | float:
        """Return a ticket for a request that goes now, or the seconds after which to ask again.

        ``wanted`` is how many such requests are about to go.
        """
        now = self._clock()
        if not self._can_use(now):
            recent = now - self._shared_at < FRESH
            self.window = rules.aged(self.window, now)
            if (
                recent
                and lane is not Lane.USER
                and (wait := lanes.wait_for(self.window, lane, now))
            ):
                return wait
            if wait := self._share(now, lane, wanted):
                return wait
        self._ready -= 1
        self._unanswered += 1
        return rules.ticket(self.window, now, probe=self._probe, lane=lane)

    def answered(self, ticket: Ticket, told: Told) -> None:
        """Learn from an answer; what all must know at once is shared at once."""
        now, turns = self._clock(), self.window.turns
        self._unanswered -= 1
        self._note(lambda window: rules.answered(window, ticket, told, now))
        if told.status == 429 or self.window.turns != turns:
            self.share()

    def lost(self, ticket: Ticket) -> None:
        """Count a request whose answer never came."""
        now = self._clock()
        self._unanswered -= 1
        self._note(lambda window: rules.lost(window, ticket, now))

    def unsent(self, ticket: Ticket) -> None:
        """Give a call back that wasn't used."""
        self._unanswered -= 1
        self._note(lambda window: rules.unsent(window, ticket))

    def share(self) -> None:
        """Tell the others what is known here, hear from them, and give back what isn't used."""
        self._share(self._clock(), None, 0)

    def _can_use(self, now: float) -> bool:
        return self._ready > 0 and now - self._shared_at < FRESH

    def _note(self, event: Event) -> None:
        self.window = self._held(event(self.window), self._clock())
        self._events.append(event)

    def _share(self, now: float, lane: Lane | None, wanted: int) -> float:
        """Do what is to be done in one transaction; return the seconds that ``lane`` must wait."""
        ahead, wait, alone = self._wall() - now, 0.0, self.window
        self._ready = 0

        def step(text: str) -> str:
            nonlocal wait
            window = budget.read(text, now, ahead)
            for event in self._events:
                window = event(window)
            self.window, wait = self._granted(window, now, lane, wanted)
            nothing = lane is None and not self._events and self.window.held == window.held
            return text if nothing else budget.write(self.window, ahead)

        try:
            self._store.change(self._key, step)
            self._events.clear()
            self.trouble = ""
        except StorageError as error:
            self.trouble = error.message
            del self._events[:-_REMEMBERED]
            self._ready = 0  # whatever the step granted isn't kept
            self.window, wait = self._granted(alone, now, lane, wanted)
        self._shared_at = now
        return wait

    def _granted(
        self, window: Window, now: float, lane: Lane | None, wanted: int
    ) -> tuple[Window, float]:
        if lane is None:  # it only hears: what was told last stays, with its age
            return self._held(window, now), 0.0
        window = self._held(rules.aged(window, now), now)
        if wait := lanes.wait_for(window, lane, now):
            return window, wait
        self._probe = lanes.must_probe(window)
        self._ready = lanes.grant(window, lane, now, wanted)
        window = lanes.taken(window, now, self._ready, probe=self._probe)
        return self._held(window, now), 0.0

    def _held(self, window: Window, now: float) -> Window:
        """Note what this process holds, and forget what others held who have fallen silent."""
        held = tuple(held for held in window.held if held.owner != self._owner and held.until > now)
        if calls := self._unanswered + self._ready:
            held += (Held(self._owner, calls, now + HOLD),)
        return replace(window, held=held)
