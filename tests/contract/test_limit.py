"""Past the limit: 429 in the reference's words, for everybody, with both headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.sandbox import SandboxOptions, create_app
from tests.contract.conftest import NOON, in_process
from tests.contract.server import LIMIT, NOBODY, REMAINING, Server, talking
from tests.sandbox.process import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.contract.server import Dialect, Talk


@pytest.fixture(params=["modern", "seed", "loopback"])
async def tight(request: pytest.FixtureRequest) -> AsyncIterator[Talk]:
    """Talk with a server that takes five calls a window."""
    dialect: Dialect = "seed" if request.param == "seed" else "modern"
    options = SandboxOptions(empty=True, limit=5, dialect=dialect)
    if request.param == "loopback":
        with running(options) as sandbox:
            server = Server(sandbox.url, sandbox.token, sandbox.tenant, "modern")
            async with talking(server) as talk:
                yield talk
        return
    app = create_app(options, clock=lambda: NOON)
    async with talking(in_process(app, dialect, options)) as talk:
        yield talk
    app.close()


async def test_the_headers_count_down_and_then_it_says_too_many(tight: Talk) -> None:
    answers = [await tight.ask("GET", "/myprofile") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert [answer.headers[REMAINING] for answer in answers] == list("4321000")
    assert {answer.headers[LIMIT] for answer in answers} == {"5"}
    assert "Too many requests" in answers[-1].text


async def test_past_the_limit_every_door_is_shut(tight: Talk) -> None:
    company = await tight.a_company(name="Before")
    for _ in range(4):
        await tight.ask("GET", "/leancompanies")
    for method, path, body in (
        ("GET", "/myprofile", None),
        ("GET", f"/companies/{NOBODY}", None),
        ("POST", "/companies", {"name": "After"}),
        ("DELETE", f"/companies/{company}", None),
        ("PUT", "/users", None),
        ("GET", "/no/such/path", None),
    ):
        assert await tight.status(method, path, body) == 429


async def test_errors_count_as_calls(tight: Talk) -> None:
    for method, path, body in (
        ("GET", f"/companies/{NOBODY}", None),
        ("POST", "/companies", {}),
        ("PUT", "/users", None),
        ("GET", "/no/such/path", None),
        ("POST", "/calls", {"nr": "1"}),
    ):
        assert await tight.status(method, path, body) in {400, 404, 405}
    assert await tight.status("GET", "/myprofile") == 429


async def test_strangers_dont_use_up_the_tenants_limit(tight: Talk) -> None:
    for _ in range(8):
        answer = await tight.ask("GET", "/myprofile", headers={"Authorization": "Bearer wrong"})
        assert answer.status_code in {401, 429}
    assert (await tight.ask("GET", "/myprofile")).headers[REMAINING] == "4"


async def test_the_open_endpoint_ends_by_itself(tight: Talk) -> None:
    path, call = f"/{tight.server.tenant}/calls", {"nr": "1", "externalUserId": "x"}
    answers = [await tight.ask("POST", path, call, headers={}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers[REMAINING] == "0"
    assert (await tight.ask("GET", "/myprofile")).headers[REMAINING] == "4"
