"""What is said after a key: short, in the present, with the next key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model import fields, tags
from planhat_tui.model.edits import custom_key
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.outcomes import READ_BACK
from planhat_tui.model.records import Kind, count_of
from planhat_tui.model.text import plural, visible
from planhat_tui.tui.presentation.cells import literal, named
from planhat_tui.tui.presentation.values import field_text, value_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.model.edits import Change
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json

STUCK: Final = frozenset({State.REFUSED, State.CONFLICT, State.NOT_SURE})
"""The states of an edit that needs a hand."""
SAVING: Final = "This is being saved ..."
"""What is said of a key that would close what isn't on the disk yet."""


def problem(error: PlanhatTuiError) -> str:
    """Return what an error says, in one safe line: what happened, then what to do."""
    message = visible(error.message)
    return literal(f"{message}  {visible(error.advice)}" if error.advice else message)


def not_found(name: str, *, gone: bool) -> str:
    """Return what became of a company's copy that Planhat doesn't find by its id; ``name`` safe."""
    kept = "it was taken out here" if gone else "what is here of it stays"
    return f"Planhat doesn't find {name}: {kept}"


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
    """Return what is queued: ``Tag gold on Acme Inc is queued.  {undo} takes it back``."""
    if not entries:
        return "Nothing to change: it is so already."
    subject, number = _subject(entries)
    are, them = ("is", "it") if number == 1 else ("are", "them")
    return f"{subject} {are} queued.  {{undo}} takes {them} back"


def delivered(sentence: str) -> str:
    """Return the sentence of :func:`queued` for when Planhat has it."""
    return sentence.replace(" queued.  {undo}", " delivered.  {undo}")


def stuck(entry: Entry) -> str:
    """Return what keeps an edit from Planhat, what that means for the data, and the next key.

    ``Not saved in Planhat: this token may not edit companies (403). Tag gold is kept here.``
    """
    why = _why(entry)
    if entry.state is State.NOT_SURE:
        return f"{why.removesuffix('.')}.  {{outbox}} decides"
    what, number = _subject((entry,))
    kept = f"{what} {'is' if number == 1 else 'are'} kept here."
    return f"Not saved in Planhat: {_low(why)} {kept}  {{outbox}} shows it"


def unsure(entry: Entry) -> str:
    """Return what is said of an edit that settles itself: it is read back before it goes again."""
    return f"{_why(entry)}  {READ_BACK.removesuffix('.')}"


def last_met(entry: Entry, *, goes_out: bool) -> str:
    """Return why an edit is still here; of one that ``goes_out`` by itself, what its last try met.

    That it is to wait, as the reason's advice has it, would be told beside when it goes.
    """
    if not entry.reason or entry.state is not State.QUEUED or not goes_out:
        return visible(entry.reason)
    return f"The last try: {_low(_why(entry))}"


def undecided(state: State) -> str:
    """Return why Enter has nothing to decide on an edit of this state, with the next key."""
    if state is State.SENDING:
        return "There's nothing to decide: it is on its way to Planhat"
    if state is State.QUEUED:
        return (
            "There's nothing to decide: it goes out by itself.  {hold} holds it, {discard} drops it"
        )
    return "There's no other value to choose from.  {retry} sends it again, {discard} drops it"


def _why(entry: Entry) -> str:
    """Return the reason; the advice behind it is for the outbox."""
    return literal(visible(entry.reason.partition("  ")[0]))


def _low(sentence: str) -> str:
    """Return a sentence as it stands behind a colon; a name keeps its capital."""
    return sentence if sentence.startswith("Planhat") else sentence[:1].lower() + sentence[1:]


def _subject(entries: Sequence[Entry]) -> tuple[str, int]:
    """Return what the sentence is about, and whether that is one thing or several."""
    first = entries[0]
    if first.kind is Kind.CALL:
        return _call(first), 1
    whom = named(first.title) if len(entries) == 1 else count_of(first.kind, len(entries))
    if first.action is Action.CREATE:
        return f"New {first.kind.value} {whom}", 1
    if first.action is Action.DELETE:
        return f"Deletion of {whom}", 1
    thing, number = _thing(first)
    return f"{thing} {whom}", number


def _call(entry: Entry) -> str:
    """Return ``Call to +46 70``: its title; ``Deletion of the call to +46 70``."""
    title = named(entry.title)
    if entry.action is Action.CREATE:
        return title[:1].upper() + title[1:]
    return f"{'Deletion' if entry.action is Action.DELETE else 'Change'} of the {title}"


def _thing(entry: Entry) -> tuple[str, int]:
    """Return what an update touches, and how many: ``Tag gold on``, ``2 tags on``, ``Phase of``.

    A custom field that is taken out is a removal.
    """
    if len(entry.changes) != 1:
        return f"{plural(len(entry.changes), 'field')} of", len(entry.changes)
    change = entry.changes[0]
    if change.field != "tags":
        label = fields.label_of(entry.kind, change.field)
        if change.after is None and custom_key(change.field) is not None:
            return f"Removal of {literal(visible(label))} from", 1
        return f"{literal(visible(label))} of", 2 if fields.are_several([label]) else 1
    added, removed = tags.tag_diff(tag_list(change.before), tag_list(change.after))
    if len(added) + len(removed) != 1:
        return f"{len(added) + len(removed)} tags on", len(added) + len(removed)
    tag = literal(visible((added or removed)[0]))
    return f"Tag {tag} {'on' if added else 'off'}", 1
