"""Carrying out the steps of a plan: ask, decode in slices, store, note how far it came."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import ForbiddenError, NotFoundError, RejectedError, ServerError
from planhat_tui.model.calls import parse_iso
from planhat_tui.model.limits import Lane
from planhat_tui.model.records import Kind, text_of
from planhat_tui.sync import plan
from planhat_tui.sync.plan import Knowledge, Position

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from planhat_tui.model.ports import Page, Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.store.mirror import Mirror
    from planhat_tui.sync.plan import Step

_DONE: Final = "done"
_NO_SUCH_LIST: Final = (NotFoundError, RejectedError, ForbiddenError)
_MOST_IN_A_ROW: Final = 3
"""Records that may fail one after the other before the server is thought to be what fails."""
_AGE_LIMIT: Final = 3600.0
"""Seconds after which a company is read again where the server can't tell what has changed."""


class Pull:
    """Fills one mirror. ``changed`` is told what arrived; ``wall`` is seconds since the epoch.

    ``looked_at`` is the company on screen. ``doubts`` is a sentence when a list was not followed,
    ``set_aside`` counts records that couldn't be read.
    """

    def __init__(
        self,
        api: Planhat,
        mirror: Mirror,
        *,
        wall: Callable[[], float],
        refresh: float,
        dialect: str,
        changed: Callable[[Kind, frozenset[str]], None],
    ) -> None:
        self._api = api
        self._mirror = mirror
        self._wall = wall
        self._refresh = refresh
        self._changed = changed
        self.looked_at = ""
        self.doubts = ""
        self.set_aside = 0
        self._failed: dict[Step, float] = {}
        self._in_a_row = 0
        if dialect in {"seed", "modern"} and mirror.noted("edition") != dialect:
            mirror.note("edition", dialect)

    def next_step(self, *, but_screen: bool = False) -> Step:
        """Return what is to be pulled next, ``but_screen`` beside what the screen waits for."""
        known = self._knowledge()
        return plan.next_step(replace(known, looked_at="") if but_screen else known)

    def step_on_screen(self) -> Step | None:
        """Return what the company on screen lacks first; ``None`` if nothing."""
        return plan.step_on_screen(self._knowledge())

    async def run(self, step: Step) -> None:
        """Carry out a step. Raises the errors of :mod:`planhat_tui.errors`."""
        match step:
            case plan.Lean():
                await self.lean()
            case plan.Team():
                await self.team()
            case plan.OneCompany() | plan.ContactsOf():
                await self._one(step)
            case plan.Companies(offset):
                await self._page_of_companies(offset)
            case plan.Contacts(offset):
                await self._page_of_contacts(offset)
            case plan.Changes(since):
                await self._changes(since)
            case plan.Rest():
                pass

    async def lean(self, lane: Lane = Lane.SCREEN) -> None:
        """Read the lean list: new companies, renamed ones, and those that are gone."""
        began = self._wall()
        page = await self._api.lean_companies(lane=lane)
        seen: set[str] = set()
        async for records in self._slices(page):
            self._mirror.put_lean(records, began)
            seen |= {record.id for record in records}
            self._tell(Kind.COMPANY, records)
        known = self._mirror.company_ids()
        missing = len(known - seen)
        if plan.too_many_gone(len(known), missing):
            told = f"{missing} of {len(known)} companies"
            self.doubts = f"Planhat's list lacks {told}: none was removed here."
            self._mirror.note("lean_at", str(began))
            return
        self.doubts = ""
        if gone := self._mirror.finish_lean(seen, began):
            self._changed(Kind.COMPANY, frozenset(gone))

    async def team(self) -> None:
        """Read the team."""
        try:
            page = await self._api.users(lane=Lane.BACKGROUND)
        except _NO_SUCH_LIST:
            self._mirror.note("team_at", str(self._wall()))
            return
        users = [record async for records in self._slices(page) for record in records]
        self._mirror.put_users(users)
        self._mirror.note("team_at", str(self._wall()))
        self._changed(Kind.USER, frozenset())

    async def company(self, company_id: str, lane: Lane) -> None:
        """Read a company whole; one that is gone is taken out."""
        try:
            record = await self._api.company(company_id, lane=lane)
        except NotFoundError:
            if not self._mirror.remove(Kind.COMPANY, [company_id]):  # it has open edits
                self._leave_alone(plan.OneCompany(company_id))
        else:
            self._mirror.put(Kind.COMPANY, [record], self._wall())
        self._changed(Kind.COMPANY, frozenset({company_id}))

    async def contacts_of(self, company_id: str, lane: Lane) -> None:
        """Read the contacts of a company."""
        page = await self._api.contacts_of(company_id, lane=lane)
        records = [record async for some in self._slices(page) for record in some]
        theirs = [r for r in records if text_of(r.data, "companyId") == company_id]
        self._mirror.put_contacts_of(company_id, theirs, self._wall())
        self._changed(Kind.CONTACT, frozenset(record.id for record in theirs))
        self._changed(Kind.COMPANY, frozenset({company_id}))

    async def catch_up(self) -> None:
        """Read the lean list and, where the server can tell, what has changed since the last time.

        The user waits for it.
        """
        since = self._moment("changes_at")
        await self.lean(Lane.USER)
        if since is not None and self._mirror.noted("edition") != "seed":
            await self._changes(since - plan.OVERLAP)

    def forget_positions(self) -> None:
        """Start anew: every page is read again."""
        self._failed.clear()
        for key in ("companies_at", "contacts_at", "contacts_complete", "lean_at", "team_at"):
            self._mirror.note(key, "")

    async def _one(self, step: plan.OneCompany | plan.ContactsOf) -> None:
        """Read what one company lacks; what can't be read is left alone for a while."""
        lane = Lane.SCREEN if step.on_screen else Lane.BACKGROUND
        read = self.company if isinstance(step, plan.OneCompany) else self.contacts_of
        try:
            await read(step.company_id, lane)
        except (ServerError, *_NO_SUCH_LIST):
            self._leave_alone(step)
            self._in_a_row += 1
            if self._in_a_row > _MOST_IN_A_ROW:
                raise
        else:
            self._in_a_row = 0

    def _leave_alone(self, step: plan.OneCompany | plan.ContactsOf) -> None:
        self._failed[type(step)(step.company_id)] = self._wall()

    def _left_alone(self, step: plan.OneCompany | plan.ContactsOf) -> bool:
        failed_at = self._failed.get(step)
        return failed_at is not None and self._wall() - failed_at < self._refresh

    def _readable(self, ids: Iterable[str]) -> str:
        """Return the first that isn't left alone; empty if there is none."""
        return next((one for one in ids if not self._left_alone(plan.OneCompany(one))), "")

    async def _page_of_companies(self, offset: int) -> None:
        began = self._wall()
        try:
            page = await self._api.companies(
                limit=plan.COMPANY_PAGE, offset=offset, sort="_id", lane=Lane.BACKGROUND
            )
        except _NO_SUCH_LIST:  # the 2016 edition has no such list
            self._mirror.note("edition", "seed")
            return
        if offset == 0:
            self._mirror.note("edition", "modern")
            self._mirror.note("changes_at", str(began))
        await self._store(Kind.COMPANY, page)
        last = page.count < plan.COMPANY_PAGE
        self._mirror.note("companies_at", _DONE if last else str(offset + page.count))

    async def _page_of_contacts(self, offset: int) -> None:
        try:
            page = await self._api.contacts(
                limit=plan.CONTACT_PAGE, offset=offset, sort="_id", lane=Lane.BACKGROUND
            )
        except _NO_SUCH_LIST:  # they come with their companies, as these are looked at
            self._mirror.note("contacts_at", _DONE)
            return
        await self._store(Kind.CONTACT, page)
        if page.count == plan.CONTACT_PAGE and self._mirror.noted("edition") != "seed":
            self._mirror.note("contacts_at", str(offset + page.count))
        else:  # the last page, or all of them from a server that knows no pages
            self._mirror.contacts_are_complete(self._wall())
            self._mirror.note("contacts_at", _DONE)
            self._changed(Kind.CONTACT, frozenset())

    async def _changes(self, since: float) -> None:
        began = self._wall()
        for kind, read, size in (
            (Kind.COMPANY, self._api.companies, plan.COMPANY_PAGE),
            (Kind.CONTACT, self._api.contacts, plan.CONTACT_PAGE),
        ):
            offset = 0
            while True:
                page = await read(
                    limit=min(size, 200 if offset == 0 else size),
                    offset=offset,
                    sort="-updatedAt",
                    lane=Lane.BACKGROUND,
                )
                oldest = await self._store(kind, page)
                offset += page.count
                if page.count == 0 or oldest < since or page.count < 200:
                    break
        self._mirror.note("changes_at", str(began))

    async def _store(self, kind: Kind, page: Page) -> float:
        """Store a page slice by slice; the oldest change in it, seconds since the epoch."""
        oldest = float("inf")
        async for records in self._slices(page):
            self._mirror.put(kind, records, self._wall())
            self._tell(kind, records)
            oldest = min([oldest, *(_changed_at(record) for record in records)])
        return oldest

    async def _slices(self, page: Page) -> AsyncIterator[list[Received]]:
        """Decode a page piece by piece, and let others run after each."""
        for piece in page.slices():
            self.set_aside += len(piece.set_aside)
            yield [record for record in piece.records if record.id]
            await asyncio.sleep(0)

    def _tell(self, kind: Kind, records: list[Received]) -> None:
        self._changed(kind, frozenset(record.id for record in records))

    def _knowledge(self) -> Knowledge:
        mirror, now = self._mirror, self._wall()
        looked = mirror.company(self.looked_at) if self.looked_at else None
        known_there = looked is not None and looked.server is not None
        edition = mirror.noted("edition")
        many = len(self._failed) + 1
        oldest = mirror.oldest_companies(many, now - _AGE_LIMIT) if edition == "seed" else ()
        whole = looked is None or looked.complete
        loaded = not known_there or mirror.contacts_seen_at(self.looked_at) is not None
        return Knowledge(
            now=now,
            refresh=self._refresh,
            edition=edition,
            lean_at=self._moment("lean_at"),
            team_at=self._moment("team_at"),
            changes_at=self._moment("changes_at"),
            looked_at=self.looked_at if known_there else "",
            looked_whole=whole or self._left_alone(plan.OneCompany(self.looked_at)),
            looked_contacts=loaded or self._left_alone(plan.ContactsOf(self.looked_at)),
            companies=self._position("companies_at"),
            contacts=self._position("contacts_at"),
            lean_left=self._readable(mirror.incomplete_companies(many)),
            oldest=self._readable(oldest),
        )

    def _moment(self, key: str) -> float | None:
        noted = self._mirror.noted(key)
        return float(noted) if noted else None

    def _position(self, key: str) -> Position:
        noted = self._mirror.noted(key)
        return Position(done=True) if noted == _DONE else Position(int(noted or 0))


def _changed_at(record: Received) -> float:
    text = text_of(record.data, "updatedAt") or text_of(record.data, "lastUpdated")
    moment = parse_iso(text)
    return moment.timestamp() if moment else 0.0
