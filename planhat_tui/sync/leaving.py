"""Which edits may leave now: this process is the one that sends, and the guardrails allow them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.sync.delivery import WithdrawnError, parcels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.delivery import Parcel


def allowed(entries: Iterable[Entry], barred: Callable[[Entry], str]) -> tuple[Parcel, ...]:
    """Return what can go now and isn't kept here, in its order."""
    return tuple(one for one in parcels(entries) if not any(map(barred, one.entries)))


class Leaving:
    """The one way out for every edit.

    ``may_send`` takes or renews the lease to send; ``barred`` says why the profile's guardrails
    keep an edit here, empty if they don't. They may have come after it was queued, so they are
    asked until just before the first byte leaves; what they keep stays queued. ``skew`` tells by
    how many seconds Planhat's clock is ahead, ``None`` if that isn't known.
    """

    def __init__(
        self,
        store: TenantStore,
        may_send: Callable[[], bool],
        barred: Callable[[Entry], str],
        skew: Callable[[], float | None],
    ) -> None:
        self._store = store
        self._skew = skew
        self._may_send = may_send
        self._barred = barred

    def ready(self, entries: Iterable[Entry]) -> tuple[Parcel, ...]:
        """Return what can go now, in its order."""
        return allowed(entries, self._barred)

    def claim(self, entries: Sequence[Entry]) -> None:
        """Mark edits as being sent, when their turn has come. Raises :class:`WithdrawnError`."""
        with self._store.at_once():
            ours = self._may_send() and not any(map(self._barred, entries))
            ns, outbox = [entry.n for entry in entries], self._store.outbox
            if not (ours and outbox.mark_sending(ns, self._skew())):
                raise WithdrawnError
