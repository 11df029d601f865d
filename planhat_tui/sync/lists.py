"""Reading whole lists, page by page, from a server that may ignore what it was asked.

The order, the offset and the size of a page are looked at as they come: what a server ignores is
noted and not relied on.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.calls import parse_iso
from planhat_tui.model.limits import Lane
from planhat_tui.model.pages import is_last
from planhat_tui.model.ports import SetAside
from planhat_tui.model.records import Kind, text_of
from planhat_tui.sync import plan
from planhat_tui.sync.pages import PageSizes, full
from planhat_tui.sync.plan import Position
from planhat_tui.sync.probe import NO_SUCH_LIST, in_order

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from planhat_tui.model.ports import Page, Planhat, Slice
    from planhat_tui.model.records import Received
    from planhat_tui.store.absences import Listed
    from planhat_tui.store.mirror import Mirror
    from planhat_tui.store.ready import Ready
    from planhat_tui.sync.courtesy import Courtesy
    from planhat_tui.sync.learned import Learned

_FIRST_LOOK: Final = 200
"""Records of the first page of what has changed: most often nothing has."""
_AGAIN: Final = 10
"""Records that the next page of changes shows again: when some are deleted, others move up."""
_MOST_BACK: Final = 20
"""Pages that a look for changes steps back before the order is thought to be none."""

_IN_A_ROW: Final = 50
"""Records that are decoded before others get their turn: some 5 ms."""

_AT_ONCE: Final = 1_000
"""Records of a transaction: an edit waits for no more of them, and each flushes the text index."""


class Stored(NamedTuple):
    """A page that was stored: its ids, and when its records were changed, as they came."""

    ids: list[str]
    changed: list[float]


class Loaded(NamedTuple):
    """A page that is ready to be written; ``size`` counts what couldn't be read as well.

    ``asked`` is how many were asked for.
    """

    ids: list[str]
    size: int
    batch: list[Ready]
    asked: int


class Flow:
    """A list that is taken as it comes: noted where it can't be kept, and written in batches."""

    def __init__(
        self,
        set_aside: Callable[[Sequence[SetAside]], Awaitable[None]],
        write: Callable[[list[Received]], Awaitable[None]],
    ) -> None:
        self.told = 0
        """Of how many records of it is known which they are."""
        self._set_aside = set_aside
        self._write = write
        self._batch: list[Received] = []

    async def take(self, piece: Slice) -> None:
        """Take some of it. Raises :class:`StorageError`."""
        if piece.set_aside:
            self.told += sum(bool(one.id) for one in piece.set_aside)
            await self._set_aside(piece.set_aside)
        self._batch += [record for record in piece.records if record.id]
        if len(self._batch) >= _AT_ONCE:
            await self.end()

    async def end(self) -> None:
        """Write what is left: all of it has come."""
        batch, self._batch = self._batch, []
        self.told += len(batch)
        if batch:
            await self._write(batch)


class PageRead(NamedTuple):
    """A page, how many records were asked for, and when: seconds since the epoch."""

    page: Page | None
    size: int
    asked_at: float


class _Walk(NamedTuple):
    """How far a look for changes has come, newest first. ``began`` is when the first page came.

    ``offset`` counts the records behind it, ``oldest`` is the earliest moment of their changes,
    ``tail`` are the ids of the last page, or its last ones; ``ordered``: they came in order.
    """

    began: float
    kind: Kind = Kind.COMPANY
    offset: int = 0
    oldest: float = float("inf")
    ordered: bool = True
    tail: tuple[str, ...] = ()

    @classmethod
    def from_text(cls, noted: str) -> _Walk | None:
        if not noted:
            return None
        began, kind, offset, *rest = noted.split(" ")
        oldest, ordered, *tail = rest or ("inf", "1")
        return cls(
            float(began), Kind(kind), int(offset), float(oldest), ordered == "1", tuple(tail)
        )

    def to_text(self) -> str:
        told = self.began, self.kind, self.offset, self.oldest, int(self.ordered)
        return " ".join([*map(str, told), *self.tail[-_AGAIN:]])

    def asked(self, limit: int) -> int:
        """Return the offset to ask for: some of the tail again, if a page brings more than that."""
        return max(0, self.offset - min(_AGAIN, limit // 2)) if self.tail else self.offset

    def follows(self, limit: int, page: Stored) -> bool:
        """Tell whether a page leaves none out.

        When records in front of it are deleted, those behind move up, and some may slip through. It
        must show one of the tail again, or one that was changed later than all of it.
        """
        if self.asked(limit) in {0, self.offset} or not frozenset(self.tail).isdisjoint(page.ids):
            return True
        return self.ordered and bool(page.changed) and page.changed[0] > self.oldest

    def back(self, limit: int) -> _Walk:
        """Return the walk a page further back, with the same tail."""
        return self._replace(offset=max(0, self.offset - limit))

    def after(self, offset: int, page: Stored) -> _Walk:
        """Return the walk behind a page that ends at an offset."""
        oldest = min([self.oldest, *page.changed])
        tail = (*self.tail[-_AGAIN:], *page.ids)
        return self._replace(offset=offset, oldest=oldest, tail=tail)

    def past_one(self) -> _Walk:
        """Return the walk behind the next record, which can't be read: nor is it shown again."""
        return self._replace(offset=self.offset + 1, tail=())


class Lists:
    """Reads the lists of companies and contacts into a mirror.

    ``changed`` is told what arrived; with ``courtesy`` it stands back for keys. ``stored`` counts
    the pages that were.
    """

    def __init__(  # noqa: PLR0917 -- each of another kind
        self,
        api: Planhat,
        mirror: Mirror,
        learned: Learned,
        wall: Callable[[], float],
        changed: Callable[[Kind, frozenset[str]], None],
        courtesy: Courtesy,
    ) -> None:
        self._api = api
        self._mirror = mirror
        self._learned = learned
        self._wall = wall
        self._changed = changed
        self._courtesy = courtesy
        self._sizes = PageSizes(mirror)
        self._began_with: dict[Kind, str] = {}
        self.stored = 0

    async def settle(self, kind: Kind) -> None:
        """Take out what a list that was read to its end no longer had, or ask a person first."""
        gone = await asyncio.to_thread(self._mirror.settle_absent, kind, plan.too_many_gone)
        if gone:
            self._changed(kind, frozenset(gone))

    async def settle_unlisted(self, listed: Listed, listed_at: float) -> None:
        """Do so with what a list that came as one didn't have; it was asked for at that moment."""
        await asyncio.to_thread(self._mirror.mark_unlisted, listed, listed_at)
        await self.settle(listed.kind)

    async def companies(self, at: Position) -> None:
        """Read a page of whole companies, and note how far that came.

        What slips through between two pages is read by its id where only its name is here; a copy
        from before is as new as the last look for changes, which goes on from where it was.
        """
        began, offset = self._wall(), at.offset
        try:
            page, size, asked_at = await self.page(
                Kind.COMPANY,
                offset,
                lambda size: self._api.companies(
                    limit=size, offset=offset, sort="_id", lane=Lane.BACKGROUND
                ),
            )
        except NO_SUCH_LIST:  # the 2016 edition has no such list
            self._learned.has_no_lists()
            return
        if offset == 0:
            self._learned.learn(lists=True)
            self._mirror.note("edition", "modern")
            self._begin_to_follow(began)
            self._mirror.forget_set_aside(Kind.COMPANY)
        if page is None:  # it's read by its id, as what slips through
            self._mirror.note("companies_at", Position(offset + 1, began=began).to_text())
            return
        stored = await self.store(Kind.COMPANY, page, asked_at)
        self.look_at_order(stored.ids)
        read = offset + page.count
        short = page.count < size and read >= self._mirror.companies_there()
        last = short or is_last(page.count, size)
        last = self.repeats(Kind.COMPANY, offset, stored.ids) or last
        self.learn_size(Kind.COMPANY, at, size, page.count)
        at = Position(done=True) if last else Position(read, began=began)
        self._mirror.note("companies_at", at.to_text())
        self._mirror.note("companies_read", "" if last else str(read))

    def _begin_to_follow(self, now: float) -> None:
        """Note since when changes are to be read, unless that is known: since the oldest copy.

        The moment holds for all that is here, so only a look for changes moves it on.
        """
        if not self._mirror.noted("changes_at"):
            oldest = self._mirror.oldest_whole()
            self._mirror.note("changes_at", str(now if oldest is None else min(now, oldest)))

    async def page(
        self,
        kind: Kind,
        offset: int,
        ask: Callable[[int], Awaitable[Page]],
        most: int | None = None,
    ) -> PageRead:
        """Read a page of as many records as the server manages; with what was asked for.

        ``None``: the record at ``offset`` is too large, and noted as one that can't be read.
        """
        asked_at = self._wall()

        async def stamped(size: int) -> Page:
            nonlocal asked_at
            asked_at = self._wall()
            return await ask(size)

        if self._learned.gives_all_at_once or self._learned.abilities.limit is False:
            size = most or full(kind)
            # all of it comes, whatever is asked for
            return PageRead(await stamped(size), size, asked_at)
        page, size = await self._sizes.read(kind, stamped, most)
        if page is None:
            aside = SetAside(offset + 1, offset + 1, "", "it is too large to be read")
            self._mirror.set_aside(kind, [aside], self._wall())
        return PageRead(page, size, asked_at)

    async def changes(self, since: float, lane: Lane) -> None:
        """Read what has changed since then, newest first; all of it, if the order is ignored.

        How far it came is noted with each page: what changes meanwhile is found the next time.
        """
        walk = _Walk.from_text(self._mirror.noted("changes_walk")) or _Walk(self._wall())
        try:
            if walk.kind is Kind.COMPANY:
                await self._changes_of(walk, self._api.companies, since, lane)
        except NO_SUCH_LIST:
            self._learned.has_no_lists()
            self._mirror.note("changes_walk", "")
            return
        if walk.kind is Kind.COMPANY:
            walk = _Walk(walk.began, Kind.CONTACT)
        with contextlib.suppress(*NO_SUCH_LIST):  # they come with their companies
            await self._changes_of(walk, self._api.contacts, since, lane)
        self._mirror.note("changes_walk", "")
        self._mirror.note("changes_at", str(walk.began))

    async def slices(self, kind: Kind, page: Page) -> AsyncIterator[list[Received]]:
        """Decode a page piece by piece, note what can't be kept, and let others run after each."""
        for piece in page.slices(_IN_A_ROW):
            if piece.set_aside:
                self._mirror.set_aside(kind, piece.set_aside, self._wall())
            yield [record for record in piece.records if record.id]
            await self._courtesy.stand_back()

    def flow(self, listed: Listed, write: Callable[[list[Received]], Awaitable[None]]) -> Flow:
        """Return what takes a list as it comes, and has as many written as are at once.

        What can't be kept is ``listed`` too, by its id.
        """

        async def set_aside(found: Sequence[SetAside]) -> None:
            self._mirror.set_aside(listed.kind, found, self._wall())
            ids = [one.id for one in found if one.id]
            await asyncio.to_thread(self._mirror.note_listed, listed, ids)

        async def keep(records: list[Received]) -> None:
            await self._courtesy.stand_back()
            await write(records)

        return Flow(set_aside, keep)

    async def _changes_of(
        self, walk: _Walk, read: Callable[..., Awaitable[Page]], since: float, lane: Lane
    ) -> None:
        back = 0
        while True:
            page, limit, asked_at = await self._page_of_changes(walk, read, lane)
            if page is None:
                walk = walk.past_one()
                continue
            stored = await self.store(walk.kind, page, asked_at)
            if back == _MOST_BACK or (page.count and not in_order(stored.changed)):
                walk = walk._replace(ordered=False)
                self._learned.learn(sort=False)
            asked = walk.asked(limit)
            repeats = self.repeats(walk.kind, asked, stored.ids)
            if not repeats and back < _MOST_BACK and not walk.follows(limit, stored):
                walk, back = walk.back(limit), back + 1
            else:
                nothing_more = asked + page.count <= walk.offset  # all of it was shown before
                walk = walk.after(asked + page.count, stored)
                found_all = walk.ordered and walk.oldest < since
                if found_all or nothing_more or is_last(page.count, limit) or repeats:
                    return
            self._mirror.note("changes_walk", walk.to_text())

    async def _page_of_changes(
        self, walk: _Walk, read: Callable[..., Awaitable[Page]], lane: Lane
    ) -> PageRead:
        return await self.page(
            walk.kind,
            walk.offset,
            lambda limit: read(limit=limit, offset=walk.asked(limit), sort="-updatedAt", lane=lane),
            _FIRST_LOOK if walk.offset == 0 else None,
        )

    def learn_size(self, kind: Kind, at: Position, size: int, came: int) -> None:
        """Learn how many records come at once, from the page at a position of a list by ids."""
        goes_on = at.offset > 0 and at.asked + came > at.offset
        self._sizes.follow(kind, size, came, goes_on=goes_on)

    def repeats(self, kind: Kind, offset: int, ids: Sequence[str]) -> bool:
        """Tell whether a later page begins as the first one did: then the offset is ignored."""
        first = ids[0] if ids else ""
        if offset == 0:
            self._began_with[kind] = first
            return False
        if not first or first != self._began_with.get(kind):
            return False
        self._learned.learn(offset=False)
        return True

    def look_at_order(self, ids: list[str]) -> None:
        """Learn from a page whether the order of ids is heeded."""
        if ids != sorted(ids):
            self._learned.learn(sort=False)

    async def load(self, kind: Kind, page: Page, asked: int, asked_at: float) -> Loaded:
        """Decode a page, to be written later; one that is larger than was asked is written now.

        ``asked_at`` is when it was asked for: what it tells is no younger than that.
        """
        if page.count > asked:
            stored = await self.store(kind, page, asked_at)
            return Loaded(stored.ids, page.count, [], asked)
        loaded = Loaded([], page.count, [], asked)
        async for records in self.slices(kind, page):
            loaded.batch.extend(self._mirror.prepare(kind, records, asked_at))
            loaded.ids.extend(record.id for record in records)
        return loaded

    async def keep(self, kind: Kind, records: Sequence[Received], asked_at: float) -> None:
        """Write whole records that were asked for at that time."""
        await self._take(kind, self._mirror.prepare(kind, records, asked_at))

    async def write(self, kind: Kind, loaded: Loaded) -> None:
        """Write a page that was loaded."""
        at = 0
        while at < len(loaded.batch):
            end = at + self._courtesy.at_once(_AT_ONCE)
            await self._take(kind, loaded.batch[at:end])
            at = end

    async def store(self, kind: Kind, page: Page, asked_at: float) -> Stored:
        """Store a page: decoded slice by slice, written a few slices at a time meanwhile."""
        stored = Stored([], [])
        batch: list[Ready] = []
        before: asyncio.Task[None] | None = None
        try:
            async for records in self.slices(kind, page):
                batch += self._mirror.prepare(kind, records, asked_at)
                if len(batch) >= self._courtesy.at_once(_AT_ONCE):
                    before = await self._after(before, kind, batch)
                    batch = []
                stored.ids.extend(record.id for record in records)
                stored.changed.extend(filter(None, map(_changed_at, records)))
            if batch:
                before = await self._after(before, kind, batch)
        finally:  # what has begun is written to its end
            if before is not None:
                await before
        self.stored += 1
        return stored

    async def _after(
        self, before: asyncio.Task[None] | None, kind: Kind, batch: Sequence[Ready]
    ) -> asyncio.Task[None]:
        """Begin to write a batch when the one before it is written."""
        if before is not None:
            await before
        return asyncio.create_task(self._take(kind, batch))

    async def _take(self, kind: Kind, batch: Sequence[Ready]) -> None:
        """Write a batch in another thread: it is in SQLite nearly all the time."""
        await self._courtesy.stand_back()
        await asyncio.to_thread(self._mirror.take, kind, batch, self._wall())
        self._changed(kind, frozenset(one.item.id for one in batch))


def _changed_at(record: Received) -> float:
    """Return when a record was changed, seconds since the epoch; 0 if it doesn't say."""
    text = text_of(record.data, "updatedAt") or text_of(record.data, "lastUpdated")
    moment = parse_iso(text)
    return moment.timestamp() if moment else 0.0
