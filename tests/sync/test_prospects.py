from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.doubts import GRACE
from planhat_tui.model.edits import Change
from planhat_tui.model.limits import Lane, Limits
from planhat_tui.model.outbox import Action, Entry, State
from planhat_tui.model.records import Kind
from planhat_tui.sync.prospects import Prospect, goes_in, in_line, prospects
from planhat_tui.sync.status import SyncStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

ONLINE = SyncStatus(network="online")
CITY = Change("city", "Lund", "Umeå")


def entry(
    n: int,
    state: State = State.QUEUED,
    *,
    record: str = "c1",
    action: Action = Action.UPDATE,
    kind: Kind = Kind.COMPANY,
    looked: int = 0,
) -> Entry:
    made = Entry(
        n, kind, action, record, "Acme", (CITY,), {}, "", "", state, "", 0.0, 1000.0, 0, "", n
    )
    return made._replace(looked=looked)


def told(*entries: Entry, status: SyncStatus = ONLINE, wall: float = 1000.0) -> list[str]:
    found = prospects(entries, status, wall, 50.0)
    return [found[one.n].sentence for one in entries]


def test_what_can_go_goes_now_and_the_rest_says_what_it_waits_for() -> None:
    assert told(
        entry(1, State.CONFLICT), entry(2), entry(3, record="c2"), entry(4, State.HELD, record="c3")
    ) == [
        "It waits until you settle the conflict.",
        "It waits for edit 1 (conflict).",
        "It goes out now.",
        "It stays here until it is sent again.",
    ]


def test_what_waits_for_a_doubt_names_it_whichever_is_older() -> None:
    plan, seats = (Change(f"custom.{key}", "a", "b") for key in ("Plan", "Seats"))
    doubt = entry(3, State.NOT_SURE)._replace(changes=(seats,))
    older = entry(2)._replace(changes=(plan,))
    assert told(entry(1), older, doubt)[:2] == [
        "It goes out now.",
        "It waits for edit 3 (not sure).",
    ]


def test_what_many_wait_for_is_found_without_looking_through_all_for_each() -> None:
    class Read(list[Entry]):
        times = 0

        def __iter__(self) -> Iterator[Entry]:
            self.times += 1
            return super().__iter__()

    def read_for(count: int) -> int:
        company = entry(1, State.HELD, record="new-c", action=Action.CREATE)
        body = {"companyId": "new-c"}
        people = (
            entry(n, record=f"new-{n}", action=Action.CREATE, kind=Kind.CONTACT)
            for n in range(2, count)
        )
        waiting = Read([company, *(one._replace(body=body) for one in people)])
        known = prospects(waiting, ONLINE, 1000.0, 50.0)
        assert known[2].sentence == "It waits for its company: edit 1 (held)."
        return waiting.times

    assert read_for(20) == read_for(10)


def test_where_nobody_sends_it_says_who_will() -> None:
    found = prospects([entry(1), entry(2, State.HELD, record="c2")], None, 1000.0, 50.0)
    assert found[1] == Prospect("It goes out when an explorer or a sync runs.")
    assert found[2].sentence == "It stays here until it is sent again."


def test_who_waits_behind_others_hears_how_many_they_are() -> None:
    line = [entry(n, record=f"c{n}") for n in range(1, 42)]
    known = prospects(line, ONLINE, 1000.0, 50.0)
    assert known[41].before == 40
    assert in_line([41], known) == "40 other requests before it: this goes out in 12-24 s."
    assert in_line([1], known) == ""
    assert in_line(range(1, 42), known) == "The last of these 41 goes out in 12-24 s."
    blocked = prospects([entry(1, State.CONFLICT), entry(2)], ONLINE, 1000.0, 50.0)
    assert in_line([2], blocked) == "It waits for edit 1 (conflict)."
    assert in_line([], known) == ""


def test_what_guardrails_keep_says_so_and_nothing_waits_behind_it() -> None:
    line = [
        entry(1, action=Action.DELETE),
        entry(2, record="c2"),
        entry(3, State.HELD, record="c3", action=Action.DELETE),
    ]
    known = prospects(
        line, ONLINE, 1000.0, 50.0, lambda one: "No." if one.action is Action.DELETE else ""
    )
    assert known[1] == Prospect("It stays here: No.")
    assert (known[2].sentence, known[2].before) == ("It goes out now.", 0)
    assert known[3].sentence == "It stays here until it is sent again."


def test_nothing_waits_for_a_deletion_that_was_refused() -> None:
    refused, again = (entry(n, action=Action.DELETE) for n in (1, 3))
    refused = refused._replace(state=State.REFUSED)
    assert told(refused, entry(2, State.CONFLICT), again)[2] == "It waits for edit 2 (conflict)."
    assert told(refused, again)[1] == "It goes out now."


def test_a_contact_waits_for_its_company() -> None:
    contact = entry(2, record="new-2", action=Action.CREATE, kind=Kind.CONTACT)
    waits = contact._replace(body={"companyId": "new-1"})
    assert told(waits) == ["It waits until its company is made."]
    company = entry(1, record="new-1", action=Action.CREATE)
    assert told(company, waits)[1] == "It waits until its company is made."
    refused = company._replace(state=State.REFUSED)
    assert told(refused, waits)[1] == "It waits for its company: edit 1 (refused)."


def test_what_was_dropped_and_may_still_land_says_when_that_is_known() -> None:
    dropped = entry(1, State.NOT_SURE, looked=1)._replace(let_go=True)
    assert told(dropped, wall=1000.0 + GRACE - 30) == [
        "Planhat is asked what became of it in 30 s."
    ]


def test_what_is_set_aside_says_that_its_record_couldnt_be_read_and_when_it_is_tried() -> None:
    status = replace(ONLINE, aside={(Kind.COMPANY, "c1"): 1012.0, (Kind.COMPANY, "c3"): 1012.0})
    unsure = entry(3, State.NOT_SURE, record="c3")
    assert told(entry(1), entry(2, record="c2"), unsure, status=status) == [
        "Its record couldn't be read: it is tried again in 12 s.",
        "It goes out now.",
        "Planhat is asked what became of it in 12 s.",
    ]
    assert told(entry(1), status=status, wall=1012.5) == ["It goes out now."]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (SyncStatus(network="offline"), "It goes out when the network is back."),
        (SyncStatus(network="refused"), "The queue is paused: the token was refused."),
        (SyncStatus(network="online", paused=True), "The queue is paused: the token was refused."),
        (SyncStatus(network="mismatch"), "Nothing is sent: the token opens another tenant."),
    ],
)
def test_what_keeps_everything_back_is_said_of_each(status: SyncStatus, sentence: str) -> None:
    assert told(entry(1), entry(2, record="c2"), status=status) == [sentence] * 2


def test_what_isnt_sure_says_when_it_is_looked_up_or_that_a_person_decides() -> None:
    unsure = entry(1, State.NOT_SURE, looked=1)
    call = entry(2, State.NOT_SURE, action=Action.CREATE, kind=Kind.CALL)
    assert told(unsure, call, wall=1000.0 + GRACE - 30) == [
        "Planhat is asked what became of it in 30 s, and gets it again if it isn't there.",
        "It isn't sent again by itself: say whether it is there.",
    ]


def test_an_estimate_counts_calls_and_windows() -> None:
    limits = Limits(limit=200, remaining=10, reset_in=(12.0, 71.0), as_of=48.0, latency=0.1)
    assert goes_in(0, limits, 50.0) == (0.0, 0.0)
    assert goes_in(5, limits, 50.0) == (0.5, 69.0)  # with a read before each the calls run out
    assert goes_in(20, limits, 50.0) == (10.0, 69.0)
    low, high = goes_in(300, limits, 50.0)
    assert (low, high) == (70.0, 69.0 + 2 * 120.0)
    stopped = Limits(limit=200, remaining=200, stopped_until=80.0, latency=0.1)
    assert goes_in(0, stopped, 50.0) == (30.0, 30.0)
    assert goes_in(2, Limits(), 50.0) == (0.6, 1.2)


def test_what_gets_none_of_the_calls_that_are_left_doesnt_go_now() -> None:
    limits = Limits(limit=12, remaining=5, reset_in=(12.0, 71.0), as_of=48.0, latency=0.1)
    waiting = replace(limits, waiting={Lane.OUTBOX: 1})
    told_now = told(entry(1), status=replace(ONLINE, limits=limits))
    assert told_now == ["It goes out now."]
    assert told(entry(1), status=replace(ONLINE, limits=waiting)) == [
        "It goes out in 0-69 s: 5 calls left, kept for you."
    ]
