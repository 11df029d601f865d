from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import InputError
from planhat_tui.model import custom
from planhat_tui.model.custom import CustomType

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

TEXT, NUMBER, BOOLEAN = CustomType.TEXT, CustomType.NUMBER, CustomType.BOOLEAN
DATE, LIST, OTHER = CustomType.DATE, CustomType.LIST, CustomType.OTHER


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ("gold", TEXT),
        ("", TEXT),
        (None, TEXT),
        (0, NUMBER),
        (0.5, NUMBER),
        (True, BOOLEAN),
        (False, BOOLEAN),
        ("2026-03-01", DATE),
        ("2026-03-01T14:05:00.000Z", DATE),
        ([], LIST),
        (["a", "b"], LIST),
        (["a", 1], OTHER),
        ({"a": 1}, OTHER),
        ({}, OTHER),
    ],
)
def test_a_value_tells_its_type(value: Json, type_: CustomType) -> None:
    assert custom.type_of(value) is type_


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("gold", TEXT),
        ("", TEXT),
        ("12", NUMBER),
        (" -1.5 ", NUMBER),
        ("0", NUMBER),
        ("0.5", NUMBER),
        (".5", NUMBER),
        ("yes", BOOLEAN),
        ("False", BOOLEAN),
        ("2026-03-01", DATE),
        ("2026-03-01T14:05+01:00", DATE),
    ],
)
def test_a_new_value_is_guessed_from_what_was_typed(text: str, type_: CustomType) -> None:
    assert custom.guess(text) is type_


@pytest.mark.parametrize(
    "text",
    [
        "0701234567",
        "+46701234567",
        "007",
        "-01",
        "12 %",
        "1,200",
        "9007199254740993",
        "12345678901234567890",
        "1e400",
        "١٢",
        "2026-02-30",
        "on",
        "1.2.3",
        "-",
        ".",
        "nan",
        "inf",
    ],
)
def test_what_would_lose_something_as_a_number_is_guessed_as_text(text: str) -> None:
    assert custom.guess(text) is TEXT


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("  kept as typed ", TEXT, "  kept as typed "),
        (" 1200 ", NUMBER, 1200),
        ("+5", NUMBER, 5),
        ("-0.5", NUMBER, -0.5),
        ("5.", NUMBER, 5.0),
        ("1e3", NUMBER, 1000.0),
        ("9007199254740991", NUMBER, 9007199254740991),
        ("-9007199254740991", NUMBER, -9007199254740991),
        ("1e300", NUMBER, 1e300),
        ("1,5", NUMBER, 1.5),
        ("1 200,50", NUMBER, 1200.5),
        ("1,200,000", NUMBER, 1200000),
        ("Yes", BOOLEAN, True),
        ("1", BOOLEAN, True),
        ("ON", BOOLEAN, True),
        (" n ", BOOLEAN, False),
        ("0", BOOLEAN, False),
        (" 2026-03-01 ", DATE, "2026-03-01"),
        ("2026-03-01T14:05", DATE, "2026-03-01T14:05"),
        ("a, b,, c ", LIST, ["a", "b", "c"]),
        ("", LIST, []),
        ('["a, b", ""]', LIST, ["a, b", ""]),
        ("[a", LIST, ["[a"]),
        ("[1, 2]", LIST, ["[1", "2]"]),
    ],
)
def test_a_value_is_read_as_a_person_types_it(text: str, type_: CustomType, value: Json) -> None:
    read = custom.parse(text, type_)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("", NUMBER),
        ("many", NUMBER),
        ("١٢", NUMBER),
        ("nan", NUMBER),
        ("1,200", NUMBER),
        ("inf", NUMBER),
        ("1e400", NUMBER),
        ("9007199254740992", NUMBER),
        ("9007199254740993", NUMBER),
        ("12345678901234567.89", NUMBER),
        ("9" * 5000, NUMBER),
        ("", BOOLEAN),
        ("maybe", BOOLEAN),
        ("", DATE),
        ("2026-02-30", DATE),
        ("0000-01-01", DATE),
        ("2026-3-1", DATE),
        ("tomorrow", DATE),
        ("２０２６-03-01", DATE),
        ("2026-03-01T25:00", DATE),
        ("2026-03-01T14:05+99:00", DATE),
        ("{}", OTHER),
    ],
)
def test_what_cannot_be_read_is_refused_with_advice(text: str, type_: CustomType) -> None:
    with pytest.raises(InputError) as refusal:
        custom.parse(text, type_)
    assert refusal.value.advice


def test_a_very_long_row_of_zeros_is_still_a_number() -> None:
    assert custom.parse("0" * 5000 + "7", NUMBER) == 7


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (1200, "1200"),
        (0.5, "0.5"),
        ("gold", "gold"),
        (["a", "b c"], "a, b c"),
        ([], "[]"),
        (["a, b", "c"], '["a, b", "c"]'),
        ([""], '[""]'),
        (["[]"], '["[]"]'),
        (["Zürich", " x"], '["Zürich", " x"]'),
        ({"a": [1, None]}, '{"a": [1, null]}'),
    ],
)
def test_a_value_is_written_as_it_is_edited(value: Json, text: str) -> None:
    assert custom.format(value) == text


@pytest.mark.parametrize("text", ["2026-03-01\n", " 2026-03-01", "2026-03-01 14:05", "20260301"])
def test_only_one_way_to_write_a_date_counts_as_one(text: str) -> None:
    assert not custom.is_date(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Seats", ""),
        ("seats", "Seats"),
        ("Seatz", "Seats"),
        ("Kick off", "Kick-off"),
        ("Plan", "plan"),
        ("Plans", "plan"),
        ("Planes", ""),
        ("Budget 2027", ""),
        ("budget_2026", "Budget 2026"),
        ("Fax", ""),
    ],
)
def test_a_new_name_is_taken_for_one_that_is_nearly_the_same(typed: str, meant: str) -> None:
    assert custom.twin(typed, ["Seats", "Kick-off", "plan", "Budget 2026"]) == meant
