from __future__ import annotations

import pytest

from planhat_tui.commands.leaving import interrupted, left_told
from planhat_tui.model.outbox import Action, Entry, State
from planhat_tui.model.records import Kind

GO_ON = "outbox send goes on with them, undo takes them back."
KEPT = "not delivered yet, kept here."
PAUSED = "400 of a paused plan (plan resume)"
WHERE = "o, or outbox list"


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({State.QUEUED: 1}, f"1 {KEPT} The next start goes on with it."),
        (
            {State.QUEUED: 2, State.NOT_SURE: 1},
            f"3 {KEPT} The next start goes on with them.",
        ),
        (
            {State.HELD: 1200},
            f"1,200 {KEPT} 1,200 held need a hand: o, or outbox list.",
        ),
        (
            {State.HELD: 1, State.QUEUED: 2},
            f"3 {KEPT} The next start goes on with 2; 1 held needs a hand: o, or outbox list.",
        ),
    ],
)
def test_who_quits_hears_what_goes_on_and_what_does_not(
    counts: dict[State, int], told: str
) -> None:
    assert left_told(counts) == told


def _edit(n: int, state: State) -> Entry:
    return Entry(
        n, Kind.COMPANY, Action.UPDATE, f"c{n}", f"Acme {n}", (), None, "step", "", state, "",
        0.0, 0.0, 0, "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("states", "rest", "told"),
    [
        ([State.QUEUED], 0, "Acme 1: queued (edit 1): outbox send sends it, undo takes it back."),
        (
            [State.NOT_SURE],
            0,
            "Acme 1: not sure (edit 1): outbox send finds out what became of it.",
        ),
        ([State.DELIVERED], 0, "Acme 1: delivered (edit 1): undo takes it back."),
        ([State.REFUSED], 0, "Acme 1: refused (edit 1): outbox list shows it."),
        (
            [State.QUEUED, State.DELIVERED],
            1200,
            "Of 1,202 edits: 1 queued, 1 delivered, 1,200 still to be queued. " + GO_ON,
        ),
    ],
)
def test_who_interrupts_hears_what_became_of_each_edit(
    states: list[State], rest: int, told: str
) -> None:
    edits = [_edit(n, state) for n, state in enumerate(states, start=1)]
    assert interrupted(edits, rest) == f"Interrupted. {told}"
    assert interrupted([], 0) == ""


@pytest.mark.parametrize(
    ("counts", "unqueued", "kept", "told"),
    [
        ({}, 4, 0, f"4 {KEPT} The next start goes on with them."),
        ({}, 0, 400, f"400 {KEPT} {PAUSED} need a hand: {WHERE}."),
        ({State.QUEUED: 2}, 4, 0, f"6 {KEPT} The next start goes on with them."),
        (
            {State.QUEUED: 2, State.HELD: 3},
            0,
            400,
            f"405 {KEPT} The next start goes on with 2; 3 held, {PAUSED} need a hand: {WHERE}.",
        ),
    ],
)
def test_what_of_a_plan_isnt_queued_yet_is_counted_too(
    counts: dict[State, int], unqueued: int, kept: int, told: str
) -> None:
    assert left_told(counts, unqueued, kept) == told
