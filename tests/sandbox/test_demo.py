"""The practice data: rich, lifelike, and the same for the same seed."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.sandbox import DEMO_TENANTS, SandboxOptions
from tests.sandbox.asking import NOON, Clock, asking

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]


@dataclass(frozen=True)
class Data:
    """All records of a tenant."""

    companies: list[Record]
    contacts: list[Record]
    team: list[Record]
    definitions: list[Record]


async def _data(options: SandboxOptions, token: str | None = None, now: float = NOON) -> Data:
    async with asking(options, Clock(now)) as sandbox:
        companies = await sandbox.get("/companies?limit=5000", token)
        contacts: list[Record] = []
        while page := await sandbox.get(f"/endusers?limit=2000&offset={len(contacts)}", token):
            contacts += page
        team = await sandbox.get("/users", token)
        return Data(companies, contacts, team, await sandbox.get("/customfields", token))


@pytest.fixture(scope="module")
def demo() -> Data:
    """Return the data that the demo shows."""
    return asyncio.run(_data(SandboxOptions()))


def _share(records: list[Record], fits: Callable[[Record], object]) -> float:
    return sum(bool(fits(record)) for record in records) / len(records)


def test_the_demo_is_of_the_size_of_a_customer(demo: Data) -> None:
    assert len(demo.companies) >= 1200
    assert len(demo.contacts) >= 9000
    assert len(demo.team) == 12


def test_the_team_has_names_of_many_kinds_and_agents_for_calls(demo: Data) -> None:
    assert {"max123"} < {user["externalId"] for user in demo.team}
    assert all(len({user[name] for user in demo.team}) == 12 for name in ("email", "externalId"))
    assert any(not user["firstName"].isascii() for user in demo.team)


def test_every_id_is_24_hex_digits_and_there_once(demo: Data) -> None:
    ids = [r["_id"] for r in [*demo.companies, *demo.contacts, *demo.team, *demo.definitions]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[0-9a-f]{24}", one) for one in ids)


def test_references_lead_somewhere(demo: Data) -> None:
    team = {user["_id"] for user in demo.team}
    for name in ("owner", "coOwner"):
        assert {company[name] for company in demo.companies} - {None} <= team
    companies = {company["_id"]: company["name"] for company in demo.companies}
    assert all(companies[c["companyId"]] == c["companyName"] for c in demo.contacts)


@pytest.mark.parametrize("name", ["slug", "externalId", "sourceId"])
def test_what_must_be_unique_is(demo: Data, name: str) -> None:
    values = [company[name] for company in demo.companies if company[name]]
    assert len(set(values)) == len(values)


def test_a_contacts_external_id_is_unique_within_its_company(demo: Data) -> None:
    pairs = [(c["companyId"], c["externalId"]) for c in demo.contacts if c["externalId"]]
    assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize("kind", [bool, int, float, str])
def test_custom_fields_of_every_type(demo: Data, kind: type) -> None:
    values = [value for company in demo.companies for value in company["custom"].values()]
    assert sum(type(value) is kind for value in values) > 20
    assert {type(value) for value in values} == {bool, int, float, str}


def test_custom_fields_that_are_dates(demo: Data) -> None:
    dates = [c["custom"]["Kick-off"] for c in demo.companies if "Kick-off" in c["custom"]]
    assert len(dates) > 100
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", date) for date in dates)


def test_custom_keys_with_blanks_dots_and_other_scripts(demo: Data) -> None:
    keys = {key for company in demo.companies for key in company["custom"]}
    assert any(" " in key for key in keys)
    assert any("." in key for key in keys)
    assert any(not key.isascii() for key in keys)
    defined = {definition["name"] for definition in demo.definitions}
    assert keys - defined  # one that has no definition
    assert {definition["type"] for definition in demo.definitions} >= {
        "text", "number", "checkbox", "day", "list",
    }  # fmt: skip


SCRIPTS = set(
    "LATIN CJK HIRAGANA KATAKANA HANGUL CYRILLIC GREEK ARABIC HEBREW DEVANAGARI THAI GEORGIAN"
    " ARMENIAN ETHIOPIC".split()
)


def test_names_in_many_scripts(demo: Data) -> None:
    letters = {char for company in demo.companies for char in company["name"] if char.isalpha()}
    scripts = {unicodedata.name(char).partition(" ")[0] for char in letters}
    assert scripts >= {"LATIN", "CJK", "HANGUL", "CYRILLIC", "GREEK", "ARABIC", "HEBREW"}
    assert len(scripts & SCRIPTS) > 10


def test_people_of_many_scripts_too(demo: Data) -> None:
    assert 0.02 < _share(demo.contacts, lambda c: ord(c["name"][0]) > 0x24F) < 0.2


def test_names_that_are_very_long_very_short_or_there_twice(demo: Data) -> None:
    lengths = [len(company["name"]) for company in demo.companies]
    assert min(lengths) == 1
    assert max(lengths) > 80
    assert any("🚀" in company["name"] for company in demo.companies)
    assert max(Counter(company["name"] for company in demo.companies).values()) > 1


@pytest.mark.parametrize("name", ["owner", "coOwner", "externalId", "phase", "phone", "tags"])
def test_values_that_are_missing_in_some_companies(demo: Data, name: str) -> None:
    assert 0.03 < _share(demo.companies, lambda company: not company[name]) < 0.9


@pytest.mark.parametrize("name", ["email", "phone", "position", "externalId", "tags"])
def test_values_that_are_missing_in_some_contacts(demo: Data, name: str) -> None:
    assert 0.01 < _share(demo.contacts, lambda contact: not contact[name]) < 0.9


def test_companies_without_contacts_and_one_with_very_many(demo: Data) -> None:
    count = Counter(contact["companyId"] for contact in demo.contacts)
    assert any(company["_id"] not in count for company in demo.companies)
    assert max(count.values()) == 60


def test_phone_numbers_that_several_share(demo: Data) -> None:
    owners = Counter(contact["phone"] for contact in demo.contacts if contact["phone"])
    shared = [number for number, count in owners.items() if count > 1]
    assert len(shared) >= 3
    assert owners["+46 70 123 45 67"] > 5
    companies = {c["companyId"] for c in demo.contacts if c["phone"] == "+46 70 123 45 67"}
    assert len(companies) > 1


def test_numbers_are_written_in_several_ways(demo: Data) -> None:
    shapes = {re.sub(r"\d", "9", contact["phone"]) for contact in demo.contacts}
    assert len(shapes) >= 4


def test_statuses_phases_and_tags_of_all_kinds(demo: Data) -> None:
    statuses = {company["status"] for company in demo.companies}
    assert statuses == {"prospect", "coming", "customer", "canceled", "lost"}
    assert len({company["phase"] for company in demo.companies}) > 5
    tags = {tag for company in demo.companies for tag in company["tags"]}
    assert any(" " in tag for tag in tags)
    assert any(not tag.isascii() for tag in tags)


def test_figures_stay_in_their_ranges(demo: Data) -> None:
    for company in demo.companies:
        assert company["h"] in range(11)
        assert company["csmScore"] in range(1, 6)
        assert (company["arr"] > 0) == (company["status"] == "customer")


async def test_the_example_of_the_reference_finds_somebody() -> None:
    call = {"nr": "+46701234567", "externalUserId": "max123"}
    async with asking(SandboxOptions()) as sandbox:
        made = await sandbox.make("/calls", call)
        contact = await sandbox.get(f"/endusers/{made['enduserId']}")
        assert contact["phone"] == "+46 70 123 45 67"
        assert made["agentName"] == "Max Berg"


async def test_the_same_seed_makes_the_same_data() -> None:
    options = SandboxOptions(companies=60)
    assert await _data(options) == await _data(options)


async def test_another_seed_makes_other_data() -> None:
    one, two = [await _data(SandboxOptions(companies=60, seed=seed)) for seed in (1, 2)]
    assert not {c["_id"] for c in one.companies} & {c["_id"] for c in two.companies}
    names = [[company["name"] for company in data.companies] for data in (one, two)]
    assert names[0] != names[1]


async def test_another_day_moves_the_dates_alone() -> None:
    dates = {
        "createDate", "lastUpdated", "updatedAt", "lastActive", "renewalDate", "lastRenewal",
        "customerFrom", "custom",
    }  # fmt: skip
    options = SandboxOptions(companies=60)
    one, two = await _data(options), await _data(options, now=NOON + 40 * 86_400)
    for first, second in zip(
        [*one.companies, *one.contacts], [*two.companies, *two.contacts], strict=True
    ):
        assert {k: v for k, v in first.items() if k not in dates} == {
            k: v for k, v in second.items() if k not in dates
        }
    assert one.companies[0]["createDate"] < two.companies[0]["createDate"]


async def test_a_larger_demo_begins_as_the_smaller_one() -> None:
    small, large = [await _data(SandboxOptions(companies=count)) for count in (20, 40)]
    assert {c["_id"] for c in small.companies} < {c["_id"] for c in large.companies}


async def test_the_second_tenant_is_smaller_and_another_one() -> None:
    options = SandboxOptions(companies=80)
    first, second = await _data(options), await _data(options, DEMO_TENANTS[1].token)
    assert len(second.companies) == 20
    assert second.contacts
    assert {user["email"] for user in first.team}.isdisjoint(u["email"] for u in second.team)


@pytest.mark.parametrize("kind", ["conversations", "tasks", "licenses", "nps", "assets"])
async def test_a_little_of_the_plain_records_too(kind: str) -> None:
    async with asking(SandboxOptions(companies=200)) as sandbox:
        records = await sandbox.get(f"/{kind}?limit=2000")
        companies = {c["_id"]: c["name"] for c in await sandbox.get("/companies?limit=5000")}
        assert len(records) >= 5
        assert all(companies[one["companyId"]] == one["companyName"] for one in records)
        theirs = await sandbox.get(f"/{kind}", DEMO_TENANTS[1].token)
        assert {one["_id"] for one in theirs}.isdisjoint(one["_id"] for one in records)
