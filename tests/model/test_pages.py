from __future__ import annotations

import pytest

from planhat_tui.model.pages import is_last


@pytest.mark.parametrize(
    ("count", "asked", "last"),
    [
        (0, 2000, True),
        (1999, 2000, True),
        (2000, 2000, False),
        (50, 2000, False),
        (1000, 2000, False),
        (3000, 2000, True),
        (7, 7, False),
    ],
)
def test_the_last_page_is_short_or_all_there_is(*, count: int, asked: int, last: bool) -> None:
    assert is_last(count, asked) is last
