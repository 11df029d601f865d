from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import ServerError
from planhat_tui.model.doubts import GRACE
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.sync.aside import FIRST, LONGEST, MANY, UNPROVEN, Aside
from tests.sync.rig import Line, answer, html, lost_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from planhat_tui.model.outbox import Entry
    from tests.sync.rig import Desk, Fault, Server, Time

ERROR = ServerError("Planhat failed (500).", status=500)
BAD, GOOD = (Kind.COMPANY, "bad"), (Kind.COMPANY, "good")
PHASES = ["renewal", *(f"phase {n}" for n in range(10))]
UNREADABLE = answer(200, '{"_id": 5}')
OLD = 60.0
"""Seconds after which a copy is too old to be merged into."""


class Wall:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


# -- the rule


def test_a_record_that_fails_again_and_again_is_tried_less_and_less_often() -> None:
    wall, pauses = Wall(), []
    aside = Aside(wall)
    for _ in range(9):
        assert not aside.failed(BAD, ERROR)
        pauses.append(aside.left(BAD))
        wall.now += aside.left(BAD)
        assert aside.left(BAD) == 0
        aside.went_well(GOOD)
    assert pauses[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert pauses[-1] == LONGEST


def test_while_nothing_goes_well_nobody_waits_for_long() -> None:
    aside = Aside(Wall())
    for _ in range(9):
        aside.failed(BAD, ERROR)
    assert aside.left(BAD) == UNPROVEN
    assert aside.error is ERROR


def test_several_that_fail_in_a_row_tell_that_it_isnt_the_records() -> None:
    aside = Aside(Wall())
    others = [(Kind.CONTACT, f"c{n}") for n in range(MANY)]
    assert [aside.failed(one, ERROR) for one in others] == [False] * (MANY - 1) + [True]
    aside.went_well(GOOD)
    assert aside.error is None
    assert [aside.failed(BAD, ERROR) for _ in range(MANY)] == [False] * MANY


def test_what_goes_well_or_is_wished_is_tried_at_once_and_a_clock_set_back_holds_nothing() -> None:
    wall = Wall()
    aside = Aside(wall)
    for deed in (aside.went_well, lambda one: aside.forget([one])):
        aside.failed(BAD, ERROR)
        deed(BAD)
        assert aside.left(BAD) == 0
    aside.failed(BAD, ERROR)
    wall.now -= 86_400
    assert aside.left(BAD) == 0


# -- the queue


class Spoilt(Line):
    """A line on which what fits always fails."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.app)
        self.spoilt: tuple[str, ...] = ()
        self.how: Fault = answer(500)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        told = f"{request.method} {request.url.raw_path.decode()}"
        if any(fnmatchcase(told, pattern) for pattern in self.spoilt):
            self.once(told, self.how)
        return await super().handle_async_request(request)


@pytest.fixture
def line(server: Server) -> Spoilt:
    return Spoilt(server)


@pytest.fixture
def companies(server: Server) -> list[str]:
    """Return the ids of four companies of one phase."""
    found = server.ids()[:4]
    for one in found:
        server.put(one, phase="onboarding")
    return found


@pytest.fixture
def ready(companies: list[str], filled: Desk) -> Desk:
    assert companies
    return filled


def renewal(desk: Desk, company: str) -> Entry:
    return desk.edit(company, Change("phase", "onboarding", "renewal"))


def states(desk: Desk, *entries: Entry) -> list[State]:
    return [desk.entry(entry).state for entry in entries]


@pytest.mark.parametrize("how", [answer(500), UNREADABLE, html()])
def test_one_record_that_cant_be_read_keeps_no_other_waiting(
    ready: Desk, line: Spoilt, companies: list[str], time: Time, how: Fault
) -> None:
    time.leap(OLD)
    line.spoilt, line.how = (f"GET /companies/{companies[0]}",), how
    edits = [renewal(ready, one) for one in companies[:2]]
    assert ready.delivered(*edits) == [State.QUEUED, State.DELIVERED]
    assert ready.entry(edits[0]).reason
    assert {*ready.engine.status.aside} == {(Kind.COMPANY, companies[0])}
    for n in range(10):
        time.leap(LONGEST / 10)
        edits.append(ready.edit(companies[1], Change("phase", PHASES[n], PHASES[n + 1])))
        ready.look_at_the_outbox()
        assert ready.entry(edits[-1]).state is State.DELIVERED
    assert line.count(line.spoilt[0]) < 8
    line.spoilt = ()
    time.leap(LONGEST)
    ready.look_at_the_outbox()
    assert ready.entry(edits[0]).state is State.DELIVERED
    assert line.count("PUT *") == len(edits)


@pytest.mark.parametrize("how", [answer(500), UNREADABLE, answer(400, "no")])
def test_one_doubt_that_cant_be_looked_up_keeps_no_other_edit_waiting(
    ready: Desk, line: Spoilt, companies: list[str], time: Time, how: Fault
) -> None:
    line.once("PUT *", lost_answer)
    doubt = renewal(ready, companies[0])
    ready.deliver(doubt)
    line.spoilt, line.how = (f"GET /companies/{companies[0]}",), how
    ready.look_at_the_outbox()
    other = renewal(ready, companies[1])
    assert ready.delivered(other) == [State.DELIVERED]
    assert ready.entry(doubt).state is State.NOT_SURE
    line.spoilt = ()
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(doubt).state is State.DELIVERED
    assert line.count("PUT *") == 2


def test_a_server_that_fails_on_every_record_is_left_alone_for_a_while(
    ready: Desk, line: Spoilt, companies: list[str], time: Time
) -> None:
    time.leap(OLD)
    edits = [renewal(ready, one) for one in companies]
    line.spoilt = ("GET /companies/*",)
    assert ready.delivered(*edits) == [State.QUEUED] * 4
    assert line.count(line.spoilt[0]) == MANY
    assert "Planhat failed (500)" in ready.engine.status.reason
    line.spoilt = ()
    assert ready.delivered(*edits) == [State.DELIVERED] * 4


def test_what_a_person_sends_now_is_tried_though_it_was_set_aside(
    open_desk: Callable[..., Desk], server: Server, line: Spoilt, time: Time
) -> None:
    company = server.ids()[0]
    server.put(company, phase="onboarding")
    desk = open_desk()
    desk.fill()
    time.leap(OLD)
    line.once("GET /companies/*", answer(500))
    edit = renewal(desk, company)
    assert desk.delivered(edit) == [State.QUEUED]
    desk.look_at_the_outbox()
    assert states(desk, edit) == [State.QUEUED]
    desk.engine.send_now()
    desk.wait_for_state(edit, State.DELIVERED)
