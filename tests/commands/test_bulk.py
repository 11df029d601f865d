from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from planhat_tui.commands import waiting
from planhat_tui.commands.context import Wishes
from planhat_tui.commands.course import Course
from planhat_tui.commands.planned import settle
from planhat_tui.commands.results import Done, Listing, Planned
from planhat_tui.config import view_edit
from planhat_tui.config.views import SavedView
from planhat_tui.errors import GuardrailError, InputError, NotFoundError, RefusedError
from planhat_tui.model.doubts import GRACE
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.model.views import View
from planhat_tui.workspace import planning
from tests.sync.rig import SECONDS, answer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Desk
    from tests.sync.rig import Forward

ALL = 6


@pytest.fixture
def phased(bare: Desk) -> Desk:
    """Return a desk whose six companies are onboarding, with the tag old, in the local copy."""
    for company in bare.server.ids():
        bare.server.put(company, phase="onboarding", tags=["old"])
    bare.fill()
    return bare


def tags(desk: Desk) -> list[list[str]]:
    return [desk.server.get(one)["tags"] for one in desk.server.ids()]


def test_companies_of_a_query_are_changed_at_once(phased: Desk) -> None:
    done = phased.do(
        *("bulk", "company", "phase:onboarding"),
        *("--tag", "q1", "--untag", "old", "--set", "phase=won"),
    )
    assert done.exit_status == 0
    assert done.text == "tag +q1 -old, phase = won: 6 delivered."
    assert tags(phased) == [["q1"]] * ALL
    assert {phased.server.get(one)["phase"] for one in phased.server.ids()} == {"won"}
    assert phased.network.count("PUT /companies") == 1
    assert [record["state"] for record in done.records] == ["delivered"] * ALL


def test_a_terminal_shows_how_far_it_is(phased: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SLICE", 2)
    phased.drawn = []
    phased.do("bulk", "company", "--all", "--tag", "q1")
    assert phased.drawn[:2] == [Course("queued", 2, ALL), Course("queued", 4, ALL)]
    assert not any("queued" in told for told in phased.told)


def test_a_pipe_is_told_how_far_it_is(phased: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LOOK", 0.0)
    phased.do("bulk", "company", "--all", "--tag", "q1")
    leave = "  ctrl+c leaves; what is queued is kept"
    assert f"0 of {ALL} delivered.{leave}" in phased.told


def test_it_asks_with_what_it_comes_to(phased: Desk) -> None:
    phased.do("bulk", "company", "--all", "--tag", "q1")
    ((question, word),) = phased.asked
    assert question == (
        "tag +q1: 6 companies will change in acme. Up to 3 calls in bulk, about 1 s. Run it?"
    )
    assert word == "run"


def test_a_no_changes_nothing(phased: Desk) -> None:
    phased.refusing = RefusedError("Nothing was done.")
    with pytest.raises(RefusedError):
        phased.do("bulk", "company", "--all", "--tag", "q1")
    assert phased.queue() == ()


def test_what_is_so_already_is_told(phased: Desk) -> None:
    phased.do("bulk", "company", "--all", "--tag", "q1")
    found = phased.shell("bulk", "company", "--all", "--tag", "q1")
    assert isinstance(found, Listing)
    assert found.records == ()
    assert found.note.startswith("tag +q1: 0 companies will change in acme, 6 already so.")
    assert len(phased.asked) == 1


def test_where_nothing_is_found_that_is_told_and_not_that_all_is_so(phased: Desk) -> None:
    for words in (("old phase:xyzzy",), ("--view", "None")):
        if words[0] == "--view":
            view = SavedView("None", View("phase:xyzzy", (), ()))
            view_edit.save_view(phased.paths.config_file, view)
        found = phased.shell("bulk", "company", *words, "--tag", "new", "--yes")
        assert isinstance(found, Listing)
        assert found.note.startswith("No company matches ")
        assert found.note.endswith(" contacts.  Nothing was done.")


def test_a_dry_run_shows_the_plan_and_does_nothing(phased: Desk) -> None:
    rows = phased.rows("bulk", "company", "--all", "--set", "phase=won", "--tag", "a", "--dry-run")
    assert len(rows) == ALL
    assert rows[0]["does"] == "phase onboarding → won; tags +a"
    assert rows[0]["changes"] == [
        {"field": "phase", "before": "onboarding", "after": "won"},
        {"field": "tags", "before": ["old"], "after": ["old", "a"]},
    ]
    assert phased.queue() == ()
    assert phased.asked == []


def test_a_plan_is_saved_shown_and_run_from_its_file(phased: Desk, tmp_path: Path) -> None:
    file = str(tmp_path / "q1.plan")
    saved = phased.shell("bulk", "company", "--all", "--tag", "q1", "--save", file)
    assert isinstance(saved, Listing)
    assert saved.note.endswith(f"Saved in {file}.")
    assert phased.queue() == ()
    assert (tmp_path / "q1.plan").stat().st_mode & 0o777 == 0o600
    shown = phased.shell("plan", "show", file)
    assert isinstance(shown, Listing)
    assert shown.records == saved.records
    done = phased.do("plan", "run", file)
    assert done.exit_status == 0
    assert tags(phased) == [["old", "q1"]] * ALL


def test_a_plan_that_moved_is_looked_at_again(phased: Desk, tmp_path: Path) -> None:
    file = str(tmp_path / "won.plan")
    phased.shell("bulk", "company", "--all", "--set", "phase=won", "--save", file)
    acme = phased.company()
    phased.do("company", "set", "Acme Inc", "phase=churned")
    done = phased.do("plan", "run", file)
    assert "Changed since the plan was made: Acme Inc." in phased.told
    assert done.text == "phase = won: 5 delivered."
    assert phased.server.get(acme)["phase"] == "churned"
    assert "1 skipped" in phased.asked[-1][0]


def test_a_plan_of_another_tenant_is_refused(phased: Desk, tmp_path: Path) -> None:
    file = tmp_path / "won.plan"
    phased.shell("bulk", "company", "--all", "--set", "phase=won", "--save", str(file))
    from planhat_tui.model.planfile import _seal

    whole = json.loads(file.read_text())
    whole["plan"]["tenant"] = "elsewhere"
    file.write_text(json.dumps({**whole, "seal": _seal(whole["plan"])}))
    with pytest.raises(InputError, match="another tenant"):
        phased.shell("plan", "run", str(file))


@pytest.mark.parametrize("words", [("plan", "show"), ("plan", "run")])
def test_a_file_that_is_not_there_or_no_plan_is_named(
    phased: Desk, tmp_path: Path, words: tuple[str, str]
) -> None:
    with pytest.raises(InputError, match="can't be read"):
        phased.shell(*words, str(tmp_path / "none"))
    (tmp_path / "x").write_text("hello")
    with pytest.raises(InputError, match="isn't a plan"):
        phased.shell(*words, str(tmp_path / "x"))
    (tmp_path / "y").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="isn't a plan"):
        phased.shell(*words, str(tmp_path / "y"))


# -- which records


def test_the_companies_of_a_saved_view(phased: Desk) -> None:
    view_edit.save_view(phased.paths.config_file, SavedView("acmes", View("acme", (), ()), False))  # noqa: FBT003 -- as the record has it
    done = phased.do("bulk", "company", "--view", "acmes", "--tag", "q1")
    found = phased.workspace.reads.companies("tag:q1").total
    assert 0 < found < ALL
    assert len(done.records) == found
    with pytest.raises(NotFoundError, match="Did you mean acmes"):
        phased.do("bulk", "company", "--view", "acme", "--tag", "q1")


@pytest.mark.parametrize("query", ["", "sort:-arr"])
def test_a_saved_view_of_all_companies_says_not_which_are_meant(phased: Desk, query: str) -> None:
    view = SavedView("everyone", View(query, (), ()))
    view_edit.save_view(phased.paths.config_file, view)
    with pytest.raises(InputError, match="Which ones") as told:
        phased.do("bulk", "company", "--view", "everyone", "--tag", "q1")
    assert "--all" in told.value.advice
    assert phased.queue() == ()


def test_the_records_that_a_file_names(phased: Desk, tmp_path: Path) -> None:
    file = tmp_path / "ids"
    other = phased.server.ids()[-1]
    file.write_text(f"Acme Inc\n\n{other}\n")
    done = phased.do("bulk", "company", "--ids", str(file), "--tag", "q1")
    assert {record["_id"] for record in done.records} == {phased.company(), other}
    file.write_text("Acme Inc\nNobody\n")
    with pytest.raises(InputError, match="line 2: There is no company Nobody"):
        phased.do("bulk", "company", "--ids", str(file), "--tag", "q1")


def test_contacts_are_changed_too(phased: Desk) -> None:
    done = phased.do("bulk", "contact", "--all", "--tag", "q1")
    everyone = phased.server.ask("GET", "/endusers?limit=2000")
    assert len(done.records) == len(everyone)
    assert all("q1" in one["tags"] for one in everyone)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--tag", "x"), "Which ones"),
        (("sort:-arr", "--tag", "x"), "Which ones"),
        ((" ", "--tag", "x"), "Which ones"),
        (('""', "--tag", "x"), "nothing to look for"),
        (("not:", "--tag", "x"), "nothing to look for"),
        (("acme", "--all", "--tag", "x"), "in several ways"),
        (("acme",), "No change is asked for"),
        (("acme", "--set", "phase"), "is not FIELD=VALUE"),
        (("acme", "--set", "phase=a", "--set", "Phase=b"), "given twice"),
        (("acme", "--set", "renewalDate=soon"), "no date"),
        (("acme", "--set", "h=5"), "set by Planhat"),
        (("acme", "--clear", "phaze"), "no field phaze"),
        (("acme", "--tag", "x", "--delete"), "changed and deleted at once"),
        (("phaze:x", "--tag", "x"), "phaze"),
    ],
)
def test_what_cannot_be_asked_for_is_said_before_anything_is_done(
    phased: Desk, words: tuple[str, ...], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        phased.shell("bulk", "company", *words)
    assert phased.queue() == ()


def test_a_custom_field_keeps_the_type_that_a_record_has(phased: Desk) -> None:
    first, second = phased.server.ids()[:2]
    phased.server.put(first, custom={"Level": "5"})
    phased.server.put(second, custom={"Level": 5})
    phased.workspace.net.fill(anew=True).result(10)
    phased.do("bulk", "company", "--all", "--set", "custom.Level=7")
    assert phased.server.get(first)["custom"]["Level"] == "7"
    assert phased.server.get(second)["custom"]["Level"] == 7


def test_a_value_that_a_record_cannot_take_skips_it_with_the_reason(phased: Desk) -> None:
    first = phased.server.ids()[0]
    phased.server.put(first, custom={"Level": 5})
    phased.workspace.net.fill(anew=True).result(10)
    rows = phased.rows("bulk", "company", "--all", "--set", "custom.Level=high", "--dry-run")
    skipped = [row for row in rows if row["_id"] == first]
    assert [row["why"] for row in skipped] == ["high is no number."]
    assert all(row["action"] is None for row in skipped)


# -- guardrails and outcomes


def test_guardrails_show_the_plan_and_do_not_run_it(phased: Desk) -> None:
    phased.reopen(max_bulk=5, reason="Ask Ada.")
    look = phased.shell("bulk", "company", "--all", "--tag", "x", "--dry-run")
    assert isinstance(look, Listing)
    assert look.note.endswith("acme allows 5 records at once; these are 6.  Ask Ada.")
    with pytest.raises(GuardrailError):
        phased.shell("bulk", "company", "--all", "--tag", "x")
    assert phased.asked == []


def test_the_profiles_name_is_asked_for_where_the_profile_wants_it(phased: Desk) -> None:
    phased.reopen(confirm="type", confirm_over=5)
    phased.do("bulk", "company", "--all", "--tag", "x")
    assert phased.asked[-1][1] == "acme"


def test_a_deletion_asks_for_its_number_and_says_what_cannot_come_back(phased: Desk) -> None:
    done = phased.do("bulk", "company", "--all", "--delete")
    question, word = phased.asked[-1]
    assert word == "delete 6"
    assert question == (
        "delete: 6 companies will be deleted in acme. Up to 12 calls, about 4 s."
        " Delete 6 companies in acme? Their contacts go with them."
        " Undo makes them again with new ids."
    )
    assert done.exit_status == 0
    assert phased.server.ids() == []


def refusing(said: Any) -> Any:  # noqa: ANN401 -- JSON
    key = said["updatesKeys"].pop()
    said["modified"].remove(key["_id"])
    said["updatedErrors"].append({**key, "message": "Phase is a formula"})
    return {**said, "updated": said["updated"] - 1}


def test_a_plan_is_kept_for_its_owner_alone_whatever_was_there(
    phased: Desk, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.plan"
    kept.write_text("before")
    kept.chmod(0o644)
    phased.shell("bulk", "company", "--all", "--tag", "x", "--save", str(kept), "--force")
    assert kept.stat().st_mode & 0o777 == 0o600
    phased.shell("plan", "show", str(kept))
    with pytest.raises(InputError, match="There is no folder"):
        phased.shell("bulk", "company", "--all", "--tag", "x", "--save", f"{kept}/x/y")


def test_rows_that_failed_are_told_and_can_be_sent_again(phased: Desk) -> None:
    from tests.sync.rig import changed_answer

    phased.network.once("PUT /companies", changed_answer(refusing))
    done = phased.do("bulk", "company", "--all", "--set", "phase=won")
    assert done.exit_status == 8
    lines = done.text.splitlines()
    assert lines[0] == "phase = won: 1 refused, 5 delivered."
    assert lines[1].endswith(": refused. Phase is a formula")
    assert lines[-1] == "plan retry sends again what was refused."
    again = phased.do("plan", "retry")
    assert again.exit_status == 0
    assert again.text == "The last plan: 6 delivered."
    with pytest.raises(InputError, match="Nothing was refused of the last plan"):
        phased.do("plan", "retry")


def test_an_older_plan_names_its_number_for_what_was_refused(phased: Desk) -> None:
    from tests.sync.rig import changed_answer

    phased.network.once("PUT /companies", changed_answer(refusing))
    done = phased.do("bulk", "company", "--all", "--set", "phase=won")
    (refused,) = [str(one["_id"]) for one in done.records if one["state"] == "refused"]
    phased.server.put(refused, phase="onboarding")
    phased.do("bulk", "company", "--all", "--tag", "q1")
    phased.network.once("PUT /companies/*", answer(400, "Phase is a formula"))
    again = phased.do("plan", "retry", "1")
    assert again.text.splitlines()[-1] == "plan retry 1 sends again what was refused."
    with pytest.raises(InputError, match="Nothing was refused of the last plan"):
        phased.do("plan", "retry")
    assert phased.do("plan", "retry", "1").text == "The plan: 6 delivered."


def test_what_of_a_plan_is_damaged_is_told_and_no_retry(phased: Desk) -> None:
    phased.wishes = Wishes(wait=False)
    phased.do("bulk", "company", "--all", "--tag", "q1")
    with sqlite3.connect(phased.workspace.folder / "outbox.db") as connection:
        connection.execute("UPDATE entry SET state = 'queuee' WHERE n = 1")
    connection.close()
    phased.wishes = Wishes()
    done = settle(phased.context, phased.workspace.plans.last(), "The plan")
    assert done.exit_status == 8
    told, stuck = done.text.splitlines()
    assert told == "The plan: 1 refused, 5 delivered."
    assert "It is damaged on this disk" in stuck


def test_a_plan_with_conflicts_alone_names_them_and_no_retry(phased: Desk) -> None:
    from tests.sync.rig import after

    theirs, *_ = phased.server.ids()
    phased.network.once("GET *", after(lambda: phased.server.put(theirs, phase="churned")))
    done = phased.do("bulk", "company", "--all", "--set", "phase=won")
    assert done.exit_status == 8
    assert done.text.splitlines()[-1] == "conflict list shows what is in conflict."
    assert "plan retry" not in done.text


@pytest.mark.parametrize(
    ("deed", "told", "state"),
    [
        ("pause", "6 are on the way: what doesn't arrive is kept back too.", State.HELD),
        ("cancel", "6 are on the way: what doesn't arrive is not sent again.", State.DROPPED),
    ],
)
def test_a_plan_that_is_on_its_way_is_stopped_and_that_is_told(
    phased: Desk, deed: str, told: str, state: State
) -> None:
    said: list[str] = []

    async def stopped(_request: httpx.Request, _forward: Forward) -> httpx.Response:
        said.append(phased.do("plan", deed).text)
        raise httpx.ReadError("the line broke")

    phased.network.once("PUT /companies", stopped)
    phased.wishes = phased.wishes._replace(wait=False)
    phased.do("bulk", "company", "--all", "--tag", "q1")
    phased.workspace.net.deliver([one.n for one in phased.queue()]).result(SECONDS)
    assert [one.endswith(told) for one in said] == [True]
    phased.time.leap(GRACE + 1)
    phased.workspace.net.deliver([one.n for one in phased.queue()]).result(SECONDS)
    found = phased.workspace.plans.results(phased.workspace.plans.last())
    assert {entry.state for entry in found} == {state}
    assert tags(phased) == [["old"]] * ALL


def test_a_plan_is_paused_and_let_go_on_from_any_door(phased: Desk) -> None:
    with pytest.raises(InputError, match="No plan has run yet"):
        phased.do("plan", "resume")
    phased.wishes = phased.wishes._replace(wait=False)
    phased.do("bulk", "company", "--all", "--tag", "q1")
    phased.do("company", "set", "Acme Inc", "city=Lund")
    phased.do("bulk", "company", "--all", "--tag", "q2")
    paused = phased.do("plan", "pause", "1")
    assert paused.text == "6 records kept back. plan resume lets them go on."
    assert [(one["n"], one["state"]) for one in paused.records] == [
        (n, "held") for n in range(1, ALL + 1)
    ]
    assert phased.states() == [*[State.HELD] * ALL, *[State.QUEUED] * (ALL + 1)]
    with pytest.raises(InputError, match="Nothing of the plan waits"):
        phased.do("plan", "pause", "1")
    with pytest.raises(InputError, match="Edit 7 isn't part of a plan"):
        phased.do("plan", "resume", "7")
    cancelled = phased.do("plan", "cancel")
    assert cancelled.text == "6 records taken back; what is sent stays. undo takes it back."
    assert [one["state"] for one in cancelled.records] == ["dropped"] * ALL
    (done,) = phased.colon("plan resume 3")
    assert isinstance(done, Done)
    assert done.text == "6 records queued again."
    phased.wishes = phased.wishes._replace(wait=True)
    phased.do("outbox", "send")
    assert tags(phased) == [["old", "q1"]] * ALL
    with pytest.raises(InputError, match="Nothing of the plan is kept back"):
        phased.do("plan", "resume", "1")


def test_offline_the_plan_is_kept_and_goes_out_later(phased: Desk) -> None:
    phased.network.cut = True
    done = phased.do("bulk", "company", "--all", "--tag", "q1")
    assert done.exit_status == 6
    assert phased.states() == [State.QUEUED] * ALL
    phased.network.cut = False
    phased.do("outbox", "send")
    assert tags(phased) == [["old", "q1"]] * ALL


def test_a_token_that_may_not_is_told(phased: Desk) -> None:
    phased.network.once("PUT /companies", answer(403, "No"))
    done = phased.do("bulk", "company", "--all", "--tag", "q1")
    assert done.exit_status == 4
    assert phased.states() == [State.QUEUED] * ALL


def test_it_can_be_queued_without_waiting(phased: Desk) -> None:
    phased.wishes = phased.wishes._replace(wait=False)
    done = phased.do("bulk", "company", "--all", "--tag", "q1")
    assert done.text == "tag +q1 on 6 companies: queued. planhat-tui undo takes all of it back."
    assert phased.states() == [State.QUEUED] * ALL


def test_undo_takes_all_of_it_back_in_one_step(phased: Desk) -> None:
    phased.do("bulk", "company", "--all", "--tag", "q1", "--untag", "old")
    phased.do("undo")
    assert tags(phased) == [["old"]] * ALL
    phased.do("redo")
    assert tags(phased) == [["q1"]] * ALL


def test_the_line_shows_the_plan_of_the_selection(phased: Desk) -> None:
    (shown,) = phased.colon("bulk company --tag q1", Kind.COMPANY, *phased.server.ids()[:2])
    assert isinstance(shown, Planned)
    assert shown.plan.title == "tag +q1"
    assert shown.plan.source == "2 companies"
    assert len(shown.plan.rows) == 2
    assert phased.queue() == ()


def test_what_a_process_that_ended_has_left_goes_out_first(
    phased: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planhat_tui.model.plans import wanted

    monkeypatch.setattr(planning, "SLICE", 2)
    plans = phased.workspace.plans
    step = plans.begin(plans.make(wanted(Kind.COMPANY, tag=["q0"]), phased.server.ids())).step
    plans.advance(step)
    phased.reopen()
    done = phased.do("outbox", "send")
    assert isinstance(done, Done)
    assert tags(phased) == [["old", "q0"]] * ALL


def test_a_plan_that_may_not_go_on_is_told_and_dropped_by_plan_cancel(phased: Desk) -> None:
    from planhat_tui.model.plans import wanted

    plans = phased.workspace.plans
    plans.begin(plans.make(wanted(Kind.COMPANY, delete=True), phased.server.ids()[:3]))
    phased.reopen(no_delete=True)
    told = (
        "3 records of a plan can't be queued: acme allows no deleting.  plan cancel drops the rest."
    )
    sent = phased.do("outbox", "send")
    assert (sent.text, sent.exit_status) == (told, 4)
    assert phased.do("bulk", "company", "--all", "--tag", "q1").exit_status == 0
    assert told in phased.told
    assert phased.do("plan", "cancel").text.startswith("3 records taken back")
    assert phased.do("outbox", "send").text == "Everything is delivered."


def test_what_else_waits_is_sent_beside_a_plan_that_may_not_go_on(phased: Desk) -> None:
    from planhat_tui.model.plans import wanted

    plans, ids = phased.workspace.plans, phased.server.ids()
    plans.begin(plans.make(wanted(Kind.COMPANY, delete=True), ids[:3]))
    phased.reopen(no_delete=True)
    phased.workspace.writes.tag(Kind.COMPANY, ids[5:], add=["q2"])
    sent = phased.do("outbox", "send")
    assert sent.exit_status == 8
    assert "allows no deleting" in sent.text
    assert tags(phased)[5] == ["old", "q2"]


def test_plan_resume_means_the_one_that_waits_and_plan_pause_the_one_that_goes_on(
    phased: Desk,
) -> None:
    from planhat_tui.model.plans import wanted

    plans, ids = phased.workspace.plans, phased.server.ids()
    asked = wanted(Kind.COMPANY, tag=["q1"])
    first = plans.begin(plans.make(asked, ids[:2])).step
    plans.pause(first)
    second = plans.begin(plans.make(asked, ids[2:])).step
    assert phased.do("plan", "pause").text.startswith("4 records kept back")
    plans.cancel(second)
    assert phased.do("plan", "resume").exit_status == 0
    assert tags(phased)[:2] == [["old", "q1"]] * 2


@pytest.mark.parametrize("verb", ["plan resume", "outbox send"])
def test_what_moved_while_a_plan_rested_is_told_when_it_goes_on(phased: Desk, verb: str) -> None:
    from planhat_tui.model.plans import wanted

    plans, ids = phased.workspace.plans, phased.server.ids()
    step = plans.begin(plans.make(wanted(Kind.COMPANY, delete=True), ids[:2])).step
    plans.pause(step)
    phased.server.put(ids[0], phase="theirs")
    phased.workspace.net.read([(Kind.COMPANY, ids[0])]).result(SECONDS)
    if verb == "outbox send":
        plans.resume(step)
    phased.do(*verb.split())
    name = phased.server.get(ids[0])["name"]
    assert f"Changed since the plan was made: {name}." in phased.told
    assert phased.server.get(ids[1]) is None
