"""What the service accepts, what it makes by itself, and what it drops without a word.

Reference 2016, "Companies", "Contacts", "Calls". Unknown fields are dropped silently, as the live
service does.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Record = dict[str, Any]


class RefusalError(Exception):
    """The service says no: a status and a plain text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def _text(name: str, value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)  # numbers are taken and turned into text
    raise RefusalError(400, f"{name} must be a string")


def _plain_text(name: str, value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    raise RefusalError(400, f"{name} must be a string")


def _texts(name: str, value: object) -> object:
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return list(dict.fromkeys(value))
    raise RefusalError(400, f"{name} must be an array of strings")


def _boolean(name: str, value: object) -> object:
    if isinstance(value, bool):
        return value
    raise RefusalError(400, f"{name} must be a boolean")


def _date(name: str, value: object) -> object:
    if value is None or (isinstance(value, str) and moment(value) is not None):
        return value
    raise RefusalError(400, f"{name} must be an ISO 8601 date")


def _seconds(name: str, value: object) -> object:
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9:
        return value
    raise RefusalError(400, f"{name} must be a number of seconds")


def _custom(name: str, value: object) -> object:
    """Check a one-level map of date, text, boolean, number; null removes a key."""
    if not isinstance(value, dict):
        raise RefusalError(400, f"{name} must be an object")
    for key, item in value.items():
        if isinstance(item, dict | list):
            raise RefusalError(400, f"{name}.{key} must be a date, string, boolean or number")
    return value


_COMPANY: Final[Mapping[str, Callable[[str, object], object]]] = {
    **dict.fromkeys(("name", "slug", "owner", "coOwner", "phase", "status"), _plain_text),
    **dict.fromkeys(("description", "web", "city", "country", "phone"), _plain_text),
    **dict.fromkeys(("externalId", "sourceId"), _text),
    **dict.fromkeys(("tags", "domains"), _texts),
    **dict.fromkeys(("renewalDate", "customerFrom", "customerTo"), _date),
    "custom": _custom,
}
_CONTACT: Final[Mapping[str, Callable[[str, object], object]]] = {
    **dict.fromkeys(("companyId", "companyName", "position", "phone", "email"), _plain_text),
    **dict.fromkeys(("name", "firstName", "lastName"), _plain_text),
    **dict.fromkeys(("externalId", "sourceId"), _text),
    **dict.fromkeys(("tags", "otherEmails"), _texts),
    **dict.fromkeys(("featured", "archived"), _boolean),
    "createDate": _date,
    "custom": _custom,
}
_CALL: Final[Mapping[str, Callable[[str, object], object]]] = {
    **dict.fromkeys(("nr", "externalUserId"), _text),
    **dict.fromkeys(("start", "end"), _date),
    "waiting": _seconds,
}


def iso(now: float) -> str:
    """Write seconds since the epoch as the service does: UTC, milliseconds, ``Z``."""
    text = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def moment(text: str) -> datetime | None:
    """Read an ISO 8601 date or moment; ``None`` if it is neither."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def slug_of(name: str) -> str:
    """Make a slug from a name: ASCII letters and digits where there are any, joined by ``-``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))
    return slug or "-".join(re.findall(r"\w+", name.casefold())) or "company"


def free_slug(wanted: str, taken: Callable[[str], bool]) -> str:
    """Append ``-2``, ``-3``... until it's free."""
    slug, number = wanted, 1
    while taken(slug):
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def new_company(fields: Mapping[str, Any], record_id: str, now: float) -> Record:
    """Make a company from a POST. The caller sees to slug and uniqueness."""
    given = _accepted(_COMPANY, fields)
    if not (given.get("name") or "").strip():
        raise RefusalError(400, "Failed to create company: name is required")
    stamp = iso(now)
    company: Record = {
        "_id": record_id,
        "name": "",
        "slug": "",
        "status": "prospect",
        "tags": [],
        "domains": [],
        "custom": {},
        "mr": 0,
        "mrr": 0,
        "arr": 0,
        "nrr30": 0,
        "createDate": stamp,
        "__v": 0,
    }
    return _merged(company, given) | {"lastUpdated": stamp, "updatedAt": stamp}


def changed_company(company: Record, fields: Mapping[str, Any], now: float) -> Record:
    """Apply a PUT: the fields that were sent change."""
    given = _accepted(_COMPANY, fields)
    if "name" in given and not (given["name"] or "").strip():
        raise RefusalError(400, "Failed to update company: name can't be empty")
    return _touched(_merged(company, given), now)


def new_contact(fields: Mapping[str, Any], record_id: str, now: float) -> Record:
    """Make a contact from a POST. The caller resolves the company and sees to uniqueness."""
    given = _accepted(_CONTACT, fields)
    stamp = iso(now)
    contact: Record = {
        "_id": record_id,
        "featured": False,
        "tags": [],
        "otherEmails": [],
        "custom": {},
        "archived": False,
        "__v": 0,
    }
    contact = _named(_merged(contact, given), given)
    contact["createDate"] = given.get("createDate") or stamp
    return contact | {"lastUpdated": stamp, "updatedAt": stamp}


def changed_contact(contact: Record, fields: Mapping[str, Any], now: float) -> Record:
    """Apply a PUT: the fields that were sent change."""
    given = _accepted(_CONTACT, fields)
    if "companyId" in given and not given["companyId"]:
        raise RefusalError(400, "Failed to update enduser: companyId can't be empty")
    return _touched(_named(_merged(contact, given), given), now)


def new_call(fields: Mapping[str, Any], record_id: str, now: float) -> Record:
    """Make a call from a POST. The caller matches number and agent."""
    call = _merged({"_id": record_id}, _accepted(_CALL, fields))
    _check_call(call)
    stamp = iso(now)
    return call | {"createDate": stamp, "updatedAt": stamp}


def changed_call(call: Record, fields: Mapping[str, Any], now: float) -> Record:
    """Apply a PUT: the fields that were sent change."""
    changed = _merged(call, _accepted(_CALL, fields))
    _check_call(changed)
    return changed | {"updatedAt": iso(now)}


def _check_call(call: Record) -> None:
    for name in ("nr", "externalUserId"):
        if not (call.get(name) or "").strip():
            raise RefusalError(400, f"Failed to save call: {name} is required")
    start, end = (moment(call.get(name) or "") for name in ("start", "end"))
    if start is None or end is None:
        return
    length = (end - start).total_seconds()
    if length < 0:
        raise RefusalError(400, "Failed to save call: end is before start")
    if (call.get("waiting") or 0) > length:
        raise RefusalError(400, "Failed to save call: waiting is longer than the call")


def _accepted(
    checks: Mapping[str, Callable[[str, object], object]], fields: Mapping[str, Any]
) -> Record:
    return {name: check(name, fields[name]) for name, check in checks.items() if name in fields}


def _merged(record: Record, given: Record) -> Record:
    """Lay the given fields over a record: custom key by key, everything else whole."""
    merged = record | given
    if "custom" in given:
        custom = dict(record.get("custom") or {}) | given["custom"]
        merged["custom"] = {key: value for key, value in custom.items() if value is not None}
    return merged


def _named(contact: Record, given: Record) -> Record:
    """Keep name, first and last name in step: the name rules if it's given."""
    if "name" in given:
        first, _, last = (given["name"] or "").strip().partition(" ")
        return contact | {"firstName": first, "lastName": last.strip()}
    if "firstName" in given or "lastName" in given:
        parts = (contact.get("firstName") or "", contact.get("lastName") or "")
        return contact | {"name": " ".join(part for part in parts if part)}
    return contact


def _touched(record: Record, now: float) -> Record:
    stamp = iso(now)
    version = record.get("__v", 0) + 1
    return record | {"lastUpdated": stamp, "updatedAt": stamp, "__v": version}
