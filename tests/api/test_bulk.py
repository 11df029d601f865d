from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.api.bulk import check_rows, read_answer
from planhat_tui.api.wire import MAX_RECORDS
from planhat_tui.errors import InputError, ServerError
from planhat_tui.model.bulk import MAX_ROWS, RowOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.model.bulk import BulkAnswer
    from planhat_tui.model.values import Json

CREATED, UPDATED, UNCHANGED = RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.UNCHANGED
REFUSED, UNKNOWN = RowOutcome.REFUSED, RowOutcome.UNKNOWN
ROWS: list[dict[str, Json]] = [{"externalId": key, "name": key} for key in "abcd"]


def _key(external_id: str) -> Json:
    return {"_id": f"id-{external_id}", "externalId": external_id}


def _told(rows: Sequence[dict[str, Json]], status: int = 200, **said: Any) -> BulkAnswer:  # noqa: ANN401 -- JSON
    whole: dict[str, Any] = {"created": 0, "updated": 0, "nonupdates": 0, **said}
    answer = read_answer(rows, status, json.dumps(whole).encode())
    assert answer is not None
    return answer


def _outcomes(answer: BulkAnswer) -> list[RowOutcome]:
    return [row.outcome for row in answer.rows]


def test_each_row_has_its_own_outcome_in_the_order_in_which_it_was_sent() -> None:
    answer = _told(
        ROWS,
        206,
        created=1,
        insertsKeys=[_key("b")],
        upsertedIds=["id-b"],
        updated=1,
        updatesKeys=[_key("d"), _key("c")],
        modified=["id-d"],
        nonupdates=1,
        createdErrors=[{"externalId": "a", "error": "name is missing"}],
    )
    assert _outcomes(answer) == [REFUSED, CREATED, UNCHANGED, UPDATED]
    assert [row.key.value for row in answer.rows] == ["a", "b", "c", "d"]
    assert [row.id for row in answer.rows] == ["", "id-b", "id-c", "id-d"]
    assert answer.rows[0].reason == "name is missing"
    assert [answer.count(outcome) for outcome in RowOutcome] == [1, 1, 1, 1, 0]


@pytest.mark.parametrize(
    "error",
    [
        {"externalId": "a", "message": "no name"},
        {"item": {"externalId": "a"}, "error": {"message": "no name"}},
        {"keys": {"externalId": "a"}, "errors": ["no name"]},
        {"doc": {"externalId": "a"}, "reason": "no name"},
    ],
)
def test_a_refusal_in_any_shape_that_names_its_row(error: Json) -> None:
    for where in ("createdErrors", "updatedErrors", "permissionErrors"):
        answer = _told(ROWS[:2], 206, created=1, insertsKeys=[_key("b")], **{where: [error]})
        assert _outcomes(answer) == [REFUSED, CREATED]
        assert answer.rows[0].reason == "no name"


def test_rows_that_are_all_refused_have_their_reasons() -> None:
    told = [{"externalId": key, "error": f"no {key}"} for key in "ab"]
    answer = _told(ROWS[:2], 400, createdErrors=[*told])
    assert [(row.outcome, row.reason) for row in answer.rows] == [
        (REFUSED, "no a"),
        (REFUSED, "no b"),
    ]
    answer = _told(ROWS[:2], 400, createdErrors=["names are missing", "names are missing"])
    assert [(row.outcome, row.reason) for row in answer.rows] == [
        (REFUSED, "names are missing")
    ] * 2


def test_refusals_that_name_no_row_are_those_that_are_left() -> None:
    answer = _told(ROWS[:2], 206, created=1, insertsKeys=[_key("b")], createdErrors=["no name"])
    assert [(row.outcome, row.reason) for row in answer.rows] == [
        (REFUSED, "no name"),
        (CREATED, ""),
    ]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"nonupdates": 4}, UNCHANGED),
        ({"updated": 4}, UPDATED),
        ({"created": 4}, CREATED),
        ({"nonupdates": 3}, UNKNOWN),
        ({"nonupdates": 2, "updated": 2}, UNKNOWN),
        ({}, UNKNOWN),
        ({"updated": 4, "createdErrors": ["which?"]}, UNKNOWN),
        ({"updated": True, "created": -4, "nonupdates": "4"}, UNKNOWN),
    ],
)
def test_rows_that_are_not_named_are_what_the_numbers_prove_or_unknown(
    said: dict[str, Any], outcome: RowOutcome
) -> None:
    assert _outcomes(_told(ROWS, **said)) == [outcome] * 4


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"updated": 4}, UPDATED),
        ({"nonupdates": 4}, UNCHANGED),
        ({"updated": 4, "nonupdates": 4}, UPDATED),
        ({"updated": 1, "nonupdates": 3}, UNKNOWN),
    ],
)
def test_rows_that_were_found_were_changed_only_if_the_answer_says_so(
    said: dict[str, Any], outcome: RowOutcome
) -> None:
    assert _outcomes(_told(ROWS, updatesKeys=[_key(k) for k in "abcd"], **said)) == [outcome] * 4


def test_keys_may_be_bare_and_of_any_kind() -> None:
    rows: list[dict[str, Json]] = [{"_id": "i1"}, {"sourceId": "s1"}, {"externalId": 7}]
    answer = _told(rows, created=3, insertsKeys=["s1", "i1", {"externalId": "7"}])
    assert _outcomes(answer) == [CREATED] * 3
    assert [row.key.field for row in answer.rows] == ["_id", "sourceId", "externalId"]


def test_a_reason_is_fit_for_a_screen() -> None:
    error = {"externalId": "a", "error": "\x1b[31mred\u202e" + "x" * 5000}
    reason = _told(ROWS[:1], 400, createdErrors=[error]).rows[0].reason
    assert "\x1b" not in reason
    assert "\u202e" not in reason
    assert len(reason) <= 200


@pytest.mark.parametrize("body", [b"", b"Too many rows", b"<html>", b"[]", b'{"error":"x"}', b"{"])
def test_an_answer_that_tells_nothing_of_rows(body: bytes) -> None:
    assert read_answer(ROWS, 400, body) is None
    for status in (200, 206):
        with pytest.raises(ServerError, match="isn't known"):
            read_answer(ROWS, status, body)


@pytest.mark.parametrize("bad", [2_400, MAX_ROWS - 1])
def test_an_answer_that_repeats_every_row_is_read(bad: int) -> None:
    """Half of an ordinary one of 5,000 rows takes a megabyte, and more values than a record has."""
    rows: list[dict[str, Json]] = [{"externalId": f"e{n}"} for n in range(MAX_ROWS)]
    more: dict[str, Json] = {f"field {n}": "a value" * 10 for n in range(30)}
    answer = _told(
        rows,
        206,
        created=MAX_ROWS - bad,
        createdErrors=[
            {"message": "E11000", "item": {**more, "externalId": f"e{n}"}} for n in range(bad)
        ],
        insertsKeys=[_key(f"e{n}") for n in range(bad, MAX_ROWS)],
    )
    assert _outcomes(answer) == [REFUSED] * bad + [CREATED] * (MAX_ROWS - bad)
    assert {row.reason for row in answer.rows[:bad]} == {"E11000"}


def test_an_entry_that_cannot_be_read_costs_no_other_its_outcome() -> None:
    deep: Any = []
    for _ in range(70):
        deep = [deep]
    answer = _told(
        ROWS,
        206,
        created=1,
        insertsKeys=[_key("b"), {"externalId": "c", "x": 2**70}],
        createdErrors=[{"externalId": "a", "error": "no"}, {"externalId": "d", "item": deep}],
    )
    assert _outcomes(answer) == [REFUSED, CREATED, UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    "body",
    [
        b'{"created":0,"updated":4,"updated":0,"nonupdates":0}',
        b'{"created":4, "created" : 0}',
        b'{"created":0,"insertsKeys":[{"externalId":"a"}],"insertsKeys":[]}',
    ],
)
def test_an_answer_that_says_something_twice_says_nothing(body: bytes) -> None:
    with pytest.raises(ServerError, match="isn't known"):
        read_answer(ROWS, 200, body)


def test_a_list_with_more_than_anybody_sends_tells_nothing() -> None:
    body = b'{"created":0,"createdErrors":[' + b"1," * MAX_RECORDS + b"1]}"
    answer = read_answer(ROWS, 206, body)
    assert answer is not None
    assert _outcomes(answer) == [UNKNOWN] * 4


_SAID = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 6) | st.sampled_from(["a", "id-b", "x", ""]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["externalId", "_id", "error", "item"]), inner, max_size=3
        )
    ),
    max_leaves=12,
)
_NAMES = st.sampled_from(
    "created updated nonupdates createdErrors updatedErrors permissionErrors insertsKeys"
    " updatesKeys modified upsertedIds".split()
)


@given(st.dictionaries(_NAMES, _SAID), st.sampled_from([200, 206, 400]))
def test_whatever_is_said_each_row_has_one_outcome(said: dict[str, Any], status: int) -> None:
    answer = _told(ROWS, status, **said)
    assert [row.key.value for row in answer.rows] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"name": "no key"}],
        [{"externalId": " "}],
        [{"externalId": "a"}, {"externalId": "a"}],
        [{"externalId": "a", "_id": "1"}, {"externalId": "b", "_id": "1"}],
        [{"externalId": str(n)} for n in range(MAX_ROWS + 1)],
    ],
)
def test_rows_whose_outcome_could_not_be_told_are_not_sent(rows: list[dict[str, Json]]) -> None:
    with pytest.raises(InputError):
        check_rows(rows)


def test_as_many_rows_as_planhat_takes() -> None:
    check_rows([{"externalId": str(n)} for n in range(MAX_ROWS)])
