"""Finding out what became of writes whose answer was lost. Planhat has no idempotency keys.

An edit or a delete is read back; a contact is looked for among its company's, a company in the lean
list. What that means is decided by :mod:`planhat_tui.model.doubts`.

What a list was to change or to make is looked up by one reading, where the server has lists.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import NotFoundError, PlanhatTuiError, StorageError
from planhat_tui.model.deletions import changed_since, why_kept
from planhat_tui.model.doubts import Found, Verdict, lands_until, verdict
from planhat_tui.model.edits import fold, merge
from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import LOOKED_IN_VAIN, Action, State, decides_itself, related
from planhat_tui.model.outcomes import READ_BACK
from planhat_tui.model.records import Kind
from planhat_tui.sync import endpoints
from planhat_tui.sync.candidates import Candidates, Fits, company_of
from planhat_tui.sync.delivery import outcome, stops_all
from planhat_tui.sync.gathering import Way
from planhat_tui.sync.loads import slices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.aside import Aside, Record
    from planhat_tui.sync.gathering import Gathering

MOMENT: Final = 5.0
"""Seconds after which it's worth while to look for the first time."""

NOT_THERE: Final = "It isn't done at Planhat yet; it may still land. It is looked up again."
GONE: Final = "It was gone when it was looked up."
NOBODY_KNOWS: Final = "It isn't known which of those at Planhat it is."


def due_in(entries: Iterable[Entry], now: float) -> float | None:
    """Return the seconds until the next look; ``None`` if there is nothing to look up.

    ``now`` is seconds since the epoch. A clock that was set back since tells nothing: then it's
    looked at again, and the grace time begins anew.
    """
    waits = [
        max(0.0, lands_until(entry) - now) if entry.looked and entry.state_at <= now else 0.0
        for entry in entries
        if decides_itself(entry)
    ]
    return min(waits, default=None)


class LookUp(NamedTuple):
    """Entries of a kind and an action that are looked up at once.

    ``about`` is what is set aside if that fails: a record, a company whose contacts they are, or
    the kind's list, which has no id.
    """

    about: Record
    entries: tuple[Entry, ...]

    @property
    def lists(self) -> bool:
        """Whether a list of all is read for it."""
        return not self.about[1]


def look_ups(
    entries: Iterable[Entry],
    now: float,
    saves: Callable[[Kind, Action, Sequence[str]], bool],
    alone: AbstractSet[int] = frozenset(),
) -> tuple[LookUp, ...]:
    """Return what is due, parted into what is looked up at once, oldest first.

    That are the edits of a record, and what was to be made at a company; and all those of a kind
    where ``saves`` says of their records or companies that a list takes fewer calls, but for the
    entries ``alone``. ``now`` is seconds since the epoch.
    """
    parts: dict[tuple[Action, Record], list[Entry]] = {}
    for entry in entries:
        waits = entry.action is Action.CREATE and due_in([entry], now) != 0.0
        if decides_itself(entry) and not waits:
            parts.setdefault((entry.action, _about(entry)), []).append(entry)
    due = {key: part for key, part in parts.items() if due_in(part, now) == 0.0}
    lists: dict[tuple[Action, Kind], list[Record]] = {}
    for (action, about), part in due.items():
        can_be = about[0] is not Kind.CALL and action is not Action.DELETE
        if can_be and alone.isdisjoint(entry.n for entry in part):
            lists.setdefault((action, about[0]), []).append(about)
    found: list[LookUp] = []
    for (action, kind), listed in lists.items():
        if len(listed) > 1 and saves(kind, action, [name for _, name in listed]):
            some = (entry for about in listed for entry in due.pop((action, about)))
            found.append(LookUp((kind, ""), tuple(some)))
    found += [LookUp(about, tuple(part)) for (_, about), part in due.items()]
    return tuple(sorted(found, key=lambda one: one.entries[0].n))


def abouts(entry: Entry) -> tuple[Record, Record]:
    """Return what may be set aside where an entry can't be looked up."""
    return _about(entry), (entry.kind, "")


def _about(entry: Entry) -> Record:
    """Return whose reading tells what became of an entry: a record's, or its company's."""
    made_at = company_of(entry) if entry.action is Action.CREATE else ""
    return entry.kind, (made_at if entry.kind is Kind.CONTACT else "") or entry.record_id


def _landed(edits: Iterable[Entry], there: Received) -> bool:
    """Tell whether a record is as these edits of it wanted it."""
    merged = merge(fold(c for entry in edits for c in entry.changes), there.data)
    return not (merged.body or merged.conflicts)


class Doubts:
    """Settles what isn't sure.

    ``made`` is told of entries what Planhat has made of each, and since when it was looked for, in
    seconds since the epoch; ``show`` shows records anew.
    """

    def __init__(
        self,
        api: Planhat,
        store: TenantStore,
        wall: Callable[[], float],
        *,
        gathering: Gathering,
        made: Callable[[Sequence[tuple[Entry, Received]], float], None],
        show: Callable[[Kind, Sequence[str]], None],
        aside: Aside,
    ) -> None:
        self._api = api
        self._store = store
        self._wall = wall
        self._gathering = gathering
        self._candidates = Candidates(api, store, gathering)
        self._made = made
        self._show = show
        self._aside = aside
        self._alone: set[int] = set()

    def due(self, known: AbstractSet[int]) -> tuple[LookUp, ...]:
        """Return what is to be looked up now, but for what is set aside.

        What came to be not sure since these were ``known`` has a moment to land.
        """
        now = self._wall()

        def fits(entry: Entry) -> bool:
            is_new = entry.n not in known and not entry.looked
            return not (is_new and entry.state_at <= now < entry.state_at + MOMENT)

        return tuple(one for one in self._due(fits) if not self._aside.left(one.about))

    @property
    def next_in(self) -> float | None:
        """Seconds until something is looked up, set aside or not; ``None`` if nothing is."""
        now = self._wall()
        waits = [self._aside.left(one.about) for one in self._due()]
        later = (due_in([entry], now) for entry in self._store.outbox.open_entries())
        return min([*waits, *filter(None, later)], default=None)

    def try_now(self, entries: Iterable[Entry]) -> None:
        """Let what was set aside of these be looked up: a person wants it."""
        self._aside.forget({about for entry in entries for about in abouts(entry)})

    def _due(self, fits: Callable[[Entry], bool] = lambda _: True) -> tuple[LookUp, ...]:
        entries = filter(fits, self._store.outbox.open_entries())
        return look_ups(entries, self._wall(), self._saves, self._alone)

    def _saves(self, kind: Kind, action: Action, names: Sequence[str]) -> bool:
        """Tell whether a list takes fewer calls than one for each record, or each company."""
        if action is Action.CREATE and kind is Kind.CONTACT:
            return self._gathering.reading_at(names).way is not Way.EACH
        edits = action is Action.UPDATE
        wanted = self._gathering.wanted(kind, names) if edits else {one: one for one in names}
        return self._gathering.reading(kind, wanted).way is not Way.EACH

    async def settle(self, one: LookUp) -> PlanhatTuiError | None:
        """Look up what became of some entries; the error that says to ask nothing more, if any."""
        try:
            await self._look_up(one)
        except StorageError:
            raise
        except PlanhatTuiError as error:
            if stops_all(error):
                return error
            if one.lists and not outcome(error, Action.UPDATE, sent=False).pause:
                self._alone |= {entry.n for entry in one.entries}  # there is no such list
                return None
            return error if self._aside.failed(one.about, error) else None
        self._aside.went_well(one.about)
        for some in slices([*dict.fromkeys(entry.record_id for entry in one.entries)]):
            self._show(one.entries[0].kind, some)
            await asyncio.sleep(0)
        return None

    async def _look_up(self, one: LookUp) -> None:
        match one.entries[0].action:
            case Action.UPDATE:
                await self._updates(one)
            case Action.DELETE:
                await self._delete(one.entries[0])
            case Action.CREATE:
                await self._creates(one.entries)

    async def _updates(self, one: LookUp) -> None:
        """Read each record once, and settle each of its edits by its own fields and time."""
        kind = one.entries[0].kind
        records: dict[str, list[Entry]] = {}
        for entry in one.entries:
            records.setdefault(entry.record_id, []).append(entry)
        asked_at = self._wall()
        if one.lists:
            there = await self._gathering.records(kind, self._gathering.wanted(kind, [*records]))
            lacking = (entry for name in records if name not in there for entry in records[name])
            self._alone |= {entry.n for entry in lacking}  # a list needn't hold all that is there
        else:
            try:
                there = {one.about[1]: await self._fetch(one.entries[0])}
            except NotFoundError:
                self._settle(one.entries, Found.IMPOSSIBLE)
                return
        for some in slices([*there.items()]):
            self._settle_edits(kind, [(now, records[name]) for name, now in some], asked_at)
            await asyncio.sleep(0)

    def _settle_edits(
        self, kind: Kind, some: Sequence[tuple[Received, Sequence[Entry]]], asked_at: float
    ) -> None:
        """Settle the edits of records by what Planhat has of each now."""
        found = [
            (edits, _landed(edits, there)) for there, entries in some for edits in related(entries)
        ]
        ours: dict[str, set[str]] = {}
        for edits, landed in found:
            for entry in edits if landed else ():
                ours.setdefault(entry.record_id, set()).update(c.field for c in entry.changes)
        self._store.take_in(kind, [there for there, _ in some], asked_at, ours)
        with self._store.at_once():
            for edits, landed in found:
                self._settle(edits, Found.DONE if landed else Found.NOT_DONE)

    async def _delete(self, entry: Entry) -> None:
        asked_at = self._wall()
        try:
            there = await self._fetch(entry)
        except NotFoundError:
            self._settle([entry], Found.DONE, GONE)
            self._store.take_out(entry.kind, entry.record_id)
            return
        self._store.take_in(entry.kind, [there], asked_at)
        changed = changed_since(entry.kind, entry.body or {}, there.data)
        if not changed:
            self._settle([entry], Found.NOT_DONE)
            return
        with self._store.at_once():
            self._settle([entry], Found.CHANGED, why_kept(changed))
            self._store.outbox.means_now(entry.n, there.data)

    async def _creates(self, entries: Sequence[Entry]) -> None:
        """Take what Planhat has made of these; each record is one entry's alone."""
        asked_at = self._wall()
        found = await self._candidates.of(entries[0].kind, entries)
        known = {*self._store.outbox.made_ids(entries[0].kind)}
        made: list[tuple[Entry, Received]] = []
        absent: list[Entry] = []
        for entry in entries:
            fits = found[entry.n] or Fits([], [])
            surely, perhaps = ([one for one in some if one.id not in known] for some in fits)
            if found[entry.n] is None or len(surely) > 1 or (perhaps and not surely):
                self._give_up(entry)
            elif surely:
                made.append((entry, surely[0]))
                known.add(surely[0].id)
            else:
                absent.append(entry)
        self._made(made, asked_at)
        with self._store.at_once():
            for entry in absent:
                self._settle([entry], Found.NOT_DONE)

    async def _fetch(self, entry: Entry) -> Received:
        return await endpoints.fetch(self._api, entry.kind, entry.record_id, Lane.OUTBOX)

    def _settle(self, group: Sequence[Entry], found: Found, reason: str = "") -> None:
        """Let entries become what was found of them, together: the last that was sent decides."""
        if not group:
            return
        last = max(group, key=lambda entry: entry.state_at)
        match verdict(last, found, self._wall()):
            case Verdict.DONE:
                self._mark(group, State.DELIVERED, reason)
            case Verdict.WAITS:
                self._wait(group)
            case Verdict.AGAIN:
                self._mark(group, State.QUEUED)
            case Verdict.REFUSED:
                self._mark(group, State.REFUSED, reason)

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
