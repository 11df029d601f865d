"""Which fields records have, what people call them, and which of them can be edited.

Marked editable are the properties of the 2016 reference and those that were observed to be taken;
what Planhat computes, and what we don't know, is shown and left alone.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import InputError
from planhat_tui.model import custom, days
from planhat_tui.model.custom import CustomType
from planhat_tui.model.edits import custom_key, custom_path, value_at
from planhat_tui.model.records import Kind, texts_of
from planhat_tui.model.tags import clean_tag
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from planhat_tui.model.values import Json

__all__ = [
    "FIELDS",
    "Field",
    "FieldType",
    "are_several",
    "custom_key",
    "custom_path",
    "field_of",
    "label_of",
    "parse_value",
    "typed_text",
    "value_at",
]


class FieldType(StrEnum):
    """What a field holds.

    ``user`` is the id of a team member, ``company`` that of a company, ``moment`` a date with its
    time. A ``phone`` is any text, as in the reference (Endusers); what a call has ``dialled`` has
    digits.
    """

    TEXT = "text"
    EMAIL = "email"
    PHONE = "phone"
    DIALLED = "dialled"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"
    TAGS = "tags"
    USER = "user"
    COMPANY = "company"
    LIST = "list"
    MAP = "map"


class Field(NamedTuple):
    """A field: its name in the API, the word for people, and what may be done with it."""

    name: str
    label: str
    type: FieldType = FieldType.TEXT
    editable: bool = True
    required: bool = False


def _shown(name: str, label: str, type: FieldType = FieldType.TEXT) -> Field:  # noqa: A002 -- as Field
    return Field(name, label, type, editable=False)


_COMPANY: Final = (
    Field("name", "Name", required=True),
    Field("phase", "Phase"),
    Field("status", "Status"),
    _shown("h", "Health", FieldType.NUMBER),
    _shown("arr", "ARR", FieldType.NUMBER),
    _shown("mrr", "MRR", FieldType.NUMBER),
    _shown("mr", "Monthly revenue", FieldType.NUMBER),
    _shown("nrr30", "NRR 30 days", FieldType.NUMBER),
    Field("renewalDate", "Renewal", FieldType.DATE),
    _shown("lastRenewal", "Last renewal", FieldType.DATE),
    Field("owner", "Owner", FieldType.USER),
    Field("coOwner", "Co-owner", FieldType.USER),
    Field("tags", "Tags", FieldType.TAGS),
    _shown("csmScore", "CSM score", FieldType.NUMBER),
    Field("customerFrom", "Customer from", FieldType.DATE),
    Field("customerTo", "Customer to", FieldType.DATE),
    Field("domains", "Domains", FieldType.LIST),
    Field("web", "Web"),
    Field("phone", "Phone", FieldType.PHONE),
    Field("city", "City"),
    Field("country", "Country"),
    Field("description", "Description"),
    Field("externalId", "External id"),
    Field("slug", "Slug"),
    _shown("sourceId", "Source id"),
    _shown("lastActive", "Last active", FieldType.DATE),
    _shown("createDate", "Created", FieldType.DATE),
    _shown("lastUpdated", "Updated", FieldType.DATE),
    _shown("updatedAt", "Updated at", FieldType.DATE),
    _shown("_id", "Id"),
    Field("custom", "Custom fields", FieldType.MAP, editable=False),
)
_CONTACT: Final = (
    Field("name", "Name"),
    Field("position", "Position"),
    Field("phone", "Phone", FieldType.PHONE),
    Field("email", "E-mail", FieldType.EMAIL),
    Field("featured", "Featured", FieldType.BOOLEAN),
    Field("tags", "Tags", FieldType.TAGS),
    Field("companyId", "Company id", FieldType.COMPANY, required=True),
    _shown("companyName", "Company name"),
    Field("otherEmails", "Other e-mails", FieldType.LIST),
    Field("externalId", "External id"),
    _shown("sourceId", "Source id"),
    _shown("firstName", "First name"),
    _shown("lastName", "Last name"),
    _shown("archived", "Archived", FieldType.BOOLEAN),
    _shown("lastActive", "Last active", FieldType.DATE),
    _shown("createDate", "Created", FieldType.DATE),
    _shown("lastUpdated", "Updated", FieldType.DATE),
    _shown("updatedAt", "Updated at", FieldType.DATE),
    _shown("_id", "Id"),
    Field("custom", "Custom fields", FieldType.MAP, editable=False),
)
_CALL: Final = (
    Field("nr", "Number", FieldType.DIALLED, required=True),
    Field("externalUserId", "Agent", required=True),
    Field("start", "Start", FieldType.MOMENT),
    Field("end", "End", FieldType.MOMENT),
    Field("waiting", "Waiting (s)", FieldType.NUMBER),
    _shown("direction", "Direction"),
    _shown("companyId", "Company id"),
    _shown("enduserId", "Contact id"),
    _shown("agentId", "Agent id", FieldType.USER),
    _shown("agentName", "Agent name"),
    _shown("createDate", "Logged", FieldType.DATE),
    _shown("_id", "Id"),
)
_USER: Final = (
    _shown("firstName", "First name"),
    _shown("lastName", "Last name"),
    _shown("nickName", "Nickname"),
    _shown("email", "E-mail"),
    _shown("externalId", "External id"),
    _shown("roles", "Roles", FieldType.LIST),
    _shown("isHidden", "Hidden", FieldType.BOOLEAN),
    _shown("removed", "Removed", FieldType.BOOLEAN),
    _shown("image", "Picture", FieldType.MAP),
    _shown("tenantName", "Tenant"),
    _shown("tenantId", "Tenant id"),
    _shown("_id", "Id"),
)

FIELDS: Final[Mapping[Kind, tuple[Field, ...]]] = {
    Kind.COMPANY: _COMPANY,
    Kind.CONTACT: _CONTACT,
    Kind.CALL: _CALL,
    Kind.USER: _USER,
}
"""The known fields of each kind, in the order in which they are shown."""

_BY_NAME: Final = {kind: {f.name: f for f in known} for kind, known in FIELDS.items()}
_PLURAL: Final = {
    field.label
    for known in FIELDS.values()
    for field in known
    if field.type in {FieldType.TAGS, FieldType.LIST, FieldType.MAP} and field.label.endswith("s")
}
_EMAIL: Final = re.compile(r"[^@\s,;]+@[^@\s,;]+")
HAVE_CUSTOM: Final = frozenset({Kind.COMPANY, Kind.CONTACT})
"""The kinds of records that have custom fields."""


def field_of(kind: Kind, path: str) -> Field:
    """Return the field that a path names, in the API's name, in any case.

    Raises :class:`InputError` that names the nearest one.
    """
    key = custom_key(path)
    if key is not None and kind in HAVE_CUSTOM:
        if not key.strip():
            raise InputError("A custom field needs a name.", "Type one like custom.Plan.")
        return Field(path, key)
    known = _BY_NAME[kind]
    if path in known:
        return known[path]
    by_case = {name.casefold(): field for name, field in known.items()}
    by_case |= {field.label.casefold(): field for field in known.values()}
    if path.casefold() in by_case:
        return by_case[path.casefold()]
    near = nearest(path, [*known, *(["custom."] if kind in HAVE_CUSTOM else [])])
    advice = f"Did you mean {near}?" if near else "A custom field is written custom.NAME."
    raise InputError(f"A {kind} has no field {path}.", advice, field=path)


def kept_by_planhat(kind: Kind, name: str) -> Field | None:
    """Return the field of that name or label, in any case, if it can be seen but not changed."""
    wanted = name.casefold()
    known = (field for field in FIELDS[kind] if not field.editable)
    return next((f for f in known if wanted in {f.name.casefold(), f.label.casefold()}), None)


def label_of(kind: Kind, path: str) -> str:
    """Return the word for people; an unknown field keeps its own name."""
    key = custom_key(path)
    if key is not None:
        return key
    known = _BY_NAME[kind].get(path)
    return known.label if known else path


def are_several(labels: Sequence[str]) -> bool:
    """Tell whether the verb behind these words for people is a plural: ``Tags are``."""
    return len(labels) != 1 or labels[0] in _PLURAL


def stay_words(labels: Sequence[str], of: str = "") -> str:
    """Return why fields stay: ``Phase was changed since and stays``."""
    verbs = "were changed since and stay" if are_several(labels) else "was changed since and stays"
    return f"{', '.join(labels)}{of} {verbs}."


def typed_text(kind: Kind, path: str, value: Json, zone: tzinfo | None) -> str:
    """Return a value as a person types it, which is how it stands in a box to edit.

    :func:`parse_value` reads the like, a moment in ``zone``; what is finer than a second is left
    out, so that a box that wasn't touched isn't to be read.
    """
    if isinstance(value, str) and _is_date(kind, path, value):
        return days.typed(value, zone)
    return custom.format(value)


def _is_date(kind: Kind, path: str, value: str) -> bool:
    if custom_key(path) is not None:
        return custom.is_date(value)
    known = _BY_NAME[kind].get(path)
    return known is not None and known.type in {FieldType.DATE, FieldType.MOMENT}


def parse_value(kind: Kind, path: str, text: str, current: Json = None, *, now: datetime) -> Json:
    """Read what a person typed for a field; empty text clears it (``None``).

    A custom field keeps the type of its ``current`` value; a new one's is guessed. A moment
    without a zone is in that of ``now``. Raises :class:`InputError` with the field.
    """
    found = field_of(kind, path)
    if not found.editable:
        raise InputError(f"{found.label} is set by Planhat.", "It can't be edited.", field=path)
    if not text.strip():
        if found.required:
            raise InputError(f"{found.label} can't be empty.", "Type a value.", field=path)
        return [] if found.type in {FieldType.TAGS, FieldType.LIST} else None
    try:
        if custom_key(found.name) is not None:
            wanted = custom.guess(text) if current is None else custom.type_of(current)
            return custom.parse(text, wanted, now)
        if found.type is FieldType.MOMENT:
            from planhat_tui.model import calls

            return calls.iso(calls.parse_when(text, now=now))
        return _parse(found.type, text, now)
    except InputError as error:
        raise InputError(error.message, error.advice, field=path) from None


_CUSTOM_TYPES: Final = {
    FieldType.NUMBER: CustomType.NUMBER,
    FieldType.BOOLEAN: CustomType.BOOLEAN,
    FieldType.DATE: CustomType.DATE,
    FieldType.LIST: CustomType.LIST,
}
"""Types that are read as those of custom values are."""


def _parse(wanted: FieldType, text: str, now: datetime) -> Json:
    if wanted in _CUSTOM_TYPES:
        return custom.parse(text, _CUSTOM_TYPES[wanted], now)
    if wanted is FieldType.TAGS:
        tags = texts_of({"tags": custom.parse(text, CustomType.LIST)}, "tags")
        return [*dict.fromkeys(clean_tag(tag) for tag in tags if tag.strip())]
    if wanted is FieldType.DIALLED:
        from planhat_tui.model import calls

        return calls.checked_number(text.strip())
    return _email(text.strip()) if wanted is FieldType.EMAIL else text.strip()


def _email(text: str) -> str:
    """Return what can be an address: Planhat takes any text, and a slip would be found too late."""
    if _EMAIL.fullmatch(text) is None:
        raise InputError(f"{text} is no e-mail address.", "Type one like ada@acme.com.")
    return text
