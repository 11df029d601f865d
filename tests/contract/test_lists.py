"""Whole lists, a page at a time, as today's service has them; 2016 has none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.sandbox import SandboxOptions, create_app
from tests.contract.conftest import NOON, in_process
from tests.contract.server import NOBODY, talking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.contract.server import Record, Talk

KINDS = ["companies", "endusers"]
NAMES = ["delta", "Alpha", "charlie", "Öresund", "bravo"]
CONTACTS_OF = "/companies/{}/endusers"
MANY = 2611
"""Contacts of one company that are more than a page holds."""


def _ids(records: list[Record]) -> list[str]:
    return [record["_id"] for record in records]


async def _made(planhat: Talk, kind: str) -> str:
    """Make five records; return the path of their list, of these alone."""
    if kind == "companies":
        made = [await planhat.a_company(name=name, phase=f"p {name}") for name in NAMES]
        return f"/companies?companyId={','.join(made)}"
    company = await planhat.a_company()
    for name in NAMES:
        await planhat.a_contact(companyId=company, name=name, position=f"p {name}")
    return f"/endusers?companyId={company}"


@pytest.fixture
async def crowd() -> AsyncIterator[Talk]:
    """Talk with a sandbox that has more records than a page."""
    options = SandboxOptions(companies=300)
    app = create_app(options, clock=lambda: NOON)
    async with talking(in_process(app, "modern", options)) as talk:
        yield talk
    app.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_pages_are_all_of_it_without_gaps_or_doubles(modern: Talk, kind: str) -> None:
    path = await _made(modern, kind)
    pages = [await modern.list(f"{path}&sort=_id&limit=2&offset={n}") for n in (0, 2, 4, 6)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    ids = [one for page in pages for one in _ids(page)]
    assert len(set(ids)) == 5
    assert ids == sorted(ids)
    assert set(ids) == set(_ids(await modern.list(f"{path}&limit=50")))


@pytest.mark.parametrize("kind", KINDS)
async def test_whole_objects_stand_in_a_list(modern: Talk, kind: str) -> None:
    for record in await modern.list(f"{await _made(modern, kind)}&limit=10"):
        assert await modern.get(f"/{kind}/{record['_id']}") == record


@pytest.mark.parametrize("kind", KINDS)
async def test_up_and_down_by_a_field(modern: Talk, kind: str) -> None:
    path = await _made(modern, kind)
    up = [r["name"] for r in await modern.list(f"{path}&limit=9&sort=name")]
    down = [r["name"] for r in await modern.list(f"{path}&limit=9&sort=-name")]
    assert up == sorted(NAMES)
    assert down == up[::-1]


@pytest.mark.parametrize("kind", KINDS)
async def test_the_last_change_first(modern: Talk, kind: str) -> None:
    path = await _made(modern, kind)
    listed = await modern.list(f"{path}&limit=9&sort=-updatedAt")
    stamps = [record["updatedAt"] for record in listed]
    assert stamps == sorted(stamps, reverse=True)
    oldest = await modern.list(f"{path}&limit=9&sort=updatedAt")
    assert [record["updatedAt"] for record in oldest] == stamps[::-1]


@pytest.mark.parametrize("kind", KINDS)
async def test_the_order_of_an_unknown_field_is_no_error(modern: Talk, kind: str) -> None:
    path = await _made(modern, kind)
    for sort in ("nonsense", "-", "a.b", "name'", "-$.x", "NAME", "custom", "tags", "%00"):
        assert len(await modern.list(f"{path}&limit=9&sort={sort}")) == 5


@pytest.mark.parametrize("kind", KINDS)
async def test_selected_fields_alone_and_always_the_id(modern: Talk, kind: str) -> None:
    path = await _made(modern, kind)
    for select in ("name,tags", "name,%20tags", "%20name%20,tags,", "tags,no such field,name"):
        listed = await modern.list(f"{path}&limit=9&select={select}")
        assert len(listed) == 5
        assert all(set(record) == {"_id", "name", "tags"} for record in listed)
    only_ids = await modern.list(f"{path}&limit=9&select=_id")
    assert all(set(record) == {"_id"} for record in only_ids)


@pytest.mark.parametrize("kind", KINDS)
async def test_select_all_means_whole_objects(modern: Talk, kind: str) -> None:
    path = await _made(modern, kind)
    whole = await modern.list(f"{path}&limit=9&sort=_id")
    assert await modern.list(f"{path}&limit=9&sort=_id&select=ALL") == whole
    assert await modern.list(f"{path}&limit=9&sort=_id&select=") == whole


@pytest.mark.parametrize("kind", KINDS)
async def test_what_isnt_known_is_ignored(modern: Talk, kind: str) -> None:
    path = await _made(modern, kind)
    whole = await modern.list(f"{path}&limit=9&sort=_id")
    assert await modern.list(f"{path}&limit=9&sort=_id&colour=red&Select=name&page=2") == whole


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", ["x", "", "-1", "1.5", "²", "1e3"])
async def test_a_number_that_is_none_counts_as_left_out(
    modern: Talk, kind: str, number: str
) -> None:
    modern.server.only_ours()
    path = await _made(modern, kind)
    assert len(await modern.list(f"{path}&limit={number}&offset={number}")) == 5


@pytest.mark.parametrize("kind", KINDS)
async def test_numbers_beyond_all_measure(modern: Talk, kind: str) -> None:
    path = await _made(modern, kind)
    for digits in (12, 30, 5000):
        assert len(await modern.list(f"{path}&limit={'9' * digits}")) == 5
        assert await modern.list(f"{path}&limit=5&offset={'9' * digits}") == []


@pytest.mark.parametrize("kind", KINDS)
async def test_an_unknown_company_gives_an_empty_list(modern: Talk, kind: str) -> None:
    for unknown in (NOBODY, "x", "株式会社"):
        assert await modern.list(f"/{kind}?companyId={unknown}&limit=5") == []


@pytest.mark.parametrize("kind", KINDS)
async def test_long_query_strings_are_read_to_the_end(modern: Talk, kind: str) -> None:
    path = await _made(modern, kind)
    fields = ",".join(f"field{number}" for number in range(800))
    listed = await modern.list(f"{path}&select={fields},name&limit=3&sort=-name")
    assert [record["name"] for record in listed] == sorted(NAMES, reverse=True)[:3]


async def test_the_contacts_of_several_companies(modern: Talk) -> None:
    companies = [await modern.a_company() for _ in range(3)]
    contacts = [(await modern.a_contact(companyId=one))["_id"] for one in companies]
    listed = await modern.list(f"/endusers?companyId={companies[0]},%20{companies[2]}&limit=9")
    assert set(_ids(listed)) == {contacts[0], contacts[2]}


async def test_contacts_by_email_and_by_archived(modern: Talk) -> None:
    company, other = await modern.a_company(), await modern.a_company()
    ada = await modern.a_contact(companyId=company, email="ada@contract-mail.example")
    await modern.a_contact(companyId=company, email="bo@contract-mail.example", archived=True)
    twin = await modern.a_contact(companyId=other, email="ada@contract-mail.example")
    by_email = "/endusers?limit=9&email=ada@contract-mail.example"
    assert set(_ids(await modern.list(by_email))) == {ada["_id"], twin["_id"]}
    assert _ids(await modern.list(f"{by_email}&companyId={company}")) == [ada["_id"]]
    kept = await modern.list(f"/endusers?limit=9&companyId={company}&archived=false")
    assert _ids(kept) == [ada["_id"]]
    (gone,) = await modern.list(f"/endusers?limit=9&companyId={company}&archived=true")
    assert gone["email"] == "bo@contract-mail.example"


async def test_the_contacts_of_a_company_by_its_path(planhat: Talk) -> None:
    company = await planhat.a_company()
    contact = await planhat.a_contact(companyId=company)
    path = f"/companies/{company}/endusers"
    if planhat.server.modern:
        assert _ids(await planhat.list(path)) == [contact["_id"]]
        if planhat.server.ours:
            for nobody in ("%20", ",", "x"):
                assert await planhat.list(f"/companies/{nobody}/endusers") == []
    else:
        assert await planhat.status("GET", path) == 404


async def test_the_definitions_of_custom_fields(planhat: Talk) -> None:
    if not planhat.server.modern:
        assert await planhat.status("GET", "/customfields?parent=company") == 404
        return
    definitions = await planhat.list("/customfields?parent=company")
    assert definitions == await planhat.list("/customfields?parent=COMPANY")
    assert {definition["parent"] for definition in definitions} <= {"company"}
    assert all({"_id", "name", "type", "listValues"} <= set(one) for one in definitions)
    assert await planhat.list("/customfields?parent=asteroid") == []


async def test_in_2016_companies_couldnt_be_listed(seed: Talk) -> None:
    assert await seed.status("GET", "/companies?limit=5") == 404


async def test_in_2016_contacts_came_all_at_once(seed: Talk) -> None:
    company = await seed.a_company()
    made = [await seed.a_contact(companyId=company, name=name) for name in NAMES]
    for path in (f"/endusers?c={company}", "/endusers"):
        listed = await seed.list(f"{path}{'&' if '?' in path else '?'}limit=2&offset=1")
        assert set(_ids(made)) <= set(_ids(listed))
        assert await seed.get(f"/endusers/{listed[0]['_id']}") == listed[0]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_hundred_unless_said_otherwise(crowd: Talk, kind: str) -> None:
    assert len(await crowd.list(f"/{kind}")) == 100
    assert len(await crowd.list(f"/{kind}?limit=250")) == 250
    assert len(await crowd.list(f"/{kind}?offset=290")) == (10 if kind == "companies" else 100)


async def test_a_limit_above_the_cap_is_clamped_in_silence(crowd: Talk) -> None:
    everybody = [len(await crowd.list(f"/endusers?limit=2000&offset={n}")) for n in (0, 2000)]
    assert everybody[0] == 2000
    assert everybody[1] > 0
    assert len(await crowd.list("/endusers?limit=999999")) == 2000


@pytest.mark.parametrize("path", ["/endusers?c={}", "/endusers?companyId={}", CONTACTS_OF])
async def test_a_companys_contacts_are_a_list_as_any_other(crowd: Talk, path: str) -> None:
    assert crowd.server.app
    company = await crowd.a_company()
    people = [{"_id": f"{n:024x}", "companyId": company} for n in range(MANY)]
    crowd.server.app._database.put(crowd.server.tenant, "contact", people)
    path = path.format(company)
    path += "&" if "?" in path else "?"
    for query, count in {
        "": 100,
        "limit=250": 250,
        "limit=9999": 2000,
        "offset=2600": 11,
        "limit=2000&offset=2000": 611,
        "limit=2000&offset=2611": 0,
    }.items():
        assert len(await crowd.list(f"{path}{query}")) == count
    pages = [await crowd.list(f"{path}limit=2000&offset={n}") for n in (0, 2000)]
    assert len({one for page in pages for one in _ids(page)}) == MANY


async def test_in_2016_a_companys_contacts_came_all_at_once_however_many(seed: Talk) -> None:
    seed.server.only_ours()
    company = await seed.a_company()
    made = [await seed.a_contact(companyId=company, name=f"Contact {n}") for n in range(101)]
    for query in ("", "&limit=5", "&limit=9999"):
        listed = await seed.list(f"/endusers?c={company}{query}")
        assert sorted(_ids(listed)) == sorted(_ids(made))


async def test_a_team_is_a_list_as_any_other(planhat: Talk) -> None:
    if (app := planhat.server.app) is None:
        pytest.skip("its team is as it is")
    people = [{"_id": f"{n:024x}", "email": f"p{n}@contract.example"} for n in range(10_001)]
    app._database.put(planhat.server.tenant, "user", people)
    everybody = len(people) + 12
    for query, count in {
        "": 100,
        "?limit=250": 250,
        "?limit=99999": 10_000,
        "?limit=10000&offset=10000": 13,
        "?email=p5@contract.example": 1,
    }.items():
        expected = count if planhat.server.modern or count == 1 else everybody
        assert len(await planhat.list(f"/users{query}")) == expected


async def test_by_any_field_and_by_a_custom_one(modern: Talk) -> None:
    made = [
        await modern.a_company(phase=phase, custom={"Seats": seats, "a.b": seats})
        for phase, seats in (("b", 9), ("c", 10), ("a", 8))
    ]
    path = f"/companies?companyId={','.join(made)}"
    assert _ids(await modern.list(f"{path}&sort=phase")) == [made[2], made[0], made[1]]
    assert _ids(await modern.list(f"{path}&sort=-custom.Seats")) == [made[1], made[0], made[2]]
    assert _ids(await modern.list(f"{path}&sort=custom.a.b")) == [made[2], made[0], made[1]]
    for odd in ("custom.", "custom.%22x", "x%00y", ".", "$.name"):
        assert len(await modern.list(f"{path}&sort={odd}")) == 3


async def test_ids_of_other_systems_in_a_filter_and_in_a_path(modern: Talk) -> None:
    company = await modern.a_company(externalId="contract filter", sourceId="contract source")
    contact = await modern.a_contact(companyId=company)
    for path in (
        "/companies/extid-contract filter/endusers",
        "/companies/srcid-contract source/endusers",
        "/endusers?companyId=extid-contract filter",
    ):
        assert _ids(await modern.list(path)) == [contact["_id"]]
    assert _ids(await modern.list("/companies?companyId=extid-contract filter")) == [company]


async def test_the_contacts_of_a_company_under_the_rules_of_lists(modern: Talk) -> None:
    path = (await _made(modern, "endusers")).partition("=")[2]
    listed = await modern.list(f"/companies/{path}/endusers?sort=-name&limit=2&select=name")
    assert [one["name"] for one in listed] == sorted(NAMES, reverse=True)[:2]
    assert all(set(one) == {"_id", "name"} for one in listed)


async def test_the_team_under_the_rules_of_lists(planhat: Talk) -> None:
    team = await planhat.list("/users")
    some = await planhat.list("/users?limit=2&offset=1&sort=_id&select=email")
    if not planhat.server.modern:
        assert some == team
        return
    ordered = sorted(team, key=lambda user: user["_id"])
    assert some == [{"_id": user["_id"], "email": user["email"]} for user in ordered[1:3]]


async def test_types_on_the_way_out_are_steady(planhat: Talk) -> None:
    me = (await planhat.get("/myprofile"))["_id"]
    company = await planhat.a_company(externalId=5.0, owner=me, tags=None)
    contact = await planhat.a_contact(companyId=company, phone=7, tags=None)
    read = await planhat.get(f"/companies/{company}")
    assert (read["externalId"], read["owner"], read["tags"]) == ("5", me, [])
    assert read["custom"] == {}
    assert (contact["phone"], contact["tags"]) == ("7", [])
    assert await planhat.status("PUT", f"/companies/{company}", {"custom": None}) == 400


async def test_types_of_what_came_later_are_steady_too(modern: Talk) -> None:
    company = await modern.a_company(phone=46_123, zip=11122, domains=None)
    read = await modern.get(f"/companies/{company}")
    assert (read["phone"], read["zip"], read["domains"]) == ("46123", "11122", [])
    assert (await modern.a_contact(companyId=company, otherEmails=None))["otherEmails"] == []
