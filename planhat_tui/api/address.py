"""What stands after the host: paths whose ids stay one segment, and the parameters of lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from planhat_tui.errors import InputError

if TYPE_CHECKING:
    from typing import Unpack

    from planhat_tui.model.ports import ContactsAsk

    Query = dict[str, str | int]

MAX_TEXT: Final = 500
"""Letters of an id or an e-mail in an address. Planhat's ids have 24."""

MAX_QUERY: Final = 8_000
"""Letters of all parameters. Queries of 2,000 and more occur; servers stop at some thousands."""

_OTHER_IDS: Final = ("extid-", "srcid-")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f\\#]")
_SAFE_IN_PATH: Final = "/%:@!$&'()*+,;=~-._"
_SAFE_IN_QUERY: Final = f"{_SAFE_IN_PATH}?"


def by_external_id(external_id: str) -> str:
    """Return the path id of the record that your own system calls so."""
    return f"extid-{external_id}"


def by_source_id(source_id: str) -> str:
    """Return the path id of the record that its source calls so."""
    return f"srcid-{source_id}"


def path_of(collection: str, record_id: str) -> str:
    """Return the path of one record. Raises :class:`InputError` for what is no id."""
    return f"/{collection}/{quote(checked_id(record_id), safe='')}"


def path_to_delete(collection: str, record_id: str) -> str:
    """Return the path of one record by Planhat's own id: DELETE knows no other."""
    if record_id.strip().startswith(_OTHER_IDS):
        raise InputError("A record is deleted by Planhat's own id only.", field="id")
    return path_of(collection, record_id)


def checked_id(record_id: str) -> str:
    """Return an id that stays one segment of a path, or raise :class:`InputError`."""
    text = record_id.strip()
    if text in {"", ".", ".."}:
        raise InputError("That isn't the id of a record.", field="id")
    return sendable(text, "id")


def sendable(text: str, field: str) -> str:
    """Return a text that an address can hold, or raise :class:`InputError`."""
    if len(text) > MAX_TEXT:
        raise InputError(f"That is too long: {MAX_TEXT} letters at most.", field=field)
    return _encodable(text, field)


def listing(**ask: Unpack[ContactsAsk]) -> Query:
    """Return the parameters of a list. Raises :class:`InputError` for what none can hold.

    What is left out isn't sent.
    """
    query: Query = {"limit": ask["limit"], "offset": ask["offset"]}
    if ask["limit"] < 1 or ask["offset"] < 0:
        raise InputError("A page begins at 0 or later and holds at least one record.")
    if sort := ask.get("sort"):
        query["sort"] = _name(sort, "sort")
    if select := ask.get("select"):
        query["select"] = ",".join(_name(one, "select") for one in select)
    if company_ids := ask.get("company_ids"):
        query["companyId"] = ",".join(_name(checked_id(one), "companyId") for one in company_ids)
    if email := ask.get("email"):
        query["email"] = sendable(email, "email")
    if (archived := ask.get("archived")) is not None:
        query["archived"] = "true" if archived else "false"
    if sum(len(str(value)) for value in query.values()) > MAX_QUERY:
        raise InputError("That is too much for one request.", "Ask for fewer at once.")
    return query


def typed_path(text: str) -> str:
    """Return a path, with its query if it has one, that a person typed: percent-encoded.

    It stays on Planhat's host and is never taken from data. Raises :class:`InputError`.
    """
    path, mark, query = text.strip().partition("?")
    segments = path.split("/")
    if (
        segments[0]
        or len(segments) < 2
        or not segments[1].strip()
        or _CONTROLS.search(text.strip())
    ):
        raise InputError(
            f"{text.strip()[:80]} is no path.", "Write one like /companies?limit=5.", field="path"
        )
    if any(_plain(segment) in {".", ".."} for segment in segments) or "" in segments[1:-1]:
        raise InputError("A path goes down only.", "Write it without . and .. in it.", field="path")
    _encodable(text, "path")
    encoded = f"{quote(path, safe=_SAFE_IN_PATH)}{mark}{quote(query, safe=_SAFE_IN_QUERY)}"
    if len(encoded) > MAX_QUERY:
        raise InputError("That is too long for an address.", "Ask for less.", field="path")
    return encoded


def _plain(segment: str) -> str:
    return segment.replace("%2e", ".").replace("%2E", ".")


def _name(text: str, field: str) -> str:
    """Return a name that can stand in a list with commas."""
    if "," in text or not text.strip():
        raise InputError(f"{text!r} can't stand in {field}.", "Name one at a time.", field=field)
    return sendable(text.strip(), field)


def _encodable(text: str, field: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("That holds half a letter, which can't be sent.", field=field) from None
    return text
