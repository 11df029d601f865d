"""Reading many records at once, in as few calls as a server's lists allow.

One by one, those of some companies, or the whole list once: whichever takes the fewest calls.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from planhat_tui.errors import NotFoundError, ServerError
from planhat_tui.model.limits import Lane
from planhat_tui.model.pages import is_last
from planhat_tui.model.records import Kind, text_of
from planhat_tui.sync import endpoints
from planhat_tui.sync.pages import PageSizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from planhat_tui.model.ports import Page, Planhat, Slice
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Raw
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.learned import Learned

Take: TypeAlias = "Callable[[Received], None]"

IDS_OF_A_CALL: Final = 80
"""Companies named in one address: 2,000 letters, as they were seen to occur."""

SEVERAL: Final = 10
"""Records under one external id that are looked at: more say no more than these, and a list may
have nothing else."""

MOST: Final = 5_000_000
"""Records of a list that is read page by page: more than anybody has."""


class Way(StrEnum):
    """How many records are read."""

    EACH = "each"
    NAMED = "named"
    ALL = "all"


class Reading(NamedTuple):
    """How records are read, and how many calls that takes about."""

    way: Way
    calls: int


class Place(NamedTuple):
    """An external id, and the company within which it holds: none for a company's own."""

    company: str
    external_id: str


def place_of(kind: Kind, raw: Raw) -> Place:
    """Return under which external id a record stands, or is to stand."""
    return Place(
        text_of(raw, "companyId") if kind is Kind.CONTACT else "",
        text_of(raw, "externalId").strip(),
    )


def reading(
    wanted: Mapping[str, str], pages: int, *, lists: bool, filters: bool, each: bool = True
) -> Reading:
    """Return the way that takes the fewest calls.

    ``wanted`` are ids with the companies that they belong to; ``pages`` are the calls that the list
    of all takes. ``lists`` and ``filters`` tell whether there is one, and whether it heeds a
    filter; ``each`` whether they can be had one by one, else there is a list.
    """
    ways = [Reading(Way.EACH, len(wanted))] if each else []
    if lists or not each:
        ways.append(Reading(Way.ALL, pages))
        if filters and all(wanted.values()):
            ways.append(Reading(Way.NAMED, -(-len({*wanted.values()}) // IDS_OF_A_CALL)))
    return min(ways, key=lambda found: (found.calls, found.way is Way.ALL))


class Gathering:
    """Reads many records. Its methods raise the errors of the calls."""

    def __init__(self, api: Planhat, store: TenantStore, learned: Learned) -> None:
        self._api = api
        self._store = store
        self._learned = learned
        self._sizes = PageSizes(store.mirror)

    def reading(self, kind: Kind, wanted: Mapping[str, str]) -> Reading:
        """Return how these are best read, by what is known of the server and of its size."""
        return self._reading(kind, wanted)

    def reading_at(self, companies: Iterable[str]) -> Reading:
        """Return how the contacts of companies are best read.

        Each company's, but where a server lists everybody's whatever company is named.
        """
        each = self._learned.abilities.by_company is not False
        return self._reading(Kind.CONTACT, {one: one for one in companies}, each=each)

    def _reading(self, kind: Kind, wanted: Mapping[str, str], *, each: bool = True) -> Reading:
        abilities = self._learned.abilities
        progress = self._store.mirror.progress()
        contacts = max(progress.contacts_done, progress.contacts_known or 0)
        total = progress.companies_known if kind is Kind.COMPANY else contacts
        return reading(
            wanted,
            self._sizes.calls(kind, total),
            lists=abilities.lists is not False,
            filters=bool(abilities.filter),
            each=each,
        )

    def wanted(self, kind: Kind, ids: Sequence[str]) -> dict[str, str]:
        """Return the ids of records with those of their companies, empty where one isn't known."""
        if kind is Kind.COMPANY:
            return {one: one for one in ids}
        known = {text_of(raw, "_id"): raw for raw in self._store.mirror.raws(kind, ids)}
        return {one: text_of(known.get(one, {}), "companyId") for one in ids}

    async def records(
        self, kind: Kind, wanted: Mapping[str, str], way: Way | None = None
    ) -> dict[str, Received]:
        """Read records; those that Planhat no longer has, or that its list lacks, are missing."""
        found: dict[str, Received] = {}

        def take(record: Received) -> None:
            if record.id in wanted:
                found[record.id] = record

        match way or self.reading(kind, wanted).way:
            case Way.EACH:
                return await self._each(kind, wanted)
            case Way.NAMED:
                for some in _named(wanted.values()):
                    await self._listed(kind, some, take, lambda: len(found) == len(wanted))
            case Way.ALL:
                await self._listed(kind, (), take, lambda: len(found) == len(wanted))
        return found

    async def holders(
        self, kind: Kind, bodies: Iterable[Raw]
    ) -> dict[Place, list[Received]] | None:
        """Return who has the external ids of these already, :data:`SEVERAL` of each at most.

        Companies are as the lean list has them. ``None`` if nobody can know.
        """
        found: dict[Place, list[Received]] = {place_of(kind, body): [] for body in bodies}

        def take(record: Received) -> None:
            there = found.get(place_of(kind, record.data))
            if there is None or len(there) >= SEVERAL:
                return
            if all(one.id != record.id for one in there):
                there.append(record)

        async def take_all(piece: Slice) -> None:
            for record in piece.records:
                take(record)

        if kind is Kind.COMPANY:
            await self._api.lean_companies(lane=Lane.OUTBOX, take=take_all)
        elif not await self.contacts_of({place.company for place in found}, take):
            return None
        return {place: there for place, there in found.items() if there}

    async def under(self, kind: Kind, places: Mapping[Place, str]) -> dict[Place, list[Received]]:
        """Return the whole records that stand under these external ids.

        The ids that are known needn't be looked for; the others are empty.
        """
        bodies = [{"companyId": one.company, "externalId": one.external_id} for one in places]
        if kind is Kind.CONTACT:
            return await self.holders(kind, bodies) or {}
        ids = {record_id: place for place, record_id in places.items()}
        if "" in ids:
            lean = await self.holders(kind, bodies) or {}
            ids = {record.id: place for place, there in lean.items() for record in there}
        found: dict[Place, list[Received]] = {}
        for record_id, record in (await self.records(kind, {one: one for one in ids})).items():
            found.setdefault(ids[record_id], []).append(record)
        return found

    async def contacts_of(self, companies: Iterable[str], take: Take) -> bool:
        """Read the contacts of some companies, and others' where that takes fewer calls.

        Tells whether all of theirs have come: not from a server that ignores which company is
        named, and where its list is to begin. Some may come twice.
        """
        wanted = [*dict.fromkeys(companies)]
        way = self.reading_at(wanted).way
        if way is Way.NAMED:
            parts = [await self._listed(Kind.CONTACT, one, take, _never) for one in _named(wanted)]
            return all(parts)
        if way is Way.EACH and await self._at_each(wanted, take):
            return True
        return await self._listed(Kind.CONTACT, (), take, _never)

    async def _at_each(self, companies: Iterable[str], take: Take) -> bool:
        """Read each company's contacts; stop where others' come, of which these are the front."""
        strangers = 0

        def look(record: Received) -> None:
            nonlocal strangers
            strangers += text_of(record.data, "companyId") != company
            take(record)

        for company in companies:
            known = len(self._store.mirror.contact_ids(company)) + 1  # one may have been made
            page = await self._api.contacts_of(company, known=known, lane=Lane.OUTBOX)
            await each_of(page, look)
            if strangers:
                self._learned.learn(filter=False, by_company=False)
                return False
        return True

    async def _each(self, kind: Kind, wanted: Iterable[str]) -> dict[str, Received]:
        found: dict[str, Received] = {}
        for record_id in wanted:
            try:
                found[record_id] = await endpoints.fetch(self._api, kind, record_id, Lane.OUTBOX)
            except NotFoundError:
                continue
        return found

    async def _listed(
        self, kind: Kind, companies: Sequence[str], take: Take, enough: Callable[[], bool]
    ) -> bool:
        """Read a list page by page until that is enough, or it brings nothing new.

        Tells whether it came to that, or to the list's end: a server that ignores where the list
        is to begin gives the same page again and again. Raises :class:`ServerError` where it
        doesn't end.
        """
        offset, front, before = 0, frozenset[str](), frozenset[str]()

        async def ask(size: int) -> Page:
            read = self._api.companies if kind is Kind.COMPANY else self._api.contacts
            return await read(
                limit=size, offset=offset, sort="_id", company_ids=companies, lane=Lane.OUTBOX
            )

        while True:
            page, size = await self._sizes.read(kind, ask)
            if page is None:  # a record that is too large: it goes by itself
                offset += 1
                continue
            ids = await each_of(page, take)
            if enough() or is_last(page.count, size):
                return True
            if ids and ids <= front | before:
                return (await ask(1)).count > 1  # who ignores how many are wanted gives all of them
            front, before = front or ids, ids
            offset += page.count
            if offset > MOST:
                raise ServerError(
                    f"Planhat's list doesn't end: {offset:,} records have come.",
                    "Check base_url: it may be the address of another service.",
                )


async def each_of(page: Page, take: Take) -> frozenset[str]:
    """Hand over the records of a page; the ids of all that it has, as far as they can be read."""
    ids: set[str] = set()
    for piece in page.slices():
        for record in piece.records:
            take(record)
            ids.add(record.id)
        ids.update(one.id for one in piece.set_aside)
        await asyncio.sleep(0)
    return frozenset(ids - {""})


def _named(companies: Iterable[str]) -> Iterable[Sequence[str]]:
    once = [*dict.fromkeys(companies)]
    return (once[at : at + IDS_OF_A_CALL] for at in range(0, len(once), IDS_OF_A_CALL))


def _never() -> bool:
    return False
