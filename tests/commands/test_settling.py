"""What becomes of edits, and the exit status that a script sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Wishes
from planhat_tui.commands.results import Done
from planhat_tui.commands.settling import STATUS
from planhat_tui.errors import GuardrailError
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from tests.sync.rig import answer, changed_answer, lost_answer

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def test_every_state_has_its_status() -> None:
    assert set(STATUS) == set(State)
    assert all((STATUS[state] == 0) is not state.is_open for state in State)


def test_a_write_waits_for_delivery(desk: Desk) -> None:
    done = desk.do("company", "set", "Acme Inc", "phase=won")
    assert (done.exit_status, done.text) == (0, "Phase of Acme Inc: delivered.")
    assert desk.server.get(desk.company())["phase"] == "won"
    assert done.records[0]["phase"] == "won"
    assert desk.queue() == ()


def test_one_that_is_queued_returns_when_its_on_disk(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    done = desk.do("company", "set", "Acme Inc", "phase=won")
    assert (done.exit_status, done.text) == (
        0,
        "Phase of Acme Inc: queued. planhat-tui undo takes it back.",
    )
    assert done.records[0]["phase"] == "won"
    assert not desk.network.sent("PUT *")
    assert desk.states() == [State.QUEUED]


def test_on_the_screen_a_key_takes_it_back(desk: Desk) -> None:
    (done,) = desk.colon("set phase=won", Kind.COMPANY, desk.company())
    assert isinstance(done, Done)
    assert done.text == "Phase of Acme Inc: queued.  u takes it back."
    assert done.later == "Phase of Acme Inc: delivered.  u takes it back."
    assert done.queued == desk.queue()


def test_what_is_so_already_is_no_edit(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "phase=won")
    done = desk.do("company", "set", "Acme Inc", "phase=won")
    assert (done.exit_status, done.text) == (0, "Nothing to change: it is so already.")


def test_offline_the_edit_is_kept(desk: Desk) -> None:
    desk.network.cut = True
    done = desk.do("company", "set", "Acme Inc", "phase=won")
    assert done.exit_status == 6
    assert "Phase of Acme Inc: queued." in done.text
    assert "Edit 1 is kept here: outbox list" in done.text
    assert done.records[0]["phase"] == "won"
    assert desk.states() == [State.QUEUED]


def test_values_that_planhat_refuses(desk: Desk) -> None:
    desk.network.once("PUT *", answer(400, "phase is not valid"))
    done = desk.do("company", "set", "Acme Inc", "phase=won")
    assert done.exit_status == 4
    assert "Phase of Acme Inc: refused." in done.text
    assert desk.states() == [State.REFUSED]


def test_a_token_that_isnt_good_any_more(desk: Desk) -> None:
    desk.network.token = "nobodys"
    done = desk.do("company", "set", "Acme Inc", "phase=won")
    assert done.exit_status == 4
    assert "token" in done.text
    assert desk.states() == [State.QUEUED]


def test_the_same_field_changed_by_somebody_else_is_a_conflict(desk: Desk) -> None:
    acme = desk.company()
    desk.server.put(acme, phase="churned")
    desk.time.leap(3600)
    done = desk.do("company", "set", "Acme Inc", "phase=won", "custom.Plan=Free")
    assert done.exit_status == 5
    assert desk.states() == [State.CONFLICT]
    assert desk.server.get(acme)["phase"] == "churned"


def test_an_answer_that_was_lost_where_nothing_can_be_read_back(desk: Desk) -> None:
    desk.network.once("POST /calls", lost_answer)
    done = desk.do("call", "log", "--nr", "+46 70 1", "--talk", "5m")
    assert done.exit_status == 7
    assert desk.states() == [State.NOT_SURE]


def test_a_profile_that_says_no_queues_nothing(desk: Desk) -> None:
    desk.reopen(read_only=True, reason="Ask in #cs-ops first.")
    with pytest.raises(GuardrailError, match=r"acme is read-only\.  Ask in #cs-ops first\."):
        desk.shell("company", "set", "Acme Inc", "phase=won")
    assert desk.queue() == ()


def test_a_bulk_above_the_limit_queues_nothing(desk: Desk) -> None:
    desk.reopen(max_bulk=2)
    with pytest.raises(GuardrailError, match="acme allows 2 records at once; these are 3"):
        desk.colon("tag brand-new", Kind.COMPANY, *desk.server.ids()[:3])
    assert desk.queue() == ()


def test_of_several_some_fail(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    first, second, *_ = desk.server.ids()
    desk.shell("company", "set", first, "phase=won")
    desk.shell("company", "set", second, "phase=won")
    desk.wishes = Wishes()
    desk.network.once(f"PUT /companies/{second}", answer(422, "no"))
    done = desk.do("outbox", "send")
    assert done.exit_status == 8
    assert done.many
    assert desk.states() == [State.REFUSED]


def test_of_several_that_fail_alike_the_status_is_theirs(desk: Desk) -> None:
    desk.network.cut = True
    desk.shell("company", "set", "Acme Inc", "phase=won")
    desk.shell("company", "set", "Acme Inc", "status=lost")
    assert desk.do("outbox", "send").exit_status == 6


def test_what_planhat_didnt_keep_is_named(desk: Desk) -> None:
    desk.network.once("PUT *", changed_answer(lambda company: {**company, "phase": "churned"}))
    done = desk.do("company", "set", "Acme Inc", "phase=won")
    assert done.exit_status == 4
    assert "didn't keep Phase" in done.text
