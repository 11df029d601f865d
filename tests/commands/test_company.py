from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Wishes
from planhat_tui.commands.results import Done, Exported, Listing, Planned
from planhat_tui.errors import GuardrailError, InputError, NotFoundError, RefusedError
from planhat_tui.model.edits import value_at
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


# -- find and show


def test_words_and_terms_find(desk: Desk) -> None:
    desk.shell("company", "tag", "Acme Inc", "brand-new")
    everyone = {company["_id"] for company in desk.rows("company", "find")}
    assert everyone == set(desk.server.ids())
    acme = desk.company()
    assert [one["_id"] for one in desk.rows("company", "find", "ACME", "tag:brand-new")] == [acme]
    without = {one["_id"] for one in desk.rows("company", "find", "-tag:brand-new")}
    assert without == everyone - {acme}
    assert without == {one["_id"] for one in desk.rows("company", "list", "not:tag:brand-new")}


def test_a_tag_with_a_blank_is_one_word_of_the_shell(desk: Desk) -> None:
    desk.shell("company", "tag", "Acme Inc", "very new")
    assert len(desk.rows("company", "find", "tag:very new")) == 1
    assert len(desk.rows("company", "find", "-tag:very new")) == 5


def test_records_are_whole_with_pending_edits_in_them(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    desk.shell("company", "set", "Acme Inc", "phase=won", "custom.Plan=Silver")
    (acme,) = desk.rows("company", "find", "acme inc")
    assert acme["phase"] == "won"
    assert value_at(acme, "custom.Plan") == "Silver"
    assert set(desk.server.get(str(acme["_id"]))) <= set(acme)


@pytest.mark.parametrize(
    "words",
    [
        ("company", "find"),
        ("company", "find", "acme", "sort:-name"),
        ("contact", "find"),
        ("contact", "find", "a"),
    ],
)
def test_records_that_are_written_one_by_one_are_read_so(
    desk: Desk, words: tuple[str, ...]
) -> None:
    whole = desk.rows(*words)
    desk.wishes = Wishes(stream=True)
    found = desk.shell(*words)
    assert isinstance(found, Exported)
    assert iter(found.records) is found.records, "nothing is read before it is written"
    assert tuple(found.records) == whole


def test_nothing_found_is_said_where_records_stream_too(desk: Desk) -> None:
    desk.wishes = Wishes(stream=True)
    found = desk.shell("company", "find", "xyzzyxyzzy")
    assert isinstance(found, Exported)
    assert found.note.startswith("No company matches xyzzyxyzzy among")
    assert list(found.records) == []


def test_no_company_is_an_answer_too(desk: Desk) -> None:
    assert desk.rows("company", "find", "xyzzyxyzzy") == ()


def test_a_company_is_shown_as_planhat_has_it(desk: Desk) -> None:
    assert desk.one("company", "show", "Acme Inc") == desk.server.get(desk.company())
    assert desk.one("company", "get", "Acme Inc") == desk.one("company", "show", "Acme Inc")


def test_several_that_are_selected_are_shown_as_a_list(desk: Desk) -> None:
    ids = desk.server.ids()[:2]
    (shown,) = desk.colon("show", Kind.COMPANY, *ids)
    assert isinstance(shown, Listing)
    assert [record["_id"] for record in shown.records] == ids


# -- create


def test_a_company_is_made_with_its_fields(desk: Desk) -> None:
    done = desk.do(
        "company", "create", "New Ltd", "phase=onboarding", "custom.Plan=Gold", "owner=Anna Lind"
    )
    assert done.text == "New company New Ltd: delivered."
    (made,) = done.records
    there = desk.server.get(str(made["_id"]))
    assert (there["name"], there["phase"], there["custom"]) == (
        "New Ltd",
        "onboarding",
        {"Plan": "Gold"},
    )
    assert there["owner"] == desk.workspace.reads.resolve(Kind.USER, "anna")


def test_its_name_may_hold_an_equals_sign(desk: Desk) -> None:
    assert desk.do("company", "create", "a=b").records[0]["name"] == "a=b"


def test_without_a_name_none_is_made(desk: Desk) -> None:
    with pytest.raises(InputError):
        desk.shell("company", "create", "  ")
    assert desk.queue() == ()


def test_one_that_is_queued_can_be_shown_and_edited_at_once(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    desk.shell("company", "create", "New Ltd")
    desk.shell("company", "tag", "New Ltd", "fresh")
    assert desk.one("company", "show", "New Ltd")["tags"] == ["fresh"]
    desk.wishes = Wishes()
    assert desk.do("outbox", "send").exit_status == 0
    (made,) = desk.server.named("New Ltd")
    assert desk.server.get(made)["tags"] == ["fresh"]


# -- set, tag, untag


def test_fields_are_set_and_cleared(desk: Desk) -> None:
    acme = desk.company()
    done = desk.do("company", "set", "Acme Inc", "phase=won", "custom.Seats=7", "custom.Plan=")
    assert done.text == "Phase, Seats, Plan of Acme Inc: delivered."
    there = desk.server.get(acme)
    assert (there["phase"], there["custom"]["Seats"]) == ("won", 7)
    done = desk.do("company", "set", "Acme Inc", "custom.Seats=")
    assert done.text == "Removal of Seats from Acme Inc: delivered."
    assert not there["custom"].get("Plan")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("custom.Discount=1.234", ["1.234 is read as a fraction; 1234 is typed without a point."]),
        ("custom.Discount=1234", []),
        ("description=1.234", []),
    ],
)
def test_a_fraction_that_many_read_as_thousands_is_told(
    desk: Desk, typed: str, told: list[str]
) -> None:
    desk.shell("company", "set", "Acme Inc", typed)
    assert [one for one in desk.told if "fraction" in one] == told


def test_somebody_elses_custom_fields_stay(desk: Desk) -> None:
    acme = desk.company()
    custom = desk.server.get(acme)["custom"]
    desk.server.put(acme, custom={**custom, "Theirs": 1})
    desk.time.leap(3600)
    desk.do("company", "set", "Acme Inc", "custom.Mine=2")
    assert desk.server.get(acme)["custom"] == {**custom, "Theirs": 1, "Mine": 2}


def test_a_field_that_isnt_there_changes_nothing(desk: Desk) -> None:
    with pytest.raises(InputError):
        desk.shell("company", "set", "Acme Inc", "phase=won", "nonsense=1")
    assert desk.queue() == ()


def test_tags_are_put_on_and_taken_off(desk: Desk) -> None:
    before = desk.one("company", "show", "Acme Inc")["tags"]
    assert isinstance(before, list)
    done = desk.do("company", "tag", "Acme Inc", "east coast", "new")
    assert done.text == "Tags east coast, new on Acme Inc: delivered."
    assert desk.server.get(desk.company())["tags"] == [*before, "east coast", "new"]
    done = desk.do("company", "untag", "Acme Inc", "east coast")
    assert done.text == "Tag east coast off Acme Inc: delivered."
    desk.do("company", "tag", "Acme Inc", "gold")
    some = desk.do("company", "tag", "Acme Inc", "gold", "silver")
    assert some.text == "Tag silver on Acme Inc: delivered.\ngold was there already."
    some = desk.do("company", "untag", "Acme Inc", "tin", "gold", "lead", "silver")
    assert some.text == "Tags gold, silver off Acme Inc: delivered.\ntin, lead were not there."
    assert desk.server.get(desk.company())["tags"] == [*before, "new"]


def test_a_tag_that_is_there_already_is_no_edit(desk: Desk) -> None:
    desk.shell("company", "tag", "Acme Inc", "new")
    assert desk.do("company", "tag", "Acme Inc", "new").text.startswith("Nothing to change")
    assert desk.do("company", "untag", "Acme Inc", "other").text.startswith("Nothing to change")


def test_several_are_counted(desk: Desk) -> None:
    (done,) = desk.colon("tag brand-new", Kind.COMPANY, *desk.server.ids()[:3])
    assert isinstance(done, Done)
    assert done.text.startswith("Tag brand-new on 3 companies: queued.")
    assert done.many
    assert len(done.records) == 3


# -- delete


def test_a_deletion_asks_and_says_what_goes_with_it(desk: Desk) -> None:
    acme = desk.company()
    done = desk.do("company", "delete", "Acme Inc")
    ((question, word),) = desk.asked
    assert question.startswith("Delete Acme Inc in acme? Its contacts go with it.")
    assert word == "delete"
    assert done.text == "Deletion of Acme Inc: delivered."
    assert done.records[0]["name"] == "Acme Inc"  # as it stood
    assert desk.server.get(acme) is None
    with pytest.raises(NotFoundError):
        desk.shell("company", "show", "Acme Inc")


def test_who_says_no_deletes_nothing(desk: Desk) -> None:
    desk.refusing = RefusedError("Nothing was done.")
    with pytest.raises(RefusedError, match="Nothing was done"):
        desk.shell("company", "delete", "Acme Inc")
    assert desk.queue() == ()
    assert desk.server.get(desk.company()) is not None


def test_a_profile_may_ask_for_its_name(desk: Desk) -> None:
    desk.reopen(confirm="type")
    desk.shell("company", "delete", "Acme Inc")
    assert [word for _, word in desk.asked] == ["acme"]


def test_a_profile_that_forbids_it_doesnt_even_ask(desk: Desk) -> None:
    desk.reopen(no_delete=True, reason="Ask first.")
    with pytest.raises(GuardrailError, match=r"acme allows no deleting\.  Ask first\."):
        desk.shell("company", "delete", "Acme Inc")
    assert desk.asked == []


def test_one_that_planhat_never_had_is_just_taken_out(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    desk.shell("company", "create", "New Ltd")
    done = desk.do("company", "delete", "New Ltd")
    assert done.text == "New Ltd: taken out; Planhat never had it."
    assert desk.queue() == ()


def test_several_are_deleted_as_several(desk: Desk) -> None:
    ids = desk.server.ids()[:2]
    (done,) = desk.colon("delete", Kind.COMPANY, *ids)
    assert isinstance(done, Done)
    question = "Delete 2 companies in acme? Their contacts go with them."
    assert desk.asked == [(f"{question} Undo makes them again with new ids.", "delete 2")]
    assert [(entry.action, entry.state) for entry in desk.queue()] == [
        (Action.DELETE, State.QUEUED)
    ] * 2


# -- many


def test_those_that_are_to_be_deleted_already_are_told(desk: Desk) -> None:
    desk.wishes = desk.wishes._replace(wait=False)
    ids = desk.server.ids()[:2]
    desk.do("company", "delete", ids[0])
    with pytest.raises(InputError, match="is to be deleted already"):
        desk.do("company", "delete", ids[0])
    (done,) = desk.colon("delete", Kind.COMPANY, *ids)
    assert isinstance(done, Done)
    assert done.text.startswith("Deletion of 1 company: queued.")
    assert done.text.endswith("1 of them was to be deleted already.")


def test_what_is_to_be_deleted_already_is_not_told_as_taken_out(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    desk.shell("company", "create", "New Ltd")
    desk.do("company", "delete", "Acme Inc")
    ids = [entry.record_id for entry in desk.queue()]
    (done,) = desk.colon("delete", Kind.COMPANY, *ids)
    assert isinstance(done, Done)
    assert done.text == (
        "1 company: taken out; Planhat never had it.\n1 of them was to be deleted already."
    )


CHANGES = ["set phase=won", "tag brand-new", "untag nobodys", "delete"]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("count", "over"), [(6, 25), (2, 1)])
def test_many_are_a_plan_in_the_line_as_by_the_keys(
    desk: Desk, change: str, count: int, over: int
) -> None:
    desk.reopen(confirm="type", confirm_over=over)
    ids = desk.server.ids()[:count]
    (planned,) = desk.colon(change, Kind.COMPANY, *ids)
    assert isinstance(planned, Planned)
    assert len(planned.plan.rows) + planned.plan.already_so == count
    assert (desk.asked, desk.queue()) == ([], ())


@pytest.mark.parametrize(
    ("change", "word"),
    [("set phase=won", "acme"), ("tag brand-new", "acme"), ("delete", "acme")],
)
def test_many_are_asked_about_in_a_script(desk: Desk, change: str, word: str) -> None:
    desk.reopen(confirm="type", confirm_over=2)
    named = " ".join(f"--id {one}" for one in desk.server.ids()[:3])
    desk.refusing = RefusedError("Nothing was done.")
    with pytest.raises(RefusedError):
        desk.script(f"company {change} {named}")
    ((question, asked),) = desk.asked
    assert "3 companies will" in question
    assert asked == word
    assert desk.queue() == ()
    desk.script(f"company {change} {named} --yes --confirm {word}")
    assert len(desk.asked) == 1, "it was answered before"
    assert len({entry.step for entry in desk.workspace.reads.journal()}) == 1
    assert len(desk.workspace.reads.journal()) == 3


def test_one_that_is_named_twice_is_one(desk: Desk) -> None:
    acme = desk.company()
    desk.script("company tag brand-new " + f"--id {acme} " * 6)
    assert [entry.record_id for entry in desk.workspace.reads.journal()] == [acme]
