"""What a file keeps, and what a sandbox is made of when it starts."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest

from planhat_tui.sandbox import DEMO_TENANTS, SandboxOptions, create_app
from tests.sandbox.asking import Clock, asking

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = SandboxOptions(empty=True)
CALL = {"nr": "+4670123456", "externalUserId": "max123"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deeper" / "sandbox.db"


async def test_records_survive_a_restart(file: Path) -> None:
    options = replace(EMPTY, db=file)
    async with asking(options) as sandbox:
        company = await sandbox.make("/companies", {"name": "Stays 優先", "custom": {"a.b": 1.5}})
        contact = await sandbox.make("/endusers", {"companyId": company["_id"], "phone": "1234567"})
        call = await sandbox.make("/calls", CALL | {"nr": "1234567"})
        gone = await sandbox.make("/companies", {"name": "Goes"})
        await sandbox.ask("DELETE", f"/companies/{gone['_id']}")
        profile = await sandbox.get("/myprofile")
    async with asking(options) as sandbox:
        assert await sandbox.get(f"/companies/{company['_id']}") == company
        assert await sandbox.get(f"/endusers/{contact['_id']}") == contact
        assert await sandbox.get(f"/calls/{call['_id']}") == call
        assert call["enduserId"] == contact["_id"]
        assert await sandbox.get("/myprofile") == profile
        assert len(await sandbox.get("/leancompanies")) == 1


async def test_what_was_deleted_of_the_practice_data_doesnt_come_back(file: Path) -> None:
    options = SandboxOptions(db=file, companies=5)
    async with asking(options) as sandbox:
        lean = await sandbox.get("/leancompanies")
        await sandbox.ask("DELETE", f"/companies/{lean[0]['_id']}")
    async with asking(replace(options, companies=50, seed=9)) as sandbox:
        assert await sandbox.get("/leancompanies") == lean[1:]


async def test_the_window_survives_a_restart(file: Path) -> None:
    options, clock = replace(EMPTY, db=file, limit=3), Clock()
    async with asking(options, clock) as sandbox:
        assert [await sandbox.left(), await sandbox.left()] == [2, 1]
    async with asking(options, clock) as sandbox:
        assert [await sandbox.left(), await sandbox.left()] == [0, -1]
        clock.now += 120
        assert await sandbox.left() == 2


async def test_memory_forgets() -> None:
    async with asking() as sandbox:
        await sandbox.make("/companies", {"name": "Gone"})
    async with asking() as sandbox:
        assert await sandbox.get("/leancompanies") == []


async def test_a_new_token_opens_the_old_data(file: Path) -> None:
    async with asking(replace(EMPTY, db=file)) as sandbox:
        company = await sandbox.make("/companies", {"name": "Kept"})
        me = await sandbox.get("/myprofile")
    async with asking(replace(EMPTY, db=file, token="rotated")) as sandbox:
        assert await sandbox.get(f"/companies/{company['_id']}") == company
        assert await sandbox.get("/myprofile") == me
        assert (await sandbox.ask("GET", "/myprofile", token=EMPTY.token)).status_code == 401


async def test_another_tenant_in_an_old_file_starts_afresh(file: Path) -> None:
    async with asking(replace(EMPTY, db=file)) as sandbox:
        company = await sandbox.make("/companies", {"name": "The first one's"})
    async with asking(replace(EMPTY, db=file, tenant="opaque-m")) as sandbox:
        assert (await sandbox.get("/myprofile"))["tenantId"] == "opaque-m"
        assert await sandbox.get("/leancompanies") == []
        assert (await sandbox.ask("POST", "/opaque-m/calls", CALL, token="")).status_code == 200
        old = f"/{EMPTY.tenant}/calls"
        assert (await sandbox.ask("POST", old, CALL, token="")).status_code == 401
    async with asking(replace(EMPTY, db=file)) as sandbox:
        assert await sandbox.get(f"/companies/{company['_id']}") == company


@pytest.mark.parametrize("dialect", ["modern", "seed"])
async def test_empty_means_no_records_but_a_team(dialect: Literal["modern", "seed"]) -> None:
    async with asking(replace(EMPTY, dialect=dialect)) as sandbox:
        for token in (tenant.token for tenant in DEMO_TENANTS):
            assert await sandbox.get("/leancompanies", token) == []
            assert await sandbox.get("/endusers", token) == []
            assert len(await sandbox.get("/users", token)) == 12


@pytest.mark.parametrize("count", [0, 1, 2, 37])
async def test_as_many_companies_as_asked_for(count: int) -> None:
    async with asking(SandboxOptions(companies=count)) as sandbox:
        assert len(await sandbox.get("/leancompanies")) == count


async def test_an_empty_file_stays_empty_when_data_is_asked_for_later(file: Path) -> None:
    async with asking(replace(EMPTY, db=file)):
        pass
    async with asking(SandboxOptions(db=file, companies=3)) as sandbox:
        assert await sandbox.get("/leancompanies") == []


async def test_the_same_file_speaks_either_edition(file: Path) -> None:
    async with asking(SandboxOptions(db=file, companies=3)) as sandbox:
        whole = await sandbox.get("/companies")
    async with asking(SandboxOptions(db=file, companies=3, dialect="seed")) as sandbox:
        assert (await sandbox.ask("GET", "/companies")).status_code == 404
        for company in whole:
            first = await sandbox.get(f"/companies/{company['_id']}")
            assert {"_id", "name", "slug", "custom"} <= set(first) < set(company)
            await sandbox.ask("PUT", f"/companies/{company['_id']}", {"phase": "back"})
    async with asking(SandboxOptions(db=file, companies=3)) as sandbox:
        stamps = {"updatedAt", "lastUpdated", "__v", "phase"}
        for before, after in zip(whole, await sandbox.get("/companies"), strict=True):
            assert after["phase"] == "back"
            assert {**before, **{k: after[k] for k in stamps}} == after


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Ada, " * 400)
    with pytest.raises(sqlite3.Error):
        create_app(replace(EMPTY, db=file))
    assert file.read_text() == "Dear Ada, " * 400
