"""Faults: read with good errors, drawn by seed, and done to answers in this process."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.sandbox import SandboxOptions, create_app
from planhat_tui.sandbox.app import Sandbox
from planhat_tui.sandbox.breaking import DroppedError, bomb
from planhat_tui.sandbox.faults import SHARES, BadFaultError, Faults, parse
from tests.sandbox.asking import NOON, Asking, Clock, asking

if TYPE_CHECKING:
    from collections.abc import Sequence

EMPTY = SandboxOptions(empty=True)
FAULTS = "/_sandbox/faults"
LIMIT, REMAINING = "X-Rate-Limit-Limit", "X-Rate-Limit-Remaining"


def _with(*faults: str) -> SandboxOptions:
    return replace(EMPTY, faults=faults)


@pytest.mark.parametrize(
    "text",
    [
        *(f"{kind}=5%" for kind in SHARES),
        *("latency=200ms", "latency=0.1-0.5s", "latency=0s", "retry-after=30", "429=0.5%"),
        *("retry-after=30:5%", "drop-after=100%@PUT /companies", "500=1%@/calls", "cut=1%@POST"),
    ],
)
def test_what_can_be_written(text: str) -> None:
    fault = parse(text)
    assert fault.text == text
    assert fault.kind == text.partition("=")[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "KIND=VALUE"),
        ("429", "KIND=VALUE"),
        ("429=", "KIND=VALUE"),
        ("418=5%", "There are: latency, 429"),
        ("429=5", "such as 5%"),
        ("429=101%", "from 0% to 100%"),
        ("429=-1%", "such as 5%"),
        ("latency=5", "200ms"),
        ("latency=2-1s", "smaller"),
        ("latency=601s", "600s"),
        ("retry-after=soon", "seconds"),
        ("retry-after=30:x", "share"),
        ("429=5%@companies", "method, a path"),
        ("429=5%@put /companies", "method, a path"),
    ],
)
def test_what_cant_be_says_what_can(text: str, said: str) -> None:
    with pytest.raises(BadFaultError, match=said):
        parse(text)
    with pytest.raises(ValueError, match=said):
        create_app(_with(text))


@given(text=st.text(max_size=30))
def test_any_text_is_a_fault_or_is_refused(text: str) -> None:
    try:
        fault = parse(text)
    except BadFaultError:
        return
    assert fault.text == text


def _kinds(faults: Faults, requests: Sequence[tuple[str, str]]) -> list[Any]:
    plans = [faults.plan(method, path) for method, path in requests]
    return [(plan.kinds, plan.latency, plan.retry_after, plan.draw) for plan in plans]


ALL = [f"{kind}=30%" for kind in SHARES] + ["latency=10-90ms", "retry-after=9:50%"]


@given(seed=st.integers(0, 2**32), count=st.integers(1, 60))
def test_the_same_seed_strikes_the_same_requests(seed: int, count: int) -> None:
    requests = [("GET", "/companies")] * count
    assert _kinds(Faults(ALL, seed), requests) == _kinds(Faults(ALL, seed), requests)


def test_another_seed_strikes_others_and_the_share_is_kept() -> None:
    requests = [("GET", "/")] * 4000
    struck = [[bool(k) for k, *_ in _kinds(Faults(["500=20%"], seed), requests)] for seed in (1, 2)]
    assert struck[0] != struck[1]
    assert all(0.17 < sum(one) / len(one) < 0.23 for one in struck)


@given(share=st.sampled_from(["0%", "100%"]), count=st.integers(1, 50))
def test_never_and_always(share: str, count: int) -> None:
    kinds = [kind for kind, *_ in _kinds(Faults([f"cut={share}"]), [("GET", "/")] * count)]
    assert set(kinds) == ({frozenset({"cut"})} if share == "100%" else {frozenset()})


@pytest.mark.parametrize(
    ("where", "strikes"),
    [
        ("@PUT /companies", {("PUT", "/companies"), ("PUT", "/companies/1")}),
        ("@/companies", {("PUT", "/companies"), ("PUT", "/companies/1"), ("GET", "/companies")}),
        ("@PUT", {("PUT", "/companies"), ("PUT", "/companies/1"), ("PUT", "/companiesx")}),
    ],
)
def test_for_some_requests_only(where: str, strikes: set[tuple[str, str]]) -> None:
    requests = [
        ("PUT", "/companies"), ("PUT", "/companies/1"), ("GET", "/companies"),
        ("PUT", "/companiesx"), ("GET", "/users"),
    ]  # fmt: skip
    kinds = _kinds(Faults([f"500=100%{where}"]), requests)
    assert {request for request, (kind, *_) in zip(requests, kinds, strict=True) if kind} == strikes


def test_those_of_other_requests_dont_move_the_draws() -> None:
    alone = _kinds(Faults(["500=50%@/a"]), [("GET", "/a")] * 40)
    mixed = _kinds(Faults(["500=50%@/a"]), [("GET", "/a"), ("GET", "/b")] * 40)[::2]
    assert [kind for kind, *_ in alone] == [kind for kind, *_ in mixed]


async def _names(sandbox: Asking) -> list[str]:
    """Read what is there, without faults."""
    await sandbox.http.put(FAULTS, json={"faults": []})
    return [item["name"] for item in await sandbox.get("/leancompanies")]


@pytest.mark.parametrize(("fault", "status"), [("429", 429), ("500", 500), ("html", 502)])
async def test_refused_and_nothing_is_written(fault: str, status: int) -> None:
    async with asking(_with(f"{fault}=100%")) as sandbox:
        answer = await sandbox.ask("POST", "/companies", {"name": "A"})
        assert answer.status_code == status
        if fault == "html":
            assert answer.headers["Content-Type"].startswith("text/html")
        assert await _names(sandbox) == []


@pytest.mark.parametrize("fault", [kind for kind in SHARES if kind != "429"])
async def test_every_fault_but_a_429_costs_a_call_and_is_counted(fault: str) -> None:
    async with asking(_with(f"{fault}=100%@GET /users")) as sandbox:
        status = 0
        try:
            headers = {"Authorization": f"Bearer {EMPTY.token}"}
            async with sandbox.http.stream("GET", "/users", headers=headers) as answer:
                status = answer.status_code
                if fault not in {"no-headers", "lying-headers"}:
                    assert (answer.headers[LIMIT], answer.headers[REMAINING]) == ("200", "199")
        except DroppedError:
            status = 200 if fault == "cut" else 0
        (told,) = (await sandbox.http.get("/_sandbox/stats")).json()["requests"]
        assert told == {"method": "GET", "path": "/users", "status": status, "count": 1}
        assert await sandbox.left() == 198


async def test_the_limit_stands_in_front_of_every_fault() -> None:
    async with asking(replace(_with("drop=100%"), limit=1)) as sandbox:
        with pytest.raises(DroppedError):
            await sandbox.ask("GET", "/users")
        assert (await sandbox.ask("GET", "/users")).status_code == 429


async def test_500_after_it_was_written() -> None:
    async with asking(_with("500-after=100%")) as sandbox:
        assert (await sandbox.ask("POST", "/companies", {"name": "A"})).status_code == 500
        assert await _names(sandbox) == ["A"]


@pytest.mark.parametrize(("fault", "names"), [("drop", []), ("drop-after", ["A"]), ("cut", ["A"])])
async def test_a_connection_that_breaks_is_raised_within_a_process(
    fault: str, names: list[str]
) -> None:
    async with asking(_with(f"{fault}=100%")) as sandbox:
        with pytest.raises(DroppedError):
            await sandbox.ask("POST", "/companies", {"name": "A"})
        assert await _names(sandbox) == names


async def test_a_429_isnt_counted_and_may_tell_when_to_come_again() -> None:
    async with asking(_with("429=100%", "retry-after=17")) as sandbox:
        answers = [await sandbox.ask("GET", "/users") for _ in range(3)]
        assert [answer.headers[REMAINING] for answer in answers] == ["200"] * 3
        assert answers[0].headers["Retry-After"] == "17"
        await sandbox.http.put(FAULTS, json={"faults": ["retry-after=17"]})
        assert "Retry-After" not in (await sandbox.ask("GET", "/users")).headers


async def test_headers_that_are_missing_and_headers_that_lie() -> None:
    async with asking(_with("no-headers=100%")) as sandbox:
        answer = await sandbox.ask("GET", "/users")
        assert answer.status_code == 200
        assert LIMIT not in answer.headers
        await sandbox.http.put(FAULTS, json={"faults": ["lying-headers=100%"]})
        told = {(await sandbox.ask("GET", "/users")).headers[REMAINING] for _ in range(60)}
        assert {"137", "-12", "9" * 30, "plenty"} < told


async def test_wrong_json_of_every_kind() -> None:
    async with asking(_with("wrong-json=100%")) as sandbox:
        good = [{"name": "A"}]
        texts = {(await sandbox.ask("GET", "/users")).text for _ in range(80)}
        assert len(texts) >= 7
        for text in texts:
            try:
                assert json.loads(text) != good
            except (ValueError, RecursionError):
                continue


async def test_a_bomb_is_small_until_it_is_opened() -> None:
    assert len(bomb()) < 400_000
    assert len(gzip.decompress(bomb())) > 300_000_000
    async with asking(_with("gzip-bomb=100%")) as sandbox:
        headers = {"Authorization": f"Bearer {EMPTY.token}"}
        async with sandbox.http.stream("GET", "/users", headers=headers) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            raw = b"".join([piece async for piece in answer.aiter_raw()])
    assert raw == bomb()


async def test_some_rows_of_a_bulk_upsert_fail() -> None:
    async with asking(_with("bulk-206=100%")) as sandbox:
        rows = [{"name": f"N{n}", "externalId": f"e{n}"} for n in range(4)]
        answer = await sandbox.ask("PUT", "/companies", rows)
        assert answer.status_code == 206
        told = answer.json()
        assert (told["created"], len(told["createdErrors"])) == (2, 2)
        failed = {error["externalId"] for error in told["createdErrors"]}
        made = {entry["externalId"] for entry in told["insertsKeys"]}
        assert failed | made == {"e0", "e1", "e2", "e3"}
        assert len(await _names(sandbox)) == 2


async def test_of_a_bulk_upsert_never_all_rows_fail() -> None:
    async with asking(_with("bulk-206=100%")) as sandbox:
        for turn in range(20):
            for count, status in ((0, 200), (1, 200), (2, 206), (3, 206)):
                rows = [
                    {"name": f"N{n}", "externalId": f"{turn}-{count}-{n}"} for n in range(count)
                ]
                assert (await sandbox.ask("PUT", "/companies", rows)).status_code == status


async def test_answers_that_are_late() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    app = Sandbox(_with("latency=100-300ms"), Clock(), sleep)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http:
        for _ in range(5):
            assert (await http.get("/users")).status_code == 401
        await http.get("/_sandbox/stats")
    app.close()
    assert len(waited) == 5
    assert all(0.1 <= one <= 0.3 for one in waited)
    assert len(set(waited)) == 5


async def test_at_run_time_without_a_token_and_without_a_cost() -> None:
    async with asking() as sandbox:
        told = (
            await sandbox.http.put(FAULTS, json={"faults": ["500=100%@/users"], "seed": 7})
        ).json()
        assert told["faults"] == [{"fault": "500=100%@/users", "struck": 0}]
        assert told["seed"] == 7
        for _ in range(2):
            assert (await sandbox.ask("GET", "/users")).status_code == 500
        assert await sandbox.left() == 197
        assert (await sandbox.http.get(FAULTS)).json()["faults"][0]["struck"] == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"faults": ["429=5%", "x=5%"]}, "no fault x"),
        ({"faults": "429=5%"}, "list of texts"),
        ({"faults": [7]}, "list of texts"),
        ({"seed": "7"}, "whole number"),
        ({"clock": {"advance": "1"}}, "number of seconds"),
        ({"clock": {"advance": 1e12}}, "too far"),
        ({"clock": {"advance": -(10**400)}}, "too far"),
        ({"clock": {"at": "9999-12-31T23:59:59Z"}}, "too far"),
        ({"clock": {"at": "8999-12-31T00:00:00Z", "advance": 100_000}}, "too far"),
        ({"clock": {"at": "noon"}}, "moment"),
        ({"clock": {"stands": 1}}, "true or false"),
        ({"clock": {"hours": 1}}, "at, advance and stands"),
        ({"clock": []}, "at, advance and stands"),
        ([], "JSON object"),
    ],
)
async def test_what_cant_be_read_changes_nothing(body: object, said: str) -> None:
    async with asking(_with("cut=0%")) as sandbox:
        before = (await sandbox.http.get(FAULTS)).json()
        answer = await sandbox.http.put(FAULTS, json=body)
        assert (answer.status_code, said in answer.text) == (400, True)
        assert (await sandbox.http.get(FAULTS)).json() == before


async def test_only_this_machine_may_break_things() -> None:
    app = create_app(EMPTY)
    for host, status in (("127.0.0.1", 200), ("::1", 200), ("192.0.2.7", 403), ("x", 403)):
        transport = httpx.ASGITransport(app=app, client=(host, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http:
            assert (await http.put(FAULTS, json={"faults": []})).status_code == status
    app.close()


async def test_the_clock_is_set_moved_on_stopped_and_started() -> None:
    async with asking(replace(EMPTY, limit=2)) as sandbox:

        async def drive(**clock: object) -> dict[str, Any]:
            told = (await sandbox.http.put(FAULTS, json={"clock": clock})).json()
            return dict(told["clock"])

        assert [await sandbox.left() for _ in range(3)] == [1, 0, -1]
        await drive(advance=120)
        assert await sandbox.left() == 1
        assert await drive(at="2016-10-17T14:00:00Z", stands=True) == {
            "at": "2016-10-17T14:00:00.000Z", "stands": True,
        }  # fmt: skip
        sandbox.clock.now += 3600
        made = await sandbox.make("/companies", {"name": "Then"})
        assert made["createDate"] == "2016-10-17T14:00:00.000Z"
        assert (await drive(advance=5.5))["at"] == "2016-10-17T14:00:05.500Z"
        assert (await drive(stands=False))["stands"] is False
        sandbox.clock.now += 10
        assert (await drive())["at"] == "2016-10-17T14:00:15.500Z"
        assert sandbox.clock.now == NOON + 3610


async def test_the_clock_moves_on_to_the_end_of_its_calendar_and_no_further() -> None:
    async with asking() as sandbox:
        start = {"at": "8999-12-30T00:00:00Z", "stands": True}
        assert (await sandbox.http.put(FAULTS, json={"clock": start})).status_code == 200
        steps = [{"clock": {"advance": 86_400}}] * 5
        told = [(await sandbox.http.put(FAULTS, json=step)).status_code for step in steps]
        assert told == [200, 200, 400, 400, 400]
        made = await sandbox.make("/companies", {"name": "Far away"})
        assert made["createDate"] == "9000-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", FAULTS, 405), ("DELETE", "/_sandbox/stats", 405), ("GET", "/_sandbox/x", 404),
        ("PUT", "/_sandbox/stats", 405), ("PUT", "/_sandbox/", 404),
    ],
)  # fmt: skip
async def test_other_doors_of_the_trainer(method: str, path: str, status: int) -> None:
    async with asking() as sandbox:
        assert (await sandbox.ask(method, path, {}, token="")).status_code == status


async def test_faults_dont_strike_the_trainers_door() -> None:
    async with asking(_with("drop=100%", "500=100%")) as sandbox:
        assert (await sandbox.http.get("/_sandbox/stats")).status_code == 200
