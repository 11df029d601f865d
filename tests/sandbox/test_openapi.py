"""The description of itself: of each route that there is, and of no other."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from planhat_tui.sandbox import SandboxOptions
from tests.sandbox.asking import asking

EMPTY = SandboxOptions(empty=True)
OPENAPI = "/_sandbox/openapi.json"
OF_2016 = {
    ("post", "/companies"), ("get", "/companies/{id}"), ("put", "/companies/{id}"),
    ("delete", "/companies/{id}"), ("get", "/leancompanies"), ("get", "/users"),
    ("get", "/myprofile"), ("post", "/endusers"), ("get", "/endusers"), ("get", "/endusers/{id}"),
    ("put", "/endusers/{id}"), ("delete", "/endusers/{id}"), ("post", "/calls"),
    ("get", "/calls/{id}"), ("put", "/calls/{id}"), ("delete", "/calls/{id}"),
    ("post", "/{tenant}/calls"),
}  # fmt: skip


OF_LATER = {"sourceId", "status", "domains", "arr", "updatedAt", "otherEmails", "archived"}
"""Fields that came after 2016, which that edition's description doesn't know."""


async def _described(options: SandboxOptions) -> dict[str, Any]:
    async with asking(options) as sandbox:
        described: dict[str, Any] = await sandbox.get(OPENAPI, token="")
        return described


def _operations(described: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method, path): operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }


async def test_the_2016_edition_has_what_the_reference_has_and_no_more() -> None:
    described = await _described(replace(EMPTY, dialect="seed"))
    assert described["openapi"] == "3.1.0"
    assert set(_operations(described)) == OF_2016
    assert not set(re.findall(r'"(\w+)": ', json.dumps(described))) & OF_LATER


async def test_todays_edition_has_all_of_it_and_more() -> None:
    operations = _operations(await _described(EMPTY))
    assert set(operations) > OF_2016
    assert len({one["operationId"] for one in operations.values()}) == len(operations)
    assert {"companyId", "limit", "offset", "select", "sort"} == {
        one["name"] for one in operations["get", "/companies"]["parameters"]
    }
    assert "206" in operations["put", "/companies"]["responses"]


async def test_only_the_open_endpoint_needs_no_token() -> None:
    operations = _operations(await _described(EMPTY))
    free = {key for key, operation in operations.items() if not operation["security"]}
    assert free == {("post", "/{tenant}/calls")}


@pytest.mark.parametrize("dialect", ["modern", "seed"])
async def test_what_is_described_is_there_and_other_methods_arent(dialect: Any) -> None:  # noqa: ANN401 -- a parameter
    options = replace(EMPTY, dialect=dialect, limit=100_000)
    today = (await _described(EMPTY))["paths"]
    paths = (await _described(options))["paths"]
    async with asking(options) as sandbox:
        for path, methods in paths.items():
            concrete = path.replace("{id}", "0" * 24).replace("{tenant}", options.tenant)
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                answer = await sandbox.ask(method, concrete, {} if method[0] == "P" else None)
                never = method.lower() not in today[path]
                assert (answer.status_code == 405) == never, path
                if never:
                    allowed = {one.lower() for one in answer.headers["allow"].split(", ")}
                    assert allowed - {"head"} == {*methods}, path
                if not never and method.lower() not in methods:
                    assert answer.status_code == 404, "it came after 2016"
                if method.lower() in methods:
                    assert str(answer.status_code) in methods[method.lower()]["responses"]
