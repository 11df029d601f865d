from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Wishes
from planhat_tui.commands.results import Done, Listing
from planhat_tui.errors import InputError, RefusedError
from planhat_tui.model.plans import created, gather, wanted
from planhat_tui.model.records import Kind
from planhat_tui.workspace import planning
from planhat_tui.workspace.workspace import READ_AT_MOST
from tests.sync.rig import SECONDS

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def test_a_queued_edit_is_dropped_at_once(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    desk.do("company", "set", "Acme Inc", "phase=won")
    done = desk.do("undo")
    assert done.text == "Phase of Acme Inc is taken back: it was not delivered yet."
    assert desk.queue() == ()
    assert not desk.network.sent("PUT *")


def test_a_delivered_edit_is_edited_back_and_waited_for(desk: Desk) -> None:
    before = desk.server.get(desk.company())["phase"]
    desk.do("company", "set", "Acme Inc", "phase=won")
    done = desk.do("undo")
    assert done.exit_status == 0
    assert done.text.endswith("Taking it back: delivered.")
    assert (desk.server.get(desk.company())["phase"] or "") == before


def test_what_somebody_changes_while_it_is_asked_about_is_left_out_and_that_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(_question: str, _word: str) -> None:
        desk.server.put(desk.company(), phase="churned")
        desk.time.leap(60)

    desk.do("company", "set", "Acme Inc", "phase=won")
    monkeypatch.setattr(desk, "_confirm", meanwhile)
    done = desk.do("undo")
    assert done.text == (
        "Taking it back, Acme Inc: Left out: somebody else has changed Phase since."
    )
    assert desk.server.get(desk.company())["phase"] == "churned"


def test_on_the_screen_nobody_waits(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "phase=won")
    (done,) = desk.colon("undo")
    assert isinstance(done, Done)
    assert done.text == "Phase of Acme Inc goes back; the edit is queued."
    assert [entry.title for entry in done.queued] == ["Acme Inc"]
    assert done.later == "Phase of Acme Inc is back as it was."


def test_a_screen_shows_all_that_it_does_before(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.plans = []
    desk.colon("undo")
    (plan,) = desk.plans
    assert [change.field for back in plan.backs for change in back.changes] == ["phase"]
    assert desk.asked == []


def test_what_isnt_wanted_is_left_alone(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.plans, desk.refusing = [], RefusedError("Nothing was done.")
    with pytest.raises(RefusedError):
        desk.colon("undo")
    assert desk.queue() == ()


def test_offline_the_way_back_is_kept(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.network.cut = True
    assert desk.do("undo").exit_status == 6
    assert len(desk.queue()) == 1


def test_a_step_on_several_records_is_taken_back_as_one(desk: Desk) -> None:
    ids = desk.server.ids()[:3]
    desk.colon("tag brand-new", Kind.COMPANY, *ids)
    desk.wishes = Wishes()
    desk.do("outbox", "send")
    assert desk.do("undo").many
    assert all("brand-new" not in desk.server.get(one)["tags"] for one in ids)


def test_a_deleted_company_is_made_again_and_what_cant_come_back_is_said(desk: Desk) -> None:
    acme = desk.company()
    desk.do("company", "delete", "Acme Inc")
    done = desk.do("undo")
    assert "Acme Inc is made again with a new id; what can't come back" in done.text
    (again,) = desk.server.named("Acme Inc")
    assert again != acme


def test_what_was_made_is_deleted_again_after_the_word(desk: Desk) -> None:
    desk.do("company", "create", "New Ltd")
    done = desk.do("undo")
    ((shown, word),) = desk.asked
    assert shown == "New Ltd: delete company\nTaking it back deletes in Planhat: New Ltd."
    assert word == "delete"
    assert done.exit_status == 0
    assert desk.server.named("New Ltd") == []


def test_who_says_no_to_that_takes_nothing_back(desk: Desk) -> None:
    desk.do("company", "create", "New Ltd")
    desk.refusing = RefusedError("Nothing was done.")
    with pytest.raises(RefusedError):
        desk.shell("undo")
    assert len(desk.server.named("New Ltd")) == 1
    assert desk.queue() == ()


def test_what_planhat_has_is_shown_and_asked_first(desk: Desk) -> None:
    before = desk.server.get(desk.company())["phase"] or "-"
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.do("undo")
    desk.do("redo")
    shown = f"Acme Inc: phase won → {before}\nTaking it back changes 1 record in Planhat."
    again = f"Acme Inc: phase {before} → won\nDoing it again changes 1 record in Planhat."
    assert desk.asked == [(shown, "run"), (again, "run")]


def test_of_a_large_step_the_first_are_shown_and_the_rest_is_counted(desk: Desk) -> None:
    desk.do("bulk", "company", "--all", "--tag", "q1")
    desk.asked.clear()
    desk.refusing = RefusedError("Nothing was done.")
    with pytest.raises(RefusedError):
        desk.shell("undo")
    ((shown, word),) = desk.asked
    assert shown.count("tags -q1") == 5
    assert shown.endswith(
        "and 1 more: --dry-run shows all\nTaking it back changes 6 records in Planhat."
    )
    assert word == "run"
    assert all("q1" in desk.server.get(one)["tags"] for one in desk.server.ids())


def test_what_planhat_does_not_have_yet_is_dropped_without_a_question(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.do("undo")
    assert desk.asked == []


def test_what_undo_does_is_looked_at_alone(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "phase=won", "city=Lund")
    desk.server.put(desk.company(), phase="churned")
    desk.time.leap(60)
    (row,) = desk.rows("undo", "--dry-run")
    assert (row["n"], row["name"], row["way"]) == (1, "Acme Inc", "edit")
    assert str(row["does"]).startswith("city Lund → ")
    assert row["why"] == "Phase was changed since and stays."
    assert desk.queue() == ()
    desk.do("undo")
    (row,) = desk.rows("redo", "--dry-run")
    assert str(row["does"]).endswith(" → Lund")
    assert desk.server.get(desk.company())["city"] != "Lund"


def test_a_bulk_change_that_is_not_the_last_step_is_taken_back_as_a_whole(desk: Desk) -> None:
    desk.do("bulk", "company", "--all", "--tag", "q1")
    desk.do("company", "set", "Acme Inc", "city=Lund")
    assert len(desk.rows("undo", "2", "--step", "--dry-run")) == 6
    desk.do("undo", "2", "--step")
    assert not any("q1" in desk.server.get(one)["tags"] for one in desk.server.ids())
    assert desk.server.get(desk.company())["city"] == "Lund"


def test_nothing_to_take_back_is_told(desk: Desk) -> None:
    with pytest.raises(InputError, match="There is nothing to take back"):
        desk.shell("undo")


def test_redo_does_again_what_undo_took_back(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.do("undo")
    done = desk.do("redo")
    assert done.text.startswith("Phase of Acme Inc is set again; the edit is queued.")
    assert desk.server.get(desk.company())["phase"] == "won"
    desk.do("undo")
    assert desk.server.get(desk.company())["phase"] != "won"
    assert desk.do("redo").exit_status == 0
    with pytest.raises(InputError, match="nothing to do again"):
        desk.shell("redo")


def test_an_edit_of_the_journal_is_taken_back_by_its_number(desk: Desk) -> None:
    before = desk.server.get(desk.company())["phase"]
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.do("company", "set", "Acme Inc", "city=Lund")
    assert desk.do("undo", "1").exit_status == 0
    now = desk.server.get(desk.company())
    assert (now["phase"] or "", now["city"]) == (before, "Lund")
    with pytest.raises(InputError, match="taken back already"):
        desk.shell("undo", "1")
    with pytest.raises(InputError, match="no number"):
        desk.shell("undo", "one")


def test_undo_sees_what_somebody_has_changed_just_now(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.time.leap(60)
    desk.server.put(desk.company(), phase="churned")
    with pytest.raises(InputError, match="Phase of Acme Inc was changed since and stays"):
        desk.shell("undo")
    assert desk.server.get(desk.company())["phase"] == "churned"


def test_what_others_have_put_there_is_told_before_it_is_deleted(desk: Desk) -> None:
    desk.workspace.writes.create(Kind.COMPANY, {"name": "Newcomer AB"})
    desk.do("outbox", "send")
    (company,) = desk.server.named("Newcomer AB")
    desk.time.leap(3_600)
    desk.server.put(company, phase="won", tags=["big"])
    (row,) = desk.rows("undo", "--dry-run")
    assert row["why"] == "What others have put there goes too: Phase, Tags."
    desk.asked = []
    desk.do("undo")
    assert (
        "Newcomer AB: delete company. What others have put there goes too: Phase, Tags."
        in desk.asked[0][0]
    )


def test_where_more_was_made_than_is_read_again_it_is_said_that_more_may_go(bare: Desk) -> None:
    rows = [
        created(Kind.COMPANY, f"new-{n}", {"name": f"Co {n}", "externalId": f"x{n}"})
        for n in range(READ_AT_MOST + 1)
    ]
    bare.fill()
    plans = bare.workspace.plans
    made = plans.run(plans.stamped(gather(Kind.COMPANY, "import", rows)))
    ns = [entry.n for entry in plans.results(made)]
    bare.workspace.net.deliver(ns).result(SECONDS)
    bare.time.leap(600)
    bare.network.asked.clear()
    bare.do("undo")
    question = bare.asked[0][0]
    assert question.endswith("Contacts that others have put there since then go too, unnamed.")
    assert not bare.network.count("GET /companies/*")


def test_what_could_not_be_read_says_how_old_it_is(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.time.leap(600)
    desk.network.cut = True
    listing = desk.shell("undo", "--dry-run")
    assert isinstance(listing, Listing)
    assert listing.note.endswith("What is there now is told by the local copy, 10 min old.")


def test_what_was_queued_for_many_is_looked_at_and_asked_about_before_it_is_queued_again(
    desk: Desk,
) -> None:
    desk.reopen(confirm="type", confirm_over=2)
    desk.wishes = Wishes(wait=False)
    desk.do("bulk", "company", "--all", "--tag", "q1")
    desk.do("undo")
    desk.asked.clear()
    shown = desk.shell("redo", "--dry-run")
    assert isinstance(shown, Listing)
    assert shown.note.startswith("Doing it again changes 6 records in Planhat.")
    desk.do("redo")
    ((question, word),) = desk.asked
    assert "Doing it again changes 6 records in Planhat." in question
    assert word == "acme"
    assert len(desk.queue()) == 6


def test_one_edit_is_queued_again_without_a_question_and_is_said_to_change_planhat(
    desk: Desk,
) -> None:
    desk.wishes = Wishes(wait=False)
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.do("undo")
    shown = desk.shell("redo", "--dry-run")
    assert isinstance(shown, Listing)
    assert shown.note == "Doing it again changes 1 record in Planhat."
    desk.do("redo")
    assert desk.asked == []


def test_the_rest_of_a_plan_that_was_not_queued_is_named_and_goes_out_with_redo(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SLICE", 2)
    plans = desk.workspace.plans
    asked = wanted(Kind.COMPANY, tag=["q1"])
    plans.advance(plans.begin(plans.make(asked, desk.server.ids())).step)
    left = "4 records of the plan aren't queued yet, and are left as they are."
    shown = desk.shell("undo", "--dry-run")
    assert isinstance(shown, Listing)
    assert shown.note.endswith(left)
    assert left in desk.do("undo").text
    assert desk.do("redo").exit_status == 0
    assert all("q1" in desk.server.get(one)["tags"] for one in desk.server.ids())
