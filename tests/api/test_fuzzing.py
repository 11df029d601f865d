"""Broken answers by a seed: no crash, no hang, no lost record, bounded memory.

``PLANHAT_TUI_TEST_EFFORT`` scales the count: 1 breaks some hundreds of answers, 10 some thousands
in two minutes. Below 2 the seed is always the same; a longer run draws its own, and prints it.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.fuzzing import MOST_MIB
from tests.conftest import EFFORT

ROUNDS = max(60, int(300 * EFFORT))
ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(max(240, 60 * EFFORT))
def test_broken_answers_by_the_hundred_break_nothing() -> None:
    seed = 1 if EFFORT < 2 else random.SystemRandom().randrange(10**9)
    words = ["-W", "error", "-m", "tests.api.fuzzing", "--seed", str(seed), "--rounds", str(ROUNDS)]
    run = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    print(run.stderr, run.stdout)
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told["answers"] > ROUNDS
    assert all(told[outcome] > 0 for outcome in ("done", "refused", "unknown"))
    assert told["edits"] > 0
    assert 0 <= told["peak_mib"] < MOST_MIB
