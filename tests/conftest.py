"""What holds for every test: loopback only, a home of its own, effort by one setting."""

from __future__ import annotations

import fcntl
import gc
import ipaddress
import os
import signal
import socket
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.memory import HOMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.shell import Shell

EFFORT = float(os.environ.get("PLANHAT_TUI_TEST_EFFORT", "1"))
"""Scales every count of examples and kills; a long run sets it to 10."""

settings.register_profile(
    "effort",
    max_examples=max(10, int(60 * EFFORT)),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=EFFORT <= 1,
    print_blob=True,
)
settings.load_profile("effort")

signal.signal(signal.SIGINT, signal.default_int_handler)
"""What is started in the background ignores it, and so would all that the tests start."""

if HOMES is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", HOMES)


def pytest_collection_finish() -> None:
    """Let the collector pass over what stays to the end, and come less often.

    Looking through all tests and modules again and again was a quarter of a journey's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _is_loopback(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0])
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:  # noqa: ANN401 -- socket's own type
        assert _is_loopback(address), f"a test wanted to talk to {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home of this test's own; nothing of the person's is read or written."""
    folder = tmp_path / "home"
    monkeypatch.setenv("PLANHAT_TUI_HOME", str(folder))
    for name in ("PLANHAT_TUI_CONFIG", "PLANHAT_TUI_PROFILE", "NO_COLOR", "PLANHAT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    return folder


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that one of the processes of this run makes for all: never to be changed."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with folder.with_suffix(".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not folder.exists():
            making = folder.with_suffix(".making")
            making.mkdir(exist_ok=True)  # one of before may have failed
            make(making)
            making.rename(folder)
    return folder


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which both tenants of the demo are filled: to be copied, never changed."""
    from tests.shell import fill_demo

    return made_once(tmp_path_factory, "filled", fill_demo)


@pytest.fixture
def shell(home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Return a shell in an empty home."""
    from tests.shell import Shell

    return Shell(home, capsys)


@pytest.fixture
def demo(shell: Shell, template: Path) -> Shell:
    """Return a shell whose demo is filled."""
    from tests.shell import copy_home

    copy_home(template, shell.home)
    return shell
