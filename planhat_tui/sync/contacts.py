"""Reading the list of all contacts: whole, or their ids alone to find those that are gone."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.limits import Lane
from planhat_tui.model.records import Kind
from planhat_tui.sync import plan
from planhat_tui.sync.plan import DONE, Position
from planhat_tui.sync.probe import NO_SUCH_LIST, is_last
from planhat_tui.sync.sizing import Bounds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from planhat_tui.model.ports import Page, Planhat
    from planhat_tui.store.mirror import Mirror
    from planhat_tui.sync.learned import Learned
    from planhat_tui.sync.lists import Lists, Loaded

_FRESH: Final = 5.0
"""Seconds in which a page that was read ahead is written; edits read what is older once more."""


class _Ahead(NamedTuple):
    """A page that was read before its turn came; ``read_at`` is seconds since the epoch."""

    at: Position
    read_at: float
    page: Loaded | None


class ContactList:
    """Walks along the list of contacts, in order of their ids where the server heeds that.

    The last record of a page is asked for again with the next one: so it's seen when others have
    been deleted meanwhile, and some may have slipped through.
    """

    def __init__(
        self,
        api: Planhat,
        mirror: Mirror,
        learned: Learned,
        lists: Lists,
        *,
        wall: Callable[[], float],
        changed: Callable[[Kind, frozenset[str]], None],
    ) -> None:
        self._api = api
        self._mirror = mirror
        self._learned = learned
        self._lists = lists
        self._wall = wall
        self._changed = changed
        self._ahead: _Ahead | None = None

    @property
    def tells_who_is_gone(self) -> bool:
        """Whether contacts that are gone can be told by a list of all."""
        known = self._learned.abilities
        heeded = known.sort is not False and known.offset is not False
        return bool(self._mirror.noted("contacts_complete")) and (heeded or self._at_once)

    def next_size_look(self) -> int | None:
        """Return where to look next for how many contacts there are; ``None`` if that's known."""
        bounds = Bounds.from_text(self._mirror.noted("contacts_between"))
        if bounds is None or self._at_once or self._learned.abilities.offset is False:
            return None
        return bounds.next_look()

    async def run(self, step: plan.Contacts | plan.Size | plan.ContactIds) -> None:
        """Carry out a step. Raises the errors of :mod:`planhat_tui.errors`."""
        match step:
            case plan.Contacts(at):
                await self._read(at)
            case plan.Size(offset):
                await self._size(offset)
            case plan.ContactIds(at):
                await self._check(at)

    async def _read(self, at: Position) -> None:
        """Write a page of contacts, and note how far that came; the next one is read meanwhile."""
        began = at.began or self._wall()
        if not at.offset:
            self._mirror.forget_set_aside(Kind.CONTACT)
        try:
            ahead = self._read_ahead(at)
            page = ahead.page if ahead else await self._load(at)
            if page is None:
                self._mirror.note("contacts_at", replace(at.past_one(), began=began).to_text())
                return
        except NO_SUCH_LIST:  # they come with their companies, as these are looked at
            self._mirror.note("contacts_at", DONE)
            self._mirror.note("contacts_checked_at", str(began))
            return
        async with self._reading_ahead(self._expected(at, page, began)):
            await self._lists.write(Kind.CONTACT, page)
            following = self._follow(at, page.ids, page.size, page.asked, began)
            self._mirror.note("contacts_at", following.to_text())
            self._mirror.note("contacts_read", "" if following.done else str(following.offset))
            self._know_more(following)
        if following.done:
            self._changed(Kind.CONTACT, frozenset())

    async def _load(self, at: Position) -> Loaded | None:
        page, asked = await self._page_of_contacts(at)
        return None if page is None else await self._lists.load(Kind.CONTACT, page, asked)

    def _read_ahead(self, at: Position) -> _Ahead | None:
        """Return the page at a position, if it was read ahead and just now."""
        ahead, self._ahead = self._ahead, None
        if ahead is None or ahead.at != at or self._wall() - ahead.read_at > _FRESH:
            return None
        return ahead

    def _expected(self, at: Position, page: Loaded, began: float) -> Position | None:
        """Return the position behind a page, if all goes well and there is one."""
        orderly = page.ids == sorted(page.ids) and at.follows(page.ids)
        if not orderly or page.size != page.asked or self._at_once:
            return None
        return replace(at.after(page.ids, page.size), began=began)

    @contextlib.asynccontextmanager
    async def _reading_ahead(self, at: Position | None) -> AsyncIterator[None]:
        """Read a page meanwhile, for the next step. Raises the errors of the call, at the end.

        Writing takes as long as reading, and needs the interpreter as little as the network does.
        """
        if at is None:
            yield
            return
        began = self._wall()
        reading = asyncio.create_task(self._load(at))
        try:
            yield
            with contextlib.suppress(*NO_SUCH_LIST):
                self._ahead = _Ahead(at, began, await reading)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _size(self, offset: int) -> None:
        """Look whether there is a contact at an offset."""
        bounds = Bounds.from_text(self._mirror.noted("contacts_between")) or Bounds(1)
        page = await self._api.contacts(
            limit=1, offset=offset, sort="_id", select=("_id",), lane=Lane.BACKGROUND
        )
        self._note_size(bounds.after(offset, found=page.count > 0))

    def _know_more(self, at: Position) -> None:
        """Note how many contacts there are, as far as a page has told."""
        if at.done:
            total = self._mirror.progress().contacts_done
            self._note_size(Bounds(total, total))
            return
        bounds = Bounds.from_text(self._mirror.noted("contacts_between"))
        if bounds is None:
            self._note_size(Bounds(max(at.offset, 1)))
        elif at.offset > bounds.low:
            high = None if bounds.high is not None and at.offset >= bounds.high else bounds.high
            self._note_size(Bounds(at.offset, high))

    def _note_size(self, bounds: Bounds) -> None:
        self._mirror.note("contacts_between", bounds.to_text())
        about = "" if bounds.high is None else str(bounds.about)
        self._mirror.note("contacts_about", about)

    async def _check(self, at: Position) -> None:
        """Read a page of the contacts' ids, to find those that are gone; note how far that came."""
        began = at.began or self._wall()
        try:
            page, asked = await self._page_of_contacts(at, ("_id",))
        except NO_SUCH_LIST:
            self._mirror.note("contacts_checked_at", str(began))
            return
        if page is None:
            self._mirror.note("contacts_check", replace(at.past_one(), began=began).to_text())
            return
        slices = self._lists.slices(Kind.CONTACT, page)
        ids = [record.id async for some in slices for record in some]
        following = self._follow(at, ids, page.count, asked, began)
        self._mirror.note("contacts_check", "" if following.done else following.to_text())

    @property
    def _at_once(self) -> bool:
        """Whether a list of contacts holds all of them, as the 2016 edition's does."""
        return self._learned.edition == "seed"

    async def _page_of_contacts(
        self, at: Position, select: Sequence[str] = ()
    ) -> tuple[Page | None, int]:
        """Read a page, and how many were asked for; ``None``: the next one is passed over."""
        return await self._lists.page(
            Kind.CONTACT,
            at.offset,
            lambda size: self._api.contacts(
                limit=size, offset=at.asked, sort="_id", select=select, lane=Lane.BACKGROUND
            ),
        )

    def _follow(
        self, at: Position, ids: list[str], count: int, asked: int, began: float
    ) -> Position:
        """Return the position behind a page of contacts; mark those that it should have held.

        At the end, those that are gone are taken out, if it's sure that nothing was left out.
        """
        if not self._at_once:
            self._lists.look_at_order(ids)
        sorted_here = ids == sorted(ids)
        if sorted_here and not at.follows(ids):
            return at.back(asked)
        repeats = self._lists.repeats(Kind.CONTACT, at.asked, ids)
        last = self._at_once or repeats or is_last(count, asked)
        all_read = len(ids) == count
        if self._at_once and all_read:
            self._mirror.mark_absent(Kind.CONTACT, set(ids), began)
        elif sorted_here and all_read and not repeats and not at.gap:
            up_to = None if last else ids[-1]
            self._mirror.mark_absent(Kind.CONTACT, set(ids), began, after=at.last, up_to=up_to)
        if not last:
            return replace(at.after(ids if sorted_here else (), count), began=began)
        sure = self._learned.abilities.sort is not False and not repeats
        if at.asked == 0 or sure:
            self._mirror.contacts_are_complete(began)
        if self._at_once or sure:
            self._lists.settle(Kind.CONTACT)
        self._mirror.note("contacts_checked_at", str(began))
        return Position(done=True)
