from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from planhat_tui.commands.registry import ROOMS, commands
from planhat_tui.config.profiles import parse_config
from planhat_tui.tui.keys import KEYS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
MAP = (ROOT / "docs" / "ARCHITECTURE.md").read_text("utf-8")
EXAMPLES = [
    line.partition("planhat-tui ")[2].partition(" #")[0]
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("planhat-tui ")
]
CONTRACT = """
find; company find show create set tag untag delete; contact find show create set tag untag delete;
call log show set delete list; user find; whoami; profile list add use; sync; limits;
outbox list retry discard; undo; sandbox
"""
FORBIDDEN = ("/work/", "helper", "session of", "pypi.org", "issue 3")


def test_every_room_is_on_the_map() -> None:
    for path in (ROOT / "planhat_tui").iterdir():
        if path.is_dir() and path.name != "__pycache__":
            assert f"\n  {path.name}/" in MAP, path.name
        elif path.suffix == ".py" and path.stem != "__init__":
            assert path.name in MAP, path.name


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_shell_example_of_the_readme_is_a_command(example: str) -> None:
    words = [word for word in shlex.split(example) if word != "--demo"]
    found = commands(words[0])
    verbs = {name for c in found for name in (c.verb, *c.aliases)}
    assert words[0] in ROOMS
    assert not found[0].noun or words[1] in verbs


def test_the_verbs_of_the_contract_are_there() -> None:
    names = {command.name for command in commands()}
    for part in CONTRACT.split(";"):
        first, *verbs = part.split()
        for verb in verbs or [""]:
            assert f"{first} {verb}".strip() in names


def test_the_keys_that_verbs_name_are_keys() -> None:
    known = {key.name for key in KEYS}
    assert {command.key for command in commands() if command.key} <= known


def test_the_config_of_the_readme_is_right() -> None:
    text = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)[0]
    assert yaml.safe_load(text)
    config = parse_config(text, Path("config.yaml"))
    assert (config.problems, config.default) == ((), "acme")


def test_the_two_commands_of_the_readme_can_be_read_by_the_check() -> None:
    (block,) = re.findall(r"```sh two-commands\n(.*?)```", README, re.DOTALL)
    assert [line.split("#")[0].strip() for line in block.splitlines()] == [
        "./dev explore",
        "./dev test",
    ]


def test_the_documents_speak_of_the_product_alone() -> None:
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "benchmarks/README.md"):
        text = path.read_text("utf-8")
        assert not [word for word in FORBIDDEN if word in text], path.name
