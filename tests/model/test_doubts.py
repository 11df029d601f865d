from __future__ import annotations

import pytest

from planhat_tui.model.doubts import (
    GRACE,
    Found,
    Verdict,
    lands_until,
    may_land,
    told_again,
    told_let_go,
    verdict,
)
from planhat_tui.model.outbox import Action, Entry, State
from planhat_tui.model.records import Kind

SENT = 1000.0
UNSURE = Entry(
    *(1, Kind.COMPANY, Action.UPDATE, "c1", "Acme", (), None, "", "", State.NOT_SURE, ""),
    *(0.0, SENT, 1, ""),
)
IN_TIME, LATER = SENT + GRACE - 0.1, SENT + GRACE


@pytest.mark.parametrize(
    ("found", "in_time", "later"),
    [
        (Found.DONE, Verdict.DONE, Verdict.DONE),
        (Found.NOT_DONE, Verdict.WAITS, Verdict.AGAIN),
        (Found.CHANGED, Verdict.WAITS, Verdict.REFUSED),
        (Found.IMPOSSIBLE, Verdict.AGAIN, Verdict.AGAIN),
    ],
)
def test_nothing_that_may_still_land_goes_again_or_is_given_up(
    found: Found, in_time: Verdict, later: Verdict
) -> None:
    assert verdict(UNSURE, found, IN_TIME) is in_time
    assert verdict(UNSURE, found, LATER) is later


def test_a_clock_that_was_set_back_ends_no_wait() -> None:
    assert verdict(UNSURE, Found.NOT_DONE, SENT - 86_400) is Verdict.WAITS


def test_who_sends_it_again_or_drops_it_hears_until_when_it_may_arrive() -> None:
    assert may_land(UNSURE, IN_TIME)
    assert not may_land(UNSURE, LATER)
    assert lands_until(UNSURE) == 1120.0

    def clock(moment: float) -> str:
        return f"<{moment:.0f}>"

    assert told_again(UNSURE, IN_TIME, clock).endswith(
        "it is sent again at <1120>, since the first try may still arrive."
    )
    assert "<" not in told_again(UNSURE, LATER, clock)
    assert told_let_go(UNSURE, clock) == "Its first try may still arrive until <1120>."
