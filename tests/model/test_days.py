from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.errors import InputError
from planhat_tui.model import days

TODAY = date(2026, 3, 2)
"""A Monday."""

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=1)))
DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", "2026-03-01"),
        ("2026-3-1", "2026-03-01"),
        ("today", "2026-03-02"),
        (" Tomorrow ", "2026-03-03"),
        ("yesterday", "2026-03-01"),
        ("friday", "2026-03-06"),
        ("next friday", "2026-03-06"),
        ("this fri", "2026-03-06"),
        ("monday", "2026-03-09"),
        ("last monday", "2026-02-23"),
        ("last fri", "2026-02-27"),
        ("next week", "2026-03-09"),
        ("next month", "2026-04-02"),
        ("last year", "2025-03-02"),
        ("in 3 weeks", "2026-03-23"),
        ("in a month", "2026-04-02"),
        ("in 10d", "2026-03-12"),
        ("3 weeks ago", "2026-02-09"),
        ("+90d", "2026-05-31"),
        ("+ 1 y", "2027-03-02"),
        ("-2w", "2026-02-16"),
        ("3 Feb", "2026-02-03"),
        ("Feb 3", "2026-02-03"),
        ("3rd of", ""),
        ("3rd february", "2026-02-03"),
        ("3. sept 2027", "2027-09-03"),
        ("Feb 3, 2027", "2027-02-03"),
        ("29 feb", ""),
        ("2026-02-30", ""),
        ("soon", ""),
        ("3 weeks", ""),
        ("in 3 weeks ago", ""),
        ("next", ""),
        ("m 3", ""),
        ("+9999y", ""),
        ("", ""),
        ("next friday " * 20, ""),
    ],
)
def test_a_day_is_read_as_people_say_it(text: str, day: str) -> None:
    if day:
        assert days.read_day(text, TODAY).isoformat() == day
        return
    with pytest.raises(InputError, match="is no date") as refused:
        days.read_day(text, TODAY)
    for word in ("2026-03-01", "3 Feb", "tomorrow", "next friday", "in 3 weeks", "+90d"):
        assert word in refused.value.advice


def test_the_end_of_a_month_stays_in_it() -> None:
    assert days.read_day("in 1 month", date(2026, 1, 31)) == date(2026, 2, 28)
    assert days.read_day("next year", date(2024, 2, 29)) == date(2025, 2, 28)


def test_a_day_with_a_time_is_a_moment_in_this_zone() -> None:
    assert days.read("tomorrow 14:05", NOW) == "2026-03-03T13:05:00.000Z"
    assert days.read("2026-03-01 0:30:20", NOW) == "2026-02-28T23:30:20.000Z"
    assert days.read("3 Feb", NOW) == "2026-02-03"
    for text in ("tomorrow 25:00", "soon 14:05"):
        with pytest.raises(InputError):
            days.read(text, NOW)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-03-01T00:00:00.000Z", "2026-03-01"),
        ("2026-03-01T00:00:00Z", "2026-03-01"),
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01T13:05:20.166Z", "2026-03-01 14:05:20"),
        ("2026-03-01T13:05:20", "2026-03-01 14:05:20"),
        ("2026-13-01T00:00:00.000Z", "2026-13-01T00:00:00.000Z"),
        ("0001-01-01T00:30:00-05:00", "0001-01-01 06:30:00"),
        ("Tuesday", "Tuesday"),
    ],
)
def test_a_date_is_written_as_people_type_it(value: str, text: str) -> None:
    assert days.typed(value, NOW.tzinfo) == text


@given(DAYS, DAYS)
def test_a_day_that_is_written_out_means_itself_on_any_day(day: date, today: date) -> None:
    for text in (day.isoformat(), f"{day:%d %b %Y}", f"{day:%B} {day.day}, {day.year}"):
        assert days.read_day(text, today) == day


@given(DAYS, st.integers(0, 900))
def test_a_distance_goes_as_far_as_it_says(today: date, count: int) -> None:
    later = today + timedelta(days=count)
    assert days.read_day(f"+{count}d", today) == days.read_day(f"in {count} days", today) == later
    assert days.read_day(f"-{count}d", later) == days.read_day(f"{count} days ago", later) == today


@given(DAYS, st.sampled_from(["monday", "tuesday", "wed", "thu", "friday", "saturday", "sun"]))
def test_a_weekday_is_the_next_one_and_never_today(today: date, name: str) -> None:
    day = days.read_day(f"next {name}", today)
    assert day == days.read_day(name, today)
    assert 1 <= (day - today).days <= 7
    assert f"{day:%A}".casefold().startswith(name)
    assert days.read_day(f"last {name}", day) == day - timedelta(days=7)


@given(DAYS, st.times())
def test_a_moment_survives_being_written_and_read_to_the_second(day: date, clock: time) -> None:
    moment = datetime.combine(day, clock.replace(microsecond=0), tzinfo=UTC)
    value = moment.isoformat(timespec="milliseconds")
    value = value.replace("+00:00", "Z")
    text = days.typed(value, NOW.tzinfo)
    assert days.read(text, NOW) in {value, value.partition("T")[0]}


@given(st.text(max_size=60), DAYS)
def test_any_text_is_read_or_refused_with_advice(text: str, today: date) -> None:
    with suppress(InputError):
        assert isinstance(days.read_day(text, today), date)


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (datetime(2026, 3, 2, 13, 5, tzinfo=UTC), "14:05"),
        (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "00:30"),
        (datetime(2026, 3, 1, 13, 5, tzinfo=UTC), "yesterday 14:05"),
        (datetime(2026, 2, 27, 13, 5, tzinfo=UTC), "2026-02-27 14:05"),
        (datetime(2026, 3, 3, 13, 5, tzinfo=UTC), "2026-03-03 14:05"),
    ],
)
def test_a_moment_is_told_with_its_day_where_that_is_not_today(moment: datetime, told: str) -> None:
    now = datetime(2026, 3, 2, 15, 0, tzinfo=timezone(timedelta(hours=1)))
    assert days.spoken(moment, now) == told


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2026-07-01 10:00", "2026-07-01T08:00:00.000Z"),
        ("2026-12-01 10:00", "2026-12-01T09:00:00.000Z"),
    ],
)
def test_a_time_has_the_distance_from_utc_of_its_own_day(typed: str, utc: str) -> None:
    now = datetime(2026, 11, 26, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert days.read(typed, now) == utc
    assert days.typed(utc, now.tzinfo) == f"{typed}:00"


def test_a_time_that_the_clocks_left_out_is_refused() -> None:
    now = datetime(2026, 11, 26, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    with pytest.raises(InputError, match="2027-03-28 02:30 never was"):
        days.read("2027-03-28 02:30", now)
