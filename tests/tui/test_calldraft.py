from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.errors import InputError
from planhat_tui.model import calls
from planhat_tui.model.calls import CallDraft, CallTimer
from planhat_tui.tui.calldraft import (
    Typed,
    at_clock,
    at_save,
    check_told,
    draft_of,
    kept,
    recalled,
    stamp,
)
from tests.tui.texts import TEXTS

NOW = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


def at(hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, second, tzinfo=UTC)


def test_nothing_typed_is_nothing_known() -> None:
    draft = draft_of(Typed(), NOW, over=NOW)
    assert (draft.start, draft.end, draft.waiting) == (None, None, None)


def test_texts_go_over_without_blanks_around_them() -> None:
    draft = draft_of(Typed(nr=" +46 70 1 ", agent=" max ", note=" called \n"), NOW, over=None)
    assert (draft.nr, draft.external_user_id, draft.note) == ("+46 70 1", "max", "called")


def test_a_call_that_just_ended_ends_now() -> None:
    draft = draft_of(Typed(talk="10", waiting="20"), NOW, over=NOW)
    assert (draft.start, draft.end) == (at(14, 19, 40), NOW)
    assert draft.waiting == 20.0


def test_a_call_that_runs_has_no_end_yet() -> None:
    draft = draft_of(Typed(talk="10"), NOW, over=None)
    assert (draft.start, draft.end) == (None, None)


def test_start_and_talk_give_the_end() -> None:
    draft = draft_of(Typed(talk="10m", waiting="30", start="14:00"), NOW, over=NOW)
    assert (draft.start, draft.end) == (at(14, 0), at(14, 10, 30))


def test_end_and_talk_give_the_start() -> None:
    for finished in (True, False):
        draft = draft_of(Typed(talk="90s", end="14:10"), NOW, over=NOW if finished else None)
        assert (draft.start, draft.end) == (at(14, 8, 30), at(14, 10))


def test_start_and_end_stand_as_they_are_typed() -> None:
    draft = draft_of(Typed(talk="1h", start="14:00", end="14:10"), NOW, over=NOW)
    assert (draft.start, draft.end) == (at(14, 0), at(14, 10))
    alone = draft_of(Typed(start="14:00"), NOW, over=NOW)
    assert (alone.start, alone.end) == (at(14, 0), None)


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("20", 20.0), ("0", 0.0), (" 2,5 ", 2.5), ("90s", 90.0), ("1m", 60.0), ("1:30", 90.0)],
)
def test_a_bare_number_of_waiting_is_seconds(typed: str, seconds: float) -> None:
    assert draft_of(Typed(waiting=typed), NOW, over=NOW).waiting == seconds


@pytest.mark.parametrize(
    "typed",
    ["nan", "inf", "-inf", "1e300", "-1", "-0,5", "604801", "8d", "200h", "1.2.3", "soon", "\x1b"],
)
def test_waiting_that_is_no_number_of_seconds_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(InputError) as caught:
        draft_of(Typed(waiting=typed, talk="10"), NOW, over=NOW)
    assert caught.value.field == "waiting"
    assert caught.value.advice


def test_waiting_may_last_a_week() -> None:
    assert draft_of(Typed(waiting="604800"), NOW, over=NOW).waiting == 604_800


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("talk", Typed(talk="ten")),
        ("talk", Typed(talk="-5")),
        ("talk", Typed(talk="9999h")),
        ("start", Typed(start="25:00")),
        ("end", Typed(end="later")),
        ("start", Typed(start="yesterday", end="later")),
    ],
)
def test_a_mistake_is_told_at_its_field(field: str, typed: Typed) -> None:
    with pytest.raises(InputError) as caught:
        draft_of(typed, NOW, over=NOW)
    assert caught.value.field == field


LENGTHS = st.integers(0, 86_400).map(lambda seconds: f"{seconds}s")
TIMES = st.sampled_from(("", "now", "14:05", "-10m", "2026-03-01T14:05"))


@given(talk=LENGTHS, waiting=st.just("") | LENGTHS, moment=TIMES, ends=st.booleans())
def test_the_times_of_a_draft_agree(*, talk: str, waiting: str, moment: str, ends: bool) -> None:
    typed = Typed(talk=talk, waiting=waiting, **{"end" if ends else "start": moment})
    draft = draft_of(typed, NOW, over=NOW)
    length = calls.talk_time(draft.start, draft.end, draft.waiting)
    assert length == timedelta(seconds=int(talk[:-1]))


ODD = TEXTS | st.sampled_from(("nan", "1e9", "-1", "5", "10m", "99999999999", "14:05", "-2h"))


@given(talk=ODD, waiting=ODD, start=ODD, end=ODD, finished=st.booleans())
def test_whatever_is_typed_is_a_call_or_a_mistake_with_a_field(
    *, talk: str, waiting: str, start: str, end: str, finished: bool
) -> None:
    try:
        over = NOW if finished else None
        draft = draft_of(Typed("1", "a", talk, waiting, start, end), NOW, over=over)
    except InputError as error:
        assert error.field in {"talk", "waiting", "start", "end"}  # noqa: PT017 -- or it's a call
    else:
        assert draft.waiting is None or 0 <= draft.waiting <= 7 * 86_400


def test_a_stamp_of_today_is_the_time_and_an_older_one_has_its_date() -> None:
    assert stamp(at(14, 5, 20), NOW) == "14:05:20"
    assert stamp(at(14, 5, 20) - timedelta(days=1), NOW) == "2026-03-01 14:05:20"


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("start", range(0, 180, 5))
@pytest.mark.parametrize("length", [0, 10, 45])
def test_a_timed_call_is_saved_at_its_moments_in_the_hour_that_comes_twice(
    start: int, length: int
) -> None:
    rang = datetime(2026, 10, 24, 23, 30, tzinfo=UTC) + timedelta(minutes=start)
    ended = rang + timedelta(minutes=length)
    for wait in (0, 40, 100):
        now = (ended + timedelta(minutes=wait)).astimezone(BERLIN)
        typed = Typed(nr="1", agent="a", start=stamp(rang, now), end=stamp(ended, now))
        for texts in (typed, recalled(kept(typed, now), now)):
            draft = draft_of(texts, now, over=None)
            assert (draft.start, draft.end) == (rang, ended)


def test_a_draft_keeps_moments_whole_however_late_it_is_opened() -> None:
    draft = kept(Typed(nr="+46", start="14:05", end="-1m", note="14:05"), NOW)
    assert (draft["start"], draft["end"]) == (at(14, 5).isoformat(), at(14, 29).isoformat())
    later = NOW + timedelta(days=3)
    back = recalled(draft, later)
    assert (back.nr, back.note) == ("+46", "14:05")
    assert (back.start, back.end) == ("2026-03-02 14:05:00", "2026-03-02 14:29:00")
    assert draft_of(back, later, over=later).start == at(14, 5)


def test_what_is_told_from_now_on_is_written_as_the_clock_shows_it() -> None:
    texts = ("now", " Now", "-10m", "-x", "-", "14:05", "14", "")
    assert [at_clock(text, NOW) for text in texts] == [
        *("14:30:00", "14:30:00", "14:20:00"),
        *("-x", "-", "14:05", "14", ""),
    ]


def test_a_text_that_is_no_time_yet_is_kept_as_it_is() -> None:
    assert recalled(kept(Typed(start="14:0"), NOW), NOW) == Typed(start="14:0")


RINGING = CallTimer(rang_at=at(14, 29, 40))
TALKING = CallTimer(rang_at=at(14, 20), answered_at=at(14, 20, 20))
ENDED = CallTimer(rang_at=at(14, 20), answered_at=at(14, 20, 20), ended_at=at(14, 25))


def saved(typed: Typed, timer: CallTimer, *, finished: bool = False) -> CallDraft:
    draft = draft_of(at_save(typed, timer, NOW), NOW, over=NOW if finished else None)
    check_told(draft, timer, "space", finished=finished)
    return draft


def refused(typed: Typed, timer: CallTimer, *, finished: bool = False) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        saved(typed, timer, finished=finished)
    return caught.value.field, caught.value.message


@pytest.mark.parametrize("typed", [Typed(), Typed(note="hi"), Typed(start="14:00")])
def test_a_call_that_ended_is_not_saved_without_its_minutes(typed: Typed) -> None:
    assert refused(typed, CallTimer(), finished=True) == ("talk", "How many minutes?")


def test_a_call_that_nobody_answered_is_saved_with_no_minutes() -> None:
    draft = saved(Typed(talk="0", waiting="30"), CallTimer(), finished=True)
    assert calls.talk_time(draft.start, draft.end, draft.waiting) == timedelta()
    assert draft.waiting == 30


def test_a_talk_that_goes_on_ends_as_it_is_saved() -> None:
    draft = saved(Typed(start="14:20", waiting="20"), TALKING)
    assert (draft.start, draft.end) == (at(14, 20), NOW)


def test_an_end_or_minutes_that_are_typed_stand_as_a_talk_is_saved() -> None:
    assert saved(Typed(start="14:20", end="14:28"), TALKING).end == at(14, 28)
    assert saved(Typed(start="14:20", talk="5", waiting="20"), TALKING).end == at(14, 25, 20)


def test_a_call_that_still_rings_is_not_saved() -> None:
    assert refused(Typed(start="14:29:40"), RINGING) == ("talk", "It still rings.")


def test_a_call_that_nobody_answers_is_saved_with_the_time_it_rang() -> None:
    draft = saved(Typed(start="14:29:40", talk="0"), RINGING)
    assert (draft.start, draft.end, draft.waiting) == (at(14, 29, 40), NOW, 20)


def test_a_timed_call_whose_times_were_emptied_is_not_saved() -> None:
    assert refused(Typed(), ENDED)[0] == "start"
    assert refused(Typed(start="14:20"), ENDED)[0] == "end"
