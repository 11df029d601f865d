"""Bulk upsert, as today's service has it: each row by itself, and an answer that tells which."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.server import NOBODY

if TYPE_CHECKING:
    from tests.contract.server import Record, Talk

COUNTS = {"created", "updated", "nonupdates"}
LISTS = {
    "createdErrors", "insertsKeys", "updatedErrors", "updatesKeys", "modified", "upsertedIds",
    "permissionErrors",
}  # fmt: skip


async def _bulk(planhat: Talk, path: str, rows: object, status: int = 200) -> dict[str, Any]:
    answer = await planhat.ask("PUT", path, rows)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/json")
    told: dict[str, Any] = answer.json()
    assert set(told) >= COUNTS | LISTS
    return told


async def _gone(planhat: Talk, told: dict[str, Any], path: str = "/companies") -> None:
    for record_id in told["upsertedIds"]:
        await planhat.delete(f"{path}/{record_id}")


@pytest.mark.parametrize("key", ["externalId", "sourceId"])
async def test_rows_are_made_and_then_changed_by_a_key_of_ones_own(modern: Talk, key: str) -> None:
    rows = [{key: f"contract bulk {n}", "name": f"Bulk {n}"} for n in range(3)]
    told = await _bulk(modern, "/companies", rows)
    assert (told["created"], told["updated"], told["nonupdates"]) == (3, 0, 0)
    assert [entry[key] for entry in told["insertsKeys"]] == [row[key] for row in rows]
    assert [entry["_id"] for entry in told["insertsKeys"]] == told["upsertedIds"]
    again = await _bulk(modern, "/companies", [row | {"phase": "won"} for row in rows[:2]])
    assert (again["created"], again["updated"]) == (0, 2)
    assert [entry["_id"] for entry in again["updatesKeys"]] == told["upsertedIds"][:2]
    assert again["modified"] == told["upsertedIds"][:2]
    read = await modern.get(f"/companies/{told['upsertedIds'][0]}")
    assert (read["phase"], read["name"]) == ("won", "Bulk 0")
    await _gone(modern, told)


async def test_a_row_is_found_by_its_id_first(modern: Talk) -> None:
    first = await modern.a_company(externalId="contract first")
    second = await modern.a_company(sourceId="contract second")
    rows = [
        {"_id": first, "sourceId": "contract new", "phase": "by id"},
        {"sourceId": "contract second", "phase": "by source id"},
    ]
    told = await _bulk(modern, "/companies", rows)
    assert told["updated"] == 2
    assert (await modern.get(f"/companies/{first}"))["phase"] == "by id"
    assert (await modern.get(f"/companies/{second}"))["phase"] == "by source id"


async def test_what_changes_nothing_is_counted_apart(modern: Talk) -> None:
    company = await modern.a_company(tags=["a"], custom={"k": 1})
    before = await modern.get(f"/companies/{company}")
    told = await _bulk(modern, "/companies", [{"_id": company, "tags": ["a"], "custom": {}}])
    assert (told["nonupdates"], told["updated"], told["modified"]) == (1, 0, [])
    assert await modern.get(f"/companies/{company}") == before


async def test_some_that_fail_make_it_206_and_the_others_are_saved(modern: Talk) -> None:
    company = await modern.a_company(phase="before")
    rows: list[Any] = [
        {"externalId": "contract nameless"},
        {"externalId": "contract named", "name": "Named"},
        {"_id": company, "tags": "no list", "phase": "after"},
        7,
    ]
    told = await _bulk(modern, "/companies", rows, 206)
    assert told["created"] == 1
    assert "contract nameless" in str(told["createdErrors"])
    assert company in str(told["updatedErrors"])
    assert len(told["createdErrors"]) + len(told["updatedErrors"]) == 3
    assert (await modern.get(f"/companies/{company}"))["phase"] == "before"
    assert await modern.list("/leancompanies?externalId=contract%20nameless") == []
    await _gone(modern, told)


async def test_all_that_fail_make_it_400_in_json(modern: Talk) -> None:
    refused: list[Any] = [{}, {"externalId": "contract x"}, {"_id": NOBODY}, [], {"name": " "}]
    for rows in ([row] for row in refused):
        told = await _bulk(modern, "/companies", rows, 400)
        assert len(told["createdErrors"]) == 1
        assert told["createdErrors"][0]["message"]


async def test_no_rows_are_no_harm(modern: Talk) -> None:
    assert (await _bulk(modern, "/companies", []))["created"] == 0
    assert (await _bulk(modern, "/endusers", []))["created"] == 0


async def test_5000_rows_and_no_more(modern: Talk) -> None:
    modern.server.only_ours()
    rows: list[Record] = [{"externalId": f"contract many {n}"} for n in range(5001)]
    assert await modern.status("PUT", "/companies", rows) == 400
    if not modern.server.app:
        return  # to take them out again costs 5,000 calls
    rows = [{"externalId": f"contract many {n}", "name": "The Same"} for n in range(5000)]
    told = await _bulk(modern, "/companies", rows)
    assert (told["created"], len(set(told["upsertedIds"]))) == (5000, 5000)
    slugs = [one["slug"] for one in await modern.list("/leancompanies")]
    assert len(set(slugs)) == len(slugs)
    for record_id in told["upsertedIds"][:3]:
        assert re.fullmatch(r"[0-9a-f]{24}", record_id)


async def test_a_key_that_is_a_number_is_text(modern: Talk) -> None:
    told = await _bulk(modern, "/companies", [{"externalId": 90_000_001, "name": "Number"}])
    assert told["insertsKeys"][0]["externalId"] == "90000001"
    again = await _bulk(modern, "/companies", [{"externalId": 90_000_001, "phase": "x"}])
    assert again["updated"] == 1
    await _gone(modern, told)


async def test_a_slug_or_an_id_that_is_taken_fails_its_row_alone(modern: Talk) -> None:
    await modern.a_company(slug="contract-bulk", externalId="contract taken")
    other = await modern.a_company()
    rows = [
        {"name": "A", "slug": "contract-bulk", "externalId": "contract a"},
        {"_id": other, "externalId": "contract taken"},
        {"name": "B", "externalId": "contract b"},
    ]
    told = await _bulk(modern, "/companies", rows, 206)
    assert [told["created"], len(told["createdErrors"]), len(told["updatedErrors"])] == [1, 1, 1]
    await _gone(modern, told)


async def test_contacts_as_well_each_within_its_company(modern: Talk) -> None:
    company = await modern.a_company(externalId="contract bulk co")
    other = await modern.a_company()
    rows = [
        {"externalId": "u1", "companyId": company, "name": "Ada"},
        {"externalId": "u1", "companyId": other, "name": "Bo"},
        {"externalId": "u2", "companyId": "extid-contract bulk co", "name": "Cy"},
        {"externalId": "u3", "name": "Nobody's"},
    ]
    told = await _bulk(modern, "/endusers", rows, 206)
    assert (told["created"], len(told["createdErrors"])) == (3, 1)
    changed = await _bulk(
        modern, "/endusers", [{"externalId": "u1", "companyId": company, "position": "CTO"}]
    )
    assert changed["modified"] == told["upsertedIds"][:1]
    contacts = await modern.list(f"/endusers?c={company}")
    assert {contact["name"] for contact in contacts} == {"Ada", "Cy"}


@pytest.mark.parametrize("body", [{}, {"name": "no list"}, "text", 7, None])
@pytest.mark.parametrize("path", ["/companies", "/endusers"])
async def test_what_isnt_a_list_is_refused(modern: Talk, path: str, body: object) -> None:
    assert (await modern.ask("PUT", path, body)).status_code == 400


async def test_in_2016_there_was_no_bulk(seed: Talk) -> None:
    for path in ("/companies", "/endusers"):
        assert await seed.status("PUT", path, [{"name": "x"}]) == 404
