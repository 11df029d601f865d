"""Make ``screenshots/`` again from the demo: SVG, in three sizes. ``./dev shots`` runs this.

With ``--check`` nothing is written, and the exit status tells whether a picture is stale.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from planhat_tui.runtime import Runtime, Start
from planhat_tui.tui.app import PlanhatApp
from planhat_tui.tui.touring import WELCOME
from tests.journeys.conftest import CLOCK, LARGE, MEDIUM, SMALL
from tests.settling import settle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

FOLDER = Path(__file__).parent.parent / "screenshots"
_TERMINAL = re.compile(r"terminal-\d+")


async def explorer(pilot: Pilot[None]) -> None:
    """Find something, and stand on it."""
    await pilot.press("slash", *"acme", "enter", "j", "j", "j")


async def tags(pilot: Pilot[None]) -> None:
    """Edit the tags of a company."""
    await pilot.press("slash", *"acme", "enter", "j", "t", *"go", "down", "enter", *"re")


async def call(pilot: Pilot[None]) -> None:
    """Log a call that just ended."""
    await pilot.press("slash", *"acme", "enter", "j", "C", "1", "0", "tab", "2", "0")


async def tenants(pilot: Pilot[None]) -> None:
    """Choose another tenant."""
    await pilot.press("p")


SHOTS: dict[str, Callable[[Pilot[None]], Awaitable[None]]] = {
    "explorer": explorer,
    "tags": tags,
    "call": call,
    "tenants": tenants,
}


def shot(filled: Path, name: str, size: tuple[int, int]) -> str:
    """Return one picture, taken in a copy: the next one finds the list as it was in the first."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        shutil.copytree(filled, home)
        return asyncio.run(shoot(home, name, size))


async def shoot(home: Path, name: str, size: tuple[int, int]) -> str:
    """Return one picture as SVG, the same each time."""
    runtime = Runtime({"PLANHAT_TUI_HOME": str(home)}, Start(demo=True), clock=CLOCK)
    app = PlanhatApp(runtime.session())
    try:
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            await SHOTS[name](pilot)
            await settle(pilot)
            return _TERMINAL.sub("terminal", app.export_screenshot(title="planhat-tui"))
    finally:
        runtime.close()


def main() -> int:
    """Make all pictures; 1 if ``--check`` finds one that isn't as it is committed."""
    check = "--check" in sys.argv[1:]
    stale = []
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        runtime = Runtime({"PLANHAT_TUI_HOME": str(home)}, Start(demo=True), clock=CLOCK)
        runtime.workspace().net.fill().result(60)
        runtime.machine.see(WELCOME)
        runtime.close()
        for name in SHOTS:
            for width, height in (SMALL, MEDIUM, LARGE):
                picture = shot(home, name, (width, height))
                path = FOLDER / f"{name}-{width}x{height}.svg"
                if check and (not path.exists() or path.read_text("utf-8") != picture):
                    stale.append(path.name)
                elif not check:
                    path.write_text(picture, "utf-8")
    if stale:
        sys.stderr.write(f"stale: {', '.join(stale)}.  ./dev shots makes them again\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
