from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import GuardrailError, InputError, NotFoundError, StorageError
from planhat_tui.model.calls import CallDraft
from planhat_tui.model.edits import Change
from planhat_tui.model.events import Changed, Topic
from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.plans import always, edited, wanted
from planhat_tui.model.records import Kind, Received
from planhat_tui.workspace.valuing import Valuing
from tests.sync.rig import SECONDS, lost_answer
from tests.workspace.conftest import deliver, filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.values import Json
    from planhat_tui.workspace.workspace import Workspace
    from tests.sync.rig import Line, Server

COMPANY, CONTACT, CALL = Kind.COMPANY, Kind.CONTACT, Kind.CALL
START = datetime(2026, 3, 1, 14, 0, tzinfo=UTC)
DRAFT = CallDraft(nr="+46 70 765 43 21", external_user_id="max123", note="wants to renew")


@pytest.fixture
def companies(server: Server) -> list[str]:
    return server.ids()[:3]


def shown(workspace: Workspace, company_id: str) -> dict[str, Json]:
    found = workspace.reads.company(company_id)
    assert found is not None
    return found.raw


def tags_of(workspace: Workspace, company_id: str) -> Json:
    return shown(workspace, company_id)["tags"]


# -- edit and tag


def test_an_edit_is_shown_at_once_and_told_and_delivered(
    workspace: Workspace, server: Server, company: str
) -> None:
    heard: list[Changed] = []
    workspace.subscribe(heard.append)
    (entry,) = workspace.writes.edit(COMPANY, [company], {"Phase": "renewal", "custom.New": 5})
    assert shown(workspace, company)["phase"] == "renewal"
    assert Changed(Topic.COMPANY, frozenset({company})) in heard
    assert Changed(Topic.OUTBOX) in heard
    assert workspace.status().not_delivered == 1
    assert (entry.title, entry.state) == ("Acme Inc", State.QUEUED)
    assert {change.field for change in entry.changes} == {"phase", "custom.New"}
    assert deliver(workspace, entry) == [State.DELIVERED]
    assert server.get(company)["phase"] == "renewal"
    assert server.get(company)["custom"]["New"] == 5
    assert workspace.status().not_delivered == 0


def test_what_is_so_already_makes_no_entry(workspace: Workspace, companies: list[str]) -> None:
    first, *others = companies
    workspace.writes.edit(COMPANY, [first], {"city": "Umeå"})
    made = workspace.writes.edit(COMPANY, companies, {"city": "Umeå"})
    assert [entry.record_id for entry in made] == others
    assert workspace.writes.edit(COMPANY, companies, {"city": "Umeå"}) == ()


def test_none_clears_a_field(workspace: Workspace, server: Server, company: str) -> None:
    entries = workspace.writes.edit(COMPANY, [company], {"city": "Umeå", "custom.New": 1})
    entries += workspace.writes.edit(COMPANY, [company], {"city": None, "custom.New": None})
    deliver(workspace, *entries)
    assert not server.get(company)["city"]
    assert "New" not in server.get(company)["custom"]


def test_what_a_person_saw_is_what_it_is_held_against(
    workspace: Workspace, server: Server, company: str
) -> None:
    server.put(company, phase="churned")
    seen = {company: {**shown(workspace, company), "phase": None}}
    workspace.net.read([(COMPANY, company)]).result(SECONDS)
    assert shown(workspace, company)["phase"] == "churned"
    assert workspace.writes.edit(COMPANY, [company], {"phase": None}, seen) == ()
    assert workspace.writes.edit(COMPANY, [company], {"phase": "churned"}, seen) == ()
    (entry,) = workspace.writes.edit(COMPANY, [company], {"phase": "won"}, seen)
    assert entry.changes == (Change("phase", None, "won"),)
    assert deliver(workspace, entry) == [State.CONFLICT]
    assert server.get(company)["phase"] == "churned"


@pytest.mark.parametrize("through", [["won"], ["renewal", "won"]])
def test_what_was_edited_from_here_since_it_was_seen_is_nobody_elses(
    through: list[str], workspace: Workspace, server: Server, company: str
) -> None:
    seen = {company: shown(workspace, company)}
    for phase in through:
        deliver(workspace, *workspace.writes.edit(COMPANY, [company], {"phase": phase}))
    (entry,) = workspace.writes.edit(COMPANY, [company], {"phase": "churned"}, seen)
    assert entry.changes == (Change("phase", "won", "churned"),)
    assert deliver(workspace, entry) == [State.DELIVERED]
    assert server.get(company)["phase"] == "churned"


def test_what_somebody_else_has_set_between_two_edits_from_here_is_held_against_what_was_seen(
    workspace: Workspace, server: Server, company: str
) -> None:
    seen = {company: shown(workspace, company)}
    server.put(company, phase="won")
    workspace.net.read([(COMPANY, company)]).result(SECONDS)
    deliver(workspace, *workspace.writes.edit(COMPANY, [company], {"phase": "renewal"}))
    (entry,) = workspace.writes.edit(COMPANY, [company], {"phase": "churned"}, seen)
    assert deliver(workspace, entry) == [State.CONFLICT]


def test_a_contact_that_was_moved_from_here_since_it_was_seen_moves_on(
    workspace: Workspace, companies: list[str], company: str
) -> None:
    first, second = [one for one in companies if one != company][:2]
    contact = workspace.reads.contacts(company).rows[0].id
    seen = {contact: {"companyId": company}}  # of the name that it had nothing is known
    deliver(workspace, *workspace.writes.edit(CONTACT, [contact], {"companyId": first}))
    (entry,) = workspace.writes.edit(CONTACT, [contact], {"companyId": second}, seen)
    assert deliver(workspace, entry) == [State.DELIVERED]


def test_one_key_press_is_one_step(workspace: Workspace, companies: list[str]) -> None:
    first = workspace.writes.edit(COMPANY, companies, {"city": "Umeå"})
    second = workspace.writes.edit(COMPANY, companies, {"city": "Lund"})
    assert len({entry.step for entry in first}) == 1
    assert len({entry.step for entry in first + second}) == 2


@pytest.mark.parametrize(
    ("kind", "path", "told"),
    [
        (COMPANY, "arr", "set by Planhat"),
        (COMPANY, "_id", "set by Planhat"),
        (COMPANY, "custom", "set by Planhat"),
        (COMPANY, "phsae", "phase"),
        (COMPANY, "custom.", "needs a name"),
        (CONTACT, "firstName", "set by Planhat"),
    ],
)
def test_a_field_that_can_not_be_edited_is_named(
    workspace: Workspace, company: str, kind: Kind, path: str, told: str
) -> None:
    with pytest.raises(InputError) as refused:
        workspace.writes.edit(kind, [company], {path: "x"})
    assert told in str(refused.value)
    assert workspace.reads.outbox() == ()


def test_a_list_takes_its_own_values_alone_whichever_way_they_come(
    workspace: Workspace, company: str
) -> None:
    page = workspace.net.ask(lambda api: api.custom_fields(lane=Lane.USER)).result(SECONDS)
    known = [one for part in page.slices() for one in part.records]
    workspace.keep_definitions(known, whole=True)
    plan, writes = {"custom.Plan": "Bronze"}, workspace.writes
    valuing = Valuing(workspace.reads, COMPANY, START)
    for deed in (
        lambda: writes.edit(COMPANY, [company], plan),
        lambda: writes.create(COMPANY, {"name": "New Ltd", **plan}),
        lambda: valuing.value("custom.Plan", "Bronze", "Gold"),
    ):
        with pytest.raises(InputError, match="Plan has no value Bronze"):
            deed()
    assert workspace.reads.outbox() == ()
    assert valuing.value("custom.Plan", "Bronze", "Bronze") == "Bronze"


def test_what_planhat_works_out_is_set_neither_alone_nor_by_a_plan(
    workspace: Workspace, company: str
) -> None:
    score: dict[str, Json] = {"_id": "f" * 24, "name": "Score", "parent": "company"}
    score |= {"type": "number", "isFormula": True}
    workspace.keep_definitions([Received(json.dumps(score), score)], whole=True)
    with pytest.raises(InputError, match="Score is worked out by Planhat"):
        workspace.writes.edit(COMPANY, [company], {"custom.Score": 8})
    phase = ("won", always("won"))
    for asked in (
        wanted(COMPANY, values={"custom.Score": ("8", always(8)), "phase": phase}),
        wanted(COMPANY, clear=["custom.Score"], values={"phase": phase}),
    ):
        (row,) = workspace.plans.make(asked, [company]).rows
        assert [change.field for change in row.changes] == ["phase"]
        assert row.why == "Score is worked out by Planhat (a formula)."
    assert workspace.reads.outbox() == ()


def test_a_record_that_is_not_here_stops_the_whole_step(
    workspace: Workspace, companies: list[str]
) -> None:
    for kind in (COMPANY, CONTACT, CALL):
        field = "waiting" if kind is CALL else "tags"
        with pytest.raises(NotFoundError, match="nobody"):
            workspace.writes.edit(kind, ["nobody"], {field: ["x"]})
    with pytest.raises(NotFoundError):
        workspace.writes.tag(COMPANY, [*companies, "nobody"], ["vip"])
    assert workspace.reads.outbox() == ()


def test_several_records_are_tagged_and_keep_their_own_tags(
    workspace: Workspace, server: Server, companies: list[str]
) -> None:
    before = [server.get(one)["tags"] for one in companies]
    made = workspace.writes.tag(COMPANY, companies, [" vip "], before[0][:1])
    after = [[*[t for t in tags if t not in before[0][:1]], "vip"] for tags in before]
    assert [tags_of(workspace, one) for one in companies] == after
    assert deliver(workspace, *made) == [State.DELIVERED] * len(made)
    assert [server.get(one)["tags"] for one in companies] == after
    assert workspace.writes.tag(COMPANY, companies, ["vip"]) == ()


def test_a_tag_of_blanks_is_none(workspace: Workspace, company: str) -> None:
    with pytest.raises(InputError, match="empty"):
        workspace.writes.tag(COMPANY, [company], ["  "])
    assert workspace.reads.outbox() == ()


# -- guardrails


def test_a_read_only_profile_writes_nothing_at_all(
    open_workspace: Callable[..., Workspace], companies: list[str]
) -> None:
    workspace = filled(open_workspace, read_only=True, reason="Ask in #cs-ops first.")
    writes = workspace.writes
    for deed in (
        lambda: writes.edit(COMPANY, companies[:1], {"city": "Umeå"}),
        lambda: writes.tag(COMPANY, companies[:1], ["vip"]),
        lambda: writes.create(COMPANY, {"name": "Newcomer"}),
        lambda: writes.delete(COMPANY, companies[:1]),
        lambda: writes.log_call(DRAFT),
    ):
        with pytest.raises(GuardrailError, match=r"read-only\.  Ask in #cs-ops first\."):
            deed()
    assert workspace.reads.outbox() == ()
    assert workspace.reads.calls() == ()


def test_a_profile_without_deleting_still_edits(
    open_workspace: Callable[..., Workspace], companies: list[str]
) -> None:
    workspace = filled(open_workspace, no_delete=True)
    with pytest.raises(GuardrailError, match="no deleting"):
        workspace.writes.delete(COMPANY, companies[:1])
    assert len(workspace.writes.edit(COMPANY, companies, {"city": "Umeå"})) == 3


def test_no_more_records_at_once_than_the_profile_allows(
    open_workspace: Callable[..., Workspace], companies: list[str]
) -> None:
    workspace = filled(open_workspace, max_bulk=2)
    deeds: list[Callable[[], object]] = [
        lambda: workspace.writes.edit(COMPANY, companies, {"city": "Umeå"}),
        lambda: workspace.writes.tag(COMPANY, companies, ["vip"]),
        lambda: workspace.writes.delete(COMPANY, companies),
    ]
    for deed in deeds:
        with pytest.raises(GuardrailError, match="2 records at once; these are 3"):
            deed()
    assert len(workspace.writes.tag(COMPANY, companies[:2], ["vip"])) == 2


# -- create and delete


def test_a_company_is_made_with_all_that_was_given(workspace: Workspace, server: Server) -> None:
    made = workspace.writes.create(
        COMPANY, {"Name": "Newcomer AB", "tags": ["vip"], "custom.A.b": 2, "city": None}
    )
    assert made.body == {"name": "Newcomer AB", "tags": ["vip"], "custom": {"A.b": 2}}
    assert made.title == "Newcomer AB"
    assert shown(workspace, made.record_id)["name"] == "Newcomer AB"
    assert deliver(workspace, made) == [State.DELIVERED]
    (company,) = server.named("Newcomer AB")
    assert server.get(company)["custom"] == {"A.b": 2}
    assert workspace.reads.entry(made.n).result_id == company


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (COMPANY, {}, "name"),
        (COMPANY, {"name": ""}, "name"),
        (COMPANY, {"name": "x", "arr": 5}, "arr"),
        (CONTACT, {"name": "Ada"}, "companyId"),
        (CONTACT, {"companyId": "c1"}, "name"),
        (CONTACT, {"companyId": "c1", "position": "CFO"}, "name"),
    ],
)
def test_what_is_needed_is_asked_for(
    workspace: Workspace, kind: Kind, values: dict[str, Json], field: str
) -> None:
    with pytest.raises(InputError) as refused:
        workspace.writes.create(kind, values)
    assert refused.value.field == field
    assert workspace.reads.outbox() == ()


@pytest.mark.parametrize("known", ["name", "email", "phone"])
def test_a_contact_needs_something_to_be_known_by(
    workspace: Workspace, server: Server, company: str, known: str
) -> None:
    made = workspace.writes.create(CONTACT, {"companyId": company, known: "0701234567"})
    assert deliver(workspace, made) == [State.DELIVERED]
    contact = server.get(workspace.reads.entry(made.n).result_id, CONTACT)
    assert contact[known] == "0701234567"


def test_a_contact_is_made_at_a_company_that_is_still_to_be_made(
    workspace: Workspace, server: Server
) -> None:
    company = workspace.writes.create(COMPANY, {"name": "Newcomer AB"})
    contact = workspace.writes.create(CONTACT, {"companyId": company.record_id, "name": "Ada"})
    assert [row.name for row in workspace.reads.contacts(company.record_id).rows] == ["Ada"]
    assert deliver(workspace, company, contact) == [State.DELIVERED] * 2
    (made,) = server.named("Newcomer AB")
    assert [row.name for row in workspace.reads.contacts(made).rows] == ["Ada"]


def test_a_delete_is_delivered(workspace: Workspace, server: Server, company: str) -> None:
    (entry,) = workspace.writes.delete(COMPANY, [company])
    assert (entry.title, (entry.body or {})["name"]) == ("Acme Inc", "Acme Inc")
    assert deliver(workspace, entry) == [State.DELIVERED]
    assert server.get(company) is None
    assert workspace.reads.company(company) is None


def test_what_is_to_be_deleted_already_is_left_out(
    workspace: Workspace, companies: list[str]
) -> None:
    first, second = companies[:2]
    (entry,) = workspace.writes.delete(COMPANY, [first])
    with pytest.raises(InputError, match=f"{entry.title} is to be deleted already"):
        workspace.writes.delete(COMPANY, [first])
    (other,) = workspace.writes.delete(COMPANY, [first, second])
    assert other.record_id == second
    with pytest.raises(InputError, match="All 2 are to be deleted already"):
        workspace.writes.delete(COMPANY, [first, second])


def test_what_was_refused_to_be_deleted_can_be_deleted_again(
    workspace: Workspace, company: str
) -> None:
    (refused,) = workspace.writes.delete(COMPANY, [company])
    workspace._store.outbox.mark([refused.n], State.REFUSED)
    (again,) = workspace.writes.delete(COMPANY, [company])
    assert workspace.reads.outbox() == (again,)


def test_to_delete_what_planhat_does_not_have_yet_is_to_drop_it(
    workspace: Workspace, server: Server
) -> None:
    company = workspace.writes.create(COMPANY, {"name": "Newcomer AB"}).record_id
    workspace.writes.edit(COMPANY, [company], {"phase": "renewal"})
    contact = workspace.writes.create(CONTACT, {"companyId": company, "name": "Ada"})
    assert workspace.writes.delete(COMPANY, [company]) == ()
    assert workspace.reads.company(company) is None
    orphan = workspace.reads.entry(contact.n)
    assert orphan.state is State.REFUSED
    row = workspace.reads.contact(contact.record_id)
    assert row is not None
    assert row.state is State.REFUSED  # it is marked, so that somebody looks at it
    assert workspace.writes.delete(CONTACT, [contact.record_id]) == ()
    assert workspace.reads.outbox() == ()
    workspace.net.fill().result(SECONDS)
    assert not server.named("Newcomer AB")


def test_old_and_new_records_are_deleted_in_one_go(workspace: Workspace, company: str) -> None:
    new = workspace.writes.create(COMPANY, {"name": "Newcomer AB"})
    (entry,) = workspace.writes.delete(COMPANY, [new.record_id, company])
    assert entry.record_id == company
    assert workspace.reads.entry(new.n).state is State.DROPPED


def test_what_was_made_meanwhile_is_changed_and_deleted_by_the_id_that_it_had(
    workspace: Workspace, server: Server
) -> None:
    made = workspace.writes.create(COMPANY, {"name": "Newcomer AB"})
    deliver(workspace, made)
    before, now = made.record_id, workspace.reads.entry(made.n).record_id
    assert before != now
    edits = (
        *workspace.writes.edit(COMPANY, [before], {"phase": "renewal"}),
        *workspace.writes.tag(COMPANY, [before], add=["gold"]),
    )
    assert [entry.record_id for entry in edits] == [now, now]
    deliver(workspace, *edits)
    assert (server.get(now)["phase"], server.get(now)["tags"]) == ("renewal", ["gold"])
    (gone,) = workspace.writes.delete(COMPANY, [before])
    assert gone.record_id == now
    assert deliver(workspace, gone) == [State.DELIVERED]


# -- calls


def test_a_note_goes_into_the_companys_field_in_the_same_step(
    open_workspace: Callable[..., Workspace], server: Server
) -> None:
    workspace = filled(open_workspace, call_note_field="Last call note")
    company = server.ids()[0]
    made = workspace.writes.log_call(
        DRAFT._replace(company_id=company, start=START, end=START, waiting=0.0)
    )
    call, note = made
    assert call.step == note.step
    assert (call.action, note.changes[0].field) == (Action.CREATE, "custom.Last call note")
    assert deliver(workspace, *made) == [State.DELIVERED] * 2
    assert server.get(company)["custom"]["Last call note"] == "wants to renew"
    (logged,) = workspace.reads.calls(company)
    assert (logged.note, logged.state) == ("wants to renew", None)
    on_server = server.get(logged.call.id, CALL)
    assert (on_server["nr"], on_server["start"]) == (DRAFT.nr, "2026-03-01T14:00:00.000Z")


def test_a_note_that_is_corrected_is_corrected_in_the_companys_field_too(
    open_workspace: Callable[..., Workspace], server: Server, company: str
) -> None:
    workspace = open_workspace(call_note_field="Last call note")
    deliver(workspace, *workspace.writes.log_call(DRAFT._replace(company_id=company)))
    (logged,) = workspace.reads.calls(company)
    deliver(workspace, *workspace.writes.note_call(logged.call.id, "renews"))
    assert server.get(company)["custom"]["Last call note"] == "renews"
    deliver(workspace, *workspace.writes.edit(COMPANY, [company], {"custom.Last call note": "x"}))
    assert workspace.writes.note_call(logged.call.id, "in May") == ()
    assert server.get(company)["custom"]["Last call note"] == "x"
    assert [one.note for one in workspace.reads.calls(company)] == ["in May"]


def test_without_such_a_field_a_note_stays_on_this_machine(
    workspace: Workspace, server: Server, company: str
) -> None:
    before = server.get(company)
    (call,) = workspace.writes.log_call(DRAFT._replace(company_id=company))
    assert deliver(workspace, call) == [State.DELIVERED]
    (logged,) = workspace.reads.calls(company)
    assert logged.note == "wants to renew"
    assert "wants to renew" not in str(server.get(logged.call.id, CALL))
    assert server.get(company) == before


@pytest.mark.parametrize("draft", [DRAFT._replace(note=""), DRAFT._replace(company_id="")])
def test_without_a_note_or_a_company_there_is_nothing_to_note(
    open_workspace: Callable[..., Workspace], draft: CallDraft
) -> None:
    workspace = open_workspace(call_note_field="Last call note")
    assert len(workspace.writes.log_call(draft)) == 1


def test_a_note_for_a_company_that_is_not_here_logs_no_half_of_a_call(
    open_workspace: Callable[..., Workspace],
) -> None:
    workspace = open_workspace(call_note_field="Last call note")
    with pytest.raises(NotFoundError):
        workspace.writes.log_call(DRAFT._replace(company_id="nobody"))
    assert workspace.reads.calls() == ()
    assert workspace.reads.outbox() == ()


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (DRAFT._replace(nr=" "), "nr"),
        (DRAFT._replace(external_user_id=""), "external_user_id"),
        (DRAFT._replace(waiting=-1.0), "waiting"),
        (DRAFT._replace(start=START, end=START, waiting=5.0), "waiting"),
        (DRAFT._replace(open_endpoint=True), "open_endpoint"),
    ],
)
def test_a_call_that_can_not_be_sent_is_not_logged(
    workspace: Workspace, draft: CallDraft, field: str
) -> None:
    with pytest.raises(InputError) as refused:
        workspace.writes.log_call(draft)
    assert refused.value.field == field
    assert workspace.reads.calls() == ()


def test_the_open_endpoint_is_taken_if_the_profile_knows_the_tenant(
    open_workspace: Callable[..., Workspace], server: Server, line: Line
) -> None:
    workspace = open_workspace(tenant_uuid=server.options.tenant)
    (call,) = workspace.writes.log_call(DRAFT._replace(open_endpoint=True))
    assert deliver(workspace, call) == [State.DELIVERED]
    assert line.asked[-1] == f"POST /{server.options.tenant}/calls"


def test_a_call_is_edited_and_deleted(workspace: Workspace, server: Server) -> None:
    (made,) = workspace.writes.log_call(DRAFT)
    deliver(workspace, made)
    call = workspace.reads.entry(made.n).result_id
    (edit,) = workspace.writes.edit(CALL, [call], {"waiting": 7})
    assert deliver(workspace, edit) == [State.DELIVERED]
    assert server.get(call, CALL)["waiting"] == 7
    (gone,) = workspace.writes.delete(CALL, [call])
    assert deliver(workspace, gone) == [State.DELIVERED]
    assert server.get(call, CALL) is None
    assert workspace.reads.call(call) is None


def test_a_call_that_was_delivered_meanwhile_is_edited_by_the_id_that_it_had(
    workspace: Workspace, server: Server
) -> None:
    (made,) = workspace.writes.log_call(DRAFT)
    deliver(workspace, made)
    now = workspace.reads.entry(made.n).result_id
    (edit,) = workspace.writes.edit(CALL, [made.record_id], {"waiting": 7})
    assert workspace.writes.note_call(made.record_id, "in May") == ()
    deliver(workspace, edit)
    assert server.get(now, CALL)["waiting"] == 7
    logged = workspace.reads.call(now)
    assert logged is not None
    assert logged.note == "in May"
    (gone,) = workspace.writes.delete(CALL, [made.record_id])
    assert gone.record_id == now


def test_a_call_from_elsewhere_is_kept_by_its_id(workspace: Workspace, server: Server) -> None:
    call = server.post(CALL, nr="1234567", externalUserId="max123")
    workspace.writes.keep_call(server.get(call, CALL))
    kept = workspace.reads.call(call)
    assert kept is not None
    assert kept.call.nr == "1234567"


# -- what can be done with an entry


def test_an_entry_is_held_sent_again_and_dropped(
    workspace: Workspace, server: Server, company: str
) -> None:
    (entry,) = workspace.writes.edit(COMPANY, [company], {"city": "Umeå"})
    assert workspace.writes.hold(entry.n).state is State.HELD
    found = workspace.reads.company(company)
    assert found is not None
    assert found.state is State.HELD
    assert workspace.writes.retry(entry.n).state is State.QUEUED
    assert workspace.writes.hold(entry.n).state is State.HELD
    assert deliver(workspace, entry) == [State.HELD]
    assert workspace.writes.discard(entry.n).state is State.DROPPED
    assert shown(workspace, company) == server.get(company)
    with pytest.raises(InputError):
        workspace.writes.retry(entry.n)


def test_a_call_that_is_dropped_leaves_the_log(workspace: Workspace, line: Line) -> None:
    line.once("POST *", lost_answer)
    (call,) = workspace.writes.log_call(DRAFT)
    assert deliver(workspace, call) == [State.NOT_SURE]
    assert workspace.reads.calls()[0].state is State.NOT_SURE
    workspace.writes.discard(call.n)
    assert workspace.reads.calls() == ()


def test_an_edit_that_the_local_copy_cannot_show_is_no_failed_edit(
    workspace: Workspace, server: Server, company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("The disk is full: nothing was saved.")

    with monkeypatch.context() as disk:
        disk.setattr(workspace._store.mirror, "lay_again", full)
        heard: list[Changed] = []
        workspace.subscribe(heard.append)
        (entry,) = workspace.writes.edit(COMPANY, [company], {"city": "Umeå"})
    assert Changed(Topic.OUTBOX) in heard
    assert deliver(workspace, entry) == [State.DELIVERED]
    assert server.get(company)["city"] == "Umeå"


def test_edits_keep_what_was_there_before_them(workspace: Workspace, company: str) -> None:
    before = shown(workspace, company).get("city")
    workspace.writes.edit(COMPANY, [company], {"city": "Umeå"})
    (entry,) = workspace.writes.edit(COMPANY, [company], {"city": "Lund"})
    assert entry.changes == (Change("city", "Umeå", "Lund"),)
    assert before != "Umeå"


def test_many_are_changed_by_a_plan_alone(workspace: Workspace, server: Server) -> None:
    writes, ids = workspace.writes, server.ids()[:6]
    rows = [edited(COMPANY, raw, {"city": "Umeå"}) for raw in workspace.reads.raws(COMPANY, ids)]
    deeds: tuple[Callable[[], object], ...] = (
        lambda: writes.edit(COMPANY, ids, {"city": "Umeå"}),
        lambda: writes.change(COMPANY, rows),
        lambda: writes.tag(COMPANY, ids, ["brand-new"]),
        lambda: writes.delete(COMPANY, ids),
    )
    for deed in deeds:
        with pytest.raises(GuardrailError, match="6 records are changed by a plan"):
            deed()
    assert workspace.reads.outbox() == ()
    assert len(writes.tag(COMPANY, ids[:5], ["brand-new"])) == 5
