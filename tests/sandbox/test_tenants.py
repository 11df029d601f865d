"""Two tenants in one sandbox know nothing of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.sandbox import DEMO_TENANTS, SandboxOptions
from tests.sandbox.asking import Asking, asking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FIRST, SECOND = DEMO_TENANTS


@pytest.fixture
async def sandbox() -> AsyncIterator[Asking]:
    async with asking(SandboxOptions(companies=40)) as opened:
        yield opened


async def _one_of_each(sandbox: Asking) -> dict[str, dict[str, Any]]:
    """Make a record of each kind for the first tenant."""
    company = await sandbox.make(
        "/companies",
        {
            "name": "Mine",
            "slug": "mine",
            "externalId": "x-1",
            "sourceId": "s-1",
            "domains": ["m.io"],
        },
    )
    contact = await sandbox.make(
        "/endusers",
        {
            "companyId": company["_id"],
            "externalId": "x-1",
            "phone": "+46 70 999 88 77",
            "email": "a@m.io",
        },
    )
    call = await sandbox.make("/calls", {"nr": "+46709998877", "externalUserId": "max123"})
    return {"companies": company, "endusers": contact, "calls": call}


async def test_each_token_opens_its_own_tenant(sandbox: Asking) -> None:
    for tenant in DEMO_TENANTS:
        profile = await sandbox.get("/myprofile", tenant.token)
        assert (profile["tenantId"], profile["tenantName"]) == (tenant.tenant_id, tenant.name)


@pytest.mark.parametrize("path", ["/leancompanies", "/companies", "/endusers", "/users"])
async def test_lists_have_nothing_in_common(sandbox: Asking, path: str) -> None:
    mine, theirs = [
        {record["_id"] for record in await sandbox.get(f"{path}?limit=2000", tenant.token)}
        for tenant in DEMO_TENANTS
    ]
    assert mine
    assert theirs
    assert not mine & theirs


@pytest.mark.parametrize("kind", ["companies", "endusers", "calls"])
async def test_a_record_of_one_isnt_there_for_the_other(sandbox: Asking, kind: str) -> None:
    record = (await _one_of_each(sandbox))[kind]
    path = f"/{kind}/{record['_id']}"
    for method in ("GET", "PUT", "DELETE"):
        answer = await sandbox.ask(method, path, {"tags": [], "waiting": 1}, SECOND.token)
        assert answer.status_code == 404
    assert await sandbox.get(path) == record


async def test_neither_is_it_found_by_other_ways(sandbox: Asking) -> None:
    made = await _one_of_each(sandbox)
    company = made["companies"]["_id"]
    for path in (
        "/leancompanies?externalId=x-1",
        "/leancompanies?sourceId=s-1",
        f"/companies?companyId={company}",
        f"/endusers?c={company}",
        f"/companies/{company}/endusers",
        "/endusers?email=a@m.io",
    ):
        assert await sandbox.get(path)
        assert await sandbox.get(path, SECOND.token) == []
    for path in ("/companies/extid-x-1", "/companies/srcid-s-1", "/endusers/extid-x-1"):
        assert (await sandbox.ask("GET", path, token=SECOND.token)).status_code == 404


@pytest.mark.parametrize("name", ["companyId", "external id", "domain"])
async def test_a_contact_cant_be_hung_on_the_others_company(sandbox: Asking, name: str) -> None:
    company = (await _one_of_each(sandbox))["companies"]["_id"]
    body = {
        "companyId": {"companyId": company},
        "external id": {"companyId": "extid-x-1"},
        "domain": {"email": "b@m.io"},
    }[name]
    assert (await sandbox.ask("POST", "/endusers", body, SECOND.token)).status_code == 400
    assert (await sandbox.ask("POST", "/endusers", body, FIRST.token)).status_code == 200


async def test_what_is_taken_in_one_is_free_in_the_other(sandbox: Asking) -> None:
    mine = (await _one_of_each(sandbox))["companies"]
    body = {"name": "Mine", "slug": "mine", "externalId": "x-1"}
    assert (await sandbox.ask("POST", "/companies", body)).status_code == 400
    theirs = await sandbox.make("/companies", body, SECOND.token)
    assert theirs["slug"] == mine["slug"]
    assert (await sandbox.ask("DELETE", f"/companies/{theirs['_id']}", token=SECOND.token)).json()
    assert await sandbox.get(f"/companies/{mine['_id']}") == mine


async def test_a_number_is_looked_for_among_ones_own_contacts(sandbox: Asking) -> None:
    made = await _one_of_each(sandbox)
    assert made["calls"]["enduserId"] == made["endusers"]["_id"]
    body = {"nr": "+46709998877", "externalUserId": "max123"}
    theirs = await sandbox.make("/calls", body, SECOND.token)
    assert "enduserId" not in theirs
    team = {user["_id"] for user in await sandbox.get("/users", SECOND.token)}
    assert theirs["agentId"] in team


async def test_an_open_call_belongs_to_the_tenant_of_its_path(sandbox: Asking) -> None:
    body = {"nr": "1", "externalUserId": "x"}
    path = f"/{SECOND.tenant_id}/calls"
    for token in ("", FIRST.token):
        made = (await sandbox.ask("POST", path, body, token)).json()
        assert (await sandbox.get(f"/calls/{made['_id']}", SECOND.token))["nr"] == "1"
        assert (await sandbox.ask("GET", f"/calls/{made['_id']}")).status_code == 404


async def test_the_options_name_the_first_tenant() -> None:
    async with asking(SandboxOptions(empty=True, token="my own", tenant="opaque-m")) as sandbox:
        assert (await sandbox.get("/myprofile"))["tenantId"] == "opaque-m"
        assert (await sandbox.ask("GET", "/myprofile", token=FIRST.token)).status_code == 401
        assert (await sandbox.get("/myprofile", SECOND.token))["tenantId"] == SECOND.tenant_id
