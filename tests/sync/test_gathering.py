from __future__ import annotations

import pytest

from planhat_tui.model.records import Kind
from planhat_tui.sync.gathering import Way, reading


def companies(count: int) -> dict[str, str]:
    return {str(n): str(n) for n in range(count)}


@pytest.mark.parametrize(
    ("count", "total", "lists", "filters", "way", "calls"),
    [
        (3, 12_000, False, False, Way.EACH, 3),
        (3, 12_000, True, True, Way.NAMED, 1),
        (3, 12_000, True, False, Way.EACH, 3),
        (40, 12_000, True, False, Way.ALL, 3),
        (160, 12_000, True, True, Way.NAMED, 2),
        (10_000, 12_000, True, True, Way.ALL, 3),
        (10_000, 12_000, False, True, Way.EACH, 10_000),
        (10, 10, True, True, Way.NAMED, 1),
    ],
)
def test_records_are_read_the_way_that_takes_the_fewest_calls(
    count: int, total: int, *, lists: bool, filters: bool, way: Way, calls: int
) -> None:
    found = reading(Kind.COMPANY, companies(count), total, lists=lists, filters=filters)
    assert found == (way, calls)


def test_contacts_are_named_by_their_companies() -> None:
    wanted = {str(n): str(n % 5) for n in range(500)}
    assert reading(Kind.CONTACT, wanted, 90_000, lists=True, filters=True) == (Way.NAMED, 1)
    some_unknown = {**wanted, "x": ""}
    found = reading(Kind.CONTACT, some_unknown, 90_000, lists=True, filters=True)
    assert found == (Way.ALL, 45)
