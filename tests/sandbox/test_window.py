"""The limit: so many calls in a window of 60 to 120 seconds that nobody is told."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.sandbox import DEMO_TENANTS, SandboxOptions
from planhat_tui.sandbox.database import Database
from planhat_tui.sandbox.limits import Crowd, Limits
from tests.sandbox.asking import NOON, Clock, asking

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = SandboxOptions(empty=True)
OTHER = DEMO_TENANTS[1].token


async def _lengths(options: SandboxOptions, count: int, token: str | None = None) -> list[float]:
    """Ask every half second; return how long the first windows were."""
    async with asking(replace(options, limit=100_000)) as sandbox:
        starts = [sandbox.clock.now]
        left = await sandbox.left(token)
        while len(starts) <= count:
            sandbox.clock.now += 0.5
            before, left = left, await sandbox.left(token)
            if left > before:
                starts.append(sandbox.clock.now)
        return [end - start for start, end in pairwise(starts)]


async def test_windows_are_60_to_120_seconds_long_and_differ() -> None:
    lengths = await _lengths(EMPTY, 12)
    assert all(59.5 <= length <= 120.5 for length in lengths)
    assert len(set(lengths)) > 6
    assert max(lengths) - min(lengths) > 15


async def test_the_same_seed_draws_the_same_windows() -> None:
    first = await _lengths(EMPTY, 4)
    assert await _lengths(EMPTY, 4) == first
    assert await _lengths(replace(EMPTY, seed=2), 4) != first


async def test_each_tenant_has_windows_of_its_own() -> None:
    assert await _lengths(EMPTY, 4) != await _lengths(EMPTY, 4, OTHER)


async def test_a_window_may_be_asked_for_by_its_length() -> None:
    assert await _lengths(replace(EMPTY, window=(5.0, 5.0)), 4) == [5.0] * 4


async def test_windows_follow_each_other_whether_or_not_somebody_asks() -> None:
    async with asking(replace(EMPTY, window=(10.0, 10.0))) as sandbox:
        left = []
        for second in (0.0, 9.9, 17.0, 19.9, 20.1, 45.0, 49.9, 50.1):
            sandbox.clock.now = NOON + second
            left.append(await sandbox.left())
        assert left == [199, 198, 199, 198, 199, 199, 198, 199]


async def test_200_calls_and_then_none_until_the_window_turns() -> None:
    async with asking() as sandbox:
        assert [await sandbox.left() for _ in range(200)] == list(range(199, -1, -1))
        assert [await sandbox.left() for _ in range(50)] == [-1] * 50
        sandbox.clock.now += 59.9
        assert await sandbox.left() == -1
        sandbox.clock.now += 60.2
        assert await sandbox.left() == 199


async def test_nothing_is_written_past_the_limit() -> None:
    async with asking(replace(EMPTY, limit=3)) as sandbox:
        company = await sandbox.make("/companies", {"name": "Before"})
        path = f"/companies/{company['_id']}"
        assert [await sandbox.left() for _ in range(2)] == [1, 0]
        for method, where, body in (
            ("POST", "/companies", {"name": "After"}),
            ("PUT", path, {"name": "After"}),
            ("DELETE", path, None),
        ):
            assert (await sandbox.ask(method, where, body)).status_code == 429
        sandbox.clock.now += 120
        assert [item["name"] for item in await sandbox.get("/leancompanies")] == ["Before"]
        assert (await sandbox.get(path))["name"] == "Before"


async def test_refused_calls_dont_make_the_wait_longer() -> None:
    async with asking(replace(EMPTY, limit=1)) as patient, asking(replace(EMPTY, limit=1)) as hasty:
        assert await patient.left() == await hasty.left() == 0
        turned = []
        for _ in range(121):
            patient.clock.now += 1
            hasty.clock.now += 1
            turned.append(await hasty.left() == 0)
        assert True in turned
        patient.clock.now = NOON + turned.index(True) + 1
        assert await patient.left() == 0


async def test_a_429_says_the_limit_too() -> None:
    async with asking(replace(EMPTY, limit=1)) as sandbox:
        await sandbox.left()
        refused = await sandbox.ask("GET", "/companies")
        assert refused.status_code == 429
        assert refused.text == "429 Too many requests"
        assert refused.headers["X-Rate-Limit-Limit"] == "1"
        assert refused.headers["X-Rate-Limit-Remaining"] == "0"


async def test_a_night_without_a_call_is_forgotten_in_no_time() -> None:
    async with asking(replace(EMPTY, limit=2)) as sandbox:
        assert [await sandbox.left() for _ in range(3)] == [1, 0, -1]
        sandbox.clock.now += 50 * 365 * 86_400.0
        assert [await sandbox.left() for _ in range(3)] == [1, 0, -1]


async def test_a_clock_that_was_set_back_begins_a_new_window() -> None:
    async with asking(replace(EMPTY, limit=2)) as sandbox:
        assert [await sandbox.left() for _ in range(3)] == [1, 0, -1]
        sandbox.clock.now -= 3600.0
        assert await sandbox.left() == 1


async def test_processes_that_share_a_file_share_the_limit(tmp_path: Path) -> None:
    options = replace(EMPTY, limit=4, db=tmp_path / "shared.db")
    clock = Clock()
    async with asking(options, clock) as one, asking(options, clock) as two:
        assert [await one.left(), await two.left(), await one.left()] == [3, 2, 1]
        assert [await two.left(), await one.left(), await two.left()] == [0, -1, -1]
        clock.now += 120
        assert [await two.left(), await one.left()] == [3, 2]


async def test_refused_calls_arent_counted(tmp_path: Path) -> None:
    options, clock = replace(EMPTY, limit=1, db=tmp_path / "sandbox.db"), Clock()
    async with asking(options, clock) as sandbox:
        assert [await sandbox.left() for _ in range(5)] == [0, -1, -1, -1, -1]
    async with asking(replace(options, limit=4), clock) as sandbox:  # a more generous one
        assert [await sandbox.left() for _ in range(4)] == [2, 1, 0, -1]


async def test_tenants_strangers_and_the_open_endpoint_have_budgets_of_their_own() -> None:
    async with asking(replace(EMPTY, limit=5)) as sandbox:
        call = {"nr": "1", "externalUserId": "x"}
        for _ in range(3):
            await sandbox.left()
            await sandbox.ask("POST", f"/{sandbox.options.tenant}/calls", call, token="")
            await sandbox.ask("GET", "/myprofile", token="")
        assert await sandbox.left() == 1
        assert await sandbox.left(OTHER) == 4
        open_one = await sandbox.ask("POST", f"/{sandbox.options.tenant}/calls", call, token="")
        assert open_one.headers["X-Rate-Limit-Remaining"] == "1"


gaps = st.lists(st.one_of(st.just(0.0), st.floats(0, 5), st.floats(0, 400)), max_size=120)


@given(gaps=gaps, limit=st.integers(1, 12), seed=st.integers(0, 5))
def test_whatever_the_rhythm_the_limit_holds(gaps: list[float], limit: int, seed: int) -> None:
    database = Database(None)
    limits = Limits(database, limit, (60.0, 120.0), seed)
    now, allowed, before = NOON, [], limit
    for gap in gaps:
        now += gap
        assert limits.peek("tenant", now).remaining in {before, limit}
        taken = limits.take("tenant", now)
        assert limits.peek("tenant", now).remaining == taken.remaining
        assert 0 <= taken.remaining <= limit - taken.allowed
        if taken.allowed:
            allowed.append(now)
        else:
            assert taken.remaining == before == 0
        before = taken.remaining
    for moment in allowed:  # in a minute there are at most the calls of two windows
        assert sum(moment <= other < moment + 60 for other in allowed) <= 2 * limit
    assert limits.take("tenant", now + 120).remaining == limit - 1
    database.close()


# -- what is hard beside the window


async def test_so_many_calls_within_a_second_and_then_none_until_it_is_over() -> None:
    async with asking(SandboxOptions(companies=1, per_second=3)) as sandbox:
        answers = [await sandbox.ask("GET", "/myprofile") for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert answers[3].headers["Retry-After"] == "1"
        assert answers[3].headers["X-Rate-Limit-Remaining"] == "197", "it isn't counted"
        assert (await sandbox.ask("GET", "/myprofile", token="")).status_code == 401
        sandbox.clock.now += 1.0
        assert (await sandbox.ask("GET", "/myprofile")).status_code == 200


def test_so_many_calls_at_once_and_the_next_when_one_has_left() -> None:
    crowd = Crowd(0, 2)
    assert [crowd.enter("t", NOON) for _ in range(3)] == [True, True, False]
    assert crowd.enter("another", NOON)
    crowd.leave("t")
    assert crowd.enter("t", NOON)


def test_a_clock_that_was_put_back_keeps_nobody_out() -> None:
    crowd = Crowd(1, 0)
    assert crowd.enter("t", NOON)
    assert crowd.enter("t", NOON - 3600)
