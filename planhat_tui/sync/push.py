"""Delivering the outbox: claim, read, merge, send, verify, settle.

An entry is marked "sending" on the disk before the first byte leaves, so that one found so at the
next start is known to be not sure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.errors import PlanhatTuiError
from planhat_tui.model.edits import Merge, dropped, merge
from planhat_tui.model.fields import label_of
from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.records import Kind
from planhat_tui.sync import endpoints
from planhat_tui.sync.delivery import outcome, parcels, settles_itself

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.delivery import Parcel

FRESH_FOR: Final = 5.0
"""Seconds for which a copy is young enough to merge tags and custom fields into."""


class Push:
    """Delivers what can go. ``changed`` is told which record an entry's new state concerns.

    ``may_send`` is asked before each request: another process may have the lease by then.
    """

    def __init__(
        self,
        api: Planhat,
        store: TenantStore,
        wall: Callable[[], float],
        changed: Callable[[Kind, str], None],
        may_send: Callable[[], bool],
    ) -> None:
        self._api = api
        self._store = store
        self._wall = wall
        self._changed = changed
        self._may_send = may_send

    async def round(self) -> PlanhatTuiError | None:
        """Deliver until nothing can go, or until an error says to pause; that error, or none."""
        while True:
            ready = parcels(self._store.outbox.open_entries())
            if not ready:
                return None
            for parcel in ready:
                if not self._may_send():
                    return None
                error = await self._deliver(parcel)
                if error is not None:
                    return error

    def settle_unsure(self) -> None:
        """Queue again what can be settled by reading back."""
        outbox = self._store.outbox
        unsure = [entry for entry in outbox.open_entries() if settles_itself(entry)]
        outbox.mark([entry.n for entry in unsure], State.QUEUED)
        for entry in unsure:
            self._show(entry.kind, entry.record_id)

    async def _deliver(self, parcel: Parcel) -> PlanhatTuiError | None:
        if not self._store.outbox.mark_sending(parcel.ns):
            return None  # somebody changed its state meanwhile; the next round looks again
        self._show(parcel.kind, parcel.record_id)
        try:
            await self._send(parcel)
        except PlanhatTuiError as error:
            told = outcome(error, parcel.action)
            self._store.outbox.mark(parcel.ns, told.state, told.reason)
            if told.state is State.DELIVERED:
                self._gone(parcel)
            self._show(parcel.kind, parcel.record_id)
            return error if told.pause else None
        return None

    async def _send(self, parcel: Parcel) -> None:
        match parcel.action:
            case Action.CREATE:
                await self._create(parcel)
            case Action.UPDATE:
                await self._update(parcel)
            case Action.DELETE:
                await endpoints.delete(self._api, parcel.kind, parcel.record_id)
                self._settle(parcel.entries, "")
                self._gone(parcel)

    async def _create(self, parcel: Parcel) -> None:
        entry = parcel.entries[0]
        made = await endpoints.create(self._api, parcel.kind, parcel.body, entry.open_tenant)
        lost = dropped(_told_of(parcel.body, made) if entry.open_tenant else parcel.body, made.data)
        reason = f"Planhat didn't keep {_named(parcel.kind, lost)}." if lost else ""
        if not made.id:
            self._store.outbox.mark([entry.n], State.DELIVERED, reason)
        else:
            self._store.outbox.made(entry.n, parcel.record_id, made.id, reason)
            self._store.rename(parcel.kind, parcel.record_id, made, self._wall())
        self._changed(parcel.kind, parcel.record_id)
        self._changed(parcel.kind, made.id or parcel.record_id)

    async def _update(self, parcel: Parcel) -> None:
        server = await self._base(parcel)
        merged = merge(parcel.changes, server)
        if merged.conflicts:
            self._park_conflicts(parcel, merged)
            return
        if not merged.body:
            self._settle(parcel.entries, "")
            return
        answer = await endpoints.update(self._api, parcel.kind, parcel.record_id, merged.body)
        lost = dropped(merged.body, answer.data)
        mine = {change.field for change in parcel.changes} & set(lost)
        kept = [e for e in parcel.entries if not mine & {c.field for c in e.changes}]
        self._store.outbox.mark(
            [e.n for e in parcel.entries if e not in kept],
            State.REFUSED,
            f"Planhat took the edit and didn't keep {_named(parcel.kind, mine)}.",
        )
        self._keep(parcel.kind, answer, kept)

    async def _base(self, parcel: Parcel) -> dict[str, Json]:
        """Return what Planhat has: read anew if the copy is old, so that nobody is overwritten."""
        server, seen_at = self._copy(parcel.kind, parcel.record_id)
        young = 0 <= self._wall() - seen_at <= FRESH_FOR  # a clock that was set back tells nothing
        if server is not None and not parcel.again and young:
            return server
        fresh = await endpoints.fetch(self._api, parcel.kind, parcel.record_id, Lane.OUTBOX)
        self._put(parcel.kind, fresh)
        return fresh.data

    def _copy(self, kind: Kind, record_id: str) -> tuple[dict[str, Json] | None, float]:
        if kind is Kind.CALL:
            return self._store.calls.server(record_id), 0.0
        read = self._store.mirror.company if kind is Kind.COMPANY else self._store.mirror.contact
        shown = read(record_id)
        if shown is None or not shown.complete:
            return None, 0.0
        return shown.server, shown.seen_at or 0.0

    def _park_conflicts(self, parcel: Parcel, merged: Merge) -> None:
        """Park what is in conflict; the rest of the parcel is queued again."""
        fields = {conflict.field for conflict in merged.conflicts}
        parked = [e for e in parcel.entries if fields & {c.field for c in e.changes}]
        others = [e.n for e in parcel.entries if e not in parked]
        reason = f"Somebody else changed {_named(parcel.kind, fields)} meanwhile."
        self._store.outbox.mark([e.n for e in parked], State.CONFLICT, reason)
        self._store.outbox.mark(others, State.QUEUED)
        self._show(parcel.kind, parcel.record_id)

    def _settle(self, entries: Iterable[Entry], reason: str) -> None:
        done = list(entries)
        self._store.outbox.mark([entry.n for entry in done], State.DELIVERED, reason)
        for entry in done:
            self._show(entry.kind, entry.record_id)

    def _keep(self, kind: Kind, answer: Received, entries: Iterable[Entry]) -> None:
        self._store.outbox.mark([entry.n for entry in entries], State.DELIVERED)
        self._put(kind, answer)
        self._changed(kind, answer.id)

    def _put(self, kind: Kind, record: Received) -> None:
        if kind is Kind.CALL:
            self._store.calls.put(record.data)
        else:
            self._store.mirror.put(kind, [record], self._wall())

    def _gone(self, parcel: Parcel) -> None:
        if parcel.kind is Kind.CALL:
            self._store.calls.remove(parcel.record_id)
        else:
            self._store.mirror.remove(parcel.kind, [parcel.record_id])
        self._changed(parcel.kind, parcel.record_id)

    def _show(self, kind: Kind, record_id: str) -> None:
        self._store.refresh_overlay(kind, record_id)
        self._changed(kind, record_id)


def _told_of(body: Raw, made: Received) -> Raw:
    """Return what an answer tells of: the open endpoint needn't tell a stranger anything."""
    return {name: value for name, value in body.items() if name in made.data}


def _named(kind: Kind, fields: Iterable[str]) -> str:
    return ", ".join(sorted(label_of(kind, field) for field in fields))
