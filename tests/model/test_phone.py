from __future__ import annotations

import pytest

from planhat_tui.model.phone import digits, matches


@pytest.mark.parametrize(
    ("text", "dialled"),
    [
        ("+46 (0)70-123 45 67", "460701234567"),
        ("070 123 45 67 ext. 12", "0701234567"),
        ("070 123 45 67 x12", "0701234567"),
        ("0701234567#9", "0701234567"),
        ("٠٧٠١٢٣٤٥٦٧", "0701234567"),
        ("reception", ""),
        ("", ""),
    ],
)
def test_only_the_digits_of_a_number_count(text: str, dialled: str) -> None:
    assert digits(text) == dialled


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("+46 70 123 45 67", "+46701234567"),
        ("+46 70 123 45 67", "0046 70-123 45 67"),
        ("+46 70 123 45 67", "070-123 45 67"),
        ("+46 (0)70 123 45 67", "070-123 45 67"),
        ("+46 (0)70 123 45 67", "0046-70-123 45 67"),
        ("123 45 67", "070-123 45 67"),
        ("+46701234567", "+46 70 123 45 67 ext 5"),
        ("٠٧٠١٢٣٤٥٦٧", "0701234567"),
    ],
)
def test_numbers_that_dial_the_same_match_however_they_are_written(a: str, b: str) -> None:
    assert matches(a, b)
    assert matches(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("+46701234567", "+46701234568"),
        ("+46701234567", "+47701234567"),
        ("112", "112"),
        ("234567", "0701234567"),
        ("234567", "234567"),
        ("", ""),
        ("reception", "reception"),
        ("0000000000", "0000000000"),
        ("1234567", "7654321"),
    ],
)
def test_numbers_that_differ_or_are_too_short_do_not_match(a: str, b: str) -> None:
    assert not matches(a, b)
    assert not matches(b, a)


def test_a_region_completes_national_numbers() -> None:
    assert matches("070-123 45 67", "+46 70 123 45 67", region="SE")
    assert not matches("070-123 45 67", "+47 70 123 45 67", region="SE")
    assert matches("070-123 45 67", "+47 70 123 45 67")
