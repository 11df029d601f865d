"""Whether a record at Planhat is the one that was made, or deleted, from here. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.calls import parse_iso
from planhat_tui.model.edits import same
from planhat_tui.model.fields import FIELDS
from planhat_tui.model.records import text_of

if TYPE_CHECKING:
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Raw

SKEW: Final = 300.0
"""Seconds by which Planhat's clock may be behind what is known of it."""

_NAMED_BY: Final = ("name", "email", "phone", "slug")
_VOLATILE: Final = frozenset({"updatedAt", "lastUpdated", "lastActive"})


def may_be(entry: Entry, there: Raw) -> bool:
    """Tell whether a record may be what an entry asked Planhat to make.

    By the external id, if the entry gave one; else by name, e-mail, phone and slug, as far as it
    gave them, and by the time: it can't have been made before it was first sent.
    """
    body = entry.body or {}
    if text_of(body, "externalId"):
        return text_of(body, "externalId") == text_of(there, "externalId")
    given = [name for name in _NAMED_BY if text_of(body, name)]
    if not given or any(_folded(body, name) != _folded(there, name) for name in given):
        return False
    made = parse_iso(text_of(there, "createDate"))
    if text_of(body, "createDate"):
        return same(body.get("createDate"), there.get("createDate"))
    return made is None or made.timestamp() >= entry.sent_at - SKEW


def still_stands(entry: Entry, there: Raw) -> bool:
    """Tell whether a record is still as it stood when it was deleted here, as far as is known."""
    stood = entry.body or {}
    names = {field.name for field in FIELDS[entry.kind] if field.editable} | {"custom", "tags"}
    return all(same(stood[name], there.get(name)) for name in names - _VOLATILE if name in stood)


def _folded(raw: Raw, name: str) -> str:
    return " ".join(text_of(raw, name).casefold().split())
