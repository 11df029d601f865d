"""Definitions of custom fields: listed, made, changed, deleted, as observed since 2016."""

from __future__ import annotations

import pytest

from tests.contract.server import NOBODY, Talk

BODY: dict[str, object] = {"name": "Contract field", "parent": "company", "type": "list"}
TYPES = [
    *("text", "rich text", "number", "checkbox", "day", "date", "list", "multipicklist"),
    *("rating", "phone", "email", "url", "team member"),
]


async def test_one_is_made_listed_changed_and_deleted(modern: Talk) -> None:
    made = await modern.make("/customfields", BODY | {"listValues": ["a", "b"]})
    assert {key: made[key] for key in BODY} == BODY
    assert made["listValues"] == ["a", "b"]
    flags = ("isMandatory", "isHidden", "isLocked", "isFormula")
    assert [made[flag] for flag in flags] == [False] * 4
    path = f"/customfields/{made['_id']}"
    assert await modern.get(path) == made
    assert made in await modern.list("/customfields?parent=company&limit=2000")
    assert made not in await modern.list("/customfields?parent=enduser&limit=2000")
    changed = await modern.change(path, {"listValues": ["c"], "isHidden": True})
    assert changed == made | {"listValues": ["c"], "isHidden": True}
    await modern.delete(path)
    for method in ("GET", "PUT", "DELETE"):
        assert await modern.status(method, path, {}) == 404


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("parent", ["company", "enduser", "Company", "ENDUSER"])
async def test_of_every_type_for_both_parents(modern: Talk, kind: str, parent: str) -> None:
    made = await modern.make("/customfields", BODY | {"type": kind, "parent": parent})
    assert (made["type"], made["parent"]) == (kind, parent.lower())


@pytest.mark.parametrize("name", BODY)
@pytest.mark.parametrize("wrong", ["left out", "", " ", None, 7, ["text"], "nonsense"])
async def test_name_parent_and_type_are_required(modern: Talk, name: str, wrong: object) -> None:
    body = dict(BODY) | ({} if wrong == "left out" else {name: wrong})
    if wrong == "left out":
        body.pop(name)
    if (name, wrong) != ("name", "nonsense"):
        assert await modern.status("POST", "/customfields", body) == 400
    else:
        await modern.make("/customfields", body)


async def test_a_name_is_there_once_for_a_parent(modern: Talk) -> None:
    modern.server.only_ours()
    first = await modern.make("/customfields", BODY)
    assert await modern.status("POST", "/customfields", BODY) == 400
    await modern.make("/customfields", BODY | {"parent": "enduser"})
    await modern.change(f"/customfields/{first['_id']}", BODY)  # its own


async def test_what_was_observed_refuses_in_json(modern: Talk) -> None:
    modern.server.only_ours()
    answer = await modern.ask("POST", "/customfields", {})
    assert "name" in answer.json()["error"]
    assert (await modern.ask("GET", f"/tasks/{NOBODY}")).json()["error"]
    plain = await modern.ask("POST", "/companies", {})
    assert plain.headers["Content-Type"].startswith("text/plain")


async def test_lists_of_definitions_follow_the_rules_of_lists(modern: Talk) -> None:
    names = ["z contract", "a contract", "m contract"]
    for name in names:
        await modern.make("/customfields", BODY | {"name": name, "parent": "enduser"})
    path = "/customfields?parent=Enduser"
    listed = await modern.list(f"{path}&sort=-name&select=name,%20type")
    assert [one["name"] for one in listed] == sorted(names, reverse=True)
    assert all(set(one) == {"_id", "name", "type"} for one in listed)
    assert len(await modern.list(f"{path}&limit=2&offset=1")) == 2


async def test_in_2016_there_were_none(seed: Talk) -> None:
    assert await seed.status("POST", "/customfields", BODY) == 404
