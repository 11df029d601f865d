"""The program in a terminal of its own, ended at a bad moment: what is kept and given back."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.model.doubts import GRACE
from planhat_tui.sandbox import create_app
from tests.conftest import EFFORT
from tests.journeys.conftest import EITHER
from tests.journeys.servers import (
    SMALL_TENANT,
    Elsewhere,
    closed_port,
    configure,
    profile,
    serving,
)
from tests.journeys.terminal import SECONDS, Terminal, running, started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

pytestmark = pytest.mark.crash

SAVE = "\x13"
ESCAPED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?2004l")
"""The alternate screen left, the cursor shown, the mouse and bracketed paste off."""


@dataclass
class Gate:
    """A Planhat that carries out no write while it is shut: it doesn't even answer."""

    app: ASGIApp
    shut: bool = False
    came: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in {"PUT", "POST"}:
            self.came.append(scope["method"])
            if self.shut:
                while (await receive())["type"] != "http.disconnect":
                    pass
                return
            self.done.append(scope["method"])
        await self.app(scope, receive, send)


@dataclass
class Planhat:
    """A Planhat on a port that stays the same, which can be away."""

    gate: Gate
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextlib.contextmanager
    def there(self) -> Iterator[Elsewhere]:
        with serving(self.gate, self.port) as url:
            yield Elsewhere(url)


@pytest.fixture
def server(home: Path) -> Iterator[Planhat]:
    """Return a Planhat that the only profile in the config speaks to."""
    with contextlib.closing(create_app(SMALL_TENANT)) as app:
        planhat = Planhat(Gate(app), closed_port())
        home.mkdir()
        configure(home, f"default: nord\nprofiles:\n{profile('nord', planhat.url)}")
        yield planhat


def outbox(home: Path) -> list[dict[str, Any]]:
    """Return what isn't delivered, as the shell tells it."""
    env = {**os.environ, "PLANHAT_TUI_HOME": str(home)}
    words = [sys.executable, "-m", "planhat_tui", "outbox", "list", "--json"]
    told = subprocess.run(words, env=env, capture_output=True, text=True, timeout=60, check=True)
    listed: list[dict[str, Any]] = json.loads(told.stdout)
    return listed


def tagged(planhat: Elsewhere) -> list[str]:
    """Return the tags that were made here, of all companies."""
    return [
        tag
        for company in planhat.ask("GET", "/companies")
        for tag in company["tags"]
        if tag == "killed"
    ]


def fill(home: Path, size: tuple[int, int]) -> None:
    """Read everything once, and quit."""
    with running(home, size=size) as terminal:
        terminal.see("Acme")
        terminal.see("online")
        terminal.press("\x11")
        assert terminal.end() == 0


def tag(terminal: Terminal) -> None:
    """Tag the first company."""
    terminal.see("Acme")
    terminal.press("t")
    terminal.see("Tags of")
    terminal.press("killed")
    terminal.see("new tag")
    terminal.press(SAVE)


def send_again(terminal: Terminal) -> None:
    """Send an edit again that may still land, and would be looked up by itself later."""
    terminal.see("1 not sure")
    terminal.press("o")
    terminal.see("may still land")
    terminal.press("R")


def let_the_grace_time_pass(home: Path) -> None:
    """Let what isn't sure be so for as long as it may still land."""
    (file,) = home.rglob("outbox.db")
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE entry SET state_at = state_at - ?", (GRACE,))


@EITHER
def test_an_edit_that_planhat_didnt_answer_survives_a_kill_and_goes_again_once_it_cant_land(
    home: Path, server: Planhat, size: tuple[int, int]
) -> None:
    with server.there() as planhat:
        fill(home, size)
        server.gate.shut = True
        with running(home, size=size) as terminal:
            tag(terminal)
            terminal.wait_for(lambda: server.gate.came == ["PUT"])
            terminal.end(signal.SIGKILL)
        (kept,) = outbox(home)
        assert kept["changes"][0]["after"][-1] == "killed"
        assert tagged(planhat) == []
        server.gate.shut = False
        with running(home, size=size) as terminal:
            send_again(terminal)
            terminal.see("first try may")
            terminal.press("\x11")
            assert terminal.end() == 0
        assert server.gate.done == []
        let_the_grace_time_pass(home)
        with running(home, size=size) as terminal:
            terminal.wait_for(lambda: server.gate.done == ["PUT"])
            terminal.see("online")
            terminal.press("\x11")
            assert terminal.end() == 0
        assert outbox(home) == []
        assert tagged(planhat) == ["killed"]
        assert server.gate.done == ["PUT"]


@EITHER
@pytest.mark.parametrize("moment", range(max(1, int(EFFORT))))
def test_an_edit_without_a_network_survives_a_kill_and_arrives_once(
    home: Path, server: Planhat, size: tuple[int, int], moment: int
) -> None:
    with server.there():
        fill(home, size)
    for _ in range(moment + 1):
        with running(home, size=size) as terminal:
            if not outbox(home):
                tag(terminal)
                terminal.see("queued")
            terminal.see("offline")
            terminal.end(signal.SIGKILL)
        (kept,) = outbox(home)
        assert kept["state"] == "queued"
    with server.there() as planhat:
        with running(home, size=size) as terminal:
            terminal.wait_for(lambda: server.gate.done == ["PUT"])
            terminal.see("online")
            terminal.press("\x11")
            assert terminal.end() == 0
        assert outbox(home) == []
        assert tagged(planhat) == ["killed"]
        assert server.gate.came == ["PUT"]


@EITHER
@pytest.mark.parametrize(
    "sig",
    [signal.SIGTERM, signal.SIGHUP, signal.SIGINT],
    ids=["SIGTERM", "SIGHUP", "SIGINT"],
)
def test_a_signal_gives_the_terminal_back_whole(
    home: Path, size: tuple[int, int], sig: signal.Signals
) -> None:
    with running(home, "--demo", size=size) as terminal:
        terminal.see("DEMO")
        terminal.see("online")
        assert b"\x1b[?1049h" in terminal.drawn
        terminal.forget()
        assert terminal.end(sig) == 128 + sig
        for escape in ESCAPED:
            assert escape in terminal.drawn
        assert terminal.drawn.rfind(b"\x1b[?1049l") > terminal.drawn.rfind(b"\x1b[?1049h")
        assert terminal.is_as_before()
        assert b"Traceback" not in terminal.drawn


def test_who_quits_while_a_token_is_tested_waits_for_nobody_and_nothing_is_saved(
    home: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, running(home, "--demo") as terminal:
        terminal.see("DEMO")
        terminal.see("online")
        terminal.press("p")
        terminal.see("demo-2")
        terminal.press("a")
        terminal.see("A new tenant")
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        terminal.press(f"nobody\t\x15{address}\tsome-token\x13")
        terminal.see("Asking Planhat who this token stands for")
        silent.settimeout(SECONDS)
        asking, _ = silent.accept()
        with asking:
            terminal.press("\x1b")
            terminal.see("Tenants")
            terminal.press("\x11")
            assert terminal.end() == 0
        assert b"Traceback" not in terminal.drawn
    assert not (home / "config.yaml").exists()


@pytest.mark.parametrize("keys", ["j" * 30, "/acme nordic", "?", "p"], ids=lambda keys: keys[:2])
def test_nothing_is_left_of_it_when_its_window_is_closed(home: Path, keys: str) -> None:
    """The system sends a signal in most cases; here there is none, only a terminal that is gone."""
    with running(home, "--demo") as terminal:
        terminal.see("DEMO")
        terminal.see("online")
        terminal.press(keys)
        assert terminal.hang_up() == 128 + signal.SIGHUP


@EITHER
@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_a_signal_in_the_middle_of_a_delivery_keeps_the_edit_and_names_it(
    home: Path, server: Planhat, size: tuple[int, int], sig: signal.Signals
) -> None:
    with server.there() as planhat:
        fill(home, size)
        server.gate.shut = True
        with running(home, size=size) as terminal:
            tag(terminal)
            terminal.wait_for(lambda: server.gate.came == ["PUT"])
            terminal.forget()
            assert terminal.end(sig) == 128 + sig
            assert terminal.is_as_before()
            assert ESCAPED[0] in terminal.drawn
            assert b"nord: 1 not delivered yet, kept here." in terminal.drawn
        server.gate.shut = False
        with running(home, size=size) as terminal:
            send_again(terminal)
            terminal.see("first try may")
            terminal.press("\x11")
            assert terminal.end() == 0
        let_the_grace_time_pass(home)
        with running(home, size=size) as terminal:
            terminal.wait_for(lambda: server.gate.done == ["PUT"])
            terminal.see("online")
            terminal.press("\x11")
            assert terminal.end() == 0
        assert tagged(planhat) == ["killed"]


FAULTY = """
import sys
from planhat_tui.cli import run
from planhat_tui.tui.app import PlanhatApp

def fault(self):
    token = "hunter2-hunter2"
    raise KeyError(f"no {token}")

PlanhatApp.action_command_palette = fault
sys.exit(run(["--demo"]))
"""
"""The explorer, in which ctrl+p is a fault."""


@EITHER
def test_after_a_fault_of_its_own_the_terminal_is_whole_and_the_next_start_goes_on(
    home: Path, template: Path, size: tuple[int, int]
) -> None:
    shutil.copytree(template, home)
    command = (sys.executable, "-c", FAULTY)
    with started(command, {"PLANHAT_TUI_HOME": str(home)}, size=size) as terminal:
        terminal.see("online")
        terminal.press("/acme inc\r")
        terminal.see("3 of 1,200")
        terminal.press("j3C")
        terminal.see("Call that just ended")
        terminal.press("17")
        terminal.see("talk time 17 min")
        terminal.press("\x10")
        assert terminal.end() == 1
        assert terminal.is_as_before()
        for escape in ESCAPED:
            assert escape in terminal.drawn
        told = terminal.drawn[terminal.drawn.rfind(ESCAPED[0]) :].decode()
    assert "A fault of its own ended it: KeyError" in told
    assert "Traceback" not in told
    (report,) = (home / "state" / "crashes").iterdir()
    assert str(report) in told.replace("\r\n", "")
    kept = report.read_text("utf-8")
    assert "builtins.KeyError" in kept
    assert "hunter2" not in kept + terminal.drawn.decode(errors="replace")
    with running(home, "--demo", size=size) as terminal:
        terminal.see("acme inc")
        terminal.see("3 of 1,200") if size[0] >= 100 else terminal.see("[4 Call]")
        terminal.see("Call that just ended")
        terminal.see("talk time 17 min")
        terminal.press("4\x13")
        # It may be delivered before it's drawn as queued.
        terminal.wait_for(lambda: any(one in terminal.drawn for one in (b"queued", b"delivered")))
        terminal.press("\x11")
        assert terminal.end() == 0
