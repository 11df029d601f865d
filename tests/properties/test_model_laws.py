"""What holds for the pure rules, whatever people type and whatever Planhat sends."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from planhat_tui.errors import InputError
from planhat_tui.model import calls, custom, phone
from planhat_tui.model.calls import CallDraft, CallTimer, Stage
from planhat_tui.model.custom import CustomType
from planhat_tui.model.edits import (
    Change,
    Merge,
    apply,
    custom_key,
    diff,
    dropped,
    fold,
    merge,
    same,
    value_at,
)
from planhat_tui.model.fields import FIELDS, field_of, parse_value
from planhat_tui.model.records import Call, Company, Contact, Kind, User
from planhat_tui.model.tags import clean_tag, merge_tags, tag_diff
from planhat_tui.model.text import fold as fold_text
from planhat_tui.model.text import nearest, visible, visible_block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from planhat_tui.model.values import Json, Raw

NOW: Final = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
T = TypeVar("T")
State: TypeAlias = "dict[str, Json]"
"""A record as a flat map from path to value; ``None`` where nothing is."""

# What people type, and what may hide in what Planhat sends.

ANY_TEXT: Final = st.text(st.characters(exclude_categories=())) | st.text(
    "aeBIİıſßΣςσéﬁŁ①가東😀 \t\n\x1b\x7f\x9b\ud800\udc00"
    "\u0301\u0327\u1160\u200b\u200c\u200d\u202e\ufe0f"
)
TYPED: Final = ANY_TEXT | st.text("0123456789:.-+hmsTZ eE,[]\"'a٣²", max_size=30)
SCALARS: Final = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["2026-03-01", "2026-03-01T12:00:00.000Z", "2026-03-01T13:00+01:00"])
)
JSON: Final = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
ZONES: Final = st.integers(-14 * 4, 14 * 4).map(lambda n: timezone(timedelta(minutes=15 * n)))
MOMENTS: Final = st.builds(
    lambda seconds, zone: datetime.fromtimestamp(0, zone) + seconds,
    st.timedeltas(timedelta(days=365), timedelta(days=50_000)),
    ZONES,
)
LENGTHS: Final = st.timedeltas(timedelta(), timedelta(days=7))
WAITINGS: Final = st.none() | st.integers(0, 7200) | st.floats(0, 7200)


def tried(read: Callable[[], T]) -> T | InputError:
    """Return what was read, or the refusal; anything else that is raised fails the test."""
    try:
        return read()
    except InputError as refusal:
        return refusal


# Text


@given(ANY_TEXT)
def test_shown_text_has_as_many_characters_and_none_that_misleads(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    assert visible(shown) == shown
    for char in shown:
        assert unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"}
        assert unicodedata.bidirectional(char) not in set(
            "LRE RLE LRO RLO PDF LRI RLI FSI PDI".split()
        )


@given(ANY_TEXT)
def test_a_shown_block_is_its_lines_shown(text: str) -> None:
    block = visible_block(text)
    assert visible_block(block) == block
    assert block.split("\n") == [visible(line) for line in text.replace("\r\n", "\n").split("\n")]


@given(ANY_TEXT)
def test_folded_text_is_folded_and_fit_for_the_screen(text: str) -> None:
    folded = fold_text(text)
    assert fold_text(folded) == folded
    assert visible(folded) == folded
    assert folded == " ".join(folded.split(" ")).strip()
    assert not any(unicodedata.combining(char) or char in "\u200c\u200d\ufe0f" for char in folded)


@given(st.text(st.characters(codec="ascii")))
@example("A\x1cB  c\x0b")
def test_the_short_way_for_ascii_folds_as_the_long_one(text: str) -> None:
    folded = visible(text)
    for _ in range(4):
        spread = unicodedata.normalize("NFKD", folded.casefold())
        folded = " ".join("".join(c for c in spread if not unicodedata.combining(c)).split())
    assert fold_text(text) == folded


@given(ANY_TEXT)
def test_two_spellings_of_one_text_fold_the_same(text: str) -> None:
    assert fold_text(unicodedata.normalize("NFD", text)) == fold_text(text)
    assert fold_text(unicodedata.normalize("NFC", text)) == fold_text(text)


@given(ANY_TEXT, ANY_TEXT)
def test_words_fold_one_by_one(one: str, two: str) -> None:
    apart = f"{fold_text(one)} {fold_text(two)}".strip()
    assert fold_text(f"{one} {two}") == apart


@given(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=6))
def test_the_nearest_name_is_one_of_the_names_or_none(word: str, names: list[str]) -> None:
    assert nearest(word, names) in {"", *names}


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6), st.data())
def test_a_name_is_nearest_to_itself_in_any_case(names: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(names))
    assert nearest(name.casefold(), names).casefold() == name.casefold()


# Tags

TAGS: Final = st.lists(st.sampled_from("abcdef"), max_size=6)


@given(TAGS, TAGS, TAGS)
def test_merged_tags_have_my_changes_and_everybody_elses_tags(
    before: list[str], mine: list[str], theirs: list[str]
) -> None:
    added, removed = set(mine) - set(before), set(before) - set(mine)
    merged = merge_tags(before, mine, theirs)
    assert added <= set(merged)
    assert not removed & set(merged)
    assert set(merged) - added - removed == set(theirs) - added - removed
    assert len(set(merged)) == len(merged)
    assert merge_tags(before, mine, merged) == merged


@given(TAGS, TAGS)
def test_a_tag_difference_leads_from_before_to_after(before: list[str], after: list[str]) -> None:
    added, removed = tag_diff(before, after)
    assert set(before) - set(removed) | set(added) == set(after)
    assert set(merge_tags(before, after, before)) == set(after)
    assert set(tag_diff(after, before)[0]) == set(removed)


@given(ANY_TEXT)
def test_a_clean_tag_is_clean_or_refused(text: str) -> None:
    tag = tried(lambda: clean_tag(text))
    if isinstance(tag, InputError):
        assert not text.strip()
    else:
        assert clean_tag(tag) == tag
        assert tag in text


# Custom values

EDITABLE: Final = (
    SCALARS.filter(lambda value: value is not None)
    | st.lists(st.text(max_size=5), max_size=4)
    | st.lists(st.text('ab[]{},"\\ \n', max_size=4), max_size=4)
    | st.dates().map(str)
    | MOMENTS.map(calls.iso)
)


@given(EDITABLE)
@example(["[]"])
@example(2.0**53 + 2)
@example(-0.0)
@example(5e-324)
def test_a_custom_value_survives_being_edited_and_left_alone(value: Json) -> None:
    kind = custom.type_of(value)
    again = custom.parse(custom.format(value), kind)
    assert again == value
    assert type(again) is type(value)
    assert custom.type_of(again) is kind


@given(TYPED, st.sampled_from(CustomType))
@example("9" * 5000, CustomType.NUMBER)
@example("0" * 5000, CustomType.NUMBER)
def test_a_custom_value_is_read_as_its_type_or_refused(text: str, kind: CustomType) -> None:
    value = tried(lambda: custom.parse(text, kind))
    if isinstance(value, InputError):
        assert value.advice
    else:
        assert custom.type_of(value) is kind or kind is CustomType.TEXT


@given(TYPED)
@example("١٢")
@example("9007199254740993")
def test_a_guessed_type_can_always_be_read(text: str) -> None:
    custom.parse(text, custom.guess(text))


@given(st.sampled_from(Kind), st.text(max_size=8), TYPED, JSON, st.data())
def test_a_typed_value_is_read_or_refused_with_its_field(
    kind: Kind, key: str, text: str, current: Json, data: st.DataObject
) -> None:
    names = [field.name for field in FIELDS[kind]]
    path = data.draw(st.sampled_from([*names, f"custom.{key}"]) | ANY_TEXT)
    value = tried(lambda: parse_value(kind, path, text, current, now=NOW))
    if isinstance(value, InputError):
        assert value.field in {path, ""}
    else:
        assert field_of(kind, path).editable


# Records


@given(st.dictionaries(st.sampled_from([f.name for k in Kind for f in FIELDS[k]]), JSON))
def test_any_json_object_can_be_looked_at_as_any_record(raw: Raw) -> None:
    for view in (Company, Contact, Call, User):
        record = view.from_raw(raw)
        assert record.raw is raw
        assert isinstance(record.id, str)


# Edits

PATHS: Final = ("name", "phase", "tags", "custom.Plan", "custom.A.b", "custom.")
FEW: Final = st.sampled_from(
    [None, "a", "b", "", 0, 1, 1.0, False, True, ["x"], {"k": None}]
) | st.sampled_from(["2026-03-01T12:00:00.000Z", "2026-03-01T13:00+01:00"])
STATES: Final = st.fixed_dictionaries(
    {path: TAGS if path == "tags" else FEW | JSON for path in PATHS}
)


def raw_of(state: State) -> dict[str, Json]:
    raw: dict[str, Json] = {"_id": "c1", "unknown": {"kept": [1]}}
    inner: dict[str, Json] = {}
    for path, value in state.items():
        key = custom_key(path)
        if value is not None:
            (raw if key is None else inner)[path if key is None else key] = value
    return raw | {"custom": inner} if inner else raw


def alike(path: str, a: Json, b: Json) -> bool:
    """Compare as the rules do: tags as sets, and nothing where nothing is."""
    if path != "tags":
        return same(a, b)
    return {*map(str, a or [])} == {*map(str, b or [])}  # type: ignore[arg-type]


def reaches(raw: Raw, state: State, paths: Iterable[str] = PATHS) -> bool:
    return all(alike(path, value_at(raw, path), state[path]) for path in paths)


def put(raw: Raw, body: Raw, *, replaces_maps: bool) -> dict[str, Json]:
    """Answer as a server does: fields that weren't sent stay, null removes."""
    inner = raw.get("custom") or {}
    sent = body.get("custom")
    if isinstance(inner, dict) and isinstance(sent, dict):
        inner = {**({} if replaces_maps else inner), **sent}
        inner = {key: value for key, value in inner.items() if value is not None}
    whole: dict[str, Json] = {**raw, **body, "custom": inner}
    return {name: value for name, value in whole.items() if value is not None}


@given(STATES, STATES)
def test_a_difference_laid_over_before_reaches_after(before: State, after: State) -> None:
    old, new = raw_of(before), raw_of(after)
    reached = apply(old, diff(old, new, PATHS))
    assert reaches(reached, after)
    assert diff(reached, new, PATHS) == ()
    assert reached["unknown"] == old["unknown"]


@given(STATES)
def test_a_record_does_not_differ_from_itself(state: State) -> None:
    raw = raw_of(state)
    assert diff(raw, raw, PATHS) == ()
    assert apply(raw, ()) == raw


@given(st.lists(STATES, min_size=2, max_size=4))
def test_folded_edits_lead_where_the_edits_lead_one_by_one(states: list[State]) -> None:
    raws = [raw_of(state) for state in states]
    steps = [diff(a, b, PATHS) for a, b in pairwise(raws)]
    edits = [change for step in steps for change in step]
    folded = fold(edits)
    assert reaches(apply(raws[0], edits), states[-1])
    assert reaches(apply(raws[0], folded), states[-1])
    assert fold(folded) == folded
    assert len({change.field for change in folded}) == len(folded)


@given(STATES, STATES)
def test_edits_that_are_taken_back_are_no_edits(one: State, two: State) -> None:
    there, back = diff(raw_of(one), raw_of(two), PATHS), diff(raw_of(two), raw_of(one), PATHS)
    assert fold([*there, *back]) == ()


@given(STATES, STATES)
def test_on_a_server_that_nobody_else_touched_my_edits_arrive(base: State, mine: State) -> None:
    changes = diff(raw_of(base), raw_of(mine), PATHS)
    merged = merge(changes, raw_of(base))
    assert merged.conflicts == ()
    for replaces in (False, True):
        assert reaches(put(raw_of(base), merged.body, replaces_maps=replaces), mine)


@given(STATES, STATES, STATES, st.sets(st.sampled_from(PATHS)))
def test_what_both_sides_did_alike_needs_no_sending(
    base: State, mine: State, theirs: State, touched: set[str]
) -> None:
    changes = diff(raw_of(base), raw_of(mine), touched)
    server = raw_of(theirs | {path: mine[path] for path in touched})
    assert merge(changes, server) == Merge({})


@given(STATES, STATES, STATES, st.sets(st.sampled_from(PATHS)))
def test_edits_of_different_fields_never_conflict(
    base: State, mine: State, theirs: State, touched: set[str]
) -> None:
    changes = diff(raw_of(base), raw_of(mine), touched)
    there = theirs | {path: base[path] for path in touched}
    merged = merge(changes, raw_of(there))
    assert merged.conflicts == ()
    for replaces in (False, True):
        answer = put(raw_of(there), merged.body, replaces_maps=replaces)
        assert reaches(answer, there | {path: mine[path] for path in touched})


@given(STATES, STATES, STATES)
def test_only_a_field_with_three_values_conflicts_and_all_else_arrives(
    base: State, mine: State, theirs: State
) -> None:
    changes = diff(raw_of(base), raw_of(mine), PATHS)
    server = raw_of(theirs)
    merged = merge(changes, server)
    conflicts = {conflict.field for conflict in merged.conflicts}
    assert conflicts == {
        path
        for path in PATHS
        if path != "tags"
        and not same(base[path], mine[path])
        and not same(base[path], theirs[path])
        and not same(mine[path], theirs[path])
    }
    sent = {change.field for change in changes} - conflicts
    for replaces in (False, True):
        answer = put(server, merged.body, replaces_maps=replaces)
        assert reaches(answer, mine, sent - {"tags"})
        assert reaches(answer, theirs, set(PATHS) - sent)
        assert merge(changes, answer) == Merge({}, merged.conflicts)


@given(STATES, STATES, STATES)
def test_an_answer_that_holds_what_was_sent_dropped_nothing(
    base: State, mine: State, theirs: State
) -> None:
    body = merge(diff(raw_of(base), raw_of(mine), PATHS), raw_of(theirs)).body
    for replaces in (False, True):
        assert dropped(body, put(raw_of(theirs), body, replaces_maps=replaces)) == ()


@given(STATES, STATES)
def test_a_server_that_ignores_everything_dropped_every_change(base: State, mine: State) -> None:
    changes = diff(raw_of(base), raw_of(mine), PATHS)
    merged = merge(changes, raw_of(base))
    assert set(dropped(merged.body, raw_of(base))) == {change.field for change in changes}


@given(JSON, JSON, JSON)
def test_sameness_is_an_equivalence(a: Json, b: Json, c: Json) -> None:
    assert same(a, a)
    assert same(a, b) == same(b, a)
    assert same(a, c) or not (same(a, b) and same(b, c))


@given(st.sampled_from(PATHS), JSON, JSON, JSON)
def test_no_value_is_too_odd_for_an_edit(
    path: str, before: Json, after: Json, theirs: Json
) -> None:
    change = Change(path, before, after)
    server: Raw = {path: theirs, "custom": theirs, "tags": theirs}
    shown = apply(server, [change])
    assert path == "tags" or same(value_at(shown, path), after)
    merged = merge([change], server)
    assert not (path == "tags" and merged.conflicts)


# Calls


@given(MOMENTS, LENGTHS, WAITINGS)
def test_waiting_and_talk_are_what_lies_between_start_and_end(
    end: datetime, talk: timedelta, waiting: float | None
) -> None:
    start, ended = calls.finished(end, talk, waiting)
    assert ended == end
    assert calls.talk_time(start, ended, waiting) == talk
    assert timedelta(seconds=waiting or 0) + talk == ended - start
    calls.check(CallDraft("1", "2", start=start, end=ended, waiting=waiting))


@given(MOMENTS, MOMENTS, st.none() | st.floats())
def test_talk_time_is_told_exactly_for_calls_that_can_be_sent(
    start: datetime, end: datetime, waiting: float | None
) -> None:
    talk = calls.talk_time(start, end, waiting)
    draft = CallDraft("1", "2", start=start, end=end, waiting=waiting)
    if talk is None:
        with pytest.raises(InputError):
            calls.check(draft)
    else:
        assert talk >= timedelta()
        assume(waiting is None or waiting >= 0)
        assume(end >= start)
        calls.check(draft)
        assert set(calls.body_of(draft)) >= {"nr", "externalUserId", "start", "end"}


@given(MOMENTS)
def test_a_moment_survives_the_api_to_the_millisecond(moment: datetime) -> None:
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert calls.parse_iso(calls.iso(moment)) == whole
    assert custom.is_date(calls.iso(moment))


@given(TYPED | st.datetimes().map(str) | st.dates().map(str))
def test_any_moment_that_is_read_can_be_shown_in_any_zone(text: str) -> None:
    moment = calls.parse_iso(text)
    if moment is not None:
        for hours in (-14, 14):
            assert moment.astimezone(timezone(timedelta(hours=hours))) == moment


@given(TYPED | st.datetimes().map(str) | TYPED.map("-{}".format), MOMENTS)
@example("-" + "9" * 5000, datetime(2026, 3, 1, tzinfo=UTC))
@example("0001-01-01T00:00+14:00", datetime(2026, 3, 1, tzinfo=UTC))
def test_a_typed_moment_is_read_or_refused(text: str, now: datetime) -> None:
    moment = tried(lambda: calls.parse_when(text, now=now))
    if isinstance(moment, InputError):
        assert moment.advice
    else:
        assert moment.tzinfo is not None
        assert calls.iso(calls.finished(moment, timedelta(days=7), 7200)[0]).endswith("Z")


@given(st.times(), MOMENTS)
def test_a_typed_time_of_day_lies_in_the_last_day_or_at_most_an_hour_ahead(
    clock: time, now: datetime
) -> None:
    moment = calls.parse_when(f"{clock:%H:%M:%S}", now=now)
    assert now - timedelta(hours=24) < moment <= now + timedelta(hours=1)
    assert f"{moment.astimezone(now.tzinfo):%H:%M:%S}" == f"{clock:%H:%M:%S}"


@given(TYPED)
@example("9" * 5000)
@example("9" * 40 + "h")
def test_a_typed_length_of_time_is_read_or_refused(text: str) -> None:
    length = tried(lambda: calls.parse_duration(text))
    if isinstance(length, InputError):
        assert length.advice
    else:
        assert timedelta() <= length <= timedelta(days=7)


@given(st.integers(0, 167), st.integers(0, 59), st.integers(0, 59))
def test_every_way_to_write_a_length_of_time_says_the_same(h: int, m: int, s: int) -> None:
    length = timedelta(hours=h, minutes=m, seconds=s)
    bare = round(length.total_seconds())
    for text in (f"{h}h{m}m{s}s", f"{h} h {m} min {s} s", f"{bare // 60}:{s:02}", f"{bare}s"):
        assert calls.parse_duration(text) == length


@given(st.lists(MOMENTS, min_size=3, max_size=3).map(sorted), MOMENTS)
def test_the_timers_waiting_and_talk_fill_the_call(stamps: list[datetime], now: datetime) -> None:
    timer = CallTimer()
    for stamp in stamps:
        timer = timer.next(stamp)
    assert timer.stage is Stage.ENDED
    rang, _, ended = (stamp.replace(microsecond=0) for stamp in stamps)  # stamps are whole seconds
    assert timer.waiting(now) + timer.talk(now) == ended - rang
    waiting = timer.waiting(now).total_seconds()
    assert calls.talk_time(timer.rang_at, timer.ended_at, waiting) == timer.talk(now)


# Phone numbers

NUMBERS: Final = (
    st.text("+0123456789 -()x#٣", max_size=18)
    | st.integers(10**6, 10**13).map(lambda n: f"+{n}")
    | ANY_TEXT
)
REGIONS: Final = st.sampled_from([None, "SE", "US", "DE", "XX"])


@given(NUMBERS, NUMBERS, REGIONS)
def test_numbers_match_both_ways_or_neither(a: str, b: str, region: str | None) -> None:
    assert phone.matches(a, b, region) == phone.matches(b, a, region)


@given(NUMBERS, REGIONS)
def test_a_number_matches_itself_if_it_is_long_enough(number: str, region: str | None) -> None:
    assume(len(phone.digits(number).lstrip("0")) >= 7)
    assert phone.matches(number, number, region)


@given(ANY_TEXT)
def test_the_digits_of_a_number_are_ascii(text: str) -> None:
    dialled = phone.digits(text)
    assert phone.digits(dialled) == dialled
    assert not dialled or (dialled.isascii() and dialled.isdecimal())
