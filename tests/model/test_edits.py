from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.edits import (
    Change,
    Conflict,
    Merge,
    Parted,
    apply,
    custom_key,
    custom_path,
    diff,
    dropped,
    fold,
    merge,
    parted,
    same,
    value_at,
)

if TYPE_CHECKING:
    from planhat_tui.model.values import Json, Raw

ACME: Raw = {
    "_id": "c1",
    "name": "Acme",
    "phase": "trial",
    "tags": ["a", "b"],
    "custom": {"Plan": "gold", "A.b c": 1, "Seats": 10},
    "unknown": {"deep": [1]},
}


def test_a_custom_path_is_the_prefix_and_the_key_with_all_its_dots() -> None:
    assert custom_path("A.b c") == "custom.A.b c"
    assert custom_key("custom.A.b c") == "A.b c"
    assert custom_key("custom.") == ""
    assert custom_key("custom") is None
    assert custom_key("customs.x") is None


def test_a_value_is_found_by_its_path() -> None:
    assert value_at(ACME, "name") == "Acme"
    assert value_at(ACME, "custom.A.b c") == 1
    assert value_at(ACME, "custom.None such") is None
    assert value_at(ACME, "none") is None
    assert value_at({"custom": None}, "custom.Plan") is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, 1.0),
        (None, None),
        (True, True),
        ("2026-03-01T12:00:00.000Z", "2026-03-01T13:00+01:00"),
        ("2026-03-01", "2026-03-01T00:00:00.000Z"),
        (["x", 1], ["x", 1.0]),
        ({"a": 1, "b": None}, {"b": None, "a": 1.0}),
    ],
)
def test_two_ways_to_write_one_value_are_the_same(a: Json, b: Json) -> None:
    assert same(a, b)
    assert same(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, True),
        (0, False),
        (0, None),
        ("", None),
        ("1", 1),
        ("a", "A"),
        ("2026-03-01", "2026-03-01T00:00:01Z"),
        ("2026-03-01", "2026-03-02"),
        ("2026-03-01T12:00Z", "2026-03-01T12:01Z"),
        (["x", "y"], ["y", "x"]),
        ([1], [True]),
        (["x"], ["x", "x"]),
        ({"a": 1}, {"a": 1, "b": None}),
        ({"a": 1}, {"a": True}),
        ([], {}),
    ],
)
def test_different_values_are_not_the_same(a: Json, b: Json) -> None:
    assert not same(a, b)
    assert not same(b, a)


def test_a_difference_is_one_change_for_each_field_asked_for() -> None:
    after: Raw = {**ACME, "name": "Acme Ltd", "phase": None, "custom": {"Plan": "gold", "New": 1}}
    fields = ["phase", "tags", "name", "custom.Plan", "custom.New", "custom.Seats"]
    assert diff(ACME, after, fields) == (
        Change("phase", "trial", None),
        Change("name", "Acme", "Acme Ltd"),
        Change("custom.New", None, 1),
        Change("custom.Seats", 10, None),
    )
    assert diff(ACME, after, ["tags"]) == ()


def test_tags_in_another_order_are_no_difference() -> None:
    assert diff(ACME, {"tags": ["b", "a", "a"]}, ["tags"]) == ()
    assert diff({}, {"tags": []}, ["tags"]) == ()
    assert diff(ACME, {"tags": ["b"]}, ["tags"]) == (Change("tags", ["a", "b"], ["b"]),)


def test_later_changes_are_laid_onto_earlier_ones() -> None:
    changes = [
        Change("phase", "trial", "x"),
        Change("name", "Acme", "Acme Ltd"),
        Change("phase", "x", "renewal"),
    ]
    assert fold(changes) == (
        Change("phase", "trial", "renewal"),
        Change("name", "Acme", "Acme Ltd"),
    )


def test_a_change_that_was_taken_back_goes() -> None:
    back = [Change("phase", "trial", "x"), Change("phase", "x", "trial")]
    assert fold(back) == ()
    reordered = [Change("tags", ["a", "b"], ["a"]), Change("tags", ["a"], ["b", "a"])]
    assert fold(reordered) == ()


def test_changes_are_laid_over_a_record_that_itself_stays() -> None:
    before = dict(ACME)
    shown = apply(
        ACME,
        [
            Change("phase", "trial", None),
            Change("tags", ["a"], ["c"]),
            Change("custom.Plan", "gold", None),
            Change("custom.New", None, "x"),
        ],
    )
    assert shown == {
        "_id": "c1",
        "name": "Acme",
        "tags": ["b", "c"],
        "custom": {"A.b c": 1, "Seats": 10, "New": "x"},
        "unknown": {"deep": [1]},
    }
    assert before == ACME
    assert ACME["custom"] == {"Plan": "gold", "A.b c": 1, "Seats": 10}


def test_a_change_of_something_missing_makes_it() -> None:
    changes = [Change("tags", None, ["a"]), Change("custom.Plan", None, "gold")]
    assert apply({}, changes) == {"tags": ["a"], "custom": {"Plan": "gold"}}


def test_a_field_that_nobody_else_touched_is_sent() -> None:
    assert merge([Change("phase", "trial", "renewal")], ACME) == Merge({"phase": "renewal"})
    assert merge([Change("phase", "trial", None)], ACME) == Merge({"phase": None})


def test_what_the_server_already_has_is_left_out() -> None:
    done = [
        Change("phase", "old", "trial"),
        Change("tags", ["a"], ["a", "b"]),
        Change("custom.Plan", "silver", "gold"),
        Change("custom.Gone", "x", None),
    ]
    assert merge(done, ACME) == Merge({})


def test_a_field_that_was_changed_on_both_sides_is_a_conflict_and_is_not_sent() -> None:
    changes = [
        Change("phase", "lead", "renewal"),
        Change("name", "Acme", "Acme Ltd"),
        Change("custom.Seats", 5, 7),
    ]
    assert merge(changes, ACME) == Merge(
        {"name": "Acme Ltd"},
        (Conflict("phase", "lead", "renewal", "trial"), Conflict("custom.Seats", 5, 7, 10)),
    )


def test_a_field_that_somebody_removed_meanwhile_is_a_conflict() -> None:
    merged = merge([Change("custom.Plan", "gold", "silver")], {"_id": "c1"})
    assert merged == Merge({}, (Conflict("custom.Plan", "gold", "silver", None),))


def test_tags_never_conflict_and_are_sent_whole() -> None:
    change = Change("tags", ["a", "old"], ["a", "mine"])
    server: Raw = {"tags": ["theirs", "old", "a"]}
    assert merge([change], server) == Merge({"tags": ["theirs", "a", "mine"]})


def test_the_custom_map_is_sent_whole_with_removed_keys_as_null() -> None:
    changes = [Change("custom.Plan", "gold", None), Change("custom.New", None, "x")]
    assert merge(changes, ACME) == Merge(
        {"custom": {"Plan": None, "A.b c": 1, "Seats": 10, "New": "x"}}
    )


def test_a_custom_conflict_leaves_their_value_in_the_map() -> None:
    changes = [Change("custom.Seats", 5, 7), Change("custom.Plan", "gold", "silver")]
    merged = merge(changes, ACME)
    assert merged.body == {"custom": {"Plan": "silver", "A.b c": 1, "Seats": 10}}
    assert [conflict.field for conflict in merged.conflicts] == ["custom.Seats"]


def test_several_edits_of_one_field_meet_the_server_as_one() -> None:
    changes = [Change("phase", "trial", "x"), Change("phase", "x", "renewal")]
    assert merge(changes, ACME) == Merge({"phase": "renewal"})


def test_an_answer_that_holds_what_was_sent_dropped_nothing() -> None:
    body: Raw = {
        "phase": "renewal",
        "name": None,
        "tags": ["a", "b"],
        "start": "2026-03-01T13:00+01:00",
        "custom": {"Plan": "gold", "Gone": None, "Since": "2026-03-01T13:00+01:00"},
    }
    answer: Raw = {
        "_id": "c1",
        "phase": "renewal",
        "tags": ["b", "a"],
        "start": "2026-03-01T12:00:00.000Z",
        "custom": {"Plan": "gold", "Since": "2026-03-01T12:00:00.000Z", "More": 1},
    }
    assert dropped(body, answer) == ()


def test_what_the_answer_lacks_or_has_otherwise_is_named_by_its_path() -> None:
    body: Raw = {"phase": "x", "tags": ["a"], "web": "w", "custom": {"A.b": 1, "Kept": 2}}
    answer: Raw = {"phase": "y", "tags": ["a", "b"], "custom": {"Kept": 2}}
    assert dropped(body, answer) == ("phase", "tags", "web", "custom.A.b")
    assert dropped(body, {}) == ("phase", "tags", "web", "custom.A.b", "custom.Kept")


def test_tags_that_two_added_beside_each_other_are_both_kept() -> None:
    one, other = Change("tags", ["a"], ["a", "b"]), Change("tags", ["a"], ["a", "c"])
    assert fold([one, other]) == (Change("tags", ["a"], ["a", "b", "c"]),)


PHASE, PLAN = Change("phase", "old", "trial"), Change("custom.Plan", "gold", "silver")


@pytest.mark.parametrize(
    ("edits", "parts"),
    [
        ([[PHASE, PLAN]], [([PHASE], [PLAN])]),
        ([[PHASE], [PLAN]], [([PHASE], []), ([], [PLAN])]),
        (
            [[Change("tags", ["a", "x", "y"], ["a", "b", "new", "y"])]],
            [
                (
                    [Change("tags", ["a", "x", "y"], ["a", "y", "b"])],
                    [Change("tags", ["a", "y", "b"], ["a", "b", "new", "y"])],
                )
            ],
        ),
        # what an edit does and the next one takes back is neither: nothing is sent for it
        (
            [[Change("phase", "trial", "x"), PLAN], [Change("phase", "x", "trial")]],
            [([], [Change("phase", "trial", "x"), PLAN]), ([], [Change("phase", "x", "trial")])],
        ),
        (
            [
                [Change("tags", ["a"], ["a", "x", "b"])],
                [Change("tags", ["a", "x", "b"], ["a", "b"])],
            ],
            [
                (
                    [Change("tags", ["a"], ["a", "b"])],
                    [Change("tags", ["a", "b"], ["a", "x", "b"])],
                ),
                ([], [Change("tags", ["a", "x", "b"], ["a", "b"])]),
            ],
        ),
        # on the way to what the server has
        (
            [[Change("phase", "old", "x")], [Change("phase", "x", "trial")]],
            [([Change("phase", "old", "x")], []), ([Change("phase", "x", "trial")], [])],
        ),
    ],
)
def test_what_the_server_has_of_an_edit_is_parted_from_what_the_edit_brings(
    edits: list[list[Change]], parts: list[tuple[list[Change], list[Change]]]
) -> None:
    whole = fold(change for edit in edits for change in edit)
    found = [parted(edit, whole, ACME) for edit in edits]
    assert found == [Parted(tuple(found), tuple(left)) for found, left in parts]


@pytest.mark.parametrize("name", ["Acme", "Another"])
def test_a_contacts_company_and_its_name_are_found_so_together_or_not(name: str) -> None:
    moved = (Change("companyId", "c2", "c1"), Change("companyName", "Other", "Acme"))
    server: Raw = {"companyId": "c1", "companyName": name}
    both_are = name == "Acme"
    assert parted(moved, moved, server) == Parted(*((moved, ()) if both_are else ((), moved)))
