from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.errors import InputError
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action
from planhat_tui.model.plans import (
    Row,
    always,
    created,
    deleted,
    edited,
    gather,
    plan_of,
    recheck,
    refused,
    wanted,
)
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from planhat_tui.model.values import Json, Raw

ACME: dict[str, Json] = {
    "_id": "a",
    "name": "Acme Inc",
    "phase": "onboarding",
    "tags": ["vip", "gold"],
    "custom": {"Plan": "Gold", "Seats": 12},
}
NORDIC: dict[str, Json] = {"_id": "n", "name": "Acme Nordic", "phase": "won", "tags": ["old"]}


def test_only_what_changes_is_in_a_plan() -> None:
    asked = wanted(
        Kind.COMPANY,
        tag=["renewal-q1"],
        untag=["old"],
        values={"Phase": ("won", always("won"))},
    )
    plan = plan_of(asked, [ACME, NORDIC], source="tag:vip")
    assert plan.title == "tag +renewal-q1 -old, phase = won"
    assert plan.source == "tag:vip"
    assert [row.changes for row in plan.rows] == [
        (
            Change("phase", "onboarding", "won"),
            Change("tags", ["vip", "gold"], ["vip", "gold", "renewal-q1"]),
        ),
        (Change("tags", ["old"], ["renewal-q1"]),),
    ]
    assert plan.fields == ("phase", "tags")


def test_what_is_so_already_is_counted_and_left_out() -> None:
    plan = plan_of(wanted(Kind.COMPANY, tag=["vip"]), [ACME, NORDIC])
    assert [row.title for row in plan.rows] == ["Acme Nordic"]
    assert plan.already_so == 1


def test_tags_in_another_order_are_the_same_tags() -> None:
    row = edited(Kind.COMPANY, ACME, {"tags": ["gold", "vip"]})
    assert row.is_so


def test_a_field_is_cleared_and_one_that_is_empty_is_so_already() -> None:
    asked = wanted(Kind.COMPANY, clear=["custom.Plan", "domains"])
    plan = plan_of(asked, [ACME, NORDIC])
    assert plan.title == "clear Plan, clear domains"
    assert [row.changes for row in plan.rows] == [(Change("custom.Plan", "Gold", None),)]
    assert plan.already_so == 1


def test_a_value_that_cannot_be_read_for_a_record_skips_its_field_with_the_reason() -> None:
    def read(present: Json) -> Json:
        if isinstance(present, int):
            raise InputError("lots is no number.")
        return "lots"

    asked = wanted(Kind.COMPANY, tag=["x"], values={"custom.Seats": ("lots", read)})
    first, second = plan_of(asked, [ACME, NORDIC]).rows
    assert (first.why, [c.field for c in first.changes]) == ("lots is no number.", ["tags"])
    assert (second.why, [c.field for c in second.changes]) == ("", ["custom.Seats", "tags"])


def test_a_field_that_is_barred_skips_a_record_with_the_reason() -> None:
    asked = wanted(Kind.COMPANY, values={"custom.Score": ("5", always(5))})
    plan = plan_of(asked, [ACME], barred={"custom.Score": "Score is a formula in Planhat."})
    assert plan.acting == ()
    assert [row.why for row in plan.skipped] == ["Score is a formula in Planhat."]


def test_a_deletion_holds_the_record_as_it_stood() -> None:
    plan = plan_of(wanted(Kind.COMPANY, delete=True), [ACME])
    assert plan.title == "delete"
    assert plan.deletes == 1
    assert plan.rows[0].body == ACME


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "No change is asked for"),
        ({"tag": ["a"], "delete": True}, "changed and deleted at once"),
        ({"tag": ["a"], "untag": ["a"]}, "a is to be set and taken away"),
        ({"values": {"phase": ("x", always("x"))}, "clear": ["phase"]}, "phase is to be set and"),
        ({"tag": ["a"], "clear": ["tags"]}, "Tags are set and changed at once"),
        ({"values": {"h": ("5", always(5))}}, "Health is set by Planhat"),
        ({"clear": ["name"]}, "Name can't be empty"),
        ({"clear": ["phaze"]}, "no field phaze"),
        ({"tag": [" "]}, "A tag can't be empty"),
    ],
)
def test_what_cannot_be_asked_for_is_said(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        wanted(Kind.COMPANY, **asked)


def test_calls_are_counted_with_what_is_read_in_bulk_and_one_by_one() -> None:
    many = [{"_id": str(n), "name": f"Co {n}"} for n in range(5_001)]
    plan = plan_of(wanted(Kind.COMPANY, tag=["x"]), many)
    assert plan.calls(pages=2) == 2 * (1 + 2 + 2)  # two lists; two pages before, two after each
    assert plan.calls() == 2 * 5_001


def test_deletes_are_read_first_and_what_could_be_made_twice_takes_a_call_each() -> None:
    rows = [
        deleted(Kind.COMPANY, ACME),
        created(Kind.COMPANY, "new-1", {"name": "One"}),
        created(Kind.COMPANY, "new-2", {"name": "Two", "externalId": "x-2"}),
        created(Kind.COMPANY, "new-3", {"name": "Three", "externalId": "x-3"}),
        refused("n", "Acme Nordic", "It has no name."),
    ]
    plan = gather(Kind.COMPANY, "import", rows)
    assert plan.calls(pages=1) == 2 + 1 + 3  # the two with an external id go together
    assert plan.calls() == 5


@pytest.mark.parametrize(("count", "calls"), [(1, 3), (2, 3), (5_000, 3), (12_001, 9)])
def test_an_import_of_new_records_with_external_ids_takes_a_list_for_each_5000(
    count: int, calls: int
) -> None:
    new = ({"name": f"Co {n}", "externalId": f"x-{n}"} for n in range(count))
    rows = [created(Kind.COMPANY, f"new-{n}", body) for n, body in enumerate(new)]
    assert gather(Kind.COMPANY, "import", rows).calls(pages=1) == calls


def test_a_few_edits_take_a_call_each_and_one_to_read() -> None:
    plan = plan_of(wanted(Kind.COMPANY, tag=["x"]), [ACME, NORDIC])
    assert plan.calls(pages=1) == 4
    some = [{"_id": str(n), "name": f"Co {n}"} for n in range(6)]
    assert plan_of(wanted(Kind.COMPANY, tag=["x"]), some).calls(pages=50) == 12


def test_rows_are_taken_out() -> None:
    plan = plan_of(wanted(Kind.COMPANY, tag=["x"]), [ACME, NORDIC]).without({"a"})
    assert [row.record_id for row in plan.rows] == ["n"]


# -- a plan that was kept


def test_a_plan_that_still_fits_is_as_it_was() -> None:
    plan = plan_of(wanted(Kind.COMPANY, tag=["x"], clear=["phase"]), [ACME, NORDIC])
    now = recheck(plan, {"a": ACME, "n": NORDIC})
    assert now.plan == plan
    assert now.moved == ()


def test_tags_that_moved_are_merged() -> None:
    plan = plan_of(wanted(Kind.COMPANY, tag=["x"]), [ACME])
    now = recheck(plan, {"a": {**ACME, "tags": ["gold", "risk"]}})
    assert now.plan.rows[0].changes == (Change("tags", ["gold", "risk"], ["gold", "risk", "x"]),)
    assert now.moved == ("Acme Inc",)


def test_a_field_that_somebody_changed_since_is_left_out_and_named() -> None:
    asked = wanted(Kind.COMPANY, tag=["x"], values={"phase": ("won", always("won"))})
    plan = plan_of(asked, [ACME])
    now = recheck(plan, {"a": {**ACME, "phase": "churned"}})
    (row,) = now.plan.rows
    assert [change.field for change in row.changes] == ["tags"]
    assert row.why == "Phase was changed since and stays."


def test_what_is_so_by_now_is_counted() -> None:
    plan = plan_of(wanted(Kind.COMPANY, values={"phase": ("won", always("won"))}), [ACME])
    now = recheck(plan, {"a": {**ACME, "phase": "won"}})
    assert (now.plan.rows, now.plan.already_so, now.moved) == ((), 1, ("Acme Inc",))


def test_a_record_that_is_gone_is_named_and_one_to_be_deleted_is_so() -> None:
    edit = recheck(plan_of(wanted(Kind.COMPANY, tag=["x"]), [ACME]), {})
    assert edit.plan.rows[0].why == "It is no longer here."
    assert not edit.plan.rows[0].acts
    deletion = recheck(plan_of(wanted(Kind.COMPANY, delete=True), [ACME]), {})
    assert (deletion.plan.rows, deletion.plan.already_so) == ((), 1)


def test_a_record_that_was_changed_since_is_not_deleted() -> None:
    plan = plan_of(wanted(Kind.COMPANY, delete=True), [ACME])
    computed = recheck(plan, {"a": {**ACME, "h": 7}})
    assert computed.plan.deletes == 1
    changed = recheck(plan, {"a": {**ACME, "custom": {"Plan": "Silver", "Seats": 12}}})
    assert changed.plan.deletes == 0
    assert changed.plan.rows[0].why == "Plan was changed since and stays."


NEW = gather(
    Kind.COMPANY,
    "import",
    [created(Kind.COMPANY, "new-1", {"name": "One", "phase": "lead", "tags": ["a"]})],
)


def test_a_record_that_is_not_there_yet_is_made() -> None:
    assert recheck(NEW, {}, lambda _row: None) == (NEW, ())


def test_a_record_that_was_made_since_is_not_made_again_and_only_what_it_lacks_is_set() -> None:
    there: dict[str, Json] = {"_id": "x", "name": "One", "phase": "lead", "tags": ["b", "a"]}
    same = recheck(NEW, {}, lambda _row: there)
    assert (same.plan.rows, same.plan.already_so) == ((), 1)
    assert same.moved == ("One",)
    (lacking,) = recheck(NEW, {}, lambda _row: {"_id": "x", "name": "One", "tags": ["b"]}).plan.rows
    assert (lacking.action, lacking.record_id, lacking.why) == (Action.UPDATE, "x", "")
    assert lacking.changes == (Change("phase", None, "lead"), Change("tags", ["b"], ["b", "a"]))
    (theirs,) = recheck(NEW, {}, lambda _row: {**there, "phase": "won"}).plan.rows
    assert not theirs.acts
    assert theirs.why == "It is there by now. Phase was changed since and stays."


def test_a_record_of_which_it_is_not_known_whether_it_was_made_is_left_alone() -> None:
    def several(_row: Row) -> Raw | None:
        raise InputError("2 records are One.")

    (row,) = recheck(NEW, {}, several).plan.rows
    assert (row.acts, row.why) == (False, "2 records are One.")
