"""What can be read of a profile: from this disk alone, at once, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import AmbiguousError, InputError, NotFoundError, QueryError
from planhat_tui.model import query as queries
from planhat_tui.model.custom import CustomType
from planhat_tui.model.edits import custom_key
from planhat_tui.model.fields import HAVE_CUSTOM
from planhat_tui.model.outbox import State
from planhat_tui.model.phone import SHARED, dialled, digits, matches
from planhat_tui.model.query import Sort
from planhat_tui.model.query.writing import quoted
from planhat_tui.model.records import NEW_ID_PREFIX, Contact, Kind, apart, text_of, texts_of
from planhat_tui.model.text import fold, visible
from planhat_tui.workspace.identifying import how_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from planhat_tui.model.abilities import Abilities
    from planhat_tui.model.conflicts import Standoff
    from planhat_tui.model.definitions import Defined
    from planhat_tui.model.duplicates import Group
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.overview import Overview
    from planhat_tui.model.query import Query
    from planhat_tui.model.records import User
    from planhat_tui.model.values import Json, Raw
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

_LATELY: Final = 50
"""Edits of a record in which its tags are looked for."""


class ContactsView(NamedTuple):
    """The contacts of a company. ``seen_at`` is ``None`` while they were never read.

    ``known`` tells whether these are all: also where the company was made here, since nobody else
    has anybody there.
    """

    rows: tuple[ContactRow, ...]
    seen_at: float | None
    known: bool


class Whose(NamedTuple):
    """The contacts who have a number, and the ids of the companies whose own it is."""

    contacts: tuple[ContactRow, ...]
    companies: tuple[str, ...]

    @property
    def contact(self) -> ContactRow | None:
        """Who is meant by the number alone; ``None`` if several have it, or nobody."""
        return self.contacts[0] if len(self.contacts) == 1 else None

    @property
    def company_ids(self) -> frozenset[str]:
        """Where whoever has the number may be; a contact's company goes before a number's own."""
        at = {one.company_id for one in self.contacts if one.company_id}
        return frozenset(at or self.companies)

    @property
    def company_id(self) -> str:
        """The company that is meant by the number alone; empty if it's several, or none."""
        return next(iter(self.company_ids)) if len(self.company_ids) == 1 else ""


class JournalPage(NamedTuple):
    """Some of ``total`` edits, from ``offset`` on; ``sizes`` counts what stands of their steps."""

    total: int
    offset: int
    entries: tuple[Entry, ...]
    sizes: Mapping[str, int]


class Found(NamedTuple):
    """What one query finds everywhere; calls and tags only ``by_words`` alone."""

    companies: CompanyRows
    contacts: ContactRows
    calls: tuple[LoggedCall, ...]
    tags: tuple[tuple[str, int], ...]
    by_words: bool = True


class Elsewhere(NamedTuple):
    """How much one query finds beside companies; ``capped``: there are more contacts than that."""

    contacts: int = 0
    calls: int = 0
    tags: int = 0
    capped: bool = False

    @property
    def total(self) -> int:
        """All of it."""
        return self.contacts + self.calls + self.tags


NOT_ALL_LOADED: Final = "Not all is loaded yet: planhat-tui sync loads the rest."
"""What is added where something isn't found."""


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
        self,
        text: str,
        limit: int,
        offset: int = 0,
        *,
        guess: bool = False,
        sort: tuple[Sort, ...] = (),
        lately: Iterable[str] = (),
    ) -> tuple[str, ...]:
        """Return the ids of what :meth:`companies` finds, in its order."""
        return self._mirror.ids(_asked(text, sort), limit, offset, guess=guess, lately=lately)

    def place(
        self,
        company_id: str,
        text: str = "",
        *,
        guess: bool = False,
        sort: tuple[Sort, ...] = (),
        lately: Iterable[str] = (),
    ) -> int | None:
        """Return how many rows of what :meth:`companies` finds stand before a company.

        ``None`` if it isn't among them.
        """
        return self._mirror.place(_asked(text, sort), company_id, guess=guess, lately=lately)

    def neighbour(
        self,
        company_id: str,
        text: str,
        *,
        within: str = "",
        back: bool = False,
        guess: bool = False,
        sort: tuple[Sort, ...] = (),
        lately: Iterable[str] = (),
    ) -> str:
        """Return the next company that a text finds, from another one on in the order of a list.

        ``within``, ``sort`` and ``lately`` are what the list is asked for: it may have more.
        """
        listed, query = _asked(within, sort), queries.parse(text)
        order = listed.sort or (() if listed.words else (Sort("name"),))
        query = query._replace(sort=order)
        return self._mirror.neighbour(query, company_id, back=back, guess=guess, lately=lately)

    def totals(
        self,
        text: str,
        marked: Iterable[str] = (),
        *,
        sort: tuple[Sort, ...] = (),
        lately: Iterable[str] = (),
    ) -> Totals:
        """Return what the companies found add up to, and how many of the marked ones they are.

        ``sort`` and ``lately`` as for :meth:`companies`: a limit leaves the first in that order.
        """
        return self._mirror.totals(_asked(text, sort), marked, lately=lately)

    def hint(self, kind: Kind, text: str) -> str:
        """Return a sentence about what a text asks for and isn't known here; empty for most.

        Whom or what it finds then isn't all that is meant. Raises :class:`QueryError`.
        """
        return self._mirror.hint(kind, queries.parse(text))

    def check_me(self, text: str) -> None:
        """Raise :class:`InputError` where a text asks for ``me`` and it isn't known who that is.

        For what is changed by it: without anybody, ``-owner:me`` means everybody's.
        """
        if why := self._mirror.unknown_me(queries.parse(text)):
            raise InputError(why)

    def count(self, text: str) -> int:
        """Return how many companies a text finds. Raises :class:`QueryError`."""
        query = queries.parse(text)
        found = self._mirror.search_companies(query, limit=1)
        return self._mirror.totals(query, ()).companies if found.capped else found.total

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
        """Return companies or contacts whole, as they are shown, in this order.

        One that was made since is found by the id that it had before, too.
        """
        named = [*ids]
        found = self._mirror.raws(kind, named)
        here = {text_of(raw, "_id") for raw in found}
        made = {
            one: self.now_called(kind, one)
            for one in named
            if one.startswith(NEW_ID_PREFIX) and one not in here
        }
        if not made:
            return found
        return self._mirror.raws(kind, dict.fromkeys(made.get(one, one) for one in named))

    def names_only(self, kind: Kind, ids: Iterable[str]) -> frozenset[str]:
        """Return which of these records aren't loaded: of companies it may be the name alone."""
        return self._mirror.names_only(ids) if kind is Kind.COMPANY else frozenset()

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

    def keyed(
        self,
        kind: Kind,
        path: str,
        text: str,
        company_id: str = "",
        fits: Callable[[Raw], bool] | None = None,
    ) -> tuple[dict[str, Json], ...]:
        """Return the records whose ``_id``, ``externalId``, ``email`` or ``name`` is that text.

        At one company, if it's given, and of those the first that fit.
        """
        return self._mirror.keyed(kind, path, text, company_id, fits)

    def company_name(self, company_id: str) -> str:
        """Return what a company is called, as it is shown; empty if it isn't here."""
        return self._mirror.company_name(company_id)

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
        known = seen_at is not None or company_id.startswith(NEW_ID_PREFIX)
        return ContactsView(self._mirror.contacts_of(company_id, sort), seen_at, known)

    def calls(self, company_id: str = "") -> tuple[LoggedCall, ...]:
        """Return the calls logged from here, newest first."""
        return self._store.calls.list(company_id)

    def call(self, call_id: str) -> LoggedCall | None:
        """Return a call that was logged from here, ``None`` if it wasn't."""
        return self._store.calls.get(call_id)

    def find(self, text: str, limit: int = 50) -> Found:
        """Find companies and contacts, at most so many, calls and tags. Raises :class:`QueryError`.

        All that is found is counted.
        """
        query = queries.parse(text)
        counted = {
            tag: sum(self._mirror.uses(kind, tag) for kind in (Kind.COMPANY, Kind.CONTACT))
            for tag in self._tags_with(query)
        }
        return Found(
            companies=self._mirror.search_companies(query, limit),
            contacts=self._mirror.search_contacts(query, limit),
            calls=self._calls_with(query),
            tags=tuple(sorted(counted.items(), key=lambda one: (-one[1], fold(one[0]), one[0]))),
            by_words=query.only_words,
        )

    def elsewhere(self, text: str) -> Elsewhere:
        """Count what :meth:`find` gives beside companies. Raises :class:`QueryError`.

        Of many contacts it isn't counted how many they are. Without a word there's nothing to
        count: what terms alone find are the companies that are listed.
        """
        query = queries.parse(text)
        if not query.words:
            return Elsewhere()
        contacts = self._mirror.search_contacts(query, limit=1)
        calls, tags = self._calls_with(query), self._tags_with(query)
        return Elsewhere(contacts.total, len(calls), len(tags), contacts.capped)

    def _calls_with(self, query: Query) -> tuple[LoggedCall, ...]:
        words = [fold(word) for word in query.words]
        return tuple(one for one in self.calls() if _tells(one, words)) if query.only_words else ()

    def _tags_with(self, query: Query) -> tuple[str, ...]:
        """Return the tags of companies and contacts that have the words, each spelling once."""
        if not query.only_words:
            return ()
        words, kinds = [fold(word) for word in query.words], (Kind.COMPANY, Kind.CONTACT)
        return tuple(dict.fromkeys(t for k in kinds for t in self._mirror.tags_with(k, words)))

    def query_of_tag(self, tag: str) -> str:
        """Return the query for the companies that have a tag, or have a contact who has it."""
        wanted = fold(tag)
        own = any(fold(one) == wanted for one in self._mirror.tags_with(Kind.COMPANY, [wanted]))
        return f"{'' if own else 'contacts.'}tag:{quoted(tag)}"

    def users(self, text: str = "") -> tuple[User, ...]:
        """Return the team, or those in whom all words are found."""
        words = fold(text).split()
        return tuple(
            user
            for user in self._mirror.users()
            if all(word in fold(f"{user.name} {user.email} {user.external_id}") for word in words)
        )

    def tags(self, kind: Kind, typed: str = "") -> tuple[tuple[str, int], ...]:
        """Return the tags that occur and start as typed, by spelling, the most used first."""
        return self._mirror.tags(kind, typed)

    def custom_keys(self, kind: Kind) -> tuple[tuple[str, CustomType, int], ...]:
        """Return the custom fields that occur, the most used first, and those that are defined."""
        from planhat_tui.model.definitions import with_defined

        return with_defined(self._mirror.custom_keys(kind), self.definitions(kind))

    def definitions(self, kind: Kind) -> tuple[Defined, ...]:
        """Return which custom fields of a kind are defined, as far as it was read."""
        from planhat_tui.model.definitions import defined_of

        return defined_of(kind, self._mirror.definitions())

    def barred(self, kind: Kind) -> Mapping[str, str]:
        """Return the paths of the custom fields that nobody sets, each with the reason."""
        if not (formulas := self._mirror.formulas()):  # with each company that is shown
            return {}
        from planhat_tui.model.definitions import barred, defined_of

        return barred(defined_of(kind, formulas))

    def raw_definitions(self) -> tuple[dict[str, Json], ...] | None:
        """Return the definitions of custom fields as Planhat has them; ``None``: none is here."""
        return self._mirror.definitions() or None

    def values(self, kind: Kind, field: str, typed: str = "") -> tuple[tuple[str, int], ...]:
        """Return values of a field of the query language that start as typed, with their counts.

        Those that are defined are written as they are defined; which nobody has yet come last,
        with 0.
        """
        counted = self._mirror.values(kind, field, typed)
        side, name = queries.located(kind, field)
        if (key := custom_key(name)) is None:
            return counted
        named = (one for one in self.definitions(side) if fold(one.key) == fold(key))
        listed = {fold(value): value for one in named for value in one.values}
        found = tuple((listed.pop(fold(value), value), uses) for value, uses in counted)
        more = (value for folded, value in listed.items() if folded.startswith(fold(typed)))
        return (*found, *((value, 0) for value in more))

    def custom_names(self, kind: Kind) -> tuple[tuple[str, str], ...]:
        """Return the names and types of the custom fields that occur or are defined, by name.

        Only companies and contacts have any.
        """
        from planhat_tui.model.definitions import with_defined

        if kind not in HAVE_CUSTOM:
            return ()
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

    def last_calls(self, kind: Kind) -> Mapping[str, float]:
        """Return when records were called last, in seconds since the epoch, by their ids.

        Of calls that were logged from here; it isn't to be changed.
        """
        return self._store.calls.last(kind)

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
    def synced_at(self) -> float | None:
        """When Planhat was last asked what has changed, in seconds since the epoch."""
        told = [self._mirror.noted("changes_at"), self.progress().seen_at]
        return max((float(one) for one in told if one), default=None)

    def counts(self) -> Mapping[State, int]:
        """Return how many edits aren't delivered, by state."""
        return self._store.outbox.counts()

    @property
    def edition(self) -> str:
        """The API's edition, ``seed`` or ``modern``; empty while it isn't known."""
        return self._mirror.noted("edition")

    @property
    def abilities(self) -> Abilities:
        """What the server was seen to heed."""
        from planhat_tui.model.abilities import Abilities

        return Abilities.from_text(self._mirror.noted("abilities"))

    def check(self) -> dict[str, str]:
        """Return what contradicts itself in each of the profile's files, by its name."""
        return self._store.check()

    def damaged_copies(self) -> tuple[Path, ...]:
        """Return the files that were set aside because they are damaged."""
        return self._store.damaged_copies()

    def outbox(self) -> tuple[Entry, ...]:
        """Return what isn't delivered, oldest first."""
        return self._store.outbox.open_entries()

    def let_go(self) -> tuple[int, ...]:
        """Return the numbers of what was dropped and may still arrive."""
        return self._store.outbox.let_go()

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
        from planhat_tui.model.conflicts import standoff

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
        from planhat_tui.model.conflicts import standoff

        entry = self.entry(n)
        entries = self._store.outbox.open_entries(entry.kind, entry.record_id)
        theirs = self._store.conflicts.of(entry.kind, entry.record_id)
        found = standoff(entries, theirs) if entry.state is State.CONFLICT else None
        if found is None:
            raise InputError(f"Edit {n} isn't in conflict.", "conflict list shows those that are.")
        return self._with_merged(found)

    def _with_merged(self, found: Standoff) -> Standoff:
        """Add the tags, if both sides have changed them since mine was typed."""
        from planhat_tui.model.conflicts import merged_tags

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

        An id that it had before counts as well, such as the one of what wasn't delivered yet.

        Raises :class:`NotFoundError`, or :class:`AmbiguousError` with the candidates.
        """
        found = self._named(kind, text)
        if not found and (now := self.now_called(kind, text)) != text:
            found = self._named(kind, now)
        if not found:
            advice = f"{kind} find looks for a part of it."
            if kind is Kind.CONTACT and not self._mirror.progress().contacts_complete:
                advice += f" {NOT_ALL_LOADED}"
            raise NotFoundError(f"There is no {kind} {visible(text)} here.", advice)
        if len(found) > 1:
            known = tuple((one, self._apart(kind, one) or title) for one, title in found)
            raise AmbiguousError(f"{how_many(found)} are called {visible(text)}.", known)
        return found[0][0]

    def _named(self, kind: Kind, text: str) -> tuple[tuple[str, str], ...]:
        """Return ``(id, name)`` of the records that a text names."""
        if kind is Kind.CALL:
            return ((text, text),) if self.call(text) else ()
        if kind is Kind.USER:
            return tuple((user.id, user.name) for user in self._users_named(text))
        return self._mirror.by_name(kind, text)

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
        if len(known) < SHARED:
            return ()
        rows = self._mirror.search_contacts(queries.parse(known[-SHARED:])).rows
        return tuple(row for row in rows if matches(row.phone, number))

    def whose_number(self, number: str) -> Whose:
        """Return who has a phone number, and the companies whose own it is."""
        wanted = dialled(number).lstrip("0")
        if len(wanted) < SHARED:
            return Whose((), ())
        term = f"phone:{wanted[-SHARED:]}"
        likely = [row.id for row in self._mirror.search_companies(queries.parse(term)).rows]
        raws = self.raws(Kind.COMPANY, likely)
        own = [text_of(raw, "_id") for raw in raws if matches(text_of(raw, "phone"), number)]
        return Whose(self.who_has_number(number), tuple(own))

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
