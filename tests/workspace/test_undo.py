from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import GuardrailError, InputError
from planhat_tui.model.calls import CallDraft
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.records import Kind
from tests.sync.rig import SECONDS, answer, lost_answer
from tests.workspace.conftest import deliver, filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.outbox import Entry
    from planhat_tui.workspace.workspace import Workspace
    from tests.sync.rig import Line, Server

COMPANY, CONTACT, CALL = Kind.COMPANY, Kind.CONTACT, Kind.CALL
DELIVERED = State.DELIVERED
DRAFT = CallDraft(nr="+46 70 765 43 21", external_user_id="max123", note="wants to renew")


@pytest.fixture
def companies(server: Server) -> list[str]:
    ids = server.ids()[:3]
    for number, one in enumerate(ids):
        server.put(one, city="Lund", tags=["old", f"own {number}"])
    return ids


@pytest.fixture
def desk(companies: list[str], open_workspace: Callable[..., Workspace]) -> Workspace:
    """Return a profile whose copy has these companies as they were put there."""
    assert companies
    return filled(open_workspace)


def done(workspace: Workspace, entries: tuple[Entry, ...]) -> None:
    assert set(deliver(workspace, *entries)) == {DELIVERED}


def edit_city(workspace: Workspace, ids: list[str], city: str = "Umeå") -> tuple[Entry, ...]:
    return workspace.writes.edit(COMPANY, ids, {"city": city})


def test_where_nothing_was_done_there_is_nothing_to_take_back(desk: Workspace) -> None:
    with pytest.raises(InputError, match="nothing to take back"):
        desk.undo()


def test_what_is_still_queued_is_dropped_at_once(
    desk: Workspace, line: Line, server: Server, companies: list[str]
) -> None:
    made = edit_city(desk, companies)
    undone = desk.undo()
    assert "City of" in undone.text
    assert "was not delivered yet" in undone.text
    assert desk.reads.outbox() == ()
    assert deliver(desk, *made) == [State.DROPPED] * 3
    assert {server.get(one)["city"] for one in companies} == {"Lund"}
    assert line.count("PUT *") == 0


def test_what_is_delivered_is_edited_back_as_one_step(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies))
    undone = desk.undo()
    assert len(undone.entries) == 3
    assert "goes back" in undone.text
    done(desk, undone.entries)
    assert {server.get(one)["city"] for one in companies} == {"Lund"}
    with pytest.raises(InputError, match="nothing to take back"):
        desk.undo()


def test_steps_are_taken_back_one_after_the_other(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    one = companies[:1]
    done(desk, edit_city(desk, one, "Umeå"))
    done(desk, edit_city(desk, one, "Kiruna"))
    done(desk, desk.undo().entries)
    assert server.get(one[0])["city"] == "Umeå"
    done(desk, desk.undo().entries)
    assert server.get(one[0])["city"] == "Lund"


def test_undo_works_after_a_restart(
    open_workspace: Callable[..., Workspace], desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies))
    desk.close()
    again = open_workspace()
    done(again, again.undo().entries)
    assert {server.get(one)["city"] for one in companies} == {"Lund"}


def test_what_somebody_changed_since_stays_and_is_named(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    company = companies[0]
    done(desk, desk.writes.edit(COMPANY, [company], {"city": "Umeå", "country": "Sápmi"}))
    server.put(company, city="Oslo")
    desk.net.fill(anew=True).result(SECONDS)
    undone = desk.undo()
    assert "City was changed since and stays" in undone.text
    done(desk, undone.entries)
    assert server.get(company)["city"] == "Oslo"
    assert server.get(company)["country"] != "Sápmi"


def test_where_everything_was_changed_since_nothing_is_taken_back(
    desk: Workspace, line: Line, server: Server, companies: list[str]
) -> None:
    first, second = companies[:2]
    line.once(f"PUT /companies/{second}", answer(400, "no"))
    made = edit_city(desk, [first, second])
    assert deliver(desk, *made) == [DELIVERED, State.REFUSED]
    server.put(first, city="Oslo")
    desk.net.fill(anew=True).result(SECONDS)
    with pytest.raises(InputError, match="was changed since"):
        desk.undo()
    # nor is the part of the step that waits
    assert [entry.state for entry in desk.reads.outbox()] == [State.REFUSED]


def test_only_tags_of_mine_go_and_only_those_that_i_took_come_back(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    company = companies[0]
    done(desk, desk.writes.tag(COMPANY, [company], ["mine"], ["old"]))
    server.put(company, tags=[*server.get(company)["tags"], "theirs"])
    desk.net.fill(anew=True).result(SECONDS)
    done(desk, desk.undo().entries)
    assert set(server.get(company)["tags"]) == {"old", "own 0", "theirs"}


def test_what_was_made_is_deleted_again(desk: Workspace, server: Server) -> None:
    made = desk.writes.create(COMPANY, {"name": "Newcomer AB"})
    done(desk, (made,))
    undone = desk.undo()
    assert "is deleted again" in undone.text
    done(desk, undone.entries)
    assert not server.named("Newcomer AB")


def test_what_was_to_be_made_is_dropped_with_its_edits(desk: Workspace) -> None:
    made = desk.writes.create(COMPANY, {"name": "Newcomer AB"})
    undone = desk.undo()
    assert undone.text.startswith("Making Newcomer AB is taken back")
    assert desk.reads.company(made.record_id) is None


def test_what_was_deleted_is_made_again_and_what_is_lost_is_told(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    company = companies[0]
    before = server.get(company)
    done(desk, desk.writes.delete(COMPANY, [company]))
    undone = desk.undo()
    for lost in ("new id", "its contacts", "values that Planhat sets"):
        assert lost in undone.text
    done(desk, undone.entries)
    (again,) = server.named(before["name"])
    assert again != company
    after = server.get(again)
    for name in ("city", "tags", "custom", "externalId", "slug"):
        assert after[name] == before[name]


def test_a_call_is_taken_back_with_its_note(
    open_workspace: Callable[..., Workspace], server: Server
) -> None:
    company = server.ids()[0]
    server.put(company, custom={"Last call note": "before"})
    workspace = filled(open_workspace, call_note_field="Last call note")
    made = workspace.writes.log_call(
        CallDraft(nr=DRAFT.nr, external_user_id="max123", note="wants to renew", company_id=company)
    )
    done(workspace, made)
    call = workspace.reads.calls()[0].call.id
    done(workspace, workspace.undo().entries)
    assert server.get(call, CALL) is None
    assert server.get(company)["custom"]["Last call note"] == "before"
    assert workspace.reads.calls() == ()


def test_a_deleted_call_is_logged_again(desk: Workspace, server: Server) -> None:
    done(desk, desk.writes.log_call(DRAFT))
    call = desk.reads.calls()[0].call.id
    done(desk, desk.writes.delete(CALL, [call]))
    assert desk.reads.calls() == ()
    undone = desk.undo()
    assert [one.call.nr for one in desk.reads.calls()] == [DRAFT.nr]
    done(desk, undone.entries)
    (logged,) = desk.reads.calls()
    assert logged.call.id != call
    assert server.get(logged.call.id, CALL)["nr"] == DRAFT.nr


def test_a_call_that_came_back_without_an_id_can_not_be_taken_back(
    open_workspace: Callable[..., Workspace], server: Server, line: Line
) -> None:
    workspace = open_workspace(tenant_uuid=server.options.tenant)
    line.once("POST *", answer(200, "OK"))
    draft = CallDraft(nr=DRAFT.nr, external_user_id="max123", open_endpoint=True)
    done(workspace, workspace.writes.log_call(draft))
    with pytest.raises(InputError, match="without an id"):
        workspace.undo()


def test_what_planhat_may_have_or_not_is_not_taken_back(desk: Workspace, line: Line) -> None:
    line.once("POST *", lost_answer)
    made = desk.writes.create(COMPANY, {"name": "Newcomer AB"})
    assert deliver(desk, made) == [State.NOT_SURE]
    with pytest.raises(InputError, match="isn't known"):
        desk.undo()
    assert desk.reads.entry(made.n).state is State.NOT_SURE


def test_what_was_edited_and_is_gone_can_not_be_edited_back(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies[:1]))
    server.delete(companies[0])
    desk.net.fill(anew=True).result(SECONDS)
    assert desk.reads.company(companies[0]) is None
    with pytest.raises(InputError, match="no longer here"):
        desk.undo()


def test_undo_keeps_to_the_guardrails_and_drops_nothing_then(
    open_workspace: Callable[..., Workspace], desk: Workspace
) -> None:
    done_before = desk.writes.create(COMPANY, {"name": "Newcomer AB"})
    done(desk, (done_before,))
    desk.close()
    careful = open_workspace(no_delete=True)
    with pytest.raises(GuardrailError, match="no deleting"):
        careful.undo()
    assert careful.reads.outbox() == ()
    assert careful.reads.entry(done_before.n).state is DELIVERED


def test_undo_of_undo_is_not_a_step_of_its_own(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies[:1], "Umeå"))
    undone = desk.undo()
    done(desk, undone.entries)
    assert all(entry.step.startswith("undo:") for entry in undone.entries)
    assert {entry.action for entry in undone.entries} == {Action.UPDATE}
    with pytest.raises(InputError, match="nothing to take back"):
        desk.undo()
    assert server.get(companies[0])["city"] == "Lund"


def test_the_plan_tells_what_goes_back_and_changes_nothing(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies[:2]))
    plan = desk.undo_plan()
    assert [change.after for back in plan.backs for change in back.changes] == ["Lund", "Lund"]
    assert desk.reads.outbox() == ()
    assert {server.get(one)["city"] for one in companies[:2]} == {"Umeå"}
    assert desk.undo_plan() == plan


def test_what_has_changed_since_it_was_shown_is_not_taken_back(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies[:2]))
    shown = desk.undo_plan()
    server.put(companies[0], city="Oslo")
    desk.net.fill(anew=True).result(SECONDS)
    with pytest.raises(InputError, match="Something has changed meanwhile"):
        desk.undo(shown)
    assert desk.reads.outbox() == ()
    undone = desk.undo(desk.undo_plan())
    assert [entry.record_id for entry in undone.entries] == [companies[1]]
    assert any("City of" in told and "stays" in told for told in undone.sentences)


def test_another_step_since_then_is_not_taken_back_in_its_place(
    desk: Workspace, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies[:1]))
    shown = desk.undo_plan()
    done(desk, edit_city(desk, companies[1:2]))
    with pytest.raises(InputError, match="Something has changed meanwhile"):
        desk.undo(shown)


def test_a_profile_that_forbids_it_refuses_before_anything_is_shown(
    open_workspace: Callable[..., Workspace], desk: Workspace
) -> None:
    done(desk, (desk.writes.create(COMPANY, {"name": "Newcomer AB"}),))
    desk.close()
    with pytest.raises(GuardrailError, match="no deleting"):
        open_workspace(no_delete=True).undo_plan()
