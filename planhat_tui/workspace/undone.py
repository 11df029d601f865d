"""What was taken back or done again, in sentences: for now, and for when Planhat has it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from planhat_tui.model.fields import are_several, label_of, stay_words
from planhat_tui.model.outbox import Action
from planhat_tui.model.records import Kind
from planhat_tui.model.text import plural
from planhat_tui.model.undo import Way, cant_come_back, lost_words

if TYPE_CHECKING:
    from planhat_tui.model.edits import Change
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.undo import Back, UndoPlan

FEW: Final = 3
"""How many edits are told of one by one."""
_NOW: Final = (
    (Way.DROP, "dropped"),
    (Way.EDIT, "edited back"),
    (Way.DELETE, "deleted"),
    (Way.MAKE, "made again with a new id"),
    (Way.AGAIN, "queued again"),
)
_LEFT: Final = (
    (Way.STAY, "left as others have set them"),
    (Way.WAIT, "left, under way or not sure: undo again once that is known"),
)


def told_of(plan: UndoPlan) -> tuple[tuple[str, str], ...]:
    """Return a pair of sentences for each edit; one pair for all where they are many.

    Another one tells of what isn't in the outbox yet.
    """
    rest = ((plan.told_rest, plan.told_rest),) if plan.rest else ()
    if len(plan.backs) > FEW:
        return (_summed(plan), *rest)
    return (*(told(back, redo=plan.redo) for back in plan.backs), *rest)


def _summed(plan: UndoPlan) -> tuple[str, str]:
    """Return what becomes of a large step, by counts."""
    counts = Counter(back.way for back in plan.backs)
    left = counts[Way.STAY] + counts[Way.WAIT]
    deed = "done again" if plan.redo else "taken back"
    verb = "is" if len(plan.backs) - left == 1 else "are"
    head = f"{plural(len(plan.backs) - left, 'edit')} {verb} {deed}"
    ways = [(f"{counts[way]:,}", words) for way, words in _NOW if counts[way]]
    how = ", ".join(f"{'all' if len(ways) == 1 else count} {words}" for count, words in ways)
    rest = "".join(f"; {counts[way]:,} {words}" for way, words in _LEFT if counts[way])
    now = f"{head}: {how}{rest}."
    goes_on = set(counts) - {Way.DROP, Way.STAY, Way.WAIT}
    return now, f"{head}{rest}." if goes_on else now


def told(back: Back, *, redo: bool) -> tuple[str, str]:
    """Return a sentence for now, and one for when Planhat has it."""
    entry = back.entry
    title = f"The {entry.title}" if entry.kind is Kind.CALL else entry.title
    match back.way:
        case Way.DROP:
            said = _dropped(entry, redo=redo)
        case Way.EDIT:
            return _edited(back, redo=redo)
        case Way.DELETE:
            lost = f" {lost_words(back.lost)}" if back.lost else ""
            now = f"{title} is deleted; the edit is queued.{lost}"
            return now, f"{title} is deleted.{lost}"
        case Way.MAKE:
            lost = f"what can't come back: {cant_come_back(entry.kind)}."
            said = f"{title} is made again with a new id; {lost}"
        case Way.AGAIN:
            verb, kept = "are" if _several(entry) else "is", _kept(back)
            deed = _deed(entry)
            return f"{deed} {verb} queued again.{kept}", f"{deed} {verb} delivered.{kept}"
        case Way.STAY:
            said = back.why
        case Way.WAIT:
            said = f"{_deed(entry)}: {back.why[:1].lower()}{back.why[1:]}"
    return said, said


def _dropped(entry: Entry, *, redo: bool) -> str:
    several = _several(entry)
    verb = "are" if several else "is"
    if redo:
        return f"{_deed(entry)} {verb} done again: the way back was not delivered yet."
    was = "they were" if several else "it was"
    return f"{_deed(entry)} {verb} taken back: {was} not delivered yet."


def _edited(back: Back, *, redo: bool) -> tuple[str, str]:
    labels, kept = _labels(back.entry.kind, back.changes), _kept(back)
    what, several = f"{', '.join(labels)} of {back.entry.title}", are_several(labels)
    verb = "are" if several else "is"
    if redo:
        return (
            f"{what} {verb} set again; the edit is queued.{kept}",
            f"{what} {verb} set again.{kept}",
        )
    as_before = "are back as they were" if several else "is back as it was"
    goes = "go" if several else "goes"
    return f"{what} {goes} back; the edit is queued.{kept}", f"{what} {as_before}.{kept}"


def _kept(back: Back) -> str:
    return f" {stay_words(back.stays)}" if back.stays else ""


def _labels(kind: Kind, changes: tuple[Change, ...]) -> list[str]:
    return [label_of(kind, change.field) for change in changes]


def _several(entry: Entry) -> bool:
    return entry.action is Action.UPDATE and are_several(_labels(entry.kind, entry.changes))


def _deed(entry: Entry) -> str:
    match entry.action:
        case Action.CREATE:
            return f"Making {entry.title}" if entry.kind is not Kind.CALL else f"The {entry.title}"
        case Action.DELETE:
            return f"Deleting {entry.title}"
        case Action.UPDATE:
            return f"{', '.join(_labels(entry.kind, entry.changes))} of {entry.title}"
