"""What is said of edits when the explorer ends: which go on by themselves, which need a hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.outbox import State

if TYPE_CHECKING:
    from collections.abc import Mapping

_GO_ON: Final = frozenset({State.QUEUED, State.SENDING, State.NOT_SURE})
"""What the next start sends, or looks up."""


def left_told(counts: Mapping[State, int]) -> str:
    """Return ``12 not delivered yet, kept here. The next start goes on with 2; 10 held need ...``.

    ``counts`` are open edits by state, at least one.
    """
    total = sum(counts.values())
    going = sum(counts.get(state, 0) for state in _GO_ON)
    stay = [f"{n:,} {state}" for state, n in counts.items() if n and state not in _GO_ON]
    verb = "need" if total - going > 1 else "needs"
    hand = f"{', '.join(stay)} {verb} a hand: o, or outbox list"
    head = f"{total:,} not delivered yet, kept here."
    if not stay:
        return f"{head} The next start goes on with {'it' if total == 1 else 'them'}."
    if not going:
        return f"{head} {hand}."
    return f"{head} The next start goes on with {going:,}; {hand}."
