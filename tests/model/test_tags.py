from __future__ import annotations

import pytest

from planhat_tui.errors import InputError
from planhat_tui.model.tags import clean_tag, merge_tags, tag_diff


def test_a_difference_names_what_came_and_what_went_in_order() -> None:
    assert tag_diff(["a", "b", "c"], ["d", "c", "e"]) == (("d", "e"), ("a", "b"))
    assert tag_diff([], []) == ((), ())


def test_the_order_and_repetition_of_tags_are_no_difference() -> None:
    assert tag_diff(["a", "b"], ["b", "a", "a"]) == ((), ())
    assert tag_diff(["a"], ["b", "b"]) == (("b",), ("a",))


def test_case_tells_tags_apart() -> None:
    assert tag_diff(["vip"], ["VIP"]) == (("VIP",), ("vip",))


def test_my_changes_are_carried_over_to_their_list() -> None:
    merged = merge_tags(["a", "b"], mine=["b", "mine"], theirs=["theirs", "a", "b"])
    assert merged == ("theirs", "b", "mine")


def test_a_tag_that_both_added_is_there_once_where_they_put_it() -> None:
    assert merge_tags([], mine=["x", "y"], theirs=["y", "z"]) == ("y", "z", "x")


def test_a_tag_that_they_removed_stays_removed() -> None:
    assert merge_tags(["a", "b"], mine=["a", "b", "c"], theirs=["b"]) == ("b", "c")


def test_a_tag_that_both_removed_is_gone() -> None:
    assert merge_tags(["a", "b"], mine=["b"], theirs=["b"]) == ("b",)


def test_a_tag_is_sent_trimmed_and_otherwise_as_it_was_typed() -> None:
    assert clean_tag("  At Risk, EMEA ") == "At Risk, EMEA"


@pytest.mark.parametrize("text", ["", "   ", "\t\n"])
def test_an_empty_tag_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(InputError, match="empty") as refusal:
        clean_tag(text)
    assert refusal.value.field == "tags"
