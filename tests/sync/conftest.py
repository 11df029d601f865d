from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sync.rig import Desk, Line, Server, Time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


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
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tenant"


@pytest.fixture
def open_desk(folder: Path, line: Line, time: Time) -> Iterator[Callable[..., Desk]]:
    """Return what opens a desk over the same files; the one before has to be closed first."""
    opened: list[Desk] = []

    def open_it(**options: Any) -> Desk:  # noqa: ANN401 -- Desk's own
        opened.append(
            Desk(options.pop("folder", folder), options.pop("line", line), time, **options)
        )
        return opened[-1]

    yield open_it
    for desk in opened:
        desk.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    """Return a desk whose engine pulls when it's asked to, and never by itself."""
    return open_desk()


@pytest.fixture
def filled(desk: Desk) -> Desk:
    desk.fill()
    return desk
