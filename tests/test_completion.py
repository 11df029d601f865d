"""Completion in a real bash: what stands on the line after Tab, read back by bash itself."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import planhat_tui
from planhat_tui.model.records import Kind
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
        "COLUMNS": "200",
        "PYTHONPATH": str(Path(planhat_tui.__file__).parents[1]),  # what is tested here
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
        ("--theme planhat-d", ["--theme", "planhat-dark"]),
        ("company find --output=c", ["company", "find", "--output=csv"]),
        ("bulk company --clear pha", ["bulk", "company", "--clear", "phase"]),
        ("company find --fields name,pha", ["company", "find", "--fields", "name,phase"]),
    ],
)
def test_tab_completes_words_and_values(filled: Path, typed: str, words: list[str]) -> None:
    assert _tab(filled, f"planhat-tui --demo {typed}") == ["planhat-tui", "--demo", *words]


HOSTILE = (
    "Zzq $(touch pwned) Ltd",
    "Yyq 'B' `touch pwned` Ltd",
    'Xxq "C" \\ $HOME !! \\',
    "Wwq;touch pwned",
)
"""Names of companies that a shell would take for something else."""


@pytest.fixture(scope="module")
def sly(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with companies whose names would do something in a shell."""
    home = tmp_path_factory.mktemp("sly")
    copy_home(template, home)
    runtime = Runtime({"PLANHAT_TUI_HOME": str(home)}, Start(demo=True), pull=False)
    for name in HOSTILE:
        runtime.workspace().writes.create(Kind.COMPANY, {"name": name})
    runtime.close()
    return home


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_what_a_record_is_called_stays_one_word_and_does_nothing(
    sly: Path, quote: str, name: str
) -> None:
    words = ["planhat-tui", "--demo", "company", "show", name]
    assert _tab(sly, f"planhat-tui --demo company show {quote}{name[:3]}") == words
    assert not (sly / "pwned").exists()


def test_a_quote_that_is_opened_within_a_word_holds_the_rest_of_it(sly: Path) -> None:
    typed = 'planhat-tui --demo contact create x --company="Zz'
    assert _tab(sly, typed)[-1] == f"--company={HOSTILE[0]}"
    assert not (sly / "pwned").exists()


def test_files_are_completed_without_a_blank_after_a_folder(filled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    (folder / "my scripts").mkdir(parents=True)
    (folder / "my scripts" / "morning.txt").touch()
    assert _tab(filled, "planhat-tui run my", folder) == ["planhat-tui", "run", "my scripts/"]
    typed = "planhat-tui run my\\ scripts/mor"
    assert _tab(filled, typed, folder)[-1] == "my scripts/morning.txt"
    (filled / "list of mine.txt").touch()  # HOME
    assert _tab(filled, "planhat-tui run ~/li")[-1] == str(filled / "list of mine.txt")


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
    said = shell("_complete", "zsh", "company", "show", "'Acme Bio")
    assert not ran.exists()
    assert said.status in {0, 1}


def test_whoever_writes_meanwhile_isnt_waited_for(filled: Path, shell: Shell) -> None:
    copy_home(filled, shell.home)
    shell("--demo", "--queue", "company", "tag", "Acme Inc", "brand-new")
    assert shell("--demo", "outbox", "list", "--json").json
    with contextlib.ExitStack() as writing:
        for path in shell.home.rglob("*.db"):
            writer = writing.enter_context(contextlib.closing(sqlite3.connect(path)))
            writer.execute("BEGIN IMMEDIATE")
        said = shell("_complete", "zsh", "--demo", "company", "tag", "Acme Inc", "brand-")
    assert said.out == "brand-new\t1\n"


def test_a_profile_with_a_token_of_a_command_has_what_it_had_last(shell: Shell) -> None:
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
        said = shell("_complete", name, "--demo", "company", "show", "'Acme Biot")
        assert said.out.startswith("Acme Biotech\t"), name
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


def test_words_are_completed_where_the_token_of_a_profile_isnt_set(
    filled: Path, shell: Shell
) -> None:
    copy_home(filled, shell.home)
    shell.configure(
        "profiles:\n  acme: {base_url: https://api.planhat.com, token: {env: NOT_SET_HERE}}\n"
    )
    for words in (("comp",), ("-p", "acme", "comp"), ("-p", "unknown", "comp")):
        said = shell("_complete", "zsh", *words)
        assert (said.status, said.err) == (0, ""), words
        assert said.out.startswith("company\tfind, show"), words


def test_values_are_completed_without_a_token_from_what_the_profile_had(shell: Shell) -> None:
    from planhat_tui.sandbox import SandboxOptions
    from tests.sandbox.process import running

    with running(SandboxOptions(companies=6)) as server:
        shell.meet(server.url)
        shell("sync")
        shell.configure(
            f"profiles:\n  acme: {{base_url: '{server.url}', token: {{env: NOT_SET_HERE}}}}\n"
        )
    assert shell("_complete", "zsh", "company", "show", "Acme").out.startswith("Acme Inc\t")
