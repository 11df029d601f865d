"""What the manual says of the fields that programs read, held against the answers."""

from __future__ import annotations

import re
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planhat_tui.clock import REAL
from planhat_tui.model.clock import Clock
from planhat_tui.runtime import Runtime
from planhat_tui.sandbox import SandboxOptions
from tests.sandbox.process import running
from tests.shell import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.shell import Shell

PAGE = Path(__file__).parents[1] / "docs" / "scripts.md"
ROWS = re.findall(r"^\| `([^`]+)` \| (`.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
FIELDS = {command: re.findall(r"`([_a-zA-Z]+)`", told) for command, told in ROWS}
MORE = {"bulk company QUERY --dry-run": ["--tag", "new"], "doctor": ["--offline"]}


@pytest.fixture
def acme(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """Return a shell in which every command has something to tell."""
    with running(SandboxOptions(companies=6)) as server:
        shell.meet(server.url)
        made = ask(server, "POST", "/companies", {"name": "Acme Inc", "externalId": "twice"})
        shell("sync")
        ask(server, "PUT", f"/companies/{made['_id']}", {"phase": "theirs"})
        an_hour_later = Clock(lambda: time.time() + 3600, REAL.monotonic, REAL.now)
        monkeypatch.setattr("planhat_tui.cli.Runtime", partial(Runtime, clock=an_hour_later))
        assert shell("company", "set", "extid-twice", "phase=mine").status == 5
        shell("view", "save", "Mine", "tag:vip")
        theme = shell.home / "themes" / "own.yaml"
        theme.parent.mkdir()
        theme.write_text("name: own\n")
        shell.configure(f"{shell.config.read_text()}nonsense: 1\n")
        yield shell


def test_the_fields_of_our_own_records_are_those_of_the_manual(acme: Shell, tmp_path: Path) -> None:
    words = {"ID": "extid-twice", "QUERY": "acme", "FILE": str(tmp_path / "x.csv")}
    assert len(FIELDS) > 20
    for command, fields in FIELDS.items():
        typed = [words.get(word, word) for word in command.split()]
        answer = acme(*typed, *MORE.get(command, []), "--json").json
        record = answer[0] if isinstance(answer, list) else answer
        if command == "find QUERY":  # and what the record itself has
            assert record.keys() >= {*fields[:4]}
        else:
            assert [*record] == fields, command
