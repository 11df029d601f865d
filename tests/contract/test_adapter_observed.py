"""What was observed beside the 2016 reference, through the adapter, on the sandbox."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from planhat_tui.api import PlanhatClient, connect
from planhat_tui.api.address import by_external_id, by_source_id
from planhat_tui.api.client import RESOURCES
from planhat_tui.errors import InputError, NotFoundError, PlanhatTuiError, RejectedError
from planhat_tui.model.bulk import RowOutcome
from planhat_tui.model.limits import Lane
from planhat_tui.model.records import texts_of
from planhat_tui.sandbox import SandboxOptions, create_app
from tests.budgets import MemoryBudgets
from tests.contract.test_adapter import OPTIONS, URL, _all

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from planhat_tui.model.values import Json

USER = Lane.USER
CREATED, UPDATED = RowOutcome.CREATED, RowOutcome.UPDATED
UNCHANGED, REFUSED = RowOutcome.UNCHANGED, RowOutcome.REFUSED


async def _opened(options: SandboxOptions) -> AsyncIterator[PlanhatClient]:
    app = create_app(options)
    client = connect(URL, options.token, budget=MemoryBudgets(), app=app)
    yield client
    await client.close()
    app.close()


@pytest.fixture
async def modern() -> AsyncIterator[PlanhatClient]:
    async for client in _opened(OPTIONS):
        yield client


@pytest.fixture
async def seed() -> AsyncIterator[PlanhatClient]:
    async for client in _opened(replace(OPTIONS, dialect="seed")):
        yield client


async def _there(planhat: PlanhatClient, method: str, path: str, body: Json = None) -> None:
    """Skip the test where the server hasn't got the endpoint: some are without."""
    try:
        await planhat.request(method, path, body, lane=USER)
    except (NotFoundError, RejectedError) as error:
        if getattr(error, "status", 404) in {404, 405}:
            pytest.skip(f"no {method} {path} here")


async def test_companies_are_chosen_sorted_and_cut(modern: PlanhatClient) -> None:
    ids = sorted(c.id for c in _all(await modern.lean_companies(lane=USER)))
    wanted = (ids[3], ids[17], ids[25])
    some = _all(
        await modern.companies(
            limit=2, offset=1, sort="-_id", select=("_id", "name"), company_ids=wanted, lane=USER
        )
    )
    assert [company.id for company in some] == [ids[17], ids[3]]
    assert all(company.data.keys() == {"_id", "name"} for company in some)
    assert _all(await modern.companies(limit=5, offset=0, company_ids=("x",), lane=USER)) == []


async def test_contacts_are_chosen_by_company_email_and_archive(modern: PlanhatClient) -> None:
    contacts = _all(await modern.contacts(limit=2000, offset=0, lane=USER))
    company, email = contacts[0].data["companyId"], contacts[0].data["email"]
    assert isinstance(company, str)
    assert isinstance(email, str)
    theirs = _all(await modern.contacts(limit=99, offset=0, company_ids=(company,), lane=USER))
    assert [c.id for c in theirs] == [c.id for c in contacts if c.data["companyId"] == company]
    assert {c.id for c in theirs} == {
        c.id for c in _all(await modern.contacts_of(company, lane=USER))
    }
    found = _all(await modern.contacts(limit=9, offset=0, email=email, lane=USER))
    assert [c.id for c in found] == [c.id for c in contacts if c.data["email"] == email]
    await modern.update_contact(contacts[0].id, {"archived": True}, lane=USER)
    gone = _all(await modern.contacts(limit=2000, offset=0, archived=True, lane=USER))
    assert contacts[0].id in {c.id for c in gone}
    kept = _all(await modern.contacts(limit=2000, offset=0, archived=False, lane=USER))
    assert len(kept) + len(gone) == len(contacts)


async def test_ids_of_other_systems_read_and_change(modern: PlanhatClient) -> None:
    body: dict[str, Json] = {"name": "Ours", "externalId": "their 1", "sourceId": "src 1"}
    made = await modern.create_company(body, lane=USER)
    for other in (by_external_id("their 1"), by_source_id("src 1")):
        assert (await modern.company(other, lane=USER)).id == made.id
        changed = await modern.update_company(other, {"phase": other}, lane=USER)
        assert (changed.id, changed.data["phase"]) == (made.id, other)
        with pytest.raises(InputError):
            await modern.delete_company(other, lane=USER)
    moved = await modern.update_company(
        by_external_id("their 1"), {"externalId": "their 2"}, lane=USER
    )
    assert moved.id == made.id
    with pytest.raises(NotFoundError):
        await modern.company(by_external_id("their 1"), lane=USER)


async def test_what_is_gone_is_not_deleted_twice(modern: PlanhatClient) -> None:
    made = await modern.create_company({"name": "Short"}, lane=USER)
    await modern.delete_company(made.id, lane=USER)
    with pytest.raises(NotFoundError):
        await modern.delete_company(made.id, lane=USER)


async def test_definitions_of_custom_fields(modern: PlanhatClient) -> None:
    everything = _all(await modern.custom_fields(lane=USER))
    of_companies = _all(await modern.custom_fields(parent="Company", lane=USER))
    assert of_companies
    assert {str(d.data["parent"]).casefold() for d in of_companies} == {"company"}
    assert {d.id for d in of_companies} <= {d.id for d in everything}
    await _there(modern, "POST", "/customfields", {})
    body: dict[str, Json] = {"name": "Made here", "type": "number", "parent": "company"}
    made = await modern.create_custom_field(body, lane=USER)
    assert {name: made.data[name] for name in body} == body
    again = _all(await modern.custom_fields(parent="company", lane=USER))
    assert made.id in {d.id for d in again}
    changed = await modern.update_custom_field(made.id, {"isHidden": True}, lane=USER)
    assert changed.data == made.data | {"isHidden": True}
    assert (await modern.custom_field(made.id, lane=USER)).data == changed.data
    await modern.delete_custom_field(made.id, lane=USER)
    with pytest.raises(NotFoundError):
        await modern.custom_field(made.id, lane=USER)


async def test_a_bulk_change_tells_what_became_of_each_row(modern: PlanhatClient) -> None:
    await _there(modern, "PUT", "/companies", [])
    first = await modern.create_company(
        {"name": "First", "externalId": "b1", "phase": "old"}, lane=USER
    )
    second = await modern.create_company({"name": "Second", "externalId": "b2"}, lane=USER)
    rows: list[dict[str, Json]] = [
        {"externalId": "b1", "phase": "new"},
        {"_id": second.id, "name": "Second"},
        {"externalId": "b3", "name": "Third", "tags": ["bulk"]},
    ]
    answer = await modern.upsert_companies(rows, lane=USER)
    outcomes = [row.outcome for row in answer.rows]
    assert (outcomes[0], outcomes[2]) == (UPDATED, CREATED)
    assert outcomes[1] in {UNCHANGED, UPDATED}
    assert (await modern.company(first.id, lane=USER)).data["phase"] == "new"
    third = await modern.company(by_external_id("b3"), lane=USER)
    assert texts_of(third.data, "tags") == ("bulk",)
    assert answer.rows[2].id in {"", third.id}


async def test_a_bulk_change_of_which_some_or_all_is_refused(modern: PlanhatClient) -> None:
    await _there(modern, "PUT", "/companies", [])
    nameless: dict[str, Json] = {"externalId": "nobody", "phase": "x"}
    good: dict[str, Json] = {"externalId": "somebody", "name": "Somebody"}
    some = await modern.upsert_companies([nameless, good], lane=USER)
    assert [row.outcome for row in some.rows] == [REFUSED, CREATED]
    assert some.rows[0].reason
    every = await modern.upsert_companies([nameless], lane=USER)
    assert [row.outcome for row in every.rows] == [REFUSED]


async def test_a_bulk_change_of_contacts(modern: PlanhatClient) -> None:
    await _there(modern, "PUT", "/endusers", [])
    company = _all(await modern.lean_companies(lane=USER))[0].id
    rows: list[dict[str, Json]] = [
        {"externalId": f"c{n}", "name": f"Contact {n}", "companyId": company} for n in range(3)
    ]
    made = await modern.upsert_contacts(rows, lane=USER)
    assert [row.outcome for row in made.rows] == [CREATED] * 3
    again = await modern.upsert_contacts([{**rows[0], "position": "CEO"}], lane=USER)
    assert [row.outcome for row in again.rows] == [UPDATED]


@pytest.mark.parametrize("name", ["conversations", "tasks", "licenses", "nps", "assets"])
async def test_other_lists_are_read_under_the_same_rules(name: str, modern: PlanhatClient) -> None:
    await _there(modern, "GET", f"/{name}?limit=1")
    some = _all(await modern.resources(name, limit=3, offset=0, sort="_id", lane=USER))
    assert len(some) <= 3
    assert [one.id for one in some] == sorted(one.id for one in some)
    for one in some:
        assert (await modern.resource(name, one.id, lane=USER)).data == one.data
    with pytest.raises(NotFoundError):
        await modern.resource(name, "0" * 24, lane=USER)


async def test_a_typed_request_may_patch(modern: PlanhatClient) -> None:
    company = _all(await modern.lean_companies(lane=USER))[0].id
    path = f"/companies/{company}"
    told = await modern.request("PATCH", path, {"phase": "won", "_id": "x"}, lane=USER)
    assert isinstance(told.data, dict)
    assert (told.data["_id"], told.data["phase"]) == (company, "won")


async def test_the_edition_of_2016_has_nothing_of_it(seed: PlanhatClient) -> None:
    for ask in (
        seed.companies(limit=1, offset=0, lane=USER),
        seed.custom_fields(lane=USER),
        seed.create_custom_field({"name": "x", "type": "text", "parent": "company"}, lane=USER),
        seed.upsert_companies([{"externalId": "a", "name": "A"}], lane=USER),
        seed.upsert_contacts([{"externalId": "a", "name": "A"}], lane=USER),
        *(seed.resources(name, limit=1, offset=0, lane=USER) for name in RESOURCES),
    ):
        with pytest.raises(PlanhatTuiError, match=r"40[45]"):
            await ask
