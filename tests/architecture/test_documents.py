"""The documents and the code say the same."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

from planhat_tui import cli, errors
from planhat_tui.commands.context import Door
from planhat_tui.commands.grammar import params_of
from planhat_tui.commands.registry import ROOMS, Command, commands
from tests.reference import keys_of

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "planhat_tui"
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "ARCHITECTURE.md").read_text()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

KEYS_OF = {
    "find": ["everywhere"],
    "company find": ["everywhere"],
    "company create": ["companies"],
    "company tag": ["companies", "detail"],
    "contact create": ["contacts"],
    "contact tag": ["contacts"],
    "call log": ["companies", "detail", "contacts", "calls"],
    "call set": ["calls"],
    "undo": ["everywhere"],
    "view save": ["companies", "detail", "contacts", "calls"],
    "timeline": ["detail", "contacts"],
}
"""Where the key of a verb does what the verb does, and not what else it is called for."""

CONTRACT = """
find
company find, company show, company create, company set, company tag, company untag, company delete
contact find, contact show, contact create, contact set, contact tag, contact untag, contact delete
call log, call show, call set, call delete, call list
user find, whoami, sync, limits, undo, redo
customfield list, customfield create, customfield import
outbox list, outbox show, outbox send, outbox hold, outbox retry, outbox discard
journal list, journal show, conflict list, conflict show, conflict resolve
profile list, profile add, profile edit, profile test, profile use, profile remove
config path, config check, config schema, keys
request, sandbox, serve
"""
"""Others script against these: a verb may be added, none may go."""

OPTIONS = {
    "contact find": "--company",
    "contact create": "--company",
    "call log": "--nr --agent --start --end --talk --waiting --note --open",
    "sync": "--full",
    "undo": "--yes --confirm --dry-run --step",
    "conflict resolve": "--mine --theirs --value",
    "limits": "--watch",
    "profile add": "--token-env --token-command --token-file --token-keyring --token-stdin",
    "profile edit": "--base-url --auth --label --no-delete --unset",
    "company delete": "--yes --confirm",
    "contact delete": "--yes --confirm",
    "call delete": "--yes --confirm",
    "customfield list": "--parent",
    "customfield create": "--parent --type --value",
    "request": "--data --yes --confirm",
    "sandbox": "--host --port --db --empty --companies --seed --dialect --limit --window --token"
    " --per-second --parallel --tenant",
    "serve": "--port --sessions",
}
GLOBAL = "--profile -p --demo --output -o --json --jsonl --fields --quiet -q --queue --fresh --log"


def _shell_lines(text: str) -> list[str]:
    """Return the lines of the ``sh`` blocks that call the program."""
    blocks = re.findall(r"```sh[^\n]*\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("planhat-tui")]


def _entries() -> set[str]:
    """Return the rooms and modules of the package, as the map names them."""
    found = {path.name for path in PACKAGE.glob("*.py") if path.name != "__init__.py"}
    return found | {f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")}


def _house() -> dict[str, str]:
    """Return the first column of the map, and what stands behind it."""
    (block,) = re.findall(r"## The house\n```\n(.*?)```", ARCHITECTURE, re.DOTALL)
    return dict(re.findall(r"^ {0,2}([\w./]+) +(\S.*)$", block, re.MULTILINE))


# -- the contract of the command line


def test_every_verb_of_the_contract_is_there() -> None:
    wanted = set(re.split(r",\s*|\n", CONTRACT.strip()))
    assert wanted <= {command.name for command in commands()}


@pytest.mark.parametrize(("name", "flags"), OPTIONS.items())
def test_so_is_every_option_of_a_verb(name: str, flags: str) -> None:
    command = next(one for one in commands() if one.name == name)
    spelled = {flag for param in params_of(command, Door.SHELL) for flag in param.flags}
    assert set(flags.split()) <= spelled


def test_so_is_every_option_of_all_verbs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["company"], ["company", "find"], ["whoami"]):
        assert cli.run([*words, "--help"]) == 0
        told = capsys.readouterr().out
        assert all(re.search(rf"{flag}\b", told) for flag in GLOBAL.split()), words
    assert not home.exists()


# -- README


@pytest.mark.parametrize("line", _shell_lines(README))
def test_what_the_readme_types_can_be_read(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def carry_out(command: Command, _options: cli.Options, _given: dict[str, Any]) -> None:
        read.append(command.name)

    def bare(_options: cli.Options, **_: bool) -> None:
        read.append("explorer")

    monkeypatch.setattr(cli, "_carry_out", carry_out)
    monkeypatch.setattr(cli, "_bare", bare)
    words = shlex.split(line, comments=True)[1:]
    assert cli.run(words) == 0
    assert read[-1] == "explorer" or read[-1].split()[0] in words


def test_the_readme_shows_enough_of_the_shell() -> None:
    assert len(_shell_lines(README)) >= 8


def test_the_readme_tells_the_exit_status_of_every_error() -> None:
    (told,) = re.findall(r"Exit status: (.*?)\.\n", README, re.DOTALL)
    family = {getattr(errors, name).exit_status for name in errors.__all__}
    assert {int(one) for one in re.findall(r"\d+", told)} == family | {0, errors.INTERRUPTED}


def test_the_tree_of_errors_names_them_all_with_their_status() -> None:
    drawn = dict(re.findall(r"(\w+Error) +(\d)", errors.__doc__ or ""))
    family = {name: str(getattr(errors, name).exit_status) for name in errors.__all__}
    assert drawn == family


def test_the_readme_links_to_what_is_there() -> None:
    for link in re.findall(r"\]\(([\w./-]+)\)", README):
        assert (ROOT / link).exists(), link


# -- ARCHITECTURE


def test_the_map_names_every_room_and_nothing_that_isnt_there() -> None:
    house = _house()
    inside = {name for name in house if (PACKAGE / name).exists() and name != "themes/"}
    assert inside == _entries()
    for name in house:
        assert (ROOT / name).exists() or (PACKAGE / name).exists(), name


def test_the_map_names_the_rooms_of_the_screen() -> None:
    for path in PACKAGE.glob("tui/*/__init__.py"):
        assert f"{path.parent.name}/" in _house()["tui/"]


def test_the_layers_that_are_told_are_those_that_are_checked() -> None:
    (told,) = re.findall(r"Imports point down only:\n\n`(.*?)`", ARCHITECTURE)
    layers = next(
        contract["layers"]
        for contract in PYPROJECT["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    )
    assert told.split(" > ") == [f"({one})" if "|" in one else one for one in layers]
    rooms = {name for layer in layers for name in layer.split(" | ")}
    assert rooms == {name.rstrip("/").removesuffix(".py") for name in _entries()}


def test_every_room_is_tested_in_a_room_of_its_own() -> None:
    for name in _entries():
        stem = name.removesuffix(".py")
        assert (ROOT / "tests" / (name if name.endswith("/") else f"test_{stem}.py")).exists() or (
            name == "__main__.py"
        ), name


def test_every_module_says_in_a_line_what_it_is_for() -> None:
    for path in PACKAGE.rglob("*.py"):
        assert path.read_text().startswith('"""'), path


# -- what the program itself advises


def test_commands_that_its_sentences_name_are_there() -> None:
    sources = [*PACKAGE.glob("commands/*.py"), *PACKAGE.glob("tui/**/*.py"), *PACKAGE.glob("*.py")]
    named = {
        first
        for path in sources
        for first in re.findall(r"(?<![\w-])planhat-tui (?:-p \S+ )?([a-z]+)\b", path.read_text())
    }
    assert {"profile", "sync", "undo"} <= named <= set(ROOMS)


@pytest.mark.parametrize("name", KEYS_OF)
def test_a_key_stands_in_the_reference_where_it_does_what_the_verb_does(name: str) -> None:
    (command,) = (command for command in commands() if command.name == name)
    assert [key.where.value for key in keys_of(command)] == KEYS_OF[name]


def test_every_verb_with_a_key_has_a_place_for_it() -> None:
    assert all(keys_of(command) for command in commands() if command.key)
