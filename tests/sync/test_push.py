from __future__ import annotations

import asyncio
import json
from email.utils import formatdate
from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest

from planhat_tui.errors import RateLimitedError
from planhat_tui.model.doubts import GRACE
from planhat_tui.model.edits import Change
from planhat_tui.model.events import Topic
from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import Action, Made, NewEntry, State
from planhat_tui.model.records import Kind
from planhat_tui.store.lease import SEND_LEASE, this_process
from planhat_tui.store.tenant import TenantStore
from planhat_tui.sync.session import LEASE_SECONDS
from tests.sync.rig import (
    SECONDS,
    Desk,
    Line,
    Time,
    after,
    and_others_use_the_limit_up,
    and_then,
    answer,
    changed_answer,
    html,
    lost_answer,
    lost_request,
    no_network,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.model.values import Json
    from planhat_tui.sync.session import Session
    from tests.sync.rig import Fault, Forward, Server

OLD = 60.0
"""Seconds after which a copy is too old to be merged into."""
DELIVERED, NOT_SURE, QUEUED, REFUSED = (
    State.DELIVERED,
    State.NOT_SURE,
    State.QUEUED,
    State.REFUSED,
)


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


def test_one_edit_has_its_turn_while_a_large_step_is_being_sent(
    ready: Desk, server: Server
) -> None:
    def noted(company: str, step: str) -> NewEntry:
        change = Change("custom.Noted", None, step)
        return NewEntry(Kind.COMPANY, Action.UPDATE, company, "Noted", (change,), step=step)

    *many, other, last = server.ids()
    bulk = ready.store.outbox.add(*(noted(one, "bulk") for one in many))
    for one in (other, last):
        fresh = noted(one, f"step of {one}")
        ready.line.once("PUT *", after(partial(ready.store.outbox.add, fresh)))
    assert set(ready.delivered(*bulk)) == {DELIVERED}
    sent = [told.removeprefix("PUT /companies/") for told in ready.line.asked if "PUT" in told]
    assert sent == [*many[:2], other, many[2], last, *many[3:]]


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


@pytest.mark.parametrize("how", ["held", "refused"])
def test_an_edit_that_is_dropped_makes_no_conflict_of_the_next_one(
    ready: Desk, server: Server, company: str, how: str
) -> None:
    if how == "refused":
        ready.line.once(f"PUT /companies/{company}", answer(400, '{"message":"no"}'))
    first = ready.edit(company, Change("phase", "onboarding", "renewal"))
    if how == "held":
        ready.store.outbox.hold(first.n)
    ready.deliver(first)
    later = ready.edit(company, Change("phase", "renewal", "churned"))
    ready.store.outbox.discard(first.n)
    ready.deliver(later)
    assert ready.entry(later).state is DELIVERED
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


def test_of_an_edit_planhat_may_keep_a_part(ready: Desk, server: Server, company: str) -> None:
    before = server.get(company)["city"]
    entry = ready.edit(company, phase("renewal"), Change("city", before, "Malmö"))
    ready.line.once("PUT *", changed_answer(lambda c: {**c, "phase": "onboarding"}))
    (lost,) = ready.deliver(entry)
    assert (lost.state, lost.changes) == (REFUSED, (phase("renewal"),))
    assert lost.reason == "Planhat took the edit and didn't keep Phase."
    (kept,) = [e for e in ready.store.journal.edits_of(Kind.COMPANY, company) if e.n != lost.n]
    assert (kept.state, kept.changes) == (DELIVERED, (Change("city", before, "Malmö"),))
    assert (kept.step, kept.reason) == (lost.step, "")
    ready.store.outbox.discard(lost.n)
    ready.store.refresh_overlay(Kind.COMPANY, company)
    assert ready.company(company).raw["city"] == "Malmö"
    (seen, *_) = [
        one for one in ready.store.history.of(Kind.COMPANY, company) if one.change.field == "city"
    ]
    assert seen.ours


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


def test_an_edit_of_what_was_deleted_from_here_says_so(ready: Desk, server: Server) -> None:
    contact = server.ids(Kind.CONTACT)[0]
    company = str(server.get(contact, Kind.CONTACT)["companyId"])
    gone = ready.delete(company)
    edit = ready.edit(company, phase("renewal"))
    name = Change("name", server.get(contact, Kind.CONTACT)["name"], "Ada")
    of_contact = ready.edit(contact, name, kind=Kind.CONTACT)
    assert ready.delivered(gone, edit, of_contact) == [DELIVERED, REFUSED, REFUSED]
    assert ready.entry(edit).reason == "It was deleted from here."
    told = f"It went with {gone.title}, which was deleted from here."
    assert ready.entry(of_contact).reason == told


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


@pytest.mark.parametrize("fault", [answer(500), html(), lost_answer])
def test_an_edit_that_never_left_waits_and_is_no_doubt(
    ready: Desk, server: Server, company: str, time: Time, fault: Fault
) -> None:
    time.leap(OLD)
    entry = ready.edit(company, phase("renewal"))
    ready.line.once("GET /companies/*", fault)
    assert ready.delivered(entry) == [QUEUED]
    assert ready.line.count("PUT *") == 0
    assert ready.delivered(entry) == [DELIVERED]
    assert server.get(company)["phase"] == "renewal"


def test_what_may_have_been_saved_says_so_and_that_it_is_read_back(
    ready: Desk, company: str
) -> None:
    entry = ready.edit(company, phase("renewal"))
    ready.line.once("PUT *", answer(500))
    ready.deliver(entry)
    assert ready.entry(entry).reason == (
        "Planhat failed (500); the company may have been saved.  It is read back by itself."
    )


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
def test_an_edit_whose_answer_was_lost_is_read_back_and_settled(  # noqa: PLR0917 -- its table
    ready: Desk, server: Server, company: str, time: Time, fault: Fault, puts: int
) -> None:
    entry = ready.edit(company, phase("renewal"))
    ready.line.once("PUT *", fault)
    assert ready.delivered(entry) == [NOT_SURE]
    assert ready.company(company).state is NOT_SURE
    assert ready.entry(entry).reason
    ready.look_at_the_outbox()
    assert ready.line.count("GET /companies/*") == 1
    assert ready.entry(entry).state is (DELIVERED if puts == 1 else NOT_SURE)
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(entry).state is DELIVERED
    assert server.get(company)["phase"] == "renewal"
    assert ready.line.count("PUT *") == puts


def test_an_edit_that_lands_late_is_not_sent_twice_and_overwrites_nothing(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.edit(company, phase("renewal"))
    ready.line.once("PUT *", lost_request)
    ready.deliver(entry)
    ready.look_at_the_outbox()
    assert "may still land" in ready.entry(entry).reason
    later = ready.edit(company, phase("won", "renewal"))
    assert ready.delivered(later) == [State.QUEUED]  # what may still land would overwrite it
    server.put(company, phase="renewal")  # now it lands
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert [ready.entry(one).state for one in (entry, later)] == [DELIVERED] * 2
    assert ready.line.sent("PUT *") == [{"phase": "renewal"}, {"phase": "won"}]


def test_a_custom_field_that_lands_late_takes_no_other_one_back(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    mine = ready.edit(company, Change("custom.Plan", "Gold", "Silver"))
    ready.line.once("PUT *", lost_request)
    ready.deliver(mine)
    (late,) = ready.line.sent("PUT *")
    seats = server.get(company)["custom"].get("Seats")
    later = ready.edit(company, Change("custom.Seats", seats, 7))
    assert ready.delivered(later) == [QUEUED]
    server.put(company, **late)  # now it lands, with every custom field as it was
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert [ready.entry(one).state for one in (mine, later)] == [DELIVERED] * 2
    custom = server.get(company)["custom"]
    assert (custom["Plan"], custom["Seats"]) == ("Silver", 7)


def test_what_somebody_changed_while_the_answer_was_lost_is_not_overwritten(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.edit(company, phase("renewal"))
    ready.line.once("PUT *", lost_answer)
    ready.deliver(entry)
    server.put(company, phase="churned")
    ready.look_at_the_outbox()
    assert ready.entry(entry).state is NOT_SURE  # it may still land, and overwrite theirs
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(entry).state is State.CONFLICT
    assert server.get(company)["phase"] == "churned"


def test_each_edit_of_a_record_waits_for_its_own_grace_time(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    first = ready.edit(company, Change("city", "Lund", "Malmö"))
    ready.line.once("PUT *", lost_request)
    ready.deliver(first)
    ready.look_at_the_outbox()
    time.leap(GRACE - 20)
    second = ready.edit(company, phase("renewal"))
    ready.line.once("PUT *", lost_request)
    ready.deliver(second)
    time.leap(25)
    ready.look_at_the_outbox()
    assert [ready.entry(one).state for one in (first, second)] == [DELIVERED, NOT_SURE]
    third = ready.edit(company, phase("won", "renewal"))
    assert ready.delivered(third) == [QUEUED]
    server.put(company, phase="renewal")  # now the second lands
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert [ready.entry(one).state for one in (second, third)] == [DELIVERED] * 2
    assert server.get(company)["phase"] == "won"


def test_what_has_landed_is_settled_whatever_else_of_the_record_has_not(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    outbox = ready.store.outbox
    moves = [Change("city", "Lund", "Malmö"), Change("city", "Malmö", "Ystad")]
    edits = [NewEntry(Kind.COMPANY, Action.UPDATE, company, "Moved", (move,)) for move in moves]
    landed = outbox.add(*edits)
    ready.line.once("PUT *", lost_request)
    ready.deliver(*landed)
    other = ready.edit(company, phase("renewal"))
    ready.line.once("PUT *", lost_request)
    ready.deliver(other)
    server.put(company, city="Ystad")  # now what was sent first lands
    ready.look_at_the_outbox()
    assert [ready.entry(one).state for one in landed] == [DELIVERED] * 2
    assert ready.entry(other).state is NOT_SURE
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(other).state is DELIVERED
    assert ready.line.sent("PUT *")[1:] == [{"phase": "renewal"}] * 2


@pytest.mark.parametrize("kind", ["edit", "delete", "create"])
@pytest.mark.parametrize("waited", [0.0, GRACE])
def test_a_doubt_that_a_person_discards_while_it_is_looked_up_stays_discarded(  # noqa: PLR0917 -- a table
    ready: Desk, server: Server, company: str, time: Time, kind: str, waited: float
) -> None:
    entry = {
        "edit": lambda: ready.edit(company, phase("renewal")),
        "delete": lambda: ready.delete(company),
        "create": lambda: ready.create("new-1", name="Newcomer AB"),
    }[kind]()
    for verb in ("PUT", "DELETE", "POST"):
        ready.line.once(f"{verb} *", lost_request)
    ready.deliver(entry)
    ready.rest()
    ready.line.calm()
    time.leap(waited)
    ready.line.once("GET *ompanies*", after(lambda: ready.store.outbox.discard(entry.n)))
    ready.look_at_the_outbox()
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(entry).state is State.DROPPED
    assert server.get(company)["phase"] == "onboarding"
    assert server.named("Newcomer AB") == []


@pytest.mark.parametrize("fault", [lost_request, lost_answer])
def test_what_a_person_says_of_a_doubt_while_it_is_looked_up_stands(
    ready: Desk, server: Server, time: Time, fault: Fault
) -> None:
    made = ready.create("new-1", name="Newcomer AB")
    ready.line.once("POST *", fault)
    ready.deliver(made)
    ready.rest()
    theirs = server.post(name="Newcomer Limited")
    time.leap(GRACE)
    said = [Made(made.n, "new-1", theirs, "A person said so.")]
    ready.line.once(
        "GET /leancompanies*", after(lambda: ready.store.outbox.made(Kind.COMPANY, said))
    )
    ready.look_at_the_outbox()
    ready.look_at_the_outbox()
    settled = ready.entry(made)
    assert (settled.state, settled.result_id, settled.reason) == (
        DELIVERED,
        theirs,
        "A person said so.",
    )
    assert ready.line.count("POST *") == 1


@pytest.mark.parametrize("fault", [lost_answer, lost_request])
def test_a_delete_whose_answer_was_lost_is_settled(
    ready: Desk, server: Server, company: str, time: Time, fault: Fault
) -> None:
    entry = ready.delete(company)
    ready.line.once("DELETE *", fault)
    assert ready.delivered(entry) == [NOT_SURE]
    ready.look_at_the_outbox()
    assert ready.entry(entry).state is (DELIVERED if fault is lost_answer else NOT_SURE)
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(entry).state is DELIVERED
    assert ready.line.count("DELETE *") == (1 if fault is lost_answer else 2)
    assert server.get(company) is None
    assert ready.store.mirror.company(company) is None


@pytest.mark.parametrize("by", [{}, {"slug": "newcomer"}, {"externalId": "crm-7"}])
def test_a_company_whose_answer_was_lost_is_found_and_not_made_twice(
    ready: Desk, server: Server, company: str, by: dict[str, Json]
) -> None:
    made = ready.create("new-1", Kind.COMPANY, name="Newcomer AB", **by)
    ready.line.once("P[UO][ST]* /companies", lost_answer)
    assert ready.delivered(made) == [NOT_SURE]
    assert ready.company("new-1").state is NOT_SURE
    edit = ready.edit(company, phase("renewal"))
    assert ready.delivered(edit) == [DELIVERED]  # and nothing else waits for it
    ready.look_at_the_outbox()
    assert ready.entry(made).state is DELIVERED
    assert "found at Planhat" in ready.entry(made).reason
    (there,) = server.named("Newcomer AB")
    assert ready.entry(made).result_id == there
    assert ready.company(there).state is None
    assert ready.store.mirror.company("new-1") is None


@pytest.mark.parametrize("by", [{}, {"externalId": "crm-7"}])
def test_a_company_that_never_arrived_is_sent_again_after_the_grace_time(
    ready: Desk, server: Server, time: Time, by: dict[str, Json]
) -> None:
    made = ready.create("new-1", Kind.COMPANY, name="Newcomer AB", **by)
    ready.line.once("P[UO][ST]* /companies", lost_request)
    assert ready.delivered(made) == [NOT_SURE]
    ready.look_at_the_outbox()
    assert ready.entry(made).state is NOT_SURE
    assert "may still land" in ready.entry(made).reason
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(made).state is DELIVERED
    assert len(server.named("Newcomer AB")) == 1


def test_a_clock_that_was_set_back_puts_nothing_off_for_long_and_sends_nothing_early(
    ready: Desk, server: Server, time: Time
) -> None:
    made = ready.create("new-1", name="Newcomer AB")
    ready.line.once("POST *", lost_request)
    ready.deliver(made)
    time.leap(-86_400)
    ready.look_at_the_outbox()
    assert "may still land" in ready.entry(made).reason
    assert ready.line.count("POST *") == 1
    time.leap(GRACE - 10)
    ready.look_at_the_outbox()
    assert ready.line.count("POST *") == 1
    time.leap(20)
    ready.look_at_the_outbox()
    assert ready.entry(made).state is DELIVERED
    assert len(server.named("Newcomer AB")) == 1


def test_a_company_of_that_name_from_before_is_not_taken_for_it(
    ready: Desk, server: Server, time: Time
) -> None:
    before = server.post(name="Newcomer AB")
    time.leap(3600)
    made = ready.create("new-1", name="Newcomer AB")
    ready.line.once("POST *", lost_request)
    ready.deliver(made)
    ready.look_at_the_outbox()
    assert ready.entry(made).state is NOT_SURE
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(made).state is DELIVERED
    assert ready.entry(made).result_id not in {"", before}
    assert len(server.named("Newcomer AB")) == 2


class Dated(Line):
    """A line whose answers tell the server's time, as a server's do."""

    def __init__(self, server: Server, time: Time) -> None:
        super().__init__(server.app)
        self._time = time

    async def _forward(self, request: httpx.Request) -> httpx.Response:
        response = await super()._forward(request)
        response.headers["date"] = formatdate(self._time.now, usegmt=True)
        return response


class Off(Time):
    """A clock that is off from another by so many seconds."""

    def __init__(self, right: Time, by: float) -> None:
        super().__init__()
        self._right, self._by = right, by

    def time(self) -> float:
        return self._right.time() + self._by

    def leap(self, seconds: float) -> None:
        self._right.leap(seconds)


MADE: list[tuple[Kind, dict[str, Json]]] = [
    (Kind.COMPANY, {"name": "Newcomer AB"}),
    (Kind.CONTACT, {"name": "Kim Newcomer", "email": "kim@new.example"}),
]


@pytest.mark.parametrize(("kind", "body"), MADE)
@pytest.mark.parametrize("ahead", [-3600.0, 3600.0])
def test_a_clock_that_is_off_makes_nothing_twice_and_takes_nothing_older_for_it(  # noqa: PLR0917 -- a table
    folder: Path, server: Server, time: Time, kind: Kind, body: dict[str, Json], ahead: float
) -> None:
    if kind is Kind.CONTACT:
        body = {**body, "companyId": server.ids()[0]}
    older = server.post(kind, **body)
    time.leap(1800)
    desk = Desk(folder, Dated(server, time), Off(time, ahead))
    desk.fill()
    lost = desk.create("new-1", kind, **body)
    desk.line.once("POST *", lost_answer)
    desk.deliver(lost)
    desk.rest()
    time.leap(GRACE)
    desk.look_at_the_outbox()
    assert desk.entry(lost).state is DELIVERED
    assert desk.entry(lost).result_id not in {"", older}
    assert desk.line.count("POST *") == 1
    desk.close()


def test_where_several_fit_a_person_is_asked_once(ready: Desk, server: Server, time: Time) -> None:
    made = ready.create("new-1", name="Newcomer AB")
    ready.line.once("POST *", lost_answer)
    ready.deliver(made)
    server.post(name="Newcomer AB")
    ready.look_at_the_outbox()
    assert ready.entry(made).state is NOT_SURE
    assert "isn't known which" in ready.entry(made).reason
    asked = ready.line.count("GET /leancompanies*")
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.line.count("GET /leancompanies*") == asked
    assert len(server.named("Newcomer AB")) == 2


PEOPLE: list[dict[str, Json]] = [
    {"name": "Kim Newcomer", "email": "kim@new.example"},
    {"email": "kim@new.example"},
    {"name": "Kim Newcomer", "externalId": "crm-9"},
]


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("fault", [lost_answer, lost_request])
def test_a_contact_whose_answer_was_lost_is_looked_up_at_its_company(  # noqa: PLR0917 -- a table
    ready: Desk, server: Server, company: str, time: Time, who: dict[str, Json], fault: Fault
) -> None:
    made = ready.create("new-1", Kind.CONTACT, companyId=company, **who)
    ready.line.once("P[UO][ST]* /endusers", fault)
    assert ready.delivered(made) == [NOT_SURE]
    ready.look_at_the_outbox()
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(made).state is DELIVERED
    there = [one for one in server.ids(Kind.CONTACT) if _is_at(server, one, company, who)]
    assert there == [ready.entry(made).result_id]


def _is_at(server: Server, contact: str, company: str, who: dict[str, Json]) -> bool:
    there = server.get(contact, Kind.CONTACT)
    return bool({**there, **who} == there and there["companyId"] == company)


def kept_otherwise(server: Server, kind: Kind, **fields: Json) -> Fault:
    """Make what is asked for, keep it in another way, and lose the answer."""

    async def kept(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        server.put(json.loads(await response.aread())["_id"], kind, **fields)
        raise httpx.ReadError("the line broke")

    return kept


@pytest.mark.parametrize(
    "otherwise",
    [{"phone": "0046 (0)70 1"}, {"name": "New, Kim"}, {"name": "", "email": ""}, {"email": ""}],
)
def test_a_contact_that_planhat_keeps_in_its_own_way_is_found_and_not_made_twice(
    ready: Desk, server: Server, company: str, time: Time, otherwise: dict[str, Json]
) -> None:
    before = {*server.ids(Kind.CONTACT)}
    who: dict[str, Json] = {"name": "Kim New", "email": "kim@new.example", "phone": "+46 70 1"}
    made = ready.create("new-1", Kind.CONTACT, companyId=company, **who)
    ready.line.once("POST /endusers", kept_otherwise(server, Kind.CONTACT, **otherwise))
    ready.deliver(made)
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(made).state is DELIVERED
    assert {*server.ids(Kind.CONTACT)} - before == {ready.entry(made).result_id}


@pytest.mark.parametrize("otherwise", [{"name": ""}, {"name": "", "email": "kim@new.example"}])
def test_where_nothing_is_left_to_tell_a_contact_by_a_person_is_asked(
    ready: Desk, server: Server, company: str, time: Time, otherwise: dict[str, Json]
) -> None:
    made = ready.create("new-1", Kind.CONTACT, companyId=company, name="Kim New")
    ready.line.once("POST /endusers", kept_otherwise(server, Kind.CONTACT, **otherwise))
    ready.deliver(made)
    for _ in range(2):
        time.leap(GRACE + 1)
        ready.look_at_the_outbox()
    assert ready.entry(made).state is NOT_SURE
    assert "isn't known which" in ready.entry(made).reason
    assert ready.line.count("POST *") == 1


@pytest.mark.parametrize(
    ("kept", "told"), [({"externalId": ""}, DELIVERED), ({"slug": "b"}, NOT_SURE)]
)
def test_a_company_that_planhat_keeps_in_its_own_way_is_not_made_twice(
    ready: Desk, server: Server, time: Time, kept: dict[str, Json], told: State
) -> None:
    body: dict[str, Json] = {"externalId": "crm-7"} if "externalId" in kept else {"slug": "a"}
    made = ready.create("new-1", Kind.COMPANY, name="Newcomer AB", **body)

    async def keep(request: httpx.Request, forward: Forward) -> httpx.Response:
        await forward(request)
        (there,) = server.named("Newcomer AB")
        server.put(there, Kind.COMPANY, **kept)
        raise httpx.ReadError("the line broke")

    ready.line.once("P[UO][ST]* /companies", keep)
    ready.deliver(made)
    for _ in range(2):
        time.leap(GRACE + 1)
        ready.look_at_the_outbox()
    assert ready.entry(made).state is told
    assert len(server.named("Newcomer AB")) == 1


def test_an_external_id_that_somebody_has_already_is_never_overwritten(
    ready: Desk, server: Server
) -> None:
    theirs = server.post(name="Theirs", externalId="crm-7")
    made = ready.create("new-1", name="Newcomer AB", externalId="crm-7")
    assert ready.delivered(made) == [REFUSED]
    assert "Theirs has the external id crm-7 already" in ready.entry(made).reason
    assert server.get(theirs)["name"] == "Theirs"


def test_a_create_with_an_external_id_can_be_sent_twice(ready: Desk, server: Server) -> None:
    made = ready.create("new-1", name="Newcomer AB", externalId="crm-7", tags=["vip"])
    assert ready.delivered(made) == [DELIVERED]
    assert ready.line.count("POST *") == 0
    assert ready.line.sent("PUT /companies") == [
        [{"name": "Newcomer AB", "externalId": "crm-7", "tags": ["vip"]}]
    ]
    assert ready.entry(made).result_id == server.named("Newcomer AB")[0]


@pytest.mark.parametrize("fault", [no_network, answer(429, retry_after="1"), answer(403, "No")])
def test_a_create_that_could_not_be_read_back_is_found_and_says_what_was_dropped(
    ready: Desk, server: Server, time: Time, fault: Fault
) -> None:
    made = ready.create("new-1", name="Newcomer AB", externalId="crm-7", arr=1000)
    read_back = "GET /companies/extid-crm-7"
    ready.line.once("PUT *", and_then(lambda: ready.line.once(read_back, fault)))
    ready.deliver(made)
    time.leap(GRACE)
    ready.look_at_the_outbox()
    (there,) = server.named("Newcomer AB")
    settled = ready.entry(made)
    assert (settled.state, settled.result_id) == (DELIVERED, there)
    assert settled.reason.endswith("Planhat didn't keep ARR.")
    assert ready.line.count("PUT *") == 1


def test_a_create_that_was_answered_as_refused_and_is_there_is_ours(
    ready: Desk, server: Server
) -> None:
    made = ready.create("new-1", name="Newcomer AB", externalId="crm-7", arr=1000)

    async def too_many(request: httpx.Request, forward: Forward) -> httpx.Response:
        await forward(request)
        return await answer(429, retry_after="1")(request, forward)

    ready.line.once("PUT *", too_many)
    assert ready.delivered(made) == [DELIVERED]
    assert ready.entry(made).result_id == server.named("Newcomer AB")[0]
    assert ready.entry(made).reason == "Planhat didn't keep ARR."
    assert ready.line.count("PUT *") == 1


def test_what_somebody_else_makes_under_the_external_id_between_two_tries_is_theirs(
    ready: Desk, server: Server
) -> None:
    made = ready.create("new-1", name="Newcomer AB", externalId="crm-7")

    async def too_many(request: httpx.Request, forward: Forward) -> httpx.Response:
        server.post(name="Theirs", externalId="crm-7")
        return await answer(429, retry_after="1")(request, forward)

    ready.line.once("PUT *", too_many)
    assert ready.delivered(made) == [REFUSED]
    assert "Theirs has the external id crm-7 already" in ready.entry(made).reason


@pytest.mark.parametrize("fault", [None, no_network])
def test_what_somebody_else_makes_under_the_external_id_just_before_is_theirs_and_that_is_told(
    ready: Desk, server: Server, time: Time, fault: Fault | None
) -> None:
    made = ready.create("new-1", name="Newcomer AB", externalId="crm-7")

    async def just_before(request: httpx.Request, forward: Forward) -> httpx.Response:
        server.post(name="Theirs", externalId="crm-7", city="Oslo")
        if fault:
            ready.line.once("GET /companies/extid-crm-7", fault)
        return await forward(request)

    ready.line.once("PUT *", just_before)
    ready.deliver(made)
    time.leap(GRACE)
    ready.look_at_the_outbox()
    settled = ready.entry(made)
    assert settled.state is DELIVERED
    assert settled.reason.startswith("Somebody else had just made it under that external id")
    assert server.get(settled.result_id)["city"] == "Oslo"


def test_what_was_changed_since_it_was_deleted_here_is_not_deleted(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.delete(company)
    ready.line.once("DELETE *", lost_request)
    assert ready.delivered(entry) == [NOT_SURE]
    server.put(company, phase="renewal")
    ready.look_at_the_outbox()
    assert ready.entry(entry).state is NOT_SURE  # the first try may still arrive
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(entry).state is REFUSED
    assert "Phase was changed since" in ready.entry(entry).reason
    assert server.get(company) is not None
    ready.store.outbox.retry(entry.n)  # by one who has been told
    assert ready.delivered(entry) == [DELIVERED]


def test_a_delete_that_lands_late_is_known_as_done(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.delete(company)
    ready.line.once("DELETE *", lost_request)
    ready.deliver(entry)
    server.put(company, phase="renewal")
    ready.look_at_the_outbox()
    server.delete(company)  # now it lands, though somebody has changed the record
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(entry).state is DELIVERED


def test_what_a_person_sends_again_waits_until_the_first_try_cant_land_any_more(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.edit(company, phase("renewal"))
    ready.line.once("PUT *", lost_request)
    ready.deliver(entry)
    ready.store.outbox.retry(entry.n)
    assert ready.delivered(entry) == [NOT_SURE]
    server.put(company, phase="renewal")  # now it lands
    server.put(company, phase="churned")  # and somebody goes on from there
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert server.get(company)["phase"] == "churned"
    assert ready.line.count("PUT *") == 1
    assert ready.entry(entry).state is State.CONFLICT


@pytest.mark.parametrize("lands", [True, False])
def test_what_a_person_drops_is_watched_until_it_cant_land_any_more(
    ready: Desk,
    server: Server,
    company: str,
    time: Time,
    lands: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    entry = ready.edit(company, phase("renewal"))
    ready.line.once("PUT *", lost_request)
    ready.deliver(entry)
    ready.store.outbox.discard(entry.n)
    ready.store.refresh_overlay(Kind.COMPANY, company)
    assert ready.company(company).raw["phase"] == "onboarding"
    later = ready.edit(company, phase("won"))
    assert ready.delivered(later) == [QUEUED]  # what may still land would overwrite it
    ready.look_at_the_outbox()
    assert ready.entry(entry).state is NOT_SURE
    if lands:
        server.put(company, phase="renewal")
    time.leap(GRACE)
    ready.look_at_the_outbox()
    settled = ready.entry(entry)
    assert settled.state is (DELIVERED if lands else State.DROPPED)
    assert ("arrived all the same" in settled.reason) == lands
    assert ready.entry(later).state is DELIVERED
    assert server.get(company)["phase"] == "won"


def test_a_company_that_was_dropped_and_arrives_late_is_told_and_shown(
    ready: Desk, server: Server, time: Time
) -> None:
    made = ready.create("new-1", name="Newcomer AB")
    ready.line.once("POST *", lost_request)
    ready.deliver(made)
    ready.store.outbox.discard(made.n)
    ready.store.refresh_overlay(Kind.COMPANY, "new-1")
    assert ready.store.mirror.company("new-1") is None
    there = server.post(name="Newcomer AB")  # now it lands
    time.leap(GRACE)
    ready.look_at_the_outbox()
    settled = ready.entry(made)
    assert (settled.state, settled.result_id) == (DELIVERED, there)
    assert "arrived all the same" in settled.reason
    assert ready.company(there).raw["name"] == "Newcomer AB"


def test_a_contact_whose_company_isnt_to_be_made_any_more_is_refused_and_not_kept_waiting(
    ready: Desk,
) -> None:
    company = ready.create("new-1", name="Newcomer AB")
    ready.store.outbox.discard(company.n)
    contact = ready.create("new-2", Kind.CONTACT, name="Eve", companyId="new-1")
    for _ in range(2):
        ready.look_at_the_outbox()
        assert ready.entry(contact).state is REFUSED
        ready.store.outbox.retry(contact.n)
    ready.look_at_the_outbox()
    assert "has been discarded" in ready.entry(contact).reason


def test_a_delete_that_never_arrived_goes_again(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.delete(company)
    ready.line.once("DELETE *", lost_request)
    assert ready.delivered(entry) == [NOT_SURE]
    ready.look_at_the_outbox()
    assert server.get(company) is not None
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(entry).state is DELIVERED
    assert server.get(company) is None


def test_an_edit_of_another_tenant_is_never_sent(ready: Desk, server: Server, company: str) -> None:
    known = ready.store.outbox.owner()
    ready.store.outbox.know("another", known.who)
    entry = ready.edit(company, phase("renewal"))
    ready.store.outbox.know(known.tenant, known.who)
    own = ready.edit(company, Change("city", "Lund", "Malmö"))
    assert ready.delivered(entry, own) == [REFUSED, DELIVERED]
    assert "another tenant" in ready.entry(entry).reason
    assert server.get(company)["phase"] == "onboarding"


def test_a_conflict_keeps_its_own_field_back_and_no_other(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.edit(company, phase("renewal"), Change("city", "Lund", "Malmö"))
    server.put(company, phase="churned")
    time.leap(OLD)
    assert ready.delivered(entry) == [State.CONFLICT]
    assert ready.line.sent("PUT *") == [{"city": "Malmö"}]
    assert ready.entry(entry).changes == (phase("renewal"),)
    theirs = ready.store.conflicts.of(Kind.COMPANY, company)
    assert {name: one.value for name, one in theirs.items()} == {"phase": "churned"}
    assert [e.n for e in ready.store.outbox.open_entries()] == [entry.n]
    assert ready.store.journal.list()[0].changes == (Change("city", "Lund", "Malmö"),)


def test_a_conflict_keeps_no_other_field_of_later_edits_back(
    ready: Desk, server: Server, time: Time, company: str
) -> None:
    phase, city = (ready.company(company).raw.get(field) for field in ("phase", "city"))
    mine = ready.edit(company, Change("phase", phase, "won"))
    server.put(company, phase="churned")
    time.leap(60)
    assert ready.delivered(mine) == [State.CONFLICT]
    mixed = ready.edit(company, Change("phase", "won", "lead"), Change("city", city, "Lund"))
    later = ready.edit(company, Change("city", "Lund", "Malmö"))
    assert ready.delivered(mixed, later) == [State.QUEUED, State.DELIVERED]
    assert (server.get(company)["phase"], server.get(company)["city"]) == ("churned", "Malmö")
    assert ready.store.outbox.get(mixed.n).changes == (Change("phase", "won", "lead"),)


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_not_write_pauses_the_queue_after_one_try(
    ready: Desk, server: Server, company: str, status: int
) -> None:
    entries = [ready.edit(company, phase("renewal")), ready.create("new-1", name="Newcomer AB")]
    ready.line.once("PUT *", answer(status))
    assert ready.delivered(*entries) == [State.QUEUED] * 2
    assert (ready.line.count("P[UO]*"), ready.engine.status.paused) == (1, True)
    assert "every edit is kept" in ready.engine.status.reason
    ready.edit(company, Change("city", "Lund", "Malmö"))
    ready.look_at_the_outbox()
    assert ready.line.count("P[UO]*") == 1
    ready.engine.send_now()
    for entry in entries:
        ready.wait_for_state(entry, DELIVERED)
    assert server.get(company)["city"] == "Malmö"
    assert not ready.engine.status.paused


def test_a_record_that_the_token_may_not_change_keeps_nothing_else_back_when_a_person_sends(
    ready: Desk, company: str
) -> None:
    mine = ready.edit(company, phase("renewal"))
    made = ready.create("new-1", name="Newcomer AB")
    for _ in range(2):
        ready.line.once(f"PUT /companies/{company}", answer(403))
    assert ready.delivered(mine, made) == [QUEUED] * 2
    ready.engine.send_now()
    ready.wait_for_state(mine, REFUSED)
    assert ready.entry(made).state is DELIVERED
    assert "may not change this company (403)" in ready.entry(mine).reason
    assert not ready.engine.status.paused
    ready.store.outbox.retry(mine.n)
    assert ready.delivered(mine) == [DELIVERED]


def test_a_token_that_may_write_nothing_keeps_every_edit_however_often_it_is_sent(
    ready: Desk, company: str
) -> None:
    entries = [ready.edit(company, phase("renewal")), ready.create("new-1", name="Newcomer AB")]
    for times in range(1, 5):
        ready.line.once("P[UO]* /companies*", answer(403))
        assert ready.delivered(*entries) == [QUEUED] * 2
        assert (ready.line.count("P[UO]* *"), ready.engine.status.paused) == (times, True)


@pytest.mark.parametrize("fault", [lost_answer, lost_request])
@pytest.mark.parametrize(("kind", "body"), MADE)
def test_what_a_person_sends_again_is_looked_up_before(  # noqa: PLR0917 -- a table
    ready: Desk, company: str, time: Time, kind: Kind, body: dict[str, Json], fault: Fault
) -> None:
    if kind is Kind.CONTACT:
        body = {**body, "companyId": company}
    made = ready.create("new-1", kind, **body)
    ready.line.once("POST *", fault)
    ready.deliver(made)
    assert ready.store.outbox.retry(made.n).state is NOT_SURE
    assert ready.delivered(made) == [DELIVERED if fault is lost_answer else NOT_SURE]
    assert ready.line.count("POST *") == 1
    if fault is lost_request:  # it may still land
        asked = ready.line.count("GET *")
        ready.store.outbox.retry(made.n)
        assert ready.delivered(made) == [NOT_SURE]
        assert ready.line.count("GET *") > asked
        time.leap(GRACE)
        assert ready.delivered(made) == [DELIVERED]
        assert ready.line.count("POST *") == 2


def test_of_several_that_fit_a_person_may_say_that_it_is_none_of_them(
    ready: Desk, server: Server, time: Time
) -> None:
    made = ready.create("new-1", name="Newcomer AB")
    ready.line.once("POST *", lost_request)
    ready.deliver(made)
    for _ in range(2):
        server.post(name="Newcomer AB")
    ready.look_at_the_outbox()
    assert ready.entry(made).state is NOT_SURE
    time.leap(GRACE)
    assert ready.store.outbox.retry(made.n).state is QUEUED
    assert ready.delivered(made) == [DELIVERED]
    assert len(server.named("Newcomer AB")) == 3


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
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.delete(company)
    ready.line.once("DELETE *", html(404))
    assert ready.delivered(entry) == [NOT_SURE]
    assert "web page" in ready.entry(entry).reason
    ready.look_at_the_outbox()
    assert server.get(company) is not None
    time.leap(GRACE)
    ready.look_at_the_outbox()
    assert ready.entry(entry).state is DELIVERED
    assert server.get(company) is None


def test_a_refused_deletion_keeps_no_edit_and_no_other_deletion_waiting(
    ready: Desk, server: Server, company: str
) -> None:
    refused = ready.delete(company)
    ready.line.once("DELETE *", answer(400, "Not now"))
    assert ready.delivered(refused) == [REFUSED]
    assert ready.delivered(ready.edit(company, phase("renewal"))) == [DELIVERED]
    again = ready.delete(company)
    assert ready.entry(refused).state is State.DROPPED
    assert ready.delivered(again) == [DELIVERED]
    assert server.get(company) is None


def test_a_deletion_that_a_guardrail_keeps_here_keeps_no_edit_waiting(
    ready: Desk, server: Server, company: str
) -> None:
    ready.engine.obey(lambda entry: "No." if entry.action is Action.DELETE else "")
    ready.delete(company)
    held = ready.edit(company, Change("city", "Lund", "Umeå"))
    ready.store.outbox.hold(held.n)
    mixed = ready.edit(company, phase("renewal"), Change("city", "Umeå", "Kiel"))
    ready.engine.deliver([mixed.n]).result(SECONDS)
    assert server.get(company)["phase"] == "renewal"


def test_to_delete_what_somebody_else_deleted_is_done(
    ready: Desk, server: Server, company: str
) -> None:
    entry = ready.delete(company)
    server.delete(company)
    assert ready.delivered(entry) == [DELIVERED]
    assert ready.store.mirror.company(company) is None


def test_what_a_colleague_has_changed_since_it_was_deleted_here_keeps_it(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.delete(company)
    time.leap(OLD)
    server.put(company, phase="renewal", custom={"Plan": "Gold", "Notes": "Call Ada"})
    assert ready.delivered(entry) == [REFUSED]
    assert ready.line.count("DELETE *") == 0
    assert ready.entry(entry).reason == (
        "It is still there, and Phase, Notes were changed since."
        " Delete it again if that is still meant."
    )
    assert ready.company(company).server == server.get(company)  # so a person sees it
    ready.store.outbox.retry(entry.n)
    server.put(company, city="Malmö")
    time.leap(OLD)
    assert ready.delivered(entry) == [REFUSED]
    assert "City was changed since" in ready.entry(entry).reason
    ready.store.outbox.retry(entry.n)
    assert ready.delivered(entry) == [DELIVERED]
    assert server.get(company) is None


def test_a_deletion_that_waits_longer_than_its_reading_holds_is_read_again(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.delete(company)
    time.leap(OLD)
    theirs = partial(server.put, company, phase="renewal")
    ready.line.once("GET /companies/*", and_others_use_the_limit_up(theirs))
    assert ready.delivered(entry) == [REFUSED]
    assert ready.line.count("DELETE *") == 0


def test_a_deletion_whose_record_cant_be_read_waits_and_keeps_nothing_else_back(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry, other = ready.delete(company), ready.create("new-1", name="Newcomer AB")
    time.leap(OLD)
    ready.line.once("GET /companies/*", answer(500))
    assert ready.delivered(entry, other) == [QUEUED, DELIVERED]
    ready.engine.send_now()
    ready.wait_for_state(entry, DELIVERED)
    assert server.get(company) is None


def test_an_edit_that_is_dropped_before_its_record_is_deleted_is_nobody_elses_change(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    first = ready.edit(company, phase("renewal"), Change("tags", ["a", "b"], ["a", "c"]))
    second = ready.edit(company, phase("churned", "renewal"))
    for edit in (first, second):
        ready.store.outbox.hold(edit.n)
    gone = ready.delete(company)
    ready.store.outbox.discard_all([first.n, second.n])
    time.leap(OLD)
    assert ready.delivered(gone) == [DELIVERED]
    assert server.get(company) is None


def test_a_deletion_goes_after_the_edits_before_it_and_means_the_record_with_them(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    edit = ready.edit(company, phase("renewal"), Change("tags", ["a", "b"], ["c", "a"]))
    gone = ready.delete(company)
    time.leap(OLD)
    assert ready.delivered(edit, gone) == [DELIVERED] * 2
    assert server.get(company) is None


# -- calls


def call(open_tenant: str = "") -> NewEntry:
    body = {"nr": "+46 70 123 45 67", "externalUserId": "max123"}
    return NewEntry(
        Kind.CALL, Action.CREATE, "new-call", "a call", body=dict(body), open_tenant=open_tenant
    )


def log(desk: Desk, new: NewEntry) -> None:
    desk.store.calls.put({**(new.body or {}), "_id": new.record_id}, note="a note")


def test_a_call_is_logged_edited_and_deleted(ready: Desk, server: Server, time: Time) -> None:
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
    server.put(call_id, Kind.CALL, waiting=13)
    time.leap(OLD)
    assert ready.delivered(gone) == [REFUSED]
    ready.store.outbox.retry(gone.n)
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


def stop_all(desk: Desk, time: Time) -> None:
    """Let Planhat say that nothing may go, and time stand."""
    time.leaps = False
    desk.line.once("GET /users*", answer(429, retry_after="60"))
    with pytest.raises(RateLimitedError):
        desk.engine._submit(lambda session: session._api.users(lane=Lane.BACKGROUND)).result(
            SECONDS
        )


def let_go(desk: Desk, time: Time) -> None:
    """Let the window turn, and who waits look at the clock."""
    time.leap(61)
    desk.engine._submit(lambda session: session._api.shared_limits()).result(SECONDS)


def wait_for_its_turn(desk: Desk) -> None:
    """Wait until a request of the outbox waits for the limit."""

    async def waits(session: Session) -> None:
        while not session._api.limits().waiting.get(Lane.OUTBOX):  # noqa: ASYNC110 -- no event tells
            await asyncio.sleep(0)

    desk.engine.wake()
    desk.engine._submit(waits).result(SECONDS)


def test_an_edit_that_waits_for_the_limit_is_queued_until_its_turn(
    ready: Desk, time: Time, company: str
) -> None:
    stop_all(ready, time)
    edit = ready.edit(company, phase("renewal"))
    wait_for_its_turn(ready)
    assert ready.entry(edit).state is State.QUEUED
    assert (ready.entry(edit).attempts, ready.entry(edit).sent_at) == (0, 0.0)
    assert ready.company(company).state is State.QUEUED
    states = []
    ready.line.once("PUT *", after(lambda: states.append(ready.entry(edit).state)))
    let_go(ready, time)
    ready.wait_for_state(edit, DELIVERED)
    assert (states, ready.entry(edit).attempts) == ([State.SENDING], 1)


@pytest.mark.parametrize("kind", ["edit", "create", "delete"])
def test_what_is_held_while_it_waits_for_the_limit_isnt_sent(
    ready: Desk, server: Server, time: Time, company: str, kind: str
) -> None:
    stop_all(ready, time)
    made = {
        "edit": lambda: ready.edit(company, phase("renewal")),
        "create": lambda: ready.create("new-1", name="Newcomer AB"),
        "delete": lambda: ready.delete(company),
    }[kind]()
    wait_for_its_turn(ready)
    ready.store.outbox.hold(made.n)
    let_go(ready, time)
    ready.look_at_the_outbox()
    assert ready.entry(made).state is State.HELD
    assert not any(ready.line.count(f"{verb} *") for verb in ("PUT", "POST", "DELETE"))
    ready.store.outbox.retry(made.n)
    assert ready.delivered(made) == [DELIVERED]
    assert server.get(company) is None or kind != "delete"


def test_a_program_that_ends_while_an_edit_waits_for_the_limit_leaves_it_queued(
    ready: Desk, open_desk: Callable[..., Desk], time: Time, company: str
) -> None:
    stop_all(ready, time)
    edit = ready.edit(company, phase("renewal"))
    wait_for_its_turn(ready)
    store = TenantStore.open(ready.store.folder, wall=time.time)
    assert store.outbox.recover() == ()  # what the next one finds after a kill
    store.close()
    ready.close()
    time.leap(61)
    after_it = open_desk()
    assert after_it.entry(edit).state is State.QUEUED
    assert after_it.delivered(edit) == [DELIVERED]


def test_who_lost_the_lease_while_it_waited_for_the_limit_sends_nothing(
    ready: Desk, time: Time, company: str
) -> None:
    stop_all(ready, time)
    edit = ready.edit(company, phase("renewal"))
    wait_for_its_turn(ready)
    other = TenantStore.open(ready.store.folder, wall=time.time)
    time.leap(LEASE_SECONDS)
    somebody = this_process()
    assert other.outbox.claim(SEND_LEASE, somebody, 1e9)
    let_go(ready, time)
    ready.look_at_the_outbox()
    assert ready.entry(edit).state is State.QUEUED
    assert ready.line.count("PUT *") == 0
    other.outbox.release(SEND_LEASE, somebody)
    other.close()
    assert ready.delivered(edit) == [DELIVERED]


def test_what_was_read_long_before_its_turn_came_is_read_again(
    ready: Desk, server: Server, time: Time, company: str
) -> None:
    time.leap(OLD)
    edit = ready.edit(company, Change("tags", ["a", "b"], ["a", "b", "mine"]))

    def theirs() -> None:
        server.put(company, tags=["a", "b", "theirs"])

    ready.line.once("GET /companies/*", and_others_use_the_limit_up(theirs))
    assert ready.delivered(edit) == [DELIVERED]
    assert set(server.get(company)["tags"]) == {"a", "b", "theirs", "mine"}
    assert (ready.line.count("GET /companies/*"), ready.line.count("PUT *")) == (2, 1)
    assert ready.entry(edit).attempts == 1


def test_who_reads_again_and_again_before_a_turn_comes_sends_in_the_end(
    ready: Desk, server: Server, time: Time, company: str
) -> None:
    time.leap(OLD)
    edit = ready.edit(company, Change("tags", ["a", "b"], ["a", "b", "mine"]))
    for left in (0, 0, 4):  # of the last ones edits take none
        ready.line.once("GET /companies/*", and_others_use_the_limit_up(int, left))
    assert ready.delivered(edit) == [DELIVERED]
    assert server.get(company)["tags"] == ["a", "b", "mine"]
    assert (ready.line.count("GET /companies/*"), ready.line.count("PUT *")) == (3, 1)


def test_what_was_read_again_and_meets_the_limit_is_queued_and_read_once_more(
    ready: Desk, server: Server, time: Time, company: str
) -> None:
    time.leap(OLD)
    edit = ready.edit(company, Change("tags", ["a", "b"], ["a", "b", "mine"]))
    ready.line.once("GET /companies/*", and_others_use_the_limit_up(int))

    def theirs() -> None:
        server.put(company, tags=["a", "b", "theirs"])

    async def refused(request: httpx.Request, forward: Forward) -> httpx.Response:
        theirs()
        return await answer(429, retry_after="1")(request, forward)

    ready.line.once("PUT *", refused)
    waiting = ready.engine.deliver([edit.n])
    ready.wait(lambda: "429" in ready.entry(edit).reason)
    assert ready.entry(edit).state is QUEUED
    ready.engine.wake()
    assert [entry.state for entry in waiting.result(SECONDS)] == [DELIVERED]
    assert set(server.get(company)["tags"]) == {"a", "b", "theirs", "mine"}
    assert ready.line.count("PUT *") == 2


def test_whose_external_id_it_is_is_looked_up_again_where_the_turn_came_late(
    ready: Desk, server: Server
) -> None:
    made = ready.create("new-1", name="Newcomer AB", externalId="crm-7")

    def theirs() -> None:
        server.post(name="Theirs AB", externalId="crm-7")

    ready.line.once("GET /companies/*", and_others_use_the_limit_up(theirs))
    assert ready.delivered(made) == [State.REFUSED]
    assert "has the external id crm-7 already" in ready.entry(made).reason
    assert ready.line.count("PUT *") == 0


def test_a_guardrail_that_comes_while_a_record_is_read_keeps_its_edit_here(
    ready: Desk, server: Server, time: Time, company: str
) -> None:
    time.leap(OLD)
    edit = ready.edit(company, phase("renewal"))
    ready.line.once("GET *", after(lambda: ready.engine.obey(lambda _entry: "No.")))
    ready.engine.deliver([edit.n]).result(SECONDS)
    assert ready.entry(edit).state is QUEUED
    assert ready.line.count("PUT *") == 0
    ready.engine.obey(lambda _entry: "")
    assert ready.delivered(edit) == [DELIVERED]
    assert server.get(company)["phase"] == "renewal"


def test_what_is_dropped_while_its_record_is_read_stays_dropped(
    ready: Desk, server: Server, time: Time, company: str
) -> None:
    server.put(company, phase="theirs")
    time.leap(OLD)
    edit = ready.edit(company, phase("renewal"))
    ready.line.once("GET *", after(lambda: ready.store.outbox.discard(edit.n)))
    assert ready.delivered(edit) == [State.DROPPED]
    gone = ready.edit(company, phase("churned"))

    async def gone_meanwhile(_request: object, _forward: object) -> object:
        ready.store.outbox.discard(gone.n)
        return await answer(404)(_request, _forward)  # type: ignore[arg-type] # as it got them

    time.leap(OLD)
    ready.line.once("GET *", gone_meanwhile)  # type: ignore[arg-type] # likewise
    assert ready.delivered(gone) == [State.DROPPED]
    assert ready.line.count("PUT *") == 0


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


def test_what_is_done_again_is_in_conflict_with_what_somebody_else_has_changed(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    server.put(company, phase="churned")
    time.leap(OLD)
    again = ready.add(
        NewEntry(
            *(Kind.COMPANY, Action.UPDATE, company, "A", (phase("renewal"),)),
            step="edit",
            takes_back=1,
        )
    )
    assert ready.delivered(again) == [State.CONFLICT]
    assert server.get(company)["phase"] == "churned"


def test_a_step_back_leaves_out_what_somebody_else_has_changed_and_makes_no_conflict(
    ready: Desk, server: Server, company: str, time: Time
) -> None:
    entry = ready.edit(company, phase("renewal"), Change("city", "Lund", "Malmö"))
    assert ready.delivered(entry) == [DELIVERED]
    server.put(company, phase="churned")
    time.leap(OLD)
    changes = (phase("onboarding", "renewal"), Change("city", "Malmö", "Lund"))
    back = ready.add(
        NewEntry(Kind.COMPANY, Action.UPDATE, company, "A", changes, step="undo:1", takes_back=1)
    )
    assert ready.delivered(back) == [State.DROPPED]
    assert ready.entry(back).reason == "Left out: somebody else has changed Phase since."
    assert ready.store.outbox.open_entries() == ()
    assert ready.store.conflicts.of(Kind.COMPANY, company) == {}
    there = server.get(company)
    assert (there["phase"], there["city"]) == ("churned", "Lund")
