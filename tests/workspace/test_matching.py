from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.calls import CallDraft
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.text import visible
from planhat_tui.workspace.matching import Match, match_of, sentence
from tests.sync.rig import changed_answer
from tests.workspace.conftest import deliver, filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.workspace.workspace import Workspace
    from tests.sync.rig import Line, Server

NUMBER = "+46 70 765 43 21"


@pytest.fixture
def people(server: Server) -> tuple[str, str]:
    """Return two contacts of two companies who share a number; Planhat takes the first.

    Ada Jensen at Acme Inc and Bo Lind at Globex.
    """
    ids = [
        server.post(Kind.CONTACT, name=company, companyId=company, phone=NUMBER)
        for company in server.ids()[:2]
    ]
    probe = server.post(Kind.CALL, nr=NUMBER, externalUserId="max123")
    taken = server.get(probe, Kind.CALL)["enduserId"]
    other = next(one for one in ids if one != taken)
    for one, person, name in ((taken, "Ada Jensen", "Acme Inc"), (other, "Bo Lind", "Globex")):
        at = server.get(one, Kind.CONTACT)["companyId"]
        server.put(at, name=name, phone="")
        server.put(one, Kind.CONTACT, name=person, companyName=name)
    return taken, other


@pytest.fixture
def desk(people: tuple[str, str], open_workspace: Callable[..., Workspace]) -> Workspace:
    assert people
    return filled(open_workspace)


def match(desk: Workspace, **given: str) -> Match:
    """Log a call, have it delivered, and see whom it was matched to."""
    words = {"nr": NUMBER, "external_user_id": "max123"} | given
    (entry,) = desk.writes.log_call(CallDraft(**words))  # type: ignore[arg-type] # texts only
    deliver(desk, entry)
    found = match_of(desk.reads, desk.reads.entry(entry.n))
    assert found is not None
    return found


def test_contact_company_and_agent_have_their_names(desk: Workspace) -> None:
    found = match(desk)
    assert found == Match(whom="Ada Jensen at Acme Inc", agent="Max Berg")
    assert sentence(found) == "Planhat has the call and matched Ada Jensen at Acme Inc"


def test_the_one_who_was_meant_is_no_news(desk: Workspace, people: tuple[str, str]) -> None:
    assert match(desk, contact_id=people[0]).meant == ""


def test_a_shared_number_hangs_the_call_on_another(
    desk: Workspace, people: tuple[str, str]
) -> None:
    found = match(desk, contact_id=people[1])
    assert found.shared
    assert sentence(found) == (
        "Planhat has the call, but matched Ada Jensen at Acme Inc, not Bo Lind at Globex: "
        "they share the number"
    )


def test_so_does_the_number_of_somebody_else(desk: Workspace, server: Server) -> None:
    (other, *_) = [p["_id"] for p in server.ask("GET", "/endusers") if p["phone"] != NUMBER]
    found = match(desk, contact_id=other)
    assert found.meant
    assert sentence(found).endswith(": it goes by the number")


def test_a_call_that_was_meant_for_a_company_alone(
    desk: Workspace, people: tuple[str, str]
) -> None:
    shown = [desk.reads.contact(one) for one in people]
    acme, globex = (text_of(one.raw if one else {}, "companyId") for one in shown)
    assert match(desk, company_id=acme).meant == ""
    assert match(desk, company_id=globex).meant == "company Globex"


def test_a_number_of_the_company_itself(
    server: Server, open_workspace: Callable[..., Workspace]
) -> None:
    server.put(server.ids()[0], name="Acme Inc", phone=NUMBER)
    assert match(filled(open_workspace)).whom == "company Acme Inc"


def test_a_number_that_nobody_has(desk: Workspace) -> None:
    found = match(desk, nr="+46 99 999 99 99", external_user_id="nobody")
    assert found == Match()
    assert sentence(found) == (
        "Planhat has the call; its answer names nobody for this number and no agent"
    )


def test_an_agent_that_nobody_is(desk: Workspace) -> None:
    assert sentence(match(desk, external_user_id="nobody")) == (
        "Planhat has the call and matched Ada Jensen at Acme Inc; its answer names no agent"
    )


def test_the_open_endpoint_tells_nothing_of_it(
    people: tuple[str, str], server: Server, open_workspace: Callable[..., Workspace]
) -> None:
    desk = filled(open_workspace, tenant_uuid=server.options.tenant)
    (entry,) = desk.writes.log_call(
        CallDraft(nr=NUMBER, external_user_id="max123", open_endpoint=True, contact_id=people[1])
    )
    deliver(desk, entry)
    found = match_of(desk.reads, desk.reads.entry(entry.n))
    assert found is not None
    assert found == Match(silent=True)
    assert sentence(found) == (
        "Planhat has the call; the open endpoint doesn't tell whom it matched"
    )


def test_an_answer_that_the_log_hasnt_got_isnt_known_yet(desk: Workspace) -> None:
    (entry,) = desk.writes.log_call(CallDraft(nr=NUMBER, external_user_id="max123"))
    elsewhere = desk.reads.entry(entry.n)._replace(result_id="f" * 24)
    assert match_of(desk.reads, elsewhere) is None
    assert match_of(desk.reads, elsewhere._replace(open_tenant="t")) == Match(silent=True)


def test_somebody_who_isnt_here_has_an_id(desk: Workspace, line: Line) -> None:
    told = {"enduserId": "e" * 24, "companyId": "c" * 24, "agentId": "a" * 24, "agentName": None}
    line.once("POST /calls", changed_answer(lambda call: {**call, **told}))
    found = match(desk)
    assert found.whom == f"contact {'e' * 24} at {'c' * 24}"
    assert found.agent == "a" * 24


def test_names_are_fit_for_a_terminal(desk: Workspace, line: Line) -> None:
    told = {"agentName": "\x1b]0;x\x07", "companyId": "\x1b[2J", "enduserId": "\u202e"}
    line.once("POST /calls", changed_answer(lambda call: {**call, **told}))
    found = match(desk)
    assert [found.whom, found.agent] == [visible(found.whom), visible(found.agent)]
    assert sentence(found) == visible(sentence(found))


def test_who_was_made_meanwhile_is_the_one_who_was_meant(desk: Workspace, server: Server) -> None:
    number = "+46 70 555 55 55"
    company = server.named("Acme Inc")[0]
    body = {"name": "Zed New", "companyId": company, "phone": number}
    zed = desk.writes.create(Kind.CONTACT, body)
    deliver(desk, zed)
    found = match(desk, nr=number, contact_id=zed.record_id, company_id=company)
    assert sentence(found).endswith("matched Zed New at Acme Inc")
    (logged,) = desk.reads.calls()
    assert logged.contact_id == desk.reads.entry(zed.n).record_id


def test_who_was_dropped_here_has_no_id_that_anybody_knows(desk: Workspace) -> None:
    zed = desk.writes.create(Kind.CONTACT, {"name": "Zed New", "companyId": "c" * 24})
    desk.writes.discard(zed.n)
    found = match(desk, contact_id=zed.record_id, company_id=zed.record_id)
    assert found.meant == "a contact dropped here at -"
