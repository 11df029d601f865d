"""Carrying out the steps of a plan: ask, decode in slices, store, note how far it came."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import NotFoundError, ServerError, UnreadableError
from planhat_tui.model.limits import Lane
from planhat_tui.model.ports import SetAside
from planhat_tui.model.records import Kind, text_of
from planhat_tui.sync import plan
from planhat_tui.sync.contacts import ContactList
from planhat_tui.sync.learned import Learned
from planhat_tui.sync.lists import Lists
from planhat_tui.sync.plan import Knowledge, Position
from planhat_tui.sync.probe import NO_SUCH_LIST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.store.mirror import Mirror
    from planhat_tui.sync.plan import Step

_MOST_IN_A_ROW: Final = 3
"""Records that may fail one after the other before the server is thought to be what fails."""
_AGE_LIMIT: Final = 3600.0
"""Seconds after which a company is read again where the server can't tell what has changed, and the
contacts of the company on screen, which may be gone."""
_POSITIONS: Final = (
    "companies_at", "contacts_at", "contacts_complete", "contacts_check", "changes_walk",
    "companies_read", "contacts_read", "lean_at", "team_at", "definitions_at",
)  # fmt: skip
"""What is noted of how far the pull has come."""


class Pull:
    """Fills one mirror. ``changed`` is told what arrived; ``wall`` is seconds since the epoch.

    ``looked_at`` is the company on screen.
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
        self._learned = Learned(mirror, dialect, wall)
        self._lists = Lists(api, mirror, self._learned, wall, changed)
        self._contacts = ContactList(
            api, mirror, self._learned, self._lists, wall=wall, changed=changed
        )
        self.looked_at = ""
        self._failed: dict[Step, float] = {}
        self._in_a_row = 0

    @property
    def edition(self) -> str:
        """Which edition of the API the server speaks; empty while it isn't known."""
        return self._learned.edition

    @property
    def is_empty(self) -> bool:
        """Whether this copy was never filled and has no company: the user waits for the names."""
        return not self._mirror.noted("lean_at") and not self._mirror.progress().companies_known

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
            case plan.Lean(awaited):
                await self.lean(Lane.USER if awaited else Lane.SCREEN, once=awaited)
            case plan.Team():
                await self.team()
            case plan.Definitions():
                await self._definitions_due()
            case plan.OneCompany() | plan.ContactsOf():
                await self._one(step)
            case plan.Probe():
                await self._learned.probe(self._api)
            case plan.Companies(at):
                await self._lists.companies(at)
            case plan.Contacts() | plan.Size() | plan.ContactIds():
                await self._contacts.run(step)
            case plan.Tidy():
                await asyncio.to_thread(self._mirror.tidy)
            case plan.Changes(since):
                await self._lists.changes(since)

    async def lean(self, lane: Lane, *, once: bool = False) -> None:
        """Read the lean list: new companies, renamed ones, and those that are gone."""
        began, first = self._wall(), self.is_empty
        page = await self._api.lean_companies(lane=lane, once=once)
        if first:
            self._mirror.expect_many()
        seen: set[str] = set()
        async for records in self._lists.batches(Kind.COMPANY, page):
            await asyncio.to_thread(self._mirror.put_lean, records, began)
            seen |= {record.id for record in records}
            self._tell(Kind.COMPANY, records)
        if len(seen) == page.count:  # of those that couldn't be read it isn't known which they are
            self._mirror.mark_absent(Kind.COMPANY, seen, began)
            self._lists.settle(Kind.COMPANY)
        self._mirror.note("lean_at", str(began))

    async def team(self) -> None:
        """Read the team. Who left goes; of a list that lacks many, a person is asked first."""
        began = self._wall()
        try:
            page = await self._api.users(lane=Lane.BACKGROUND)
        except NO_SUCH_LIST:
            self._mirror.note("team_at", str(self._wall()))
            return
        self._mirror.forget_set_aside(Kind.USER)
        users = [record async for some in self._lists.slices(Kind.USER, page) for record in some]
        self._mirror.put_users(users, keep=True)
        if len(users) == page.count:  # of those that couldn't be read it isn't known who they are
            self._mirror.mark_absent(Kind.USER, {user.id for user in users}, began)
            self._lists.settle(Kind.USER)
        self._mirror.note("team_at", str(self._wall()))
        self._changed(Kind.USER, frozenset())

    async def _definitions_due(self) -> None:
        with contextlib.suppress(*NO_SUCH_LIST):
            await self.definitions(Lane.BACKGROUND)
        self._mirror.note("definitions_at", str(self._wall()))

    async def definitions(self, lane: Lane) -> None:
        """Read the definitions of custom fields.

        A list that lacks suspiciously many of those that are here takes none of them out.
        """
        found: dict[str, Received] = {}
        while True:
            offset = len(found)
            page = await self._api.custom_fields(offset=offset, lane=lane)
            for piece in page.slices():
                found |= {record.id: record for record in piece.records}
                await asyncio.sleep(0)
            if page.count < plan.DEFINITIONS_PAGE or len(found) == offset:
                break
        here = {text_of(raw, "_id") for raw in self._mirror.definitions()}
        doubtful = plan.too_many_gone(len(here), len(here - found.keys()))
        self._mirror.put_definitions([*found.values()], keep=doubtful)

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
        """Read the contacts of a company; not where these can't be told from others', unasked."""
        if lane is not Lane.USER and self._come_with_all():
            self._leave_alone(plan.ContactsOf(company_id))
            return
        page = await self._api.contacts_of(company_id, lane=lane)
        slices = self._lists.slices(Kind.CONTACT, page)
        records = [record async for some in slices for record in some]
        theirs = [r for r in records if text_of(r.data, "companyId") == company_id]
        if len(theirs) < len(records):  # it isn't known whether these are all of them
            self._learned.learn(filter=False, by_company=False)
        elif records:
            self._learned.learn(by_company=True)
        if len(theirs) == len(records) and await self._is_credible(company_id, theirs, lane):
            self._mirror.put_contacts_of(company_id, theirs, self._wall())
        else:
            self._mirror.put(Kind.CONTACT, theirs, self._wall())
            self._leave_alone(plan.ContactsOf(company_id))
        self._changed(Kind.CONTACT, frozenset(record.id for record in theirs))
        self._changed(Kind.COMPANY, frozenset({company_id}))

    def _come_with_all(self) -> bool:
        """Tell whether a company's contacts come with the list of all, and by no other way."""
        none_listed = self._position("contacts_at").done
        none_listed = none_listed and not self._mirror.noted("contacts_complete")
        return self._learned.abilities.by_company is False and not none_listed

    async def _is_credible(self, company_id: str, records: list[Received], lane: Lane) -> bool:
        """Tell whether a list of a company's contacts may be followed.

        Where many are missing, one of them is looked up: it has to be gone, or with another
        company.
        """
        here = self._mirror.contact_ids(company_id)
        missing = sorted(here - {record.id for record in records})
        if not plan.too_many_gone(len(here), len(missing)):
            return True
        try:
            found = await self._api.contact(missing[0], lane=lane)
        except NotFoundError:
            return True
        self._mirror.put(Kind.CONTACT, [found], self._wall())
        return text_of(found.data, "companyId") != company_id

    async def catch_up(self) -> None:
        """Read the lean list and, where the server can tell, what has changed since the last time.

        The user waits for it.
        """
        since = self._moment("changes_at")
        await self.lean(Lane.USER)
        if since is not None and self._learned.edition != "seed":
            await self._lists.changes(since - plan.OVERLAP)

    def forget_positions(self) -> None:
        """Start anew: every page is read again."""
        self._failed.clear()
        for key in _POSITIONS:
            self._mirror.note(key, "")

    async def _one(self, step: plan.OneCompany | plan.ContactsOf) -> None:
        """Read what one company lacks; what can't be read is left alone for a while."""
        lane = Lane.SCREEN if step.on_screen else Lane.BACKGROUND
        read = self.company if isinstance(step, plan.OneCompany) else self.contacts_of
        try:
            await read(step.company_id, lane)
            self._forget_nameless()
        except UnreadableError as error:
            bad = SetAside(1, 1, step.company_id, error.reason)
            self._mirror.set_aside(Kind.COMPANY, [bad], self._wall())
            self._leave_alone(step)
            self._forget_nameless()
        except (ServerError, *NO_SUCH_LIST):
            self._leave_alone(step)
            self._in_a_row += 1
            if self._in_a_row > _MOST_IN_A_ROW:
                raise
        else:
            self._in_a_row = 0

    def _forget_nameless(self) -> None:
        """Forget what was set aside without its id, once each company is accounted for."""
        if not self._mirror.progress().companies_left:
            self._mirror.forget_set_aside(Kind.COMPANY, nameless=True)

    def _leave_alone(self, step: plan.OneCompany | plan.ContactsOf) -> None:
        self._failed[type(step)(step.company_id)] = self._wall()

    def _left_alone(self, step: plan.OneCompany | plan.ContactsOf) -> bool:
        failed_at = self._failed.get(step)
        return failed_at is not None and 0 <= self._wall() - failed_at < self._refresh

    def _readable(self, ids: Iterable[str]) -> list[str]:
        """Return those that aren't left alone."""
        return [one for one in ids if not self._left_alone(plan.OneCompany(one))]

    def _tell(self, kind: Kind, records: list[Received]) -> None:
        self._changed(kind, frozenset(record.id for record in records))

    def _knowledge(self) -> Knowledge:
        mirror, now = self._mirror, self._wall()
        looked = mirror.company(self.looked_at) if self.looked_at else None
        known_there = looked is not None and looked.server is not None
        edition = self._learned.edition
        many = len(self._failed) + 1
        oldest = mirror.oldest_companies(many, now - _AGE_LIMIT) if edition == "seed" else ()
        lean = self._readable(mirror.incomplete_companies(many + plan.FEW_LEAN))
        whole = looked is None or looked.complete
        loaded = not known_there or self._are_young(mirror.contacts_seen_at(self.looked_at))
        return Knowledge(
            now=now,
            refresh=self._refresh,
            edition=edition,
            probe_is_due=self._learned.probe_is_due,
            sorts=self._learned.abilities.sort is not False,
            lean_at=self._moment("lean_at"),
            empty=self.is_empty,
            team_at=self._moment("team_at"),
            definitions_at=self._moment("definitions_at"),
            changes_at=self._moment("changes_at"),
            looked_at=self.looked_at if known_there else "",
            looked_whole=whole or self._left_alone(plan.OneCompany(self.looked_at)),
            looked_contacts=loaded or self._left_alone(plan.ContactsOf(self.looked_at)),
            companies=self._position("companies_at"),
            contacts=self._position("contacts_at"),
            checks=self._contacts.tells_who_is_gone,
            checked_at=self._moment("contacts_checked_at"),
            check=self._position("contacts_check"),
            size_look=self._contacts.next_size_look(),
            tidy=mirror.is_tidy(),
            lean_left=next(iter(lean), ""),
            lean_many=len(lean) > plan.FEW_LEAN,
            oldest=next(iter(self._readable(oldest)), ""),
        )

    def _moment(self, key: str) -> float | None:
        noted = self._mirror.noted(key)
        return float(noted) if noted else None

    def _position(self, key: str) -> Position:
        return Position.from_text(self._mirror.noted(key))

    def _are_young(self, seen_at: float | None) -> bool:
        return seen_at is not None and 0 <= self._wall() - seen_at < _AGE_LIMIT
