"""What is said of edits when the program ends: which go on by themselves, which need a hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.outbox import State
from planhat_tui.model.text import plural, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planhat_tui.model.outbox import Entry

_GO_ON: Final = frozenset({State.QUEUED, State.SENDING, State.NOT_SURE})
"""What the next start sends, or looks up."""


def left_told(counts: Mapping[State, int], unqueued: int = 0, kept: int = 0) -> str:
    """Return ``12 not delivered yet, kept here. The next start goes on with 2; 10 held need ...``.

    ``counts`` are open edits by state. ``unqueued`` records of plans aren't even among them and go
    on by themselves, ``kept`` ones wait for ``plan resume``. There is at least one in all.
    """
    total = sum(counts.values()) + unqueued + kept
    going = sum(counts.get(state, 0) for state in _GO_ON) + unqueued
    stay = [f"{n:,} {state}" for state, n in counts.items() if n and state not in _GO_ON]
    stay += [f"{kept:,} of a paused plan (plan resume)"] if kept else []
    verb = "need" if total - going > 1 else "needs"
    hand = f"{', '.join(stay)} {verb} a hand: o, or outbox list"
    head = f"{total:,} not delivered yet, kept here."
    if not stay:
        return f"{head} The next start goes on with {'it' if total == 1 else 'them'}."
    if not going:
        return f"{head} {hand}."
    return f"{head} The next start goes on with {going:,}; {hand}."


_AFTER: Final = {
    State.QUEUED: "outbox send sends it, undo takes it back.",
    State.SENDING: "outbox send finds out what became of it.",
    State.NOT_SURE: "outbox send finds out what became of it.",
    State.DELIVERED: "undo takes it back.",
    State.DROPPED: "nothing is left of it.",
}
"""What can be done about one edit of a command that was interrupted."""
_HAND: Final = "outbox list shows it."


def interrupted(edits: Sequence[Entry], rest: int) -> str:
    """Return what a command has left behind that was interrupted; empty if it has made no edit.

    ``edits`` are all that it has made, as they stand; ``rest`` are records of a plan that aren't
    queued yet. As in ``Interrupted. Acme Inc: queued (edit 12): outbox send sends it, ...``.
    """
    if not edits and not rest:
        return ""
    if len(edits) == 1 and not rest:
        (one,) = edits
        told = f"{visible(one.title)}: {one.state} (edit {one.n})"
        return f"Interrupted. {told}: {_AFTER.get(one.state, _HAND)}"
    states = [one.state for one in edits]
    counts = [f"{states.count(state):,} {state}" for state in State if state in states]
    counts += [f"{rest:,} still to be queued"] if rest else []
    told = f"Of {plural(len(edits) + rest, 'edit')}: {', '.join(counts)}."
    return f"Interrupted. {told} outbox send goes on with them, undo takes them back."
