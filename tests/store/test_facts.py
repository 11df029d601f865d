"""Facts are found where they hold, and nowhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.store.facts import _DAY_STEPS, _cover, token

DAYS = st.integers(0, 0xFFFF)


@given(DAYS, st.integers(0, 2_000), st.data())
def test_days_are_covered_exactly(first: int, length: int, data: st.DataObject) -> None:
    last = min(first + length, 0xFFFF)
    cover = set(_cover("x", first, last))
    edges = [first - 1, first, last, last + 1, data.draw(DAYS)]
    for day in edges:
        held = {token(f"x {step}", day >> step) for step in _DAY_STEPS}
        assert bool(held & cover) == (first <= day <= last) or day < 0
    assert len(cover) < 64
