"""Whether a record at Planhat is the one that was made from here. Pure.

A server may drop a field of what it makes (the 2016 edition has no name of a contact), or write it
in its own way (a phone, a slug). So what it doesn't have proves nothing, and where too little is
left to compare by, a person decides: nothing is made a second time on a guess.

The first line that holds decides; a field counts if both have it:

======================================  ==================  ==================
field                                   a contact           a company
======================================  ==================  ==================
external id: equal                      it is               it is
external id: another one                it isn't            it isn't
made before it was sent                 it isn't            it isn't
e-mail: equal                           it is               (next line)
name or e-mail: another one             it isn't            it isn't
slug: another one, name: equal                              perhaps (1)
slug: another one                                           it isn't
any: equal                              it is               it is
nothing left, or a phone that differs   perhaps             perhaps
======================================  ==================  ==================

(1) Planhat may have made another one of it, since that one was taken.

Texts are compared without case and superfluous blanks, phones by their digits.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.calls import parse_iso
from planhat_tui.model.edits import same
from planhat_tui.model.phone import dialled
from planhat_tui.model.records import Kind, text_of

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Raw

SKEW: Final = 300.0
"""Seconds by which Planhat's clock may be behind what is known of it."""

IDENTIFYING: Final = ("externalId", "email", "name", "slug", "phone")
"""What a record may be known by, the surest first."""

_REFUTING: Final = ("email", "name")


class Likeness(IntEnum):
    """Whether a record is what an entry asked Planhat to make."""

    NO = 0
    PERHAPS = 1
    YES = 2


class Mark(NamedTuple):
    """A field's name and what is compared of it."""

    name: str
    text: str


def marks_of(raw: Raw) -> dict[str, Mark]:
    """Return by field what a record, or what is to be one, is known by, as far as it has that."""
    marks = (Mark(name, _compared(name, text_of(raw, name))) for name in IDENTIFYING)
    return {mark.name: mark for mark in marks if mark.text}


def likeness(entry: Entry, there: Raw) -> Likeness:
    """Tell whether a record is what an entry asked Planhat to make, by the table above."""
    asked, found = marks_of(entry.body or {}), marks_of(there)
    both = asked.keys() & found.keys()
    equal = {name for name in both if asked[name] == found[name]}
    if "externalId" in both:
        return Likeness.YES if "externalId" in equal else Likeness.NO
    if not _can_be_of(entry, there):
        return Likeness.NO
    return _by_fields(entry.kind, equal, both - equal)


def is_of_a_try(entry: Entry, there: Raw) -> bool:
    """Tell whether a record was made by a try to send an entry, as far as it can be known by.

    It has the external id, which others may have taken: so it has no other name or e-mail.
    """
    asked, found = marks_of(entry.body or {}), marks_of(there)
    differ = (name for name in asked.keys() & found.keys() if asked[name] != found[name])
    is_it = entry.sent_at > 0 and likeness(entry, there) is Likeness.YES
    return is_it and not {*differ} & {*_REFUTING}


def _can_be_of(entry: Entry, there: Raw) -> bool:
    """Tell whether the date fits: one that was given stands, else it is that of the try."""
    made = parse_iso(text_of(there, "createDate"))
    if made is None:
        return True
    given = (entry.body or {}).get("createDate")
    return made.timestamp() >= entry.sent_at - SKEW or same(given, there["createDate"])


def _by_fields(kind: Kind, equal: AbstractSet[str], differ: AbstractSet[str]) -> Likeness:
    if "email" in equal and kind is Kind.CONTACT:
        return Likeness.YES
    if not differ.isdisjoint(_REFUTING) or ("slug" in differ and "name" not in equal):
        return Likeness.NO
    return Likeness.YES if equal and "slug" not in differ else Likeness.PERHAPS


def _compared(name: str, text: str) -> str:
    return dialled(text) if name == "phone" else " ".join(text.casefold().split())
