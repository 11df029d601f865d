"""What is said after a key: short, in the present, with the next key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model import fields, tags
from planhat_tui.model.outbox import Action
from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.amounts import plural
from planhat_tui.tui.presentation.values import field_text, value_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.model.edits import Change
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json

MANY = {Kind.COMPANY: "companies", Kind.CONTACT: "contacts", Kind.CALL: "calls", Kind.USER: "users"}
"""Plurals of the kinds."""


def count_of(kind: Kind, number: int) -> str:
    """Return ``1 company``, ``12 contacts``."""
    return plural(number, kind.value, MANY[kind])


def problem(error: PlanhatTuiError) -> str:
    """Return what an error says, in one safe line: what happened, then what to do."""
    message = visible(error.message)
    return f"{message}  {visible(error.advice)}" if error.advice else message


def tag_list(value: Json) -> tuple[str, ...]:
    """Return the texts of a tags value; everything else counts as none."""
    return tuple(tag for tag in value if isinstance(tag, str)) if isinstance(value, list) else ()


def tag_words(change: Change) -> str:
    """Return ``+gold -old``."""
    added, removed = tags.tag_diff(tag_list(change.before), tag_list(change.after))
    return " ".join([f"+{visible(t)}" for t in added] + [f"-{visible(t)}" for t in removed])


def change_words(kind: Kind, change: Change, users: Mapping[str, str], *, arrow: str = "→") -> str:
    """Return one change: ``+gold -old``, ``Phase onboarding → won``."""
    if change.field == "tags":
        return tag_words(change)
    before = field_text(kind, change.field, change.before, users)
    after = field_text(kind, change.field, change.after, users)
    return f"{visible(fields.label_of(kind, change.field))} {before} {arrow} {after}"


def entry_words(entry: Entry, users: Mapping[str, str], *, arrow: str = "→") -> str:
    """Return what an entry of the outbox asks for, in one line."""
    if entry.action is Action.DELETE:
        return f"delete the {entry.kind.value}"
    if entry.action is Action.CREATE and entry.kind is Kind.CALL:
        number = (entry.body or {}).get("nr")
        return f"call {value_text(number)}" + (" (open endpoint)" if entry.open_tenant else "")
    if entry.action is Action.CREATE:
        return f"new {entry.kind.value}"
    parts = [change_words(entry.kind, change, users, arrow=arrow) for change in entry.changes]
    return "; ".join(part for part in parts if part) or "nothing left to send"


def queued(entries: Sequence[Entry]) -> str:
    """Return what a key press has queued: ``Tag gold on Acme Inc is queued.  u takes it back``."""
    if not entries:
        return "Nothing to change: it is so already."
    subject, number = _subject(entries)
    return f"{subject} {'is' if number == 1 else 'are'} queued.  u takes it back"


def delivered(sentence: str) -> str:
    """Return the sentence of :func:`queued` for when Planhat has it."""
    return sentence.replace(" queued.  u", " delivered.  u")


def _subject(entries: Sequence[Entry]) -> tuple[str, int]:
    """Return what the sentence is about, and whether that is one thing or several."""
    first = entries[0]
    calls = [entry for entry in entries if entry.kind is Kind.CALL]
    if calls:
        deed = {Action.CREATE: "Call", Action.DELETE: "Deletion of the call"}
        return f"{deed.get(calls[0].action, 'Change of the call')} with {visible(first.title)}", 1
    whom = visible(first.title) if len(entries) == 1 else count_of(first.kind, len(entries))
    if first.action is Action.CREATE:
        return f"New {first.kind.value} {whom}", 1
    if first.action is Action.DELETE:
        return f"Deletion of {whom}", 1
    thing, number = _thing(first)
    return f"{thing} {whom}", number


def _thing(entry: Entry) -> tuple[str, int]:
    """Return what an update touches, and how many: ``Tag gold on``, ``2 tags on``, ``Phase of``."""
    if len(entry.changes) != 1:
        return f"{len(entry.changes)} fields of", len(entry.changes)
    change = entry.changes[0]
    if change.field != "tags":
        return f"{visible(fields.label_of(entry.kind, change.field))} of", 1
    added, removed = tags.tag_diff(tag_list(change.before), tag_list(change.after))
    if len(added) + len(removed) != 1:
        return f"{len(added) + len(removed)} tags on", len(added) + len(removed)
    return (f"Tag {visible(added[0])} on", 1) if added else (f"Tag {visible(removed[0])} off", 1)
