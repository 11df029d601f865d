"""Make ``screenshots/`` again from the demo: pictures, and a recording. ``./dev shots`` runs this.

With ``--check`` nothing is written, and the exit status tells whether a picture is stale.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planhat_tui.config.themes import themes_folder
from planhat_tui.runtime import Runtime, Start
from planhat_tui.tui.app import PlanhatApp
from planhat_tui.tui.touring import WELCOME
from tests.cast import Recording, asciicast, moving_picture
from tests.journeys import planhat
from tests.journeys.conftest import CLOCK, LARGE, MEDIUM, SMALL, Person
from tests.journeys.doing import set_field
from tests.journeys.watch import Watch
from tests.settling import settle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from planhat_tui.model.clock import Clock

FOLDER = Path(__file__).parent.parent / "screenshots"
THEMES = sorted({path.stem for path in themes_folder().glob("*.yaml")} - {"terminal-light"})
"""That one's ground is the terminal's, and a picture's is a dark one."""
CAST = (110, 34)
_TERMINAL = re.compile(r"terminal-\d+")


async def explorer(person: Person) -> None:
    """Find something, and stand on it."""
    await person.find("acme")
    await person.press("j", "j", "j")


async def tags(person: Person) -> None:
    """Edit the tags of a company."""
    await person.find("acme")
    await person.press("j", "t", *"go", "down", "enter", *"re")


async def call(person: Person) -> None:
    """Log a call that just ended."""
    await person.find("acme")
    await person.press("j", "C", "1", "0", "tab", "2", "0")


async def tenants(person: Person) -> None:
    """Choose another tenant."""
    await person.press("p")


async def plan(person: Person) -> None:
    """Look at what a change of many would do."""
    await person.find("acme")
    await person.press("V", "t", *"spring", "ctrl+s")


async def overview(person: Person) -> None:
    """See the tenant at a glance."""
    await person.press("0", "j", "j")


async def conflict(person: Person) -> None:
    """Decide between one's own value and somebody else's."""
    watch = _WATCHES[person.app]
    await person.find("acme motors")
    planhat.change(person, "Acme Motors BV", phase="renewal", city="Malmö")
    watch.wait(minutes=1)
    await set_field(person, "phase", "won")
    await person.press("o", "enter")


SHOTS: dict[str, Callable[[Person], Awaitable[None]]] = {
    "explorer": explorer,
    "tags": tags,
    "call": call,
    "tenants": tenants,
    "plan": plan,
    "overview": overview,
    "conflict": conflict,
}
_WATCHES: dict[PlanhatApp, Watch] = {}


async def five_minutes(tape: Recording) -> None:
    """Do what README's first five minutes tell."""
    for about, keys, sees in SCENES:
        _WATCHES[tape.person.app].wait(seconds=20)
        await tape.person.waits_a_second()  # ages are drawn anew now, and not when a second is over
        await tape.show(about, *keys, sees=sees, hold=2.5)


SCENES = (
    ("Find a company by any part of its name", ("slash", *"acme", "enter", "j"), "20 of 1,200"),
    ("Tag it", ("t", *"gold", "enter", "ctrl+s"), "Tag gold on Acme Motors BV is delivered"),
    ("Change a field", ("e", *"phase", "enter", *"renew", "enter"), "is delivered"),
    ("Take it back: what is delivered is shown first", ("u",), "GOES BACK TO"),
    ("Take it back", ("ctrl+s",), "is back as it was"),
    ("Log a call that just ended", ("C", *"10", "ctrl+s"), "10 min  Emma O'Connor"),
    ("Change many: all that is shown", ("1", "V", "t", *"spring", "ctrl+s"), "Plan: tag +spring"),
    ("Not today", ("escape", "V"), "20 companies"),
    ("The tenant at a glance", ("0", *"jj"), "phase:won: 14% of all"),
    ("Each bar is a list", ("enter",), "phase:won"),
    ("Another tenant, and back", ("p", "j", "enter", "P"), "demo is on screen"),
)
"""What it is about, the keys, and what is seen then."""


@dataclass(frozen=True)
class Studio:
    """Takes pictures, each in a copy of a filled home: so that it finds the list as it was."""

    filled: Path

    def picture(self, name: str, size: tuple[int, int], theme: str = "") -> str:
        """Return one picture as SVG, the same each time."""
        seen: list[str] = []

        async def take(person: Person) -> None:
            await SHOTS[name](person)
            await settle(person.pilot)
            seen.append(person.app.export_screenshot(title="planhat-tui"))

        self._run(take, size, Start(demo=True, theme=theme))
        return _TERMINAL.sub("terminal", seen[0])

    def recording(self) -> Mapping[str, str]:
        """Return the recording in both forms, by the files' names."""
        made: dict[str, str] = {}
        title = "planhat-tui: the first five minutes"

        async def take(person: Person) -> None:
            tape = Recording(person)
            await five_minutes(tape)
            made["first-five-minutes.cast"] = asciicast(tape, title)
            made["first-five-minutes.svg"] = moving_picture(tape, title)

        self._run(take, CAST, Start(demo=True))
        return made

    def _run(
        self, job: Callable[[Person], Awaitable[None]], size: tuple[int, int], start: Start
    ) -> None:
        watch = Watch()
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            shutil.copytree(self.filled, home)
            with closing(_runtime(home, start, watch.clock)) as runtime:
                app = PlanhatApp(runtime.session())
                _WATCHES[app] = watch
                asyncio.run(_played(app, size, job))
                del _WATCHES[app]


async def _played(
    app: PlanhatApp, size: tuple[int, int], job: Callable[[Person], Awaitable[None]]
) -> None:
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await job(Person(pilot))


def _runtime(home: Path, start: Start, clock: Clock) -> Runtime:
    return Runtime({"PLANHAT_TUI_HOME": str(home)}, start, clock=clock)


def made(studio: Studio) -> Iterator[tuple[str, str]]:
    """Give all files of the folder, by their names."""
    for name in SHOTS:
        for width, height in (SMALL, MEDIUM, LARGE):
            yield f"{name}-{width}x{height}.svg", studio.picture(name, (width, height))
    for theme in THEMES:
        yield f"theme-{theme}.svg", studio.picture("tags", SMALL, theme)
    yield from studio.recording().items()


def main() -> int:
    """Make all of them; 1 if ``--check`` finds one that isn't as it is committed."""
    check = "--check" in sys.argv[1:]
    stale = []
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with closing(_runtime(home, Start(demo=True), CLOCK)) as runtime:
            runtime.workspace().net.fill().result(60)
            runtime.machine.see(WELCOME)
        for name, text in made(Studio(home)):
            path = FOLDER / name
            if check and (not path.exists() or path.read_text("utf-8") != text):
                stale.append(name)
            elif not check:
                path.write_text(text, "utf-8")
    if stale:
        sys.stderr.write(f"stale: {', '.join(stale)}.  ./dev shots makes them again\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
