"""Reading the list of all contacts: whole, or their ids alone to find those that are gone."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.limits import Lane
from planhat_tui.model.pages import is_last
from planhat_tui.model.records import Kind
from planhat_tui.store.absences import Listed
from planhat_tui.sync import plan
from planhat_tui.sync.gathering import each_of
from planhat_tui.sync.pages import full
from planhat_tui.sync.plan import DONE, Position
from planhat_tui.sync.probe import NO_SUCH_LIST
from planhat_tui.sync.sizing import Bounds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.store.mirror import Mirror
    from planhat_tui.sync.learned import Learned
    from planhat_tui.sync.lists import Lists, Loaded, PageRead

_FRESH: Final = 5.0
"""Seconds in which a page that was read ahead is written; edits read what is older once more."""

_BY_COMPANY: Final = "contacts_by_company"
_ALL: Final = "all"
"""What is noted where no list has all contacts and each company has told its own."""
_REFUSED_AT: Final = "contacts_refused_at"
"""When a company's own were refused: others aren't asked for theirs that day."""


class _Behind(Enum):
    """What is behind the contacts that a server gives at once.

    ``OUT_OF_REACH``: it gives those alone, wherever the list is to begin.
    """

    NOTHING = auto()
    MORE = auto()
    OUT_OF_REACH = auto()


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
        whole = self._mirror.noted("contacts_complete") and not self._came_by_company
        return bool(whole) and (heeded or self._at_once)

    @property
    def come_by_company(self) -> bool:
        """Whether no list has all contacts, and each company is asked for its own."""
        told = self._learned.abilities.by_company is not False
        at = self._mirror.noted(_REFUSED_AT)
        lately = bool(at) and 0.0 <= self._wall() - float(at) < plan.CHECK_EVERY
        return told and self._no_list and not lately

    @property
    def _no_list(self) -> bool:
        """Whether the list of all was read to its end and didn't hold them."""
        done = Position.from_text(self._mirror.noted("contacts_at")).done
        return done and (self._came_by_company or not self._mirror.noted("contacts_complete"))

    @property
    def _came_by_company(self) -> bool:
        return self._mirror.noted(_BY_COMPANY) == _ALL

    @property
    def come_with_all(self) -> bool:
        """Whether a company's contacts come with the list of all, and by no other way."""
        return self._learned.abilities.by_company is False and not self._no_list

    def due(self, most: int) -> tuple[str, ...]:
        """Return companies whose own contacts are to be read, the longest waiting first."""
        before = self._wall() - plan.CHECK_EVERY
        return self._mirror.without_contacts(most, before) if self.come_by_company else ()

    def came_by_company(self, asked_at: float) -> None:
        """Note that all are here, once each company was asked for its own."""
        if self.come_by_company and not self._mirror.without_contacts(1, 0.0):
            self._mirror.note(_BY_COMPANY, _ALL)
            self._mirror.note("contacts_complete", str(asked_at))

    def come_by_no_company(self) -> None:
        """Note that a company's contacts are refused: more companies needn't be asked."""
        self._mirror.note(_REFUSED_AT, str(self._wall()))

    def may_miss(self, more: int) -> bool:
        """Tell whether so many more may be taken out by single looks, and count them.

        They are counted from one list of all contacts to the next. Where there's none that could
        tell, looks are all there is.
        """
        since = self._mirror.noted("contacts_checked_at")
        noted, _, count = self._mirror.noted("contacts_missed").partition(" ")
        missed = more + (int(count) if noted == since and count else 0)
        here = self._mirror.progress().contacts_done + missed - more
        if self.tells_who_is_gone and plan.too_many_gone(here, missed):
            return False
        self._mirror.note("contacts_missed", f"{since} {missed}")
        return True

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
            self._mirror.note(_BY_COMPANY, "")
            self._mirror.note(_REFUSED_AT, "")
        if self._at_once and not at.offset:
            await self._take_all(began)
            return
        try:
            ahead = self._read_ahead(at)
            page = ahead.page if ahead else await self._load(at)
            if page is None:
                self._mirror.note("contacts_at", replace(at.past_one(), began=began).to_text())
                return
        except NO_SUCH_LIST:
            self._come_with_companies(began)
            return
        async with self._reading_ahead(self._expected(at, page, began)):
            await self._lists.write(Kind.CONTACT, page)
            following = await self._follow(at, page.ids, page.size, page.asked, began)
            self._note_at(following)

    def _come_with_companies(self, began: float) -> None:
        """Note that there's no such list: each company is asked for its own."""
        self._mirror.note("contacts_at", DONE)
        self._mirror.note("contacts_checked_at", str(began))

    def _note_at(self, at: Position) -> None:
        """Note how far the list has been read."""
        self._mirror.note("contacts_at", at.to_text())
        self._mirror.note("contacts_read", "" if at.done else str(at.offset))
        self._know_more(at)
        if at.done:
            self._changed(Kind.CONTACT, frozenset())

    async def _take_all(self, began: float) -> None:
        """Take the list of all contacts as it comes, and out what it doesn't have.

        Where it turns out to be a page of it, it's gone on page by page from there.
        """
        listed, first = Listed(Kind.CONTACT), list[str]()
        asked_at = self._wall()

        async def write(records: list[Received]) -> None:
            await self._lists.keep(Kind.CONTACT, records, asked_at)
            ids = [record.id for record in records]
            first.extend(ids[: full(Kind.CONTACT) - len(first)])
            await asyncio.to_thread(self._mirror.note_listed, listed, ids)

        flow = self._lists.flow(listed, write)
        try:
            page = await self._api.contacts(
                limit=full(Kind.CONTACT),
                offset=0,
                sort="_id",
                lane=Lane.BACKGROUND,
                take=flow.take,
            )
            await flow.end()
            behind = await self._behind(page.count, first)
        except NO_SUCH_LIST:
            self._come_with_companies(began)
            return
        match behind:
            case _Behind.NOTHING:
                if flow.told == page.count:  # else some can't be read, and nobody knows who
                    await self._lists.settle_unlisted(listed, began)
                await asyncio.to_thread(self._mirror.contacts_are_complete, began)
                self._mirror.note("contacts_checked_at", str(began))
                self._note_at(Position(done=True))
            case _Behind.MORE:
                self._learned.learn(offset=True)
                asked = full(Kind.CONTACT)
                self._note_at(await self._follow(Position(), first, page.count, asked, began))
            case _Behind.OUT_OF_REACH:
                self._learned.learn(offset=False)
                self._mirror.note("contacts_complete", "")
                self._come_with_companies(began)

    async def _behind(self, count: int, ids: Sequence[str]) -> _Behind:
        """Tell what is behind ``count`` contacts that came as all, with these ``ids`` in front.

        As many as were asked for, or a round number that is fewer, may be a page. Then one more is
        asked for: a list that comes whole whatever is asked for comes once more.
        """
        if is_last(count, full(Kind.CONTACT)):
            return _Behind.NOTHING
        found: set[str] = set()
        page = await self._api.contacts(limit=1, offset=count, sort="_id", lane=Lane.BACKGROUND)
        await each_of(page, lambda record: found.add(record.id))
        if page.count == 1:  # one that can't be read is no other's
            return _Behind.OUT_OF_REACH if found and found <= {*ids} else _Behind.MORE
        return _Behind.MORE if found - {*ids} else _Behind.NOTHING

    async def _load(self, at: Position) -> Loaded | None:
        page, asked, asked_at = await self._page_of_contacts(at)
        if page is None:
            return None
        return await self._lists.load(Kind.CONTACT, page, asked, asked_at)

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
            page, asked, _ = await self._page_of_contacts(at, ("_id",))
        except NO_SUCH_LIST:
            self._mirror.note("contacts_checked_at", str(began))
            return
        if page is None:
            self._mirror.note("contacts_check", replace(at.past_one(), began=began).to_text())
            return
        slices = self._lists.slices(Kind.CONTACT, page)
        ids = [record.id async for some in slices for record in some]
        following = await self._follow(at, ids, page.count, asked, began)
        self._mirror.note("contacts_check", "" if following.done else following.to_text())

    @property
    def _at_once(self) -> bool:
        """Whether a list of contacts is to hold all of them."""
        return self._learned.gives_all_at_once

    async def _page_of_contacts(self, at: Position, select: Sequence[str] = ()) -> PageRead:
        """Read a page, and how many were asked for; ``None``: the next one is passed over."""
        return await self._lists.page(
            Kind.CONTACT,
            at.offset,
            lambda size: self._api.contacts(
                limit=size, offset=at.asked, sort="_id", select=select, lane=Lane.BACKGROUND
            ),
        )

    async def _follow(
        self, at: Position, ids: list[str], count: int, asked: int, began: float
    ) -> Position:
        """Return the position behind a page of contacts; mark those that it should have held.

        At the end, those that are gone are taken out, if it's sure that nothing was left out.
        """
        self._lists.look_at_order(ids)
        sorted_here = ids == sorted(ids)
        if sorted_here and not at.follows(ids):
            return at.back(asked)
        repeats = self._lists.repeats(Kind.CONTACT, at.asked, ids)
        last = repeats or is_last(count, asked)
        if sorted_here and len(ids) == count and not repeats and not at.gap:
            up_to = None if last else ids[-1]
            self._mirror.mark_absent(Kind.CONTACT, set(ids), began, after=at.last, up_to=up_to)
        self._lists.learn_size(Kind.CONTACT, at, asked, count)
        if not last:
            return replace(at.after(ids if sorted_here else (), count), began=began)
        sure = self._learned.abilities.sort is not False and not repeats
        if at.asked == 0 or sure:
            await asyncio.to_thread(self._mirror.contacts_are_complete, began)
        if sure:
            await self._lists.settle(Kind.CONTACT)
        self._mirror.note("contacts_checked_at", str(began))
        return Position(done=True)
