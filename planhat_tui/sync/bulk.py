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
from planhat_tui.model.outbox import Action, State
from planhat_tui.store.drafts import QUEUEING
from planhat_tui.sync.delivery import WithdrawnError, outcome
from planhat_tui.sync.gathering import Way
from planhat_tui.sync.loads import Load, batches, calls, slices
from planhat_tui.sync.making import Making
from planhat_tui.sync.upserting import LACKING, UNREAD, Put, Upserting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planhat_tui.model.bulk import BulkRow
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.records import Kind, Received
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.delivery import Parcel
    from planhat_tui.sync.gathering import Gathering
    from planhat_tui.sync.learned import Learned
    from planhat_tui.sync.leaving import Leaving

GROWS_FOR: Final = 5.0
"""Seconds for which a step waits for the next slice of what it's to hold."""
ANEW: Final = "It was deleted by somebody else meanwhile, and Planhat made it anew"


class Bulk:
    """Delivers what can go together.

    ``meet`` merges a parcel with what Planhat has; returned is what goes on, and what is sent;
    ``changed`` is told which record an entry's new state concerns, ``show`` shows records anew;
    ``may_send`` is asked before each call, and each list leaves by ``leaving``.
    """

    def __init__(
        self,
        api: Planhat,
        store: TenantStore,
        wall: Callable[[], float],
        *,
        changed: Callable[[Kind, str], None],
        show: Callable[[Kind, Sequence[str]], None],
        may_send: Callable[[], bool],
        leaving: Leaving,
        learned: Learned,
        meet: Callable[[Parcel, Raw], tuple[tuple[Entry, ...], dict[str, Json]]],
        gathering: Gathering,
    ) -> None:
        self._store = store
        self._wall = wall
        self._show = show
        self._may_send = may_send
        self._meet = meet
        self._gathering = gathering
        self.grows = False
        self._learned = learned
        self._upserting = Upserting(api, store, show=show, leaving=leaving, learned=learned)
        self._making = Making(
            store,
            wall,
            gathering,
            self._upserting,
            changed=changed,
            show=show,
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
        if self._learned.edition != "modern" or not self._learned.takes_lists:
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
        wanted = self._gathering.wanted(kind, [parcel.record_id for parcel in batch])
        way = self._gathering.reading(kind, wanted).way
        if way is Way.EACH:  # then a call each is as cheap, and its answer verifies itself
            return batch, None
        asked_at = self._wall()
        try:
            there = await self._gathering.records(kind, wanted, way)
        except PlanhatTuiError as met:
            return batch, met if outcome(met, Action.UPDATE, kind, sent=False).pause else None
        loads, left = await self._merged(batch, there, asked_at)
        read_at = self._wall()  # a list that is long in being read and merged goes all the same
        sent, put = list[Load](), Put()
        for some in calls(loads, self._upserting.unanswered):
            put = await self._upserting.put(kind, some, read_at)
            left += put.left
            if put.error is not None or put.withdrawn:  # the rest is as old: it's read again
                break
            if put.rows:
                await self._settle(some, put.rows)
            singly = {parcel.record_id for parcel in put.left}
            sent += [load for load in some if load.id not in singly]
            if not self._may_send():
                break
        unread = await self._verify(kind, sent, way) if sent else None
        return left, put.error or unread

    async def _merged(
        self, batch: Sequence[Parcel], there: dict[str, Received], asked_at: float
    ) -> tuple[list[Load], list[Parcel]]:
        """Merge each record's edits with what Planhat has; those that it lacks go one by one."""
        loads: list[Load] = []
        left: list[Parcel] = []
        for some in slices(batch):
            found = [there[p.record_id] for p in some if p.record_id in there]
            self._store.mirror.put(some[0].kind, found, asked_at)
            for parcel in some:
                now = there.get(parcel.record_id)
                if now is None:
                    left.append(parcel)
                elif (load := self._load(parcel, now.data)) is not None:
                    loads.append(load)
            self._show(some[0].kind, [parcel.record_id for parcel in some])
            await asyncio.sleep(0)
        return loads, left

    def _load(self, parcel: Parcel, server: Raw) -> Load | None:
        """Return what is to be sent of a record; ``None`` if that is nothing, or was withdrawn."""
        try:
            going, body = self._meet(parcel, server)
        except WithdrawnError:
            return None  # the next round looks again
        return Load(parcel, going, body) if body else None

    async def _settle(self, loads: Sequence[Load], rows: Sequence[BulkRow]) -> None:
        """Note what became of each row, in one step, and show it."""
        outbox = self._store.outbox
        with self._store.at_once():
            for load, row in zip(loads, rows, strict=True):
                ns = [entry.n for entry in load.entries]
                match row.outcome:
                    case RowOutcome.UPDATED | RowOutcome.UNCHANGED:
                        outbox.mark(ns, State.DELIVERED, UNREAD)
                    case RowOutcome.CREATED:  # a list makes what it names and doesn't find
                        under = f", under the id {row.id}" if row.id else ""
                        why = f"{ANEW}{under}. Delete that one if it isn't wanted."
                        outbox.mark(ns, State.REFUSED, why)
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
        done = (load for load in loads if self._state(load) is State.DELIVERED)
        self._store.mirror.keep_sent(kind, {load.id: load.changes for load in done})
        self._show(kind, [load.id for load in loads])

    async def _verify(self, kind: Kind, loads: Sequence[Load], way: Way) -> PlanhatTuiError | None:
        """Read back what was sent, and refuse the edits that Planhat took and didn't keep."""
        wanted = self._gathering.wanted(kind, [load.id for load in loads])
        asked_at = self._wall()
        try:
            there = await self._gathering.records(kind, wanted, way)
        except PlanhatTuiError as error:
            told = outcome(error, Action.UPDATE)
            self._upserting.unverified(loads, told.reason)
            return error if told.pause else None
        for some in slices(loads):
            found = [load for load in some if load.id in there]
            self._upserting.unverified([load for load in some if load.id not in there], LACKING)
            with self._store.at_once():
                for load in found:
                    self._check(load, there[load.id].data)
            fields = {load.id: {c.field for c in load.changes} for load in found}
            self._store.mirror.put(kind, [there[load.id] for load in found], asked_at, fields)
            self._show(kind, [load.id for load in some])
            await asyncio.sleep(0)
        return None

    def _check(self, load: Load, now: Raw) -> None:
        """Settle the edits of a record by what Planhat has of it now; others may have tagged it."""
        outbox, lost = self._store.outbox, frozenset(dropped(load.body, now))
        if "tags" in lost and "tags" not in merge(load.changes, now).body:
            lost -= {"tags"}
        for entry in (outbox.get(e.n) for e in load.entries):
            if entry.state is State.DELIVERED or (entry.state is State.NOT_SURE and not lost):
                outbox.taken(entry.n, lost)

    def _state(self, load: Load) -> State:
        return self._store.outbox.get(load.entries[0].n).state
