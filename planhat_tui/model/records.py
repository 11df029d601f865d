"""Companies, contacts, calls and users: typed views on what Planhat sent.

A record keeps **every** field that was received (``raw``); the typed fields are read leniently from
it: a value of a wrong type counts as missing and never raises. Text stays as it was received;
:func:`planhat_tui.model.text.visible` makes it fit for a screen.

Properties: API reference 2016, "Companies", "Contacts", "Calls", "Team".
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.text import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.values import Json, Raw

NEW_ID_PREFIX: Final = "new-"
_ID_DIGITS: Final = 24
"""A record made here is called ``new-<uuid>`` until Planhat gives it an id."""


class Kind(StrEnum):
    """What a record is. The value is the word that people and the command line use."""

    COMPANY = "company"
    CONTACT = "contact"
    CALL = "call"
    USER = "user"


MANY: Final = {
    Kind.COMPANY: "companies",
    Kind.CONTACT: "contacts",
    Kind.CALL: "calls",
    Kind.USER: "users",
}
"""Plurals of the kinds."""


def count_of(kind: Kind, number: int) -> str:
    """Return ``1 company``, ``12 contacts``."""
    return plural(number, kind.value, MANY[kind])


class Received(NamedTuple):
    """One record as it came: ``json`` is its text, byte for byte, ``data`` the same decoded."""

    json: str
    data: dict[str, Json]

    @property
    def id(self) -> str:
        """The ``_id``; empty if the record has none."""
        return text_of(self.data, "_id")


class Company(NamedTuple):
    """A customer of the tenant, past, present or future."""

    id: str
    name: str
    slug: str
    external_id: str
    phase: str
    status: str
    owner: str
    co_owner: str
    tags: tuple[str, ...]
    custom: Mapping[str, Json]
    domains: tuple[str, ...]
    health: float | None
    arr: float | None
    renewal_date: str
    updated_at: str
    raw: Raw

    @classmethod
    def from_raw(cls, raw: Raw) -> Company:
        """Read a company from what Planhat sent, or from a lean item."""
        return cls(
            id=text_of(raw, "_id"),
            name=text_of(raw, "name"),
            slug=text_of(raw, "slug"),
            external_id=text_of(raw, "externalId"),
            phase=text_of(raw, "phase"),
            status=text_of(raw, "status"),
            owner=text_of(raw, "owner"),
            co_owner=text_of(raw, "coOwner"),
            tags=texts_of(raw, "tags"),
            custom=map_of(raw, "custom"),
            domains=texts_of(raw, "domains"),
            health=number_of(raw, "h"),
            arr=number_of(raw, "arr"),
            renewal_date=text_of(raw, "renewalDate"),
            updated_at=text_of(raw, "updatedAt") or text_of(raw, "lastUpdated"),
            raw=raw,
        )


class Contact(NamedTuple):
    """A person at a company (``enduser`` in the API)."""

    id: str
    company_id: str
    company_name: str
    name: str
    email: str
    phone: str
    position: str
    external_id: str
    featured: bool
    tags: tuple[str, ...]
    custom: Mapping[str, Json]
    updated_at: str
    raw: Raw

    @classmethod
    def from_raw(cls, raw: Raw) -> Contact:
        """Read a contact from what Planhat sent."""
        name = text_of(raw, "name")
        if not name:
            name = f"{text_of(raw, 'firstName')} {text_of(raw, 'lastName')}".strip()
        return cls(
            id=text_of(raw, "_id"),
            company_id=text_of(raw, "companyId"),
            company_name=text_of(raw, "companyName"),
            name=name,
            email=text_of(raw, "email"),
            phone=text_of(raw, "phone"),
            position=text_of(raw, "position"),
            external_id=text_of(raw, "externalId"),
            featured=raw.get("featured") is True,
            tags=texts_of(raw, "tags"),
            custom=map_of(raw, "custom"),
            updated_at=text_of(raw, "updatedAt") or text_of(raw, "lastUpdated"),
            raw=raw,
        )

    @property
    def title(self) -> str:
        """The name, or what else tells who it is."""
        return self.name or self.email or self.phone or self.id


_APART: Final = {
    Kind.COMPANY: ("externalId", "slug", "phase"),
    Kind.CONTACT: ("companyName", "position", "email", "phone"),
    Kind.USER: ("email", "externalId"),
}


def apart(kind: Kind, raw: Raw) -> str:
    """Return a record's name with what tells it from its namesakes: ``Ada, Acme Inc, CFO``."""
    name = text_of(raw, "name")
    if kind is Kind.CONTACT:
        name = Contact.from_raw(raw).name
    elif kind is Kind.USER:
        name = User.from_raw(raw).name
    told = [name, *(text_of(raw, path) for path in _APART.get(kind, ()))]
    return ", ".join(dict.fromkeys(text for text in told if text))


class Call(NamedTuple):
    """A phone call. ``start`` and ``end`` are ISO 8601, ``waiting`` is in seconds."""

    id: str
    nr: str
    external_user_id: str
    start: str
    end: str
    waiting: float | None
    company_id: str
    contact_id: str
    agent_id: str
    raw: Raw

    @classmethod
    def from_raw(cls, raw: Raw) -> Call:
        """Read a call from what Planhat sent."""
        return cls(
            id=text_of(raw, "_id"),
            nr=text_of(raw, "nr"),
            external_user_id=text_of(raw, "externalUserId"),
            start=text_of(raw, "start"),
            end=text_of(raw, "end"),
            waiting=number_of(raw, "waiting"),
            company_id=text_of(raw, "companyId"),
            contact_id=text_of(raw, "enduserId"),
            agent_id=text_of(raw, "agentId"),
            raw=raw,
        )


class User(NamedTuple):
    """A member of the tenant's own team."""

    id: str
    email: str
    first_name: str
    last_name: str
    nick_name: str
    external_id: str
    raw: Raw

    @classmethod
    def from_raw(cls, raw: Raw) -> User:
        """Read a user from what Planhat sent."""
        return cls(
            id=text_of(raw, "_id"),
            email=text_of(raw, "email"),
            first_name=text_of(raw, "firstName"),
            last_name=text_of(raw, "lastName"),
            nick_name=text_of(raw, "nickName"),
            external_id=text_of(raw, "externalId"),
            raw=raw,
        )

    @property
    def name(self) -> str:
        """First and last name, or what else tells who it is."""
        full = f"{self.first_name} {self.last_name}".strip()
        return full or self.nick_name or self.email or self.id


def is_id(text: str) -> bool:
    """Tell whether a text is written as the ids are that Planhat gives: 24 hex digits."""
    return len(text) == _ID_DIGITS and not set(text.casefold()) - {*"0123456789abcdef"}


def text_of(raw: Raw, field: str) -> str:
    """Return a text; a number is written out, everything else is empty."""
    value = raw.get(field, "")
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def texts_of(raw: Raw, field: str) -> tuple[str, ...]:
    """Return the texts of a list; everything else in it is left out."""
    value = raw.get(field)
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, str))


def map_of(raw: Raw, field: str) -> Mapping[str, Json]:
    """Return a map; empty if it's something else."""
    value = raw.get(field)
    return value if isinstance(value, dict) else {}


def number_of(raw: Raw, field: str) -> float | None:
    """Return a number, or ``None``; a boolean is no number."""
    value = raw.get(field)
    if value is None or isinstance(value, float):
        return value
    return value if isinstance(value, int) and not isinstance(value, bool) else None
