"""The room's door: cheap to open."""

from __future__ import annotations

import subprocess
import sys

import pytest

import planhat_tui.api as room


def test_importing_the_room_loads_no_httpx() -> None:
    script = (
        "import sys, planhat_tui.api as a; before = 'httpx' in sys.modules; a.connect; "
        "print(before, 'httpx' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]


def test_every_public_name_is_there() -> None:
    for name in room.__all__:
        assert getattr(room, name).__name__ == name
    with pytest.raises(AttributeError, match="nonsense"):
        _ = room.nonsense
