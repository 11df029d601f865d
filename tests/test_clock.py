"""The machine's zone, with a rule for summer time as in Berlin, told to the C library by TZ."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui import clock
from planhat_tui.clock import HERE

if TYPE_CHECKING:
    from collections.abc import Iterator

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
MOMENTS = st.integers(631152000, 2114380800).map(lambda second: datetime.fromtimestamp(second, UTC))
"""Those of 1990 to 2036."""


@pytest.fixture(autouse=True, scope="module")
def _in_berlin() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", BERLIN)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2026-07-01T10:00", "2026-07-01T08:00"),
        ("2026-11-01T10:00", "2026-11-01T09:00"),
        ("2026-03-29T01:59", "2026-03-29T00:59"),
        ("2026-03-29T03:00", "2026-03-29T01:00"),
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # the first of the two
    ],
)
def test_each_time_has_the_distance_of_its_own_day(wall: str, utc: str) -> None:
    here = datetime.fromisoformat(wall).replace(tzinfo=HERE)
    assert here.astimezone(UTC) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize("utc", ["2026-10-25T00:10", "2026-10-25T01:10", "2026-10-25T01:59:59"])
def test_an_hour_that_comes_twice_has_its_own_moments(utc: str) -> None:
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    here = moment.astimezone(HERE)
    assert here.astimezone(UTC) == moment
    assert f"{here:%H}" == "02"


@given(MOMENTS)
def test_there_and_back_is_the_same_moment(moment: datetime) -> None:
    here = moment.astimezone(HERE)
    assert here.astimezone(UTC) == moment
    assert here.tzname() == ("CEST" if here.utcoffset() == timedelta(hours=2) else "CET")


def test_now_is_now() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert clock.now().tzinfo is HERE
