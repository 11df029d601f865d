"""What a custom field needs, and what a file of them may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.errors import InputError
from planhat_tui.model.definitions import (
    TYPES,
    Definition,
    barred,
    check_defined,
    defined_of,
    definition,
    read_definitions,
)
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from planhat_tui.model.values import Json


def test_a_definition_is_cleaned_and_known_words_are_taken_in_any_case() -> None:
    made = definition(" Plan ", "Contact", "Rich  Text")
    assert made == Definition("Plan", "enduser", "rich text")
    assert made.body() == {"name": "Plan", "parent": "enduser", "type": "rich text"}
    listed = definition("Tier", "company", "list", [" gold ", "", "silver"])
    assert listed.body()["listValues"] == ["gold", "silver"]


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ((" ", "company", "text"), "needs a name"),
        (("A", "planet", "text"), "is no parent"),
        (("A", "company", "numbr"), "is no type"),
        (("A", "", "text"), "is no parent"),
    ],
)
def test_what_is_missing_or_unknown_is_said(given_: tuple[str, str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        definition(*given_)


def test_the_nearest_type_is_suggested_and_values_need_a_list() -> None:
    with pytest.raises(InputError) as refused:
        definition("A", "company", "numbr")
    assert refused.value.advice == "Did you mean number?"
    with pytest.raises(InputError, match="no values"):
        definition("A", "company", "number", ["1"])


def test_csv_and_json_say_the_same() -> None:
    table = 'Name,parent,TYPE,values\n"Plan, paid",company,list,a;b\nSeats,contact,number,\n'
    listed = (
        '[{"name": "Plan, paid", "parent": "company", "type": "list", "values": ["a", "b"]},'
        ' {"name": "Seats", "parent": "contact", "type": "number"}]'
    )
    assert read_definitions(table) == read_definitions(listed)
    assert [one.name for one in read_definitions(table)] == ["Plan, paid", "Seats"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no custom fields"),
        ("name,parent,type\n", "no custom fields"),
        ("name,parent,type\nA,company,text\nA,company,number\n", "Row 2: A of company is there"),
        ("name,parent,type\nA,company,text\nB,nowhere,number\n", "Row 2: nowhere is no parent"),
        ("name,parent,kind\nA,company,text\n", "The header has 'kind'"),
        ("name,parent,type\nA,company,text,x\n", "Row 1 has more fields"),
        ('name,parent,type\n"A,company,text\n', "isn't proper CSV"),
        ("[1]", "Row 1 isn't an object"),
        ('[{"name": ["a;b"]}]', "Row 1 isn't an object"),
        ('[{"nam": "A"}]', "Row 1 has 'nam'"),
        ("[{}]", "Row 1: A custom field needs a name"),
        ("[" * 100_000, "isn't proper JSON"),
        ("[{]", "isn't proper JSON"),
    ],
)
def test_a_file_is_good_as_a_whole_or_not_at_all(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_definitions(text)


@given(st.text(max_size=200))
def test_no_file_is_past_reading(text: str) -> None:
    try:
        read = read_definitions(text)
    except InputError:
        return
    assert all(one.type in TYPES for one in read)


LISTS = defined_of(
    Kind.COMPANY,
    [
        {"name": "Plan", "parent": "company", "type": "list", "listValues": ["Gold", "Silver"]},
        {
            "name": "Markets",
            "parent": "Company",
            "type": "multipicklist",
            "listValues": ["EU", "US"],
        },
        {"name": "Seats", "parent": "company", "type": "number", "listValues": []},
        {"name": "Role", "parent": "enduser", "type": "list", "listValues": ["Buyer"]},
        {"name": "Score", "parent": "company", "type": "number", "isFormula": True},
        {"name": "Region", "parent": "company", "type": "text", "isLocked": True},
    ],
)


def test_a_list_takes_its_own_values_and_what_the_record_has() -> None:
    check_defined(LISTS, "custom.Plan", "Gold")
    check_defined(LISTS, "custom.Plan", None)
    check_defined(LISTS, "custom.Plan", "Bronze", "Bronze")
    check_defined(LISTS, "custom.Markets", ["US", "EU"])
    check_defined(LISTS, "custom.Markets", ["US", "Asia"], ["Asia"])
    check_defined(LISTS, "custom.Seats", 7)
    check_defined(LISTS, "custom.Role", "of a contact")
    check_defined(LISTS, "phase", "Bronze")


def test_what_planhat_works_out_is_set_by_nobody() -> None:
    with pytest.raises(InputError) as refused:
        check_defined(LISTS, "custom.Score", 8, 7)
    assert refused.value.message == "Score is worked out by Planhat (a formula)."
    check_defined(LISTS, "custom.Score", 7, 7)  # nothing is set
    check_defined(LISTS, "custom.Region", "North")  # programs set what is locked for people
    assert barred(LISTS) == {"custom.Score": "Score is worked out by Planhat (a formula)."}


@pytest.mark.parametrize(
    ("path", "value", "message", "advice"),
    [
        ("custom.Plan", "gold", "Plan has no value gold.", "Did you mean Gold?"),
        ("custom.Plan", "Silvr", "Plan has no value Silvr.", "Did you mean Silver?"),
        ("custom.Plan", "8", "Plan has no value 8.", "There are: Gold, Silver."),
        ("custom.Plan", 8, "Plan has no value 8.", "There are: Gold, Silver."),
        ("custom.Markets", ["US", "eu"], "Markets has no value eu.", "Did you mean EU?"),
    ],
)
def test_a_value_that_isnt_in_the_list_is_refused_with_the_nearest(
    path: str, value: Json, message: str, advice: str
) -> None:
    with pytest.raises(InputError) as refused:
        check_defined(LISTS, path, value)
    assert (refused.value.message, refused.value.advice) == (message, advice)
    assert refused.value.field == path
