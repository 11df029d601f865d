"""What undo will do, before it does: each field as it is now and as it will be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.commands.deleting import called_at
from planhat_tui.model.fields import label_of
from planhat_tui.model.records import Kind
from planhat_tui.model.text import plural, visible
from planhat_tui.model.undo import Way, by_loss, cant_come_back
from planhat_tui.tui.presentation import moments
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.presentation.sentences import entry_words, tag_words
from planhat_tui.tui.presentation.values import field_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo

    from planhat_tui.model.edits import Change
    from planhat_tui.model.undo import Back, UndoPlan

NAMED: Final = 5
"""How many lines of a plan are told where a word is asked for; the rest are counted."""


class Line(NamedTuple):
    """One field of one record: how it is now, and what it goes back to.

    ``part``: ``back`` is only what comes and goes, as of tags.
    """

    title: str
    what: str
    now: str
    back: str
    part: bool = False


def undo_rows(
    plan: UndoPlan, users: Mapping[str, str], *, arrow: str, zone: tzinfo | None = None
) -> list[Row]:
    """Return a row for each field that goes back, or that stays; times are in ``zone``."""
    lines = [line for back in plan.backs for line in _lines(back, users, arrow, zone)]
    return [
        Row(str(place), {"title": it.title, "what": it.what, "now": it.now, "back": it.back})
        for place, it in enumerate(lines)
    ]


def undo_text(
    plan: UndoPlan, users: Mapping[str, str], *, arrow: str, zone: tzinfo | None = None
) -> str:
    """Return a plan as some lines of text; times are in ``zone``."""
    told = [
        f"{_subject(back, line)}: "
        + (line.back if line.part else f"{line.now} {arrow} {line.back}")
        for back in by_loss(plan.backs)
        for line in _lines(back, users, arrow, zone)
    ]
    more = [f"and {len(told) - NAMED} more"] if len(told) > NAMED else []
    return "\n".join([*told[:NAMED], *more])


def undo_sum(plan: UndoPlan, wall: float) -> str:
    """Return what a plan comes to, what can't come back, and how old "now" is if it is old.

    ``wall`` is seconds since the epoch. What was never read has no age.
    """
    told = [f"{plural(plan.size, 'record')} at Planhat."] if plan.size > 1 else []
    told += [plan.told_rest] if plan.rest else []
    lost = {cant_come_back(b.entry.kind) for b in plan.backs if b.way is Way.MAKE}
    told += [f"What can't come back: {one}." for one in sorted(lost)]
    if taking := sum(bool(back.lost) for back in plan.backs):
        verb = "holds" if taking == 1 else "hold"
        told.append(f"{plural(taking, 'record')} {verb} what others have put there: it goes too.")
    if plan.as_of is not None:
        told.append(f"NOW is the local copy, {_old(wall - plan.as_of)}. {plan.unseen}".rstrip())
    return " ".join(told)


def _old(seconds: float) -> str:
    return f"{moments.age(seconds)} old" if math.isfinite(seconds) else "and nobody read it yet"


def _subject(back: Back, line: Line) -> str:
    """Return ``Phase of Acme Inc``, ``contact Kim``; a call has its kind in its title."""
    if back.way not in {Way.DELETE, Way.MAKE} or line.what != back.entry.kind:
        return f"{line.what} of {line.title}"
    return line.title if back.entry.kind is Kind.CALL else f"{line.what} {line.title}"


def _lines(back: Back, users: Mapping[str, str], arrow: str, zone: tzinfo | None) -> Iterator[Line]:
    entry, title = back.entry, visible(back.entry.title)
    match back.way:
        case Way.DROP:
            told = entry_words(entry, users, arrow=arrow)
            yield Line(title, told, "not delivered yet", "dropped")
        case Way.DELETE:
            told = _told_apart(back, zone) if entry.kind is Kind.CALL else title
            yield from _deleted(back, told)
        case Way.MAKE:
            yield Line(title, entry.kind.value, "deleted", "made again, new id")
        case Way.AGAIN:
            told = entry_words(entry, users, arrow=arrow)
            yield Line(title, told, "taken back", "queued again")
        case Way.WAIT:
            yield Line(title, entry_words(entry, users, arrow=arrow), visible(back.why), "stays")
        case Way.EDIT | Way.STAY:
            for change in back.changes:
                yield _line(title, entry.kind, change, users)
            for label in back.stays:
                yield Line(title, visible(label), "changed since", "stays")
            if not (back.changes or back.stays):
                yield Line(title, "-", visible(back.why), "stays")


def _deleted(back: Back, title: str) -> Iterator[Line]:
    here = "at Planhat" if back.now is not None else "not in the local copy"
    yield Line(title, back.entry.kind.value, here, "deleted")
    for label in back.lost:
        yield Line(title, visible(label), "put there by others since", "deleted too")


def _told_apart(back: Back, zone: tzinfo | None) -> str:
    """Return a call with whom and when it was: several have the same number."""
    whom = f" ({visible(back.whom)})" if back.whom else ""
    return f"{visible(back.entry.title)}{whom}{called_at(back.now or {}, zone)}".removesuffix(",")


def _line(title: str, kind: Kind, change: Change, users: Mapping[str, str]) -> Line:
    label = visible(label_of(kind, change.field))
    now = field_text(kind, change.field, change.before, users)
    if change.field == "tags":
        return Line(title, label, now, tag_words(change), part=True)
    return Line(title, label, now, field_text(kind, change.field, change.after, users))
