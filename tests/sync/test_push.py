from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.edits import Change
from planhat_tui.model.events import Topic
from planhat_tui.model.outbox import Action, NewEntry, State
from planhat_tui.model.records import Kind
from planhat_tui.sync import session
from tests.sync.rig import (
    SECONDS,
    after,
    answer,
    changed_answer,
    html,
    lost_answer,
    lost_request,
)

if TYPE_CHECKING:
    from planhat_tui.model.values import Json
    from tests.sync.rig import Desk, Fault, Server, Time

OLD = 60.0
"""Seconds after which a copy is too old to be merged into."""
DELIVERED, NOT_SURE, REFUSED = State.DELIVERED, State.NOT_SURE, State.REFUSED


@pytest.fixture
def company(server: Server) -> str:
    """Return a company whose phase is set, so that edits have something to change."""
    company = server.ids()[0]
    server.put(company, phase="onboarding", city="Lund", tags=["a", "b"], custom={"Plan": "Gold"})
    return company


@pytest.fixture
def ready(company: str, desk: Desk) -> Desk:
    """Return a desk whose copy has that company."""
    assert company
    desk.fill()
    desk.line.asked.clear()
    desk.line.bodies.clear()
    return desk


def phase(after: str, before: str = "onboarding") -> Change:
    return Change("phase", before, after)


# -- edits


def test_an_edit_arrives_and_is_no_longer_pending(
    ready: Desk, server: Server, company: str
) -> None:
    entry = ready.edit(company, phase("renewal"))
    assert ready.company(company).state is State.QUEUED
    assert ready.delivered(entry) == [DELIVERED]
    assert server.get(company)["phase"] == "renewal"
    assert ready.company(company).state is None
    assert ready.company(company).server == server.get(company)
    assert ready.line.asked == [f"PUT /companies/{company}"]
    assert ready.line.bodies == [{"phase": "renewal"}]
    ready.wait(lambda: ready.told_of(Topic.OUTBOX) and ready.told_of(Topic.COMPANY, company))


def test_edits_that_wait_together_go_as_one(ready: Desk, server: Server, company: str) -> None:
    entries = [
        ready.edit(company, phase("renewal")),
        ready.edit(company, phase("churned", "renewal")),
        ready.edit(company, Change("city", "Lund", "Malmö")),
    ]
    assert ready.delivered(*entries) == [DELIVERED] * 3
    assert ready.line.sent("PUT *") == [{"phase": "churned", "city": "Malmö"}]
    assert server.get(company)["city"] == "Malmö"


def test_what_is_back_where_it_was_is_not_sent(ready: Desk, company: str) -> None:
    entries = [
        ready.edit(company, phase("renewal")),
        ready.edit(company, phase("onboarding", "renewal")),
    ]
    assert ready.delivered(*entries) == [DELIVERED] * 2
    assert ready.line.count("PUT *") == 0


def test_a_value_is_cleared(ready: Desk, server: Server, company: str) -> None:
    entry = ready.edit(company, Change("city", "Lund", None), Change("custom.Plan", "Gold", None))
    assert ready.delivered(entry) == [DELIVERED]
    assert not server.get(company).get("city")
    assert "Plan" not in server.get(company)["custom"]


def test_tags_are_merged_with_what_somebody_else_did(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.edit(company, Change("tags", ["a", "b"], ["a", "mine"]))
    server.put(company, tags=["b", "theirs", "a"])
    time.leap(OLD)
    assert ready.delivered(entry) == [DELIVERED]
    assert server.get(company)["tags"] == ["theirs", "a", "mine"]
    assert ready.company(company).raw["tags"] == ["theirs", "a", "mine"]


def test_custom_fields_are_merged_key_by_key(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.edit(company, Change("custom.Mine", None, 5))
    server.put(company, custom={"Plan": "Silver", "New": True})
    time.leap(OLD)
    assert ready.delivered(entry) == [DELIVERED]
    custom = server.get(company)["custom"]
    assert (custom["Mine"], custom["Plan"], custom["New"]) == (5, "Silver", True)


def test_a_young_copy_saves_a_read(ready: Desk, company: str, time: Time) -> None:
    ready.refresh(Topic.COMPANY, company)
    first = ready.edit(company, Change("tags", ["a", "b"], ["a"]))
    ready.deliver(first)
    assert ready.line.count("GET /companies/*") == 1
    time.leap(OLD)
    second = ready.edit(company, Change("tags", ["a"], []))
    ready.deliver(second)
    assert ready.line.count("GET /companies/*") == 2


def test_a_company_known_by_name_only_is_read_before_it_is_changed(
    desk: Desk, server: Server, company: str
) -> None:
    desk.refresh(Topic.COMPANY)
    entry = desk.edit(company, Change("phase", None, "renewal"))
    assert desk.delivered(entry) == [State.CONFLICT]
    assert server.get(company)["phase"] == "onboarding"


def test_the_same_field_changed_on_both_sides_is_a_conflict_and_nothing_is_overwritten(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    mine = ready.edit(company, phase("renewal"))
    tags = ready.edit(company, Change("tags", ["a", "b"], ["a"]))
    server.put(company, phase="churned")
    time.leap(OLD)
    assert ready.delivered(mine, tags) == [State.CONFLICT, DELIVERED]
    assert "Phase" in ready.entry(mine).reason
    assert server.get(company)["phase"] == "churned"
    assert server.get(company)["tags"] == ["a"]
    shown = ready.company(company)
    assert (shown.raw["phase"], shown.state) == ("renewal", State.CONFLICT)


def test_behind_a_conflict_its_field_waits_and_nobody_waits_for_it(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    mine = ready.edit(company, phase("renewal"), Change("tags", ["a", "b"], ["a"]))
    server.put(company, phase="churned")
    time.leap(OLD)
    ready.deliver(mine)
    later = ready.edit(company, phase("lost", "renewal"))
    city = ready.edit(company, Change("city", "Lund", "Malmö"))
    assert ready.delivered(later, city) == [State.QUEUED, DELIVERED]
    assert server.get(company)["phase"] == "churned"


def test_both_sides_who_wanted_the_same_are_content(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.edit(company, phase("renewal"), Change("tags", ["a", "b"], ["a"]))
    server.put(company, phase="renewal", tags=["a"])
    time.leap(OLD)
    assert ready.delivered(entry) == [DELIVERED]
    assert ready.line.count("PUT *") == 0


def test_a_copy_from_the_future_is_not_trusted(
    ready: Desk, server: Server, time: Time, company: str
) -> None:
    time.leap(-3600)  # the machine's clock was set back
    server.put(company, tags=["a", "b", "theirs"])
    entry = ready.edit(company, Change("tags", ["a", "b"], ["a", "b", "mine"]))
    assert ready.delivered(entry) == [State.DELIVERED]
    assert ready.line.count(f"GET /companies/{company}") == 1
    assert set(server.get(company)["tags"]) == {"a", "b", "theirs", "mine"}


def test_a_field_that_planhat_takes_and_drops_is_told(
    ready: Desk, server: Server, company: str
) -> None:
    entry = ready.edit(company, phase("renewal"))
    city = ready.edit(company, Change("city", "Lund", "Malmö"))
    ready.line.once("PUT *", changed_answer(lambda c: {**c, "phase": "onboarding"}))
    assert ready.delivered(entry, city) == [REFUSED, DELIVERED]
    assert "didn't keep Phase" in ready.entry(entry).reason
    assert server.get(company)["city"] == "Malmö"
    assert ready.company(company).state is REFUSED


@pytest.mark.parametrize(
    ("change", "answered", "named"),
    [
        (Change("tags", ["a", "b"], ["a", "vip"]), {"tags": ["a"]}, "Tags"),
        (Change("tags", ["a", "b"], []), {"tags": ["a", "b"]}, "Tags"),
        (Change("custom.Plan", "Gold", "Silver"), {"custom": {"Plan": "Gold"}}, "Plan"),
        (Change("custom.Plan", "Gold", None), {"custom": {"Plan": "Gold"}}, "Plan"),
        (Change("custom.Chairs", None, 5), {"custom": {"Plan": "Gold"}}, "Chairs"),
        (Change("custom.Chairs", None, 5), {"custom": {}}, "Chairs"),
        (Change("city", "Lund", "Malmö"), {"city": None}, "City"),
    ],
)
def test_whatever_planhat_drops_is_named(
    change: Change, answered: dict[str, object], named: str, ready: Desk, company: str
) -> None:
    entry = ready.edit(company, change)
    ready.line.once("PUT *", changed_answer(lambda c: {**c, **answered}))
    assert ready.delivered(entry) == [REFUSED]
    assert ready.entry(entry).reason == f"Planhat took the edit and didn't keep {named}."


@pytest.mark.parametrize(
    ("kind", "sent", "answered", "named"),
    [
        (Kind.COMPANY, {"tags": ["a"]}, {"tags": []}, "Tags"),
        (Kind.COMPANY, {"custom": {"Plan": "Gold"}}, {"custom": {}}, "Plan"),
        (Kind.CONTACT, {"phone": "1"}, {"phone": ""}, "Phone"),
        (Kind.CALL, {"waiting": 3}, {"waiting": None}, "Waiting (s)"),
    ],
)
def test_and_of_whatever_is_made(  # noqa: PLR0917 -- a row of the table
    kind: Kind,
    sent: dict[str, Json],
    answered: dict[str, object],
    named: str,
    ready: Desk,
    company: str,
) -> None:
    needed: dict[Kind, dict[str, Json]] = {
        Kind.COMPANY: {"name": "Newcomer AB"},
        Kind.CONTACT: {"name": "Ada", "companyId": company},
        Kind.CALL: {"nr": "1", "externalUserId": "max123"},
    }
    ready.line.once("POST *", changed_answer(lambda c: {**c, **answered}))
    made = ready.create("new-1", kind, **needed[kind], **sent)
    assert ready.delivered(made) == [DELIVERED]
    assert ready.entry(made).reason == f"Planhat didn't keep {named}."


def test_an_open_call_is_compared_with_what_its_answer_tells(ready: Desk, server: Server) -> None:
    tenant = server.options.tenant
    ready.line.once("POST *", changed_answer(lambda c: {"nr": c["nr"]}))
    first = ready.add(call(tenant))
    assert ready.delivered(first) == [DELIVERED]
    assert ready.entry(first).reason == ""
    ready.line.once("POST *", changed_answer(lambda c: {**c, "nr": "2"}))
    second = ready.add(call(tenant))
    assert ready.delivered(second) == [DELIVERED]
    assert "didn't keep Number" in ready.entry(second).reason


def test_what_planhat_refuses_comes_with_its_words(ready: Desk, company: str) -> None:
    entry = ready.edit(company, Change("custom.Deep", None, {"a": {"b": 1}}))
    assert ready.delivered(entry) == [REFUSED]
    assert "custom.Deep must be" in ready.entry(entry).reason
    assert ready.line.count("PUT *") == 1


def test_an_edit_of_a_record_that_is_gone_is_kept_and_said(
    ready: Desk, server: Server, company: str
) -> None:
    entry = ready.edit(company, phase("renewal"))
    server.delete(company)
    assert ready.delivered(entry) == [REFUSED]
    assert "deleted by somebody else" in ready.entry(entry).reason
    assert ready.company(company).raw["phase"] == "renewal"


def test_a_contact_is_edited(ready: Desk, server: Server) -> None:
    contact = server.ids(Kind.CONTACT)[0]
    before = server.get(contact, Kind.CONTACT)
    entry = ready.edit(
        contact,
        Change("position", before.get("position"), "Stargazer"),
        Change("tags", before["tags"], ["champion"]),
        Change("featured", before["featured"], not before["featured"]),
        kind=Kind.CONTACT,
    )
    assert ready.delivered(entry) == [DELIVERED]
    now = server.get(contact, Kind.CONTACT)
    assert (now["position"], now["tags"]) == ("Stargazer", ["champion"])
    assert ready.contact(contact).raw == now


# -- answers that don't come


@pytest.mark.parametrize(
    ("fault", "puts"),
    [
        (lost_answer, 1),
        (lost_request, 2),
        (answer(500), 2),
        (answer(504), 2),
        (html(), 2),
        (html(404), 2),
    ],
)
def test_an_edit_whose_answer_was_lost_is_read_back_and_settled(
    ready: Desk, server: Server, company: str, fault: Fault, puts: int
) -> None:
    entry = ready.edit(company, phase("renewal"))
    ready.line.once("PUT *", fault)
    assert ready.delivered(entry) == [NOT_SURE]
    assert ready.company(company).state is NOT_SURE
    assert ready.entry(entry).reason
    ready.engine.wake()
    ready.wait_for_state(entry, DELIVERED)
    assert server.get(company)["phase"] == "renewal"
    assert ready.line.count("PUT *") == puts
    assert ready.line.count("GET /companies/*") == 1


def test_what_is_not_sure_settles_without_anybodys_wish(
    ready: Desk, server: Server, company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_UNSURE_PAUSE", 0.0)
    entry = ready.edit(company, phase("renewal"))
    ready.line.once("PUT *", lost_request)
    ready.line.once("PUT *", lost_request)
    ready.engine.wake()
    ready.wait_for_state(entry, DELIVERED)
    assert server.get(company)["phase"] == "renewal"
    assert ready.line.count("PUT *") == 3


def test_what_somebody_changed_while_the_answer_was_lost_is_not_overwritten(
    ready: Desk, server: Server, company: str
) -> None:
    entry = ready.edit(company, phase("renewal"))
    ready.line.once("PUT *", lost_answer)
    ready.deliver(entry)
    server.put(company, phase="churned")
    ready.engine.wake()
    ready.wait_for_state(entry, State.CONFLICT)
    assert server.get(company)["phase"] == "churned"


@pytest.mark.parametrize("fault", [lost_answer, lost_request])
def test_a_delete_whose_answer_was_lost_is_settled(
    ready: Desk, server: Server, company: str, fault: Fault
) -> None:
    entry = ready.delete(company)
    ready.line.once("DELETE *", fault)
    assert ready.delivered(entry) == [NOT_SURE]
    ready.engine.wake()
    ready.wait_for_state(entry, DELIVERED)
    assert server.get(company) is None
    assert ready.store.mirror.company(company) is None


def test_a_create_whose_answer_was_lost_is_never_sent_again_by_itself(
    ready: Desk, server: Server, company: str
) -> None:
    made = ready.create("new-1", name="Newcomer AB")
    ready.line.once("POST *", lost_answer)
    assert ready.delivered(made) == [NOT_SURE]
    edit = ready.edit(company, phase("renewal"))
    assert ready.delivered(edit) == [DELIVERED]  # and nothing else waits for it
    assert ready.entry(made).state is NOT_SURE
    assert ready.line.count("POST *") == 1
    assert len(server.named("Newcomer AB")) == 1
    assert ready.company("new-1").state is NOT_SURE


def test_a_person_may_send_a_create_again(ready: Desk, server: Server) -> None:
    made = ready.create("new-1", name="Newcomer AB")
    ready.line.once("POST *", lost_request)
    ready.deliver(made)
    ready.store.outbox.retry(made.n)
    assert ready.delivered(made) == [DELIVERED]
    assert len(server.named("Newcomer AB")) == 1


# -- records made here


def test_a_company_is_made_and_gets_its_id(ready: Desk, server: Server) -> None:
    made = ready.create("new-1", name="Newcomer AB", tags=["vip"], custom={"Plan": "Gold"})
    assert ready.company("new-1").raw["name"] == "Newcomer AB"
    assert ready.delivered(made) == [DELIVERED]
    (company,) = server.named("Newcomer AB")
    assert ready.entry(made).result_id == company
    assert ready.store.mirror.company("new-1") is None
    assert ready.company(company).server == server.get(company)
    ready.wait(lambda: ready.told_of(Topic.COMPANY, "new-1", company))


def test_an_id_from_here_is_replaced_everywhere(ready: Desk, server: Server) -> None:
    entries = [
        ready.create("new-1", name="Newcomer AB"),
        ready.create("new-2", Kind.CONTACT, companyId="new-1", name="Ada", email="a@x.example"),
        ready.edit("new-1", Change("phase", None, "renewal")),
        ready.edit("new-2", Change("position", None, "Stargazer"), kind=Kind.CONTACT),
        ready.create("new-3", name="new-1 is only a name"),
    ]
    moved = server.ids(Kind.CONTACT)[0]
    at = server.get(moved, Kind.CONTACT)["companyId"]
    entries.append(ready.edit(moved, Change("companyId", at, "new-1"), kind=Kind.CONTACT))
    assert ready.delivered(*entries) == [DELIVERED] * 6
    (company,) = server.named("Newcomer AB")
    assert server.get(company)["phase"] == "renewal"
    contacts = {
        contact["name"]: contact
        for contact in (server.get(one, Kind.CONTACT) for one in server.ids(Kind.CONTACT))
        if contact["companyId"] == company
    }
    assert contacts["Ada"]["position"] == "Stargazer"
    assert moved in {contact["_id"] for contact in contacts.values()}
    assert server.named("new-1 is only a name")
    rows = ready.store.mirror.contacts_of(company)
    assert {row.id for row in rows} == {contact["_id"] for contact in contacts.values()}
    assert ready.store.mirror.contacts_of("new-1") == ()
    assert all(not ready.entry(entry).record_id.startswith("new-") for entry in entries)


def test_what_planhat_did_not_keep_of_a_new_record_is_told(ready: Desk, server: Server) -> None:
    made = ready.create("new-1", name="Newcomer AB", arr=1000)
    assert ready.delivered(made) == [DELIVERED]
    assert ready.entry(made).reason == "Planhat didn't keep ARR."
    (company,) = server.named("Newcomer AB")
    assert ready.company(company).raw["arr"] == 0


def test_a_company_that_is_refused_keeps_its_contacts_back_and_nobody_waits(
    ready: Desk,
) -> None:
    made = ready.create("new-1", name="")
    contact = ready.create("new-2", Kind.CONTACT, companyId="new-1", name="Ada")
    edit = ready.edit("new-1", Change("phase", None, "renewal"))
    assert ready.delivered(made, contact, edit) == [REFUSED, State.QUEUED, State.QUEUED]
    assert "name is required" in ready.entry(made).reason


def test_a_deleted_company_is_gone_with_its_contacts(
    ready: Desk, server: Server, company: str
) -> None:
    contacts = [row.id for row in ready.store.mirror.contacts_of(company)]
    edit = ready.edit(company, phase("renewal"))
    entry = ready.delete(company)
    assert ready.delivered(edit, entry) == [DELIVERED] * 2
    assert server.get(company) is None
    assert ready.store.mirror.company(company) is None
    assert not any(ready.store.mirror.contact(one) for one in contacts)
    assert ready.line.asked == [f"PUT /companies/{company}", f"DELETE /companies/{company}"]


def test_a_web_page_is_no_proof_that_a_record_is_gone(
    ready: Desk, server: Server, company: str
) -> None:
    entry = ready.delete(company)
    ready.line.once("DELETE *", html(404))
    assert ready.delivered(entry) == [NOT_SURE]
    assert "web page" in ready.entry(entry).reason
    ready.engine.wake()
    ready.wait_for_state(entry, DELIVERED)
    assert server.get(company) is None


def test_to_delete_what_somebody_else_deleted_is_done(
    ready: Desk, server: Server, company: str
) -> None:
    entry = ready.delete(company)
    server.delete(company)
    assert ready.delivered(entry) == [DELIVERED]
    assert ready.store.mirror.company(company) is None


# -- calls


def call(open_tenant: str = "") -> NewEntry:
    body = {"nr": "+46 70 123 45 67", "externalUserId": "max123"}
    return NewEntry(
        Kind.CALL, Action.CREATE, "new-call", "a call", body=dict(body), open_tenant=open_tenant
    )


def log(desk: Desk, new: NewEntry) -> None:
    desk.store.calls.put({**(new.body or {}), "_id": new.record_id}, note="a note")


def test_a_call_is_logged_edited_and_deleted(ready: Desk, server: Server) -> None:
    log(ready, call())
    made = ready.add(call())
    edit = ready.edit("new-call", Change("waiting", None, 12), kind=Kind.CALL)
    assert ready.delivered(made, edit) == [DELIVERED] * 2
    call_id = ready.entry(made).result_id
    assert server.get(call_id, Kind.CALL)["waiting"] == 12
    (logged,) = ready.store.calls.list()
    assert (logged.call.id, logged.note, logged.state) == (call_id, "a note", None)
    assert logged.call.agent_id == server.get(call_id, Kind.CALL).get("agentId", "")
    ready.wait(lambda: ready.told_of(Topic.CALL, call_id))
    gone = ready.delete(call_id, Kind.CALL)
    assert ready.delivered(gone) == [DELIVERED]
    assert server.get(call_id, Kind.CALL) is None
    assert ready.store.calls.list() == ()


def test_a_call_through_the_open_endpoint_goes_without_the_token(
    ready: Desk, server: Server
) -> None:
    tenant = server.options.tenant
    log(ready, call())
    made = ready.add(call(open_tenant=tenant))
    assert ready.delivered(made) == [DELIVERED]
    assert ready.line.asked == [f"POST /{tenant}/calls"]
    assert ready.line.tokens[-1] == ""
    assert not ready.entry(made).reason
    assert len(ready.store.calls.list()) == 1


def test_an_open_call_that_comes_back_without_an_id_stays_in_the_log(
    ready: Desk, server: Server
) -> None:
    log(ready, call())
    made = ready.add(call(open_tenant=server.options.tenant))
    ready.line.once("POST *", answer(200, "OK"))
    assert ready.delivered(made) == [DELIVERED]
    assert ready.entry(made).result_id == ""
    (logged,) = ready.store.calls.list()
    assert (logged.call.id, logged.state) == ("new-call", None)


def test_a_call_whose_answer_was_lost_stays_not_sure(ready: Desk, company: str) -> None:
    log(ready, call())
    made = ready.add(call())
    ready.line.once("POST *", lost_answer)
    assert ready.delivered(made) == [NOT_SURE]
    edit = ready.edit(company, phase("renewal"))
    assert ready.delivered(edit) == [DELIVERED]
    assert ready.entry(made).state is NOT_SURE
    assert ready.line.count("POST *") == 1
    assert ready.store.calls.list()[0].state is NOT_SURE


# -- the rate limit


def test_what_met_the_limit_is_sent_again(ready: Desk, server: Server, company: str) -> None:
    edit = ready.edit(company, phase("renewal"))
    made = ready.create("new-1", name="Newcomer AB")
    ready.line.once("PUT *", answer(429, retry_after="1"))
    waiting = ready.engine.deliver([edit.n, made.n])
    ready.wait(lambda: "429" in ready.entry(edit).reason)
    ready.line.once("POST *", answer(429, retry_after="1"))
    ready.engine.wake()
    ready.wait(lambda: "429" in ready.entry(made).reason)
    ready.engine.wake()
    assert [entry.state for entry in waiting.result(SECONDS)] == [DELIVERED] * 2
    assert server.get(company)["phase"] == "renewal"
    assert len(server.named("Newcomer AB")) == 1
    assert (ready.line.count("PUT *"), ready.line.count("POST *")) == (2, 2)


def test_what_is_edited_while_the_same_record_is_on_its_way_follows(
    ready: Desk, server: Server, company: str
) -> None:
    later = []
    first = ready.edit(company, phase("renewal"))
    ready.line.once(
        "PUT *",
        after(lambda: later.append(ready.edit(company, phase("churned", "renewal")))),
    )
    assert ready.delivered(first) == [DELIVERED]
    assert ready.delivered(*later) == [DELIVERED]
    assert ready.line.sent("PUT *") == [{"phase": "renewal"}, {"phase": "churned"}]
    assert server.get(company)["phase"] == "churned"
