"""Who may come in, what is said to the others, and which doors there are at all."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from tests.contract.server import LIMIT, NOBODY, REMAINING

if TYPE_CHECKING:
    from tests.contract.server import Server, Talk

DOORS = [
    ("POST", "/companies"),
    ("GET", f"/companies/{NOBODY}"),
    ("PUT", f"/companies/{NOBODY}"),
    ("DELETE", f"/companies/{NOBODY}"),
    ("GET", "/leancompanies"),
    ("GET", "/users"),
    ("GET", "/myprofile"),
    ("POST", "/endusers"),
    ("GET", "/endusers"),
    ("GET", f"/endusers/{NOBODY}"),
    ("PUT", f"/endusers/{NOBODY}"),
    ("DELETE", f"/endusers/{NOBODY}"),
    ("POST", "/calls"),
    ("GET", f"/calls/{NOBODY}"),
    ("PUT", f"/calls/{NOBODY}"),
    ("DELETE", f"/calls/{NOBODY}"),
]
NO_DOORS = [
    ("GET", "/"),
    ("GET", "/no/such/path"),
    ("DELETE", "/leancompanies"),
    ("PUT", "/myprofile"),
    ("POST", "/199627f7-0d65-52cd-89b9-45b5ff561bem/calls"),
]


async def test_a_bearer_token_opens_the_door(server: Server, planhat: Talk) -> None:
    answer = await planhat.ask("GET", "/myprofile", headers=server.bearer())
    assert answer.status_code == 200


@pytest.mark.parametrize("ending", [":", ""], ids=["with its colon", "bare"])
async def test_basic_opens_it_as_the_same_person(
    server: Server, planhat: Talk, ending: str
) -> None:
    answer = await planhat.ask("GET", "/myprofile", headers=server.basic(server.token + ending))
    assert answer.json() == await planhat.get("/myprofile")


def _bad_headers() -> list[dict[str, str]]:
    def basic(text: str) -> str:
        return f"Basic {base64.b64encode(text.encode()).decode()}"

    values = ["", "Bearer", "Bearer wrong", "Basic", "Basic %%%", "Digest x", "wrong"]
    values += [basic("wrong:"), basic("wrong"), basic(":"), "Basic /w=="]
    return [{}, *({"Authorization": value} for value in values)]


@pytest.mark.parametrize("headers", _bad_headers(), ids=repr)
async def test_whoever_has_no_good_token_is_told_so(planhat: Talk, headers: dict[str, str]) -> None:
    answer = await planhat.ask("GET", "/myprofile", headers=headers)
    assert answer.status_code == 401
    assert planhat.server.token not in answer.text


@pytest.mark.parametrize(("method", "path"), DOORS + NO_DOORS)
async def test_the_token_is_looked_at_before_the_path(
    planhat: Talk, method: str, path: str
) -> None:
    answer = await planhat.ask(method, path, headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401


async def test_neither_is_the_body_looked_at_before_the_token(planhat: Talk) -> None:
    answer = await planhat.ask("POST", "/companies", raw=b"{", headers={})
    assert answer.status_code == 401


async def test_a_token_doesnt_open_it_with_the_scheme_left_out(planhat: Talk) -> None:
    answer = await planhat.ask("GET", "/myprofile", headers={"Authorization": planhat.server.token})
    assert answer.status_code == 401


@pytest.mark.parametrize(("method", "path"), DOORS)
async def test_each_door_of_the_2016_reference_is_there(
    planhat: Talk, method: str, path: str
) -> None:
    answer = await planhat.ask(method, path, {} if method in {"POST", "PUT"} else None)
    assert answer.status_code in {200, 400, 404}
    assert answer.text != "Not Found"


@pytest.mark.parametrize("path", ["/", "/no/such/path", "/Companies/x/y", "/companies/a/b/c"])
async def test_a_path_that_isnt_there(planhat: Talk, path: str) -> None:
    assert await planhat.status("GET", path) == 404


@pytest.mark.parametrize("path", ["analytics", "dimensiondata"])
async def test_open_doors_for_metrics_are_none_here(planhat: Talk, path: str) -> None:
    planhat.server.only_ours()
    metrics = f"/{path}/{planhat.server.tenant}"
    assert await planhat.status("POST", metrics, []) == 404
    assert (await planhat.ask("POST", metrics, [], headers={})).status_code == 404
    assert (await planhat.ask("GET", metrics, headers={})).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/companies", {"POST"}),
        ("PUT", "/leancompanies", {"GET"}),
        ("DELETE", "/endusers", {"GET", "POST"}),
        ("POST", "/leancompanies", {"GET"}),
        ("POST", "/users", {"GET"}),
        ("DELETE", "/myprofile", {"GET"}),
        ("POST", f"/endusers/{NOBODY}", {"GET", "PUT", "DELETE"}),
        ("GET", "/calls", {"POST"}),
    ],
)
async def test_a_method_that_a_path_doesnt_have(
    planhat: Talk, method: str, path: str, allowed: set[str]
) -> None:
    answer = await planhat.ask(method, path, {} if method in {"POST", "PUT"} else None)
    assert answer.status_code in ({405} if planhat.server.ours else {404, 405})
    if answer.status_code == 405 and planhat.server.ours:
        assert allowed <= {name.strip() for name in answer.headers["Allow"].split(",")}


@pytest.mark.parametrize("kind", ["companies", "endusers", "calls"])
@pytest.mark.parametrize(
    "record_id", [NOBODY, "x", "%20", "株式会社", "a%2Fb", "..%2Fusers", "f" * 500]
)
async def test_an_id_that_nobody_has_or_that_is_none(
    planhat: Talk, kind: str, record_id: str
) -> None:
    path = f"/{kind}/{record_id}"
    assert await planhat.status("GET", path) == 404
    assert await planhat.status("PUT", path, {"tags": [], "waiting": 1}) == 404
    assert await planhat.status("DELETE", path) == 404


@pytest.mark.parametrize("path", ["/companies", "/endusers", "/calls"])
@pytest.mark.parametrize("raw", [b"", b"{", b"name=Acme", b"\xff\xfe", b'{"name": "\xed\xa0\xbd"}'])
async def test_a_body_that_isnt_json(planhat: Talk, path: str, raw: bytes) -> None:
    assert (await planhat.ask("POST", path, raw=raw)).status_code == 400


@pytest.mark.parametrize("path", ["/companies", "/endusers", "/calls"])
@pytest.mark.parametrize("body", ["text", 7, True, [1], []])
async def test_a_body_that_isnt_an_object(planhat: Talk, path: str, body: object) -> None:
    assert await planhat.status("POST", path, body) == 400


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_content_type_without_a_body_is_no_harm(planhat: Talk, method: str) -> None:
    company = await planhat.a_company()
    headers = planhat.server.bearer() | {"Content-Type": "application/json"}
    answer = await planhat.ask(method, f"/companies/{company}", headers=headers)
    assert answer.status_code == 200


async def test_every_answer_counts_against_the_limit_and_says_so(
    alone: Talk,
) -> None:
    left = []
    for method, path, body in (
        ("GET", "/myprofile", None),
        ("GET", f"/companies/{NOBODY}", None),
        ("POST", "/companies", {}),
        ("DELETE", "/myprofile", None),
        ("GET", "/no/such/path", None),
    ):
        answer = await alone.ask(method, path, body)
        left.append((answer.status_code, int(answer.headers[REMAINING])))
        assert answer.headers[LIMIT] == "1000000"
    assert left == [(200, 999_999), (404, 999_998), (400, 999_997), (405, 999_996), (404, 999_995)]
