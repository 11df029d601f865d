"""Carrying out the steps of a plan: ask, decode in slices, store, note how far it came."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import (
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    ServerError,
    UnreadableError,
)
from planhat_tui.model.limits import Lane
from planhat_tui.model.ports import SetAside
from planhat_tui.model.records import Kind, text_of
from planhat_tui.store.absences import Listed
from planhat_tui.sync import plan
from planhat_tui.sync.contacts import ContactList
from planhat_tui.sync.errands import MOST_TRIES, Departure, Errand
from planhat_tui.sync.lists import Lists
from planhat_tui.sync.plan import Knowledge, Position
from planhat_tui.sync.probe import NO_SUCH_LIST

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from planhat_tui.model.ports import Before, Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.store.mirror import Mirror
    from planhat_tui.sync.courtesy import Courtesy
    from planhat_tui.sync.learned import Learned
    from planhat_tui.sync.plan import Step

_MOST_IN_A_ROW: Final = 3
"""Records that may fail one after the other before the server is thought to be what fails."""
_AGE_LIMIT: Final = 3600.0
"""Seconds after which a company is read again where the server can't tell what has changed, and the
contacts of the company on screen, which may be gone."""
_POSITIONS: Final = (
    "companies_at", "contacts_at", "contacts_complete", "contacts_check", "changes_walk",
    "companies_read", "contacts_read", "team_at", "definitions_at",
)  # fmt: skip
"""What is noted of how far the pull has come."""


class Pull:
    """Fills one mirror. ``changed`` is told what arrived; ``wall`` is seconds since the epoch.

    ``looked_at`` is the company on screen, ``awaited`` the one that a person stays at.
    ``read_singly`` counts what was read of single companies, ``mended`` what of it failed before.
    """

    def __init__(
        self,
        api: Planhat,
        mirror: Mirror,
        *,
        wall: Callable[[], float],
        refresh: float,
        learned: Learned,
        changed: Callable[[Kind, frozenset[str]], None],
        courtesy: Courtesy,
    ) -> None:
        self._api = api
        self._mirror = mirror
        self._wall = wall
        self._refresh = refresh
        self._changed = changed
        self._learned = learned
        self._lists = Lists(api, mirror, self._learned, wall, changed, courtesy)
        self._contacts = ContactList(
            api, mirror, self._learned, self._lists, wall=wall, changed=changed
        )
        self.looked_at = self.awaited = ""
        self._looks = asyncio.Event()
        self._names = Errand()
        self._failed: dict[Step, float] = {}
        self._failing: set[plan.OneCompany | plan.ContactsOf] = set()
        self._tried_again: set[plan.OneCompany | plan.ContactsOf] = set()
        self._in_a_row = self._carried_out = 0
        self.read_singly = self.mended = 0

    @property
    def edition(self) -> str:
        """Which edition of the API the server speaks; empty while it isn't known."""
        return self._learned.edition

    @property
    def is_empty(self) -> bool:
        """Whether this copy was never filled and has no company: the user waits for the names."""
        return not self._mirror.noted("lean_at") and not self._mirror.progress().companies_known

    def look_at(self, company_id: str, *, waits: bool) -> None:
        """Know which company is on screen, and whether a person waits for what it lacks."""
        self.looked_at, self.awaited = company_id, company_id if waits else ""
        self._looks.set()

    def next_step(self, *, but_screen: bool = False) -> Step:
        """Return what is to be pulled next, ``but_screen`` beside what the screen waits for."""
        known = self._knowledge()
        return plan.next_step(replace(known, looked_at="") if but_screen else known)

    def step_on_screen(self) -> Step | None:
        """Return what the company on screen lacks first; ``None`` if nothing."""
        return plan.step_on_screen(self._knowledge())

    @property
    def brought(self) -> int:
        """How often something has come so far: steps, and pages of long ones."""
        return self._carried_out + self._lists.stored

    async def run(self, step: Step) -> None:
        """Carry out a step. Raises the errors of :mod:`planhat_tui.errors`."""
        await self._carry_out(step)
        if isinstance(step, plan.OneCompany | plan.ContactsOf):
            self._carried_out += _off_screen(step) not in self._failing
        elif not isinstance(step, plan.Rest):
            self._carried_out += 1

    async def _carry_out(self, step: Step) -> None:
        match step:
            case plan.Lean(awaited):
                await self.lean(Lane.USER if awaited else Lane.SCREEN, once=awaited)
            case plan.Team():
                await self.team(Lane.BACKGROUND)
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
                await self._lists.changes(since, Lane.BACKGROUND)

    async def lean(self, lane: Lane, *, once: bool = False) -> None:
        """Read the lean list: new companies, renamed ones, and those that are gone.

        Whoever wants it while it comes waits for that one: it may be long.
        """
        before = self._mirror.noted("lean_at")
        await self._names.run(
            lane,
            lambda leaves: self._lean(lane, once=once, before=leaves),
            lambda: self._mirror.noted("lean_at") == before,
        )

    async def _lean(self, lane: Lane, *, once: bool, before: Before) -> None:
        began, first, listed = self._wall(), self.is_empty, Listed(Kind.COMPANY)
        came: float | None = None

        async def write(records: list[Received]) -> None:
            nonlocal came
            if came is None and first:
                self._mirror.expect_many()
            came = self._wall() if came is None else came
            await asyncio.to_thread(self._mirror.put_lean, records, began, listed)
            self._tell(Kind.COMPANY, records)

        flow = self._lists.flow(listed, write)
        page = await self._api.lean_companies(lane=lane, once=once, before=before, take=flow.take)
        await flow.end()
        if flow.told == page.count:  # else some can't be read, and nobody knows which they are
            await self._lists.settle_unlisted(listed, began)
        self._mirror.note("lean_took", "" if came is None else f"{self._wall() - came:.1f}")
        self._mirror.note("lean_at", str(began))
        self._mirror.note("lean_due", "")

    async def team(self, lane: Lane) -> None:
        """Read the team. Who left goes; of a list that lacks many, a person is asked first."""
        began = self._wall()
        try:
            page = await self._api.users(lane=lane)
        except NO_SUCH_LIST:
            self._mirror.note("team_at", str(self._wall()))
            return
        self._mirror.forget_set_aside(Kind.USER)
        users = [record async for some in self._lists.slices(Kind.USER, page) for record in some]
        self._mirror.put_users(users, keep=True)
        if len(users) == page.count:  # of those that couldn't be read it isn't known who they are
            self._mirror.mark_absent(Kind.USER, {user.id for user in users}, began)
            await self._lists.settle(Kind.USER)
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

    async def companies(self, ids: Iterable[str]) -> frozenset[str]:
        """Read companies whole for a person who waits; return those that aren't found.

        Whether one of them is gone the names tell then.
        """
        unfound: set[str] = set()
        for company_id in ids:
            try:
                await self.company(company_id, Lane.USER)
            except NotFoundError:
                unfound.add(company_id)
        if any(self._mirror.company(one) is not None for one in unfound):
            await self.lean(Lane.USER)
        return frozenset(unfound)

    async def company(self, company_id: str, lane: Lane, leaves: Departure | None = None) -> None:
        """Read a company whole. Raises :class:`NotFoundError`.

        One that isn't found stays until the list of names lacks it too, by the rule for lists: else
        a server that finds none would empty the copy, one by one and without a question.
        """
        asked = leaves or Departure(self._wall)
        try:
            record = await self._api.company(company_id, lane=lane, before=leaves)
        except NotFoundError:
            shown = self._mirror.company(company_id)
            if shown is not None and not shown.complete:
                self._set_aside(company_id, "Planhat lists it, and doesn't find it")
            raise
        else:
            self._mirror.put(Kind.COMPANY, [record], asked.at)
        finally:
            self._changed(Kind.COMPANY, frozenset({company_id}))

    async def contacts_of(
        self, company_id: str, lane: Lane, leaves: Departure | None = None
    ) -> None:
        """Read the contacts of a company; not where these can't be told from others', unasked."""
        if lane is not Lane.USER and self._contacts.come_with_all:
            self._leave_alone(plan.ContactsOf(company_id))
            return
        asked, known = leaves or Departure(self._wall), len(self._mirror.contact_ids(company_id))
        page = await self._api.contacts_of(company_id, known=known, lane=lane, before=leaves)
        slices = self._lists.slices(Kind.CONTACT, page)
        records = [record async for some in slices for record in some]
        theirs = [r for r in records if text_of(r.data, "companyId") == company_id]
        if len(theirs) < len(records):  # it isn't known whether these are all of them
            self._learned.learn(filter=False, by_company=False)
        elif records:
            self._learned.learn(by_company=True)
        if len(theirs) == len(records) and await self._is_credible(company_id, theirs, lane):
            self._mirror.put_contacts_of(company_id, theirs, asked.at)
            self._contacts.came_by_company(asked.at)
        else:
            self._mirror.put(Kind.CONTACT, theirs, asked.at)
            self._leave_alone(plan.ContactsOf(company_id))
        self._changed(Kind.CONTACT, frozenset(record.id for record in theirs))
        self._changed(Kind.COMPANY, frozenset({company_id}))

    async def _is_credible(self, company_id: str, records: list[Received], lane: Lane) -> bool:
        """Tell whether a list of a company's contacts may be followed.

        Where many are missing, one of them is looked up: it has to be gone, or with another
        company. Are they many of all that are here, with those that such lists took out before, the
        list of all contacts has to tell, and a person is asked.
        """
        here = self._mirror.contact_ids(company_id)
        missing = sorted(here - {record.id for record in records})
        if not plan.too_many_gone(len(here), len(missing)):
            return True
        asked_at = self._wall()
        try:
            found = await self._api.contact(missing[0], lane=lane)
        except NotFoundError:
            return self._contacts.may_miss(len(missing))
        self._mirror.put(Kind.CONTACT, [found], asked_at)
        return text_of(found.data, "companyId") != company_id

    async def catch_up(self) -> None:
        """Read the lean list and, where the server can tell, what has changed since the last time.

        The user waits for all of it.
        """
        since = self.begin_to_look()
        await self.lean(Lane.USER)
        if since is not None:
            await self.changes(since)

    def begin_to_look(self) -> float | None:
        """Begin to look for changes; since when those are to be read, ``None``: it can't be told.

        They are read from the newest on: a look that broke off began earlier, and goes on below
        what has changed since.
        """
        since = self._moment("changes_at")
        self._learned.doubt()
        if since is None or self._learned.edition == "seed":
            return None
        self._mirror.note("changes_walk", "")
        return since - plan.OVERLAP

    async def changes(self, since: float) -> None:
        """Read what has changed since then for a user who waits; a look that broke off goes on."""
        await self._lists.changes(since, Lane.USER)

    @property
    def failing(self) -> frozenset[str]:
        """The companies at which the server failed, and which are left alone for it."""
        return frozenset(step.company_id for step in self._failing)

    @property
    def fails_in_a_row(self) -> bool:
        """Whether it failed at so many one after the other that it may fail at all of them."""
        return self._in_a_row > _MOST_IN_A_ROW

    def try_failing_again(self) -> None:
        """Leave them alone no longer."""
        for step in self._failing:
            self._failed.pop(step, None)
        self._tried_again |= self._failing
        self._failing.clear()
        self._in_a_row = 0

    def forget_positions(self) -> None:
        """Start anew: every page is read again."""
        self._failed.clear()
        self._failing.clear()
        self._learned.doubt()
        for key in _POSITIONS:
            self._mirror.note(key, "")
        self._mirror.note("lean_due", "1")  # the names that are here stay, and may be used

    async def _one(self, step: plan.OneCompany | plan.ContactsOf) -> None:
        """Read what one company lacks; what can't be read is left alone for a while."""
        read = self.company if isinstance(step, plan.OneCompany) else self.contacts_of
        noted = _off_screen(step)
        try:
            if step.on_screen:
                await self._for_the_screen(step.company_id, read)
            else:
                await read(step.company_id, Lane.BACKGROUND)
            self._forget_nameless()
        except UnreadableError as error:
            self._failing.discard(noted)
            self._set_aside(step.company_id, error.reason)
            self._leave_alone(step)
            self._forget_nameless()
        except (ServerError, *NO_SUCH_LIST) as error:
            self._leave_alone(step)
            none = isinstance(error, NotFoundError) and self._in_a_row + 1 >= _MOST_IN_A_ROW
            refused = none or isinstance(error, RejectedError | ForbiddenError)
            if isinstance(step, plan.ContactsOf) and not step.on_screen and refused:
                self._contacts.come_by_no_company()
                self._in_a_row = 0
                return
            if isinstance(error, ServerError):
                self._failing.add(noted)
            self._in_a_row += 1
            if self._in_a_row > _MOST_IN_A_ROW:
                raise
            if self._in_a_row == _MOST_IN_A_ROW and isinstance(error, NotFoundError):
                await self.lean(Lane.SCREEN)  # many are gone, or it finds none of those that it has
                if not self._mirror.is_listed(step.company_id):
                    self._in_a_row = 0
        else:
            self._in_a_row = 0
            self.read_singly += 1
            self.mended += noted in self._failing | self._tried_again
            self._failing.discard(noted)
            self._tried_again.discard(noted)

    async def _for_the_screen(
        self,
        company_id: str,
        read: Callable[[str, Lane, Departure | None], Coroutine[object, object, None]],
    ) -> None:
        """Read of the company on screen in the screen's lane.

        What isn't here yet of one that a person stays at is read in the user's own, also where it
        waited in the other by then; of one that isn't on screen any more nothing is. What has left
        is waited for: it's paid.
        """
        tries = 0
        while company_id == self.looked_at:
            if company_id == self.awaited and self._lacks_something(company_id):
                await read(company_id, Lane.USER, None)
                return
            self._looks.clear()
            leaves = Departure(self._wall)
            reading = asyncio.ensure_future(read(company_id, Lane.SCREEN, leaves))
            looks = asyncio.ensure_future(self._looks.wait())
            try:
                await asyncio.wait({reading, looks}, return_when=asyncio.FIRST_COMPLETED)
                if reading.done() or leaves.left:
                    await reading
                    return
            except RateLimitedError:
                tries += 1
                if tries == MOST_TRIES:
                    raise
            finally:
                for one in (reading, looks):
                    one.cancel()
                await asyncio.gather(reading, looks, return_exceptions=True)

    def _lacks_something(self, company_id: str) -> bool:
        """Tell whether a company is here by its name alone, or without its contacts."""
        shown = self._mirror.company(company_id)
        never = self._mirror.contacts_seen_at(company_id) is None
        return shown is not None and (not shown.complete or never)

    def _forget_nameless(self) -> None:
        """Forget what was set aside without its id, once each company is accounted for."""
        if not self._mirror.progress().companies_left:
            self._mirror.forget_set_aside(Kind.COMPANY, nameless=True)

    def _set_aside(self, company_id: str, reason: str) -> None:
        """Note why no more than the name of a company is here: it counts as read."""
        self._mirror.set_aside(Kind.COMPANY, [SetAside(1, 1, company_id, reason)], self._wall())

    def _leave_alone(self, step: plan.OneCompany | plan.ContactsOf) -> None:
        self._failed[_off_screen(step)] = self._wall()

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
        due = self._contacts.due(many)
        lean = self._readable(mirror.incomplete_companies(many + plan.FEW_LEAN))
        whole = looked is None or looked.complete
        loaded = not known_there or self._are_young(mirror.contacts_seen_at(self.looked_at))
        return Knowledge(
            now=now,
            refresh=self._refresh,
            edition=edition,
            probe_is_due=self._learned.probe_is_due,
            sorts=self._learned.abilities.sort is not False,
            lean_at=None if mirror.noted("lean_due") else self._moment("lean_at"),
            lean_took=self._moment("lean_took") or 0.0,
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
            contacts_of=next((c for c in due if not self._left_alone(plan.ContactsOf(c))), ""),
        )

    def _moment(self, key: str) -> float | None:
        noted = self._mirror.noted(key)
        return float(noted) if noted else None

    def _position(self, key: str) -> Position:
        return Position.from_text(self._mirror.noted(key))

    def _are_young(self, seen_at: float | None) -> bool:
        return seen_at is not None and 0 <= self._wall() - seen_at < _AGE_LIMIT


def _off_screen(step: plan.OneCompany | plan.ContactsOf) -> plan.OneCompany | plan.ContactsOf:
    """Return a step as it is noted, wherever it was read for."""
    return type(step)(step.company_id)
