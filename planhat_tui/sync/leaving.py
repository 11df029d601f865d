"""Which edits may leave now, and whether what they were merged into is young enough by then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.limits import Lane
from planhat_tui.sync.delivery import WithdrawnError, parcels, past_deletions, splits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.delivery import Parcel


FRESH_FOR: Final = 5.0
"""Seconds for which a reading is young enough to be merged into and sent."""


def is_fresh(read_at: float, now: float) -> bool:
    """Tell whether a reading is young; a clock that was set back since tells nothing."""
    return 0 <= now - read_at <= FRESH_FOR


def allowed(entries: Iterable[Entry], barred: Callable[[Entry], str]) -> tuple[Parcel, ...]:
    """Return what can go now and isn't kept here, in its order."""
    found = parcels(past_deletions(entries, barred))
    return tuple(one for one in found if not any(map(barred, one.entries)))


class Leaving:
    """The one way out for every edit.

    ``may_send`` takes or renews the lease to send; ``barred`` says why the profile's guardrails
    keep an edit here, empty if they don't. They may have come after it was queued, so they are
    asked until just before the first byte leaves; what they keep stays queued. ``skew`` tells by
    how many seconds Planhat's clock is ahead, ``None`` if that isn't known.

    A turn may be long in coming. What was read before it and is no longer fresh then isn't sent:
    it is read again. What had its turn so goes by the user's lane the next time (:meth:`lane`),
    which takes of the calls that edits leave: else it might read and wait by turns for ever.
    """

    def __init__(
        self,
        store: TenantStore,
        may_send: Callable[[], bool],
        barred: Callable[[Entry], str],
        skew: Callable[[], float | None],
        wall: Callable[[], float],
    ) -> None:
        self._store = store
        self._wall = wall
        self._late: set[int] = set()
        self._skew = skew
        self._may_send = may_send
        self._barred = barred

    def ready(self, entries: Iterable[Entry]) -> tuple[Parcel, ...]:
        """Return what can go now, in its order."""
        return allowed(entries, self._barred)

    def splits(self, entries: Iterable[Entry]) -> tuple[tuple[Entry, frozenset[str]], ...]:
        """Return the updates of which a part alone is kept back, each with what can go."""
        return splits(past_deletions(entries, self._barred))

    def lane(self, entries: Iterable[Entry]) -> Lane:
        """Return by which lane edits go whose record has just been read."""
        late = any(entry.n in self._late for entry in entries)
        return Lane.USER if late else Lane.OUTBOX

    def claim(self, entries: Sequence[Entry], read_at: float | None = None) -> None:
        """Mark edits as being sent, when their turn has come. Raises :class:`WithdrawnError`.

        ``read_at`` is when that was read which is sent or was looked for: seconds since the epoch,
        ``None`` if nothing was.
        """
        ns, outbox = [entry.n for entry in entries], self._store.outbox
        if read_at is not None and not is_fresh(read_at, self._wall()):
            self._late.update(ns)
            raise WithdrawnError
        with self._store.at_once():
            ours = self._may_send() and not any(map(self._barred, entries))
            if not (ours and outbox.mark_sending(ns, self._skew())):
                raise WithdrawnError
        self._late.difference_update(ns)
