"""What of plans isn't in the outbox yet, by their drafts alone: nothing is loaded for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.text import plural
from planhat_tui.store.drafts import QUEUEING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.values import Json
    from planhat_tui.store.drafts import Drafts

PAUSED: Final = "paused"
TOTAL: Final = "of"
DONE: Final = "rows"
RESTED: Final = "rested"
"""What a plan notes of itself while it goes into the outbox; the last counts how often it has
rested: what is left of it may have moved since it was held against what is there."""
TEXT: Final = "plan:"
"""How the key begins under which a plan is kept until all of it is in the outbox."""
_ASIDE: Final = "plan-aside:"
"""Likewise of what one notes that was taken back: then the number of that undo, and the step."""


class Rest(NamedTuple):
    """Records of plans that aren't in the outbox yet: those that go on, and those that wait.

    These wait until somebody lets their plan go on.
    """

    going: int = 0
    kept: int = 0

    @property
    def told(self) -> str:
        """Say so, with what lets them go on; empty if there are none."""
        parts = []
        if self.going:
            parts.append(f"{_of_a_plan(self.going)} not queued yet: outbox send goes on.")
        if self.kept:
            parts.append(f"{_of_a_plan(self.kept)} kept back: plan resume lets it go on.")
        return "  ".join(parts)


def rest(drafts: Drafts) -> Rest:
    """Return how many records of plans aren't in the outbox yet."""
    going = kept = 0
    for noted in map(drafts.load, drafts.keys(QUEUEING)):
        if noted and noted.get(PAUSED):
            kept += _left(noted)
        else:
            going += _left(noted)
    return Rest(going, kept)


def left_of(drafts: Drafts, step: str) -> int:
    """Return how many records of a plan aren't in the outbox yet."""
    return _left(drafts.load(QUEUEING + step))


def aside(drafts: Drafts, k: int) -> int:
    """Return how many records of plans an undo has kept out of the outbox."""
    return sum(_left(drafts.load(key)) for key in drafts.keys(f"{_ASIDE}{k}:"))


def put_aside(drafts: Drafts, step: str, k: int) -> None:
    """Let nothing more of a plan go into the outbox, before the undo of that number is redone."""
    if (noted := drafts.load(QUEUEING + step)) is not None:
        drafts.save(f"{_ASIDE}{k}:{step}", noted)
        drafts.drop(QUEUEING + step)


def take_up_again(drafts: Drafts, k: int) -> None:
    """Let go on what an undo has put aside."""
    for key in drafts.keys(start := f"{_ASIDE}{k}:"):
        drafts.save(QUEUEING + key.removeprefix(start), rested(drafts.load(key) or {}))
        drafts.drop(key)


def rested(noted: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return what is noted of a plan that goes on after a rest."""
    return {**noted, PAUSED: False, RESTED: rests(noted) + 1}


def rests(noted: Mapping[str, Json]) -> int:
    """Return how often a plan has rested."""
    return int(str(noted.get(RESTED, 0)))


def forget(drafts: Drafts, step: str) -> None:
    """Let nothing more of a plan go into the outbox."""
    drafts.drop(TEXT + step)
    drafts.drop(QUEUEING + step)


def forget_aside(drafts: Drafts) -> None:
    """Forget what was put aside: something new was done, and nothing is redone any more."""
    for key in drafts.keys(_ASIDE):
        forget(drafts, key.removeprefix(_ASIDE).partition(":")[2])
        drafts.drop(key)


def _left(noted: Mapping[str, Json] | None) -> int:
    total, done = ((noted or {}).get(key, 0) for key in (TOTAL, DONE))
    return int(str(total)) - int(str(done))


def _of_a_plan(count: int) -> str:
    return f"{plural(count, 'record')} of a plan {'is' if count == 1 else 'are'}"
