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
from planhat_tui.model.records import Kind, text_of
from planhat_tui.sync import plan
from planhat_tui.sync.probe import NO_SUCH_LIST, in_order, is_last

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from planhat_tui.model.ports import Page, Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.store.mirror import Mirror
    from planhat_tui.sync.learned import Learned

DONE: Final = "done"
_FIRST_LOOK: Final = 200
"""Records of the first page of what has changed: most often nothing has."""


class _Stored(NamedTuple):
    """A page that was stored: its ids, and when its records were changed, as they came."""

    ids: list[str]
    changed: list[float]


class Lists:
    """Reads the lists of companies and contacts into a mirror.

    ``changed`` is told what arrived; ``set_aside`` counts records that couldn't be read.
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
        self._began_with: dict[Kind, str] = {}
        self.set_aside = 0

    async def companies(self, offset: int) -> None:
        """Read a page of whole companies, and note how far that came."""
        began = self._wall()
        try:
            page = await self._api.companies(
                limit=plan.COMPANY_PAGE, offset=offset, sort="_id", lane=Lane.BACKGROUND
            )
        except NO_SUCH_LIST:  # the 2016 edition has no such list
            self._learned.has_no_lists()
            return
        if offset == 0:
            self._learned.learn(lists=True)
            self._mirror.note("edition", "modern")
            self._mirror.note("changes_at", str(began))
        stored = await self._store(Kind.COMPANY, page)
        self._look_at_order(stored)
        read = offset + page.count
        short = page.count < plan.COMPANY_PAGE and read >= len(self._mirror.company_ids())
        last = short or is_last(page.count, plan.COMPANY_PAGE)
        last = self._repeats(Kind.COMPANY, offset, stored) or last
        self._mirror.note("companies_at", DONE if last else str(read))

    async def contacts(self, offset: int) -> None:
        """Read a page of contacts, and note how far that came."""
        try:
            page = await self._api.contacts(
                limit=plan.CONTACT_PAGE, offset=offset, sort="_id", lane=Lane.BACKGROUND
            )
        except NO_SUCH_LIST:  # they come with their companies, as these are looked at
            self._mirror.note("contacts_at", DONE)
            return
        stored = await self._store(Kind.CONTACT, page)
        at_once = self._learned.edition == "seed"
        if not at_once:
            self._look_at_order(stored)
        repeats = self._repeats(Kind.CONTACT, offset, stored)
        if not (at_once or repeats or is_last(page.count, plan.CONTACT_PAGE)):
            self._mirror.note("contacts_at", str(offset + page.count))
            return
        if offset == 0 or (self._learned.abilities.sort is not False and not repeats):
            self._mirror.contacts_are_complete(self._wall())
        self._mirror.note("contacts_at", DONE)
        self._changed(Kind.CONTACT, frozenset())

    async def changes(self, since: float) -> None:
        """Read what has changed since then, newest first; all of it, if the order is ignored."""
        began = self._wall()
        try:
            await self._changes_of(Kind.COMPANY, self._api.companies, plan.COMPANY_PAGE, since)
        except NO_SUCH_LIST:
            self._learned.has_no_lists()
            return
        with contextlib.suppress(*NO_SUCH_LIST):  # they come with their companies
            await self._changes_of(Kind.CONTACT, self._api.contacts, plan.CONTACT_PAGE, since)
        self._mirror.note("changes_at", str(began))

    async def slices(self, page: Page) -> AsyncIterator[list[Received]]:
        """Decode a page piece by piece, and let others run after each."""
        for piece in page.slices():
            self.set_aside += len(piece.set_aside)
            yield [record for record in piece.records if record.id]
            await asyncio.sleep(0)

    async def _changes_of(
        self, kind: Kind, read: Callable[..., Awaitable[Page]], size: int, since: float
    ) -> None:
        offset, last, sorted_so_far = 0, float("inf"), True
        while True:
            limit = min(size, _FIRST_LOOK) if offset == 0 else size
            page = await read(limit=limit, offset=offset, sort="-updatedAt", lane=Lane.BACKGROUND)
            stored = await self._store(kind, page)
            if page.count and not in_order(stored.changed, last):
                sorted_so_far = False
                self._learned.learn(sort=False)
            last = min([last, *stored.changed])
            found_all = sorted_so_far and last < since
            if found_all or is_last(page.count, limit) or self._repeats(kind, offset, stored):
                return
            offset += page.count

    def _repeats(self, kind: Kind, offset: int, stored: _Stored) -> bool:
        """Tell whether a later page begins as the first one did: then the offset is ignored."""
        first = stored.ids[0] if stored.ids else ""
        if offset == 0:
            self._began_with[kind] = first
            return False
        if not first or first != self._began_with.get(kind):
            return False
        self._learned.learn(offset=False)
        return True

    def _look_at_order(self, stored: _Stored) -> None:
        if stored.ids != sorted(stored.ids):
            self._learned.learn(sort=False)

    async def _store(self, kind: Kind, page: Page) -> _Stored:
        """Store a page slice by slice."""
        stored = _Stored([], [])
        async for records in self.slices(page):
            self._mirror.put(kind, records, self._wall())
            self._changed(kind, frozenset(record.id for record in records))
            stored.ids.extend(record.id for record in records)
            stored.changed.extend(filter(None, map(_changed_at, records)))
        return stored


def _changed_at(record: Received) -> float:
    """Return when a record was changed, seconds since the epoch; 0 if it doesn't say."""
    text = text_of(record.data, "updatedAt") or text_of(record.data, "lastUpdated")
    moment = parse_iso(text)
    return moment.timestamp() if moment else 0.0
