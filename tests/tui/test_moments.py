from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from planhat_tui.tui.presentation.columns import COMPANIES
from planhat_tui.tui.presentation.moments import (
    age,
    clock,
    date_of,
    dated,
    day,
    lasting,
    running,
    steady_age,
)

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", "-"),
        ("2026-03-02T00:00:00.000Z", "today"),
        ("2026-03-14", "in 12 d"),
        ("2026-02-21T23:59:00.000Z", "9 d ago"),
        ("2026-06-09", "in 99 d"),
        ("2026-06-10", "10 Jun"),
        ("2025-11-23", "99 d ago"),
        ("2025-11-22", "22 Nov 2025"),
        ("2031-02-03", "3 Feb 2031"),
        ("soon", "?"),
        ("2026-02-30", "?"),
        ("\x1b[31m", "?"),
    ],
)
def test_a_date_in_a_list_is_said_as_people_say_it(text: str, shown: str) -> None:
    assert day(text, TODAY) == shown


@given(st.dates(), st.dates())
def test_any_date_fits_into_its_column(moment: date, today: date) -> None:
    renews = next(column for column in COMPANIES if column.key == "renews")
    assert cell_len(day(moment.isoformat(), today)) <= renews.width


@given(st.text())
def test_any_text_can_be_asked_for_its_date(text: str) -> None:
    found = date_of(text)
    assert found is None or found == date.fromisoformat(text[:10])


def test_the_year_is_said_where_it_is_another_one() -> None:
    assert dated(date(2026, 12, 24), TODAY) == "24 Dec"
    assert dated(date(2027, 1, 1), TODAY) == "1 Jan 2027"


def test_a_time_is_told_in_the_zone_of_the_person() -> None:
    now = datetime(2026, 3, 2, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert clock(datetime(2026, 3, 1, 22, 5, tzinfo=UTC), now) == "00:05"
    assert clock(datetime(2026, 3, 1, 21, 5, tzinfo=UTC), now) == "1 Mar 23:05"
    assert clock(datetime(2025, 11, 23, 12, 5, tzinfo=UTC), now) == "23 Nov 2025 14:05"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-3, "now"),
        (4.9, "now"),
        (40, "40 s"),
        (120, "2 min"),
        (3 * 3600, "3 h"),
        (9 * 86400, "9 d"),
    ],
)
def test_an_age_has_one_unit(seconds: float, shown: str) -> None:
    assert age(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (45, "45 s"),
        (59.6, "1 min"),
        (300, "5 min"),
        (320, "5 min 20 s"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
    ],
)
def test_a_length_of_time_has_at_most_two_units(seconds: float, shown: str) -> None:
    assert lasting(timedelta(seconds=seconds)) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-1, "0:00"), (7.9, "0:07"), (760, "12:40"), (3723, "1:02:03")],
)
def test_a_running_timer_counts_whole_seconds(seconds: float, shown: str) -> None:
    assert running(timedelta(seconds=seconds)) == shown


@given(seconds=st.floats(0, 1e6))
def test_an_age_on_the_screen_moves_in_steps_and_is_never_far_off(seconds: float) -> None:
    told = steady_age(seconds)
    if told.endswith(" s"):
        assert int(told[:-2]) % 5 == 0
        assert 0 <= seconds - int(told[:-2]) < 5
    else:
        assert told == age(seconds)
