from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.errors import InputError
from planhat_tui.model import numbers


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1200", "1200"),
        ("1.200", "1.200"),
        ("1e3", "1e3"),
        ("0,5", "0.5"),
        ("-1200,50", "-1200.50"),
        (",5", ".5"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
        ("1 200", "1200"),
        ("1 200,50", "1200.50"),
        ("1\u202f200\u00a0000,5", "1200000.5"),
        ("1'200.50", "1200.50"),
        ("1,200.50", "1200.50"),
        ("1.200,50", "1200.50"),
        ("1,200,000", "1200000"),
        ("1.200.000", "1200000"),
        ("+12,5", "+12.5"),
        ("1,2,3", "1,2,3"),
        ("12 34", "12 34"),
        ("a,5", "a,5"),
        ("", ""),
    ],
)
def test_a_number_is_read_with_the_comma_of_any_place(text: str, plain: str) -> None:
    assert numbers.plain(text) == plain


@pytest.mark.parametrize("text", ["1,200", "-12,345", "999,000"])
def test_a_number_that_means_two_is_asked(text: str) -> None:
    with pytest.raises(InputError, match="may be") as refused:
        numbers.plain(text)
    assert text.replace(",", "") in refused.value.advice
    assert text.replace(",", ".") in refused.value.advice


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("1.234", "1234"),
        (" -12.500 ", "-12500"),
        ("0.125", ""),
        ("1.23", ""),
        ("1234.567", ""),
        ("1234", ""),
        ("1,234", ""),
    ],
)
def test_a_fraction_that_many_read_as_thousands_is_known(text: str, other: str) -> None:
    assert numbers.taken_for(text) == other


@given(st.integers(-(10**12), 10**12), st.integers(0, 99))
def test_a_number_means_the_same_however_it_is_parted(whole: int, cents: int) -> None:
    plain = f"{whole}.{cents:02}"
    english = f"{whole:,}.{cents:02}"
    for text in (
        english,
        english.replace(",", " ").replace(".", ","),
        english.replace(",", "\u00a0"),
        english.replace(",", "_").replace(".", ",").replace("_", "."),
        plain.replace(".", ","),
    ):
        assert float(numbers.plain(text)) == float(plain)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_a_number_already_stays_as_it_is(number: float) -> None:
    assert numbers.plain(repr(number)) == repr(number)
