from __future__ import annotations

import json
import subprocess
import sys

_LOADED = """
import json, sys
import planhat_tui.tui.app, planhat_tui.tui.session, planhat_tui.runtime
first = [name for name in sys.modules if name.startswith("planhat_tui.tui.")]
late = ["tui.widgets.picker", "commands.completing", "sync.delivery"]
late = ["yaml", "httpx", "starlette", "msgspec", *(f"planhat_tui.{name}" for name in late)]
others = [name for name in late if name in sys.modules]
from planhat_tui.tui.rooms import LATE, load
load()
print(json.dumps([first, others, [f"planhat_tui.tui.{name}" for name in LATE], [*sys.modules]]))
"""


def test_what_only_a_key_asks_for_is_not_loaded_before_the_first_sight() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True
    )
    first, others, late, after = json.loads(done.stdout)
    assert not others
    assert not {*late} & {*first}
    assert {name.rpartition(".")[2] for name in first if ".screens." in name} == {
        "explorer",
        "sheet",
    }
    assert {*late} <= {*after}
