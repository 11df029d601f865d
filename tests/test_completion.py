"""Completion in a real bash: what stands on the line after Tab, read back by bash itself."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from planhat_tui.runtime import Runtime, Start
from tests.shell import SECONDS, Shell, copy_home

BASH = shutil.which("bash")
PROGRAMS = Path(sys.executable).parent
pytestmark = pytest.mark.skipif(BASH is None, reason="there is no bash here")


@pytest.fixture(scope="module")
def filled(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("completed")
    copy_home(template, home)
    return home


def _tab(home: Path, typed: str, folder: Path | None = None) -> list[str]:
    """Type into an interactive bash, press Tab, and return the words that it has then."""
    env = {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "PLANHAT_TUI_HOME": str(home),
        "TERM": "xterm",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PS1": "$ ",
    }
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [str(BASH), "--norc", "--noprofile", "-i"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=env,
        cwd=folder or home,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        source = 'bind "set enable-bracketed-paste off"; eval "$(planhat-tui completion bash)"\n'
        to_start, enter = "\x01", "\n"
        keys = f"{source}{typed}\t{to_start}printf '<%s>\\n' {enter}exit{enter}"
        os.write(ours, keys.encode())
        told = _until_the_end(ours)
        assert process.wait(SECONDS) == 0
    os.close(ours)
    return re.findall(r"^<(.*)>\r?$", told, re.MULTILINE)


def _until_the_end(terminal: int) -> str:
    told = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # so a pty says that nobody is there any more
            return told.decode("utf-8", "replace")
        if not piece:
            return told.decode("utf-8", "replace")
        told += piece


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("comp", ["comp"]),  # company, completion
        ("compa", ["company"]),
        ("company unt", ["company", "untag"]),
        ("company show Acme\\ Inc", ["company", "show", "Acme Inc"]),
        ("company show 'Acme Biot", ["company", "show", "Acme Biotech"]),
        ("company show Acme\\ Biot", ["company", "show", "Acme Biotech"]),
        ("company show acme\\ biot", ["company", "show", "Acme Biotech"]),
        ("company find phase:onb", ["company", "find", "phase:onboarding"]),
        ("company find tag:nps-pr", ["company", "find", "tag:nps-promoter"]),
        ("company set x phase=onb", ["company", "set", "x", "phase=onboarding"]),
        ("-p demo-", ["-p", "demo-2"]),
        ("company find -o js", ["company", "find", "-o", "json"]),
        ("theme show planhat-d", ["theme", "show", "planhat-dark"]),
    ],
)
def test_tab_completes_words_and_values(filled: Path, typed: str, words: list[str]) -> None:
    assert _tab(filled, f"planhat-tui --demo {typed}") == ["planhat-tui", "--demo", *words]


def test_files_are_completed_without_a_blank_after_a_folder(filled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    (folder / "my scripts").mkdir(parents=True)
    (folder / "my scripts" / "morning.txt").touch()
    assert _tab(filled, "planhat-tui run my", folder) == ["planhat-tui", "run", "my scripts/"]
    typed = "planhat-tui run my\\ scripts/mor"
    assert _tab(filled, typed, folder)[-1] == "my scripts/morning.txt"


def test_without_profile_or_copy_it_completes_words_and_makes_no_file(tmp_path: Path) -> None:
    home = tmp_path / "empty"
    home.mkdir()
    assert _tab(home, "planhat-tui company show Acm") == ["planhat-tui", "company", "show", "Acm"]
    assert _tab(home, "planhat-tui company unt")[-1] == "untag"
    assert {path.name for path in home.iterdir()} <= {".bash_history"}


def test_the_command_of_a_token_isnt_run_for_it(filled: Path, shell: Shell) -> None:
    copy_home(filled, shell.home)
    ran = shell.home / "ran"
    shell.configure(
        f"profiles:\n  acme: {{base_url: http://demo.localhost, token: {{command: touch {ran}}}}}\n"
    )
    said = shell("_complete", "zsh", "company", "show", "Acme Bio")
    assert not ran.exists()
    assert said.status in {0, 1}


def test_a_profile_with_a_token_of_a_command_is_found_by_its_address(shell: Shell) -> None:
    from planhat_tui.sandbox import SandboxOptions
    from tests.sandbox.process import running

    with running(SandboxOptions(companies=6)) as server:
        shell.meet(server.url)
        shell("sync")
        shell.configure(
            f"profiles:\n  acme: {{base_url: '{server.url}', token: {{command: 'false'}}}}\n"
        )
    assert shell("_complete", "zsh", "company", "show", "Acme").out.startswith("Acme Inc\t")


def test_zsh_and_fish_are_given_words_with_their_notes(filled: Path, shell: Shell) -> None:
    copy_home(filled, shell.home)
    for name in ("zsh", "fish"):
        said = shell("_complete", name, "--demo", "company", "tag", "Acme Inc", "nps-pr")
        assert said.out == "nps-promoter\t110\n", name
        assert shell("_complete", name, "comp").out.startswith("company\tfind, show")


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_its_script_can_be_read_by_its_shell(shell: Shell, name: str) -> None:
    script = shell("completion", name)
    assert script.status == 0
    assert "planhat-tui _complete" in script.out
    program = shutil.which(name)
    if program is not None:
        checked = subprocess.run(
            [program, "-n"], input=script.out, text=True, capture_output=True, check=False
        )
        assert (checked.returncode, checked.stderr) == (0, "")


def test_a_shell_that_isnt_known_names_the_nearest(shell: Shell) -> None:
    said = shell("completion", "bsah")
    assert (said.status, said.out) == (2, "")
    assert "Did you mean bash?" in said.err


def test_nothing_is_opened_where_nothing_was_read(tmp_path: Path) -> None:
    runtime = Runtime({"PLANHAT_TUI_HOME": str(tmp_path / "none")}, Start(profile="demo"))
    with runtime.peek() as reads:
        assert reads is None
    runtime.close()
    assert not (tmp_path / "none").exists()
