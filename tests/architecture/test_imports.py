from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planhat_tui.runtime import Runtime, Start

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.ports import Clock

ROOT = Path(__file__).parents[2]
BELOW_THE_SCREEN = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "planhat_tui").rglob("*.py")
    if "tui" not in path.relative_to(ROOT / "planhat_tui").parts and path.stem != "__main__"
)


def loaded(code: str) -> set[str]:
    """Run code in a fresh interpreter; the packages that it has loaded in the end."""
    tail = "\nimport sys; sys.stderr.write('\\n'.join({n.split('.')[0] for n in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code + tail], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_everything_below_the_screen_works_without_textual() -> None:
    blocked = "import sys; sys.modules['textual'] = None\n"
    packages = loaded(blocked + "\n".join(f"import {name}" for name in BELOW_THE_SCREEN))
    assert "planhat_tui" in packages


def test_the_version_is_answered_before_anything_is_imported() -> None:
    code = "import sys; sys.argv = ['planhat-tui', '--version']\n"
    packages = loaded(code + "from planhat_tui.__main__ import main; main()")
    assert not packages & {"click", "yaml", "textual", "httpx", "sqlite3", "dataclasses"}


def test_a_read_from_the_local_copy_loads_neither_network_nor_server_nor_screen(
    home: Path,
) -> None:
    runtime = Runtime({"PLANHAT_TUI_HOME": str(home)}, Start(demo=True))
    runtime.workspace().net.fill().result(60)
    runtime.close()
    packages = loaded(
        "from planhat_tui.cli import run; assert run(['--demo', 'company', 'find', 'acme']) == 0"
    )
    assert not packages & {"httpx", "starlette", "uvicorn", "textual", "asyncio", "msgspec"}


@pytest.mark.parametrize(
    "make",
    [lambda c: c.wall, lambda c: c.monotonic, lambda c: c.now],
    ids=["wall", "monotonic", "now"],
)
def test_the_real_clock_tells_the_time(make: Callable[[Clock], Callable[[], object]]) -> None:
    from planhat_tui.runtime import REAL

    first, second = make(REAL)(), make(REAL)()
    assert first <= second  # type: ignore[operator] # numbers or moments
