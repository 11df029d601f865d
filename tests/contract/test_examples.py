"""The examples of the 2016 reference, letter by letter, against a sandbox: programs were made so.

``examples-2016.md`` has them as they stand in the reference, its lost backslashes included. Host
and token are put in as the reference says; the tenant is the sample's own.
"""

from __future__ import annotations

import base64
import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import pytest

from planhat_tui.sandbox import SandboxOptions
from tests.sandbox.process import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planhat_tui.sandbox import Dialect
    from tests.sandbox.process import Running

TEXT = Path(__file__).with_name("examples-2016.md").read_text(encoding="utf-8")
CURLS = re.findall(r"^curl .*?(?=^```)", TEXT, re.DOTALL | re.MULTILINE)
LINES = re.findall(r"`(GET|POST|PUT|DELETE): +https://api\.planhat\.com(/\S+?)`", TEXT)
COMPANY = json.loads(TEXT.partition("```json")[2].partition("```")[0])[0]
SAMPLE = "199627f7-0d65-52cd-89b9-45b5ff561bem"


class Sent(NamedTuple):
    """What curl sends for a line."""

    method: str
    url: str
    headers: dict[str, str]
    body: str | None


def as_curl_sends(words: list[str]) -> Sent:
    """Read the few options that the reference uses, as curl does."""
    method, url, headers, body = "GET", "", {}, None
    rest = iter(words)
    assert next(rest) == "curl"
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest)
        elif word == "--user":
            headers["Authorization"] = f"Basic {base64.b64encode(next(rest).encode()).decode()}"
        else:
            assert not word.startswith("-"), word
            url = word
    return Sent(method, url, headers, body)


@pytest.fixture(scope="module", params=["seed", "modern"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Running]:
    """Serve each edition as a process, for the sample's tenant."""
    dialect: Dialect = request.param
    with running(SandboxOptions(tenant=SAMPLE, dialect=dialect, limit=10_000)) as served:
        yield served


def _ask(sandbox: Running, sent: Sent) -> Any:  # noqa: ANN401 -- JSON
    url = sent.url.replace("https://api.planhat.com", sandbox.url)
    answer = httpx.request(
        *(sent.method, url),
        headers=sent.headers,
        content=sent.body,
        timeout=60,
        trust_env=False,
    )
    assert answer.status_code == 200, (sent, answer.text)
    assert int(answer.headers["X-Rate-Limit-Remaining"]) < 10_000
    return answer.json()


def test_all_examples_were_found() -> None:
    assert (len(CURLS), len(LINES)) == (3, 15)


@pytest.mark.parametrize("example", CURLS, ids=["profile", "open call", "call"])
def test_each_curl_does_what_it_says(sandbox: Running, example: str) -> None:
    text = example.replace("[PERSONAL_ACCESS_TOKEN]", sandbox.token).replace("\\\n", " ")
    sent = as_curl_sends(shlex.split(text))
    told = _ask(sandbox, sent)
    expected = json.loads(sent.body) if sent.body else {"tenantId": SAMPLE}
    assert {name: told[name] for name in expected} == expected


def test_each_line_of_an_endpoint_answers(sandbox: Running) -> None:
    token = base64.b64encode(f"{sandbox.token}:".encode()).decode()
    headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}

    def ask(method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 -- JSON
        text = None if body is None else json.dumps(body)
        return _ask(sandbox, Sent(method, f"https://api.planhat.com{path}", headers, text))

    google = ask("POST", "/companies", COMPANY)
    assert {name: google[name] for name in COMPANY} == COMPANY
    bodies: dict[str, dict[str, object]] = {
        "companies": {"name": "Google"},
        "endusers": {"companyId": google["_id"]},
        "calls": {"nr": "+4670123456", "externalUserId": "max123"},
    }
    last = ""
    for method, line in LINES:
        path = line.replace("[YOUR_TENANT_UUIS]", SAMPLE)
        kind = path.removesuffix("/:id").rpartition("/")[2]
        told = ask(
            method,
            path.replace(":id", last),
            bodies.get(kind) if method in {"POST", "PUT"} else None,
        )
        last = told["_id"] if method == "POST" else last
    assert ask("GET", f"/endusers?c={google['_id']}") == []
    assert ask("DELETE", f"/companies/{google['_id']}") == {"n": 1, "ok": 1, "deletedCount": 1}
