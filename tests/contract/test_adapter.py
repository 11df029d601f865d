"""Each endpoint of the 2016 reference, through the adapter, on the sandbox in both editions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest

from planhat_tui.api import PlanhatClient, connect
from planhat_tui.errors import (
    NotFoundError,
    PlanhatTuiError,
    RateLimitedError,
    RejectedError,
    TokenError,
)
from planhat_tui.model.limits import Lane
from planhat_tui.sandbox import SandboxOptions, create_app
from tests.budgets import MemoryBudgets as Budgets
from tests.sandbox.process import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from planhat_tui.api.wire import RecordPage
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json
    from planhat_tui.sandbox.app import Sandbox

USER = Lane.USER
URL = "http://sandbox.planhat"
OPTIONS = SandboxOptions(companies=30)
NOBODY = "0" * 24
START, END = "2016-10-17T14:00:00.000Z", "2016-10-17T14:02:00.000Z"


@pytest.fixture(params=["modern", "seed"])
def dialect(request: pytest.FixtureRequest) -> Literal["modern", "seed"]:
    return "seed" if request.param == "seed" else "modern"


@pytest.fixture
def sandbox(dialect: Literal["modern", "seed"]) -> Iterator[Sandbox]:
    app = create_app(replace(OPTIONS, dialect=dialect))
    yield app
    app.close()


@pytest.fixture
async def planhat(sandbox: Sandbox) -> AsyncIterator[PlanhatClient]:
    client = connect(URL, OPTIONS.token, budget=Budgets(), app=sandbox)
    yield client
    await client.close()


def _all(page: RecordPage) -> list[Received]:
    pieces = list(page.slices())
    assert not [reason for piece in pieces for reason in piece.set_aside]
    return [record for piece in pieces for record in piece.records]


async def _some_company(planhat: PlanhatClient) -> str:
    return _all(await planhat.lean_companies(lane=USER))[0].id


async def test_both_forms_of_authentication(sandbox: Sandbox) -> None:
    bearer = connect(URL, OPTIONS.token, auth="bearer", budget=Budgets(), app=sandbox)
    basic = connect(URL, OPTIONS.token, auth="basic", budget=Budgets(), app=sandbox)
    assert (await bearer.my_profile(lane=USER)).id == (await basic.my_profile(lane=USER)).id
    stranger = connect(URL, "no-such-token", budget=Budgets(), app=sandbox)
    with pytest.raises(TokenError) as refused:
        await stranger.my_profile(lane=USER)
    assert "no-such-token" not in str(refused.value)


async def test_the_team_and_the_one_with_an_email(planhat: PlanhatClient) -> None:
    team = _all(await planhat.users(lane=USER))
    assert len(team) == 12
    email = team[3].data["email"]
    assert isinstance(email, str)
    (found,) = _all(await planhat.users(email=email, lane=USER))
    assert found.id == team[3].id
    assert _all(await planhat.users(email="nobody@example.com", lane=USER)) == []
    assert (await planhat.my_profile(lane=USER)).id in {user.id for user in team}


async def test_the_life_of_a_company(planhat: PlanhatClient) -> None:
    owner = (await planhat.my_profile(lane=USER)).id
    body: dict[str, Json] = {
        "name": "Åkermans «Öl» 株式会社",
        "slug": "akermans-oel",
        "owner": owner,
        "coOwner": owner,
        "externalId": "ext/1 & 2",
        "phase": "no such phase",
        "tags": ["Gold", "East Coast"],
        "custom": {"Ref. ok": True, "Plan": "Gold", "Seats": 2.5, "Since": "2016-10-17"},
    }
    made = await planhat.create_company(body, lane=USER)
    assert {name: made.data[name] for name in body} == body
    (lean,) = _all(await planhat.lean_companies(external_id="ext/1 & 2", lane=USER))
    assert (lean.id, lean.data["slug"]) == (made.id, "akermans-oel")
    changed = await planhat.update_company(made.id, {"tags": ["vip"], "phase": ""}, lane=USER)
    assert changed.data["tags"] == ["vip"]
    assert changed.data["custom"] == body["custom"]
    assert (await planhat.company(made.id, lane=USER)).data == changed.data
    await planhat.delete_company(made.id, lane=USER)
    with pytest.raises(NotFoundError):
        await planhat.company(made.id, lane=USER)


async def test_the_life_of_a_contact(planhat: PlanhatClient) -> None:
    company = await _some_company(planhat)
    body: dict[str, Json] = {
        "companyId": company,
        "companyName": "Any name will do",
        "createDate": "2016-10-17T00:00:00.000Z",
        "externalId": "u-1",
        "position": "CFO",
        "phone": "+46 (0)70-123 45 67 ext. 5",
        "email": "ada+1@example.com",
        "featured": True,
        "tags": ["champion"],
    }
    made = await planhat.create_contact(body, lane=USER)
    assert {name: made.data[name] for name in body} == body
    assert made.id in {
        contact.id for contact in _all(await planhat.contacts_of(company, lane=USER))
    }
    changed = await planhat.update_contact(made.id, {"featured": False, "tags": []}, lane=USER)
    assert (changed.data["featured"], changed.data["tags"]) == (False, [])
    assert (await planhat.contact(made.id, lane=USER)).data == changed.data
    await planhat.delete_contact(made.id, lane=USER)
    with pytest.raises(NotFoundError, match="no such contact"):
        await planhat.delete_contact(made.id, lane=USER)


async def test_the_life_of_a_call(planhat: PlanhatClient) -> None:
    body: dict[str, Json] = {
        "nr": "+4670123456",
        "externalUserId": "max123",
        "start": START,
        "end": END,
        "waiting": 10,
    }
    made = await planhat.create_call(body, lane=USER)
    assert {name: made.data[name] for name in body} == body
    assert made.data["agentId"]
    changed = await planhat.update_call(made.id, {"waiting": 12}, lane=USER)
    assert changed.data["waiting"] == 12
    assert (await planhat.call(made.id, lane=USER)).data == changed.data
    await planhat.delete_call(made.id, lane=USER)
    with pytest.raises(NotFoundError):
        await planhat.call(made.id, lane=USER)


async def test_the_open_call_tells_nothing_and_costs_its_own_budget(
    planhat: PlanhatClient,
) -> None:
    await planhat.my_profile(lane=USER)
    before = planhat.limits().remaining
    body = {"nr": "+4670123456", "externalUserId": "max123", "start": START, "end": END}
    answer = await planhat.create_open_call(OPTIONS.tenant, body, lane=USER)
    assert not {"agentId", "companyId", "enduserId"} & set(answer.data)
    assert planhat.limits().remaining == before
    if answer.id:
        assert (await planhat.call(answer.id, lane=USER)).data["nr"] == "+4670123456"
    with pytest.raises(RejectedError) as refused:
        await planhat.create_open_call("199627f7-0d65-52cd-89b9-45b5ff561bem", body, lane=USER)
    assert "tenant_uuid" in refused.value.advice


async def test_what_the_service_refuses_comes_with_its_words(planhat: PlanhatClient) -> None:
    company = await _some_company(planhat)
    for refused in (
        planhat.create_company({}, lane=USER),
        planhat.create_contact({"email": "x"}, lane=USER),
        planhat.create_call({"nr": "1"}, lane=USER),
        planhat.update_company(company, {"custom": {"a": {"b": 1}}}, lane=USER),
    ):
        with pytest.raises(RejectedError, match=r"\(400\)\. It says: \w+"):
            await refused


@pytest.mark.parametrize("sly", [NOBODY, "a/b", "../users", "x" * 400, "株式会社", "%2e%2e", "a?b"])
async def test_ids_that_nobody_has(planhat: PlanhatClient, sly: str) -> None:
    for ask in (planhat.company, planhat.contact, planhat.call):
        with pytest.raises(NotFoundError):
            await ask(sly, lane=USER)
    assert _all(await planhat.contacts_of(sly, lane=USER)) == []


async def test_the_limit_is_followed_answer_by_answer(planhat: PlanhatClient) -> None:
    assert planhat.limits().remaining is None
    left = []
    for _ in range(3):
        await planhat.my_profile(lane=USER)
        left.append(planhat.limits().remaining)
    assert left == [199, 198, 197]
    with pytest.raises(NotFoundError):
        await planhat.company(NOBODY, lane=USER)
    assert planhat.limits().remaining == 196


async def test_whole_lists_in_the_modern_edition_only(planhat: PlanhatClient, dialect: str) -> None:
    lean = {company.id for company in _all(await planhat.lean_companies(lane=USER))}
    assert len(lean) == OPTIONS.companies
    if dialect == "seed":
        with pytest.raises(PlanhatTuiError, match=r"405|404"):
            await planhat.companies(limit=10, offset=0, lane=USER)
        return
    pages = [
        _all(await planhat.companies(limit=20, offset=offset, sort="_id", lane=USER))
        for offset in (0, 20, 40)
    ]
    assert [len(page) for page in pages] == [20, 10, 0]
    assert {company.id for page in pages for company in page} == lean
    contacts = await planhat.contacts(limit=7, offset=2, sort="-updatedAt", lane=USER)
    assert contacts.count == 7


async def test_a_tenant_sees_its_own_records_only(sandbox: Sandbox, planhat: PlanhatClient) -> None:
    other = connect(URL, "sandbox-token-2", budget=Budgets(), app=sandbox)
    company = await _some_company(planhat)
    with pytest.raises(NotFoundError):
        await other.company(company, lane=USER)


async def test_a_limit_that_somebody_else_used_up_stops_us_once() -> None:
    now = 1_700_000_000.0

    def time() -> float:
        return now

    app = create_app(replace(OPTIONS, limit=5), clock=time)
    clients: list[PlanhatClient] = [_client(app, time) for _ in range(2)]
    for _ in range(5):
        await clients[0].my_profile(lane=USER)
    assert clients[0].limits().remaining == 0
    with pytest.raises(RateLimitedError):
        await clients[1].my_profile(lane=Lane.OUTBOX)
    assert clients[1].limits().stopped_until is not None
    now += 120.0
    for client in clients:
        await client.my_profile(lane=USER)
    assert clients[1].limits().remaining == 3
    app.close()


def _client(app: Sandbox, time: Callable[[], float]) -> PlanhatClient:
    return connect(URL, OPTIONS.token, budget=Budgets(), app=app, clock=time, wall=time)


async def _speak_2016(planhat: PlanhatClient) -> None:
    """Ask each endpoint of the 2016 reference once."""
    me = await planhat.my_profile(lane=USER)
    await planhat.users(email=str(me.data["email"]), lane=USER)
    company = await planhat.create_company({"name": "Each", "externalId": "each"}, lane=USER)
    await planhat.company(company.id, lane=USER)
    await planhat.update_company(company.id, {"owner": me.id}, lane=USER)
    (lean,) = _all(await planhat.lean_companies(external_id="each", lane=USER))
    assert lean.id == company.id
    contact = await planhat.create_contact({"companyId": company.id}, lane=USER)
    await planhat.contact(contact.id, lane=USER)
    await planhat.update_contact(contact.id, {"featured": True}, lane=USER)
    (listed,) = _all(await planhat.contacts_of(company.id, lane=USER))
    assert (listed.id, listed.data["featured"]) == (contact.id, True)
    body: dict[str, Json] = {"nr": "+4670123456", "externalUserId": "max123"}
    call = await planhat.create_call(body, lane=USER)
    await planhat.create_open_call(OPTIONS.tenant, body, lane=USER)
    await planhat.call(call.id, lane=USER)
    await planhat.update_call(call.id, {"start": START, "end": END}, lane=USER)
    await planhat.delete_call(call.id, lane=USER)
    await planhat.delete_contact(contact.id, lane=USER)
    await planhat.delete_company(company.id, lane=USER)


ENDPOINTS_OF_2016 = {
    *((method, "/companies/:id") for method in ("GET", "PUT", "DELETE")),
    *((method, "/endusers/:id") for method in ("GET", "PUT", "DELETE")),
    *((method, "/calls/:id") for method in ("GET", "PUT", "DELETE")),
    *(("POST", path) for path in ("/companies", "/endusers", "/calls", "/:tenant/calls")),
    *(("GET", path) for path in ("/leancompanies", "/users", "/endusers", "/myprofile")),
}


async def test_each_endpoint_of_the_2016_reference_is_spoken(
    planhat: PlanhatClient, sandbox: Sandbox
) -> None:
    await _speak_2016(planhat)
    counted = sandbox.stats.report()["requests"]
    assert {(one["method"], one["path"]) for one in counted} == ENDPOINTS_OF_2016
    assert {one["status"] for one in counted} == {200}


async def test_and_over_a_real_connection_as_well() -> None:
    with running(replace(OPTIONS, empty=True)) as server:
        planhat = connect(server.url, server.token, budget=Budgets())
        await _speak_2016(planhat)
        assert planhat.limits().remaining == OPTIONS.limit - 16
        await planhat.close()


async def test_all_contacts_at_once_or_a_page_at_a_time(
    planhat: PlanhatClient, dialect: str
) -> None:
    first = _all(await planhat.contacts(limit=40, offset=0, sort="_id", lane=USER))
    second = _all(await planhat.contacts(limit=40, offset=40, sort="_id", lane=USER))
    if dialect == "seed":
        assert len(first) > 40
        assert [contact.id for contact in first] == [contact.id for contact in second]
    else:
        assert (len(first), len(second)) == (40, 40)
        assert not {contact.id for contact in first} & {contact.id for contact in second}


@pytest.mark.parametrize("name", ["phone", "position", "companyName", "email"])
@pytest.mark.parametrize("text", ["", "優先", "a\nb", "\u202eleft", 'q"\\', "x" * 2000])
async def test_texts_come_back_letter_by_letter(
    planhat: PlanhatClient, name: str, text: str
) -> None:
    company = await _some_company(planhat)
    made = await planhat.create_contact({"companyId": company, name: text}, lane=USER)
    assert (await planhat.contact(made.id, lane=USER)).data[name] == text


async def test_a_null_takes_a_value_away(planhat: PlanhatClient) -> None:
    company = await _some_company(planhat)
    me = (await planhat.my_profile(lane=USER)).id
    await planhat.update_company(company, {"owner": me, "custom": {"Gone": 1}}, lane=USER)
    changed = await planhat.update_company(
        company, {"owner": None, "custom": {"Gone": None}}, lane=USER
    )
    assert changed.data["owner"] is None
    custom = changed.data["custom"]
    assert isinstance(custom, dict)
    assert "Gone" not in custom


async def test_an_id_of_another_system_in_place_of_ours(
    planhat: PlanhatClient, dialect: str
) -> None:
    made = await planhat.create_company({"name": "Ours", "externalId": "their 1"}, lane=USER)
    if dialect == "seed":
        with pytest.raises(NotFoundError):
            await planhat.company("extid-their 1", lane=USER)
        return
    assert (await planhat.company("extid-their 1", lane=USER)).id == made.id
    contact = await planhat.create_contact({"companyId": "extid-their 1"}, lane=USER)
    assert contact.data["companyId"] == made.id


@pytest.mark.parametrize("theirs", ["a/b", "50%2F50", "é/ü ?#", ".."])
async def test_an_id_of_another_system_may_hold_what_parts_a_path(
    theirs: str, planhat: PlanhatClient, dialect: str
) -> None:
    if dialect == "seed":
        return
    made = await planhat.create_company({"name": "Sliced", "externalId": theirs}, lane=USER)
    path_id = f"extid-{theirs}"
    assert (await planhat.company(path_id, lane=USER)).id == made.id
    changed = await planhat.update_company(path_id, {"city": "Oslo"}, lane=USER)
    assert (changed.id, changed.data["city"]) == (made.id, "Oslo")
