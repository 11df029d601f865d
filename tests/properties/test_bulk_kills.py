"""kill -9 in the midst of a plan of 400 records: nothing lost, nothing twice, and few calls."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import EFFORT

pytestmark = pytest.mark.crash

ROOT = Path(__file__).parents[2]
GAMES = int(4 * EFFORT)
"""Games of each kind whose first kill goes through all places in equal steps, beside one before a
list's first byte, one in its midst and one after its answer."""
READS = 4
"""Readings that a kill costs at most: two to look up, one before the list and one after."""


@pytest.mark.timeout(max(300, 120 * EFFORT))
@pytest.mark.parametrize("makes", [False, True], ids=["edits", "makes"])
def test_a_plan_that_is_killed_goes_on_as_a_list(*, makes: bool) -> None:
    run = subprocess.run(
        [
            *(sys.executable, "-m", "tests.properties.bulk_killing", "--games", str(GAMES)),
            *(["--makes"] if makes else []),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    quiet, games = told["quiet"], told["games"]
    assert (quiet["writes"], quiet["reads"], quiet["singly"]) == (1, 2, 0)
    assert all(one["deaths"] for one in games)
    assert [one["writes"] for one in games[:3]] == [2, 2, 1]
    for one in games:
        found = {what: one[what] for what in ("left", "lost", "twice", "singly")}
        assert found == dict.fromkeys(found, 0), one
        assert one["writes"] <= 1 + one["deaths"], one
        assert one["reads"] <= 2 + READS * one["deaths"], one
    worst = max(games, key=lambda one: sum(one[what] for what in ("reads", "writes")))
    print(
        f"400 records, {quiet['passed']} places, {sum(one['deaths'] for one in games)} kills:"
        f" at most {worst['writes']} lists and {worst['reads']} readings in a game of"
        f" {worst['deaths']} kills; 0 lost, 0 twice, 0 one by one"
    )
