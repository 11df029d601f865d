"""What can stand before the colon: whose field it is, and what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

Type: TypeAlias = Literal[
    "part", "whole", "tags", "user", "id", "phone", "number", "date", "boolean", "custom", "any"
]
"""How a field is compared. ``part``: the value may stand anywhere in it, folded; ``whole``: it is
all of it, folded; ``phone``: by its digits; ``custom``: by what the value is; ``any``: only whether
there are some."""

_COMPANY: Final[Mapping[str, Type]] = {
    "name": "part",
    "tag": "tags",
    "phase": "whole",
    "status": "whole",
    "owner": "user",
    "coowner": "user",
    "arr": "number",
    "mrr": "number",
    "mr": "number",
    "nrr30": "number",
    "health": "number",
    "csmscore": "number",
    "renewal": "date",
    "lastrenewal": "date",
    "customerfrom": "date",
    "customerto": "date",
    "lastactive": "date",
    "lastcall": "date",
    "changed": "date",
    "created": "date",
    "updated": "date",
    "domain": "part",
    "web": "part",
    "phone": "phone",
    "city": "whole",
    "country": "whole",
    "slug": "part",
    "external": "whole",
    "id": "id",
    "contacts": "any",
}
_CONTACT: Final[Mapping[str, Type]] = {
    "name": "part",
    "tag": "tags",
    "title": "part",
    "email": "part",
    "phone": "phone",
    "featured": "boolean",
    "lastactive": "date",
    "lastcall": "date",
    "changed": "date",
    "created": "date",
    "updated": "date",
    "external": "whole",
    "id": "id",
}
_BY_KIND: Final = {Kind.COMPANY: _COMPANY, Kind.CONTACT: _CONTACT}

AHEAD: Final = frozenset({"renewal", "customerto"})
"""Days that lie ahead: ``renewal:30d`` means the next ones, ``changed:30d`` the last."""

SCORES: Final = frozenset({"health", "csmscore"})
"""Numbers of which there are few, so that one may choose from them."""

SPECIAL: Final = ("has", "is", "sort", "limit", "not")
"""What can stand before a colon and is no field."""

STATES: Final = (
    "pending", "queued", "sending", "unsure", "conflict", "refused", "held", "new", "changed",
)  # fmt: skip
"""What can follow ``is:``: edits that aren't delivered, of what sort; ``new`` isn't in Planhat,
``changed`` was changed by others since the person last looked."""

_ALIASES: Final = {
    "tags": "tag",
    "h": "health",
    "renewaldate": "renewal",
    "createdate": "created",
    "updatedat": "updated",
    "lastupdated": "updated",
    "domains": "domain",
    "externalid": "external",
    "position": "title",
    "company": "company.name",
    "companyname": "company.name",
    "_id": "id",
}
"""The API's own names, and other words for the same."""

SIDES: Final = ("custom", "contacts", "company")
"""What can stand before a point."""

_SIDES: Final = {"contacts.": Kind.CONTACT, "contact.": Kind.CONTACT, "company.": Kind.COMPANY}
_CUSTOM: Final = "custom."


def canonical(path: str) -> str:
    """Return the one name of a field, as a term carries it; empty if there's none like it."""
    for prefix, kind in _SIDES.items():
        if path.casefold().startswith(prefix):
            name = canonical(path[len(prefix) :])
            side = "contacts." if kind is Kind.CONTACT else "company."
            known = name.startswith(_CUSTOM) or name in _BY_KIND[kind]
            return side + name if known and name != "contacts" else ""
    if path.casefold().startswith(_CUSTOM):
        return _CUSTOM + path[len(_CUSTOM) :] if path[len(_CUSTOM) :].strip() else ""
    name = path.casefold()
    name = _ALIASES.get(name, name)
    return name if name in _COMPANY or name in _CONTACT or name == _ALIASES["company"] else ""


def located(kind: Kind, field: str) -> tuple[Kind, str]:
    """Return whose field it is when records of that kind are asked, and its name there."""
    side, dot, name = field.partition(".")
    if dot and side == "contacts":
        return Kind.CONTACT, name
    if dot and side == "company":
        return Kind.COMPANY, name
    if field.startswith(_CUSTOM) or field in _BY_KIND[kind]:
        return kind, field
    return (Kind.CONTACT if kind is Kind.COMPANY else Kind.COMPANY), field


def type_of(field: str) -> Type:
    """Return how a field is compared; ``field`` is one that :func:`canonical` gave."""
    kind, name = located(Kind.COMPANY, field)
    return "custom" if name.startswith(_CUSTOM) else _BY_KIND[kind][name]


def holds_blanks(path: str) -> bool:
    """Tell whether the value of what is written before a colon may hold a blank."""
    name = canonical(path)
    return bool(name) and type_of(name) not in {"number", "date", "boolean", "any"}


def orders(field: str) -> bool:
    """Tell whether a list can be sorted by a field; it is one that :func:`canonical` gave."""
    return type_of(field) not in {"tags", "any"} and not field.startswith("contacts.")


def names() -> tuple[str, ...]:
    """Return all that can stand before a colon, the fields of companies first."""
    contacts = (name for name in _CONTACT if name not in _COMPANY)
    sides = (f"contacts.{name}" for name in _CONTACT)
    return (*_COMPANY, *contacts, *SPECIAL, *sides, *_ALIASES)


def field_names() -> tuple[str, ...]:
    """Return those of them that are fields: what can follow ``has:``."""
    return tuple(name for name in names() if name not in SPECIAL)
