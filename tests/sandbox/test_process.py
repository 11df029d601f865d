"""The sandbox as a process: one line when it's ready, a clean end, a sentence when it can't."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from planhat_tui.sandbox import SandboxOptions
from tests.sandbox.process import Running, running, start

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = SandboxOptions(empty=True)


def _get(sandbox: Running, path: str, token: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token or sandbox.token}"}
    return httpx.get(f"{sandbox.url}{path}", headers=headers, timeout=60, trust_env=False)


def test_its_line_word_for_word() -> None:
    with running(EMPTY) as sandbox:
        assert re.fullmatch(
            r"ready http://127\.0\.0\.1:\d+ token=sandbox-token"
            r" tenant=00000000-0000-4000-8000-000000000001\n",
            sandbox.line,
        )


def test_its_line_has_the_token_and_the_tenant_that_were_asked_for() -> None:
    with running(replace(EMPTY, token="my-own", tenant="opaque-m")) as sandbox:
        assert sandbox.line.endswith(" token=my-own tenant=opaque-m\n")
        assert _get(sandbox, "/myprofile").json()["tenantId"] == "opaque-m"
        assert _get(sandbox, "/myprofile", "sandbox-token").status_code == 401


def test_it_answers_as_soon_as_it_is_ready() -> None:
    with running(EMPTY) as sandbox:
        answer = _get(sandbox, "/myprofile")
        assert answer.status_code == 200
        assert answer.headers["X-Rate-Limit-Limit"] == "200"
        assert answer.headers["X-Rate-Limit-Remaining"] == "199"


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_ends_it_cleanly_and_in_silence(sig: signal.Signals) -> None:
    with running(EMPTY) as sandbox:
        assert _get(sandbox, "/users").status_code == 200
        assert sandbox.end(sig) == (0, "", "")


def test_an_open_connection_doesnt_hold_up_the_end() -> None:
    with running(EMPTY) as sandbox, httpx.Client(trust_env=False, timeout=60) as client:
        client.get(f"{sandbox.url}/myprofile")
        assert sandbox.end() == (0, "", "")


def test_neither_does_a_body_that_never_comes() -> None:
    with running(EMPTY) as sandbox:
        url = httpx.URL(sandbox.url)
        with socket.create_connection((url.host, url.port or 0), timeout=60) as connection:
            head = f"POST /companies HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sandbox.token}"
            connection.sendall(
                f"{head}\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n".encode()
            )
            assert b"100 Continue" in connection.recv(100)  # the request is under way
            status, said, _ = sandbox.end()
        assert (status, said) == (0, "")


def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    with running(EMPTY) as sandbox:
        port = httpx.URL(sandbox.url).port
        assert port is not None
        second = start(EMPTY, port)
        said, complaint = second.communicate(timeout=60)
        assert (second.returncode, said) == (1, "")
        assert complaint.startswith(f"Port {port} on 127.0.0.1 can't be had: ")
        assert complaint.count("\n") == 1
        assert "Traceback" not in complaint
        assert _get(sandbox, "/myprofile").status_code == 200  # the first one isn't disturbed


def test_a_number_that_is_no_port_is_said_in_a_sentence() -> None:
    process = start(EMPTY, 70_000)
    said, complaint = process.communicate(timeout=60)
    assert (process.returncode, said) == (1, "")
    assert complaint.startswith("Port 70000 on 127.0.0.1 can't be had: ")
    assert "Traceback" not in complaint


def test_a_file_that_cant_be_used_is_said_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Ada, " * 400)
    for db in (file, tmp_path, file / "below.db"):
        process = start(replace(EMPTY, db=db))
        said, complaint = process.communicate(timeout=60)
        assert (process.returncode, said) == (1, "")
        assert complaint.startswith(f"The sandbox can't use {db}: ")
        assert "Traceback" not in complaint


def test_a_port_may_be_had_again_at_once() -> None:
    with running(EMPTY) as first:
        port = httpx.URL(first.url).port
        assert port is not None
        _get(first, "/myprofile")
        first.end()
    with running(EMPTY, port) as second:
        assert httpx.URL(second.url).port == port
        assert _get(second, "/myprofile").status_code == 200


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGKILL], ids=["ended", "killed"])
def test_records_outlive_the_process(tmp_path: Path, sig: signal.Signals) -> None:
    options = replace(EMPTY, db=tmp_path / "kept.db")
    with running(options) as sandbox:
        headers = {"Authorization": f"Bearer {sandbox.token}"}
        url = f"{sandbox.url}/companies"
        made = httpx.post(url, json={"name": "Kept"}, headers=headers, trust_env=False).json()
        sandbox.end(sig)
    with running(options) as sandbox:
        assert _get(sandbox, f"/companies/{made['_id']}").json() == made
        assert _get(sandbox, "/users").headers["X-Rate-Limit-Remaining"] == "197"


def test_two_processes_share_a_file_and_its_limit(tmp_path: Path) -> None:
    options = replace(EMPTY, db=tmp_path / "shared.db", limit=4)
    with running(options) as one, running(options) as two:
        answers = [_get(sandbox, "/myprofile") for sandbox in (one, two, one, two, one)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
        assert len({answer.json()["_id"] for answer in answers[:4]}) == 1


def test_what_isnt_http_at_all_doesnt_end_it() -> None:
    with running(EMPTY) as sandbox:
        url = httpx.URL(sandbox.url)
        for noise in (b"\x00\xff\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET " + b"x" * 99_999):
            with socket.create_connection((url.host, url.port or 0), timeout=60) as connection:
                connection.sendall(noise)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(1000)
        assert _get(sandbox, "/myprofile").status_code == 200


def test_importing_the_sandbox_loads_no_server() -> None:
    program = "import sys, planhat_tui.sandbox; print({'starlette', 'uvicorn'} & set(sys.modules))"
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout == "set()\n"
