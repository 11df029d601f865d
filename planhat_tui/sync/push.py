"""Delivering the outbox: read, merge, claim, send, verify, settle.

An entry is marked "sending" on the disk when the rate limit lets it go, just before the first byte
leaves: one found so at the next start is not sure, and one that waits is queued and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.errors import (
    ForbiddenError,
    NotFoundError,
    PlanhatTuiError,
    RejectedError,
    ServerError,
    StorageError,
)
from planhat_tui.model.bulk import RowOutcome, can_be_repeated
from planhat_tui.model.deletions import changed_since, why_kept
from planhat_tui.model.edits import dropped, merge, parted
from planhat_tui.model.fields import label_of
from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import TAKEN, Action, State, is_known_unsent, was_taken
from planhat_tui.model.records import Kind, text_of
from planhat_tui.store.journal import UNDO
from planhat_tui.store.tenant import Birth
from planhat_tui.sync import endpoints
from planhat_tui.sync.ahead import Ahead
from planhat_tui.sync.aside import Aside
from planhat_tui.sync.bulk import GROWS_FOR, Bulk
from planhat_tui.sync.delivery import BY_SOMEBODY_ELSE, Outcome, WithdrawnError, outcome
from planhat_tui.sync.doubts import Doubts
from planhat_tui.sync.gathering import Gathering, place_of
from planhat_tui.sync.leaving import is_fresh
from planhat_tui.sync.likeness import is_of_a_try
from planhat_tui.sync.loads import slices
from planhat_tui.sync.upserting import was_theirs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from planhat_tui.model.edits import Merge
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.ports import Before, Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.aside import Record
    from planhat_tui.sync.delivery import Parcel
    from planhat_tui.sync.learned import Learned
    from planhat_tui.sync.leaving import Leaving

FOUND: Final = "Its answer was lost; it was found at Planhat."
GONE_FROM_HERE: Final = "It was deleted from here."
GONE_WITH: Final = "It went with {}, which was deleted from here."
LEFT_OUT: Final = "Left out: somebody else has changed {} since."
STRANGE: Final = "It was made for another tenant and is never sent to this one: discard it."


class Push:
    """Delivers what can go. ``changed`` is told which record an entry's new state concerns.

    ``may_send`` is asked before each request: another process may have the lease by then; every
    edit goes by ``leaving``.
    ``answered`` hears that Planhat did what it was asked: a queue may take hours.
    """

    def __init__(
        self,
        api: Planhat,
        store: TenantStore,
        wall: Callable[[], float],
        changed: Callable[[Kind, str], None],
        *,
        may_send: Callable[[], bool],
        leaving: Leaving,
        learned: Learned,
        answered: Callable[[], None],
    ) -> None:
        self._answered = answered
        self._api = api
        self._store = store
        self._wall = wall
        self._changed = changed
        self._may_send = may_send
        self._leaving = leaving
        self._gathering = gathering = Gathering(api, store, learned)
        self._aside = Aside(wall)
        self._forbidden: dict[int, int] = {}
        self._taken = 0
        self._ahead = Ahead(store, wall, gathering=gathering, learned=learned)
        self._doubts = Doubts(
            api,
            store,
            wall,
            gathering=gathering,
            made=self._found,
            show=self._show_all,
            aside=self._aside,
        )
        self._bulk = Bulk(
            api,
            store,
            wall,
            changed=changed,
            show=self._show_all,
            may_send=may_send,
            leaving=leaving,
            learned=learned,
            meet=self._meet,
            gathering=gathering,
        )

    async def deliver(self) -> PlanhatTuiError | None:
        """Deliver what can go, and find out what isn't sure, as far as it's due.

        Returns the error that says to pause; where nothing went well, the one of what was set
        aside.
        """
        before, self._aside.error = self._aside.successes, None
        error = await self._round()
        well = self._aside.successes != before
        return error if error is not None or well else self._aside.error

    @property
    def can_send(self) -> bool:
        """Whether something can go now."""
        entries = self._store.outbox.open_entries()
        records = [parcel.record for parcel in self._leaving.ready(entries)]
        records += [(entry.kind, entry.record_id) for entry, _ in self._leaving.splits(entries)]
        return any(not self._aside.left(record) for record in records)

    @property
    def next_in(self) -> float | None:
        """Seconds until something is looked up or, set aside, tried again; 0 if it's due."""
        ready = self._leaving.ready(self._store.outbox.open_entries())
        aside = [seconds for parcel in ready if (seconds := self._aside.left(parcel.record))]
        doubts = self._doubts.next_in
        return min(aside if doubts is None else [doubts, *aside], default=None)

    @property
    def aside_until(self) -> Mapping[Record, float]:
        """Until when each record is set aside that couldn't be read. Safe from any thread."""
        return self._aside.until

    def try_now(self, entries: Sequence[Entry]) -> None:
        """Let what was set aside of the records of these be tried again: a person wants it."""
        self._doubts.try_now(entries)
        self._aside.forget((entry.kind, entry.record_id) for entry in entries)

    async def _round(self) -> PlanhatTuiError | None:
        """Deliver until nothing can go, or until an error says to pause; that error, or none.

        What is queued meanwhile has its turn as soon as each step has had the present one. So has
        what isn't sure: after each turn one thing is looked up, be it a record or a list.
        """
        outbox = self._store.outbox
        doubts = {e.n for e in outbox.open_entries() if e.state is State.NOT_SURE}
        while self._may_send():
            looked_at = outbox.newest_queued()
            queueing = self._bulk.queueing()
            self._split()
            waiting = self._leaving.ready(self._ours(outbox.open_entries()))
            ready = self._forbidden_last(p for p in waiting if not self._aside.left(p.record))
            together, alone = self._bulk.parted(ready, queueing)
            unsure = self._doubts.due(doubts)
            if not (together or alone or unsure):
                return None
            if together or unsure:  # what one key press did doesn't wait for them
                alone = [parcel for parcel in alone if parcel.turn == ready[0].turn]
            error = await self._one_by_one(alone, looked_at)
            if error is None and unsure and self._may_send():
                error = await self._doubts.settle(unsure[0])
            if error is None and together:
                left, error = await self._bulk.send(together)
                if error is None and not left:
                    self._aside.went_well()
                error = error or await self._one_by_one(left, looked_at)
            if error is not None:
                return error
        return None

    def _forbidden_last(self, ready: Iterable[Parcel]) -> Sequence[Parcel]:
        """Return what goes before what the token may not do (403), or that if nothing else does."""
        known = list(ready)
        others = [parcel for parcel in known if self._forbidden.keys().isdisjoint(parcel.ns)]
        return others or known

    def _is_alone_forbidden(self, parcel: Parcel) -> bool:
        """Tell whether something else was written since the token might not do this, and note it.

        Then it's this that it may not do: it keeps nothing else back.
        """
        alone = any(self._forbidden.get(n, self._taken) < self._taken for n in parcel.ns)
        self._forbidden |= dict.fromkeys(parcel.ns, self._taken)
        return alone

    def _split(self) -> None:
        """Split the updates of which a part is kept back: the rest goes by itself."""
        outbox = self._store.outbox
        with self._store.at_once():
            for entry, can_go in self._leaving.splits(outbox.open_entries()):
                outbox.split(entry.n, can_go)

    async def _one_by_one(
        self, ready: Sequence[Parcel], looked_at: float
    ) -> PlanhatTuiError | None:
        """Deliver until a turn ends and more was queued; the error that says to pause, if any."""
        self._ahead.expect(ready)
        turn = ready[0].turn if ready else 0
        for parcel in ready:
            if parcel.turn != turn and self._store.outbox.newest_queued() > looked_at:
                return None
            turn = parcel.turn
            if not self._may_send():
                return None
            error = await self._deliver(parcel)
            if error is not None:
                return error
        return None

    @property
    def comes_back_in(self) -> float | None:
        """Seconds after which a step that waited for its rest is sent as it is, if one waits."""
        return GROWS_FOR if self._bulk.grows else None

    async def read(self, kind: Kind, record_id: str) -> None:
        """Read a record for somebody who waits; what is gone at Planhat is taken out."""
        asked_at = self._wall()
        try:
            record = await endpoints.fetch(self._api, kind, record_id, Lane.USER)
        except NotFoundError:
            self._store.take_out(kind, record_id)
        else:
            self._put(kind, record, asked_at)
        self._changed(kind, record_id)

    def _ours(self, entries: Sequence[Entry]) -> list[Entry]:
        """Refuse what was made for another tenant; return the rest."""
        ours = {"", self._store.outbox.owner().tenant}
        strange = [entry for entry in entries if entry.tenant not in ours]
        for entry in strange:
            if entry.state is not State.REFUSED:
                self._store.outbox.mark([entry.n], State.REFUSED, STRANGE)
                self._show(entry.kind, entry.record_id)
        return [entry for entry in entries if entry.tenant in ours]

    async def _deliver(self, parcel: Parcel) -> PlanhatTuiError | None:
        try:
            self._check_waiting(parcel.entries)  # else it would be read for nothing
            await self._send(parcel)
        except WithdrawnError:
            return None  # the next round looks again
        except StorageError:
            raise  # it may have been sent: found as being sent, it is looked up
        except PlanhatTuiError as error:
            with self._store.at_once():
                ours = [self._store.outbox.get(n) for n in self._in_hand(parcel)]
                sent = any(entry.state is State.SENDING for entry in ours)
                gone = self._gone_by(parcel)
                told = outcome(error, parcel.action, parcel.kind, sent=sent, gone=gone)
                if isinstance(error, ForbiddenError) and self._is_alone_forbidden(parcel):
                    told = Outcome(State.REFUSED, str(error))
                self._store.outbox.mark([entry.n for entry in ours], told.state, told.reason)
            if told.state is State.DELIVERED:
                self._gone(parcel)
            self._show(parcel.kind, parcel.record_id)
            if told.alone:
                return error if self._aside.failed(parcel.record, error) else None
            if not told.pause and told.state is not State.NOT_SURE:  # Planhat said so
                self._aside.went_well(parcel.record)
            return error if told.pause else None
        self._aside.went_well(parcel.record)
        self._taken += any(self._store.outbox.get(n).attempts for n in parcel.ns)
        return None

    def _gone_by(self, parcel: Parcel) -> str:
        """Say who has deleted a record that is gone: it alone or its company, from here or not."""
        kind, record_id = parcel.record
        if self._store.journal.deletion_of(kind, record_id):
            return GONE_FROM_HERE
        company = text_of(parcel.body or self._copy(kind, record_id)[0] or {}, "companyId")
        within = company if kind is Kind.CONTACT else ""
        took = self._store.journal.deletion_of(Kind.COMPANY, within) if within else None
        return GONE_WITH.format(took.title) if took else BY_SOMEBODY_ELSE

    async def _send(self, parcel: Parcel) -> None:
        match parcel.action:
            case Action.CREATE:
                await self._create(parcel)
            case Action.UPDATE:
                await self._update(parcel)
            case Action.DELETE:
                await self._delete(parcel)

    def _claim(self, entries: Sequence[Entry], read_at: float | None = None) -> Before:
        """Return what marks entries as sending when their turn has come, or withdraws them."""

        def claim() -> None:
            self._leaving.claim(entries, read_at)
            self._show(entries[0].kind, entries[0].record_id)

        return claim

    def _check_waiting(self, entries: Iterable[Entry]) -> None:
        """Withdraw what somebody has dropped or held since; inside the step that settles it."""
        if any(self._store.outbox.get(entry.n).state is not State.QUEUED for entry in entries):
            raise WithdrawnError

    def _in_hand(self, parcel: Parcel) -> list[int]:
        """Return what of a parcel is being sent or waits for it: fields in conflict stay behind."""
        entries = self._store.outbox.open_entries(parcel.kind, parcel.record_id)
        waiting = {e.n for e in entries if e.state is State.QUEUED} & set(parcel.ns)
        return [e.n for e in entries if e.state is State.SENDING or e.n in waiting]

    async def _create(self, parcel: Parcel) -> None:
        entry = parcel.entries[0]
        birth = await self._upsert(entry) if self._repeatable(entry) else None
        if birth is None:
            claim, tenant = self._claim(parcel.entries), entry.open_tenant
            made = await endpoints.create(self._api, parcel.kind, parcel.body, claim, tenant)
            body = _told_of(parcel.body, made) if entry.open_tenant else parcel.body
            birth = Birth(entry, made, _not_kept(entry.kind, body, made))
        self._became(birth)

    def _repeatable(self, entry: Entry) -> bool:
        """Tell whether a create can go as an upsert, which does no harm when it's sent twice."""
        fits = can_be_repeated(entry.kind, entry.body or {})
        return fits and self._store.mirror.noted("edition") == "modern"

    async def _upsert(self, entry: Entry) -> Birth | None:
        """Make a record under its external id, unless another one has that already.

        Who makes one under it in between is told of. ``None``: it wasn't sent, since nobody can
        know whether one has it.
        """
        body = entry.body or {}
        holders, looked_at = await self._holders(entry), self._wall()
        if holders is None:
            return None
        if holders:
            there = holders[0]
            if is_of_a_try(entry, there.data):
                self._check_waiting([entry])
                return Birth(entry, there, _not_kept(entry.kind, body, there))
            raise RejectedError(
                f"{text_of(there.data, 'name') or there.id} has the external id"
                f" {text_of(body, 'externalId')} already.",
                "Give it another one, or change the one that is there.",
            )
        claim, lane = self._claim([entry], looked_at), self._leaving.lane([entry])
        api, kind = self._api, entry.kind
        (row,) = (await endpoints.upsert(api, kind, [body], lane=lane, before=claim)).rows
        if row.outcome is RowOutcome.REFUSED:
            raise RejectedError(row.reason or f"Planhat refused {entry.title}.")
        if row.outcome is RowOutcome.UNKNOWN:
            raise ServerError(row.reason or "Planhat didn't tell what became of it.")
        told = TAKEN if was_theirs(entry, row) else ""
        try:
            made = await self._holders(entry)
        except StorageError:
            raise
        except PlanhatTuiError:  # whatever it is, it says nothing of what was sent
            unread = f"{told}  It may have been saved; it couldn't be read back.".strip()
            raise ServerError(unread) from None
        if not made:
            raise ServerError("Planhat said that it was made, and doesn't have it.")
        return Birth(entry, made[0], f"{told}  {_not_kept(kind, body, made[0])}".strip())

    async def _holders(self, entry: Entry) -> Sequence[Received] | None:
        """Return the records that have the external id: of all companies, or at the company.

        ``None`` if nobody can know.
        """
        kind, body = entry.kind, entry.body or {}
        if kind is Kind.COMPANY:
            wanted = f"extid-{text_of(body, 'externalId')}"
            try:
                return [await endpoints.fetch(self._api, kind, wanted, Lane.OUTBOX)]
            except NotFoundError:
                return []
        found = await self._gathering.holders(kind, [body])
        return None if found is None else found.get(place_of(kind, body), [])

    def _found(self, found: Sequence[tuple[Entry, Received]], asked_at: float) -> None:
        """Take what was found at Planhat for what these entries were to make."""
        self._answered()
        for some in slices(found):
            kind = some[0][0].kind
            births = [Birth(entry, made, _how_found(entry, made)) for entry, made in some]
            self._store.made_together(kind, births, asked_at)
            for entry, made in some:
                self._changed(kind, entry.record_id)
                self._changed(kind, made.id)

    def _became(self, birth: Birth) -> None:
        entry, made = birth.entry, birth.server
        self._answered()
        if not made.id:
            self._store.outbox.mark([entry.n], State.DELIVERED, birth.reason)
        else:
            self._store.made(entry, made, self._wall(), birth.reason)
        self._changed(entry.kind, entry.record_id)
        self._changed(entry.kind, made.id or entry.record_id)

    async def _update(self, parcel: Parcel) -> None:
        server, read_at = await self._base(parcel)
        going, body = self._meet(parcel, server)
        if not body:
            self._show(parcel.kind, parcel.record_id)
            return
        claim, lane = self._claim(going, read_at), self._leaving.lane(going)
        api, kind, record_id = self._api, parcel.kind, parcel.record_id
        answer = await endpoints.update(api, kind, record_id, body, lane=lane, before=claim)
        lost = frozenset(dropped(body, answer.data))
        with self._store.at_once():
            for entry in going:
                self._store.outbox.taken(entry.n, lost)
        kept = frozenset(change.field for entry in going for change in entry.changes) - lost
        self._put(kind, answer, self._wall(), kept)
        self._changed(kind, answer.id)

    def _meet(self, parcel: Parcel, server: Raw) -> tuple[tuple[Entry, ...], dict[str, Json]]:
        """Merge a parcel with what Planhat has; return what goes on, and what is sent for it.

        What is in conflict is parked. What is so already is settled: it's nobody's here to take
        back. Where nothing is left to send, all that goes on is settled. Raises
        :class:`WithdrawnError`.
        """
        whole = parcel.changes
        merged = merge(whole, server)
        going = self._park(parcel, merged) if merged.conflicts else parcel.entries
        if not merged.body:
            with self._store.at_once():
                self._check_waiting(going)
                self._store.outbox.mark([entry.n for entry in going], State.DELIVERED)
            return going, {}
        found = {
            entry.n: parts
            for entry in going
            if is_known_unsent(entry) and (parts := parted(entry.changes, whole, server)).found
        }
        if not found:
            return going, merged.body
        with self._store.at_once():
            self._check_waiting(going)
            outbox = self._store.outbox
            left = (outbox.found_so(e.n, found[e.n]) if e.n in found else e.n for e in going)
            return tuple(outbox.get(n) for n in left if n is not None), merged.body

    def _park(self, parcel: Parcel, merged: Merge) -> tuple[Entry, ...]:
        """Park the fields that are in conflict; return the entries that go on without them.

        What takes something back leaves them out instead: somebody has changed them since. What
        does it again is an edit like any other.
        """
        outbox = self._store.outbox
        theirs = {conflict.field: conflict.theirs for conflict in merged.conflicts}
        going: list[int] = []
        parked: set[str] = set()
        with self._store.at_once():
            self._check_waiting(parcel.entries)
            for entry in parcel.entries:
                fields = {change.field for change in entry.changes}
                if not fields & theirs.keys():
                    going.append(entry.n)
                    continue
                rest = outbox.split(entry.n, fields - theirs.keys())
                going += [rest] if rest is not None else []
                changed = _named(parcel.kind, fields & theirs.keys())
                if entry.takes_back and entry.step.startswith(UNDO):
                    outbox.discard(entry.n)
                    outbox.mark([entry.n], State.DROPPED, LEFT_OUT.format(changed))
                    if rest is None:  # so it isn't taken back
                        self._store.journal.mark_undone([entry.takes_back], 0)
                    continue
                reason = f"Somebody else changed {changed} meanwhile."
                outbox.mark([entry.n], State.CONFLICT, reason)
                parked |= fields & theirs.keys()
            mine = {name: value for name, value in theirs.items() if name in parked}
            self._store.conflicts.put(parcel.kind, parcel.record_id, mine)
        self._show(parcel.kind, parcel.record_id)
        return tuple(outbox.get(n) for n in going)

    async def _delete(self, parcel: Parcel) -> None:
        """Delete a record as it stood when that was asked for; who has changed it since keeps it.

        Then it's refused with what was changed, and sent again it means the record as it is now.
        """
        (entry,) = parcel.entries
        server, read_at = await self._base_of_deletion(parcel)
        if changed := changed_since(parcel.kind, entry.body or {}, server):
            with self._store.at_once():
                self._check_waiting(parcel.entries)
                self._store.outbox.mark([entry.n], State.REFUSED, why_kept(changed))
                self._store.outbox.means_now(entry.n, server)
            self._show(parcel.kind, parcel.record_id)
            return
        claim, lane = self._claim(parcel.entries, read_at), self._leaving.lane(parcel.entries)
        await endpoints.delete(self._api, parcel.kind, parcel.record_id, lane=lane, before=claim)
        self._answered()
        self._settle(parcel.entries, "")
        self._gone(parcel)

    async def _base_of_deletion(self, parcel: Parcel) -> tuple[Raw, float]:
        """Return what Planhat has, and when that came: of those that go next too, by one list."""
        copy, listed = self._young_copy(parcel), self._ahead.known(parcel)
        if copy is None and listed is None:
            listed = await self._ahead.read(parcel)
        if listed is None or (copy is not None and copy[1] > listed[1]):
            return await self._base(parcel)
        return listed[0].data, listed[1]

    async def _base(self, parcel: Parcel) -> tuple[dict[str, Json], float]:
        """Return what Planhat has, and when that came.

        It is read anew if the copy is old, so that nobody is overwritten.
        """
        if (young := self._young_copy(parcel)) is not None:
            return young
        asked_at = self._wall()
        fresh = await endpoints.fetch(self._api, parcel.kind, parcel.record_id, Lane.OUTBOX)
        came_at = self._wall()
        self._put(parcel.kind, fresh, asked_at)
        return fresh.data, came_at

    def _young_copy(self, parcel: Parcel) -> tuple[dict[str, Json], float] | None:
        """Return the copy and when it was read, if it's young and nothing was sent since."""
        server, seen_at = self._copy(parcel.kind, parcel.record_id)
        fits = not parcel.again and is_fresh(seen_at, self._wall())
        return (server, seen_at) if server is not None and fits else None

    def _copy(self, kind: Kind, record_id: str) -> tuple[dict[str, Json] | None, float]:
        if kind is Kind.CALL:
            logged = self._store.calls.get(record_id)
            return self._store.calls.server(record_id), (logged and logged.seen_at) or 0.0
        read = self._store.mirror.company if kind is Kind.COMPANY else self._store.mirror.contact
        shown = read(record_id)
        if shown is None or not shown.complete:
            return None, 0.0
        return shown.server, shown.seen_at or 0.0

    def _settle(self, entries: Iterable[Entry], reason: str) -> None:
        done = list(entries)
        self._store.outbox.mark([entry.n for entry in done], State.DELIVERED, reason)
        for entry in done:
            self._show(entry.kind, entry.record_id)

    def _put(
        self, kind: Kind, record: Received, seen_at: float, ours: frozenset[str] = frozenset()
    ) -> None:
        self._answered()
        self._store.take_in(kind, [record], seen_at, {record.id: ours})

    def _gone(self, parcel: Parcel) -> None:
        self._store.take_out(parcel.kind, parcel.record_id)
        self._changed(parcel.kind, parcel.record_id)

    def _show(self, kind: Kind, record_id: str) -> None:
        self._store.refresh_overlay(kind, record_id)
        self._changed(kind, record_id)

    def _show_all(self, kind: Kind, record_ids: Sequence[str]) -> None:
        self._store.mirror.lay_again(kind, record_ids)
        for record_id in record_ids:
            self._changed(kind, record_id)


def _how_found(entry: Entry, made: Received) -> str:
    """Say how what wasn't sure came to be there, and what Planhat didn't keep of it."""
    told = TAKEN if was_taken(entry) else FOUND
    return f"{told}  {_not_kept(entry.kind, entry.body or {}, made)}".strip()


def _told_of(body: Raw, made: Received) -> Raw:
    """Return what an answer tells of: the open endpoint needn't tell a stranger anything."""
    return {name: value for name, value in body.items() if name in made.data}


def _not_kept(kind: Kind, body: Raw, made: Received) -> str:
    """Say what Planhat didn't keep of what it has made; empty if it kept all."""
    lost = dropped(body, made.data)
    return f"Planhat didn't keep {_named(kind, lost)}." if lost else ""


def _named(kind: Kind, fields: Iterable[str]) -> str:
    return ", ".join(sorted(label_of(kind, field) for field in fields))
