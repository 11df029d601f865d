from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.api import splitter
from planhat_tui.api.records import MAX_COST, MAX_DEPTH, cost_of
from planhat_tui.api.splitter import BrokenListError, Splitter, TooManyError, split_list
from planhat_tui.api.wire import (
    MAX_BAD,
    ListReader,
    WholeList,
    check_deleted,
    message_of,
    read_one,
    read_page,
    read_receipt,
    read_the,
)
from planhat_tui.errors import RejectedError, ServerError, UnknownOutcomeError

if TYPE_CHECKING:
    from planhat_tui.model.ports import Slice
    from planhat_tui.model.values import Json

_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_INT64 = st.integers(-(2**63), 2**63 - 1)
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_SCALARS: st.SearchStrategy[Json] = st.none() | st.booleans() | _INT64 | _FLOATS | _WORDS
_VALUES: st.SearchStrategy[Json] = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=8,
)
_RECORDS = st.builds(
    lambda fields, name: {**fields, "_id": f"id-{name}"},
    st.dictionaries(_WORDS, _VALUES, max_size=5),
    _WORDS,
)

GOOD = b'{"_id": "a", "name": "A: \\"b\\", {c}"}'
DEEP = b'{"_id":"d","x":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}"
BAD = {
    "NaN": b'{"_id":"n","x":NaN}',
    "infinite": b'{"_id":"n","x":1e999}',
    "surrogate": b'{"_id":"s","x":"\\ud800"}',
    "two halves of different letters": b'{"_id":"s","x":"\\ud800\\u0041"}',
    "deep": DEEP,
    "bottomless": b'{"_id":"d","x":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "large": b'{"_id":"l","x":9223372036854775808}',
    "very large": b'{"_id":"l","x":-' + b"9" * 400 + b"}",
    "same key twice": b'{"_id":"t","name":"at 10:30","name":"b"}',
    "same key twice inside": b'{"_id":"t","custom":{"a":1,"a":2}}',
    "same key twice, apart from its colon": b'{"_id":"t","a" :1,"b":1,"b":2}',
    "same key twice, over lines": b'{"_id":"t","a"\n:1,"b"\t:1,"b":2}',
    "same key twice beside a quoted colon": b'{"_id":"t","a":"\\":","a":1}',
    "no id": b'{"name":"x"}',
    "empty id": b'{"_id":" "}',
    "number for an id": b'{"_id":12}',
    "endless id": b'{"_id":"' + b"a" * 600 + b'"}',
    "no object": b"[1]",
    "null": b"null",
    "not UTF-8": b'{"_id":"u","x":"\xff"}',
    "control character": b'{"_id":"c","x":"\x01"}',
}


@given(st.lists(_RECORDS, max_size=6), st.booleans(), st.integers(1, 4))
def test_a_list_of_records_comes_back_the_same(
    records: list[dict[str, Json]],
    ascii_only: bool,  # noqa: FBT001 -- hypothesis gives it
    size: int,
) -> None:
    texts = [json.dumps(record, ensure_ascii=ascii_only) for record in records]
    page = read_page(f"[{', '.join(texts)}]".encode())
    slices = list(page.slices(size))
    received = [record for piece in slices for record in piece.records]
    assert page.count == len(records)
    assert [record.data for record in received] == records
    assert [record.json for record in received] == texts
    assert all(len(piece.records) <= size and not piece.set_aside for piece in slices)


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_bad_record_is_set_aside_and_the_others_are_kept(bad: bytes) -> None:
    page = read_page(b"[" + GOOD + b",\n" + bad + b" , " + GOOD + b"]")
    (piece,) = page.slices()
    assert page.count == 3
    assert [record.json.encode() for record in piece.records] == [GOOD, GOOD]
    assert len(piece.set_aside) == 1
    assert piece.set_aside[0].told.startswith("record 2 of 3: ")


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (b'{"_id":"t","a":1,"a":2}', "t"),
        (b'{"a":{"_id":"inner"},"_id":"t","x":99999999999999999999}', "t"),
        (b'{"a":{"_id":"inner"},"x":99999999999999999999}', ""),
        (b'{"_id":"t","a":NaN}', ""),
        (b'{"_id":7,"a":1}', ""),
        (b'{"_id":"t","a":"\x85"}', "t"),
        (b'{"_id":"t\x85"}', ""),
        (b'{"_id":"  ","a":1}', ""),
        (b'{"_id":"' + b"t" * 501 + b'"}', ""),
        (b'["t"]', ""),
    ],
)
def test_a_record_that_is_set_aside_is_named_where_its_id_is_sure(bad: bytes, named: str) -> None:
    (piece,) = read_page(b"[" + GOOD + b"," + bad + b"]").slices()
    assert [one.id for one in piece.set_aside] == [named]


@given(st.lists(_RECORDS, min_size=1, max_size=5), st.sampled_from(sorted(BAD)), st.data())
def test_one_bad_record_among_any_others(
    records: list[dict[str, Json]], fault: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(records)))
    texts = [json.dumps(record).encode() for record in records]
    page = read_page(b"[" + b",".join([*texts[:place], BAD[fault], *texts[place:]]) + b"]")
    (piece,) = page.slices()
    assert [record.data for record in piece.records] == records
    assert len(piece.set_aside) == 1


def test_the_deepest_and_largest_that_is_kept() -> None:
    deep = b'{"_id":"d","x":' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}"
    assert read_one(deep).id == "d"
    assert read_one(b'{"_id":"l","x":9223372036854775807}').data["x"] == 2**63 - 1


def test_the_text_is_kept_byte_for_byte() -> None:
    text = '{"_id" : "a", "x":1.50, "name":"\\u00e5\\ud83d\\ude00"}'
    received = read_one(b"\xef\xbb\xbf " + text.encode() + b"\n")
    assert received.json == text
    assert received.data["name"] == "å😀"


@pytest.mark.parametrize(
    "body", [b'{"_id":"a"}', b'{"error":"x"}', b"", b"  ", b"null", b"12", b'"x"', b"nonsense"]
)
def test_something_else_than_a_list_is_said_in_words(body: bytes) -> None:
    with pytest.raises(ServerError) as refused:
        read_page(body)
    assert refused.value.message.startswith("Planhat answered")


@pytest.mark.parametrize(
    "body",
    [b"[", b"[{", b'[{"_id":"a"}', b'[{"_id":"a]', b'[{"_id":"a"]}', b"[1]]", b"[NaN] x", b"[}"],
)
def test_a_list_that_is_cut_or_broken_is_refused_whole(body: bytes) -> None:
    with pytest.raises(ServerError, match="isn't JSON"):
        read_page(body)


@pytest.mark.parametrize("body", [b"<html>", b"\n <!DOCTYPE html><p>", b"\xef\xbb\xbf<b>"])
def test_a_web_page_is_named(body: bytes) -> None:
    for read in (read_page, read_one, read_receipt, check_deleted):
        with pytest.raises(ServerError, match="web page") as refused:
            read(body)
        assert "base_url" in refused.value.advice
    assert message_of(body) == ""


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_one_bad_answer_leaves_the_outcome_open(bad: bytes) -> None:
    with pytest.raises(UnknownOutcomeError):
        read_one(bad)


@pytest.mark.parametrize("body", [b"", b" ", b"OK", b'"ok"', b"{}"])
def test_the_open_endpoint_may_tell_nothing(body: bytes) -> None:
    assert read_receipt(body).data == {}


def test_the_open_endpoint_may_tell_something() -> None:
    assert read_receipt(b'{"_id":"c1"}').id == "c1"
    assert read_receipt(b'{"ok":1}').data == {"ok": 1}


@pytest.mark.parametrize(
    "body",
    [b"[]", b"null", b'"x"', b"hello", b'{"x":NaN}', b'{"error":"no"}', b'{"message":"no agent"}'],
)
def test_the_open_endpoint_may_leave_it_open(body: bytes) -> None:
    with pytest.raises(ServerError):
        read_receipt(body)


def test_the_open_endpoint_may_refuse() -> None:
    with pytest.raises(RejectedError):
        read_receipt(b'{"ok":0}')


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"Failed to create company", "Failed to create company"),
        (b'{"error": "no name"}', "no name"),
        (b'{"message": "no name"}', "no name"),
        (b'{"error": {"message": "no name"}}', "no name"),
        (b'"no name"', "no name"),
        (b'{"error": true, "message": "real"}', "real"),
        (
            b'{"error": "", "errors": [{"message": "name too long"}, {"path": "x"}]}',
            "name too long",
        ),
        (b'{"created":0,"createdErrors":[{"error":"no name"},{"error":"no name"}]}', "no name"),
        (b'{"createdErrors":[],"updatedErrors":[{"message":{"text":1}},{"reason":"b"}]}', "b"),
        (b'["bad", "worse"]', "bad; worse"),
        (b'{"errors":' + b"[" * 500 + b'"x"' + b"]" * 500 + b"}", ""),
        (b'{"error": 5}', ""),
        (b"[1]", ""),
        (b"", ""),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_what_a_refusal_says(body: bytes, said: str) -> None:
    assert message_of(body) == said


@given(st.lists(_VALUES, max_size=6))
def test_the_splitter_agrees_with_json(values: list[Json]) -> None:
    pieces = split_list(json.dumps(values, indent=1).encode(), 10)
    assert [json.loads(piece) for piece in pieces] == values


@pytest.mark.parametrize("spoilt", ["-", "", " ", "\x0c", "x"])
def test_a_record_behind_a_spoilt_comma_is_kept(spoilt: str) -> None:
    page = read_page(f'[{{"_id":"a"}}{spoilt}{{"_id":"b"}},{{"_id":"c"}}]'.encode())
    (piece,) = page.slices()
    assert page.count == 3
    assert [record.id for record in piece.records][-2:] == ["b", "c"]
    assert len(piece.records) + len(piece.set_aside) == 3


def _cut(text: bytes, places: list[int]) -> list[bytes]:
    """Return a text in pieces, cut at these places."""
    at = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(at)]


@given(st.lists(_VALUES, max_size=6) | st.binary(max_size=60), st.lists(st.integers(0), max_size=5))
def test_a_list_that_comes_in_pieces_is_parted_as_one_that_comes_at_once(
    values: list[Json] | bytes, places: list[int]
) -> None:
    text = b"[" + values if isinstance(values, bytes) else json.dumps(values).encode()
    with mock.patch.object(splitter, "_LEAST", 1):
        parts = Splitter(100)
        found: list[bytes] = []
        try:
            for piece in _cut(text, [place + 1 for place in places]):
                found += parts.feed(piece)
            found += parts.finish()
        except BrokenListError:
            with pytest.raises(BrokenListError):
                split_list(text, 100)
        else:
            assert found == split_list(text, 100)


def test_no_more_is_held_of_a_list_than_the_record_that_is_not_whole_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(splitter, "LONGEST", 1000)
    monkeypatch.setattr(splitter, "_LEAST", 1)
    parts = Splitter(1000)
    parts.feed(b"[")
    assert all(parts.feed(b'{"x":"' + b"y" * 500 + b'"},') for _ in range(100))
    parts.feed(b'"' + b"y" * 500)
    with pytest.raises(TooManyError):
        parts.feed(b"y" * 501)


def test_blanks_between_records_are_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitter, "LONGEST", 1000)
    monkeypatch.setattr(splitter, "_LEAST", 1)
    parts = Splitter(10)
    found = parts.feed(b"[1,")
    for _ in range(10):
        found += parts.feed(b" \n" * 200)
    found += parts.feed(b"2]")
    assert found + parts.finish() == [b"1", b"2"]


@pytest.mark.parametrize("size", [1, 2, 7, 64, 1000])
@pytest.mark.parametrize("front", [b"", b"\xef\xbb\xbf", b" \r\n"])
def test_a_list_is_read_as_it_comes(size: int, front: bytes) -> None:
    text = front + b"[" + b",".join([GOOD, *BAD.values(), GOOD]) + b"] \n"
    reader = ListReader()
    slices: list[Slice] = []
    for at in range(0, len(text), size):
        slices += reader.feed(text[at : at + size])
    slices += reader.finish()
    (whole,) = read_page(text).slices()
    assert reader.count == len(BAD) + 2
    assert [record.json for one in slices for record in one.records] == [GOOD.decode()] * 2
    told = [(one.place, one.id, one.reason) for piece in slices for one in piece.set_aside]
    assert told == [(one.place, one.id, one.reason) for one in whole.set_aside]


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[", b"[1", b'["a]', b"[]]", b"[1]x", b"<html>", b"x"]
)
def test_what_is_no_list_is_refused_as_it_comes_as_well(text: bytes) -> None:
    with pytest.raises(ServerError) as whole:
        read_page(text)
    reader = ListReader()
    with pytest.raises(ServerError) as flowing:
        for _ in [*reader.feed(text), *reader.finish()]:
            pass
    assert (type(flowing.value), str(flowing.value)) == (type(whole.value), str(whole.value))


def test_a_list_of_what_nobody_can_keep_is_refused() -> None:
    good, bad = b'{"_id":"a"}', b"1"
    most = b",".join([good] * 400 + [bad] * MAX_BAD)
    assert sum(len(one.set_aside) for one in read_page(b"[" + most + b"]").slices()) == MAX_BAD
    text = b"[" + most + b",1]"
    aside = 0
    slices = read_page(text).slices()
    while aside + 200 <= MAX_BAD:
        aside += len(next(slices).set_aside)
    with pytest.raises(ServerError, match="more than 10,000 records can't be read"):
        next(slices)
    reader = ListReader()
    with pytest.raises(ServerError, match="more than 10,000 records can't be read"):
        for _ in [*reader.feed(text), *reader.finish()]:
            pass


@given(st.binary(max_size=60))
def test_the_splitter_survives_anything(text: bytes) -> None:
    try:
        pieces = split_list(b"[" + text, 100)
    except BrokenListError:
        return
    assert isinstance(pieces, list)


def test_a_list_in_pages_grows_by_pages_with_something_new_and_by_no_others() -> None:
    whole = WholeList(read_page(b'[{"_id":"a","n":1},{"_id":"b"}]'))
    assert not whole.add(read_page(b'[{"_id":"b"},{"_id":"a","n":2}]'))
    assert whole.add(read_page(b'[{"_id":"b"},{"_id":"c"}]'))
    assert whole.add(read_page(b'["unreadable"]'))
    assert not whole.add(read_page(b'["unreadable"]'))
    (some,) = whole.page.slices()
    assert [record.id for record in some.records] == ["a", "b", "c"]
    assert [one.place for one in some.set_aside] == [4]


def test_a_record_that_is_too_large_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planhat_tui.api.records.MAX_RECORD", 100)
    large = b'{"_id":"l","x":"' + b"y" * 100 + b'"}'
    (piece,) = read_page(b"[" + GOOD + b"," + large + b"]").slices()
    assert [record.json.encode() for record in piece.records] == [GOOD]
    assert [one.told for one in piece.set_aside] == ["record 2 of 2: it is larger than 0 KiB"]
    with pytest.raises(ServerError, match="larger"):
        read_one(large)


def test_more_records_than_anybody_has_are_refused_before_they_cost_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("planhat_tui.api.wire.MAX_RECORDS", 10)
    with pytest.raises(ServerError, match="at once: 10 records"):
        read_page(b"[" + b"1," * 10 + b"1]")
    rich = b'{"_id":"r","x":[' + b"1," * 50 + b"1]}"
    assert read_page(b"[" + rich + b"," + rich + b"]").count == 2


def _nests(count: int) -> bytes:
    """A record of so many lists, fifty in each other; each costs a hundred times its text."""
    return b'{"_id":"r","x":[' + b",".join([b"[" * 50 + b"]" * 50] * (count // 50)) + b"]}"


def test_a_slice_holds_fewer_records_where_these_would_take_much_memory() -> None:
    rich = _nests(50_000)
    assert cost_of(rich) > 40 * len(rich)
    page = read_page(b"[" + b",".join([GOOD, rich, rich, GOOD, GOOD]) + b"]")
    slices = list(page.slices())
    assert [len(piece.records) for piece in slices] == [2, 3]
    assert [record.id for piece in slices for record in piece.records] == [*"arraa"]


def test_places_count_on_from_slice_to_slice() -> None:
    page = read_page(b"[" + b",".join([_nests(70_000), _nests(70_000), b"null"]) + b"]")
    aside = [one.told for piece in page.slices() for one in piece.set_aside]
    assert aside == ["record 3 of 3: it isn't an object"]


def test_a_record_of_more_values_than_any_has_is_set_aside_undecoded() -> None:
    much = _nests(400_000)
    (piece, last) = read_page(b"[" + much + b"," + GOOD + b"]").slices()
    assert [(one.id, one.reason) for one in piece.set_aside] == [("r", "it holds too many values")]
    assert [record.id for record in last.records] == ["a"]
    with pytest.raises(ServerError, match="too many values"):
        read_one(much)


def test_what_a_string_holds_is_no_value() -> None:
    told = b'[{,\\"' * 40_000
    text = b'{"_id":"t","x":"' + told + b'"}'
    assert cost_of(text) > MAX_COST
    assert read_one(text).data["x"] == told.replace(b"\\", b"").decode()


def test_the_most_lists_that_a_record_may_be_made_of() -> None:
    most = MAX_COST // 102
    lists = b'{"_id":"l","x":[' + b"[]," * (most // 2) + b"[]]}"
    assert cost_of(lists) <= MAX_COST
    assert read_one(lists).id == "l"
    with pytest.raises(ServerError, match="too many values"):
        read_one(lists.replace(b"[],", b"[[]],"))


def test_a_list_that_would_take_too_much_memory_is_refused_undecoded() -> None:
    rich = _nests(200_000)
    with pytest.raises(ServerError, match="256 MiB of memory"):
        read_page(b"[" + b",".join([rich] * 14) + b"]")


def test_only_the_record_that_was_asked_for_is_taken() -> None:
    record = b'{"_id":"a","externalId":7,"sourceId":"s"}'
    for asked in ("a", " a ", "extid-7", "srcid-s"):
        assert read_the(asked)(record).id == "a"
    for other in ("b", "extid-8", "srcid-a", "extid-"):
        with pytest.raises(ServerError, match="another record"):
            read_the(other)(record)
    assert read_the("extid-6", {"externalId": 7})(record).id == "a"
    assert read_the("extid-1")(b'{"_id":"extid-1"}').id == "extid-1"
