from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from planhat_tui.errors import InputError
from planhat_tui.model import calls
from planhat_tui.model.calls import (
    SECONDS,
    CallDraft,
    CallTimer,
    Stage,
    check_guess,
    parse_waiting,
    parse_when,
)

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

SUMMER = timezone(timedelta(hours=2))
NOW = datetime(2026, 7, 1, 14, 0, 30, tzinfo=SUMMER)
START = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
DRAFT = CallDraft(
    nr="+46 70 123",
    external_user_id="max123",
    start=START,
    end=START + timedelta(minutes=5),
    waiting=30,
)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def test_a_complete_call_may_be_sent_and_so_may_one_without_times() -> None:
    calls.check(DRAFT)
    calls.check(CallDraft(nr="1", external_user_id="2"))
    calls.check(DRAFT._replace(end=START, waiting=0))
    calls.check(DRAFT._replace(waiting=300))
    calls.check(DRAFT._replace(end=None, waiting=3000))


RECORD = {"nr": "1", "start": "2026-07-01T12:00:00.000Z", "end": "2026-07-01T12:05:00.000Z"}


@pytest.mark.parametrize(
    ("now", "field"),
    [
        ({"end": "2026-07-01T11:59:59.000Z"}, "end"),
        ({"waiting": 301}, "waiting"),
        ({"waiting": -1}, "waiting"),
        ({"start": "2026-07-01T12:05:01.000Z"}, "end"),
    ],
)
def test_a_call_that_is_changed_keeps_the_same_rules(now: dict[str, Json], field: str) -> None:
    with pytest.raises(InputError) as refusal:
        calls.check_record({**RECORD, **now}, now)
    assert refusal.value.field == field


def test_times_that_were_wrong_before_hinder_no_other_edit() -> None:
    wrong = {**RECORD, "end": "2026-07-01T11:00:00.000Z", "externalUserId": "anna7"}
    calls.check_record(wrong, ["externalUserId"])
    calls.check_record({**RECORD, "waiting": None, "end": None}, ["end", "waiting"])


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (DRAFT._replace(nr="  "), "nr"),
        (DRAFT._replace(external_user_id=""), "external_user_id"),
        (DRAFT._replace(end=START - timedelta(seconds=1)), "end"),
        (DRAFT._replace(waiting=-1), "waiting"),
        (DRAFT._replace(waiting=301), "waiting"),
        (DRAFT._replace(waiting=math.nan), "waiting"),
        (DRAFT._replace(start=None, waiting=math.inf), "waiting"),
    ],
)
def test_a_call_that_cannot_be_sent_says_which_field_is_wrong(draft: CallDraft, field: str) -> None:
    with pytest.raises(InputError) as refusal:
        calls.check(draft)
    assert refusal.value.field == field
    assert refusal.value.advice


def test_waiting_and_talk_fill_the_call() -> None:
    assert calls.talk_time(DRAFT.start, DRAFT.end, 30) == timedelta(minutes=4, seconds=30)
    assert calls.talk_time(DRAFT.start, DRAFT.end, None) == timedelta(minutes=5)
    assert calls.talk_time(DRAFT.start, DRAFT.end, 300) == timedelta()


def test_a_talk_time_that_cannot_be_told_is_none() -> None:
    assert calls.talk_time(None, DRAFT.end, 30) is None
    assert calls.talk_time(DRAFT.start, None, 30) is None
    assert calls.talk_time(DRAFT.end, DRAFT.start, 0) is None
    assert calls.talk_time(DRAFT.start, DRAFT.end, 301) is None


@pytest.mark.parametrize("waiting", [1e300, -1e300, 8e13, math.inf, -math.inf, math.nan])
def test_a_waiting_that_no_clock_can_hold_tells_no_talk_time(waiting: float) -> None:
    assert calls.talk_time(DRAFT.start, DRAFT.end, waiting) is None


def test_a_call_that_ended_now_began_its_talk_and_waiting_ago() -> None:
    ended = calls.finished(NOW, timedelta(minutes=10), 20)
    assert ended == (NOW - timedelta(minutes=10, seconds=20), NOW)


def test_only_what_is_known_is_sent() -> None:
    assert calls.body_of(CallDraft(nr=" 1 ", external_user_id=" 2 ")) == {
        "nr": "1",
        "externalUserId": "2",
    }
    assert calls.body_of(DRAFT) == {
        "nr": "+46 70 123",
        "externalUserId": "max123",
        "start": "2026-07-01T12:00:00.000Z",
        "end": "2026-07-01T12:05:00.000Z",
        "waiting": 30,
    }


def test_what_the_api_has_no_place_for_is_not_sent() -> None:
    draft = DRAFT._replace(note="secret", contact_id="p1", company_id="c1", open_endpoint=True)
    assert calls.body_of(draft) == calls.body_of(DRAFT)


def test_whole_seconds_are_sent_as_whole_numbers() -> None:
    assert repr(calls.body_of(DRAFT._replace(waiting=30.0))["waiting"]) == "30"
    assert calls.body_of(DRAFT._replace(waiting=0.5))["waiting"] == 0.5


def test_moments_are_written_in_utc_with_milliseconds() -> None:
    assert calls.iso(NOW) == "2026-07-01T12:00:30.000Z"
    assert calls.iso(NOW.replace(microsecond=123_987)) == "2026-07-01T12:00:30.123Z"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01T12:00:00.000Z", START),
        ("2026-07-01T14:00:00+02:00", START),
        ("2026-07-01T12:00", START),
        ("2026-07-01", START.replace(hour=0)),
        ("yesterday", None),
        ("", None),
        ("2026-13-01", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("\ud800", None),
    ],
)
def test_moments_of_the_api_are_read_leniently(text: str, moment: datetime | None) -> None:
    assert calls.parse_iso(text) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", NOW),
        (" NOW ", NOW),
        ("-10m", NOW - timedelta(minutes=10)),
        ("- 1h", NOW - timedelta(hours=1)),
        ("14:00", NOW.replace(second=0)),
        ("9:05:10", NOW.replace(hour=9, minute=5, second=10)),
        ("15:00", NOW.replace(hour=15, second=0)),
        ("15:01", NOW.replace(day=30, month=6, hour=15, minute=1, second=0)),
        ("2026-03-01T14:05", datetime(2026, 3, 1, 14, 5, tzinfo=SUMMER)),
        ("2026-03-01 14:05", datetime(2026, 3, 1, 14, 5, tzinfo=SUMMER)),
        ("2026-03-01T14:05Z", datetime(2026, 3, 1, 14, 5, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_a_person_types_it(text: str, moment: datetime) -> None:
    assert calls.parse_when(text, now=NOW) == moment


def test_just_after_midnight_a_late_hour_was_yesterday() -> None:
    midnight = NOW.replace(hour=0, minute=5)
    assert calls.parse_when("23:50", now=midnight) == midnight.replace(
        day=30, month=6, hour=23, minute=50, second=0
    )


@pytest.mark.parametrize(
    "text", ["", "soon", "25:00", "14:60", "-", "-x", "--5m", "14", "0001-01-01", "9999-12-31"]
)
def test_what_is_no_moment_is_refused_with_advice(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        calls.parse_when(text, now=NOW)
    assert refusal.value.advice


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("10", seconds(600)),
        ("10m", seconds(600)),
        ("10 min", seconds(600)),
        ("90s", seconds(90)),
        ("1h5m", seconds(3900)),
        ("1H 5M 2S", seconds(3902)),
        ("5:30", seconds(330)),
        ("0", seconds(0)),
        ("7:00", seconds(420)),
        ("168h", timedelta(days=7)),
    ],
)
def test_a_length_of_time_is_read_as_a_person_types_it(text: str, length: timedelta) -> None:
    assert calls.parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", " ", "x", "10x", "5:60", "-5m", "1.5h", "m", "5m1h", "169h", "9" * 30, "9" * 5000]
)
def test_what_is_no_length_of_time_is_refused_with_advice(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        calls.parse_duration(text)
    assert refusal.value.advice
    assert len(str(refusal.value)) < 120


def test_a_call_made_now_rings_is_answered_and_ends() -> None:
    timer = CallTimer()
    stages = [timer.stage]
    for step in range(4):
        timer = timer.next(NOW + seconds(10 * step))
        stages.append(timer.stage)
    assert stages == [Stage.IDLE, Stage.RINGING, Stage.TALKING, Stage.ENDED, Stage.ENDED]
    assert timer == CallTimer(NOW, NOW + seconds(10), NOW + seconds(20))


def test_all_that_the_timer_tells_is_of_whole_seconds() -> None:
    timer = CallTimer()
    for later in (0.9, 1.6, 2.1):
        timer = timer.next(NOW + seconds(later))
    assert timer == CallTimer(NOW, NOW + seconds(1), NOW + seconds(2))


def test_the_timer_counts_waiting_then_talk_and_then_stands() -> None:
    idle = CallTimer()
    ringing = idle.next(NOW)
    talking = ringing.next(NOW + seconds(10))
    ended = talking.next(NOW + seconds(70))
    later = NOW + seconds(100)
    assert (idle.waiting(later), idle.talk(later)) == (seconds(0), seconds(0))
    assert (ringing.waiting(later), ringing.talk(later)) == (seconds(100), seconds(0))
    assert (talking.waiting(later), talking.talk(later)) == (seconds(10), seconds(90))
    assert (ended.waiting(later), ended.talk(later)) == (seconds(10), seconds(60))


def test_a_call_that_nobody_answered_was_waiting_only() -> None:
    unanswered = CallTimer(rang_at=NOW, ended_at=NOW + seconds(25))
    assert unanswered.stage is Stage.ENDED
    assert unanswered.waiting(NOW + seconds(99)) == seconds(25)
    assert unanswered.talk(NOW + seconds(99)) == seconds(0)


def test_only_a_stage_that_runs_has_lasted() -> None:
    rings = CallTimer(NOW)
    talks = CallTimer(NOW, NOW + seconds(10))
    for timer, lasted in (
        (CallTimer(), None),
        (rings, seconds(30)),
        (talks, seconds(20)),
        (CallTimer(NOW, NOW + seconds(10), NOW + seconds(20)), None),
    ):
        assert timer.lasted(NOW + seconds(30)) == lasted


def test_a_call_that_was_talked_otherwise_ends_otherwise() -> None:
    call: dict[str, Json] = {
        "start": "2026-03-01T14:00:00.000Z",
        "end": "2026-03-01T14:10:00.000Z",
        "waiting": 30,
    }
    assert calls.talk_of(call) == timedelta(minutes=9, seconds=30)
    end = calls.end_with(call, timedelta(minutes=5))
    assert end == "2026-03-01T14:05:30.000Z"
    assert calls.talk_of({**call, "end": end}) == timedelta(minutes=5)


def test_talk_without_a_start_asks_for_one() -> None:
    with pytest.raises(InputError, match="no start") as caught:
        calls.end_with({"waiting": 30}, timedelta(minutes=5))
    assert caught.value.field == "start"


def test_a_call_that_is_logged_is_over() -> None:
    draft = CallDraft(nr="1", external_user_id="max", end=NOW + seconds(59))
    calls.check_over(draft, NOW)
    with pytest.raises(InputError, match="still to come") as caught:
        calls.check_over(draft._replace(end=NOW + seconds(61)), NOW)
    assert caught.value.field == "end"


@pytest.mark.parametrize(
    ("start", "end", "ends_now", "refused"),
    [
        ("23:00", NOW, False, True),
        ("23:00", NOW, True, True),
        ("23:00", None, False, False),
        ("9:59", NOW, False, False),
        ("9:59", NOW, True, True),
        ("12:00", NOW, True, False),
        ("2026-02-28T23:00", NOW, False, False),
        ("2026-02-28T23:00", NOW, True, True),
    ],
)
def test_a_guess_that_makes_a_call_very_long_is_refused(
    start: str, end: datetime | None, *, ends_now: bool, refused: bool
) -> None:
    begun = parse_when(start, now=NOW)
    draft = CallDraft(start=begun, end=end or begun + timedelta(minutes=5))
    if not refused:
        check_guess(draft, start, NOW, ends_now=ends_now)
        return
    with pytest.raises(InputError) as caught:
        check_guess(draft, start, NOW, ends_now=ends_now)
    assert caught.value.field == "start"


def test_how_to_mean_a_long_call_is_told() -> None:
    draft = CallDraft(start=parse_when("23:00", now=NOW), end=NOW)
    with pytest.raises(InputError) as caught:
        check_guess(draft, "23:00", NOW, advice="Give {start}.")
    assert caught.value.message.startswith("The call would have begun yesterday 23:00 and lasted ")
    assert caught.value.advice == f"Give {NOW - timedelta(days=1):%Y-%m-%d}T23:00."


@pytest.mark.parametrize(
    ("text", "seconds"), [("20", 20), ("1,5", 1.5), ("90s", 90), ("5m", 300), (" 1h ", 3600)]
)
def test_waiting_is_seconds_or_any_length_of_time(text: str, seconds: float) -> None:
    assert parse_waiting(text) == seconds


@pytest.mark.parametrize("text", ["soon", "", "-1", "nan", "inf", "1e9"])
def test_what_is_no_waiting_says_how_it_is_typed(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_waiting(text)
    assert caught.value.advice == f"Type {SECONDS}."


def test_a_call_needs_a_number_that_can_be_dialled() -> None:
    with pytest.raises(InputError, match="hello is no phone number") as caught:
        calls.check(CallDraft(nr="hello", external_user_id="max123"))
    assert caught.value.field == "nr"


BERLIN = ZoneInfo("Europe/Berlin")
WINTER = datetime(2026, 11, 26, 9, 0, tzinfo=BERLIN)
AFTER_THE_CHANGE = datetime(2026, 10, 25, 3, 10, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2026-07-01T10:00", "2026-07-01T08:00:00.000Z"),
        ("2026-10-20 10:00", "2026-10-20T08:00:00.000Z"),
        ("2026-11-20 10:00", "2026-11-20T09:00:00.000Z"),
        ("08:30", "2026-11-26T07:30:00.000Z"),
    ],
)
def test_a_time_of_summer_is_typed_in_winter(typed: str, utc: str) -> None:
    assert calls.iso(calls.parse_when(typed, now=WINTER)) == utc


def test_a_time_that_the_clocks_left_out_is_refused() -> None:
    with pytest.raises(InputError, match="2026-03-29 02:30 never was"):
        calls.parse_when("2026-03-29T02:30", now=WINTER)


def test_lengths_are_those_that_passed_while_the_clocks_go_back() -> None:
    start = calls.parse_when("-90m", now=AFTER_THE_CHANGE)
    end = calls.parse_when("now", now=AFTER_THE_CHANGE)
    assert calls.iso(start) == "2026-10-25T00:40:00.000Z"
    assert calls.talk_time(start, AFTER_THE_CHANGE, 0) == timedelta(minutes=90)
    assert calls.finished(AFTER_THE_CHANGE, timedelta(minutes=90), None) == (start, end)
    before = datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN)  # 20 minutes by the wall, 80 in truth
    timer = CallTimer().next(before).next(before)
    assert timer.talk(AFTER_THE_CHANGE) == timedelta(minutes=80)
