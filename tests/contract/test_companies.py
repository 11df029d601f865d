"""Companies and their lean list: 2016 reference, "Companies" and "Company lookup"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.contract.server import NOBODY

if TYPE_CHECKING:
    from tests.contract.server import Talk

PROPERTIES: dict[str, tuple[object, object]] = {
    "name": ("Google", "Googol & Söhne 株式会社"),
    "slug": ("contract-google", "contract google #2"),
    "owner": ("me", None),
    "coOwner": ("me", None),
    "externalId": ("contract 12345", "contract/12345 & more"),
    "phase": ("onboarding", "no phase of this name"),
    "tags": (["Gold", "East Coast"], ["silver", "優先", "a, b"]),
    "custom": ({"referenceOk": True}, {"referenceOk": False}),
}
"""Each property of the table: a value to begin with, and another one."""

LIKE_A_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


async def _value(planhat: Talk, value: object) -> object:
    return (await planhat.get("/myprofile"))["_id"] if value == "me" else value


def _body(name: str, value: object) -> dict[str, object]:
    return {"name": "Contract Ltd", name: value}


@pytest.mark.parametrize("name", PROPERTIES)
async def test_each_property_is_stored_and_read_back(planhat: Talk, name: str) -> None:
    value = await _value(planhat, PROPERTIES[name][0])
    made = await planhat.make("/companies", _body(name, value))
    assert made[name] == value
    assert await planhat.get(f"/companies/{made['_id']}") == made


@pytest.mark.parametrize("name", PROPERTIES)
async def test_each_property_can_be_changed_and_the_others_stay(planhat: Talk, name: str) -> None:
    body = {key: await _value(planhat, value) for key, (value, _) in PROPERTIES.items()}
    made = await planhat.make("/companies", body)
    after = PROPERTIES[name][1]
    changed = await planhat.change(f"/companies/{made['_id']}", {name: after})
    assert {key: changed[key] for key in body} == body | {name: after}
    assert await planhat.get(f"/companies/{made['_id']}") == changed


async def test_a_company_as_the_reference_shows_it(planhat: Talk) -> None:
    me = (await planhat.get("/myprofile"))["_id"]
    body = {
        "name": "Google",
        "slug": "contract-google",
        "owner": me,
        "coOwner": me,
        "externalId": "contract 12345",
        "phase": "onboarding",
        "tags": ["Gold", "East Coast"],
        "custom": {"referenceOk": True},
    }
    made = await planhat.make("/companies", body)
    assert {key: made[key] for key in body} == body


async def test_what_the_service_makes_by_itself(planhat: Talk) -> None:
    made = await planhat.make("/companies", {"name": "Nothing But A Name"})
    assert re.fullmatch(r"[0-9a-f]{24}", made["_id"])
    assert "nothing-but-a-name" in made["slug"]
    assert isinstance(made["custom"], dict)
    assert made["tags"] == []


async def test_what_the_service_makes_by_itself_today(modern: Talk) -> None:
    made = await modern.make("/companies", {"name": "Nothing But A Name"})
    assert LIKE_A_DATE.fullmatch(made["createDate"])
    assert made["domains"] == []
    assert made["status"] == "prospect"
    assert [made[name] for name in ("mr", "mrr", "arr", "nrr30")] == [0, 0, 0, 0]


async def test_a_company_of_2016_has_what_its_table_has_and_no_more(seed: Talk) -> None:
    seed.server.only_ours()
    later = {"status": "lost", "domains": ["later.example"], "sourceId": "s", "city": "Oslo"}
    body = {name: value for name, (value, _) in PROPERTIES.items() if value != "me"}
    made = await seed.make("/companies", body | later)
    assert set(made) == {"_id", *body}
    path = f"/companies/{made['_id']}"
    assert await seed.change(path, later | {"phase": "won"}) == made | {"phase": "won"}
    assert await seed.get(path) == made | {"phase": "won"}


async def test_ids_are_the_services_own(planhat: Talk) -> None:
    made = await planhat.make("/companies", {"name": "Mine", "_id": NOBODY})
    assert made["_id"] != NOBODY
    changed = await planhat.change(f"/companies/{made['_id']}", {"_id": NOBODY, "phase": "x"})
    assert changed["_id"] == made["_id"]
    assert await planhat.status("GET", f"/companies/{NOBODY}") == 404


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "  "}, {"name": None}, {"name": 7}])
async def test_a_company_needs_a_name(planhat: Talk, body: dict[str, object]) -> None:
    external_id = f"contract {uuid4()}"
    assert await planhat.status("POST", "/companies", body | {"externalId": external_id}) == 400
    assert await planhat.list(f"/leancompanies?externalId={quote(external_id)}") == []


async def test_a_name_cant_be_taken_away(planhat: Talk) -> None:
    company = await planhat.a_company(name="Keeps It")
    for gone in ("", " ", None):
        assert await planhat.status("PUT", f"/companies/{company}", {"name": gone}) == 400
    assert (await planhat.get(f"/companies/{company}"))["name"] == "Keeps It"


@pytest.mark.parametrize(
    "name",
    [
        "株式会社大阪商事",
        "شركة النور للتجارة",
        "🚀 Rocket & Söhne",
        "e\u0301 is not \u00e9",
        "right\u202eto left",
        'quotes " and \\ and <b> and [bold]',
        "'; DROP TABLE record; --",
        "two\nlines\tand\u0000nothing",
        " blanks around ",
        "x" * 3000,
    ],
)
async def test_a_name_comes_back_letter_by_letter(planhat: Talk, name: str) -> None:
    made = await planhat.make("/companies", {"name": name})
    assert made["name"] == name
    assert made["slug"]
    (lean,) = [item for item in await planhat.list("/leancompanies") if item["_id"] == made["_id"]]
    assert (lean["name"], lean["slug"]) == (name, made["slug"])


async def test_equal_names_get_slugs_of_their_own(planhat: Talk) -> None:
    made = [await planhat.make("/companies", {"name": "Twice & More 優"}) for _ in range(3)]
    assert len({company["slug"] for company in made}) == 3
    assert len({company["_id"] for company in made}) == 3


async def test_a_slug_that_is_taken_is_refused(planhat: Talk) -> None:
    first = await planhat.a_company(slug="contract-taken")
    second = await planhat.a_company(slug="contract-free")
    refused = {"name": "Another", "slug": "contract-taken"}
    assert await planhat.status("POST", "/companies", refused) == 400
    assert await planhat.status("PUT", f"/companies/{second}", {"slug": "contract-taken"}) == 400
    assert (await planhat.get(f"/companies/{second}"))["slug"] == "contract-free"
    same = await planhat.change(f"/companies/{first}", {"slug": "contract-taken"})
    assert same["slug"] == "contract-taken"


async def test_a_new_name_keeps_the_slug(planhat: Talk) -> None:
    made = await planhat.make("/companies", {"name": "Before The Change"})
    changed = await planhat.change(f"/companies/{made['_id']}", {"name": "After It"})
    assert changed["slug"] == made["slug"]


@pytest.mark.parametrize("name", ["owner", "coOwner"])
async def test_an_owner_is_an_id_of_the_team(planhat: Talk, name: str) -> None:
    team = [user["_id"] for user in await planhat.list("/users")]
    company = await planhat.a_company(**{name: team[0]})
    changed = await planhat.change(f"/companies/{company}", {name: team[-1]})
    assert changed[name] == team[-1]
    for wrong in ({"_id": team[0]}, [team[0]], 7, True):
        assert await planhat.status("PUT", f"/companies/{company}", {name: wrong}) == 400
    assert (await planhat.get(f"/companies/{company}"))[name] == team[-1]


async def test_a_phase_that_matches_nothing_is_saved(planhat: Talk) -> None:
    made = await planhat.make("/companies", {"name": "P", "phase": "Quite a phase, ça ! 段階"})
    assert (await planhat.get(f"/companies/{made['_id']}"))["phase"] == "Quite a phase, ça ! 段階"


async def test_tags_are_replaced_as_a_whole(planhat: Talk) -> None:
    company = await planhat.a_company(tags=["Gold", "East Coast"])
    path = f"/companies/{company}"
    assert (await planhat.change(path, {"tags": ["vip"]}))["tags"] == ["vip"]
    assert (await planhat.change(path, {"phase": "won"}))["tags"] == ["vip"]
    assert (await planhat.change(path, {"tags": ["b", "a", "B"]}))["tags"] == ["b", "a", "B"]
    assert (await planhat.change(path, {"tags": []}))["tags"] == []


@pytest.mark.parametrize("tags", ["vip", 7, {"vip": True}, [1], [["vip"]], ["vip", None]])
async def test_tags_are_texts(planhat: Talk, tags: object) -> None:
    company = await planhat.a_company(tags=["Gold"])
    assert await planhat.status("PUT", f"/companies/{company}", {"tags": tags}) == 400
    assert await planhat.status("POST", "/companies", {"name": "T", "tags": tags}) == 400
    assert (await planhat.get(f"/companies/{company}"))["tags"] == ["Gold"]


CUSTOM: dict[str, object] = {
    "Subscription Plan": "Gold",
    "Reference OK": False,
    "Seats": 2.5,
    "Whole": 7,
    "Negative": -0.25,
    "Renewed": "2016-10-17T14:00:00.000Z",
    "Day": "2016-10-17",
    "CRM.Account.ID": "007",
    "$money": "€ 5",
    "契約": "年間",
    "": "even this",
}


async def test_custom_values_of_four_types_under_any_name(planhat: Talk) -> None:
    made = await planhat.make("/companies", {"name": "C", "custom": CUSTOM})
    read = await planhat.get(f"/companies/{made['_id']}")
    assert read["custom"] == CUSTOM
    kinds = {key: type(value) for key, value in read["custom"].items()}
    assert kinds["Reference OK"] is bool
    assert kinds["Whole"] is int
    assert kinds["CRM.Account.ID"] is str


@pytest.mark.parametrize("nested", [{"a": 1}, {}, [1], [], ["text"], [{}]], ids=repr)
async def test_a_nested_custom_value_is_refused_and_nothing_of_it_saved(
    planhat: Talk, nested: object
) -> None:
    company = await planhat.a_company(custom={"Plan": "Gold"}, phase="won")
    before = await planhat.get(f"/companies/{company}")
    body = {"phase": "lost", "custom": {"Fine": 1, "Nested": nested}}
    assert await planhat.status("PUT", f"/companies/{company}", body) == 400
    assert await planhat.status("POST", "/companies", {"name": "N"} | body) == 400
    assert await planhat.get(f"/companies/{company}") == before


@pytest.mark.parametrize("custom", ["text", 7, True, [], ["a"]], ids=repr)
async def test_custom_is_a_map(planhat: Talk, custom: object) -> None:
    assert await planhat.status("POST", "/companies", {"name": "C", "custom": custom}) == 400


async def test_custom_is_merged_key_by_key_and_null_removes_one(planhat: Talk) -> None:
    planhat.server.only_ours()
    company = await planhat.a_company(custom={"Plan": "Gold", "Seats": 5})
    path = f"/companies/{company}"
    changed = await planhat.change(path, {"custom": {"Seats": 6, "New": True}})
    assert changed["custom"] == {"Plan": "Gold", "Seats": 6, "New": True}
    changed = await planhat.change(path, {"custom": {"Plan": None, "Never there": None}})
    assert changed["custom"] == {"Seats": 6, "New": True}


async def test_an_empty_custom_map_changes_nothing(planhat: Talk) -> None:
    company = await planhat.a_company(custom={"Plan": "Gold"})
    changed = await planhat.change(f"/companies/{company}", {"custom": {}, "phase": "won"})
    assert (changed["custom"], changed["phase"]) == ({"Plan": "Gold"}, "won")


async def test_a_number_as_external_id_is_turned_into_text(planhat: Talk) -> None:
    made = await planhat.make("/companies", {"name": "Seven", "externalId": 70_000_007})
    assert made["externalId"] == "70000007"
    (lean,) = await planhat.list("/leancompanies?externalId=70000007")
    assert lean["_id"] == made["_id"]


async def test_an_external_id_belongs_to_one_company(planhat: Talk) -> None:
    first = await planhat.a_company(externalId="contract one")
    second = await planhat.a_company(externalId="contract two")
    body = {"name": "Another", "externalId": "contract one"}
    assert await planhat.status("POST", "/companies", body) == 400
    assert await planhat.status("PUT", f"/companies/{second}", body) == 400
    await planhat.change(f"/companies/{first}", {"externalId": "contract one"})  # its own
    await planhat.change(f"/companies/{first}", {"externalId": None})
    assert (await planhat.change(f"/companies/{second}", body))["externalId"] == "contract one"


async def test_what_isnt_sent_stays_and_what_changed_is_stamped(planhat: Talk) -> None:
    company = await planhat.a_company(tags=["a"], custom={"k": 1}, phase="won", externalId="c-s")
    before = await planhat.get(f"/companies/{company}")
    after = await planhat.change(f"/companies/{company}", {})
    stamps = {"lastUpdated", "updatedAt", "__v"}
    assert {k: v for k, v in after.items() if k not in stamps} == {
        k: v for k, v in before.items() if k not in stamps
    }
    if planhat.server.modern:
        assert after["updatedAt"] >= before["updatedAt"]


async def test_a_deleted_company_is_gone_for_good(planhat: Talk) -> None:
    company = await planhat.a_company(externalId="contract gone")
    contact = await planhat.a_contact(companyId=company)
    answer = await planhat.ask("DELETE", f"/companies/{company}")
    assert answer.status_code == 200
    assert answer.json()["n"] == answer.json()["ok"] == answer.json()["deletedCount"] == 1
    for method in ("GET", "PUT", "DELETE"):
        assert await planhat.status(method, f"/companies/{company}", {"phase": "x"}) == 404
    assert await planhat.list("/leancompanies?externalId=contract%20gone") == []
    assert await planhat.list(f"/endusers?c={company}") == []
    if planhat.server.ours:
        assert await planhat.status("GET", f"/endusers/{contact['_id']}") == 404
    assert await planhat.a_company(externalId="contract gone") != company


async def test_the_lean_list_has_all_companies(planhat: Talk) -> None:
    made = {await planhat.a_company(name=f"Lean {number}") for number in range(5)}
    lean = await planhat.list("/leancompanies")
    assert made <= {item["_id"] for item in lean}
    later = {"sourceId"} if planhat.server.modern else set()
    assert all(set(item) == {"_id", "externalId", "name", "slug"} | later for item in lean)
    assert all(isinstance(value, str) for item in lean for value in item.values())


async def test_missing_values_are_empty_in_the_lean_list(planhat: Talk) -> None:
    company = await planhat.a_company(name="No Ids")
    (item,) = [item for item in await planhat.list("/leancompanies") if item["_id"] == company]
    ids = [item[name] for name in ("externalId", "sourceId") if name in item]
    assert (set(ids), item["name"]) == ({""}, "No Ids")


@pytest.mark.parametrize("external_id", ["yourid123", "a b&c=d/é?#%", "+1", "優先", "'--"])
async def test_the_lean_list_finds_an_external_id(planhat: Talk, external_id: str) -> None:
    company = await planhat.a_company(name="Found", externalId=external_id)
    await planhat.a_company(externalId=f"{external_id}x")
    (item,) = await planhat.list(f"/leancompanies?externalId={quote(external_id, safe='')}")
    assert (item["_id"], item["externalId"], item["name"]) == (company, external_id, "Found")


async def test_an_external_id_that_nobody_has_finds_nothing(planhat: Talk) -> None:
    await planhat.a_company(externalId="contract case")
    for unknown in ("no-such-id", "contract", "CONTRACT%20CASE", "%25", "contract%20cas_"):
        assert await planhat.list(f"/leancompanies?externalId={unknown}") == []


async def test_the_lean_list_honours_limit_and_offset_if_they_are_sent(planhat: Talk) -> None:
    planhat.server.only_ours()
    for number in range(3):
        await planhat.a_company(name=f"Lean page {number}")
    everything = await planhat.list("/leancompanies")
    assert await planhat.list("/leancompanies?limit=2&offset=1") == everything[1:3]
    assert await planhat.list("/leancompanies?offset=1") == everything[1:]


async def test_in_2016_the_lean_list_was_filtered_by_external_id_alone(seed: Talk) -> None:
    company = await seed.a_company(externalId="contract lean")
    await seed.a_company()
    everything = await seed.list("/leancompanies")
    for ignored in ("sourceId=nobody", "status=lost"):
        assert await seed.list(f"/leancompanies?{ignored}") == everything
        (item,) = await seed.list(f"/leancompanies?externalId=contract%20lean&{ignored}")
        assert item["_id"] == company


async def test_the_lean_list_by_source_id_and_status(modern: Talk) -> None:
    lost = await modern.a_company(sourceId="sf contract", status="lost")
    await modern.a_company(sourceId="sf contract 2", status="customer")
    (item,) = await modern.list("/leancompanies?sourceId=sf%20contract")
    assert (item["_id"], item["sourceId"]) == (lost, "sf contract")
    assert lost in {item["_id"] for item in await modern.list("/leancompanies?status=lost")}
    assert lost not in {item["_id"] for item in await modern.list("/leancompanies?status=customer")}


@pytest.mark.parametrize("prefix", ["extid", "srcid"])
async def test_a_company_by_the_ids_of_other_systems(planhat: Talk, prefix: str) -> None:
    name = {"extid": "externalId", "srcid": "sourceId"}[prefix]
    company = await planhat.a_company(**{name: "contract-77"})
    path = f"/companies/{prefix}-contract-77"
    if not planhat.server.modern:
        assert await planhat.status("GET", path) == 404
        return
    assert (await planhat.get(path))["_id"] == company
    assert (await planhat.change(path, {"phase": "won"}))["_id"] == company
    assert (await planhat.get(f"/companies/{company}"))["phase"] == "won"
    assert await planhat.status("GET", f"{path}8") == 404


async def test_patch_is_taken_as_put_today(planhat: Talk) -> None:
    company = await planhat.a_company(tags=["a"])
    answer = await planhat.ask("PATCH", f"/companies/{company}", {"phase": "won"})
    if planhat.server.modern:
        assert (answer.json()["phase"], answer.json()["tags"]) == ("won", ["a"])
    else:
        assert answer.status_code == 404


@pytest.mark.parametrize("other", ["a/b", "/", "50%2F50", "é/ü ?#", "..", "a%b/%c"])
async def test_an_external_id_may_hold_what_parts_a_path(other: str, modern: Talk) -> None:
    made = await modern.make("/companies", {"name": "Sliced", "externalId": f"contract {other}"})
    path = f"/companies/extid-{quote(f'contract {other}', safe='')}"
    assert (await modern.get(path))["_id"] == made["_id"]
    assert (await modern.change(path, {"city": "Oslo"}))["_id"] == made["_id"]
    assert await modern.list(f"{path}/endusers") == []


async def test_a_slash_at_the_end_leads_nowhere(planhat: Talk) -> None:
    answer = await planhat.ask("GET", "/leancompanies/")
    assert answer.status_code == 404
    assert "location" not in answer.headers
