"""Delivering the edits of many records at once, where the server takes a list of them.

The edits of one step, such as a plan's, go together: one reading before, 5,000 records a call, one
reading after, which shows whether Planhat kept what was sent. What became of each row is durable
before the next call leaves. What can't go so goes one by one, as ever. What a step makes goes
together likewise (:mod:`planhat_tui.sync.making`).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import PlanhatTuiError
from planhat_tui.model.bulk import RowOutcome
from planhat_tui.model.edits import dropped, merge
from planhat_tui.model.fields import label_of
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.records import Kind, text_of
from planhat_tui.store.drafts import QUEUEING
from planhat_tui.sync.delivery import WithdrawnError, outcome
from planhat_tui.sync.gathering import Way
from planhat_tui.sync.loads import Load, batches, calls, slices
from planhat_tui.sync.making import Making
from planhat_tui.sync.upserting import Upserting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planhat_tui.model.bulk import BulkRow
    from planhat_tui.model.edits import Merge
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.delivery import Parcel
    from planhat_tui.sync.gathering import Gathering
    from planhat_tui.sync.leaving import Leaving

GROWS_FOR: Final = 5.0
"""Seconds for which a step waits for the next slice of what it's to hold."""
ANEW: Final = "It had been deleted by somebody else, and this made it anew."


class Bulk:
    """Delivers what can go together.

    ``park`` parks the fields of a parcel that are in conflict and returns the entries that go on;
    ``changed`` is told which record an entry's new state concerns; ``may_send`` is asked before
    each call, and each list leaves by ``leaving``.
    """

    def __init__(
        self,
        api: Planhat,
        store: TenantStore,
        wall: Callable[[], float],
        *,
        changed: Callable[[Kind, str], None],
        may_send: Callable[[], bool],
        leaving: Leaving,
        park: Callable[[Parcel, Merge], tuple[Entry, ...]],
        gathering: Gathering,
    ) -> None:
        self._store = store
        self._wall = wall
        self._changed = changed
        self._may_send = may_send
        self._park = park
        self._gathering = gathering
        self.grows = False
        self._upserting = Upserting(api, store, show=self._show, leaving=leaving)
        self._making = Making(
            store,
            wall,
            gathering,
            self._upserting,
            changed=changed,
            show=self._show,
            may_send=may_send,
        )

    def queueing(self) -> frozenset[str]:
        """Return the steps that are being queued; asked before what waits is looked at.

        Else a step whose last slice comes in between would look whole without it.
        """
        return frozenset(key.removeprefix(QUEUEING) for key in self._store.drafts.keys(QUEUEING))

    def parted(
        self, ready: Sequence[Parcel], queueing: frozenset[str]
    ) -> tuple[Sequence[Sequence[Parcel]], Sequence[Parcel]]:
        """Part what goes together, batch by batch, from what goes one by one.

        A step that is still being queued waits until it's whole: else its first slice would take
        readings and a call of its own. ``grows`` tells of one.
        """
        if self._upserting.has_none or self._store.mirror.noted("edition") != "modern":
            self.grows = False
            return [], ready
        growing = self._growing(ready, queueing)
        self.grows = bool(growing)
        whole = [one for one in ready if growing.isdisjoint(entry.step for entry in one.entries)]
        return batches(whole, self._upserting.alone)

    def _growing(self, ready: Sequence[Parcel], queueing: frozenset[str]) -> set[str]:
        """Return the steps of which more is to come; who has queued none for long has ended."""
        if not queueing:
            return set()
        now = self._wall()
        entries = (e for parcel in ready for e in parcel.entries if e.step in queueing)
        return {e.step for e in entries if 0 <= now - e.created_at < GROWS_FOR}

    async def send(
        self, together: Sequence[Sequence[Parcel]]
    ) -> tuple[Sequence[Parcel], PlanhatTuiError | None]:
        """Deliver batches.

        Returns what goes one by one after all, and the error that says to send nothing more, if
        one does.
        """
        rest: list[Parcel] = []
        for batch in together:
            if not self._may_send():
                return [], None
            makes = batch[0].action is Action.CREATE
            deliver = self._making.deliver if makes else self._deliver
            left, error = await deliver(batch)
            if error is not None:
                return [], error
            rest += left
        return rest, None

    async def _deliver(
        self, batch: Sequence[Parcel]
    ) -> tuple[Sequence[Parcel], PlanhatTuiError | None]:
        kind = batch[0].kind
        wanted = self._wanted(kind, batch)
        way = self._gathering.reading(kind, wanted).way
        if way is Way.EACH:  # then a call each is as cheap, and its answer verifies itself
            return batch, None
        try:
            there = await self._gathering.records(kind, wanted, way)
        except PlanhatTuiError as met:
            return batch, met if outcome(met, Action.UPDATE, kind, sent=False).pause else None
        loads, left = await self._merged(batch, there)
        sent: list[Load] = []
        for some in calls(loads):
            put = await self._upserting.put(kind, some)
            left += put.left
            if put.error is not None:
                return left, put.error
            if put.rows:
                await self._settle(some, put.rows)
            sent += [load for load in some if load.parcel not in put.left]
            if not self._may_send():
                break
        error = await self._verify(kind, sent, way) if sent else None
        return left, error

    def _wanted(self, kind: Kind, batch: Sequence[Parcel]) -> dict[str, str]:
        """Return the ids of the records with those of their companies."""
        ids = [parcel.record_id for parcel in batch]
        if kind is Kind.COMPANY:
            return {one: one for one in ids}
        known = {text_of(raw, "_id"): raw for raw in self._store.mirror.raws(kind, ids)}
        return {one: text_of(known.get(one, {}), "companyId") for one in ids}

    async def _merged(
        self, batch: Sequence[Parcel], there: dict[str, Received]
    ) -> tuple[list[Load], list[Parcel]]:
        """Merge each record's edits with what Planhat has; those that it lacks go one by one."""
        loads: list[Load] = []
        left: list[Parcel] = []
        for some in slices(batch):
            self._store.mirror.put(
                some[0].kind,
                [there[p.record_id] for p in some if p.record_id in there],
                self._wall(),
            )
            for parcel in some:
                found = there.get(parcel.record_id)
                if found is None:
                    left.append(parcel)
                elif (load := self._load(parcel, found.data)) is not None:
                    loads.append(load)
            self._show(some[0].kind, [parcel.record_id for parcel in some])
            await asyncio.sleep(0)
        return loads, left

    def _load(self, parcel: Parcel, server: dict[str, Json]) -> Load | None:
        """Return what is to be sent of a record; ``None`` if that is nothing, or was withdrawn."""
        merged = merge(parcel.changes, server)
        try:
            going = self._park(parcel, merged) if merged.conflicts else parcel.entries
        except WithdrawnError:
            return None  # the next round looks again
        if merged.body:
            return Load(parcel, going, merged.body, server)
        with self._store.at_once():
            outbox = self._store.outbox
            waiting = [e.n for e in going if outbox.get(e.n).state is State.QUEUED]
            outbox.mark(waiting, State.DELIVERED)
        return None

    async def _settle(self, loads: Sequence[Load], rows: Sequence[BulkRow]) -> None:
        """Note what became of each row, in one step, and show it."""
        outbox = self._store.outbox
        with self._store.at_once():
            for load, row in zip(loads, rows, strict=True):
                ns = [entry.n for entry in load.entries]
                match row.outcome:
                    case RowOutcome.UPDATED | RowOutcome.UNCHANGED:
                        outbox.mark(ns, State.DELIVERED)
                    case RowOutcome.CREATED:
                        outbox.mark(ns, State.DELIVERED, ANEW)
                    case RowOutcome.REFUSED:
                        why = row.reason or f"Planhat refused {load.entries[0].title}."
                        outbox.mark(ns, State.REFUSED, why)
                    case RowOutcome.UNKNOWN:
                        outbox.mark(ns, State.NOT_SURE, row.reason)
        for some in slices(loads):
            self._keep(some[0].parcel.kind, some)
            await asyncio.sleep(0)

    def _keep(self, kind: Kind, loads: Sequence[Load]) -> None:
        """Keep what was delivered as it was sent, until it is read back; show the rest anew."""
        done = [load for load in loads if self._state(load) is State.DELIVERED]
        records = [load.as_sent for load in done]
        if records:
            fields = frozenset(c.field for load in done for c in load.parcel.changes)
            self._store.mirror.put(kind, records, self._wall(), fields)
        self._show(kind, [load.id for load in loads])

    async def _verify(self, kind: Kind, loads: Sequence[Load], way: Way) -> PlanhatTuiError | None:
        """Read back what was sent, and refuse the edits that Planhat took and didn't keep."""
        wanted = self._wanted(kind, [load.parcel for load in loads])
        try:
            there = await self._gathering.records(kind, wanted, way)
        except PlanhatTuiError as error:
            told = outcome(error, Action.UPDATE)
            self._upserting.unverified(loads, told.reason)
            return error if told.pause else None
        for some in slices(loads):
            found = [load for load in some if load.id in there]
            with self._store.at_once():
                for load in found:
                    self._check(load, there[load.id].data)
            fields = frozenset(c.field for load in some for c in load.parcel.changes)
            records = [there[load.id] for load in found]
            self._store.mirror.put(kind, records, self._wall(), fields)
            self._show(kind, [load.id for load in some])
            await asyncio.sleep(0)
        return None

    def _check(self, load: Load, now: Raw) -> None:
        """Settle the edits of a record by what Planhat has of it now."""
        outbox, lost = self._store.outbox, {*dropped(load.body, now)}
        for entry in (outbox.get(e.n) for e in load.entries):
            missing = {change.field for change in entry.changes} & lost
            if entry.state is State.NOT_SURE and not lost:
                outbox.mark([entry.n], State.DELIVERED)
            elif entry.state is State.DELIVERED and missing:
                names = ", ".join(sorted(label_of(entry.kind, field) for field in missing))
                why = f"Planhat took the edit and didn't keep {names}."
                outbox.mark([entry.n], State.REFUSED, why)

    def _state(self, load: Load) -> State:
        return self._store.outbox.get(load.entries[0].n).state

    def _show(self, kind: Kind, ids: Sequence[str]) -> None:
        self._store.mirror.lay_again(kind, ids)
        for record_id in ids:
            self._changed(kind, record_id)
