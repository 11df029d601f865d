"""Finding out what became of writes whose answer was lost. Planhat has no idempotency keys.

An edit or a delete is read back; a contact is looked for among its company's, a company in the lean
list. What is found there is done. What isn't there may still land: so it's looked for once more
after a grace time, and sent again only then. A call can't be looked up, and several that fit can't
be told apart: a person decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.errors import NotFoundError, PlanhatTuiError, StorageError
from planhat_tui.model.bulk import can_be_repeated
from planhat_tui.model.edits import fold, merge
from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import LOOKED_IN_VAIN, Action, State, decides_itself, related
from planhat_tui.model.records import Kind
from planhat_tui.sync import endpoints
from planhat_tui.sync.delivery import READ_BACK, stops_all
from planhat_tui.sync.gathering import place_of
from planhat_tui.sync.likeness import may_be, still_stands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.ports import Page, Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.aside import Aside
    from planhat_tui.sync.gathering import Gathering

GRACE: Final = 120.0
"""Seconds in which a write that nobody answered may still land."""
MOST: Final = 10
"""Companies of one name that are looked at; of more than these, a person decides."""

NOT_THERE: Final = "Planhat doesn't have it yet; it may still land. It is looked up again."
GONE: Final = "It was gone when it was looked up."
CHANGED: Final = "It is still there, and was changed since. Delete it again if that is still meant."
NOBODY_KNOWS: Final = "It isn't known which of those at Planhat it is."


def due_in(entries: Iterable[Entry], now: float) -> float | None:
    """Return the seconds until the next look; ``None`` if there is nothing to look up.

    ``now`` is seconds since the epoch. A clock that was set back since tells nothing: then it's
    looked at again, and the grace time begins anew.
    """
    waits = [
        max(0.0, entry.state_at + GRACE - now) if entry.looked and entry.state_at <= now else 0.0
        for entry in entries
        if decides_itself(entry)
    ]
    return min(waits, default=None)


class Doubts:
    """Settles what isn't sure. ``made`` is told of entries what Planhat has made of each."""

    def __init__(
        self,
        api: Planhat,
        store: TenantStore,
        wall: Callable[[], float],
        *,
        gathering: Gathering,
        made: Callable[[Sequence[tuple[Entry, Received]]], None],
        aside: Aside,
    ) -> None:
        self._api = api
        self._store = store
        self._wall = wall
        self._gathering = gathering
        self._made = made
        self._aside = aside

    async def settle(
        self, may_ask: Callable[[], bool]
    ) -> tuple[tuple[Entry, ...], PlanhatTuiError | None]:
        """Look up what is due, but for what is set aside.

        Returns the entries whose state may be another now, and the error that says to ask nothing
        more, if one does.
        """
        settled: list[Entry] = []
        for group in _groups(self._store.outbox.open_entries(), self._wall()):
            record = (group[0].kind, group[0].record_id)
            if not may_ask() or self._aside.left(record):
                continue
            try:
                await self._look_up(group)
            except StorageError:
                raise
            except PlanhatTuiError as error:
                if stops_all(error) or self._aside.failed(record, error):
                    return tuple(settled), error
                continue
            self._aside.went_well(record)
            settled += group
        return tuple(settled), None

    async def _look_up(self, group: Sequence[Entry]) -> None:
        match group[0].action:
            case Action.UPDATE:
                await self._updates(group)
            case Action.DELETE:
                await self._delete(group[0])
            case Action.CREATE if len(group) > 1:
                await self._creates(group)
            case Action.CREATE:
                await self._create(group[0])

    async def _updates(self, group: Sequence[Entry]) -> None:
        """Read a record once, and settle each of its edits by its own fields and its own time."""
        first = group[0]
        try:
            there = await self._fetch(first)
        except NotFoundError:
            self._mark(group, State.QUEUED)  # it is told what that means when it's sent
            return
        for some in related(group):
            merged = merge(fold(c for entry in some for c in entry.changes), there.data)
            if not (merged.body or merged.conflicts):
                self._keep(first.kind, there)
                self._mark(some, State.DELIVERED)
            elif all(map(self._past_grace, some)):
                self._mark(some, State.QUEUED)  # it is read and merged anew
            else:  # also where somebody changed it since: what lands late would overwrite that too
                self._wait(some)

    async def _delete(self, entry: Entry) -> None:
        try:
            there = await self._fetch(entry)
        except NotFoundError:
            self._mark([entry], State.DELIVERED, GONE)
            self._store.take_out(entry.kind, entry.record_id)
            return
        if still_stands(entry, there.data):
            self._mark([entry], State.QUEUED)  # to delete it twice is to delete it once
        else:
            self._keep(entry.kind, there)
            self._mark([entry], State.REFUSED, CHANGED)

    async def _create(self, entry: Entry) -> None:
        found = await self._candidates(entry)
        if found is None or len(found) > 1:
            self._give_up(entry)
        elif found:
            self._made([(entry, found[0])])
        elif self._past_grace(entry):
            self._mark([entry], State.QUEUED)
        else:
            self._wait([entry])

    async def _creates(self, group: Sequence[Entry]) -> None:
        """Look up at once what was to be made under external ids, be it thousands."""
        kind, known = group[0].kind, self._store.outbox.made_ids(group[0].kind)
        places = {entry.n: place_of(kind, entry.body or {}) for entry in group}
        there = await self._gathering.under(kind, dict.fromkeys(places.values(), ""))
        found: list[tuple[Entry, Received]] = []
        for entry in group:
            fits = [one for one in there.get(places[entry.n], []) if one.id not in known]
            if len(fits) == 1:
                found.append((entry, fits[0]))
            elif fits:
                self._give_up(entry)
        self._made(found)
        ours = {entry.n for entry, _ in found}
        absent = [e for e in group if e.n not in ours and not there.get(places[e.n])]
        self._mark([e for e in absent if self._past_grace(e)], State.QUEUED)
        self._wait([e for e in absent if not self._past_grace(e)])

    async def _candidates(self, entry: Entry) -> list[Received] | None:
        """Return the records that may be what was made; ``None`` if that can't be found out."""
        known = self._store.outbox.made_ids(entry.kind)
        if entry.kind is Kind.CONTACT:
            page = await self._page_of_contacts(entry)
            there = None if page is None else _records(page)
        else:
            there = await self._companies(entry)
        if there is None:
            return None
        return [one for one in there if one.id not in known and may_be(entry, one.data)]

    async def _page_of_contacts(self, entry: Entry) -> Page | None:
        body = entry.body or {}
        company, email = body.get("companyId"), body.get("email")
        if isinstance(company, str) and company and not company.startswith("extid-"):
            return await self._api.contacts_of(company, lane=Lane.OUTBOX)
        if isinstance(email, str) and email and self._store.mirror.noted("edition") == "modern":
            return await self._api.contacts(email=email, limit=MOST, offset=0, lane=Lane.OUTBOX)
        return None

    async def _companies(self, entry: Entry) -> list[Received] | None:
        """Return the companies of that external id, else of that name and slug, whole."""
        body = entry.body or {}
        extid = body.get("externalId")
        wanted = extid if isinstance(extid, str) else ""
        page = await self._api.lean_companies(external_id=wanted, lane=Lane.OUTBOX)
        names = ("externalId",) if wanted else ("name", *(("slug",) if body.get("slug") else ()))
        fits = [
            lean for lean in _records(page) if all(lean.data.get(n) == body.get(n) for n in names)
        ]
        if len(fits) > MOST:
            return None
        return [await self._api.company(lean.id, lane=Lane.OUTBOX) for lean in fits]

    async def _fetch(self, entry: Entry) -> Received:
        return await endpoints.fetch(self._api, entry.kind, entry.record_id, Lane.OUTBOX)

    def _past_grace(self, entry: Entry) -> bool:
        return self._wall() - entry.state_at >= GRACE

    def _wait(self, group: Sequence[Entry]) -> None:
        now = self._wall()
        self._mark([entry for entry in group if entry.state_at > now], State.NOT_SURE)
        self._store.outbox.looked([entry.n for entry in group], 1, NOT_THERE)

    def _give_up(self, entry: Entry) -> None:
        """Leave it to a person: it isn't read back any more."""
        why = entry.reason.removesuffix(READ_BACK).strip()
        self._store.outbox.looked([entry.n], LOOKED_IN_VAIN, f"{NOBODY_KNOWS}  {why}".strip())

    def _mark(self, group: Sequence[Entry], state: State, reason: str = "") -> None:
        """Settle these, unless somebody did so while they were looked up."""
        ns = [entry.n for entry in group]
        self._store.outbox.mark(ns, state, reason, was=State.NOT_SURE)

    def _keep(self, kind: Kind, record: Received) -> None:
        self._store.take_in(kind, record, self._wall())


def _groups(entries: Iterable[Entry], now: float) -> list[list[Entry]]:
    """Return what is due, parted into what is looked up at once.

    That is the edits of a record, and what was to be made under external ids; everything else is
    looked up by itself.
    """
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        if not decides_itself(entry):
            continue
        if entry.action is Action.UPDATE:
            key: tuple[object, ...] = (entry.kind, entry.record_id)
        elif entry.action is Action.CREATE and can_be_repeated(entry.kind, entry.body or {}):
            key = (entry.kind, due_in([entry], now) == 0.0)
        else:
            key = (entry.n,)
        groups.setdefault(key, []).append(entry)
    return [group for group in groups.values() if due_in(group, now) == 0.0]


def _records(page: Page) -> list[Received]:
    return [record for piece in page.slices() for record in piece.records]
