"""Ctrl-C at each stage of a command: what it leaves behind, and that it says so."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from planhat_tui.cli import ENDED
from planhat_tui.runtime import Runtime
from planhat_tui.sandbox import SandboxOptions
from tests.sandbox.process import running
from tests.shell import SECONDS, Shell

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.sandbox.process import Running

PROGRAM = [sys.executable, "-m", "planhat_tui"]


@pytest.fixture
def acme(shell: Shell, tmp_path: Path) -> Shell:
    """Return a shell whose only profile is a server that isn't there any more, its copy filled."""
    with running(SandboxOptions(companies=6, db=tmp_path / "s.db")) as server:
        shell.meet(server.url)
        assert shell("sync").status == 0
    return shell


def _port(shell: Shell) -> int:
    return int(shell.config.read_text().partition("127.0.0.1:")[2].split()[0])


def _slow(shell: Shell, tmp_path: Path, fault: str) -> AbstractContextManager[Running]:
    """Return the server once more, at the same place, with a fault."""
    options = SandboxOptions(companies=6, db=tmp_path / "s.db", faults=(fault,))
    return running(options, _port(shell))


def _again(shell: Shell, tmp_path: Path) -> AbstractContextManager[Running]:
    """Return the server once more, at the same place."""
    return running(SandboxOptions(companies=6, db=tmp_path / "s.db"), _port(shell))


def _begun(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _ended(process: subprocess.Popen[bytes]) -> str:
    """Interrupt a command; return what it said."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    return err.decode()


def _states(shell: Shell) -> list[str]:
    return [edit["state"] for edit in shell("outbox", "list", "--json").json]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["company", "tag", "Acme Inc", "gold"],
            "Acme Inc: queued (edit 1): outbox send sends it, undo takes it back.",
        ),
        (
            ["bulk", "company", "--all", "--tag", "brand-new", "--yes"],
            "Of 6 edits: 6 queued. outbox send goes on with them, undo takes them back.",
        ),
    ],
)
def test_an_edit_that_has_not_left_is_queued_and_it_says_so(
    acme: Shell, words: list[str], told: str
) -> None:
    with socket.create_server(("127.0.0.1", _port(acme))) as silent, _begun(*words) as process:
        connection, _ = silent.accept()
        with connection:
            connection.recv(1)  # it asks whose the token is, and waits for the answer
            assert told in _ended(process)
    assert set(_states(acme)) == {"queued"}


def test_so_is_one_of_before_that_is_waited_for(acme: Shell) -> None:
    acme("--queue", "company", "tag", "Acme Inc", "gold")
    acme("outbox", "hold", "1")
    words = ["outbox", "retry", "1"]
    with socket.create_server(("127.0.0.1", _port(acme))) as silent, _begun(*words) as process:
        connection, _ = silent.accept()
        with connection:
            connection.recv(1)
            assert "Acme Inc: queued (edit 1)" in _ended(process)
    assert _states(acme) == ["queued"]


def test_what_became_of_one_that_has_left_is_found_out_later(acme: Shell, tmp_path: Path) -> None:
    with (
        _slow(acme, tmp_path, "latency=60s@PUT /companies"),
        _begun("company", "set", "Acme Inc", "phase=won") as process,
    ):
        while _states(acme) != ["sending"]:
            assert process.poll() is None
        told = _ended(process)
    assert "Interrupted. Acme Inc: sending (edit 1): outbox send finds out what became" in told
    with _again(acme, tmp_path):
        assert acme("outbox", "send").status == 7


def test_a_request_of_ones_own_may_have_been_carried_out(acme: Shell, tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    words = ["request", "POST", "/companies", "--data", '{"name": "New"}', "--yes"]
    with (
        _slow(acme, tmp_path, "latency=60s@POST /companies"),
        _begun(*words, "--log", str(log)) as process,
    ):
        while not log.exists() or "/myprofile 200" not in log.read_text():
            assert process.poll() is None
        told = _ended(process)
    assert "POST /companies may have been carried out: look before you send it again." in told


def test_before_the_answer_to_a_question_nothing_is_done(acme: Shell) -> None:
    ours, theirs = pty.openpty()
    words = [*PROGRAM, "company", "delete", "Acme Inc"]
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        told = b""
        while b"and Enter: " not in told:
            told += os.read(ours, 65536)
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 130
        told += os.read(ours, 65536)
    os.close(ours)
    assert b"Interrupted. No edit was made; what was queued is kept." in told
    assert _states(acme) == []


def test_who_stops_the_answer_of_a_command_hears_that_it_was_carried_out(
    shell: Shell, tmp_path: Path
) -> None:
    words = ["bulk", "company", "--all", "--tag", "brand-new", "--yes", "--json"]
    with running(SandboxOptions(companies=60, db=tmp_path / "s.db")) as server:
        shell.meet(server.url)
        assert shell("sync").status == 0
        unread, answer = os.pipe()
        fcntl.fcntl(answer, fcntl.F_SETPIPE_SZ, 4096)
        with subprocess.Popen(
            [*PROGRAM, *words], stdout=answer, stderr=subprocess.PIPE, text=True
        ) as process:
            os.close(answer)
            assert os.read(unread, 1)  # of more than the pipe holds: it waits for a reader
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=SECONDS)
        os.close(unread)
        assert process.returncode == 130
        assert told.endswith(f"planhat-tui: {ENDED}\n")
        assert shell("company", "find", "tag:brand-new", "--json").out.count("_id") == 60


def test_so_does_who_stops_it_while_its_files_are_closed(
    demo: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_runtime: Runtime) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("planhat_tui.cli._to_nowhere", lambda: None)
    with monkeypatch.context() as closing:
        closing.setattr(Runtime, "close", interrupted)
        said = demo("--demo", "--queue", "company", "tag", "Acme Inc", "brand-new")
        assert said.status == 130
        assert said.err.endswith(f"planhat-tui: {ENDED}\n")
        missing = demo("--demo", "company", "tag", "Xyzzy", "brand-new")
        assert missing.status == 3


def test_a_typed_line_is_given_up_and_the_next_one_taken(demo: Shell) -> None:
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "dumb", "PLANHAT_TUI_HOME": str(demo.home)}
    words = [*PROGRAM, "--demo", "repl"]
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        told = b""
        while told.count(b"planhat> ") < 1:
            told += os.read(ours, 65536)
        process.send_signal(signal.SIGINT)
        while told.count(b"planhat> ") < 2:
            told += os.read(ours, 65536)
        os.write(ours, b"user find max\nexit\n")
        assert process.wait(SECONDS) == 0
        while b"max123" not in told:
            told += os.read(ours, 65536)
    os.close(ours)
