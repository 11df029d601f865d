"""What a run loads, and what each room can do without: seen in processes of their own."""

from __future__ import annotations

import json
import os
import pkgutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

import planhat_tui
from planhat_tui.config.keeping import load_kept
from planhat_tui.sandbox import SandboxOptions
from tests.sandbox.process import running
from tests.shell import SECONDS, copy_home

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"httpx", "h11", "starlette", "uvicorn", "textual", "rich", "asyncio", "ssl"}
LATE = {"phonenumbers", "ruamel", "difflib", "logging", "concurrent", "platformdirs", "click"}
MODULES = [
    module.name
    for module in pkgutil.walk_packages(planhat_tui.__path__, "planhat_tui.")
    if module.name != "planhat_tui.__main__"
]
LOADED = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps([*sys.modules]), file=sys.stderr))
"""
RUN = "from planhat_tui.__main__ import main; main()"


def _loaded(program: str, *words: str, home: Path | None = None) -> tuple[set[str], str]:
    """Run a program; the modules that it had at its end, and what it said."""
    env = {**os.environ, "PLANHAT_TUI_HOME": str(home)} if home else None
    done = subprocess.run(
        [sys.executable, "-c", LOADED + program, *words],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=env,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1])), done.stdout


def _tops(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def _ours(modules: set[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] == "planhat_tui"}


def _rooms(modules: set[str]) -> set[str]:
    return {name.split(".")[1] for name in _ours(modules) if "." in name}


@pytest.fixture(scope="module")
def filled(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("light")
    copy_home(template, home)
    return home


def test_the_version_is_told_before_anything_is_loaded() -> None:
    loaded, said = _loaded(RUN, "--version")
    assert said == f"planhat-tui {planhat_tui.__version__}\n"
    assert _ours(loaded) == {"planhat_tui", "planhat_tui.__main__"}
    assert not (HEAVY | LATE) & loaded


@pytest.mark.parametrize(
    "words",
    [
        ["company", "find", "acme"],
        ["company", "find", "acme", "-tag:vip", "--json"],
        ["company", "show", "Acme Inc"],
        ["contact", "find", "ada", "--output=csv"],
        ["call", "list"],
        ["export", "acme", "--columns", "name,renews,custom.Plan"],
        ["outbox", "list"],
    ],
    ids=" ".join,
)
def test_a_read_from_the_local_copy_is_light(filled: Path, words: list[str]) -> None:
    loaded, _ = _loaded(RUN, "--demo", *words, home=filled)
    assert not (HEAVY | LATE) & _tops(loaded)
    assert not {"api", "sync", "tui"} & _rooms(loaded)
    assert "planhat_tui.sandbox.app" not in loaded
    assert "yaml" not in loaded  # there is no config to be read


def test_so_is_one_of_a_tenant_that_the_config_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(SandboxOptions(companies=3)) as server:
        (tmp_path / "config.yaml").write_text(
            f"profiles:\n  acme: {{base_url: '{server.url}', token: {{env: ACME_TOKEN}}}}\n"
        )
        (tmp_path / "config.yaml").chmod(0o600)
        monkeypatch.setenv("ACME_TOKEN", server.token)
        filling, _ = _loaded(RUN, "company", "find", home=tmp_path)
    load_kept(tmp_path / "config.yaml", tmp_path / "cache", lambda: time.time() + 60)  # it rests
    loaded, said = _loaded(RUN, "company", "find", "acme", "--json", home=tmp_path)
    assert "Acme Inc" in said
    assert "httpx" in filling
    offering, offered = _loaded(RUN, "_complete", "fish", "company", "show", "Acm", home=tmp_path)
    assert "Acme Inc" in offered
    for read in (loaded, offering):  # what makes dataclasses brings inspect, and each is slow
        assert not {"yaml", "subprocess", "locale", "rapidfuzz", "inspect"} & _tops(read)
    assert not {"planhat_tui.config.loading", "planhat_tui.config.reading"} & loaded
    assert not (HEAVY | LATE) & _tops(loaded)
    assert not {"api", "sync", "tui"} & _rooms(loaded)


def test_a_write_in_the_shell_loads_no_screen(filled: Path) -> None:
    loaded, _ = _loaded(RUN, "--demo", "company", "tag", "Acme Inc", "brand-new", home=filled)
    assert "textual" not in loaded  # httpx itself loads rich where it is
    assert "tui" not in _rooms(loaded)


def test_one_that_is_only_queued_loads_no_network(filled: Path) -> None:
    words = ["--demo", "--queue", "company", "tag", "Acme Inc", "newer"]
    loaded, _ = _loaded(RUN, *words, home=filled)
    assert not {"httpx", "starlette", "asyncio"} & loaded


def test_the_help_loads_neither_the_screen_nor_the_network(tmp_path: Path) -> None:
    loaded, said = _loaded(RUN, "--help", home=tmp_path)
    assert "company" in said
    assert not (HEAVY - {"asyncio"}) & _tops(loaded)


def test_everything_below_the_screen_works_without_textual(filled: Path) -> None:
    below = [name for name in MODULES if name.split(".")[1] != "tui"]
    assert len(below) > 60
    program = (
        "import importlib, sys\n"
        "class Nowhere:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('textual', 'rich'):\n"
        "            raise ImportError(f'{name} is not installed')\n"
        "sys.meta_path.insert(0, Nowhere())\n"
        f"for name in {below!r}: importlib.import_module(name)\n" + RUN
    )
    loaded, said = _loaded(program, "--demo", "--fresh", "find", "acme", home=filled)
    assert "Acme Inc" in said
    assert not {"textual", "rich"} & loaded


@pytest.mark.parametrize(
    ("room", "without"),
    [
        ("model", {"sqlite3", "httpx", "click", "yaml", "asyncio", "socket", "subprocess"}),
        ("config", {"sqlite3", "httpx", "click", "starlette", "asyncio"}),
        ("store", {"httpx", "click", "yaml", "starlette", "asyncio"}),
        ("api", {"sqlite3", "click", "yaml", "starlette"}),
        ("sync", {"httpx", "click", "yaml", "starlette"}),
        ("workspace", {"httpx", "click", "starlette"}),
        ("sandbox", {"httpx", "yaml"}),
        ("browser", {"httpx", "click", "yaml", "starlette", "sqlite3"}),
        ("commands", {"httpx", "starlette"}),
    ],
)
def test_a_room_loads_what_it_needs_and_no_more(room: str, without: set[str]) -> None:
    own = [name for name in MODULES if name.split(".")[1] == room]
    assert own
    loaded, _ = _loaded(f"import importlib\nfor name in {own!r}: importlib.import_module(name)")
    assert not (without | {"textual", "rich"}) & loaded


def test_the_sandbox_shares_no_code_with_what_it_tests() -> None:
    own = [name for name in MODULES if name.split(".")[1] == "sandbox"]
    loaded, _ = _loaded(f"import importlib\nfor name in {own!r}: importlib.import_module(name)")
    assert _rooms(loaded) == {"sandbox"}


def test_rooms_side_by_side_dont_know_each_other() -> None:
    for room in ("api", "store", "config", "browser"):
        own = [name for name in MODULES if name.split(".")[1] == room]
        loaded, _ = _loaded(f"import importlib\nfor name in {own!r}: importlib.import_module(name)")
        assert _rooms(loaded) - {"model"} == {room, "errors"}
