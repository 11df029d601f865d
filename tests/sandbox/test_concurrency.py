"""Many clients at once: nothing is lost, nothing fails, and what was answered outlives the end."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from planhat_tui.sandbox import SandboxOptions
from tests.sandbox.asking import asking
from tests.sandbox.process import Running, running

if TYPE_CHECKING:
    from pathlib import Path

CLIENTS = 50
EMPTY = SandboxOptions(empty=True, limit=10_000_000)


def _client(sandbox: Running) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    limits = httpx.Limits(max_connections=1)
    return httpx.AsyncClient(
        base_url=sandbox.url, headers=headers, limits=limits, trust_env=False, timeout=60
    )


async def _at_once(sandbox: Running, company: str) -> list[int]:
    """Let 50 clients change one company, make their own, and list; return all statuses."""

    async def one(number: int) -> list[int]:
        async with _client(sandbox) as client:
            requests: list[tuple[str, str, Any]] = []
            for turn in range(4):
                key = f"{number}.{turn}"
                requests += [
                    ("PUT", f"/companies/{company}", {"custom": {key: turn}}),
                    ("POST", "/companies", {"name": "Same name", "externalId": key}),
                    ("PUT", "/companies", [{"externalId": f"b{key}", "name": "Same name"}]),
                    ("GET", "/companies?sort=-updatedAt&limit=20", None),
                ]
            return [(await client.request(m, p, json=body)).status_code for m, p, body in requests]

    answers = await asyncio.gather(*(one(number) for number in range(CLIENTS)))
    return [status for statuses in answers for status in statuses]


@pytest.mark.parametrize("on_disk", [True, False], ids=["file", "memory"])
def test_50_clients_lose_no_update_and_meet_no_500(tmp_path: Path, *, on_disk: bool) -> None:
    options = replace(EMPTY, db=tmp_path / "crowd.db" if on_disk else None)
    with running(options) as sandbox:
        headers = {"Authorization": f"Bearer {sandbox.token}"}
        with httpx.Client(base_url=sandbox.url, headers=headers, trust_env=False) as client:
            company = client.post("/companies", json={"name": "One for all"}).json()["_id"]
            statuses = asyncio.run(_at_once(sandbox, company))
            assert statuses == [200] * (CLIENTS * 16)
            custom = client.get(f"/companies/{company}").json()["custom"]
            assert len(custom) == CLIENTS * 4
            lean = client.get("/leancompanies").json()
            assert len(lean) == len({one["slug"] for one in lean}) == 1 + 2 * CLIENTS * 4
            left = int(client.get("/users").headers["X-Rate-Limit-Remaining"])
            assert left == EMPTY.limit - CLIENTS * 16 - 4  # each call was counted once


def test_two_processes_over_one_file_lose_no_update_either(tmp_path: Path) -> None:
    options = replace(EMPTY, db=tmp_path / "shared.db")
    with running(options) as one, running(options) as two:
        headers = {"Authorization": f"Bearer {one.token}"}
        with httpx.Client(base_url=one.url, headers=headers, trust_env=False) as client:
            company = client.post("/companies", json={"name": "One for all"}).json()["_id"]

            def change(sandbox: Running, start: int) -> None:
                with httpx.Client(
                    base_url=sandbox.url, headers=headers, trust_env=False, timeout=60
                ) as mine:
                    for n in range(start, start + 25):
                        body = {"custom": {f"k{n}": n}}
                        assert mine.put(f"/companies/{company}", json=body).status_code == 200

            threads = [
                threading.Thread(target=change, args=(sandbox, 25 * place))
                for place, sandbox in enumerate((one, two, one, two))
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(client.get(f"/companies/{company}").json()["custom"]) == 100


def test_a_signal_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    options = replace(EMPTY, db=tmp_path / "ended.db")
    answered: list[str] = []
    enough = threading.Event()

    def hammer(sandbox: Running, number: int) -> None:
        headers = {"Authorization": f"Bearer {sandbox.token}"}
        with httpx.Client(
            base_url=sandbox.url, headers=headers, trust_env=False, timeout=60
        ) as client:
            for turn in range(100_000):
                external_id = f"{number}-{turn}"
                try:
                    body = {"name": "Kept", "externalId": external_id}
                    answer = client.post("/companies", json=body)
                except httpx.TransportError:
                    return
                if answer.status_code != 200:
                    return
                answered.append(external_id)
                if len(answered) >= 100:
                    enough.set()

    with running(options) as sandbox:
        threads = [threading.Thread(target=hammer, args=(sandbox, n)) for n in range(8)]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        status, _, _ = sandbox.end()
        for thread in threads:
            thread.join()
        assert status == 0
    with running(options) as sandbox:
        headers = {"Authorization": f"Bearer {sandbox.token}"}
        lean = httpx.get(f"{sandbox.url}/leancompanies", headers=headers, trust_env=False).json()
    assert set(answered) <= {one["externalId"] for one in lean}


async def test_a_large_bulk_upsert_lets_others_have_their_turn() -> None:
    rows = [{"name": f"Row {n}", "externalId": f"r{n}"} for n in range(2000)]
    async with asking(EMPTY) as sandbox:
        bulk = asyncio.create_task(sandbox.ask("PUT", "/companies", rows))
        while not await sandbox.get("/companies?limit=1"):
            assert not bulk.done(), "nobody had a turn until all rows were saved"
            await asyncio.sleep(0)
        assert not bulk.done()
        assert (await bulk).json()["created"] == 2000
