"""Contacts: 2016 reference, "Contacts" (``endusers``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.contract.server import NOBODY

if TYPE_CHECKING:
    from tests.contract.server import Talk

PROPERTIES: dict[str, tuple[object, object]] = {
    "companyId": ("a company", "another company"),
    "companyName": ("Not its name", "Nor is this 株式会社"),
    "createDate": ("2016-10-17T14:00:00.000Z", "1999-12-31T23:59:59.999Z"),
    "externalId": ("contract u-1", "contract/u 2"),
    "position": ("CFO", ""),
    "phone": ("+46 (0)70-123 45 67 ext. 5", "ask for Ada at the desk"),
    "email": ("ada+contract@example.com", "ada@bücher.example"),
    "featured": (True, False),
    "tags": (["champion", "decision maker"], ["優先"]),
}
"""Each property of the table: a value to begin with, and another one."""


async def _value(planhat: Talk, value: object) -> object:
    return await planhat.a_company() if value in {"a company", "another company"} else value


async def _values(planhat: Talk) -> dict[str, object]:
    return {
        name: await _value(planhat, value) if isinstance(value, str) else value
        for name, (value, _) in PROPERTIES.items()
    }


@pytest.mark.parametrize("name", PROPERTIES)
async def test_each_property_is_stored_and_read_back(planhat: Talk, name: str) -> None:
    value = (await _values(planhat))[name]
    made = await planhat.a_contact(**{name: value})
    assert made[name] == value
    assert await planhat.get(f"/endusers/{made['_id']}") == made


@pytest.mark.parametrize("name", PROPERTIES)
async def test_each_property_can_be_changed_and_the_others_stay(planhat: Talk, name: str) -> None:
    body = await _values(planhat)
    made = await planhat.make("/endusers", body)
    after = PROPERTIES[name][1]
    if isinstance(after, str):
        after = await _value(planhat, after)
    changed = await planhat.change(f"/endusers/{made['_id']}", {name: after})
    assert {key: changed[key] for key in body} == body | {name: after}
    assert await planhat.get(f"/endusers/{made['_id']}") == changed


async def test_what_the_service_makes_by_itself(planhat: Talk) -> None:
    made = await planhat.a_contact()
    assert re.fullmatch(r"[0-9a-f]{24}", made["_id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made["createDate"])
    assert (made["featured"], made["tags"]) == (False, [])
    if planhat.server.modern:
        assert (made["otherEmails"], made["archived"]) == ([], False)


async def test_a_contact_of_2016_has_what_its_table_has_and_no_more(seed: Talk) -> None:
    seed.server.only_ours()
    later: dict[str, object] = {"name": "Ada King", "custom": {"Vegan": True}, "archived": True}
    body = await _values(seed)
    made = await seed.make("/endusers", body | later)
    assert set(made) == {"_id", *PROPERTIES}
    path = f"/endusers/{made['_id']}"
    assert await seed.change(path, later | {"position": "CTO"}) == made | {"position": "CTO"}
    changed = await seed.get(path)
    assert changed == made | {"position": "CTO"}
    assert await seed.list(f"/endusers?c={made['companyId']}") == [changed]


async def test_the_date_of_making_is_now_unless_it_is_given(planhat: Talk) -> None:
    first = await planhat.a_contact()
    now = await planhat.a_contact(companyId=first["companyId"])
    assert now["createDate"] >= first["createDate"]
    moment = "2016-10-17T00:00:00.000Z"
    then = await planhat.a_contact(companyId=first["companyId"], createDate=moment)
    assert then["createDate"] == moment
    assert await planhat.status("PUT", f"/endusers/{now['_id']}", {"createDate": "never"}) == 400
    kept = await planhat.change(f"/endusers/{now['_id']}", {"createDate": None})
    assert kept["createDate"] == now["createDate"]


@pytest.mark.parametrize(
    "body", [{}, {"companyId": ""}, {"companyId": None}, {"companyId": NOBODY}, {"companyId": 7}]
)
async def test_a_contact_needs_a_company_that_exists(
    planhat: Talk, body: dict[str, object]
) -> None:
    given = body | {"name": "Nobody's", "email": "x@nobody-has-this-domain.example"}
    assert await planhat.status("POST", "/endusers", given) == 400


async def test_a_contact_cant_lose_its_company(planhat: Talk) -> None:
    contact = await planhat.a_contact()
    for gone in ("", None, NOBODY, "株式会社"):
        body = {"companyId": gone, "position": "CEO"}
        assert await planhat.status("PUT", f"/endusers/{contact['_id']}", body) == 400
    assert await planhat.get(f"/endusers/{contact['_id']}") == contact


async def test_a_change_to_a_company_of_nobody_moves_nothing(planhat: Talk) -> None:
    company = await planhat.a_company(domains=["mover.example"])
    contact = await planhat.a_contact(email="ada@mover.example")
    path = f"/endusers/{contact['_id']}"
    assert await planhat.status("PUT", path, {"companyId": "extid-nobody at all"}) == 400
    assert (await planhat.get(path))["companyId"] == contact["companyId"] != company


async def test_the_domain_of_the_email_finds_the_company_today(planhat: Talk) -> None:
    domain = "Contract-Domain.example"
    company = await planhat.a_company(domains=[domain])
    body = {"email": f"ada@{domain.upper()}"}
    if planhat.server.modern:
        assert (await planhat.make("/endusers", body))["companyId"] == company
    else:
        assert await planhat.status("POST", "/endusers", body) == 400


async def test_the_name_of_the_company_is_for_show_only(planhat: Talk) -> None:
    first = await planhat.a_company(name="First")
    second = await planhat.a_company(name="Second")
    contact = await planhat.a_contact(companyId=first, companyName="Second")
    assert (contact["companyId"], contact["companyName"]) == (first, "Second")
    await planhat.change(f"/endusers/{contact['_id']}", {"companyName": "Third"})
    assert contact["_id"] in {c["_id"] for c in await planhat.list(f"/endusers?c={first}")}
    assert await planhat.list(f"/endusers?c={second}") == []


async def test_a_contact_moves_by_the_id_of_its_company(planhat: Talk) -> None:
    before, after = await planhat.a_company(), await planhat.a_company()
    contact = await planhat.a_contact(companyId=before, tags=["stays"])
    moved = await planhat.change(f"/endusers/{contact['_id']}", {"companyId": after})
    assert (moved["companyId"], moved["tags"]) == (after, ["stays"])
    assert await planhat.list(f"/endusers?c={before}") == []
    assert [c["_id"] for c in await planhat.list(f"/endusers?c={after}")] == [contact["_id"]]


async def test_the_contacts_of_one_company_only(planhat: Talk) -> None:
    company, other = await planhat.a_company(), await planhat.a_company()
    made = [await planhat.a_contact(companyId=company, name=f"C {n}") for n in range(3)]
    stranger = await planhat.a_contact(companyId=other)
    listed = await planhat.list(f"/endusers?c={company}")
    assert sorted(listed, key=lambda c: c["_id"]) == sorted(made, key=lambda c: c["_id"])
    for unknown in (NOBODY, "x", "%20x", "..%2F", "株"):
        assert await planhat.list(f"/endusers?c={unknown}") == []
    if planhat.server.ours:
        everybody = {c["_id"] for c in await planhat.list("/endusers")}
        assert {c["_id"] for c in [*made, stranger]} <= everybody


@pytest.mark.parametrize(
    "phone",
    ["0", "☎ 7", "+46701234567", "n/a", "٠٧٠١٢٣٤٥٦٧", "tel:+1-212-555-0100;ext=4", "9" * 99],
)
async def test_any_text_will_do_as_a_phone_number(planhat: Talk, phone: str) -> None:
    assert (await planhat.a_contact(phone=phone))["phone"] == phone


@pytest.mark.parametrize("featured", ["true", "", 1, None, [True]])
async def test_featured_is_true_or_false(planhat: Talk, featured: object) -> None:
    contact = await planhat.a_contact(featured=True)
    path = f"/endusers/{contact['_id']}"
    assert await planhat.status("PUT", path, {"featured": featured}) == 400
    assert (await planhat.get(path))["featured"] is True


async def test_tags_are_replaced_as_a_whole(planhat: Talk) -> None:
    contact = await planhat.a_contact(tags=["champion", "billing"])
    path = f"/endusers/{contact['_id']}"
    assert (await planhat.change(path, {"tags": ["vip"]}))["tags"] == ["vip"]
    assert (await planhat.change(path, {"position": "CEO"}))["tags"] == ["vip"]
    for wrong in ("vip", [1], [["vip"]], {"vip": True}):
        assert await planhat.status("PUT", path, {"tags": wrong}) == 400
    assert (await planhat.change(path, {"tags": []}))["tags"] == []


async def test_an_external_id_is_unique_within_its_company(planhat: Talk) -> None:
    company = await planhat.a_company()
    contact = await planhat.a_contact(companyId=company, externalId="u-1")
    body = {"companyId": company, "externalId": "u-1"}
    assert await planhat.status("POST", "/endusers", body) == 400
    elsewhere = await planhat.a_contact(externalId="u-1")
    move = {"companyId": company}
    assert await planhat.status("PUT", f"/endusers/{elsewhere['_id']}", move) == 400
    assert (await planhat.get(f"/endusers/{elsewhere['_id']}"))["companyId"] != company
    await planhat.change(f"/endusers/{contact['_id']}", {"externalId": "u-2"})
    assert (await planhat.change(f"/endusers/{elsewhere['_id']}", move))["companyId"] == company


async def test_a_number_as_external_id_is_turned_into_text(planhat: Talk) -> None:
    assert (await planhat.a_contact(externalId=4711))["externalId"] == "4711"


async def test_an_email_may_belong_to_several(planhat: Talk) -> None:
    company = await planhat.a_company()
    both = [await planhat.a_contact(companyId=company, email="us@x.example") for _ in range(2)]
    assert both[0]["_id"] != both[1]["_id"]


async def test_what_isnt_sent_stays(planhat: Talk) -> None:
    contact = await planhat.a_contact(tags=["a"], email="a@x.example", custom={"k": 1})
    after = await planhat.change(f"/endusers/{contact['_id']}", {"custom": {}})
    stamps = {"lastUpdated", "updatedAt", "__v"}
    assert {k: v for k, v in after.items() if k not in stamps} == {
        k: v for k, v in contact.items() if k not in stamps
    }


async def test_a_deleted_contact_is_gone_for_good(planhat: Talk) -> None:
    company = await planhat.a_company()
    contact = await planhat.a_contact(companyId=company)
    path = f"/endusers/{contact['_id']}"
    answer = await planhat.ask("DELETE", path)
    assert (answer.json()["n"], answer.json()["ok"]) == (1, 1)
    for method in ("GET", "PUT", "DELETE"):
        assert await planhat.status(method, path, {"position": "x"}) == 404
    assert await planhat.list(f"/endusers?c={company}") == []
    assert await planhat.status("GET", f"/companies/{company}") == 200


async def test_a_name_is_split_and_put_together_today(modern: Talk) -> None:
    contact = await modern.a_contact(name="Ada King Lovelace")
    assert (contact["firstName"], contact["lastName"]) == ("Ada", "King Lovelace")
    changed = await modern.change(f"/endusers/{contact['_id']}", {"lastName": "Byron"})
    assert (changed["name"], changed["firstName"]) == ("Ada Byron", "Ada")
    changed = await modern.change(f"/endusers/{contact['_id']}", {"name": "山田"})
    assert (changed["firstName"], changed["lastName"]) == ("山田", "")


async def test_the_custom_fields_of_a_contact_have_one_level_too(modern: Talk) -> None:
    custom = {"Shoe size": 43.5, "Vegan": False, "Since": "2016-10-17", "契約": "年間"}
    contact = await modern.a_contact(custom=custom)
    path = f"/endusers/{contact['_id']}"
    assert (await modern.get(path))["custom"] == custom
    assert await modern.status("PUT", path, {"custom": {"deep": {"er": 1}}}) == 400


async def test_a_contact_by_the_ids_of_other_systems(planhat: Talk) -> None:
    contact = await planhat.a_contact(externalId="contract-u9", sourceId="contract-s9")
    for path in ("/endusers/extid-contract-u9", "/endusers/srcid-contract-s9"):
        if not planhat.server.modern:
            assert await planhat.status("GET", path) == 404
            continue
        assert (await planhat.get(path))["_id"] == contact["_id"]
        assert (await planhat.change(path, {"position": path}))["position"] == path


async def test_a_company_named_by_its_external_id(planhat: Talk) -> None:
    company = await planhat.a_company(externalId="contract c-9")
    body = {"companyId": "extid-contract c-9", "position": "CTO"}
    if not planhat.server.modern:
        assert await planhat.status("POST", "/endusers", body) == 400
        return
    contact = await planhat.make("/endusers", body)
    assert contact["companyId"] == company
    nobody = body | {"companyId": "extid-contract c-10"}
    assert await planhat.status("POST", "/endusers", nobody) == 400


async def test_patch_is_taken_as_put_today(planhat: Talk) -> None:
    contact = await planhat.a_contact(tags=["a"])
    answer = await planhat.ask("PATCH", f"/endusers/{contact['_id']}", {"position": "CTO"})
    if planhat.server.modern:
        assert (answer.json()["position"], answer.json()["tags"]) == ("CTO", ["a"])
    else:
        assert answer.status_code == 404
