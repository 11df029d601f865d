"""What is written for the others, and what of it is believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from planhat_tui.api.budget import read, write
from planhat_tui.api.lanes import wait_for
from planhat_tui.api.window import (
    LONGEST,
    MAX_STOP,
    NEVER,
    Held,
    Told,
    Window,
    aged,
    answered,
    ticket,
)
from planhat_tui.model.limits import Lane

AHEAD = 1_700_000_000.0


def _used(*words: tuple[float, int]) -> Window:
    window = Window(began=(-LONGEST, 0.0))
    for now, remaining in words:
        window = answered(window, ticket(window, now, probe=False), Told(200, 200, remaining), now)
    return window


def test_another_process_reads_what_was_written() -> None:
    window = replace(_used((50.0, 12), (80.0, 190)), held=(Held("who", 3, 95.0),))
    again = read(write(window, AHEAD), 81.0, AHEAD)
    assert (again.limit, again.left, again.turns, again.unanswered) == (200, 190, 1, 3)
    assert again.began == pytest.approx(window.began)
    assert again.heard_at == pytest.approx(80.0)
    assert again.stopped_until == -NEVER
    assert write(again, AHEAD) == write(window, AHEAD)


def test_nothing_is_read_from_nothing() -> None:
    assert read("", 1.0, AHEAD) == Window()


def test_after_a_restart_of_the_machine_the_wall_clock_counts() -> None:
    window = _used((5000.0, 12), (5030.0, 190))
    again = read(write(window, AHEAD), 7.0, AHEAD + 5030.0)  # 7 s after it was written
    assert again.left == 190
    assert again.began == pytest.approx((-30.0, 0.0))


def test_what_is_older_than_the_longest_window_is_over() -> None:
    again = read(write(_used((50.0, 3)), AHEAD), 51.0 + LONGEST, AHEAD)
    over = aged(again, 51.0 + LONGEST)
    assert (over.limit, over.left, over.low) == (200, 200, None)


@pytest.mark.parametrize("step", [-86_400.0, -60.0, -1.0, 1.0])
def test_a_wall_clock_that_was_set_back_changes_nothing(step: float) -> None:
    window = _used((50.0, 12), (80.0, 190))
    again = read(write(window, AHEAD), 81.0, AHEAD + step)
    assert again.left == 190
    assert again.began == pytest.approx(window.began)


def test_after_sleep_or_a_step_forward_the_window_may_have_turned() -> None:
    window = replace(_used((50.0, 12), (80.0, 2)), held=(Held("who", 3, 95.0),))
    again = read(write(window, AHEAD), 81.0, AHEAD + 3600.0)
    assert again.left == 2  # nothing is made up
    assert again.began is not None
    assert window.began is not None
    assert again.began[0] < -3000
    assert again.began[1] == pytest.approx(window.began[1])
    assert again.held[0].until < 81.0


def test_a_stop_survives_unless_it_makes_no_sense() -> None:
    window = Window()
    out = ticket(window, 0.0, probe=False)
    window = answered(window, out, Told(429, 200, 0, retry_after=90), 0.0)
    again = read(write(window, AHEAD), 30.0, AHEAD)
    assert wait_for(again, Lane.USER, 30.0) == pytest.approx(60)
    endless = replace(window, stopped_until=10 * MAX_STOP)
    assert read(write(endless, AHEAD), 0.0, AHEAD).stopped_until == -NEVER


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "{}",
        "\ud800",
        '{"ahead": 1, "window": {"low": "many"}}',
        '{"ahead": 1, "window": {"low": -1}}',
        '{"ahead": 1, "window": {"began": [5, 1]}}',
        '{"ahead": 1, "window": {"lengths": [[5, 1]]}}',
        '{"ahead": 1, "window": {"user": {"calls": -1, "seconds": 1}}}',
    ],
)
def test_text_that_makes_no_sense_is_forgotten(text: str) -> None:
    assert read(text, 100.0, AHEAD) == Window()


_WALL = st.floats(0, 4e9)


@given(
    st.fixed_dictionaries(
        {
            "ahead": st.floats(-4e9, 4e9),
            "window": st.fixed_dictionaries(
                {},
                optional={
                    "limit": st.none() | st.integers(-5, 10**12),
                    "low": st.none() | st.integers(-5, 10**12),
                    "heard_at": _WALL,
                    "spent": st.integers(-5, 10**12),
                    "began": st.none() | st.tuples(_WALL, _WALL),
                    "ran_at": _WALL,
                    "stopped_until": _WALL,
                    "stopped_at": _WALL,
                    "probing": st.booleans(),
                    "probe_until": _WALL,
                    "foreign": st.fixed_dictionaries(
                        {"calls": st.floats(-1, 1e12), "seconds": st.floats(-1, 1e12)}
                    ),
                },
            ),
        }
    )
)
def test_whatever_is_on_disk_nobody_waits_for_ever(text: dict[str, object]) -> None:
    window, now, limit = read(json.dumps(text), 100.0, AHEAD), 100.0, 100.0 + MAX_STOP + 3 * LONGEST
    while wait := wait_for(window, Lane.USER, now):
        now += min(wait, 5.0)
        window = aged(window, now)
        assert now < limit
