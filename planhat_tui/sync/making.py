"""Making many records at once, under external ids of the user's: what is sent twice is made once.

One look at who has the external ids already, 5,000 records a call, one reading after, which shows
what Planhat kept. What became of each row is durable before the next call leaves.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import PlanhatTuiError
from planhat_tui.model.bulk import RowOutcome
from planhat_tui.model.edits import dropped
from planhat_tui.model.fields import label_of
from planhat_tui.model.outbox import TAKEN, Action, State
from planhat_tui.model.records import Received
from planhat_tui.store.tenant import Birth
from planhat_tui.sync.delivery import outcome
from planhat_tui.sync.gathering import place_of
from planhat_tui.sync.loads import Load, calls, slices
from planhat_tui.sync.upserting import LACKING, UNREAD, Put, said, was_theirs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planhat_tui.model.bulk import BulkRow
    from planhat_tui.model.records import Kind
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.delivery import Parcel
    from planhat_tui.sync.gathering import Gathering
    from planhat_tui.sync.upserting import Upserting

UNTOLD: Final = "Planhat said that it was made, and not under which id."


class Making:
    """Makes what can be made together.

    ``changed`` is told which record an entry's new state concerns, ``show`` shows records anew;
    ``may_send`` is asked before each call.
    """

    def __init__(
        self,
        store: TenantStore,
        wall: Callable[[], float],
        gathering: Gathering,
        upserting: Upserting,
        *,
        changed: Callable[[Kind, str], None],
        show: Callable[[Kind, Sequence[str]], None],
        may_send: Callable[[], bool],
    ) -> None:
        self._store = store
        self._wall = wall
        self._gathering = gathering
        self._upserting = upserting
        self._changed = changed
        self._show = show
        self._may_send = may_send

    async def deliver(
        self, batch: Sequence[Parcel]
    ) -> tuple[Sequence[Parcel], PlanhatTuiError | None]:
        """Make the records of a batch.

        Returns what goes one by one after all, such as those whose external id somebody has
        already, and the error that says to send nothing more, if one does.
        """
        kind = batch[0].kind
        try:
            holders = await self._gathering.holders(kind, [parcel.body for parcel in batch])
        except PlanhatTuiError as met:
            return batch, met if outcome(met, Action.CREATE, kind, sent=False).pause else None
        if holders is None:
            return batch, None
        looked_at = self._wall()
        left: list[Parcel] = []
        free: list[Parcel] = []
        for parcel in batch:
            (left if place_of(kind, parcel.body) in holders else free).append(parcel)
        sent, put = list[Load](), Put()
        loads = [Load(one, one.entries, dict(one.body)) for one in free]
        for some in calls(loads, self._upserting.unanswered):
            put = await self._upserting.put(kind, some, looked_at)
            left += put.left
            if put.error is not None or put.withdrawn:
                break
            if put.rows:
                await self._settle(kind, some, put.rows)
                sent += some
            if not self._may_send():
                break
        unread = await self._verify(kind, sent) if sent else None
        return left, put.error or unread

    async def _settle(self, kind: Kind, loads: Sequence[Load], rows: Sequence[BulkRow]) -> None:
        """Note what became of each row; what was made has the id from Planhat from now on."""
        for some in slices([*zip(loads, rows, strict=True)]):
            with self._store.at_once():
                told = [self._outcome(load, row) for load, row in some]
            self._became(kind, [birth for birth in told if birth is not None], self._wall())
            pairs = zip(some, told, strict=True)
            self._show(kind, [load.id for (load, _), birth in pairs if birth is None])
            await asyncio.sleep(0)

    def _outcome(self, load: Load, row: BulkRow) -> Birth | None:
        """Return what a row has made, if it's known under which id; else note what became of it."""
        (entry,), outbox = load.entries, self._store.outbox
        if row.outcome is RowOutcome.REFUSED:
            outbox.mark([entry.n], State.REFUSED, row.reason or f"Planhat refused {entry.title}.")
        elif row.outcome is RowOutcome.UNKNOWN or not row.id:
            outbox.mark([entry.n], State.NOT_SURE, row.reason or UNTOLD)
        else:
            as_sent = {**load.body, "_id": row.id}
            told = f"{TAKEN}  {UNREAD}" if was_theirs(entry, row) else UNREAD
            return Birth(entry, Received(json.dumps(as_sent), as_sent), told, is_read=False)
        return None

    def _became(self, kind: Kind, births: Sequence[Birth], seen_at: float) -> None:
        self._store.made_together(kind, births, seen_at)
        for birth in births:
            self._changed(kind, birth.entry.record_id)
            self._changed(kind, birth.server.id)

    async def _verify(self, kind: Kind, loads: Sequence[Load]) -> PlanhatTuiError | None:
        """Read back what was made, and say what Planhat didn't keep of it."""
        get = self._store.outbox.get
        told = {place_of(kind, one.body): get(one.entries[0].n).result_id for one in loads}
        asked_at = self._wall()
        try:
            there = await self._gathering.under(kind, told)
        except PlanhatTuiError as error:
            met = outcome(error, Action.CREATE)
            self._upserting.unverified(loads, met.reason)
            return error if met.pause else None
        for some in slices(loads):
            found = [(load, there.get(place_of(kind, load.body), [])) for load in some]
            one = [(load, fits[0]) for load, fits in found if len(fits) == 1]
            self._upserting.unverified([load for load, fits in found if not fits], LACKING)
            births = [b for load, now in one if (b := self._birth(load, now))]
            self._became(kind, births, asked_at)
            with self._store.at_once():
                kept = [now for load, now in one if self._is_kept(kind, load, now)]
            self._store.mirror.put(kind, kept, asked_at)
            for record in kept:
                self._changed(kind, record.id)
            await asyncio.sleep(0)
        return None

    def _birth(self, load: Load, now: Received) -> Birth | None:
        """Return what was made where the answer didn't tell it."""
        entry = self._store.outbox.get(load.entries[0].n)
        return Birth(entry, now, "") if entry.state is State.NOT_SURE else None

    def _is_kept(self, kind: Kind, load: Load, now: Received) -> bool:
        """Note what Planhat didn't keep of what it made; whether this is what it made."""
        entry = self._store.outbox.get(load.entries[0].n)
        if entry.state is not State.DELIVERED or entry.result_id != now.id:
            return False
        reason = said(entry)
        if lost := dropped(load.body, now.data):
            names = ", ".join(sorted(label_of(kind, field) for field in lost))
            reason = f"{reason}  Planhat didn't keep {names}.".strip()
        self._store.outbox.mark([entry.n], State.DELIVERED, reason)
        return True
