"""Which records at Planhat may be what was to be made here, looked for at once for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.limits import Lane
from planhat_tui.model.records import Kind, text_of
from planhat_tui.sync.gathering import Way, each_of
from planhat_tui.sync.likeness import Likeness, likeness, marks_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.ports import Planhat, Slice
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Raw
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.gathering import Gathering
    from planhat_tui.sync.likeness import Mark

MOST: Final = 10
"""Companies of one name that are looked at; of more than these, a person decides."""


def company_of(entry: Entry) -> str:
    """Return the id of the company at which a contact was to be made; empty if none was named."""
    company = text_of(entry.body or {}, "companyId")
    return "" if company.startswith("extid-") else company


class Fits(NamedTuple):
    """What an entry has made, and what it may have made: of the latter nobody can know."""

    surely: list[Received]
    perhaps: list[Received]


class Candidates:
    """Looks for what may have been made. Its methods raise the errors of the calls."""

    def __init__(self, api: Planhat, store: TenantStore, gathering: Gathering) -> None:
        self._api = api
        self._store = store
        self._gathering = gathering

    async def of(self, kind: Kind, entries: Sequence[Entry]) -> dict[int, Fits | None]:
        """Return what each entry may have made, by its number; ``None`` if nobody can know."""
        if kind is Kind.COMPANY:
            return await self._companies(entries)
        return await self._contacts(entries)

    async def _companies(self, entries: Sequence[Entry]) -> dict[int, Fits | None]:
        """Look in the lean list, and read whole what fits.

        One external id is asked for first; a server that dropped it has the company all the same.
        """
        marked = _Marked(entries)
        fits: dict[int, dict[str, None]] = {entry.n: {} for entry in entries}

        async def take_all(piece: Slice) -> None:
            for lean in piece.records:
                for entry in marked.by(lean.data):
                    if len(fits[entry.n]) <= MOST:
                        fits[entry.n][lean.id] = None

        alone = text_of(entries[0].body or {}, "externalId").strip() if len(entries) == 1 else ""
        if alone:
            await self._api.lean_companies(external_id=alone, lane=Lane.OUTBOX, take=take_all)
        if not any(fits.values()):
            await self._api.lean_companies(lane=Lane.OUTBOX, take=take_all)
        few = {n: ids for n, ids in fits.items() if len(ids) <= MOST}
        wanted = {one: one for ids in few.values() for one in ids}
        there = await self._gathering.records(Kind.COMPANY, wanted)
        lacking = {one: one for one in wanted if one not in there}
        there |= await self._gathering.records(Kind.COMPANY, lacking, Way.EACH)
        found: dict[int, Fits | None] = {}
        for entry in entries:
            ids = few.get(entry.n)
            some = None if ids is None else [there[one] for one in ids if one in there]
            found[entry.n] = None if some is None else _fits(entry, some)
        return found

    async def _contacts(self, entries: Sequence[Entry]) -> dict[int, Fits | None]:
        """Look among the contacts of the companies; where none was named, by the e-mail."""
        placed: dict[str, list[Entry]] = {}
        for entry in entries:
            placed.setdefault(company_of(entry), []).append(entry)
        strays = placed.pop("", [])
        marked = {company: _Marked(some) for company, some in placed.items()}
        fits: dict[int, dict[str, Received]] = {entry.n: {} for entry in entries}

        def take(contact: Received) -> None:
            there = marked.get(text_of(contact.data, "companyId"))
            for entry in there.by(contact.data) if there is not None else ():
                fits[entry.n][contact.id] = contact

        all_came = not marked or await self._gathering.contacts_of(marked, take)
        found = {
            entry.n: _known(_fits(entry, fits[entry.n].values()), all_came=all_came)
            for entry in entries
        }
        for entry in strays:
            found[entry.n] = await self._by_email(entry)
        return found

    async def _by_email(self, entry: Entry) -> Fits | None:
        email = text_of(entry.body or {}, "email")
        if not email or self._store.mirror.noted("edition") != "modern":
            return None
        found: list[Received] = []
        page = await self._api.contacts(email=email, limit=MOST, offset=0, lane=Lane.OUTBOX)
        await each_of(page, found.append)
        heeded = all(text_of(one.data, "email").casefold() == email.casefold() for one in found)
        return _known(_fits(entry, found), all_came=heeded)


def _fits(entry: Entry, some: Iterable[Received]) -> Fits:
    told = [(one, likeness(entry, one.data)) for one in some]
    return Fits(
        [one for one, like in told if like is Likeness.YES],
        [one for one, like in told if like is Likeness.PERHAPS],
    )


def _known(fits: Fits, *, all_came: bool) -> Fits | None:
    """Return what an entry has made; where not all came, what isn't among them may be there."""
    return fits if fits.surely or all_came else None


class _Marked:
    """Entries by what they are known by, so that a list of any length is gone through once."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: dict[Mark, list[Entry]] = {}
        self._by_fields: dict[frozenset[str], list[Entry]] = {}
        for entry in entries:
            marks = marks_of(entry.body or {})
            for mark in marks.values():
                self._entries.setdefault(mark, []).append(entry)
            self._by_fields.setdefault(frozenset(marks) - {"phone"}, []).append(entry)

    def by(self, there: Raw) -> Collection[Entry]:
        """Return the entries that a record may be of.

        They have a mark in common with it, or but for a phone no field that could tell.
        """
        marks = marks_of(there)
        found = {e.n: e for mark in marks.values() for e in self._entries.get(mark, ())}
        for names, entries in self._by_fields.items():
            if names.isdisjoint(marks):
                found |= {entry.n: entry for entry in entries}
        return found.values()
