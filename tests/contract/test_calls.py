"""Calls, with a token and through the open endpoint: 2016 reference, "Calls"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.contract.server import NOBODY, REMAINING

if TYPE_CHECKING:
    from tests.contract.server import Record, Talk

CALL: dict[str, object] = {
    "nr": "+4670123456",
    "externalUserId": "max123",
    "start": "2016-10-17T14:00:00.000Z",
    "end": "2016-10-17T14:02:00.000Z",
    "waiting": 10,
}
"""The call of the reference's example, with each property of its table."""
OTHER: dict[str, object] = {
    "nr": "ask for Ada, ☎ 7",
    "externalUserId": "somebody else",
    "start": "2016-10-17T11:59:59.000Z",
    "end": "2017-01-01T00:00:00.000Z",
    "waiting": 0.5,
}
MATCHES = {"companyId", "enduserId", "agentId", "agentName"}
STRANGE = "+999 000 31415926"
"""A number that nobody has."""


async def _open(planhat: Talk, body: object, tenant: str = "") -> Record:
    path = f"/{tenant or planhat.server.tenant}/calls"
    answer = await planhat.ask("POST", path, body, headers={})
    assert answer.status_code == 200, answer.text
    made: Record = answer.json()
    return made


@pytest.mark.parametrize("name", CALL)
async def test_each_property_is_stored_and_read_back(planhat: Talk, name: str) -> None:
    made = await planhat.make("/calls", CALL)
    assert made[name] == CALL[name]
    assert (await planhat.get(f"/calls/{made['_id']}"))[name] == CALL[name]


@pytest.mark.parametrize("name", CALL)
async def test_each_property_can_be_changed_and_the_others_stay(planhat: Talk, name: str) -> None:
    made = await planhat.make("/calls", CALL)
    changed = await planhat.change(f"/calls/{made['_id']}", {name: OTHER[name]})
    assert {key: changed[key] for key in CALL} == CALL | {name: OTHER[name]}
    assert await planhat.get(f"/calls/{made['_id']}") == changed


async def test_a_call_gets_an_id_and_that_of_the_body_is_ignored(planhat: Talk) -> None:
    made = await planhat.make("/calls", CALL | {"_id": NOBODY})
    assert re.fullmatch(r"[0-9a-f]{24}", made["_id"])
    assert made["_id"] != NOBODY


async def test_number_and_agent_are_enough(planhat: Talk) -> None:
    made = await planhat.make("/calls", {"nr": "1", "externalUserId": "nobody"})
    assert made["nr"] == "1"
    assert not {name for name in ("start", "end", "waiting") if made.get(name) is not None}


@pytest.mark.parametrize("name", ["nr", "externalUserId"])
@pytest.mark.parametrize("nothing", ["left out", "", "  ", None])
async def test_number_and_agent_are_required(planhat: Talk, name: str, nothing: str | None) -> None:
    body = {key: value for key, value in CALL.items() if key != name}
    if nothing != "left out":
        body[name] = nothing
    assert await planhat.status("POST", "/calls", body) == 400
    answer = await planhat.ask("POST", f"/{planhat.server.tenant}/calls", body, headers={})
    assert answer.status_code == 400
    made = await planhat.make("/calls", CALL)
    if nothing != "left out":
        assert await planhat.status("PUT", f"/calls/{made['_id']}", {name: nothing}) == 400
    assert await planhat.get(f"/calls/{made['_id']}") == made


@pytest.mark.parametrize(
    "wrong",
    [
        {"end": "2016-10-17T13:59:59.999Z"},
        {"end": "2016-10-17T15:00:00.000+02:00"},
        {"waiting": 120.5},
        {"waiting": -1},
        {"waiting": "10"},
        {"waiting": True},
        {"start": "yesterday"},
        {"start": 1_476_712_800},
        {"end": {}},
    ],
    ids=repr,
)
async def test_times_that_cant_be(planhat: Talk, wrong: dict[str, object]) -> None:
    assert await planhat.status("POST", "/calls", CALL | wrong) == 400
    made = await planhat.make("/calls", CALL)
    assert await planhat.status("PUT", f"/calls/{made['_id']}", wrong) == 400
    assert await planhat.get(f"/calls/{made['_id']}") == made


@pytest.mark.parametrize(
    "right",
    [
        {"waiting": 120},
        {"waiting": 0},
        {"end": "2016-10-17T14:02:00.001Z"},
        {"start": "2016-10-17T14:02:00.000Z", "waiting": 0},
        {"start": None, "end": None, "waiting": None},
    ],
    ids=repr,
)
async def test_times_at_the_edge(planhat: Talk, right: dict[str, object]) -> None:
    made = await planhat.make("/calls", CALL | right)
    assert {name: made[name] for name in right} == right


@pytest.mark.parametrize(
    "nr",
    [
        "+46 70 555 71 82",
        "+46705557182",
        "0046-70-5557182",
        "070-555 71 82",
        "(70) 5557182",
        "555 7182",
    ],
)
async def test_a_number_finds_its_contact_however_it_is_written(planhat: Talk, nr: str) -> None:
    contact = await planhat.a_contact(phone="+46 (70) 555-71-82")
    call = await planhat.make("/calls", CALL | {"nr": nr})
    assert (call["enduserId"], call["companyId"]) == (contact["_id"], contact["companyId"])
    assert call["nr"] == nr


async def test_a_number_of_nobody_is_saved_without_a_match(planhat: Talk) -> None:
    await planhat.a_contact(phone="")
    for nr in (STRANGE, "12", "no digits at all"):
        call = await planhat.make("/calls", CALL | {"nr": nr})
        assert call.get("enduserId") is None
        assert call.get("companyId") is None


async def test_a_number_of_several_finds_one_of_them(planhat: Talk) -> None:
    phone = "+46 70 555 31 41"
    both = [await planhat.a_contact(phone=phone) for _ in range(2)]
    call = await planhat.make("/calls", CALL | {"nr": phone})
    owners = {contact["_id"]: contact["companyId"] for contact in both}
    assert owners[call["enduserId"]] == call["companyId"]


async def test_another_number_is_matched_again(planhat: Talk) -> None:
    contact = await planhat.a_contact(phone="+46 70 555 27 18")
    call = await planhat.make("/calls", CALL | {"nr": STRANGE})
    changed = await planhat.change(f"/calls/{call['_id']}", {"nr": "0705552718"})
    assert changed["enduserId"] == contact["_id"]
    changed = await planhat.change(f"/calls/{call['_id']}", {"nr": STRANGE})
    assert changed.get("enduserId") is None


async def test_the_agent_is_found_by_the_id_of_your_own_system(planhat: Talk) -> None:
    user = next(user for user in await planhat.list("/users") if user["externalId"])
    call = await planhat.make("/calls", CALL | {"externalUserId": user["externalId"]})
    assert call["agentId"] == user["_id"]
    if planhat.server.modern:
        assert call["agentName"] == f"{user['firstName']} {user['lastName']}"
    unknown = await planhat.make("/calls", CALL | {"externalUserId": "nobody of this name"})
    assert unknown.get("agentId") is None
    changed = await planhat.change(f"/calls/{call['_id']}", {"externalUserId": "nobody"})
    assert changed.get("agentId") is None


async def test_a_call_of_2016_has_what_its_table_has_and_whom_it_was_matched_to(seed: Talk) -> None:
    seed.server.only_ours()
    contact = await seed.a_contact(phone="+46 70 555 14 14")
    call = await seed.make("/calls", CALL | {"nr": contact["phone"], "direction": "out"})
    matched = {"companyId", "enduserId", *({"agentId"} & set(call))}
    assert set(call) == {"_id", *CALL} | matched
    assert set(await _open(seed, CALL)) == {"_id", *CALL}


async def test_a_deleted_call_is_gone(planhat: Talk) -> None:
    call = await planhat.make("/calls", CALL)
    await planhat.delete(f"/calls/{call['_id']}")
    for method in ("GET", "PUT", "DELETE"):
        assert await planhat.status(method, f"/calls/{call['_id']}", {"waiting": 1}) == 404


@pytest.mark.parametrize("path", ["/calls", "/calls?limit=1", "/TENANT/calls"])
async def test_there_is_no_list_of_calls(planhat: Talk, path: str) -> None:
    await planhat.make("/calls", CALL)
    path = path.replace("TENANT", planhat.server.tenant)
    assert await planhat.status("GET", path) in {404, 405}


async def test_the_open_endpoint_takes_a_call_without_a_token(planhat: Talk) -> None:
    contact = await planhat.a_contact(phone="+46 70 555 16 18")
    user = next(user for user in await planhat.list("/users") if user["externalId"])
    body = CALL | {"nr": "0705551618", "externalUserId": user["externalId"]}
    made = await _open(planhat, body)
    assert {name: made[name] for name in body} == body
    kept = await planhat.get(f"/calls/{made['_id']}")
    assert {name: kept[name] for name in body} == body
    assert (kept["enduserId"], kept["agentId"]) == (contact["_id"], user["_id"])
    await planhat.delete(f"/calls/{made['_id']}")


async def test_the_open_endpoint_tells_a_stranger_nothing(planhat: Talk) -> None:
    await planhat.a_contact(phone="+46 70 555 57 72")
    user = next(user for user in await planhat.list("/users") if user["externalId"])
    known = CALL | {"nr": "+46705555772", "externalUserId": user["externalId"]}
    unknown = CALL | {"nr": STRANGE, "externalUserId": "nobody of this name"}
    answers = [await _open(planhat, body) for body in (known, unknown)]
    assert not MATCHES & set(answers[0])
    assert set(answers[0]) == set(answers[1])
    for answer in answers:
        await planhat.delete(f"/calls/{answer['_id']}")


@pytest.mark.parametrize("header", ["Bearer wrong", "Basic %%%", "nonsense"])
async def test_the_open_endpoint_doesnt_look_at_a_token(planhat: Talk, header: str) -> None:
    path = f"/{planhat.server.tenant}/calls"
    answer = await planhat.ask("POST", path, CALL, headers={"Authorization": header})
    assert answer.status_code == 200
    await planhat.delete(f"/calls/{answer.json()['_id']}")


@pytest.mark.parametrize("tenant", ["199627f7-0d65-52cd-89b9-45b5ff561bem", "x", "%20"])
async def test_a_tenant_that_isnt_there(planhat: Talk, tenant: str) -> None:
    assert (await planhat.ask("POST", f"/{tenant}/calls", CALL, headers={})).status_code == 401
    assert await planhat.status("POST", f"/{tenant}/calls", CALL) == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_only_making_a_call_is_open(planhat: Talk, method: str) -> None:
    call = await _open(planhat, CALL)
    for path in (
        f"/{planhat.server.tenant}/calls",
        f"/{planhat.server.tenant}/calls/{call['_id']}",
    ):
        assert (await planhat.ask(method, path, headers={})).status_code == 401
    path = f"/calls/{call['_id']}"
    assert (await planhat.ask(method, path, headers={})).status_code == 401
    await planhat.delete(path)


async def test_open_calls_have_a_budget_of_their_own(alone: Talk) -> None:
    before = int((await alone.ask("GET", "/myprofile")).headers[REMAINING])
    await _open(alone, CALL)
    await _open(alone, CALL)
    after = int((await alone.ask("GET", "/myprofile")).headers[REMAINING])
    assert after == before - 1


async def test_patch_is_taken_as_put_today(planhat: Talk) -> None:
    call = await planhat.make("/calls", CALL)
    answer = await planhat.ask("PATCH", f"/calls/{call['_id']}", {"waiting": 11})
    if planhat.server.modern:
        assert (answer.json()["waiting"], answer.json()["nr"]) == (11, CALL["nr"])
    else:
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2016-10-17T16:02:00+02:00", "2016-10-17T14:02:00.000Z"),
        ("2016-10-17T14:02:00", "2016-10-17T14:02:00.000Z"),
        ("2016-10-17T14:02:00.1234Z", "2016-10-17T14:02:00.123Z"),
    ],
)
async def test_a_moment_comes_back_in_utc_with_milliseconds(
    planhat: Talk, sent: str, kept: str
) -> None:
    made = await planhat.make("/calls", CALL | {"end": sent})
    assert made["end"] == kept
    assert (await planhat.get(f"/calls/{made['_id']}"))["end"] == kept


async def test_a_moment_without_one_in_utc_is_refused(planhat: Talk) -> None:
    edge = {"start": "0001-01-01T00:00:00+02:00", "end": None}
    assert await planhat.status("POST", "/calls", CALL | edge) == 400
