"""Reading many records at once, in as few calls as a server's lists allow.

One by one, those of some companies, or the whole list once: whichever takes the fewest calls.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from planhat_tui.errors import NotFoundError
from planhat_tui.model.abilities import Abilities
from planhat_tui.model.limits import Lane
from planhat_tui.model.records import Kind, text_of
from planhat_tui.sync import endpoints, plan
from planhat_tui.sync.probe import is_last

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from planhat_tui.model.ports import Page, Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Raw
    from planhat_tui.store.tenant import TenantStore

Take: TypeAlias = "Callable[[Received], None]"

IDS_OF_A_CALL: Final = 80
"""Companies named in one address: 2,000 letters, as they were seen to occur."""
PAGE: Final = {Kind.COMPANY: plan.COMPANY_PAGE, Kind.CONTACT: plan.CONTACT_PAGE}


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
    kind: Kind, wanted: Mapping[str, str], total: int, *, lists: bool, filters: bool
) -> Reading:
    """Return the way that takes the fewest calls.

    ``wanted`` are ids with the companies that they belong to; ``total`` is about how many records
    the server has. ``lists`` and ``filters`` tell whether it lists them, and heeds a filter.
    """
    ways = [Reading(Way.EACH, len(wanted))]
    if lists:
        pages = -(-max(total, 1) // PAGE[kind])
        ways.append(Reading(Way.ALL, pages))
        if filters and all(wanted.values()):
            ways.append(Reading(Way.NAMED, -(-len({*wanted.values()}) // IDS_OF_A_CALL)))
    return min(ways, key=lambda found: (found.calls, found.way is Way.ALL))


class Gathering:
    """Reads many records. Its methods raise the errors of the calls."""

    def __init__(self, api: Planhat, store: TenantStore) -> None:
        self._api = api
        self._store = store

    def reading(self, kind: Kind, wanted: Mapping[str, str]) -> Reading:
        """Return how these are best read, by what is known of the server and of its size."""
        abilities = Abilities.from_text(self._store.mirror.noted("abilities"))
        progress = self._store.mirror.progress()
        contacts = max(progress.contacts_done, progress.contacts_known or 0)
        return reading(
            kind,
            wanted,
            progress.companies_known if kind is Kind.COMPANY else contacts,
            lists=abilities.lists is not False,
            filters=bool(abilities.filter),
        )

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

    async def holders(self, kind: Kind, bodies: Iterable[Raw]) -> dict[Place, list[Received]]:
        """Return who has the external ids of these already: companies as the lean list has them."""
        found: dict[Place, list[Received]] = {place_of(kind, body): [] for body in bodies}

        def take(record: Received) -> None:
            there = found.get(place_of(kind, record.data))
            if there is not None and all(one.id != record.id for one in there):
                there.append(record)

        if kind is Kind.COMPANY:
            await _each_of(await self._api.lean_companies(lane=Lane.OUTBOX), take)
        else:
            await self._contacts_of({place.company for place in found}, take)
        return {place: there for place, there in found.items() if there}

    async def under(self, kind: Kind, places: Mapping[Place, str]) -> dict[Place, list[Received]]:
        """Return the whole records that stand under these external ids.

        The ids that are known needn't be looked for; the others are empty.
        """
        bodies = [{"companyId": one.company, "externalId": one.external_id} for one in places]
        if kind is Kind.CONTACT:
            return await self.holders(kind, bodies)
        ids = {record_id: place for place, record_id in places.items()}
        if "" in ids:
            lean = await self.holders(kind, bodies)
            ids = {record.id: place for place, there in lean.items() for record in there}
        found: dict[Place, list[Received]] = {}
        for record_id, record in (await self.records(kind, {one: one for one in ids})).items():
            found.setdefault(ids[record_id], []).append(record)
        return found

    async def _contacts_of(self, companies: Iterable[str], take: Take) -> None:
        """Read the contacts of some companies, and others' where that takes fewer calls."""
        wanted = {one: one for one in companies}
        match self.reading(Kind.CONTACT, wanted).way:
            case Way.EACH:
                for company in wanted:
                    await _each_of(await self._api.contacts_of(company, lane=Lane.OUTBOX), take)
            case Way.NAMED:
                for some in _named(wanted):
                    await self._listed(Kind.CONTACT, some, take, _never)
            case Way.ALL:
                await self._listed(Kind.CONTACT, (), take, _never)

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
    ) -> None:
        """Read a list page by page until that is enough, or it brings nothing new."""
        read = self._api.companies if kind is Kind.COMPANY else self._api.contacts
        size, offset, first = PAGE[kind], 0, ""
        while True:
            page = await read(
                limit=size, offset=offset, sort="_id", company_ids=companies, lane=Lane.OUTBOX
            )
            begins = await _each_of(page, take)
            repeats = offset > 0 and begins == first  # the offset is ignored
            if repeats or enough() or is_last(page.count, size):
                return
            first = first or begins
            offset += page.count


async def _each_of(page: Page, take: Take) -> str:
    """Hand over the records of a page; the id that it begins with."""
    begins = ""
    for piece in page.slices():
        for record in piece.records:
            begins = begins or record.id
            take(record)
        await asyncio.sleep(0)
    return begins


def _named(companies: Iterable[str]) -> Iterable[Sequence[str]]:
    once = [*dict.fromkeys(companies)]
    return (once[at : at + IDS_OF_A_CALL] for at in range(0, len(once), IDS_OF_A_CALL))


def _never() -> bool:
    return False
