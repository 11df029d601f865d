"""What the service accepts, what it makes by itself, and what it drops without a word.

Reference 2016, "Companies", "Contacts", "Calls". Unknown fields are dropped silently, as the live
service does.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.sandbox.fields import (
    CALL,
    COMPANY,
    CONTACT,
    DEFINITION,
    MOST_DEPTH,
    STORED,
    RefusalError,
    accepted,
    moment,
    nested,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Record = dict[str, Any]

PARENTS: Final = ("company", "enduser")
TYPES: Final = (
    *("text", "rich text", "number", "checkbox", "day", "date", "list", "multipicklist"),
    *("rating", "phone", "email", "url", "team member"),
)


def iso(now: float) -> str:
    """Write seconds since the epoch as the service does: UTC, milliseconds, ``Z``."""
    return written(datetime.fromtimestamp(now, UTC))


_WHOLE: Final = str.maketrans(
    {"ł": "l", "ı": "i", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
)
"""Letters that Unicode doesn't part into a plain one and a mark."""


def slug_of(name: str) -> str:
    """Make a slug from a name: ASCII letters and digits where there are any, joined by ``-``."""
    parted = unicodedata.normalize("NFKD", name.casefold().translate(_WHOLE))
    plain = parted.encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))
    return slug or "-".join(re.findall(r"\w+", name.casefold())) or "company"


def free_slug(wanted: str, taken: Callable[[str], bool]) -> str:
    """Append ``-2``, ``-3``... until it's free; of very many, a few are asked for only."""
    if not taken(wanted):
        return wanted
    low, high = 1, 2
    while taken(f"{wanted}-{high}"):
        low, high = high, high + 1 if high < 10 else high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if taken(f"{wanted}-{middle}") else (low, middle)
    return f"{wanted}-{high}"


def new_company(fields: Mapping[str, Any], record_id: str, now: float) -> Record:
    """Make a company from a POST. The caller sees to slug and uniqueness."""
    given = accepted(COMPANY, fields)
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
    given = accepted(COMPANY, fields)
    if "name" in given and not (given["name"] or "").strip():
        raise RefusalError(400, "Failed to update company: name can't be empty")
    return _touched(_merged(company, given), now)


def same(before: Record, after: Record) -> bool:
    """Tell whether a change changed nothing but its own stamps."""
    stamps = {"lastUpdated", "updatedAt", "__v"}
    return {k: v for k, v in before.items() if k not in stamps} == {
        k: v for k, v in after.items() if k not in stamps
    }


def new_contact(fields: Mapping[str, Any], record_id: str, now: float) -> Record:
    """Make a contact from a POST. The caller resolves the company and sees to uniqueness."""
    given = accepted(CONTACT, fields)
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
    given = accepted(CONTACT, fields)
    if "companyId" in given and not given["companyId"]:
        raise RefusalError(400, "Failed to update enduser: companyId can't be empty")
    if given.get("createDate", "") is None:  # it was made some day: the date can't be taken away
        del given["createDate"]
    return _touched(_named(_merged(contact, given), given), now)


def new_call(fields: Mapping[str, Any], record_id: str, now: float) -> Record:
    """Make a call from a POST. The caller matches number and agent."""
    call = _merged({"_id": record_id}, accepted(CALL, fields))
    _check_call(call)
    stamp = iso(now)
    return call | {"createDate": stamp, "updatedAt": stamp}


def changed_call(call: Record, fields: Mapping[str, Any], now: float) -> Record:
    """Apply a PUT: the fields that were sent change."""
    changed = _merged(call, accepted(CALL, fields))
    _check_call(changed)
    return changed | {"updatedAt": iso(now)}


def new_definition(fields: Mapping[str, Any], record_id: str) -> Record:
    """Make the definition of a custom field from a POST. The caller sees to uniqueness."""
    definition: Record = {
        "_id": record_id,
        "name": "",
        "parent": "",
        "type": "",
        "listValues": [],
        "isMandatory": False,
        "isHidden": False,
        "isLocked": False,
        "isFormula": False,
    }
    return _checked_definition(definition | accepted(DEFINITION, fields))


def changed_definition(definition: Record, fields: Mapping[str, Any]) -> Record:
    """Apply a PUT: the fields that were sent change."""
    return _checked_definition(definition | accepted(DEFINITION, fields))


def new_stored(fields: Mapping[str, Any], record_id: str, now: float) -> Record:
    """Make a record of a plain stored kind: what was sent, and what every record has."""
    stamp = iso(now)
    record = _merged({"custom": {}}, _stored(fields))
    return {"_id": record_id} | record | {"createDate": stamp, "updatedAt": stamp}


def changed_stored(record: Record, fields: Mapping[str, Any], now: float) -> Record:
    """Apply a PUT: the fields that were sent change."""
    return _merged(record, _stored(fields)) | {"updatedAt": iso(now)}


def _stored(fields: Mapping[str, Any]) -> Record:
    made_here = {"_id", "createDate", "updatedAt"}
    given = {name: value for name, value in fields.items() if name not in made_here}
    if nested(given) > MOST_DEPTH:
        raise RefusalError(400, f"More than {MOST_DEPTH} lists and objects inside each other")
    return given | accepted(STORED, fields)


def _checked_definition(definition: Record) -> Record:
    for name in ("name", "parent", "type"):
        if not (definition[name] or "").strip():
            raise RefusalError(400, f"Failed to save custom field: {name} is required")
    parent = definition["parent"].casefold()
    if parent not in PARENTS:
        raise RefusalError(400, f"Failed to save custom field: parent is one of {PARENTS}")
    if definition["type"] not in TYPES:
        raise RefusalError(400, f"Failed to save custom field: type is one of {TYPES}")
    return definition | {"parent": parent}


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
