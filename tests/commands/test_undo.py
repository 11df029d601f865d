from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Wishes
from planhat_tui.commands.results import Done
from planhat_tui.errors import InputError, RefusedError
from planhat_tui.model.records import Kind

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
