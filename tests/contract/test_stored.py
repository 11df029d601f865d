"""The other resources: plain stored records under the same rules of lists."""

from __future__ import annotations

import re

import pytest

from tests.contract.server import NOBODY, Talk

KINDS = [
    *("conversations", "tasks", "tickets", "nps", "licenses", "assets", "projects"),
    *("opportunities", "issues", "invoices", "churn", "objectives"),
]


@pytest.mark.parametrize("kind", KINDS)
async def test_one_is_made_read_changed_and_deleted(modern: Talk, kind: str) -> None:
    company = await modern.a_company()
    body = {"companyId": company, "subject": "Hello 優先", "value": 12.5, "list": [1, {"a": None}]}
    made = await modern.make(f"/{kind}", body | {"_id": NOBODY})
    assert re.fullmatch(r"[0-9a-f]{24}", made["_id"])
    assert made["_id"] != NOBODY
    assert {name: made[name] for name in body} == body
    assert made["custom"] == {}
    path = f"/{kind}/{made['_id']}"
    assert await modern.get(path) == made
    assert await modern.list(f"/{kind}?companyId={company}") == [made]
    changed = await modern.change(path, {"subject": None, "custom": {"k": 1}})
    assert (changed["subject"], changed["value"], changed["custom"]) == (None, 12.5, {"k": 1})
    patched = await modern.ask("PATCH", path, {"custom": {}})
    assert patched.json()["custom"] == {"k": 1}
    await modern.delete(path)
    assert await modern.status("GET", path) == 404


@pytest.mark.parametrize("kind", ["conversations", "nps"])
async def test_their_lists_page_sort_and_select(modern: Talk, kind: str) -> None:
    company = await modern.a_company()
    for score in (3, 1, 2):
        await modern.make(f"/{kind}", {"companyId": company, "score": score})
    path = f"/{kind}?companyId={company}"
    up = await modern.list(f"{path}&sort=score&select=score,%20nothing")
    assert [set(one) for one in up] == [{"_id", "score"}] * 3
    assert [one["score"] for one in up] == [1, 2, 3]
    down = await modern.list(f"{path}&sort=-score&limit=2&offset=1")
    assert [one["score"] for one in down] == [2, 1]
    assert len(await modern.list(f"{path}&colour=red")) == 3


async def test_ids_are_text_and_of_companies_that_exist(modern: Talk) -> None:
    company = await modern.a_company(externalId="contract stored")
    body = {"companyId": "extid-contract stored", "externalId": 7, "sourceId": 8}
    made = await modern.make("/tasks", body)
    assert (made["companyId"], made["externalId"], made["sourceId"]) == (company, "7", "8")
    assert (await modern.get("/tasks/extid-7"))["_id"] == made["_id"]
    assert (await modern.change("/tasks/srcid-8", {"done": True}))["done"] is True
    for unknown in (NOBODY, "x", "extid-nobody"):
        assert await modern.status("POST", "/tasks", {"companyId": unknown}) == 400
    assert await modern.status("POST", "/tasks", {"companyId": {"_id": company}}) == 400


async def test_what_hangs_in_it_is_nested_a_hundred_deep_at_most(modern: Talk) -> None:
    modern.server.only_ours()

    def nest(depth: int) -> object:
        return [nest(depth - 1)] if depth > 1 else [{}]

    made = await modern.make("/tasks", {"x": nest(98)})
    assert made["x"] == nest(98)
    (listed,) = [t for t in await modern.list("/tasks?select=x") if t["_id"] == made["_id"]]
    assert listed["x"] == nest(98)
    assert await modern.status("POST", "/tasks", {"x": nest(99)}) == 400
    assert await modern.status("PUT", f"/tasks/{made['_id']}", {"x": nest(400)}) == 400


async def test_they_go_with_their_company(modern: Talk) -> None:
    modern.server.only_ours()
    company = await modern.a_company()
    made = await modern.make("/assets", {"companyId": company})
    await modern.delete(f"/companies/{company}")
    assert await modern.status("GET", f"/assets/{made['_id']}") == 404


@pytest.mark.parametrize("kind", KINDS)
async def test_in_2016_there_were_none(seed: Talk, kind: str) -> None:
    for method, path in (("GET", f"/{kind}"), ("POST", f"/{kind}"), ("GET", f"/{kind}/{NOBODY}")):
        assert await seed.status(method, path, {}) == 404
