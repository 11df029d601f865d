"""What undo will do, before it does: each field as it is now and as it will be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.fields import label_of
from planhat_tui.model.text import visible
from planhat_tui.model.undo import Way, cant_come_back
from planhat_tui.tui.presentation.amounts import plural
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.presentation.sentences import entry_words, tag_words
from planhat_tui.tui.presentation.values import field_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planhat_tui.model.edits import Change
    from planhat_tui.model.undo import Back, UndoPlan

NAMED: Final = 5
"""How many lines of a plan are told where a word is asked for; the rest are counted."""

Line = tuple[str, str, str, str]
"""Record, field, how it is now, what it goes back to."""


def undo_rows(plan: UndoPlan, users: Mapping[str, str]) -> list[Row]:
    """Return a row for each field that goes back, or that stays."""
    return [
        Row(str(place), {"title": title, "what": what, "now": now, "back": back})
        for place, (title, what, now, back) in enumerate(_lines(plan, users))
    ]


def undo_text(plan: UndoPlan, users: Mapping[str, str], *, arrow: str) -> str:
    """Return a plan as some lines of text."""
    told = [
        f"{what} of {title}: {now} {arrow} {back}" for title, what, now, back in _lines(plan, users)
    ]
    more = [f"and {len(told) - NAMED} more"] if len(told) > NAMED else []
    return "\n".join([*told[:NAMED], *more])


def undo_sum(plan: UndoPlan) -> str:
    """Return what a plan comes to, and what can't come back."""
    told = [f"{plural(plan.size, 'record')} at Planhat."] if plan.size > 1 else []
    lost = {cant_come_back(b.entry.kind) for b in plan.backs if b.way is Way.MAKE}
    told += [f"What can't come back: {one}." for one in sorted(lost)]
    return " ".join(told)


def _lines(plan: UndoPlan, users: Mapping[str, str]) -> Iterator[Line]:
    for back in plan.backs:
        yield from _of(back, users)


def _of(back: Back, users: Mapping[str, str]) -> Iterator[Line]:
    entry, title = back.entry, visible(back.entry.title)
    match back.way:
        case Way.DROP:
            yield title, entry_words(entry, users), "not delivered yet", "dropped"
        case Way.DELETE:
            yield title, entry.kind.value, "at Planhat", "deleted"
        case Way.MAKE:
            yield title, entry.kind.value, "deleted", "made again, new id"
        case Way.EDIT | Way.STAY:
            for change in back.changes:
                yield (
                    title,
                    visible(label_of(entry.kind, change.field)),
                    *_values(back, change, users),
                )
            for label in back.stays:
                yield title, visible(label), "changed since", "stays"
            if not (back.changes or back.stays):
                yield title, "-", visible(back.why), "stays"


def _values(back: Back, change: Change, users: Mapping[str, str]) -> tuple[str, str]:
    kind = back.entry.kind
    now = field_text(kind, change.field, change.before, users)
    if change.field == "tags":
        return now, tag_words(change)
    return now, field_text(kind, change.field, change.after, users)
