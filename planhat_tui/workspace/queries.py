"""What can be read of a profile: from this disk alone, at once, offline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import AmbiguousError, InputError, NotFoundError, QueryError
from planhat_tui.model import query as queries
from planhat_tui.model.abilities import Abilities
from planhat_tui.model.conflicts import merged_tags, standoff
from planhat_tui.model.custom import CustomType
from planhat_tui.model.definitions import defined, with_defined
from planhat_tui.model.edits import custom_key
from planhat_tui.model.outbox import State
from planhat_tui.model.phone import dialled, digits, matches
from planhat_tui.model.records import Contact, Kind, apart, text_of, texts_of
from planhat_tui.model.text import fold, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from planhat_tui.model.conflicts import Standoff
    from planhat_tui.model.definitions import Defined
    from planhat_tui.model.duplicates import Group
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.overview import Overview
    from planhat_tui.model.query import Query, Sort
    from planhat_tui.model.records import User
    from planhat_tui.model.values import Json
    from planhat_tui.store.absences import Doubt
    from planhat_tui.store.history import Seen
    from planhat_tui.store.rows import (
        CompanyRows,
        ContactRow,
        ContactRows,
        LoggedCall,
        Progress,
        Shown,
        Totals,
    )
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.store.unreadable import Unreadable

_SHARED_DIGITS: Final = 7
_LATELY: Final = 50
"""Edits of a record in which its tags are looked for."""


@dataclass(frozen=True, slots=True)
class ContactsView:
    """The contacts of a company. ``seen_at`` is ``None`` while they were never loaded."""

    rows: tuple[ContactRow, ...]
    seen_at: float | None


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Some of ``total`` edits, from ``offset`` on; ``sizes`` counts what stands of their steps."""

    total: int
    offset: int
    entries: tuple[Entry, ...]
    sizes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What one query finds everywhere."""

    companies: CompanyRows
    contacts: ContactRows
    calls: tuple[LoggedCall, ...]
    tags: tuple[tuple[str, int], ...]


class Queries:
    """Reads. Everything is as it is shown: with pending edits in it."""

    def __init__(self, store: TenantStore) -> None:
        self._store = store
        self._mirror = store.mirror

    def companies(
        self,
        text: str = "",
        limit: int = 500,
        offset: int = 0,
        *,
        guess: bool = False,
        sort: tuple[Sort, ...] = (),
        lately: Iterable[str] = (),
    ) -> CompanyRows:
        """Find companies. Raises :class:`QueryError`.

        ``guess`` forgives slips when nothing is found: for lists that are looked at, never for
        what is changed or counted on. ``sort`` holds unless the text says otherwise; ``lately``
        has ids that stand first among equals.
        """
        query = _asked(text, sort)
        return self._mirror.search_companies(query, limit, offset, guess=guess, lately=lately)

    def company_ids(
        self, text: str, limit: int, offset: int = 0, *, sort: tuple[Sort, ...] = ()
    ) -> tuple[str, ...]:
        """Return the ids of the companies found, in the order of the list."""
        return self._mirror.ids(_asked(text, sort), limit, offset)

    def place(self, company_id: str, text: str = "", sort: tuple[Sort, ...] = ()) -> int | None:
        """Return how many rows stand before a company in a list; ``None`` if it isn't found."""
        return self._mirror.place(_asked(text, sort), company_id)

    def neighbour(
        self, company_id: str, text: str, sort: tuple[Sort, ...] = (), *, back: bool = False
    ) -> str:
        """Return the next company that a text finds, from another one on in the list's order."""
        return self._mirror.neighbour(_asked(text, sort), company_id, back=back)

    def totals(self, text: str, marked: Iterable[str] = ()) -> Totals:
        """Return what the companies found add up to, and how many of the marked ones they are."""
        return self._mirror.totals(queries.parse(text), marked)

    def overview(self) -> Overview:
        """Return all companies counted by phase, health, month of renewal, owner and tag."""
        return self._mirror.overview()

    def custom_counts(self, typed: str) -> tuple[tuple[str, int], ...]:
        """Return names of companies' custom fields that start as typed, with counts."""
        counted = self._mirror.custom_fields(Kind.COMPANY, typed)
        known, start = {key for key, _ in counted}, fold(typed)
        keys = (one.key for one in self.definitions(Kind.COMPANY) if one.offered)
        more = (key for key in keys if key not in known and fold(key).startswith(start))
        return (*counted, *((key, 0) for key in sorted(more, key=fold)))

    def stop_guessing(self) -> None:
        """End the guesses that nobody waits for any more, from any thread."""
        self._mirror.stop_guessing()

    def contacts_found(
        self, text: str, limit: int = 200, company_id: str = "", *, guess: bool = False
    ) -> ContactRows:
        """Find contacts, of one company if it's given. Raises :class:`QueryError`.

        ``guess`` as for :meth:`companies`; in one company nothing is guessed.
        """
        return self._mirror.search_contacts(queries.parse(text), limit, company_id, guess=guess)

    def whom(self, company_id: str, text: str) -> str:
        """Return the contact there whom a search finds, by number, e-mail, name or external id.

        Empty if nobody is found so, or the search is one for the company's own name or its fields.
        """
        return next(iter(self.all_whom(company_id, text, 1)), "")

    def all_whom(self, company_id: str, text: str, most: int) -> tuple[str, ...]:
        """Return at most so many of the contacts there whom a search finds, as :meth:`whom`."""
        shown, words = self.company(company_id), fold(text).split()
        name = fold(text_of(shown.raw, "name")) if shown is not None else ""
        if all(word in name for word in words):
            return ()
        try:
            found = self.contacts_found(text, most, company_id)
        except QueryError:  # a company's field, or not typed to its end
            return ()
        return () if found.meant else tuple(row.id for row in found.rows)

    def company(self, company_id: str) -> Shown | None:
        """Return a company, ``None`` if it isn't here."""
        return self._mirror.company(company_id)

    def contact(self, contact_id: str) -> Shown | None:
        """Return a contact, ``None`` if it isn't here."""
        return self._mirror.contact(contact_id)

    def raws(self, kind: Kind, ids: Iterable[str]) -> tuple[dict[str, Json], ...]:
        """Return companies or contacts whole, as they are shown, in this order."""
        return self._mirror.raws(kind, ids)

    def stream(
        self, kind: Kind, text: str = "", *, sort: tuple[Sort, ...] = (), company_id: str = ""
    ) -> Iterator[dict[str, Json]]:
        """Give all that a text finds whole, as it is shown, in the order of the list.

        Companies, contacts (of one company, if it's given), or calls logged from here, which have
        no terms but words. A million take no more memory than a few hundred: they are read as they
        are taken, in one thread. Raises :class:`QueryError` before the first.
        """
        query = _asked(text, sort)
        if kind is Kind.CALL:
            return self._calls_told(query, company_id)
        return self._mirror.stream(kind, query, company_id=company_id)

    def _calls_told(self, query: Query, company_id: str) -> Iterator[dict[str, Json]]:
        if not (query.where is None or query.only_words):
            raise QueryError("Calls are found by words alone.", "A number, a note, an agent.")
        words = [fold(word) for word in query.words]
        return (
            {**one.call.raw, "note": one.note}
            for one in self.calls(company_id)
            if _tells(one, words)
        )

    def keyed(self, kind: Kind, path: str, text: str) -> tuple[dict[str, Json], ...]:
        """Return the records whose ``_id``, ``externalId``, ``email`` or ``name`` is that text."""
        return self._mirror.keyed(kind, path, text)

    def duplicates(self, kind: Kind) -> tuple[Group, ...]:
        """Return companies, or contacts, that may be the same, in groups."""
        from planhat_tui.model import duplicates

        parties = self._mirror.parties(kind)
        if kind is Kind.COMPANY:
            return duplicates.companies(parties)
        return duplicates.contacts(parties)

    def contacts(self, company_id: str, sort: tuple[Sort, ...] = ()) -> ContactsView:
        """Return the contacts of a company; without an order featured ones first, then by name."""
        seen_at = self._mirror.contacts_seen_at(company_id)
        return ContactsView(self._mirror.contacts_of(company_id, sort), seen_at)

    def calls(self, company_id: str = "") -> tuple[LoggedCall, ...]:
        """Return the calls logged from here, newest first."""
        return self._store.calls.list(company_id)

    def call(self, call_id: str) -> LoggedCall | None:
        """Return a call that was logged from here, ``None`` if it wasn't."""
        return self._store.calls.get(call_id)

    def find(self, text: str, limit: int = 50) -> Found:
        """Find companies, contacts, calls and tags. Raises :class:`QueryError`."""
        query = queries.parse(text)
        words = [fold(word) for word in query.words]
        plain = query.only_words
        calls = tuple(one for one in self.calls() if plain and _tells(one, words))
        tags = dict(self._mirror.tags(Kind.COMPANY))
        for tag, uses in self._mirror.tags(Kind.CONTACT):
            tags[tag] = tags.get(tag, 0) + uses
        return Found(
            companies=self._mirror.search_companies(query, limit),
            contacts=self._mirror.search_contacts(query, limit),
            calls=calls[:limit],
            tags=tuple(
                (tag, uses)
                for tag, uses in tags.items()
                if plain and all(word in fold(tag) for word in words)
            )[:limit],
        )

    def users(self, text: str = "") -> tuple[User, ...]:
        """Return the team, or those in whom all words are found."""
        words = fold(text).split()
        return tuple(
            user
            for user in self._mirror.users()
            if all(word in fold(f"{user.name} {user.email} {user.external_id}") for word in words)
        )

    def tags(self, kind: Kind) -> tuple[tuple[str, int], ...]:
        """Return the tags that occur, the most used first."""
        return self._mirror.tags(kind)

    def custom_keys(self, kind: Kind) -> tuple[tuple[str, CustomType, int], ...]:
        """Return the custom fields that occur, the most used first, and those that are defined."""
        return with_defined(self._mirror.custom_keys(kind), self.definitions(kind))

    def definitions(self, kind: Kind) -> tuple[Defined, ...]:
        """Return which custom fields of a kind are defined, as far as it was read."""
        known = map(defined, self._mirror.definitions())
        return tuple(one for one in known if one is not None and one.kind is kind)

    def raw_definitions(self) -> tuple[dict[str, Json], ...] | None:
        """Return the definitions of custom fields as Planhat has them; ``None``: none is here."""
        return self._mirror.definitions() or None

    def values(self, kind: Kind, field: str, typed: str = "") -> tuple[tuple[str, int], ...]:
        """Return values of a field of the query language that start as typed, with their counts.

        Those that are defined and nobody has yet come last, with 0.
        """
        counted = self._mirror.values(kind, field, typed)
        side, name = queries.located(kind, field)
        if (key := custom_key(name)) is None:
            return counted
        known = {fold(value) for value, _ in counted}
        named = (one for one in self.definitions(side) if fold(one.key) == fold(key))
        listed = (value for one in named for value in one.values)
        more = (v for v in listed if fold(v).startswith(fold(typed)) and fold(v) not in known)
        return (*counted, *((value, 0) for value in more))

    def custom_names(self, kind: Kind) -> tuple[tuple[str, str], ...]:
        """Return the names and types of the custom fields that occur or are defined, by name."""
        occurring = ((key, CustomType(used), 0) for key, used in self._mirror.custom_names(kind))
        known = with_defined(occurring, self.definitions(kind))
        return tuple((key, used) for key, used, _ in sorted(known, key=lambda one: fold(one[0])))

    def phases(self) -> tuple[tuple[str, int], ...]:
        """Return the phases that occur, the most used first."""
        return self._mirror.phases()

    def timeline(self, kind: Kind, record_id: str, limit: int = 1_000) -> tuple[Seen, ...]:
        """Return what was seen to change in a record, the latest first."""
        return self._store.history.of(kind, record_id, limit)

    def looked_at(self, kind: Kind, record_id: str) -> float | None:
        """Return when a person last looked at a record; ``None``: never."""
        return self._store.history.looked_at(kind, record_id)

    def news(self, kind: Kind, record_id: str) -> tuple[Seen, ...]:
        """Return what others have changed since the person last looked, the latest first."""
        return self._store.history.news(kind, record_id)

    def unseen(self, kind: Kind, ids: Iterable[str]) -> frozenset[str]:
        """Return which of these others have changed since the person last looked at them."""
        return self._store.history.unseen(kind, ids)

    def progress(self) -> Progress:
        """Return how much of the tenant is here."""
        return self._mirror.progress()

    def unreadable(self) -> tuple[Unreadable, ...]:
        """Return the records that Planhat has and that can't be kept here."""
        return self._mirror.unreadable()

    def fault(self, kind: Kind, record_id: str) -> str:
        """Return why a record can't be kept here; empty if nothing is known against it."""
        return self._mirror.fault(kind, record_id)

    def doubts(self) -> tuple[Doubt, ...]:
        """Return what a person is asked: records that Planhat's lists suspiciously lack."""
        return self._mirror.doubts()

    @property
    def edition(self) -> str:
        """The API's edition, ``seed`` or ``modern``; empty while it isn't known."""
        return self._mirror.noted("edition")

    @property
    def abilities(self) -> Abilities:
        """What the server was seen to heed."""
        return Abilities.from_text(self._mirror.noted("abilities"))

    def check(self) -> dict[str, str]:
        """Return what contradicts itself in each of the profile's files, by its name."""
        return self._store.check()

    def outbox(self) -> tuple[Entry, ...]:
        """Return what isn't delivered, oldest first."""
        return self._store.outbox.open_entries()

    def journal(self, limit: int = 500, record_id: str = "") -> tuple[Entry, ...]:
        """Return what was changed from here, newest first; of one record, if it's given."""
        return self._store.journal.list(limit, record_id)

    def journal_page(self, offset: int, count: int) -> JournalPage:
        """Return some of what was changed from here, newest first."""
        journal = self._store.journal
        entries = journal.list(count, offset=offset)
        sizes = journal.sizes(entry.step for entry in entries if entry.step)
        return JournalPage(journal.count(), offset, entries, sizes)

    def standoffs(self) -> tuple[Standoff, ...]:
        """Return the records that have fields in conflict, the oldest edit first."""
        found: dict[tuple[Kind, str], list[Entry]] = {}
        for entry in self.outbox():
            found.setdefault((entry.kind, entry.record_id), []).append(entry)
        known = (
            standoff(entries, self._store.conflicts.of(kind, record_id))
            for (kind, record_id), entries in found.items()
        )
        return tuple(self._with_merged(one) for one in known if one is not None)

    def standoff(self, n: int) -> Standoff:
        """Return what an edit is in conflict about. Raises :class:`InputError` if it isn't."""
        entry = self.entry(n)
        entries = self._store.outbox.open_entries(entry.kind, entry.record_id)
        theirs = self._store.conflicts.of(entry.kind, entry.record_id)
        found = standoff(entries, theirs) if entry.state is State.CONFLICT else None
        if found is None:
            raise InputError(f"Edit {n} isn't in conflict.", "conflict list shows those that are.")
        return self._with_merged(found)

    def _with_merged(self, found: Standoff) -> Standoff:
        """Add the tags, if both sides have changed them since mine was typed."""
        shown = (
            self.company(found.record_id)
            if found.kind is Kind.COMPANY
            else self.contact(found.record_id)
        )
        edits = [
            edit
            for edit in reversed(self.journal(_LATELY, found.record_id))
            if edit.state.is_open
            or (edit.state is State.DELIVERED and edit.state_at >= found.mine_at)
        ]
        server = shown.server if shown is not None else None
        kept = merged_tags(edits, texts_of(server or {}, "tags"))
        return found._replace(kept=(kept,) if kept is not None else ())

    def entry(self, n: int) -> Entry:
        """Return an entry, delivered or not. Raises :class:`NotFoundError`."""
        return self._store.outbox.get(n)

    def now_called(self, kind: Kind, record_id: str) -> str:
        """Return the id by which a record goes now: made here, or again, it had another before."""
        return self._store.outbox.now_called(kind, record_id)

    def resolve(self, kind: Kind, text: str) -> str:
        """Return the id of the one record that a text names: id, ``extid-…``, name or e-mail.

        Raises :class:`NotFoundError`, or :class:`AmbiguousError` with the candidates.
        """
        if kind is Kind.CALL:
            call = self.call(text)
            found: tuple[tuple[str, str], ...] = ((text, text),) if call else ()
        elif kind is Kind.USER:
            found = tuple((user.id, user.name) for user in self._users_named(text))
        else:
            found = self._mirror.by_name(kind, text)
        if not found:
            raise NotFoundError(
                f"There is no {kind} {visible(text)} here.", f"{kind} find looks for a part of it."
            )
        if len(found) > 1:
            known = tuple((one, self._apart(kind, one) or title) for one, title in found)
            raise AmbiguousError(f"{len(found)} records are called {visible(text)}.", known)
        return found[0][0]

    def _apart(self, kind: Kind, record_id: str) -> str:
        """Return what tells a record from another of its name; empty if nothing is known of it."""
        if kind is Kind.USER:
            users = {user.id: user for user in self._mirror.users()}
            raw = users[record_id].raw if record_id in users else {}
        else:
            shown = self.company(record_id) if kind is Kind.COMPANY else self.contact(record_id)
            raw = shown.raw if shown else {}
        return apart(kind, raw)

    def who_has_number(self, number: str) -> tuple[ContactRow, ...]:
        """Return the contacts who have a phone number, however it is written."""
        known = digits(number).lstrip("0")
        if len(known) < _SHARED_DIGITS:
            return ()
        rows = self._mirror.search_contacts(queries.parse(known[-_SHARED_DIGITS:])).rows
        return tuple(row for row in rows if matches(row.phone, number))

    def same_contacts(self, email: str, phone: str) -> tuple[Contact, ...]:
        """Return the contacts, at whatever company, who have an e-mail or a phone number already.

        Either may be empty. A number counts however it is written, an e-mail in any case.
        """
        by_email = self._mirror.keyed(Kind.CONTACT, "email", email.strip()) if email.strip() else ()
        by_phone = self.raws(Kind.CONTACT, [row.id for row in self.who_has_number(phone)])
        found = {text_of(raw, "_id"): Contact.from_raw(raw) for raw in (*by_email, *by_phone)}
        return tuple(found.values())

    def _users_named(self, text: str) -> list[User]:
        wanted = fold(text)
        users = self._mirror.users()
        by_id = [user for user in users if user.id == text]
        return by_id or [
            user
            for user in users
            if wanted
            in {fold(user.name), fold(user.email), fold(user.nick_name), fold(user.external_id)}
        ]


def _asked(text: str, sort: tuple[Sort, ...]) -> Query:
    query = queries.parse(text)
    return query._replace(sort=query.sort or sort)


def _tells(one: LoggedCall, words: list[str]) -> bool:
    text = fold(f"{one.call.nr} {digits(one.call.nr)} {one.note} {one.call.external_user_id}")
    return all(word in text or _dials(word, one.call.nr) for word in words)


def _dials(word: str, number: str) -> bool:
    """Tell whether a word is a number's digits or a part of them, however either is written."""
    if any(char.isalpha() for char in word):
        return False
    wanted = dialled(word).lstrip("0")
    return bool(wanted) and (wanted in dialled(number) or matches(word, number))
