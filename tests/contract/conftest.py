"""Which servers the contract is held against.

The sandbox in this process in both editions, and once as a process on a loopback port. The
environment may name another server, on loopback or behind a tunnel (tests talk to no other host):

- ``PLANHAT_TUI_CONTRACT_URL``: where it is; without it, nothing of this happens;
- ``PLANHAT_TUI_CONTRACT_TOKEN``: a token that may write;
- ``PLANHAT_TUI_CONTRACT_TENANT``: the tenant's id for the open endpoint.

Its edition is found out. The suite makes records of its own there and deletes them again. It sends
some hundreds of requests: where the server's limit ends, the rest is skipped.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from planhat_tui.sandbox import SandboxOptions, create_app
from tests.contract.server import Server, Talk, elsewhere, talking
from tests.sandbox.process import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from planhat_tui.sandbox.app import Sandbox
    from tests.contract.server import Dialect

NOON = 1_700_000_000.0
OPTIONS = SandboxOptions(empty=True, limit=1_000_000)
KINDS = ["modern", "seed", "loopback"]
if os.environ.get("PLANHAT_TUI_CONTRACT_URL"):
    KINDS.append("elsewhere")
SPEAK = {
    "modern": {"modern", "loopback", "elsewhere"},
    "seed": {"seed", "elsewhere"},
    "alone": {"modern", "seed"},
}
"""Fixtures that are ``planhat`` on some servers only, and which these are."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test on all servers, or on those that its fixtures speak of."""
    if "server" in metafunc.fixturenames:
        wanted = [SPEAK[name] for name in SPEAK if name in metafunc.fixturenames]
        kinds = [kind for kind in KINDS if all(kind in those for those in wanted)]
        metafunc.parametrize("server", kinds, indirect=True)


def in_process(app: Sandbox, dialect: Dialect, options: SandboxOptions) -> Server:
    """Describe a sandbox of this process."""
    return Server("http://sandbox.planhat", options.token, options.tenant, dialect, app)


@pytest.fixture(scope="session")
def loopback() -> Iterator[Server]:
    """Serve one sandbox over a real port for all tests."""
    with running(OPTIONS) as sandbox:
        yield Server(sandbox.url, sandbox.token, sandbox.tenant, "modern")


@pytest.fixture(scope="session")
def other() -> Server | None:
    """Return the server that the environment names."""
    return elsewhere()


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Return each server in turn."""
    if request.param == "loopback":
        yield request.getfixturevalue("loopback")
        return
    if request.param == "elsewhere":
        yield request.getfixturevalue("other")
        return
    dialect: Dialect = "seed" if request.param == "seed" else "modern"
    options = SandboxOptions(empty=True, limit=OPTIONS.limit, dialect=dialect)
    app = create_app(options, clock=lambda: NOON)
    yield in_process(app, dialect, options)
    app.close()


@pytest.fixture
async def planhat(server: Server) -> AsyncIterator[Talk]:
    """Return a plain connection to it."""
    async with talking(server) as talk:
        yield talk


@pytest.fixture
def modern(planhat: Talk) -> Talk:
    """Return a connection to a server that speaks today's edition."""
    planhat.server.only("modern")
    return planhat


@pytest.fixture
def seed(planhat: Talk) -> Talk:
    """Return a connection to a server that speaks the edition of 2016."""
    planhat.server.only("seed")
    return planhat


@pytest.fixture
def alone(planhat: Talk) -> Talk:
    """Return a connection to a server that nobody else talks with."""
    return planhat
