from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.tui.trail import KEPT, Place, Trail

A, B, C = Place(1, "a"), Place(2, "a"), Place(3, "b")


def _visited(*places: Place) -> Trail:
    trail = Trail()
    for place in places:
        trail.visit(place)
    return trail


def test_one_goes_back_and_forward_among_what_was_visited() -> None:
    trail = _visited(A, B, C)
    assert (trail.back(), trail.back(), trail.back()) == (B, A, None)
    assert (trail.forward(), trail.forward(), trail.forward()) == (B, C, None)


def test_a_new_place_forgets_what_one_had_gone_back_from() -> None:
    trail = _visited(A, B)
    trail.back()
    trail.visit(C)
    assert trail.after is None
    assert trail.before == A


def test_the_same_place_again_is_no_other_place() -> None:
    assert _visited(A, A).before is None


def test_looking_around_changes_the_place_and_not_the_way_to_it() -> None:
    trail = _visited(A, B)
    trail.now(C)
    assert trail.back() == A
    assert trail.forward() == C


def test_the_first_look_is_the_first_place() -> None:
    trail = Trail()
    trail.now(A)
    trail.visit(B)
    assert trail.back() == A


@given(st.lists(st.builds(Place, st.integers(1, 4), st.text(max_size=2)), max_size=3 * KEPT))
def test_whatever_was_visited_the_way_back_and_forward_are_the_same(places: list[Place]) -> None:
    trail = _visited(*places)
    back = []
    while (place := trail.back()) is not None:
        back.append(place)
    assert len(back) < KEPT
    forward = []
    while (place := trail.forward()) is not None:
        forward.append(place)
    assert [*back[::-1], *forward[-1:]][1:] == forward
