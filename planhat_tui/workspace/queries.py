"""What can be read of a profile: from this disk alone, at once, offline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import AmbiguousError, NotFoundError
from planhat_tui.model import query as queries
from planhat_tui.model.phone import digits, matches
from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planhat_tui.model.custom import CustomType
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.records import User
    from planhat_tui.model.values import Json
    from planhat_tui.store.rows import (
        CompanyRows,
        ContactRow,
        ContactRows,
        LoggedCall,
        Progress,
        Shown,
    )
    from planhat_tui.store.tenant import TenantStore

_SHARED_DIGITS: Final = 7


@dataclass(frozen=True, slots=True)
class ContactsView:
    """The contacts of a company. ``seen_at`` is ``None`` while they were never loaded."""

    rows: tuple[ContactRow, ...]
    seen_at: float | None


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
        self, text: str = "", limit: int = 500, offset: int = 0, *, guess: bool = False
    ) -> CompanyRows:
        """Find companies. Raises :class:`QueryError`.

        ``guess`` forgives slips when nothing is found: for lists that are looked at, never for
        what is changed or counted on.
        """
        return self._mirror.search_companies(queries.parse(text), limit, offset, guess=guess)

    def stop_guessing(self) -> None:
        """End the guesses that nobody waits for any more, from any thread."""
        self._mirror.stop_guessing()

    def contacts_found(self, text: str, limit: int = 200, company_id: str = "") -> ContactRows:
        """Find contacts, of one company if it's given. Raises :class:`QueryError`."""
        return self._mirror.search_contacts(queries.parse(text), limit, company_id)

    def company(self, company_id: str) -> Shown | None:
        """Return a company, ``None`` if it isn't here."""
        return self._mirror.company(company_id)

    def contact(self, contact_id: str) -> Shown | None:
        """Return a contact, ``None`` if it isn't here."""
        return self._mirror.contact(contact_id)

    def raws(self, kind: Kind, ids: Iterable[str]) -> tuple[dict[str, Json], ...]:
        """Return companies or contacts whole, as they are shown, in this order."""
        return self._mirror.raws(kind, ids)

    def contacts(self, company_id: str) -> ContactsView:
        """Return the contacts of a company."""
        seen_at = self._mirror.contacts_seen_at(company_id)
        return ContactsView(self._mirror.contacts_of(company_id), seen_at)

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
        """Return the custom fields that occur, the most used first."""
        return self._mirror.custom_keys(kind)

    def phases(self) -> tuple[tuple[str, int], ...]:
        """Return the phases that occur, the most used first."""
        return self._mirror.phases()

    def progress(self) -> Progress:
        """Return how much of the tenant is here."""
        return self._mirror.progress()

    def outbox(self) -> tuple[Entry, ...]:
        """Return what isn't delivered, oldest first."""
        return self._store.outbox.open_entries()

    def entry(self, n: int) -> Entry:
        """Return an entry, delivered or not. Raises :class:`NotFoundError`."""
        return self._store.outbox.get(n)

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
            raise AmbiguousError(f"{len(found)} records are called {visible(text)}.", found)
        return found[0][0]

    def who_has_number(self, number: str) -> tuple[ContactRow, ...]:
        """Return the contacts who have a phone number, however it is written."""
        known = digits(number).lstrip("0")
        if len(known) < _SHARED_DIGITS:
            return ()
        rows = self._mirror.search_contacts(queries.parse(known[-_SHARED_DIGITS:])).rows
        return tuple(row for row in rows if matches(row.phone, number))

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


def _tells(one: LoggedCall, words: list[str]) -> bool:
    text = fold(f"{one.call.nr} {digits(one.call.nr)} {one.note} {one.call.external_user_id}")
    return all(word in text for word in words)
