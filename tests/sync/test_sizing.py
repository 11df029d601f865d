from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.sync.sizing import NEAR_ENOUGH, Bounds


@given(st.integers(1, 5_000_000), st.integers(1, 40_000))
def test_a_few_looks_tell_about_how_many_there_are(total: int, read: int) -> None:
    bounds, looks = Bounds(min(total, read)), 0
    while (offset := bounds.next_look()) is not None:
        bounds, looks = bounds.after(offset, found=offset < total), looks + 1
        assert bounds.low <= total
        assert bounds.high is None or total <= bounds.high
    assert bounds.high is not None
    assert bounds.high <= bounds.low * NEAR_ENOUGH
    assert looks <= 16
    assert Bounds.from_text(bounds.to_text()) == bounds


def test_half_a_million_take_four_looks_of_the_first_twenty_pages() -> None:
    bounds, looks = Bounds(40_000), 0
    while (offset := bounds.next_look()) is not None:
        bounds, looks = bounds.after(offset, found=offset < 500_000), looks + 1
    assert looks == 4
    assert abs(bounds.about - 500_000) < 100_000


def test_what_is_half_known_is_kept_as_text() -> None:
    assert Bounds.from_text("") is None
    assert Bounds.from_text(Bounds(7).to_text()) == Bounds(7)
    assert Bounds(7).about == 7
