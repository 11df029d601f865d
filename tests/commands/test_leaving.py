from __future__ import annotations

import pytest

from planhat_tui.commands.leaving import left_told
from planhat_tui.model.outbox import State

KEPT = "not delivered yet, kept here."


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
