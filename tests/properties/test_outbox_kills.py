"""kill -9 at any place of edit, claim, send, acknowledge and merge; several processes as well."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import EFFORT

pytestmark = pytest.mark.crash

ROOT = Path(__file__).parents[2]
KILLS = {1: int(80 * EFFORT), 10: int(120 * EFFORT)}
"""By how many processes share the outbox; 2,000 in a long run (effort 10), and 10,000 edits of ten
processes with effort 15."""
ROUND = 180
"""Kills with one server: with each of them there is more to look through."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("processes", "seed", "kills"),
    [
        (processes, seed, min(ROUND, kills - done))
        for processes, kills in KILLS.items()
        for seed, done in enumerate(range(0, kills, ROUND), 1)
    ],
)
def test_whoever_is_killed_every_edit_is_delivered_once(
    processes: int, seed: int, kills: int
) -> None:
    words = ["--kills", str(kills), "--processes", str(processes), "--seed", str(seed)]
    run = subprocess.run(
        [sys.executable, "-m", "tests.properties.killing", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    print(run.stdout, run.stderr)
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told["killed"] >= kills
    assert told["acknowledged"] > 0
    assert {what: told[what] for what in ("left", "lost", "twice", "integrity")} == dict.fromkeys(
        ("left", "lost", "twice", "integrity"), 0
    )
    assert "failed" not in told  # nobody heard of a locked database
