from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.typed import query_of, values_of
from planhat_tui.errors import AmbiguousError, InputError, NotFoundError
from planhat_tui.model import query
from planhat_tui.model.query.writing import write
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from planhat_tui.model.values import Json
    from tests.commands.conftest import Desk


def _values(desk: Desk, *pairs: str, current: dict[str, Json] | None = None) -> dict[str, Json]:
    return values_of(desk.context, Kind.COMPANY, pairs, current)


def test_words_of_a_shell_are_one_query() -> None:
    assert query_of(["acme", "tag:vip", "-phase:won"]) == "acme tag:vip -phase:won"


def test_a_word_that_holds_a_blank_stays_one_word() -> None:
    parsed = query.parse(query_of(["acme inc", "tag:vip"]))
    assert parsed.words == ("acme inc",)


@pytest.mark.parametrize(
    "whole",
    [
        "acme inc",
        "acme tag:vip",
        "acme OR globex",
        "tag:vip phase:won",
        "phase:won sort:-arr",
        "tag:vip -phase:won",
        "tag:vip not:phase:won",
        "tag:vip arr>1000",
        "(acme OR globex) tag:vip",
        'tag:"east coast" acme',
        "limit:3 acme",
        "is:new acme",
        "has:phone acme inc",
        "sort:-arr acme",
        "arr:1000.. acme",
        "-renewal:next30d acme",
        "featured:true acme",
        "fase:won acme",
        "tag:vip acme arr:1000..",
        "tag:vip acme -limit:3",
    ],
)
def test_a_query_that_was_quoted_as_a_whole_is_that_query(whole: str) -> None:
    assert query_of([whole]) == whole


def test_a_part_of_a_query_that_was_quoted_keeps_its_terms() -> None:
    assert query_of(["acme tag:vip", "phase:won"]) == "acme tag:vip phase:won"


@pytest.mark.parametrize(
    ("typed", "negated"), [("tag:east coast", False), ("-tag:east coast", True)]
)
def test_so_does_the_value_of_a_term(typed: str, negated: bool) -> None:  # noqa: FBT001 -- a parameter
    sign = "-" if negated else ""
    assert write(query.parse(query_of([typed]))) == f'{sign}tag:"east coast"'


def test_the_other_way_to_say_not_keeps_its_blank_too() -> None:
    assert write(query.parse(query_of(["not:tag:east coast"]))) == '-tag:"east coast"'


def test_a_group_is_left_as_it_was_typed() -> None:
    assert query_of(["(acme OR globex)", "tag:vip"]) == "(acme OR globex) tag:vip"


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("owner:Ada Lo", "Ada Lo"),
        ("phone:070 123", "070 123"),
        ("custom.Plan:Gold plus", "Gold plus"),
        ("domain:see https://acme.example", "see https://acme.example"),
    ],
)
def test_a_value_that_may_hold_a_blank_keeps_it_alone_and_beside_others(
    word: str, value: str
) -> None:
    for words in ([word], [word, "acme"]):
        term = query.parse(query_of(words)).parts[0]
        assert isinstance(term, query.Term)
        assert term.value == value


def test_beside_others_too_what_holds_no_blank_is_a_term_and_a_word() -> None:
    assert query_of(["limit:3 acme", "foods inc"]) == 'limit:3 acme "foods inc"'


def test_a_phrase_is_negated_as_one() -> None:
    assert write(query.parse(query_of(["-east coast", "acme"]))) == '-"east coast" acme'


def test_quotes_that_were_typed_stay() -> None:
    assert query.parse(query_of(['tag:"east coast"'])).where == query.Term("tag", "east coast")


def test_values_are_read_by_the_type_of_their_field(desk: Desk) -> None:
    assert _values(desk, "phase=won", "description=1200", "tags=a, b") == {
        "phase": "won",
        "description": "1200",
        "tags": ["a", "b"],
    }


def test_a_field_that_planhat_sets_isnt_taken(desk: Desk) -> None:
    with pytest.raises(InputError, match="ARR is set by Planhat"):
        _values(desk, "arr=1200")


def test_an_empty_value_clears(desk: Desk) -> None:
    assert _values(desk, "phase=", "custom.Plan=") == {"phase": None, "custom.Plan": None}


def test_a_value_may_hold_an_equals_sign(desk: Desk) -> None:
    assert _values(desk, "description=a=b") == {"description": "a=b"}


def test_a_field_may_be_named_as_people_name_it(desk: Desk) -> None:
    assert _values(desk, "External id=7") == {"externalId": "7"}


def test_an_owner_is_named_as_people_are(desk: Desk) -> None:
    anna = next(user for user in desk.server.ask("GET", "/users") if user["firstName"] == "Anna")
    for typed in ("Anna Lind", "anna", "anna.lind@northwind-software.example", anna["_id"]):
        assert _values(desk, f"owner={typed}") == {"owner": anna["_id"]}
    assert _values(desk, "owner=") == {"owner": None}


def test_an_owner_who_isnt_in_the_team_is_told(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="There is no user Nobody here"):
        _values(desk, "owner=Nobody")


def test_a_custom_value_keeps_the_type_that_the_record_has(desk: Desk) -> None:
    current: dict[str, Json] = {"custom": {"Code": "007", "Count": 7, "Sure": True}}
    assert _values(
        desk, "custom.Code=008", "custom.Count=8", "custom.Sure=no", current=current
    ) == {"custom.Code": "008", "custom.Count": 8, "custom.Sure": False}


def test_else_the_type_that_the_field_has_elsewhere(desk: Desk) -> None:
    assert _values(desk, "custom.Seats=8", "custom.Industry=8", "custom.Reference OK=yes") == {
        "custom.Seats": 8,
        "custom.Industry": "8",
        "custom.Reference OK": True,
    }
    with pytest.raises(InputError, match="many is no number"):
        _values(desk, "custom.Seats=many")
    with pytest.raises(InputError, match=r"Plan has no value golld\.  Did you mean Gold\?"):
        _values(desk, "custom.Plan=golld")


def test_a_new_custom_field_has_the_type_that_its_value_looks_like(desk: Desk) -> None:
    assert _values(desk, "custom.New=8", "custom.Newer=2026-03-01") == {
        "custom.New": 8,
        "custom.Newer": "2026-03-01",
    }


@pytest.mark.parametrize("pair", ["phase", "=won", " =won"])
def test_what_is_no_pair_is_told(desk: Desk, pair: str) -> None:
    with pytest.raises(InputError, match="is not FIELD=VALUE"):
        _values(desk, pair)


def test_a_field_that_is_given_twice_is_told(desk: Desk) -> None:
    with pytest.raises(InputError, match="phase is given twice") as told:
        _values(desk, "phase=won", "Phase=lost")
    assert told.value.field == "phase"


def test_an_unknown_field_names_the_nearest(desk: Desk) -> None:
    with pytest.raises(InputError, match="phase"):
        _values(desk, "phaze=won")


def test_several_people_of_a_name_are_told(desk: Desk) -> None:
    first, *_ = desk.server.ask("GET", "/users")
    with pytest.raises((AmbiguousError, NotFoundError)):
        _values(desk, f"owner={first['firstName'][:2]}")


@pytest.mark.parametrize("slip", ["custom.seats", "custom.Seatz", "custom.SEATS", "custom.Seat s"])
def test_a_new_custom_field_that_is_nearly_another_is_asked_about(desk: Desk, slip: str) -> None:
    with pytest.raises(InputError, match="No company has a field") as told:
        _values(desk, f"{slip}=5")
    assert told.value.advice == "Did you mean custom.Seats? --new-field makes another one."
    assert values_of(desk.context, Kind.COMPANY, [f"{slip}=5"], new_field=True) == {slip: 5}


def test_a_custom_field_unlike_any_other_is_made(desk: Desk) -> None:
    assert _values(desk, "custom.Fax=yes") == {"custom.Fax": True}


def test_one_that_the_record_has_is_no_new_one(desk: Desk) -> None:
    assert _values(desk, "custom.seats=8", current={"custom": {"seats": 1}}) == {"custom.seats": 8}


@pytest.mark.parametrize("typed", ["Seats", "seats"])
def test_a_custom_field_without_its_prefix_is_named_in_full(desk: Desk, typed: str) -> None:
    with pytest.raises(InputError, match="has no field") as told:
        _values(desk, f"{typed}=5")
    assert told.value.advice == "Did you mean custom.Seats?"
