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
from planhat_tui.model.ports import SetAside
from planhat_tui.model.records import Kind, text_of
from planhat_tui.sync import plan
from planhat_tui.sync.pages import PageSizes, full
from planhat_tui.sync.plan import Position
from planhat_tui.sync.probe import NO_SUCH_LIST, in_order, is_last

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from planhat_tui.model.ports import Page, Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.store.mirror import Mirror
    from planhat_tui.store.ready import Ready
    from planhat_tui.sync.learned import Learned

_FIRST_LOOK: Final = 200
"""Records of the first page of what has changed: most often nothing has."""
_AGAIN: Final = 10
"""Records that the next page of changes shows again: when some are deleted, others move up."""

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


class _Walk(NamedTuple):
    """How far a look for changes has come, newest first. ``began`` is when the first page came."""

    began: float
    kind: Kind = Kind.COMPANY
    offset: int = 0

    @classmethod
    def from_text(cls, noted: str) -> _Walk | None:
        if not noted:
            return None
        began, kind, offset = noted.split()
        return cls(float(began), Kind(kind), int(offset))

    def to_text(self) -> str:
        return f"{self.began!r} {self.kind} {self.offset}"


class Lists:
    """Reads the lists of companies and contacts into a mirror.

    ``changed`` is told what arrived.
    """

    def __init__(
        self,
        api: Planhat,
        mirror: Mirror,
        learned: Learned,
        wall: Callable[[], float],
        changed: Callable[[Kind, frozenset[str]], None],
    ) -> None:
        self._api = api
        self._mirror = mirror
        self._learned = learned
        self._wall = wall
        self._changed = changed
        self._sizes = PageSizes(mirror)
        self._began_with: dict[Kind, str] = {}

    def settle(self, kind: Kind) -> None:
        """Take out what a list that was read to its end no longer had, or ask a person first."""
        if gone := self._mirror.settle_absent(kind, plan.too_many_gone):
            self._changed(kind, frozenset(gone))

    async def companies(self, at: Position) -> None:
        """Read a page of whole companies, and note how far that came.

        What slips through between two pages is in the lean list, and read by its id.
        """
        began, offset = self._wall(), at.offset
        try:
            page, size = await self.page(
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
            self._mirror.note("changes_at", str(began))
            self._mirror.forget_set_aside(Kind.COMPANY)
        if page is None:  # it's read by its id, as what slips through
            self._mirror.note("companies_at", Position(offset + 1, began=began).to_text())
            return
        stored = await self.store(Kind.COMPANY, page)
        self.look_at_order(stored.ids)
        read = offset + page.count
        short = page.count < size and read >= len(self._mirror.company_ids())
        last = short or is_last(page.count, size)
        last = self.repeats(Kind.COMPANY, offset, stored.ids) or last
        at = Position(done=True) if last else Position(read, began=began)
        self._mirror.note("companies_at", at.to_text())
        self._mirror.note("companies_read", "" if last else str(read))

    async def page(
        self,
        kind: Kind,
        offset: int,
        ask: Callable[[int], Awaitable[Page]],
        most: int | None = None,
    ) -> tuple[Page | None, int]:
        """Read a page of as many records as the server manages; with what was asked for.

        ``None``: the record at ``offset`` is too large, and noted as one that can't be read.
        """
        if self._learned.edition == "seed" or self._learned.abilities.limit is False:
            size = most or full(kind)
            return await ask(size), size  # all of it comes, whatever is asked for
        page, size = await self._sizes.read(kind, ask, most)
        if page is None:
            aside = SetAside(offset + 1, offset + 1, "", "it is too large to be read")
            self._mirror.set_aside(kind, [aside], self._wall())
        return page, size

    async def changes(self, since: float) -> None:
        """Read what has changed since then, newest first; all of it, if the order is ignored.

        How far it came is noted with each page: what changes meanwhile is found the next time.
        """
        walk = _Walk.from_text(self._mirror.noted("changes_walk")) or _Walk(self._wall())
        try:
            if walk.kind is Kind.COMPANY:
                await self._changes_of(walk, self._api.companies, since)
        except NO_SUCH_LIST:
            self._learned.has_no_lists()
            self._mirror.note("changes_walk", "")
            return
        if walk.kind is Kind.COMPANY:
            walk = walk._replace(kind=Kind.CONTACT, offset=0)
        with contextlib.suppress(*NO_SUCH_LIST):  # they come with their companies
            await self._changes_of(walk, self._api.contacts, since)
        self._mirror.note("changes_walk", "")
        self._mirror.note("changes_at", str(walk.began))

    async def slices(self, kind: Kind, page: Page) -> AsyncIterator[list[Received]]:
        """Decode a page piece by piece, note what can't be kept, and let others run after each."""
        for piece in page.slices():
            if piece.set_aside:
                self._mirror.set_aside(kind, piece.set_aside, self._wall())
            yield [record for record in piece.records if record.id]
            await asyncio.sleep(0)

    async def batches(self, kind: Kind, page: Page) -> AsyncIterator[list[Received]]:
        """Decode a page piece by piece, and give as many as are written at once."""
        batch: list[Received] = []
        async for records in self.slices(kind, page):
            batch += records
            if len(batch) >= _AT_ONCE:
                yield batch
                batch = []
        if batch:
            yield batch

    async def _changes_of(
        self, walk: _Walk, read: Callable[..., Awaitable[Page]], since: float
    ) -> None:
        offset, last, sorted_so_far = walk.offset, float("inf"), True
        while True:

            def asked_of(limit: int, at: int = offset) -> int:
                """Return where a page begins: some records again, if it brings more than these."""
                return max(0, at - min(_AGAIN, limit // 2))

            page, limit = await self.page(
                walk.kind,
                offset,
                lambda limit: read(
                    limit=limit, offset=asked_of(limit), sort="-updatedAt", lane=Lane.BACKGROUND
                ),
                _FIRST_LOOK if offset == 0 else None,
            )
            if page is None:
                offset += 1
                continue
            asked = asked_of(limit)
            stored = await self.store(walk.kind, page)
            if page.count and not in_order(stored.changed):
                sorted_so_far = False
                self._learned.learn(sort=False)
            last = min([last, *stored.changed])
            found_all = sorted_so_far and last < since
            repeats = self.repeats(walk.kind, asked, stored.ids)
            nothing_more = asked + page.count <= offset  # all of it was shown before
            if found_all or nothing_more or is_last(page.count, limit) or repeats:
                return
            offset = asked + page.count
            self._mirror.note("changes_walk", walk._replace(offset=offset).to_text())

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

    async def load(self, kind: Kind, page: Page, asked: int) -> Loaded:
        """Decode a page, to be written later; one that is larger than was asked is written now."""
        if page.count > asked:
            stored = await self.store(kind, page)
            return Loaded(stored.ids, page.count, [], asked)
        loaded = Loaded([], page.count, [], asked)
        async for records in self.slices(kind, page):
            loaded.batch.extend(self._mirror.prepare(kind, records, self._wall()))
            loaded.ids.extend(record.id for record in records)
        return loaded

    async def write(self, kind: Kind, loaded: Loaded) -> None:
        """Write a page that was loaded."""
        for at in range(0, len(loaded.batch), _AT_ONCE):
            await self._take(kind, loaded.batch[at : at + _AT_ONCE])

    async def store(self, kind: Kind, page: Page) -> Stored:
        """Store a page: decoded slice by slice, written a few slices at a time meanwhile."""
        stored = Stored([], [])
        batch: list[Ready] = []
        before: asyncio.Task[None] | None = None
        try:
            async for records in self.slices(kind, page):
                batch += self._mirror.prepare(kind, records, self._wall())
                if len(batch) >= _AT_ONCE:
                    before = await self._after(before, kind, batch)
                    batch = []
                stored.ids.extend(record.id for record in records)
                stored.changed.extend(filter(None, map(_changed_at, records)))
            if batch:
                before = await self._after(before, kind, batch)
        finally:  # what has begun is written to its end
            if before is not None:
                await before
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
        await asyncio.to_thread(self._mirror.take, kind, batch, self._wall())
        self._changed(kind, frozenset(one.item.id for one in batch))


def _changed_at(record: Received) -> float:
    """Return when a record was changed, seconds since the epoch; 0 if it doesn't say."""
    text = text_of(record.data, "updatedAt") or text_of(record.data, "lastUpdated")
    moment = parse_iso(text)
    return moment.timestamp() if moment else 0.0
