"""One call that changes or makes many records, and what becomes of them if it fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from planhat_tui.errors import NotFoundError, PlanhatTuiError, RefusedError, StorageError
from planhat_tui.model.outbox import State
from planhat_tui.sync import endpoints
from planhat_tui.sync.delivery import WithdrawnError, outcome
from planhat_tui.sync.loads import slices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planhat_tui.model.bulk import BulkRow
    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.records import Kind
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.delivery import Parcel
    from planhat_tui.sync.leaving import Leaving
    from planhat_tui.sync.loads import Load


class Put(NamedTuple):
    """How a call ended.

    ``rows`` tell what became of each record, in order; none if the call failed or was withdrawn.
    ``left`` goes one by one instead, and ``error`` says to send nothing more.
    """

    rows: Sequence[BulkRow] = ()
    left: Sequence[Parcel] = ()
    error: PlanhatTuiError | None = None


class Upserting:
    """Sends lists, each by ``leaving``; ``show`` shows records anew.

    ``has_none`` is true of a server that turned out to take no lists; ``alone`` are the entries
    whose list was refused as a whole.
    """

    def __init__(
        self,
        api: Planhat,
        store: TenantStore,
        *,
        show: Callable[[Kind, Sequence[str]], None],
        leaving: Leaving,
    ) -> None:
        self._api = api
        self._store = store
        self._show = show
        self._leaving = leaving
        self.has_none = False
        self.alone: set[int] = set()

    async def put(self, kind: Kind, loads: Sequence[Load]) -> Put:
        """Send records in one call."""
        going = [entry for load in loads for entry in load.entries]
        rows = [load.row for load in loads]
        try:
            answer = await endpoints.upsert(
                self._api, kind, rows, lambda: self._leaving.claim(going)
            )
        except WithdrawnError:
            return Put()  # the next round looks again
        except StorageError:
            raise  # it may have been sent: found as being sent, it is looked up
        except PlanhatTuiError as error:
            return await self._failed(kind, loads, error)
        return Put(answer.rows)

    async def _failed(self, kind: Kind, loads: Sequence[Load], error: PlanhatTuiError) -> Put:
        """Let a call that was refused as a whole go record by record: each is told its reason."""
        told = outcome(error, loads[0].parcel.action)
        singly = told.state is State.REFUSED
        self.has_none = self.has_none or _is_unknown_here(error)
        outbox = self._store.outbox
        with self._store.at_once():
            ours = [outbox.get(e.n) for load in loads for e in load.entries]
            waiting = [e.n for e in ours if e.state in {State.QUEUED, State.SENDING}]
            outbox.mark(
                waiting, State.QUEUED if singly else told.state, "" if singly else told.reason
            )
        for some in slices(loads):
            self._show(kind, [load.id for load in some])
            await asyncio.sleep(0)
        if singly:
            self.alone |= {*waiting}
            return Put(left=[load.parcel for load in loads])
        return Put(error=error if told.pause else None)

    def unverified(self, loads: Sequence[Load], reason: str) -> None:
        """Say of what was delivered that nobody has seen it since."""
        outbox = self._store.outbox
        with self._store.at_once():
            ours = [outbox.get(e.n) for load in loads for e in load.entries]
            done = [e.n for e in ours if e.state is State.DELIVERED]
            outbox.mark(done, State.DELIVERED, f"It couldn't be read back. {reason}")


def _is_unknown_here(error: PlanhatTuiError) -> bool:
    """Tell whether the server doesn't know such a call at all."""
    missing = isinstance(error, RefusedError) and error.status in {404, 405, 501}
    return missing or isinstance(error, NotFoundError)
