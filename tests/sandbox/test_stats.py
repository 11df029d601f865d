"""What was asked and answered, for whoever wants to look from outside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.sandbox import SandboxOptions
from tests.sandbox.asking import Asking, asking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

EMPTY = SandboxOptions(empty=True)
STATS = "/_sandbox/stats"
NOBODY = "0" * 24


@pytest.fixture
async def sandbox() -> AsyncIterator[Asking]:
    async with asking(replace(EMPTY, limit=20)) as opened:
        yield opened


async def _stats(sandbox: Asking) -> dict[str, Any]:
    answer = await sandbox.ask("GET", STATS, token="")
    assert answer.status_code == 200
    report: dict[str, Any] = answer.json()
    return report


async def _counts(sandbox: Asking) -> dict[tuple[str, str, int], int]:
    return {
        (one["method"], one["path"], one["status"]): one["count"]
        for one in (await _stats(sandbox))["requests"]
        if one["path"] != STATS
    }


async def test_nothing_was_asked_yet(sandbox: Asking) -> None:
    assert await _stats(sandbox) == {"requests": [], "total": 0, "429": 0}


async def test_answers_are_counted_by_method_pattern_and_status(sandbox: Asking) -> None:
    company = await sandbox.make("/companies", {"name": "A"})
    await sandbox.make("/companies", {"name": "B"})
    await sandbox.ask("POST", "/companies", {})
    await sandbox.get(f"/companies/{company['_id']}")
    await sandbox.ask("GET", f"/companies/{NOBODY}")
    await sandbox.ask("DELETE", f"/companies/{company['_id']}")
    await sandbox.get("/endusers?c=x&limit=5")
    call = {"nr": "1", "externalUserId": "x"}
    await sandbox.ask("POST", f"/{EMPTY.tenant}/calls", call, token="")
    assert await _counts(sandbox) == {
        ("POST", "/companies", 200): 2,
        ("POST", "/companies", 400): 1,
        ("GET", "/companies/:id", 200): 1,
        ("GET", "/companies/:id", 404): 1,
        ("DELETE", "/companies/:id", 200): 1,
        ("GET", "/endusers", 200): 1,
        ("POST", "/:tenant/calls", 200): 1,
    }


async def test_ids_and_made_up_paths_dont_fill_the_counts(sandbox: Asking) -> None:
    for number in range(5):
        await sandbox.ask("GET", f"/calls/{number}")
        await sandbox.ask("GET", f"/no/such/{number}")
        await sandbox.ask("GET", f"/secret-{number}", token="wrong")
    counts = await _counts(sandbox)
    assert sorted(counts.values()) == [5, 5, 5]
    assert {status for _, _, status in counts} == {401, 404}
    assert not any("secret" in path for _, path, _ in counts)


async def test_the_429s_are_counted(sandbox: Asking) -> None:
    assert (await _stats(sandbox))["429"] == 0
    await sandbox.ask("GET", "/nowhere")
    for _ in range(22):
        await sandbox.ask("GET", "/users")
    assert (await _stats(sandbox))["429"] == 3
    counts = await _counts(sandbox)
    assert counts["GET", "/users", 200] == 19
    assert sum(count for (_, _, status), count in counts.items() if status == 429) == 3


async def test_the_total_is_the_sum_of_all(sandbox: Asking) -> None:
    for path in ("/users", "/users", "/nowhere", "/myprofile"):
        await sandbox.ask("GET", path)
    stats = await _stats(sandbox)
    assert stats["total"] == 4 == sum(one["count"] for one in stats["requests"])


async def test_to_look_costs_nothing_and_works_past_the_limit(sandbox: Asking) -> None:
    before = await sandbox.left()
    for _ in range(30):
        await _stats(sandbox)
    assert await sandbox.left() == before - 1
    stranger = await sandbox.ask("GET", "/users", token="")
    assert stranger.headers["X-Rate-Limit-Remaining"] == "19"
    for _ in range(30):
        await sandbox.ask("GET", "/users")
        await sandbox.ask("GET", "/users", token="")
    answer = await sandbox.ask("GET", STATS, token="")
    assert answer.status_code == 200
    assert {"X-Rate-Limit-Limit", "X-Rate-Limit-Remaining"} <= {
        name.title() for name in answer.headers
    }


async def test_they_tell_no_token_and_no_data(sandbox: Asking) -> None:
    await sandbox.make("/companies", {"name": "Hush-hush"})
    await sandbox.get("/leancompanies?externalId=hush-hush")
    text = (await sandbox.ask("GET", STATS, token="")).text
    assert "ush-hush" not in text
    assert EMPTY.token not in text
    assert EMPTY.tenant not in text


async def test_they_begin_anew_with_the_process() -> None:
    async with asking() as sandbox:
        await sandbox.get("/users")
    async with asking() as sandbox:
        assert await _counts(sandbox) == {}
