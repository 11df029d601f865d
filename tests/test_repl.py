"""Lines without a screen, narrow terminals, and what a first look at an empty home gets."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from typing import TYPE_CHECKING

import pytest

from planhat_tui.config import edit, view_edit
from planhat_tui.sandbox import DEMO_TENANTS, SandboxOptions
from tests.sandbox.process import running
from tests.shell import SECONDS, Shell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planhat_tui.config.views import SavedView
    from tests.shell import Said

PROGRAM = [sys.executable, "-m", "planhat_tui"]


def _piped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


# -- repl


def test_a_pipe_gets_one_fact_a_line(demo: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    _piped(monkeypatch, "company find acme inc limit:1\n\n# a comment\nuser find max\n")
    said = demo("--demo", "-q", "repl")
    assert (said.status, said.err) == (0, "")
    facts = [line.partition(": ") for line in said.out.splitlines() if line]
    assert ("NAME", ": ", "Acme Inc") in facts
    assert ("EXTERNAL ID", ": ", "max123") in facts
    assert all(colon and value for _, colon, value in facts)
    assert "\x1b" not in said.out


def test_the_first_error_ends_it_with_its_status(
    demo: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    _piped(monkeypatch, "company show --id nobody\nwhoami\n")
    said = demo("--demo", "repl")
    assert (said.status, said.out) == (3, "")
    assert said.err.startswith("planhat-tui: line 1: There is no company nobody here.")


def test_it_goes_on_where_that_is_wished(demo: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    _piped(monkeypatch, "company show --id nobody\nwhoami\n")
    said = demo("--demo", "repl", "--keep-going")
    assert said.status == 8
    assert "max123" in said.out
    assert "line 1: There is no company nobody here." in said.err


@pytest.fixture
def two(shell: Shell) -> Iterator[Shell]:
    """Return a shell with two profiles, ``a`` by default, each of another tenant."""
    with running(SandboxOptions(companies=3)) as server:
        shell.configure(
            "default: a\nprofiles:\n"
            + "".join(
                f"  {name}:\n    base_url: {server.url}\n    token: {tenant.token}\n"
                for name, tenant in zip("ab", DEMO_TENANTS, strict=True)
            )
        )
        yield shell


def _tenants(said: Said) -> list[str]:
    return [line.removeprefix("Tenant id: ") for line in said.out.splitlines() if line]


A, B = (tenant.tenant_id for tenant in DEMO_TENANTS)
WHOSE = "whoami --fields tenantId\n"


@pytest.mark.parametrize("named", [(), ("-p", "a")])
def test_each_line_goes_to_the_profile_that_was_used_last(
    two: Shell, named: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    _piped(monkeypatch, f"{WHOSE}profile use b -q\n{WHOSE}profile use a -q\n{WHOSE}")
    assert _tenants(two(*named, "-q", "repl")) == [A, B, A]


def test_another_shell_changes_no_lines_tenant(
    two: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "script"
    script.write_text(f"{WHOSE}view save mine tag:x\n{WHOSE}")

    def save_view(path: Path, saved: SavedView) -> None:
        edit.set_default(path, "b")  # by somebody else, just now
        view_edit_save(path, saved)

    view_edit_save = view_edit.save_view
    monkeypatch.setattr(view_edit, "save_view", save_view)
    assert _tenants(two("-q", "run", str(script))) == [A, A]


def test_a_guardrail_holds_from_the_next_line_on(
    two: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    _piped(monkeypatch, "company find x\nprofile edit a --read-only\ncompany create Nevertheless\n")
    said = two("-q", "repl")
    assert said.status == 4
    assert "read-only" in said.err


def test_lines_answer_in_other_forms_too(demo: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    _piped(monkeypatch, "user find max\nuser find max\n")
    said = demo("--demo", "--jsonl", "--fields", "externalId", "repl")
    assert [json.loads(line) for line in said.out.splitlines()] == [{"externalId": "max123"}] * 2


def test_a_deletion_in_a_pipe_needs_yes_on_its_line(
    demo: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    _piped(monkeypatch, "company delete --id 'Acme Inc'\n")
    said = demo("--demo", "repl")
    assert said.status == 2
    assert "nothing was done.  Add --yes." in said.err
    _piped(monkeypatch, "company delete --id 'Acme Inc' --yes\n")
    assert demo("--demo", "repl").status == 0
    assert demo("--demo", "company", "show", "Acme Inc").status == 3


def test_a_dumb_terminal_gets_lines_and_no_escapes(demo: Shell) -> None:
    told = _in_terminal(demo.home, ["--demo", "repl"], "nonsense\nwhoami\nexit\n", term="dumb")
    assert "planhat> " in told
    assert "There is no command nonsense." in told
    assert "max123" in told
    assert "\x1b" not in told


def test_a_terminal_edits_lines_and_tab_completes_them(demo: Shell) -> None:
    pytest.importorskip("readline")
    told = _in_terminal(demo.home, ["--demo", "repl"], "outbox li\t\nexit\n", term="xterm")
    assert "outbox list" in told
    assert "Everything is delivered." in told
    again = _in_terminal(demo.home, ["--demo", "repl"], "\x10\x10\nexit\n", term="xterm")
    assert "Everything is delivered." in again, "ctrl+p twice is the line before the last"


# -- run


def test_a_script_runs_from_a_file(demo: Shell, tmp_path: Path) -> None:
    script = tmp_path / "morning.txt"
    script.write_text("company tag renewal-q1 --id 'Acme Inc' ; company show --id 'Acme Inc'\n")
    said = demo("--demo", "run", str(script))
    assert said.status == 0
    assert "renewal-q1" in said.out
    assert "Tag renewal-q1 on Acme Inc: delivered." in said.err


def test_its_first_error_stops_it_and_names_file_and_line(demo: Shell, tmp_path: Path) -> None:
    script = tmp_path / "morning.txt"
    script.write_text("whoami\ncompany find fase:won\nuser find\n")
    said = demo("--demo", "run", str(script))
    assert said.status == 2
    assert f"{script}:2: There's no field fase to find by." in said.err
    assert "EXTERNAL ID" not in said.out


# -- an empty home


def test_what_isnt_here_yet_is_fetched_by_the_first_look(shell: Shell) -> None:
    with running(SandboxOptions(companies=6)) as server:
        for words in (["find", "acme"], ["company", "show", "Acme Inc"], ["contact", "find"]):
            shell.meet(server.url)
            said = shell(*words)
            assert (said.status, bool(said.out)) == (0, True), words
            assert "Nothing is here yet: reading from Planhat" in said.err
            for path in sorted(shell.home.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()


# -- doctor and themes


def test_doctor_tells_programs_too_and_what_is_wrong_ends_it_with_1(shell: Shell) -> None:
    with running(SandboxOptions(companies=3)) as server:
        shell.meet(server.url)
        said = shell("doctor", "--json")
        assert said.status == 0
        found = {(row["area"], row["subject"]): row for row in said.json}
        assert found["clock", "acme"]["text"].startswith("within ")
        assert found["reach", "acme"]["state"] == "ok"
        shell.meet(server.url, "not-the-token")
        said = shell("doctor", "--json")
        assert said.status == 1
    wrong = [row for row in said.json if row["state"] == "bad"]
    assert [row["area"] for row in wrong] == ["reach"]
    assert all(row["todo"] for row in wrong)
    assert "not-the-token" not in said.out + said.err


def test_a_faint_theme_ends_the_check_with_1(shell: Shell) -> None:
    from planhat_tui.config.themes import themes_folder

    text = (themes_folder() / "planhat-dark.yaml").read_text()
    folder = shell.home / "themes"
    folder.mkdir(parents=True)
    (folder / "own.yaml").write_text(text.replace("#93a0ae", "#333333").replace("dark\n", "own\n"))
    said = shell("theme", "check")
    assert said.status == 1
    assert "muted" in said.out
    assert shell("theme", "check", "planhat-dark").status == 0


# -- terminals


def _in_terminal(
    home: Path, words: list[str], typed: str, *, term: str, columns: int = 80, pager: str = ""
) -> str:
    """Run the program in a terminal of its own and return what stands there at its end."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = {**os.environ, "TERM": term, "PLANHAT_TUI_HOME": str(home), "PAGER": pager}
    env.pop("COLUMNS", None)
    env.pop("LINES", None)
    with subprocess.Popen(
        [*PROGRAM, *words], stdin=theirs, stdout=theirs, stderr=theirs, env=env
    ) as process:
        os.close(theirs)
        os.write(ours, typed.encode())
        told = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # so a pty says that nobody is there any more
                break
            told += piece
        process.wait(SECONDS)
    os.close(ours)
    return told.decode()


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_table_fits_its_terminal(demo: Shell, columns: int) -> None:
    words = ["--demo", "-q", "company", "find", "acme"]
    lines = _in_terminal(demo.home, words, "", term="xterm", columns=columns).splitlines()
    assert len(lines) > 5
    assert max(len(line.rstrip("\r")) for line in lines) <= columns
    assert any("Acme" in line for line in lines)


def test_a_long_answer_goes_through_the_pager_that_is_wished(demo: Shell) -> None:
    def shown(query: str, pager: str, term: str = "xterm") -> list[str]:
        words = ["--demo", "company", "find", query]
        return _in_terminal(demo.home, words, "", term=term, pager=pager).splitlines()

    paged = shown("inc", "sed s/^/|/")
    assert len([line for line in paged if line.startswith("|")]) > 24
    assert paged[-1].startswith("local copy, ")
    assert not any(line.startswith("|") for line in shown("acme inc", "sed s/^/|/"))
    assert not any(line.startswith("|") for line in shown("inc", "sed s/^/|/", term="dumb"))
    short = [line for line in shown("inc", "head -n 3") if re.match(r"ID  |[0-9a-f]{24}  ", line)]
    assert len(short) == 3
    assert "The pager no-such-pager can't be started" in "".join(shown("inc", "no-such-pager"))


@pytest.mark.parametrize("words", [["company", "find"], ["company", "find", "-o", "csv"]])
def test_a_reader_who_leaves_early_is_no_error(demo: Shell, words: list[str]) -> None:
    env = {**os.environ, "PLANHAT_TUI_HOME": str(demo.home)}
    with subprocess.Popen(
        [*PROGRAM, "--demo", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(SECONDS) == 0


# -- golden answers


TABLE = """\
_ID                       NAME      TAGS  EXTERNALID
d220d1bcd201eeab595c4813  Acme Inc  bêta  -
"""
FACTS = """\
_ID: d220d1bcd201eeab595c4813
NAME: Acme Inc
TAGS: bêta
"""
DOCUMENT = """\
[
  {
    "_id": "d220d1bcd201eeab595c4813",
    "name": "Acme Inc",
    "tags": [
      "bêta"
    ],
    "externalId": ""
  }
]
"""


def test_answers_stay_as_they_are(demo: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = ["--demo", "--fields", "_id,name,tags,externalId"]
    query = ["company", "find", "acme", "inc", "limit:1"]
    assert demo(*fields, *query).out == TABLE
    assert demo(*fields, *query, "--json").out == DOCUMENT
    assert demo(*fields, *query, "-o", "csv").out == (
        "_id,name,tags,externalId\nd220d1bcd201eeab595c4813,Acme Inc,bêta,\n"
    )
    assert demo(*fields, *query, "-o", "id").out == "d220d1bcd201eeab595c4813\n"
    _piped(monkeypatch, " ".join(query))
    assert demo(*fields, "repl").out == FACTS
