from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.model.records import Kind
from planhat_tui.sandbox import DEMO_TENANTS
from planhat_tui.store.tenant import TenantStore
from planhat_tui.sync.engine import Engine
from planhat_tui.workspace.workspace import Workspace
from tests.sync.rig import SECONDS, URL, Kept, Line, Server, Time, client_over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from planhat_tui.model.outbox import Entry, State


def profile_of(name: str = "acme", **settings: Any) -> Profile:  # noqa: ANN401 -- Profile's own
    token = TokenSource("text", DEMO_TENANTS[0].token)
    return Profile(name=name, base_url=URL, token=token, **settings)


def deliver(workspace: Workspace, *entries: Entry) -> list[State]:
    """Wait until these are delivered, or can't be; how they stand then."""
    told = workspace.net.deliver([entry.n for entry in entries]).result(SECONDS)
    return [entry.state for entry in told]


def filled(open_workspace: Callable[..., Workspace], **settings: Any) -> Workspace:  # noqa: ANN401 -- Profile's own
    """Return a profile that has everything, and whose edits wait until a test lets them go."""
    first = open_workspace(**settings)
    first.net.fill().result(SECONDS)
    first.close()
    return open_workspace(**settings)


def open_over(line: Line, time: Time, folder: Path, profile: Profile) -> Workspace:
    """Open a profile over its files and a line."""
    store = TenantStore.open(folder, wall=time.time)

    def make_engine(listeners: Any) -> Engine:  # noqa: ANN401 -- the workspace's own
        return Engine(
            connect=lambda on_limits: client_over(line, time, on_limits),
            store=store,
            on_change=listeners,
            wall=time.time,
            pull=False,
        )

    return Workspace(profile, store, make_engine)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def server(time: Time) -> Iterator[Server]:
    sandbox = Server(time)
    yield sandbox
    sandbox.close()


@pytest.fixture
def line(server: Server) -> Line:
    return Line(server.app)


@pytest.fixture
def open_workspace(tmp_path: Path, line: Line, time: Time) -> Iterator[Callable[..., Workspace]]:
    """Return what opens a profile by its settings, over files that go by its name."""
    opened: list[Workspace] = []

    def open_it(name: str = "acme", **settings: Any) -> Workspace:  # noqa: ANN401 -- Profile's own
        opened.append(open_over(line, time, tmp_path / name, profile_of(name, **settings)))
        return opened[-1]

    yield open_it
    for workspace in opened:
        workspace.close()


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return the files of a profile that has everything: to be copied, never changed."""
    time, folder = Time(), tmp_path_factory.mktemp("profile")
    server = Server(time)
    opened = open_over(Line(server.app), time, folder, profile_of())
    opened.net.fill().result(SECONDS)
    opened.close()
    server.close()
    return Kept(folder, time.now)


@pytest.fixture
def workspace(
    open_workspace: Callable[..., Workspace], copy: Kept, tmp_path: Path, time: Time
) -> Workspace:
    """Return a profile without guardrails that has all of a server that nobody has changed."""
    time.now = copy.copy_to(tmp_path / "acme")
    return open_workspace()


@pytest.fixture
def company(workspace: Workspace) -> str:
    return workspace.reads.resolve(Kind.COMPANY, "Acme Inc")
