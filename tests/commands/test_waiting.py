from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from planhat_tui.commands import waiting
from planhat_tui.commands.course import Course
from planhat_tui.model.limits import Lane, Limits
from planhat_tui.sync.status import SyncStatus

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from tests.commands.conftest import Desk


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LOOK", 0.01)


def _context(
    desk: Desk, limits: Limits, told: list[str], future: Future[str], until: int
) -> Context:
    """Return a world in which the answer comes when so much has been told or asked."""
    looks = 0

    def monotonic() -> float:
        nonlocal looks
        looks += 1
        if looks == until:
            future.set_result("here")
        return 100.0 + 10 * looks

    net = SimpleNamespace(status=SyncStatus(limits=limits))
    workspace = cast("Any", SimpleNamespace(net=net))
    return desk.context._replace(workspace=lambda: workspace, tell=told.append, monotonic=monotonic)


def test_a_verb_that_stands_still_says_once_until_when(bare: Desk) -> None:
    told: list[str] = []
    future: Future[str] = Future()
    context = _context(bare, Limits(stopped_until=150.0), told, future, until=3)
    assert waiting.answer(context, future) == "here"
    assert told == [
        "The rate limit is used up: it goes on in 40 s.  ctrl+c leaves; what is queued is kept",
    ]


def test_a_server_that_goes_on_refusing_is_told_of_once_a_minute() -> None:
    stops = waiting.Stops()
    refusals = [(now, Limits(stopped_until=now + 4.0)) for now in range(100, 200, 5)]
    told = [(now, text) for now, limits in refusals if (text := stops.sentence(limits, now))]
    assert told == [
        (100, "The rate limit is used up: it goes on in 4 s."),
        (160, "Planhat still refuses (429): the next try is in 4 s."),
    ]


def test_a_long_wait_after_a_short_one_is_told_at_once() -> None:
    stops = waiting.Stops()
    assert stops.sentence(Limits(stopped_until=104.0), 100.0)
    assert stops.sentence(Limits(stopped_until=160.0), 102.0) == "", "what was told holds till then"
    assert "in 55 s" in stops.sentence(Limits(stopped_until=160.0), 105.0)
    assert stops.sentence(Limits(stopped_until=160.0), 159.9) == ""
    assert stops.sentence(Limits(), 170.0) == ""


def test_while_calls_are_left_it_waits_without_a_word(bare: Desk) -> None:
    told: list[str] = []
    future: Future[str] = Future()
    assert waiting.answer(_context(bare, Limits(), told, future, until=3), future) == "here"
    assert told == []


def test_while_it_stands_in_line_it_says_so_now_and_then(bare: Desk) -> None:
    told: list[str] = []
    future: Future[str] = Future()
    context = _context(bare, Limits(), told, future, until=4)
    assert waiting.answer(context, future, why=lambda now: f"At {now:.0f} s.") == "here"
    assert told == [f"At {now} s.  ctrl+c leaves; what is queued is kept" for now in (110, 130)]


def test_patience_ends(bare: Desk) -> None:
    told: list[str] = []
    never: Future[str] = Future()
    context = _context(bare, Limits(), told, Future(), until=-1)
    with pytest.raises(TimeoutError):
        waiting.answer(context, never, patience=0.03)


def test_the_engines_error_is_the_callers(bare: Desk) -> None:
    future: Future[str] = Future()
    future.set_exception(ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        waiting.answer(bare.context, future)


def test_a_terminal_is_shown_at_each_look_how_far_it_is(bare: Desk) -> None:
    drawn: list[Course] = []
    future: Future[str] = Future()
    context = _context(bare, Limits(), [], future, until=3)._replace(draw=drawn.append)
    left = iter(range(9))
    course = lambda: Course("edits delivered", next(left), 9)  # noqa: E731 -- counts its looks
    assert waiting.answer(context, future, course=course) == "here"
    assert [one.done for one in drawn] == [0, 1, 2]
    assert waiting.answer(context._replace(draw=None), future, course=course) == "here"


def test_what_waits_though_calls_are_left_says_for_whom_they_are_kept() -> None:
    limits = Limits(40, 4, (20.0, 70.0), as_of=100.0, waiting={Lane.BACKGROUND: 1})
    told = "kept for what people ask for: reading goes on after the reset"
    assert waiting.kept(limits, 110.0) == f"The last 4 calls are {told}, in 60 s at the latest."
    alone = replace(limits, remaining=1, reset_in=None)
    assert waiting.kept(alone, 110.0) == f"The last call is {told}."
    for other in (
        replace(limits, waiting={}),
        replace(limits, waiting={Lane.USER: 1, Lane.BACKGROUND: 1}),
        replace(limits, in_flight=1),
        replace(limits, remaining=0),
    ):
        assert waiting.kept(other, 110.0) == ""
