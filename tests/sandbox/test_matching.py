from __future__ import annotations

import pytest

from planhat_tui.sandbox.matching import same_number


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("+46701239988", "+46 (0)70 123 99 88"),
        ("0046701239988", "+46 (0)70-123 99 88"),
        ("070-123 99 88", "+46701239988"),
        ("+15554449988", "+1 (555) 444-9988 ext. 12"),
        ("+15554449988", "+1 (555) 444-9988 x12"),
        ("٠٧٠١٢٣٩٩٨٨", "0701239988"),
    ],
)
def test_what_dials_the_same_is_the_same_number(a: str, b: str) -> None:
    assert same_number(a, b)
    assert same_number(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("+46701239988", "+46701239989"),
        ("+46701239988", "+1701239988"),
        ("+4670123998", "+146 70 123 998"),
        ("0046701239988", "+47 701 239 988"),
        ("123456", "123456"),
        ("", ""),
        ("x", "x"),
    ],
)
def test_others_are_not(a: str, b: str) -> None:
    assert not same_number(a, b)
