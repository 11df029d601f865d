"""One call that changes or makes many records, and what becomes of them if it fails."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import NotFoundError, PlanhatTuiError, RefusedError, StorageError
from planhat_tui.model.bulk import RowOutcome
from planhat_tui.model.outbox import State
from planhat_tui.sync import endpoints
from planhat_tui.sync.delivery import WithdrawnError, outcome
from planhat_tui.sync.loads import slices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planhat_tui.model.bulk import BulkRow
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.records import Kind
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.delivery import Parcel
    from planhat_tui.sync.learned import Learned
    from planhat_tui.sync.leaving import Leaving
    from planhat_tui.sync.loads import Load


UNREAD: Final = "It hasn't been read back yet."
"""What is said of an edit that a list has delivered, until it is."""
LACKING: Final = "Planhat's list doesn't have it."


class Put(NamedTuple):
    """How a call ended.

    ``rows`` tell what became of each record, in order; none if the call failed or was withdrawn.
    ``left`` goes one by one instead, and ``error`` says to send nothing more. What was
    ``withdrawn`` wasn't sent: the next round looks again.
    """

    rows: Sequence[BulkRow] = ()
    left: Sequence[Parcel] = ()
    error: PlanhatTuiError | None = None
    withdrawn: bool = False


class Upserting:
    """Sends lists, each by ``leaving``; ``show`` shows records anew.

    A server that turns out to take none is noted in ``learned``; ``alone`` are the entries whose
    list was refused as a whole; ``unanswered`` counts for each entry the lists that this process
    has sent and of which nobody told what became.
    """

    def __init__(
        self,
        api: Planhat,
        store: TenantStore,
        *,
        show: Callable[[Kind, Sequence[str]], None],
        leaving: Leaving,
        learned: Learned,
    ) -> None:
        self._api = api
        self._store = store
        self._show = show
        self._leaving = leaving
        self._learned = learned
        self.alone: set[int] = set()
        self.unanswered: Counter[int] = Counter()

    async def put(self, kind: Kind, loads: Sequence[Load], read_at: float) -> Put:
        """Send records in one call, unless its turn comes too late after they were read.

        ``read_at`` is seconds since the epoch.
        """
        going = [entry for load in loads for entry in load.entries]
        rows = [load.row for load in loads]
        try:
            answer = await endpoints.upsert(
                self._api,
                kind,
                rows,
                lane=self._leaving.lane(going),
                before=lambda: self._leaving.claim(going, read_at),
            )
        except WithdrawnError:
            return Put(withdrawn=True)
        except StorageError:
            raise  # it may have been sent: found as being sent, it is looked up
        except PlanhatTuiError as error:
            return await self._failed(kind, loads, error)
        return Put(answer.rows)

    async def _failed(self, kind: Kind, loads: Sequence[Load], error: PlanhatTuiError) -> Put:
        """Let a call that was refused as a whole go record by record: each is told its reason."""
        told = outcome(error, loads[0].parcel.action)
        singly = told.state is State.REFUSED
        outbox = self._store.outbox
        with self._store.at_once():
            ours = [outbox.get(e.n) for load in loads for e in load.entries]
            waiting = [e.n for e in ours if e.state in {State.QUEUED, State.SENDING}]
            outbox.mark(
                waiting, State.QUEUED if singly else told.state, "" if singly else told.reason
            )
        if _is_unknown_here(error):
            self._learned.takes_no_lists()
        for some in slices(loads):
            self._show(kind, [load.id for load in some])
            await asyncio.sleep(0)
        if told.state is State.NOT_SURE:
            self.unanswered.update(waiting)
        if singly:
            self.alone |= {*waiting}
            return Put(left=[load.parcel for load in loads])
        return Put(error=error if told.pause else None)

    def unverified(self, loads: Sequence[Load], reason: str) -> None:
        """Say of what was delivered that nobody has seen it since."""
        outbox = self._store.outbox
        with self._store.at_once():
            ours = [outbox.get(e.n) for load in loads for e in load.entries]
            for entry in (entry for entry in ours if entry.state is State.DELIVERED):
                told = f"{said(entry)}  It couldn't be read back. {reason}".strip()
                outbox.mark([entry.n], State.DELIVERED, told)


def said(entry: Entry) -> str:
    """Return what is said of an edit, but for that it hasn't been read back."""
    return entry.reason.removesuffix(UNREAD).rstrip()


def was_theirs(entry: Entry, row: BulkRow) -> bool:
    """Tell whether a row has changed what was to be made: nobody had its id a moment before.

    ``entry`` as it was then: what may have been sent before is our own.
    """
    return row.outcome in {RowOutcome.UPDATED, RowOutcome.UNCHANGED} and not entry.attempts


def _is_unknown_here(error: PlanhatTuiError) -> bool:
    """Tell whether the server doesn't know such a call at all."""
    missing = isinstance(error, RefusedError) and error.status in {404, 405, 501}
    return missing or isinstance(error, NotFoundError)
