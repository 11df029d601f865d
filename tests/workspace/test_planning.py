from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import GuardrailError, InputError, StorageError
from planhat_tui.model import plans
from planhat_tui.model.conflicts import Choice
from planhat_tui.model.outbox import Action, NewEntry, State
from planhat_tui.model.planfile import encode
from planhat_tui.model.plans import always, created, gather, wanted
from planhat_tui.model.records import Kind, text_of
from planhat_tui.sync.bulk import GROWS_FOR
from planhat_tui.workspace import planning
from planhat_tui.workspace.rests import Rest
from tests.sync.rig import SECONDS, one_more_round
from tests.workspace.conftest import deliver, filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.events import Changed
    from planhat_tui.model.plans import Plan, Rechecked
    from planhat_tui.workspace.workspace import Workspace
    from tests.sync.rig import Line, Server, Time

TAG = wanted(Kind.COMPANY, tag=["renewal-q1"])
DELETE = wanted(Kind.COMPANY, delete=True)


def everyone(workspace: Workspace) -> tuple[str, ...]:
    return workspace.reads.company_ids("", 100)


def tagged(workspace: Workspace) -> int:
    return workspace.reads.companies("tag:renewal-q1").total


def planned(workspace: Workspace) -> Plan:
    return workspace.plans.make(TAG, everyone(workspace), "all companies")


def delivered(workspace: Workspace, step: str) -> None:
    deliver(workspace, *workspace.plans.results(step))


def test_a_plan_is_for_the_tenant_that_is_open_and_tells_where_it_came_from(
    workspace: Workspace,
) -> None:
    plan = planned(workspace)
    assert plan.source == "all companies"
    assert plan.tenant
    assert plan.made_at
    assert [row.record_id for row in plan.rows] == [*everyone(workspace)]


def test_a_record_that_is_not_here_is_skipped_with_the_reason(workspace: Workspace) -> None:
    plan = workspace.plans.make(TAG, [*everyone(workspace), "0" * 24])
    assert [row.why for row in plan.skipped] == ["It is no longer here."]


def test_what_is_to_be_deleted_already_is_skipped_whenever_that_was(workspace: Workspace) -> None:
    first, second, *_ = everyone(workspace)
    workspace.writes.delete(Kind.COMPANY, [first])
    plan = workspace.plans.make(DELETE, everyone(workspace))
    assert [(row.record_id, row.why) for row in plan.skipped] == [(first, planning.GOING)]
    (entry,) = workspace.writes.delete(Kind.COMPANY, [second])
    begun = workspace.plans.begin(plan)
    assert [row.record_id for row in begun.plan.skipped] == [first, second]
    assert begun.moved == (entry.title,)


def test_a_record_that_was_made_meanwhile_is_planned_by_the_id_that_it_had(
    workspace: Workspace, company: str
) -> None:
    new = workspace.writes.create(Kind.COMPANY, {"name": "Newcomer AB"})
    deliver(workspace, new)
    now = workspace.reads.entry(new.n).record_id
    plan = workspace.plans.make(TAG, [company, new.record_id, now])
    assert [row.record_id for row in plan.acting] == [company, now]
    assert plan.skipped == ()


def test_a_plan_runs_as_one_step_and_one_undo_takes_all_of_it_back(
    workspace: Workspace, server: Server
) -> None:
    step = workspace.plans.run(planned(workspace))
    assert tagged(workspace) == 6
    delivered(workspace, step)
    assert all("renewal-q1" in server.get(one)["tags"] for one in server.ids())
    progress = workspace.plans.progress(step)
    assert (progress.total, progress.delivered, progress.waiting) == (6, 6, 0)
    deliver(workspace, *workspace.undo().entries)
    assert not any("renewal-q1" in server.get(one)["tags"] for one in server.ids())
    deliver(workspace, *workspace.redo().entries)
    assert all("renewal-q1" in server.get(one)["tags"] for one in server.ids())


def test_the_undo_of_a_plan_that_is_still_queued_drops_it(workspace: Workspace) -> None:
    workspace.plans.run(planned(workspace))
    workspace.undo()
    assert workspace.reads.outbox() == ()
    assert tagged(workspace) == 0


def test_panes_hear_of_what_a_plan_changes(workspace: Workspace) -> None:
    heard: list[Changed] = []
    workspace.subscribe(heard.append)
    workspace.plans.run(planned(workspace))
    assert {one for change in heard for one in change.ids} == {*everyone(workspace)}


# -- guardrails


@pytest.mark.parametrize(
    ("settings", "asked", "told"),
    [
        ({"read_only": True, "reason": "Ask Ada."}, TAG, "acme is read-only.  Ask Ada."),
        ({"max_bulk": 5}, TAG, "acme allows 5 records at once; these are 6."),
        ({"no_delete": True}, DELETE, "acme allows no deleting."),
    ],
)
def test_what_the_profile_forbids_is_planned_and_does_not_run(
    open_workspace: Callable[..., Workspace], settings: dict[str, object], asked: object, told: str
) -> None:
    workspace = filled(open_workspace, **settings)
    plan = workspace.plans.make(asked, everyone(workspace))  # type: ignore[arg-type]
    assert len(plan.acting) == 6
    assert workspace.plans.why_not(plan) == told
    with pytest.raises(GuardrailError):
        workspace.plans.run(plan)
    assert workspace.reads.outbox() == ()
    assert workspace.plans.unfinished() == ()


def test_rows_that_are_taken_out_make_a_plan_small_enough(
    open_workspace: Callable[..., Workspace],
) -> None:
    workspace = filled(open_workspace, max_bulk=5)
    plan = planned(workspace)
    workspace.plans.run(plan.without({plan.rows[0].record_id}))
    assert tagged(workspace) == 5


def test_a_record_whose_edit_was_split_by_a_conflict_is_one_record(
    open_workspace: Callable[..., Workspace], server: Server, time: Time
) -> None:
    workspace = filled(open_workspace, max_bulk=5)
    ids = everyone(workspace)[:5]
    for one in ids[:2]:
        server.put(one, phase="theirs")
    time.leap(60)
    asked = wanted(Kind.COMPANY, tag=["q"], values={"phase": ("mine", always("mine"))})
    step = workspace.plans.run(workspace.plans.make(asked, ids))
    delivered(workspace, step)
    progress = workspace.plans.progress(step)
    assert (progress.total, progress.failed, progress.delivered) == (5, 2, 3)
    for entry in workspace.plans.failed(step):
        workspace.writes.resolve(entry.n, "phase", Choice.MINE)
    delivered(workspace, step)
    assert workspace.plans.progress(step).counts == {State.DELIVERED: 5}
    deliver(workspace, *workspace.undo().entries)  # max_bulk counts records too
    assert not any("q" in server.get(one)["tags"] for one in ids)


def test_a_plan_that_changes_nothing_does_not_run(workspace: Workspace) -> None:
    workspace.plans.run(planned(workspace))
    again = planned(workspace)
    assert (again.rows, again.already_so) == ((), 6)
    with pytest.raises(InputError, match="changes nothing"):
        workspace.plans.run(again)


def test_the_profiles_name_confirms_a_plan_of_many(
    open_workspace: Callable[..., Workspace],
) -> None:
    strict = filled(open_workspace, confirm="type", confirm_over=5)
    plan = planned(strict)
    assert strict.plans.word(plan) == "acme"
    assert strict.plans.word(plan.without({plan.rows[0].record_id})) == ""


def test_a_deletion_is_confirmed_by_its_number(workspace: Workspace) -> None:
    assert workspace.plans.word(planned(workspace)) == ""
    deletion = workspace.plans.make(DELETE, everyone(workspace))
    assert workspace.plans.word(deletion) == "delete 6"


# -- files, and what has moved


def test_a_plan_is_read_from_its_file_and_another_tenants_is_refused(
    workspace: Workspace,
) -> None:
    plan = planned(workspace)
    assert workspace.plans.read(encode(plan)) == plan
    with pytest.raises(InputError, match="another tenant"):
        workspace.plans.read(encode(replace(plan, tenant="elsewhere")))
    with pytest.raises(InputError, match="another tenant"):
        workspace.plans.run(replace(plan, tenant="elsewhere"))


def test_a_plan_that_was_kept_is_held_against_what_is_there_now(
    workspace: Workspace, company: str
) -> None:
    asked = wanted(Kind.COMPANY, values={"city": ("Oslo", always("Oslo"))})
    plan = workspace.plans.make(asked, [company])
    workspace.writes.edit(Kind.COMPANY, [company], {"city": "Rome"})
    now = workspace.plans.recheck(plan)
    assert now.moved == ("Acme Inc",)
    assert now.plan.rows[0].why == "City was changed since and stays."


# -- a process that ends


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SLICE", 2)


@pytest.mark.usefixtures("small_slices")
def test_a_plan_whose_process_ended_goes_on_where_it_was(
    open_workspace: Callable[..., Workspace],
) -> None:
    workspace = filled(open_workspace)
    step = workspace.plans.begin(planned(workspace)).step
    assert workspace.plans.advance(step)
    workspace.close()
    workspace = open_workspace()
    assert workspace.plans.unfinished() == (step,)
    progress = workspace.plans.progress(step)
    assert (progress.total, progress.queued, progress.waiting) == (6, 2, 6)
    assert workspace.plans.go_on() == ()
    assert workspace.plans.unfinished() == ()
    entries = workspace.plans.results(step)
    assert [entry.record_id for entry in entries] == [*everyone(workspace)]
    assert workspace.plans.progress(step).total == 6


@pytest.mark.usefixtures("small_slices")
def test_a_plan_that_is_still_being_queued_is_sent_when_it_is_whole(
    open_workspace: Callable[..., Workspace], line: Line
) -> None:
    workspace = filled(open_workspace)
    step = workspace.plans.begin(planned(workspace)).step
    assert workspace.plans.advance(step)
    workspace.net._submit(one_more_round).result(SECONDS)
    assert line.count("PUT *") == 0
    while workspace.plans.advance(step):
        pass
    deliver(workspace, *workspace.plans.results(step))
    assert workspace.plans.progress(step).delivered == 6
    assert line.count("PUT *") == line.count("PUT /companies") == 1


@pytest.mark.usefixtures("small_slices")
def test_a_plan_whose_process_ended_is_sent_as_far_as_it_came(
    open_workspace: Callable[..., Workspace], time: Time
) -> None:
    workspace = filled(open_workspace)
    step = workspace.plans.begin(planned(workspace)).step
    assert workspace.plans.advance(step)
    time.leap(GROWS_FOR)
    deliver(workspace, *workspace.plans.results(step))
    assert workspace.plans.progress(step).delivered == 2


@pytest.mark.usefixtures("small_slices")
def test_two_processes_that_go_on_with_a_plan_queue_each_row_once(
    open_workspace: Callable[..., Workspace],
) -> None:
    workspace = filled(open_workspace)
    step = workspace.plans.begin(planned(workspace)).step
    other = open_workspace()
    while workspace.plans.advance(step) | other.plans.advance(step):
        pass
    entries = workspace.plans.results(step)
    assert [entry.record_id for entry in entries] == [*everyone(workspace)]


@pytest.mark.usefixtures("small_slices")
def test_a_plan_whose_slices_are_small_enough_and_that_is_too_large_does_not_go_on(
    workspace: Workspace,
) -> None:
    step = workspace.plans.begin(planned(workspace)).step
    assert workspace.plans.advance(step)
    workspace.go_by(workspace.profile._replace(max_bulk=3))
    with pytest.raises(GuardrailError, match="these are 6"):
        workspace.plans.advance(step)


def test_what_was_held_or_failed_does_not_go_against_guardrails_that_came_since(
    workspace: Workspace,
) -> None:
    step = workspace.plans.run(planned(workspace))
    workspace.plans.pause(step)
    workspace.go_by(workspace.profile._replace(read_only=True))
    with pytest.raises(GuardrailError, match="read-only"):
        workspace.plans.resume(step)
    entries = workspace.plans.results(step)
    workspace._store.outbox.mark([e.n for e in entries], State.REFUSED, "No.")
    with pytest.raises(GuardrailError, match="read-only"):
        workspace.plans.retry(step)
    assert workspace.plans.progress(step).failed == 6


@pytest.mark.usefixtures("small_slices")
def test_a_plan_does_not_go_on_against_guardrails_that_came_since(
    open_workspace: Callable[..., Workspace],
) -> None:
    workspace = filled(open_workspace)
    step = workspace.plans.begin(planned(workspace)).step
    workspace.plans.advance(step)
    workspace.close()
    strict = open_workspace(read_only=True)
    assert strict.plans.go_on() == (
        "4 records of a plan can't be queued: acme is read-only.  plan cancel drops the rest.",
    )
    assert strict.plans.unfinished() == (step,)


def test_a_plan_that_may_not_go_on_keeps_no_other_one_back(
    open_workspace: Callable[..., Workspace],
) -> None:
    workspace = filled(open_workspace)
    workspace.plans.begin(workspace.plans.make(DELETE, everyone(workspace)[:3]))
    going = workspace.plans.begin(planned(workspace)).step
    workspace.close()
    strict = open_workspace(no_delete=True)
    (told,) = strict.plans.go_on()
    assert told.startswith("3 records of a plan can't be queued: acme allows no deleting.")
    assert strict.plans.progress(going).queued == 6


def damage(workspace: Workspace, old: str, new: str) -> None:
    """Let what is kept of each plan that has begun be another text."""
    for key in workspace._store.drafts.keys("plan:"):
        with workspace._store.drafts._database.writing() as connection:
            connection.execute(
                "UPDATE draft SET json = replace(json, ?, ?) WHERE key = ?", (old, new, key)
            )


@pytest.mark.parametrize("broken", [("delete", "delite"), ('{"text"', '{"tex')])
def test_a_damaged_plan_keeps_no_other_one_back(
    open_workspace: Callable[..., Workspace], broken: tuple[str, str]
) -> None:
    workspace = filled(open_workspace)
    step = workspace.plans.begin(workspace.plans.make(DELETE, everyone(workspace)[:3])).step
    damage(workspace, *broken)
    workspace.close()
    workspace = open_workspace()
    (told,) = workspace.plans.go_on()
    assert told.startswith("3 records of a plan can't be queued: The ")
    made = gather(Kind.COMPANY, "import", [created(Kind.COMPANY, "new-1", {"name": "Made AB"})])
    assert workspace.plans.run(made)
    assert workspace.plans.cancel(step) == 3
    assert (workspace.plans.unfinished(), workspace.plans.go_on()) == ((), ())


def test_a_plan_of_which_it_isnt_known_how_far_it_came_says_so(
    open_workspace: Callable[..., Workspace],
) -> None:
    workspace = filled(open_workspace)
    step = workspace.plans.begin(workspace.plans.make(DELETE, everyone(workspace)[:3])).step
    with workspace._store.drafts._database.writing() as connection:
        connection.execute("UPDATE draft SET json = '{' WHERE key LIKE 'plan-done:%'")
    workspace.close()
    workspace = open_workspace()
    (told,) = workspace.plans.go_on()
    assert "How far it came can't be read any more." in told
    workspace.plans.cancel(step)
    assert workspace.plans.go_on() == ()


# -- while it runs


@pytest.mark.usefixtures("small_slices")
def test_a_plan_is_paused_and_goes_on(workspace: Workspace) -> None:
    step = workspace.plans.run(planned(workspace))
    assert workspace.plans.pause(step) == 6
    assert workspace.plans.progress(step).held == 6
    assert workspace.plans.resume(step) == 6
    delivered(workspace, step)
    assert workspace.plans.progress(step).delivered == 6


@pytest.mark.usefixtures("small_slices")
def test_a_plan_that_is_paused_while_it_is_queued_stays_so_after_a_restart(
    open_workspace: Callable[..., Workspace],
) -> None:
    workspace = filled(open_workspace)
    step = workspace.plans.begin(planned(workspace)).step
    workspace.plans.advance(step)
    assert not workspace.plans.progress(step).paused
    assert workspace.plans.pause(step) == 6
    assert not workspace.plans.advance(step)
    workspace.close()
    workspace = open_workspace()
    assert workspace.plans.go_on() == ()
    progress = workspace.plans.progress(step)
    assert (progress.paused, progress.held, progress.waiting) == (True, 2, 4)
    assert workspace.plans.resume(step) == 6
    assert workspace.plans.advance(step)
    assert not workspace.plans.advance(step)
    delivered(workspace, step)
    progress = workspace.plans.progress(step)
    assert (progress.paused, progress.delivered) == (False, 6)


@pytest.mark.usefixtures("small_slices")
def test_what_was_deleted_while_a_plan_was_paused_is_not_deleted_a_second_time(
    workspace: Workspace, line: Line
) -> None:
    step = workspace.plans.begin(workspace.plans.make(DELETE, everyone(workspace))).step
    workspace.plans.advance(step)
    workspace.plans.pause(step)
    *_, going, gone = everyone(workspace)
    (later,) = workspace.writes.delete(Kind.COMPANY, [going])
    workspace.writes.hold(later.n)
    deliver(workspace, *workspace.writes.delete(Kind.COMPANY, [gone]))
    workspace.plans.resume(step)
    while workspace.plans.advance(step):
        pass
    delivered(workspace, step)
    assert [line.count(f"DELETE /companies/{one}") for one in (going, gone)] == [0, 1]
    results = workspace.plans.results(step)
    assert [(e.record_id, e.state, e.reason) for e in results[-2:]] == [
        (going, State.DROPPED, planning.GOING),
        (gone, State.DROPPED, plans.GONE),
    ]
    assert {e.state for e in results[:-2]} == {State.DELIVERED}
    assert len(workspace.undo(what=step).entries) == len(results) - 2


def reopened(open_workspace: Callable[..., Workspace], workspace: Workspace) -> Workspace:
    """Return the same profile in another process."""
    workspace.close()
    return open_workspace()


def paused(_open_workspace: Callable[..., Workspace], workspace: Workspace) -> Workspace:
    """Return the same profile, in which a person lets the plan go on that they have paused."""
    (step,) = workspace.plans.unfinished()
    workspace.plans.pause(step)
    workspace.plans.resume(step)
    return workspace


RESTS = pytest.mark.parametrize("rest", [paused, reopened])


def seen(workspace: Workspace, *ids: str) -> None:
    """Read companies anew."""
    workspace.net.read([(Kind.COMPANY, one) for one in ids]).result(SECONDS)


@RESTS
@pytest.mark.usefixtures("small_slices")
def test_what_others_changed_while_a_plan_rested_is_left_out_and_named_when_it_goes_on(
    open_workspace: Callable[..., Workspace],
    server: Server,
    rest: Callable[[Callable[..., Workspace], Workspace], Workspace],
) -> None:
    workspace = filled(open_workspace)
    values = {"phase": ("mine", always("mine")), "city": ("Oslo", always("Oslo"))}
    ids = everyone(workspace)
    step = workspace.plans.begin(
        workspace.plans.make(wanted(Kind.COMPANY, values=values), ids)
    ).step
    workspace.plans.advance(step)
    server.put(ids[3], phase="theirs")
    server.put(ids[4], phase="theirs", city="Rome")
    seen(workspace, *ids[3:5])
    workspace = rest(open_workspace, workspace)
    assert workspace.plans.go_on() == ()
    titles = [entry.title for entry in workspace.plans.window(step, 3, 2)]
    assert workspace.plans.left_out() == tuple(titles)
    assert workspace.plans.left_out() == ()
    delivered(workspace, step)
    assert [e.record_id for e in workspace.plans.window(step, 0, 6)] == [*ids]
    assert workspace.plans.progress(step).counts == {State.DELIVERED: 5, State.DROPPED: 1}
    left = workspace.plans.results(step, [State.DROPPED])
    assert [(entry.record_id, entry.reason) for entry in left] == [
        (ids[3], "Phase was changed since and stays."),
        (ids[4], "Phase, City were changed since and stay."),
    ]
    assert [server.get(one)["phase"] for one in ids[2:]] == ["mine", "theirs", "theirs", "mine"]
    assert server.get(ids[3])["city"] == "Oslo"


@RESTS
@pytest.mark.usefixtures("small_slices")
def test_what_others_changed_while_a_plan_rested_is_not_deleted_when_it_goes_on(
    open_workspace: Callable[..., Workspace],
    server: Server,
    rest: Callable[[Callable[..., Workspace], Workspace], Workspace],
) -> None:
    workspace = filled(open_workspace)
    ids = everyone(workspace)
    step = workspace.plans.begin(workspace.plans.make(DELETE, ids)).step
    workspace.plans.advance(step)
    server.put(ids[3], phase="theirs")
    seen(workspace, ids[3])
    workspace = rest(open_workspace, workspace)
    assert workspace.plans.go_on() == ()
    (left,) = workspace.plans.results(step, [State.DROPPED])
    assert (left.record_id, left.reason) == (ids[3], "Phase was changed since and stays.")
    delivered(workspace, step)
    assert server.ids() == [ids[3]]


@RESTS
@pytest.mark.usefixtures("small_slices")
def test_what_others_made_while_a_plan_rested_is_not_made_twice_when_it_goes_on(
    open_workspace: Callable[..., Workspace],
    server: Server,
    rest: Callable[[Callable[..., Workspace], Workspace], Workspace],
) -> None:
    workspace = filled(open_workspace)
    twins = [created(Kind.COMPANY, f"new-{n}", {"name": "Twin"}) for n in (1, 4)]
    others = [
        created(Kind.COMPANY, f"new-{n}", {"name": f"Made {n}", "city": "Oslo"}) for n in (2, 3)
    ]
    rows = [twins[0], *others, twins[1]]
    plan = workspace.plans.stamped(gather(Kind.COMPANY, "import", rows))
    step = workspace.plans.begin(plan).step
    workspace.plans.advance(step)
    theirs = server.post(name="Made 3", phase="theirs")
    workspace.net.fill(anew=True).result(SECONDS)
    workspace = rest(open_workspace, workspace)
    assert workspace.plans.go_on() == ()
    delivered(workspace, step)
    assert [len(server.named(name)) for name in ("Twin", "Made 2", "Made 3")] == [2, 1, 1]
    assert (server.get(theirs)["city"], server.get(theirs)["phase"]) == ("Oslo", "theirs")


def test_what_was_made_elsewhere_while_it_was_kept_back_is_not_made_twice(
    workspace: Workspace, server: Server
) -> None:
    step = workspace.plans.run(made(workspace, "a"))
    workspace.plans.pause(step)
    server.post(name="Twin 1")
    workspace.net.fill(anew=True).result(SECONDS)
    assert workspace.plans.resume(step) == 2
    assert workspace.plans.left_out(step) == ("Twin 1",)
    (left,) = workspace.plans.results(step, [State.DROPPED])
    assert left.reason == plans.THERE
    delivered(workspace, step)
    assert [len(server.named(f"Twin {n}")) for n in range(3)] == [1, 1, 1]


@pytest.mark.usefixtures("small_slices")
def test_what_is_left_out_of_a_plan_that_goes_on_takes_no_edit_along(
    workspace: Workspace, server: Server
) -> None:
    ids = everyone(workspace)
    phase = server.get(ids[3]).get("phase")
    asked = wanted(Kind.COMPANY, values={"phase": ("mine", always("mine"))})
    step = workspace.plans.begin(workspace.plans.make(asked, ids)).step
    workspace.plans.advance(step)
    workspace.plans.pause(step)
    (edit,) = workspace.writes.edit(Kind.COMPANY, [ids[3]], {"phase": "own"})
    workspace.plans.resume(step)
    assert workspace.plans.go_on() == ()
    entry = workspace.reads.entry(edit.n)
    assert (entry.state, entry.changes[0].before) == (State.QUEUED, phase)
    deliver(workspace, edit)
    assert server.get(ids[3])["phase"] == "own"


@pytest.mark.usefixtures("small_slices")
def test_a_plan_that_is_to_make_records_waits_until_all_is_here_to_be_held_against(
    open_workspace: Callable[..., Workspace],
) -> None:
    workspace = filled(open_workspace)
    step = workspace.plans.begin(made(workspace, "a")).step
    workspace.plans.advance(step)
    workspace._store.mirror.note("lean_at", "")
    workspace = reopened(open_workspace, workspace)
    (told,) = workspace.plans.go_on()
    assert "not all is loaded yet" in told
    workspace.net.fill().result(SECONDS)
    assert workspace.plans.go_on() == ()


@pytest.mark.usefixtures("small_slices")
def test_the_undo_of_a_plan_that_is_half_queued_queues_nothing_more(workspace: Workspace) -> None:
    step = workspace.plans.begin(planned(workspace)).step
    workspace.plans.advance(step)
    workspace.undo()
    assert not workspace.plans.advance(step)
    assert workspace.plans.unfinished() == ()
    assert workspace.reads.outbox() == ()


@pytest.mark.usefixtures("small_slices")
def test_what_of_a_plan_is_not_queued_when_it_is_taken_back_is_told_and_done_again(
    workspace: Workspace,
) -> None:
    step = workspace.plans.begin(planned(workspace)).step
    workspace.plans.advance(step)
    workspace.plans.pause(step)
    left = "4 records of the plan aren't queued yet, and are left as they are."
    assert workspace.undo().sentences[-1] == left
    assert workspace.rest_of_plans == Rest()
    plan = workspace.redo_plan()
    assert (plan.size, plan.asks, plan.rest) == (6, True, 4)
    undone = workspace.redo(plan)
    assert undone.sentences[-1] == "4 records of the plan are queued after that."
    assert undone.goes_on
    assert workspace.rest_of_plans == Rest(going=4)
    assert workspace.plans.go_on() == ()
    assert tagged(workspace) == 6
    workspace.undo()
    assert tagged(workspace) == 0


@pytest.mark.usefixtures("small_slices")
def test_what_was_put_aside_is_forgotten_where_another_plan_begins(workspace: Workspace) -> None:
    step = workspace.plans.begin(planned(workspace)).step
    workspace.plans.advance(step)
    workspace.undo()
    workspace.plans.run(planned(workspace))
    with pytest.raises(InputError, match="nothing to do again"):
        workspace.redo_plan()
    assert workspace._store.drafts.keys("plan") == ()


@pytest.mark.usefixtures("small_slices")
def test_a_plan_is_cancelled_and_what_was_not_sent_is_as_it_was(workspace: Workspace) -> None:
    step = workspace.plans.begin(planned(workspace)).step
    workspace.plans.advance(step)
    assert workspace.plans.cancel(step) == 6
    assert workspace.plans.unfinished() == ()
    assert tagged(workspace) == 0
    progress = workspace.plans.progress(step)
    assert (progress.dropped, progress.waiting) == (2, 0)
    assert not workspace.plans.advance(step)


def test_what_has_failed_is_sent_again(workspace: Workspace, server: Server, line: Line) -> None:
    gone = server.ids()[0]
    server.delete(gone)
    step = workspace.plans.run(planned(workspace))
    delivered(workspace, step)
    (failed,) = workspace.plans.failed(step)
    assert failed.record_id == gone
    line.cut = True
    assert workspace.plans.retry(step) == 1
    assert workspace.plans.progress(step).waiting == 1


def test_records_are_made_by_a_plan(workspace: Workspace, server: Server) -> None:
    rows = [
        created(Kind.COMPANY, f"new-{n}", {"name": f"Made {n}", "externalId": f"x-{n}"})
        for n in range(3)
    ]
    plan = workspace.plans.stamped(gather(Kind.COMPANY, "import", rows))
    step = workspace.plans.run(plan)
    delivered(workspace, step)
    assert all(len(server.named(f"Made {n}")) == 1 for n in range(3))


def made(workspace: Workspace, start: str, **more: str) -> Plan:
    """Plan what an import of three companies would, each process under ids of its own."""
    rows = [
        created(Kind.COMPANY, f"new-{start}{n}", {"name": f"Twin {n}", **more}) for n in range(3)
    ]
    return workspace.plans.stamped(gather(Kind.COMPANY, "import", rows))


def test_a_plan_that_was_made_before_another_one_was_queued_makes_nothing_twice(
    open_workspace: Callable[..., Workspace],
) -> None:
    workspace, other = filled(open_workspace), open_workspace()
    mine, theirs, fuller = made(workspace, "a"), made(other, "b"), made(other, "c", city="Lund")
    assert workspace.plans.run(mine)
    begun = other.plans.begin(theirs)
    assert (begun.step, begun.plan.rows, begun.plan.already_so) == ("", (), 3)
    assert begun.moved == ("Twin 0", "Twin 1", "Twin 2")
    results = other.plans.results(other.plans.run(fuller))  # only what it lacks is set
    assert [(e.action, e.record_id) for e in results] == [
        (Action.UPDATE, f"new-a{n}") for n in range(3)
    ]


@pytest.mark.usefixtures("small_slices")
def test_what_a_plan_has_not_queued_yet_is_not_made_by_another_one(
    open_workspace: Callable[..., Workspace],
) -> None:
    workspace, other = filled(open_workspace), open_workspace()
    mine, theirs = made(workspace, "a"), made(other, "b")
    step = workspace.plans.begin(mine).step
    workspace.plans.advance(step)
    workspace.plans.pause(step)
    begun = other.plans.begin(theirs)
    assert (begun.step, begun.plan.already_so) == ("", 2)
    assert [(row.title, row.why) for row in begun.plan.skipped] == [("Twin 2", planning.ELSEWHERE)]
    assert other.plans.rest() == 0  # it's the other's


def test_what_another_process_has_just_queued_and_nobody_shows_yet_is_seen(
    workspace: Workspace,
) -> None:
    plan = made(workspace, "a")
    workspace.plans._store.outbox.add(
        NewEntry(Kind.COMPANY, Action.CREATE, "new-b", "Twin 1", body={"name": "TWIN 1"})
    )
    step = workspace.plans.run(plan)
    assert [e.title for e in workspace.plans.results(step) if e.action is Action.CREATE] == [
        "Twin 0",
        "Twin 2",
    ]


def test_two_who_import_at_once_make_everything_once(
    open_workspace: Callable[..., Workspace],
) -> None:
    both = [filled(open_workspace), open_workspace()]
    asked = [made(one, name) for one, name in zip(both, "ab", strict=True)]
    start = threading.Barrier(2)

    def run(workspace: Workspace, plan: Plan) -> None:
        start.wait(SECONDS)
        workspace.plans.run(plan)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(run, *pair) for pair in zip(both, asked, strict=True)]:
            done.result(SECONDS)
    queued = [entry for entry in both[0].reads.outbox() if entry.action is Action.CREATE]
    assert sorted(entry.title for entry in queued) == ["Twin 0", "Twin 1", "Twin 2"]


def test_a_field_that_was_changed_since_a_plan_was_made_is_left_out_where_it_begins(
    workspace: Workspace, company: str
) -> None:
    asked = wanted(
        Kind.COMPANY,
        values={"city": ("Oslo", always("Oslo")), "description": ("x", always("x"))},
    )
    plan = workspace.plans.make(asked, [company])
    workspace.writes.edit(Kind.COMPANY, [company], {"city": "Rome"})
    begun = workspace.plans.begin(plan)
    assert begun.moved == ("Acme Inc",)
    assert [(row.changes[0].field, row.why) for row in begun.plan.acting] == [
        ("description", "City was changed since and stays.")
    ]


def test_contacts_planned_at_a_company_that_was_made_meanwhile_are_made_there(
    workspace: Workspace, server: Server
) -> None:
    company = workspace.writes.create(Kind.COMPANY, {"name": "Newcomer AB"})
    rows = [created(Kind.CONTACT, "new-p", {"name": "Eve", "companyId": company.record_id})]
    plan = workspace.plans.stamped(gather(Kind.CONTACT, "import", rows))
    deliver(workspace, company)
    step = workspace.plans.run(plan)
    delivered(workspace, step)
    assert workspace.plans.progress(step).delivered == 1
    (there,) = server.named("Newcomer AB")
    people = server.ask("GET", "/endusers?limit=2000")
    assert [one["companyId"] for one in people if one["name"] == "Eve"] == [there]


@pytest.mark.usefixtures("small_slices")
def test_what_of_a_plan_isnt_queued_yet_is_counted_and_what_lets_it_go_on_is_told(
    workspace: Workspace,
) -> None:
    assert (workspace.rest_of_plans, workspace.rest_of_plans.told) == (Rest(), "")
    step = workspace.plans.begin(planned(workspace)).step
    workspace.plans.advance(step)
    assert workspace.rest_of_plans == Rest(going=4)
    assert workspace.rest_of_plans.told == (
        "4 records of a plan are not queued yet: outbox send goes on."
    )
    workspace.plans.pause(step)
    assert workspace.rest_of_plans == Rest(kept=4)
    assert workspace.rest_of_plans.told == (
        "4 records of a plan are kept back: plan resume lets it go on."
    )
    workspace.plans.resume(step)
    while workspace.plans.advance(step):
        pass
    assert workspace.rest_of_plans == Rest()


def test_records_are_deleted_by_a_plan(workspace: Workspace, server: Server) -> None:
    ids = everyone(workspace)[:2]
    step = workspace.plans.run(workspace.plans.make(DELETE, ids))
    delivered(workspace, step)
    assert not {*ids} & {*server.ids()}


def test_a_record_that_planhat_does_not_have_yet_is_not_deleted_by_a_plan(
    workspace: Workspace,
) -> None:
    made = workspace.writes.create(Kind.COMPANY, {"name": "Made"})
    plan = workspace.plans.make(DELETE, [made.record_id])
    assert plan.acting == ()
    assert plan.skipped[0].why == planning.NOT_YET


def test_contacts_are_planned_too(workspace: Workspace) -> None:
    ids = [text_of({"id": c.id}, "id") for c in workspace.reads.contacts_found("", 10).rows]
    plan = workspace.plans.make(wanted(Kind.CONTACT, tag=["x"]), ids)
    step = workspace.plans.run(plan)
    assert workspace.net.deliver([e.n for e in workspace.plans.results(step)]).result(SECONDS)
    assert workspace.plans.progress(step).counts == {State.DELIVERED: len(ids)}


def test_nobody_waits_while_a_plan_is_held_against_what_is_there(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    recheck, waited = workspace.plans.recheck, []

    def looked_at(plan: Plan) -> Rechecked:
        waited.append(workspace._store.drafts._database.version() is None)
        return recheck(plan)

    monkeypatch.setattr(workspace.plans, "recheck", looked_at)
    assert workspace.plans.begin(made(workspace, "a")).step
    assert waited == [False]


def test_what_another_process_begins_while_a_plan_is_held_against_what_is_there_is_not_made_twice(
    open_workspace: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, other = filled(open_workspace), open_workspace()
    mine, theirs = made(workspace, "a"), made(other, "b")
    recheck = workspace.plans.recheck

    def overtaken(plan: Plan) -> Rechecked:
        now = recheck(plan)
        monkeypatch.setattr(workspace.plans, "recheck", recheck)
        assert other.plans.begin(theirs).step
        return now

    monkeypatch.setattr(workspace.plans, "recheck", overtaken)
    assert workspace.plans.begin(mine).step == ""


def test_what_was_added_to_what_a_cancelled_plan_was_to_make_goes_along(
    workspace: Workspace,
) -> None:
    step = workspace.plans.run(made(workspace, ""))
    (city,) = workspace.writes.edit(Kind.COMPANY, ["new-0"], {"city": "Oslo"})
    eve = workspace.writes.create(Kind.CONTACT, {"name": "Eve", "companyId": "new-1"})
    assert workspace.plans.cancel(step) == 3
    assert workspace.reads.entry(city.n).state is State.DROPPED
    assert workspace.reads.entry(eve.n).state is State.REFUSED
    assert workspace.reads.company("new-0") is None


def test_a_local_copy_that_cant_show_it_leaves_a_plan_as_paused_as_it_is(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = workspace.plans.run(planned(workspace))

    def full(*_: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(workspace._store.mirror, "lay_again", full)
    assert workspace.plans.pause(step) == 6
    assert workspace.plans.progress(step).held == 6
    assert workspace.plans.resume(step) == 6
    assert workspace.plans.cancel(step) == 6
    assert workspace.plans.progress(step).dropped == 6
