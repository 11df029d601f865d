"""The team and the token's own user: 2016 reference, "Team" and "Authentication"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from tests.contract.server import Talk

PROPERTIES: dict[str, type | tuple[type, ...]] = {
    "_id": str,
    "email": str,
    "firstName": str,
    "lastName": str,
    "nickName": str,
    "externalId": str,
    "isHidden": bool,
    "removed": bool,
    "roles": list,
    "image": (dict, str),
}
"""Each property that a user and the profile have, with its type."""


@pytest.mark.parametrize("name", PROPERTIES)
async def test_each_property_of_a_user(planhat: Talk, name: str) -> None:
    team = await planhat.list("/users")
    assert team
    assert all(isinstance(user[name], PROPERTIES[name]) for user in team)


@pytest.mark.parametrize("name", PROPERTIES)
async def test_the_profile_has_the_properties_of_a_user(planhat: Talk, name: str) -> None:
    profile = await planhat.get("/myprofile")
    (me,) = [user for user in await planhat.list("/users") if user["_id"] == profile["_id"]]
    assert profile[name] == me[name]


async def test_the_profile_tells_the_tenant(planhat: Talk) -> None:
    planhat.server.only_ours()
    profile = await planhat.get("/myprofile")
    assert profile["tenantId"] == planhat.server.tenant
    assert profile["tenantName"]


async def test_the_whole_team_if_no_email_is_asked_for(planhat: Talk) -> None:
    team = await planhat.list("/users")
    assert await planhat.list("/users?email=") == team
    ids = [user["_id"] for user in team]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[0-9a-f]{24}", one) for one in ids)
    if planhat.server.ours:
        assert len(team) == 12


async def test_the_one_with_an_email(planhat: Talk) -> None:
    for user in await planhat.list("/users"):
        found = await planhat.list(f"/users?email={quote(user['email'])}")
        assert [one["_id"] for one in found] == [user["_id"]]


@pytest.mark.parametrize("email", ["yourcolleaguesname@yourcompany.com", "@", "%25", "a%40b"])
async def test_an_email_of_nobody(planhat: Talk, email: str) -> None:
    assert await planhat.list(f"/users?email={email}") == []


async def test_an_id_from_the_team_is_an_owner(planhat: Talk) -> None:
    (_, colleague, *_) = await planhat.list("/users")
    (found,) = await planhat.list(f"/users?email={quote(colleague['email'])}")
    company = await planhat.a_company(owner=found["_id"])
    assert (await planhat.get(f"/companies/{company}"))["owner"] == colleague["_id"]
