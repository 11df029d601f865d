from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.deletions import changed_since, why_kept
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

LEAN: dict[str, Json] = {"_id": "a", "name": "Acme Inc", "slug": "acme", "externalId": "x"}
WHOLE: dict[str, Json] = {
    **LEAN,
    "tags": ["a", "b"],
    "custom": {"Plan": "Gold"},
    "h": 5,
    "createDate": "2026-01-01",
}


@pytest.mark.parametrize(
    ("stood", "changes", "told"),
    [
        (WHOLE, {}, ()),
        (WHOLE, {"phase": "won", "name": "Acme"}, ("Name", "Phase")),
        (WHOLE, {"custom": {"Plan": "Gold", "Notes": "x"}}, ("Notes",)),
        (WHOLE, {"custom": {}}, ("Plan",)),
        (WHOLE, {"tags": ["b", "a"], "domains": [], "web": ""}, ()),
        (WHOLE, {"h": 9, "updatedAt": "2026-02-02"}, ()),
        (LEAN, {"phase": "won", "tags": ["a"], "h": 5}, ()),
        (LEAN, {"name": "Acme"}, ("Name",)),
        ({**LEAN, "phase": "won"}, {"phase": "lost", "city": "Lund"}, ("Phase",)),
        ({"name": "Acme Inc"}, {"phase": "won", "h": 5}, ()),
    ],
)
def test_what_people_have_changed_since_is_named_as_far_as_it_was_known(
    stood: dict[str, Json], changes: dict[str, Json], told: tuple[str, ...]
) -> None:
    assert changed_since(Kind.COMPANY, stood, {**stood, **changes}) == told


def test_why_a_record_is_kept_says_what_was_changed_and_what_to_do() -> None:
    told = "It is still there, and {} changed since. Delete it again if that is still meant."
    assert why_kept(["Phase"]) == told.format("Phase was")
    assert why_kept(["Phase", "City"]) == told.format("Phase, City were")
